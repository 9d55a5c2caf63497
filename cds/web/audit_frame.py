"""What the auditor's pages share: their words, links that keep the language, dates, and errors shown as a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Coroutine, Mapping
from datetime import date
from typing import Any
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRoute

from cds.api.problems import details_of
from cds.audit.check import Line
from cds.content.texts import Language
from cds.diff.shapes import Matrix
from cds.web import policy
from cds.web.pages import TEMPLATES, chosen_language, language_for, render
from cds.web.words import WORDS
from cds.web.words_audit import RELEASE_WORDS
from cds.web.words_difference import DIFFERENCE_WORDS
from cds.web.words_ledger import LEDGER_WORDS
from cds.web.words_proofs import PROOF_WORDS

AUDIT_WORDS = {**WORDS, **RELEASE_WORDS, **DIFFERENCE_WORDS, **PROOF_WORDS, **LEDGER_WORDS}
_MONTHS: dict[Language, tuple[str, ...]] = {
    "nb": ("januar", "februar", "mars", "april", "mai", "juni",
           "juli", "august", "september", "oktober", "november", "desember"),
    "nn": ("januar", "februar", "mars", "april", "mai", "juni",
           "juli", "august", "september", "oktober", "november", "desember"),
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
}  # fmt: skip
_MOST_LETTERS = 240
_FORBIDDEN, _NOT_FOUND, _UNAVAILABLE = (401, 403), 404, 503


def said(value: object) -> str:
    """Any value of a case or an answer as text; a long one is cut."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= _MOST_LETTERS else f"{text[:_MOST_LETTERS]}…"


def status(told: str | None, words: Mapping[str, str]) -> str:
    """How a recommendation is made in one case: "recommended · now" in the reader's language."""
    if told is None:
        return words["not_made"]
    made, urgency = told.split(" · ")
    return f"{words[f'status:{made}']}, {words[f'urgency:{urgency}']}"


def used_states(matrix: Matrix) -> list[int]:
    """The states of a matrix that somebody comes from or goes to."""
    counts = matrix.counts
    return [index for index in range(len(counts)) if any(counts[index]) or any(row[index] for row in counts)]


def reason(line: Line, words: Mapping[str, str]) -> tuple[str, bool]:
    """Why something was or was not as it should be, and whether that is in the reader's language. A value stands
    behind the last colon, the same in every language.
    """
    whole, value = line.because, ""
    if f"because:{whole}" not in words:
        whole, _, value = line.because.rpartition(": ")
    told = words.get(f"because:{whole}")
    return (line.because, False) if told is None else (f"{told} {value}".strip(), True)


TEMPLATES.filters |= {"said": said, "status": status, "used_states": used_states, "reason": reason}


def show(template: str, request: Request, *, status: int = 200, sends: bool = False, **values: object) -> HTMLResponse:
    """One of these pages. `sends`: it has a form whose content goes back to this service."""
    language = language_for(request)

    def day(value: date) -> str:
        return f"{value.day}{'' if language == 'en' else '.'} {_MONTHS[language][value.month - 1]} {value.year}"

    def month(value: date) -> str:
        return f"{_MONTHS[language][value.month - 1].capitalize()} {value.year}"

    return render(
        template,
        request,
        policy.page(sends=sends),
        status=status,
        words_of=AUDIT_WORDS,
        day=day,
        month_name=month,
        to=_links(chosen_language(request)),
        **values,
    )


def _links(chosen: Language | None) -> Callable[..., str]:
    """Addresses within the service, from parts that may hold any character; a language once chosen stays chosen."""

    def to(*parts: str, kind: str | None = None) -> str:
        asked = {"kind": kind, "language": chosen}
        query = "&".join(f"{name}={quote(value, safe='')}" for name, value in asked.items() if value is not None)
        return "/" + "/".join(quote(part, safe="") for part in parts) + (f"?{query}" if query else "")

    return to


class AuditRoute(APIRoute):
    """A route whose errors are told as a page to a person, with the status and headers they have for programs."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The route with its errors shown."""
        answer = super().get_route_handler()

        async def shown(request: Request) -> Response:
            try:
                return await answer(request)
            except Exception as error:  # noqa: BLE001 - every error becomes a page; an unexpected one is logged there
                details = await details_of(request, error)
            status = details["status"]
            name = "problem_other"
            if status in _FORBIDDEN:
                name = "problem_403"
            elif status == _NOT_FOUND:
                name = "problem_404"
            elif details["type"].endswith(("ledger-unavailable", "ledger-damaged")):
                name = "problem_503"
            page = show("audit/problem.html", request, status=status, name=name, title=details["title"])
            if status == _UNAVAILABLE:
                page.headers["Retry-After"] = "5"
            return page

        return shown
