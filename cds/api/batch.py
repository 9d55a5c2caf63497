"""POST /v1/assessments/batch: many persons, one per line, answered line by line as NDJSON.

The body is read whole before the first answer is written: many clients send everything before they read anything, and
with an answer larger than its question both ends would wait for each other for ever. It is bounded, lies in memory and
is never written down. Every line is answered, in order, by its number; what is wrong with one line does not touch the
others; the last line counts, and a stream without it was cut off.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import AsyncIterator, Callable
from datetime import date
from typing import Annotated, Any, Literal

import structlog
from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from cds.api.assessments import AssessmentAnswer, AssessmentRequest, answer, read_request
from cds.api.bodies import parse_json, read_bytes
from cds.api.problems import TYPE, Problem, ProblemDetails, details_of
from cds.api.service import Service
from cds.openapi import REF, problems

log = structlog.get_logger()
MEDIA_TYPE = "application/x-ndjson"
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


async def answers(
    request: Request,
    body: bytes,
    today: date,
    *,
    max_line: int,
    assess: Callable[[AssessmentRequest, date], AssessmentAnswer],
) -> AsyncIterator[bytes]:
    """The answer to each line that holds something, then the count."""
    levels: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    for number, line in enumerate(body.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            if len(line) > max_line:
                raise Problem(413, "too-large", f"The line is larger than {max_line} bytes")
            made = await run_in_threadpool(assess, *read_request(parse_json(line), today))
        except Exception as error:  # noqa: BLE001 - the edge of one line: told in its place, counted as failed
            problem = await details_of(request, error)
            wrong[problem["type"].removeprefix(TYPE)] += 1
            yield _line({"line": number, "problem": problem})
        else:
            levels[made.assessment.level] += 1
            yield b'{"line":%d,%s\n' % (number, made.as_json()[1:])
    assessed, failed = levels.total(), wrong.total()
    log.info("batch", persons=assessed + failed, assessed=assessed, failed=failed)
    yield _line(
        BatchSummary(
            persons=assessed + failed,
            assessed=assessed,
            failed=failed,
            levels=dict(sorted(levels.items())),
            problems=dict(sorted(wrong.items())),
        ).model_dump()
    )


def _line(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1", tags=["batch"])
    settings = service.settings

    def assess(wanted: AssessmentRequest, as_of: date) -> AssessmentAnswer:
        assessor = service.assessor(wanted.release)
        with service.metrics.assessing():
            made = answer(wanted, as_of, assessor)
        service.metrics.assessed(made.assessment.level)
        return made

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
        """Answers each line as POST /v1/assessments would, without receipts, and counts at the end."""
        kind = request.headers.get("content-type", MEDIA_TYPE).partition(";")[0].strip().lower()
        if kind not in _ALLOWED:
            raise Problem(415, "not-ndjson", f"One request per line is asked for, as {MEDIA_TYPE}")
        body = await read_bytes(request, settings.max_batch_bytes)
        if sum(1 for line in body.split(b"\n") if line.strip()) > settings.max_batch_lines:
            raise Problem(413, "too-large", f"There are more than {settings.max_batch_lines} lines")
        lines = answers(request, body, service.today(), max_line=settings.max_body_bytes, assess=assess)
        return _Lines(lines)

    return routes
