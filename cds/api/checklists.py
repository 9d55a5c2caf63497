"""GET and POST /v1/checklists/district: what a district can ask itself, and where it stands. Nothing is stored."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field, WithJsonSchema

from cds.api.bodies import read_as
from cds.api.events import AboutServices, advice_of
from cds.api.manners import about_language
from cds.api.problems import invalid
from cds.api.service import Service
from cds.assessment import EvidenceLine
from cds.checklist import (
    ANSWERS,
    ChecklistAnswer,
    asked_of,
    assess_district,
    by_item,
    evidence_of,
)
from cds.content.advice import Area, Modality
from cds.content.texts import Source, Text
from cds.openapi import problems, request_body
from cds.places import OSLO, in_words_of

EXAMPLES = {
    "begun": {
        "summary": "Three items answered; all others are unknown",
        "value": {
            "municipality": "0301",
            "language": "en",
            "answers": {"alert-routine-without-gaps": "no", "OS-T05-R1": "yes", "one-contact-point": "partly"},
        },
    }
}


class ItemDescription(BaseModel):
    """One question to a district, and where the source says so.

    `elsewhere`: how an item of the Oslo standard is asked outside Oslo; an item of its own without it is not.
    """

    id: str
    statement: str
    modality: Modality
    actor: Text
    question: Text
    measure: str
    area: Area
    elsewhere: Literal["same"] | Text | None = None
    evidence: tuple[EvidenceLine, ...]


class CautionText(BaseModel):
    """A sentence of honesty that belongs to the list."""

    id: str
    text: Text


class Checklist(BaseModel):
    """The list under one release, in all languages. An item's modality is the rank its source gives it."""

    release: str
    digest: str
    answers: list[str]
    items: list[ItemDescription]
    cautions: list[CautionText]
    sources: dict[str, Source]


class ChecklistRequest(AboutServices):
    """A district's answers, by item id or statement code. What is left out is unknown."""

    answers: Annotated[
        dict[str, Annotated[Any, WithJsonSchema({"type": "string", "enum": list(ANSWERS)})]],
        Field(description="By item id or statement code of the list; what is left out is unknown"),
    ] = {}


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1", tags=["checklists"])

    @routes.get(
        "/checklists/district",
        summary="What a district can ask itself",
        operation_id="checklist",
        response_model_exclude_none=True,
        responses=problems({404: "No release of that version, or it has no checklist"}),
    )
    async def checklist(release: str | None = None) -> Checklist:
        """Every item in nb, nn and en, with its rank, who it is for, where it holds and which statement it rests on."""
        chosen = service.release(release)
        content = chosen.content
        items = [
            ItemDescription(
                id=item.id,
                statement=item.statement,
                modality=item.modality,
                actor=item.actor,
                question=item.question,
                measure=item.measure,
                area=item.area,
                elsewhere=item.elsewhere,
                evidence=evidence_of(content, item),
            )
            for item in in_words_of("either", advice_of(chosen).checklist, content.phrases)
        ]
        about_places = [
            CautionText(id=caution.id, text=caution.text)
            for caution in content.cautions.sentences
            if caution.applies in ("oslo_only", "outside_oslo")
        ]
        return Checklist(
            release=chosen.version,
            digest=chosen.digest,
            answers=list(ANSWERS),
            items=items,
            cautions=[
                CautionText(id="not-about-a-person", text=chosen.content.phrases["about_a_district"]),
                *about_places,
            ],
            sources={
                name: content.sources[name] for name in sorted({line.source for i in items for line in i.evidence})
            },
        )

    @routes.post(
        "/checklists/district",
        summary="Where a district stands",
        operation_id="assess_district",
        response_model_exclude_none=True,
        responses=problems(
            {
                400: "Not JSON",
                404: "No release of that version, or it has no checklist",
                413: "Too large",
                422: "Cannot be answered as it stands; every offending path is named",
            }
        ),
        openapi_extra=request_body(ChecklistRequest, EXAMPLES),
    )
    async def district(request: Request, response: Response) -> ChecklistAnswer:
        """Answers with what is missing, by the rank of the source, and with what nobody knows yet. Nothing is kept."""
        wanted = await read_as(ChecklistRequest, request, service.settings.max_body_bytes)
        release = service.release(wanted.release)
        items = advice_of(release).checklist
        oslo = None if wanted.municipality is None else wanted.municipality == OSLO
        answers, wrong = by_item(items, asked_of(items, oslo), wanted.answers)
        if wrong:
            raise invalid(wrong)
        response.headers.update(about_language(wanted.language))
        return assess_district(release, items, answers, wanted.language, oslo)

    return routes
