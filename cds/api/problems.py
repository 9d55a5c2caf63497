"""Errors as RFC 9457 problem details: a stable type, the offending path, and nothing that was sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException

from cds.answers import DatedAnswer, Happened, Loss, Overdose, Quantity, Transition
from cds.api.hints import no_such_field
from cds.audit.keys import KeysUnusable
from cds.audit.seal import LedgerDamaged
from cds.audit.store import LedgerUnavailable
from cds.errors import (
    EngineDisagreement,
    EngineFailure,
    FactError,
    NoReleaseInForce,
    ReleaseNotApproved,
    UnknownRelease,
)
from cds.facts import FACT_NAMES
from cds.nav import NotInRelease
from cds.records.statements import KINDS, SHAPES

log = structlog.get_logger()
TYPE = "urn:cds-overdose:problem:"
MEDIA_TYPE = "application/problem+json"
_OURS = frozenset(
    {
        *FACT_NAMES,
        *(
            name
            for shape in (Transition, Overdose, Loss, Quantity, DatedAnswer, Happened, *SHAPES)
            for name in shape.model_fields
        ),
        *("as_of", "municipality", "language", "release", "include", "facts", "statements", "complete", "class"),
        *("event", "usual_recipient_absent", "answers"),
        *("assessment", "receipt", "jws", "nonce", "input", "conflicts", "raw", "checkpoint"),
    }
)
"""The names a request can hold. Any other came from outside and is never repeated."""
MOST_ERRORS = 50
MOST_COUNTED = 20_000
"""Beyond so many errors none is named: building the list would cost more than reading the body."""
RETRY_SECONDS = 5


class PathError(BaseModel):
    """One thing wrong, and where: a JSON pointer into the request."""

    path: str
    reason: str


class ProblemDetails(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str | None = None
    """What stands in the way here and now, where that helps; never anything about a person."""
    errors: list[PathError] | None = None


class Problem(Exception):
    """An error with its status, stable name and places; carries no value from the request."""

    def __init__(
        self, status: int, name: str, title: str, errors: Iterable[tuple[str, str]] = (), detail: str | None = None
    ) -> None:
        super().__init__(name)
        self.status = status
        self.name = name
        self.title = title
        self.errors = tuple(errors)
        self.detail = detail

    def response(self, headers: dict[str, str] | None = None) -> JSONResponse:
        """The problem as a response."""
        body: dict[str, Any] = {"type": TYPE + self.name, "title": self.title, "status": self.status}
        if self.detail is not None:
            body["detail"] = self.detail
        if self.errors:
            body["errors"] = [{"path": path, "reason": reason} for path, reason in self.errors[:MOST_ERRORS]]
        return JSONResponse(body, self.status, headers, MEDIA_TYPE)


def pointer(parts: Sequence[str | int]) -> str:
    """A JSON pointer; a name that is none of ours is not repeated, since it came from outside."""
    return "".join(f"/{part}" if isinstance(part, int) or part in _OURS else "/?" for part in parts)


def invalid(errors: Iterable[tuple[str, str]]) -> Problem:
    """The request was understood as JSON and cannot be assessed."""
    return Problem(422, "invalid-input", "The input cannot be assessed as it stands", errors)


def from_validation(error: ValidationError, model: type[BaseModel]) -> Problem:
    """What Pydantic found in something that should be a `model`, without the values."""
    if error.error_count() > MOST_COUNTED:
        return invalid([("", f"more than {MOST_COUNTED} things are wrong with it")])
    return invalid(islice(_lines(error, model), MOST_ERRORS))


_OF_ANOTHER_TYPE = {"model_type": "is not an object", "tuple_type": "is not a list"}
"""What pydantic says of these names classes of ours and shapes of Python."""


def _lines(error: ValidationError, model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    for line in error.errors(include_url=False, include_input=False, include_context=False):
        loc = line["loc"]
        if line["type"] == "extra_forbidden":
            yield pointer((*_untagged(loc)[:-1], "?")), no_such_field(model, loc)
        elif line["type"] == "union_tag_invalid":
            yield pointer(_untagged(loc)), f"kind is not one of {', '.join(KINDS)}"
        elif line["type"] in _OF_ANOTHER_TYPE:
            yield pointer(_untagged(loc)), _OF_ANOTHER_TYPE[line["type"]]
        else:
            yield pointer(_untagged(loc)), line["msg"].removeprefix("Value error, ")


def _untagged(loc: tuple[str | int, ...]) -> tuple[str | int, ...]:
    """Pydantic puts the kind of a statement into the path; the request has no such key there."""
    return (*loc[:2], *loc[3:]) if loc[:1] == ("statements",) and loc[2:3] and loc[2] in KINDS else loc


def install(app: FastAPI) -> None:
    """Answer every error of the service with a problem."""

    @app.exception_handler(Problem)
    async def _problem(_: Request, error: Problem) -> JSONResponse:
        return error.response()

    @app.exception_handler(FactError)
    async def _fact(_: Request, error: FactError) -> JSONResponse:
        return invalid(error.errors).response()

    @app.exception_handler(UnknownRelease)
    async def _release(_: Request, __: UnknownRelease) -> JSONResponse:
        return Problem(404, "unknown-release", "There is no release of that version").response()

    @app.exception_handler(NoReleaseInForce)
    async def _in_force(_: Request, __: NoReleaseInForce) -> JSONResponse:
        return Problem(503, "no-release-in-force", "No release of the rules is in force").response()

    @app.exception_handler(ReleaseNotApproved)
    async def _not_approved(_: Request, error: ReleaseNotApproved) -> JSONResponse:
        log.error("release_not_approved", release=error.version, missing=error.missing)
        return Problem(503, "release-not-approved", "The release has not been approved for use here").response()

    @app.exception_handler(NotInRelease)
    async def _not_in_release(_: Request, __: NotInRelease) -> JSONResponse:
        return Problem(404, "not-in-release", "This release of the rules has no such advice").response()

    @app.exception_handler(EngineDisagreement)
    async def _disagreement(_: Request, error: EngineDisagreement) -> JSONResponse:
        log.error("evaluators_disagree", rules=error.rules)
        return Problem(500, "evaluators-disagree", "The evaluators differ; no answer is given").response()

    @app.exception_handler(EngineFailure)
    async def _failure(_: Request, __: EngineFailure) -> JSONResponse:
        log.error("engine_failure")
        return Problem(500, "engine-failure", "An evaluator failed; no answer is given").response()

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        names = {404: "not-found", 405: "method-not-allowed"}
        titles = {404: "There is nothing here", 405: "This method is not allowed here"}
        status = error.status_code
        problem = Problem(status, names.get(status, "http-error"), titles.get(status, "The request failed"))
        return problem.response(dict(error.headers or {}))

    _install_proofs(app)


def _install_proofs(app: FastAPI) -> None:
    """Without a receipt there is no answer: what can stand in its way."""

    @app.exception_handler(LedgerUnavailable)
    async def _ledger(_: Request, error: LedgerUnavailable) -> JSONResponse:
        title = "The receipt could not be stored; no answer is given"
        problem = Problem(503, "ledger-unavailable", title, detail=error.told)
        return problem.response({"Retry-After": str(RETRY_SECONDS)})

    @app.exception_handler(LedgerDamaged)
    async def _damaged(_: Request, error: LedgerDamaged) -> JSONResponse:
        log.error("ledger_damaged", what=str(error))
        return Problem(503, "ledger-damaged", "The ledger is not what was signed: cds verify says where").response()

    @app.exception_handler(KeysUnusable)
    async def _keys(_: Request, error: KeysUnusable) -> JSONResponse:
        log.error("keys_unusable", what=str(error))
        return Problem(503, "keys-unusable", "The service cannot sign, so that no answer is given").response()


async def details_of(request: Request, error: Exception) -> dict[str, Any]:
    """What an error would be answered with, for a channel that tells it in another place than a response."""
    handlers = request.app.exception_handlers
    handler = next((handlers[kind] for kind in type(error).__mro__ if kind in handlers), None)
    response = unexpected(error) if handler is None else await handler(request, error)
    details: dict[str, Any] = json.loads(bytes(response.body))
    return details


def unexpected(error: Exception) -> JSONResponse:
    """The answer to an error nobody foresaw. Caught inside the application: a server would log its message."""
    log.error("unexpected_error", kind=type(error).__name__, at=_place(error))
    return Problem(500, "unexpected-error", "Something failed here; no answer is given").response()


def _place(error: Exception) -> str:
    """Where it was raised. The message is left out: it could carry what was sent."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
