"""GET /v1/releases: which rules were in force when, who approved them, what changed, and whom that moves."""

from __future__ import annotations

import asyncio
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, TypeAdapter

from cds.api.differences import TooManyDifferences
from cds.api.problems import Problem
from cds.api.service import Service
from cds.content.factors import Case, Retired
from cds.content.folder import Content, read_cases
from cds.content.texts import Text
from cds.diff.history import HistoryLine, history
from cds.diff.pieces import Piece, pieces
from cds.diff.shapes import Difference
from cds.openapi import problems
from cds.release.approvals import Approvals
from cds.release.frozen import Release

_UNKNOWN = problems({404: "No release of that version, or nothing of that name in it"})
_BUSY = problems({404: "No release of that version", 503: "Other differences are being computed; come back"})


class ReleaseLine(BaseModel):
    """One frozen release. `in_force_until` is the first day of the next one; none while none follows."""

    version: str
    digest: str
    in_force_from: date
    in_force_until: date | None
    in_force: bool
    approvals: Approvals


class ReleaseList(BaseModel):
    """All releases, oldest first."""

    releases: list[ReleaseLine]


class PieceName(BaseModel):
    """One piece of content, by the kind and id under which it can be asked for."""

    kind: str
    id: str
    code: str | None
    title: Text | None


class ReleaseDetail(ReleaseLine):
    """One release: what it changed in the words of its authors, what it holds, and whom it moved when it was frozen."""

    previous: str | None
    changes: str
    """Markdown, for clinicians."""
    content: list[PieceName]
    retired: list[Retired]
    impact: dict[str, Any] | None
    """As frozen (IMPACT.json); none in the first release and in those from before 0.4.0."""


class Place(BaseModel):
    """A place in a source that a rule rests on, and the document it is in."""

    source: str
    title: str
    publisher: str | None
    edition: str
    url: str | None
    locator: str
    statement: str | None
    note: str | None


class Rule(BaseModel):
    """One piece of content under one release, with its sources, cases and history through all releases."""

    kind: str
    id: str
    code: str | None
    title: Text | None
    content: Any
    sources: list[Place]
    cases: list[Case]
    history: list[HistoryLine]


class RuleAnswer(BaseModel):
    """Everything of that name: a recommendation and the fact it is about may be called the same."""

    release: str
    digest: str
    rules: list[Rule]


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1", tags=["releases"])

    @routes.get("/releases", summary="All rule releases", operation_id="releases")
    def releases() -> ReleaseList:
        """Version, digest, days in force and approvals of every release; exactly one is in force today."""
        return ReleaseList(releases=[line_of(service, release) for release in service.releases])

    @routes.get("/releases/{version}", summary="One rule release", operation_id="release", responses=_UNKNOWN)
    def release(version: str) -> ReleaseDetail:
        """What a release changed, what it holds, who approved it, and whom it moved when it was frozen."""
        found = service.releases[version]
        before = service.releases.before(version)
        return ReleaseDetail(
            **dict(line_of(service, found)),
            previous=None if before is None else before.version,
            changes=found.changes,
            content=[
                PieceName(kind=piece.kind, id=piece.id, code=piece.code, title=piece.title)
                for piece in pieces(found.content).values()
            ],
            retired=list(found.content.retired),
            impact=found.impact,
        )

    @routes.get(
        "/releases/{version}/rules/{name:path}",
        summary="One rule, with sources, cases and history",
        operation_id="rule",
        responses=_UNKNOWN,
    )
    def rule(
        version: str,
        name: str,
        kind: Annotated[str | None, Query(description="Only pieces of this kind")] = None,
    ) -> RuleAnswer:
        """Everything called or coded so. A step of a factor is found under the factor, as `lost-tolerance/day-0-14`."""
        found = service.releases[version]
        return RuleAnswer(
            release=found.version,
            digest=found.digest,
            rules=[
                Rule(
                    kind=piece.kind,
                    id=piece.id,
                    code=piece.code,
                    title=piece.title,
                    content=TypeAdapter(Any).dump_python(piece.model, mode="json", by_alias=True, exclude_none=True),
                    sources=places_of(piece, found.content),
                    cases=cases_of(piece, found),
                    history=list(history(service.releases, piece.kind, piece.id)),
                )
                for piece in called(found, name, kind)
            ],
        )

    @routes.get(
        "/releases/{old}/diff/{new}",
        summary="What differs between two releases, and whom it moves",
        operation_id="difference",
        response_model=Difference,
        responses=_BUSY,
    )
    async def difference(old: str, new: str) -> Response:
        """Content field by field, and the behaviour on all cases and on a cohort of 10,000 invented people.

        Computed when it is first asked for, which takes about half a minute, and kept.
        """
        try:
            computing = service.differences.between(old, new)
        except TooManyDifferences:
            busy = Problem(503, "differences-busy", "Other differences are being computed")
            return busy.response({"Retry-After": "30"})
        found = await asyncio.shield(asyncio.wrap_future(computing))
        return Response(found.model_dump_json(), media_type="application/json")

    return routes


def line_of(service: Service, release: Release) -> ReleaseLine:
    """One release as it stands today."""
    return ReleaseLine(
        version=release.version,
        digest=release.digest,
        in_force_from=release.in_force_from,
        in_force_until=release.in_force_until,
        in_force=release.version == service.releases.in_force(service.today()).version,
        approvals=service.approvers.approvals(release, service.today()),
    )


def called(release: Release, name: str, kind: str | None) -> list[Piece]:
    """Everything called or coded so in a release, of one kind or of any. Raises Problem 404."""
    named = [piece for piece in pieces(release.content).values() if _is_called(piece, name, kind)]
    if not named:
        raise Problem(404, "unknown-rule", "Nothing is called so in this release")
    return named


def _is_called(piece: Piece, name: str, kind: str | None) -> bool:
    wanted = name.partition("/")[0] if piece.kind == "factor" else name
    also = getattr(piece.model, "also", ())
    names = {piece.id.casefold(), *(each.casefold() for each in (piece.code, *also) if each is not None)}
    return wanted.casefold() in names and kind in (None, piece.kind)


def cases_of(piece: Piece, release: Release) -> list[Case]:
    """The cases beside a factor; nothing else has any of its own."""
    return list(read_cases(release.folder, piece.id)[0]) if piece.kind == "factor" else []


def places_of(piece: Piece, content: Content) -> list[Place]:
    """Every place in a source that a piece rests on."""
    places = []
    for evidence in piece.evidence:
        source = content.sources[evidence.source]
        places.append(
            Place(
                source=evidence.source,
                title=source.title,
                publisher=source.publisher,
                edition=source.edition,
                url=source.url,
                locator=evidence.locator,
                statement=evidence.statement,
                note=evidence.note,
            )
        )
    return places
