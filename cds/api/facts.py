"""GET /v1/facts: everything that can be said about a person, and how to ask for it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from cds.answers import State
from cds.api.service import Service
from cds.content.conditions import SHAPES
from cds.content.factors import ItemField
from cds.content.texts import Text
from cds.facts import FACT_NAMES, NEVER_NO


class FactDescription(BaseModel):
    """One fact a caller can send."""

    name: str
    shape: str
    states: list[str]
    dangerous: str
    valid_days: int | None
    yes_never_goes_stale: bool
    yes_implies: list[str]
    date_implies: dict[str, int]
    """Facts that are yes when this one happened at most so many days ago."""
    read_from_records: Annotated[
        bool, Field(description="Whether statements of a record answer it, so that it may stand in `complete`")
    ]
    place: int
    label: Text
    question: Text
    why: Text
    values: dict[str, Text]
    items: dict[str, ItemField]
    statements: list[str]


class FactVocabulary(BaseModel):
    """The vocabulary under one release."""

    release: str
    digest: str
    states: dict[str, Text]
    minimum_set_for_low: list[str]
    facts: list[FactDescription]


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1", tags=["facts"])

    @routes.get("/facts", summary="What can be said and asked", operation_id="facts")
    async def facts(release: str | None = None) -> FactVocabulary:
        """Every fact with its question in nb, nn and en, its dangerous direction and how long an answer stays valid."""
        chosen = service.release(release)
        content = chosen.content.facts
        shapes = {"days": "dated"}
        records = chosen.content.records
        from_records = set() if records is None else {mapping.fact for mapping in records.mappings.mappings}
        described = [
            FactDescription(
                name=name,
                shape="list" if fact.items else shapes.get(SHAPES[name], SHAPES[name]),
                states=[
                    state
                    for state in State
                    if (state is not State.NOT_APPLICABLE or name in content.not_applicable_allowed)
                    and (state is not State.NO or name not in NEVER_NO)
                ],
                dangerous=fact.direction,
                valid_days=fact.valid_days,
                yes_never_goes_stale=fact.yes_stays,
                yes_implies=list(fact.implies),
                date_implies=fact.implies_within,
                read_from_records=name in from_records,
                place=fact.order,
                label=fact.label,
                question=fact.question,
                why=fact.why,
                values=fact.values,
                items=fact.items,
                statements=list(fact.statements),
            )
            for name, fact in ((name, content.facts[name]) for name in FACT_NAMES if name in content.facts)
        ]
        return FactVocabulary(
            release=chosen.version,
            digest=chosen.digest,
            states=content.states,
            minimum_set_for_low=list(chosen.content.levels.minimum_set.facts),
            facts=described,
        )

    return routes
