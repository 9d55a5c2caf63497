"""GET /audit and below: which rules were in force when, what changed and why, who approved it, whom it moves."""

from __future__ import annotations

import re
from datetime import date
from itertools import groupby

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from cds.api.differences import TooManyDifferences
from cds.api.releases import called, cases_of, line_of, places_of
from cds.api.service import Service
from cds.book.words import Words
from cds.diff.content import compare
from cds.diff.history import history
from cds.diff.picture import picture, state_names
from cds.diff.pieces import pieces
from cds.diff.shapes import Difference
from cds.errors import NoReleaseInForce
from cds.release.frozen import Release
from cds.web.audit_frame import AuditRoute, show
from cds.web.audit_story import (
    by_kind,
    fields_of,
    in_language,
    known_difference,
    months_of,
    read_changes,
    story,
)
from cds.web.pages import language_for

_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_APART = frozenset({"source", "source statement"})
"""Kinds that the page of a release shows under sources."""


def router(service: Service) -> APIRouter:
    """The routes. They read and compare whole releases, so each runs in a thread and holds up nobody."""
    routes = APIRouter(prefix="/audit", include_in_schema=False, route_class=AuditRoute)

    @routes.get("")
    def start(request: Request, month: str = "") -> HTMLResponse:
        """Every release on a timeline, newest first, each with what, why, who and whom."""
        month = month if _MONTH.fullmatch(month) else ""
        told = [story(service, release) for release in service.releases][::-1]
        shown = [each for each in told if each.line.in_force_from.isoformat().startswith(month)]
        return show(
            "audit/start.html",
            request,
            sends=True,
            months=months_of(told, service.today()),
            month=month,
            by_month=[
                (first, list(group))
                for first, group in groupby(shown, lambda each: each.line.in_force_from.replace(day=1))
            ],
            at_its_end=_in_force_at_the_end_of(month),
            versions=[each.line.version for each in told],
        )

    def _in_force_at_the_end_of(month: str) -> str:
        if not month:
            return ""
        year, number = map(int, month.split("-"))
        try:
            following = date(year + number // 12, number % 12 + 1, 1)
            return service.releases.in_force(date.fromordinal(following.toordinal() - 1)).version
        except (NoReleaseInForce, ValueError):
            return "–"

    @routes.get("/releases/{version}")
    def release(request: Request, version: str) -> HTMLResponse:
        """One release: its rules, sources, cases, approvals, changes and impact."""
        found = service.releases[version]
        content = found.content
        held = [piece for piece in pieces(content).values() if piece.kind not in _APART]
        return show(
            "audit/release.html",
            request,
            story=story(service, found),
            by_kind=[(kind, list(group)) for kind, group in groupby(held, lambda piece: piece.kind)],
            cases=[(piece, len(cases_of(piece, found))) for piece in held if piece.kind == "factor"],
            sources=content.sources,
            retired=content.retired,
            names=state_names(content, language_for(request)),
        )

    @routes.get("/releases/{version}/rules/{name:path}")
    def rule(request: Request, version: str, name: str, kind: str | None = None) -> HTMLResponse:
        """One rule, with what it says, its sources, its cases, and what every release did to it."""
        found, language = service.releases[version], language_for(request)
        words = Words(found.content)
        return show(
            "audit/rule.html",
            request,
            line=line_of(service, found),
            rules=[
                {
                    "piece": piece,
                    "fields": fields_of(piece, words, language),
                    "places": places_of(piece, found.content),
                    "cases": cases_of(piece, found),
                    "history": [
                        (line, *in_language(line.fields, language))
                        for line in reversed(history(service.releases, piece.kind, piece.id))
                    ],
                }
                for piece in called(found, name, kind)
            ],
        )

    @routes.get("/diff")
    def chosen(request: Request, old: str = "", new: str = "") -> Response:
        """From the form for two releases to the page about them."""
        asked = request.query_params.get("language")
        versions = service.releases[old].version, service.releases[new].version
        language = f"?language={asked}" if asked in ("nb", "nn", "en") else ""
        return RedirectResponse(f"/audit/diff/{versions[0]}/{versions[1]}{language}", 303)

    @routes.get("/diff/{old}/{new}")
    def difference(request: Request, old: str, new: str) -> HTMLResponse:
        """What differs in content, at once; whom it moves, as soon as that has been counted."""
        before, after, language = service.releases[old], service.releases[new], language_for(request)
        found, waiting = _difference(before, after)
        names = state_names(after.content, language)
        return show(
            "audit/diff.html",
            request,
            old=line_of(service, before),
            new=line_of(service, after),
            changes=read_changes(after.changes) if service.releases.before(new) is before else None,
            by_kind=by_kind(compare(before.content, after.content) if found is None else found.content),
            in_language=lambda fields: in_language(fields, language),
            waiting=waiting,
            behaviour=None if found is None else found.behaviour,
            picture=None if found is None else Markup(picture(found, names, language)),  # noqa: S704 - our own, escaped
            names=names,
        )

    def _difference(before: Release, after: Release) -> tuple[Difference | None, str]:
        """The difference, or the word for why it is not there yet. Asking for it sets it off."""
        known = known_difference(service, before, after)
        if known is not None:
            return known, ""
        try:
            service.differences.between(before.version, after.version)
        except TooManyDifferences:
            return None, "others_first"
        return None, "working"

    return routes
