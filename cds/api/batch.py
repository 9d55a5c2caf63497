"""POST /v1/assessments/batch: many persons, one per line, answered line by line as NDJSON.

The body is read whole before the first answer is written: many clients send everything before they read anything, and
with an answer larger than its question both ends would wait for each other for ever. It is bounded, lies in memory and
is never written down. Every line is answered, in order, by its number; what is wrong with one line does not touch the
others; the last line counts, and a stream without it was cut off.

Every answer has its receipt. A group of lines is assessed, its receipts are committed together, and only then are its
answers sent: where they could not be stored, these lines are problems like any other.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from cds.api.access import caller_of
from cds.api.assessments import AssessmentAnswer, assessed, read_request, sign
from cds.api.bodies import parse_json, read_bytes
from cds.api.manners import with_language
from cds.api.problems import TYPE, Problem, ProblemDetails, details_of
from cds.api.service import Service
from cds.audit.rows import Entry
from cds.audit.store import LedgerUnavailable
from cds.openapi import REF, problems

log = structlog.get_logger()
MEDIA_TYPE = "application/x-ndjson"
GROUP = 100
"""Lines whose receipts are committed together: a commit waits for the disk as long as for several assessments."""
_ALLOWED = ("application/x-ndjson", "application/ndjson", "application/jsonl", "application/json-lines")


class _Lines(StreamingResponse):
    media_type = MEDIA_TYPE


class BatchLine(AssessmentAnswer):
    """The answer to one line of the request."""

    line: Annotated[int, Field(ge=1, description="The line of the request, from 1, empty ones counted")]


class BatchProblem(BaseModel):
    """What was wrong with one line of the request."""

    line: Annotated[int, Field(ge=1)]
    problem: ProblemDetails


class BatchSummary(BaseModel):
    """The last line. `assessed` and `failed` add up to `persons`."""

    summary: Literal[True] = True
    persons: int
    assessed: int
    failed: int
    levels: dict[str, int]
    problems: dict[str, int]


@dataclass
class _Line:
    """One line of the request, and what becomes of it: an answer with its entry, or what was wrong."""

    number: int
    raw: bytes
    answer: AssessmentAnswer | None = None
    entry: Entry | None = None
    problem: Exception | None = None


def _groups(body: bytes) -> Iterator[list[_Line]]:
    lines = (_Line(number, line.rstrip(b"\r")) for number, line in enumerate(body.split(b"\n"), 1) if line.strip())
    while group := list(islice(lines, GROUP)):
        yield group


async def answers(request: Request, service: Service, body: bytes, client: str, today: date) -> AsyncIterator[bytes]:
    """The answer to each line that holds something, then the count."""
    levels: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for group in _groups(body):
        for line in group:
            # One at a time: between two lines other callers are answered.
            await run_in_threadpool(_assess, request, service, line, client, today)
        await _commit(service, group)
        for line in group:
            if line.answer is None:
                problem = await details_of(request, line.problem or RuntimeError())
                wrong[problem["type"].removeprefix(TYPE)] += 1
                yield _written({"line": line.number, "problem": problem})
            else:
                level = line.answer.assessment.level
                levels[level] += 1
                service.metrics.assessed()
                yield b'{"line":%d,%s\n' % (line.number, line.answer.as_json()[1:])
    assessed, failed = levels.total(), wrong.total()
    log.info("batch", persons=assessed + failed, assessed=assessed, failed=failed)
    yield _written(
        BatchSummary(
            persons=assessed + failed,
            assessed=assessed,
            failed=failed,
            levels=dict(sorted(levels.items())),
            problems=dict(sorted(wrong.items())),
        ).model_dump()
    )


def _assess(request: Request, service: Service, line: _Line, client: str, today: date) -> None:
    limit = service.settings.max_body_bytes
    try:
        if len(line.raw) > limit:
            raise Problem(413, "too-large", f"The line is larger than {limit} bytes")
        wanted, as_of = read_request(with_language(request, parse_json(line.raw)), today)
        record, made = assessed(service, wanted, as_of)
        line.entry = sign(service, wanted, record, made, raw=line.raw, client=client)
        line.answer = made
    except Exception as error:  # noqa: BLE001 - the edge of one line: told in its place, counted as failed
        line.problem = error


async def _commit(service: Service, group: list[_Line]) -> None:
    try:
        await service.proofs.ledger.commit(*(line.entry for line in group if line.entry is not None))
    except LedgerUnavailable as error:
        for line in group:
            if line.answer is not None:
                line.answer, line.problem = None, error


def _written(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1", tags=["batch"])
    settings = service.settings

    @routes.post(
        "/assessments/batch",
        summary="Assess many persons, one per line",
        operation_id="assess_batch",
        response_class=_Lines,
        responses={
            200: {
                "description": "One line for each line of the request, in order, and a last one that counts",
                "model": BatchLine | BatchProblem | BatchSummary,
            },
            **problems({413: "Too large, or too many lines", 415: "Not NDJSON"}),
        },
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {MEDIA_TYPE: {"schema": {"$ref": REF.format(model="AssessmentRequest")}}},
            }
        },
    )
    async def batch(request: Request) -> _Lines:
        """Answers each line as POST /v1/assessments would, receipt and all, and counts at the end.

        A line that names no language is answered in the one that `Accept-Language` prefers.
        What the receipt calls `raw` is the line without its line break.
        """
        kind = request.headers.get("content-type", MEDIA_TYPE).partition(";")[0].strip().lower()
        if kind not in _ALLOWED:
            raise Problem(415, "not-ndjson", f"One request per line is asked for, as {MEDIA_TYPE}")
        body = await read_bytes(request, settings.max_batch_bytes)
        if sum(1 for line in body.split(b"\n") if line.strip()) > settings.max_batch_lines:
            raise Problem(413, "too-large", f"There are more than {settings.max_batch_lines} lines")
        told = answers(request, service, body, caller_of(request).client, service.today())
        return _Lines(told, headers={"Vary": "Accept-Language"})

    return routes
