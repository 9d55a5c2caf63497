"""POST /v1/assessments: one person's facts at one date, assessed."""

from __future__ import annotations

from asyncio import to_thread
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cds.api.access import caller_of
from cds.api.bodies import parse_json, read_bytes
from cds.api.examples import REQUEST_EXAMPLES
from cds.api.manners import about_language, with_language
from cds.api.problems import Problem, from_validation, invalid
from cds.api.service import Service
from cds.assess import Assessor
from cds.assessment import Assessment
from cds.audit.receipt import Proof
from cds.audit.rows import Entry
from cds.content.texts import Language
from cds.dates import Day
from cds.facts import Facts
from cds.nav import NavAdvice, nav_advice
from cds.note import Note, note
from cds.openapi import problems, request_body
from cds.outlook import Outlook, WhatIf, outlook, what_if
from cds.records.reader import Record
from cds.records.statements import MAX_STATEMENTS, Statement

Include = Literal["all_questions", "outlook", "what_if", "note"]
_QUICK: frozenset[Include] = frozenset({"all_questions", "note"})
_MANY_STATEMENTS = 500
"""From here on, and for an outlook, a person is assessed in a thread, so that other callers are answered meanwhile."""


class AssessmentRequest(BaseModel):
    """What is known about one person at one date. Nothing of it is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Annotated[Day | None, Field(description="The date assessed; today in Europe/Oslo if left out")] = None
    municipality: Annotated[
        str | None, Field(pattern=r"^[0-9]{4}$", description="Municipality number; 0301 is Oslo")
    ] = None
    language: Language = "nb"
    release: Annotated[
        str | None,
        Field(pattern=r"^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}$", description="A release; else the one in force today"),
    ] = None
    include: Annotated[tuple[Include, ...], Field(max_length=8)] = ()
    facts: Facts = Facts()
    statements: Annotated[
        tuple[Statement, ...],
        Field(
            description=f"Coded entries of a record, at most {MAX_STATEMENTS:,}; what was sent as facts is kept beside "
            "them. docs/records.md is the guide"
        ),
    ] = ()
    complete: Annotated[
        tuple[str, ...],
        Field(
            max_length=100,
            description="Facts for which the statements are everything the record holds, and the record all there is: "
            "none then means no. Those that GET /v1/facts calls `read_from_records`",
        ),
    ] = ()


class AssessmentAnswer(BaseModel):
    """The answer to one request."""

    assessment: Assessment
    outlook: Outlook | None = None
    what_if: WhatIf | None = None
    note: Note | None = None
    receipt: Annotated[
        Proof | None, Field(description="Keep it with the record: with it anyone can prove what was asked and answered")
    ] = None

    def as_json(self) -> bytes:
        """The answer as JSON, without what was not asked for."""
        return self.__pydantic_serializer__.to_json(self, exclude_none=True)


class AdviceAnswer(BaseModel):
    """The answer to NAV and to municipal social services: the closed set of advice, and nothing else."""

    advice: NavAdvice
    receipt: Proof | None = None

    def as_json(self) -> bytes:
        """The answer as JSON, without what does not apply."""
        return self.__pydantic_serializer__.to_json(self, exclude_none=True)


def read(request: AssessmentRequest, as_of: date, assessor: Assessor) -> Record:
    """The facts to assess, as the release reads them. Raises FactError with the path of what cannot be."""
    return assessor.reader.read(request.facts, request.statements, request.complete, as_of)


async def proven(
    service: Service, request: AssessmentRequest, as_of: date, *, raw: bytes, client: str
) -> AssessmentAnswer:
    """Everything a request asks for, with its receipt, once that is committed. Every channel answers through this.

    `raw` are the bytes as they came in, `client` the system they came from. Raises as `Assessor.decide`,
    UnknownRelease, NoReleaseInForce, and LedgerUnavailable: without a receipt there is no answer.
    """
    record, made = await _made(service, request, as_of)
    await _commit(service, request, record, made, raw=raw, client=client)
    return made


async def advised(
    service: Service, request: AssessmentRequest, as_of: date, *, raw: bytes, client: str
) -> AdviceAnswer:
    """The same for those who get advice alone. Raises NotInRelease besides, before anything is committed."""
    record, made = await _made(service, request, as_of)
    advice = nav_advice(made.assessment, service.release(made.assessment.provenance.release).content)
    await _commit(service, request, record, made, raw=raw, client=client)
    return AdviceAnswer(advice=advice, receipt=made.receipt)


async def _commit(
    service: Service, request: AssessmentRequest, record: Record, made: AssessmentAnswer, *, raw: bytes, client: str
) -> None:
    await service.proofs.ledger.commit(sign(service, request, record, made, raw=raw, client=client))
    service.metrics.assessed()


def sign(
    service: Service, request: AssessmentRequest, record: Record, made: AssessmentAnswer, *, raw: bytes, client: str
) -> Entry:
    """Put the receipt into an answer. Its entry must be committed before the answer goes out."""
    entry, made.receipt = service.proofs.sign(
        made.assessment,
        record.facts,
        municipality=request.municipality,
        conflicts=record.conflicts,
        raw=raw,
        client=client,
    )
    return entry


async def answered(service: Service, request: AssessmentRequest, as_of: date) -> AssessmentAnswer:
    """The same without a receipt of its own: for a message that was answered before and has one. Raises alike."""
    _, made = await _made(service, request, as_of)
    service.metrics.assessed()
    return made


async def _made(service: Service, request: AssessmentRequest, as_of: date) -> tuple[Record, AssessmentAnswer]:
    slow = len(request.statements) > _MANY_STATEMENTS or not _QUICK.issuperset(request.include)
    return await to_thread(assessed, service, request, as_of) if slow else assessed(service, request, as_of)


def assessed(service: Service, request: AssessmentRequest, as_of: date) -> tuple[Record, AssessmentAnswer]:
    """Everything a request asks for, without a receipt, and what it rests on. Raises as `Assessor.decide`."""
    assessor = service.assessor(request.release)
    with service.metrics.assessing():
        record = read(request, as_of, assessor)
        return record, answer(request, as_of, assessor, record)


def answer(
    request: AssessmentRequest, as_of: date, assessor: Assessor, record: Record | None = None
) -> AssessmentAnswer:
    """Everything a request asks for, without a receipt. Raises as `Assessor.decide`."""
    record = record or read(request, as_of, assessor)
    facts, language = record.facts, request.language
    assessment = assessor.assess(
        facts,
        as_of,
        language,
        municipality=request.municipality,
        all_questions="all_questions" in request.include,
        record=record,
    )
    return AssessmentAnswer(
        assessment=assessment,
        outlook=outlook(assessor, facts, as_of, language) if "outlook" in request.include else None,
        what_if=what_if(assessor, facts, as_of, language) if "what_if" in request.include else None,
        note=note(assessment, assessor.content) if "note" in request.include else None,
    )


def read_request(body: object, today: date) -> tuple[AssessmentRequest, date]:
    """A request and its date. Raises Problem: 413 over the most statements, 422 with the path of everything wrong."""
    statements = body.get("statements") if isinstance(body, dict) else None
    if isinstance(statements, list) and len(statements) > MAX_STATEMENTS:
        raise Problem(413, "too-large", f"There are more than {MAX_STATEMENTS} statements")
    try:
        request = AssessmentRequest.model_validate(body)
    except ValidationError as error:
        raise from_validation(error, AssessmentRequest) from None
    as_of = request.as_of or today
    if as_of > today:
        raise invalid([("/as_of", "lies after today")])
    return request, as_of


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1", tags=["assessments"])

    @routes.post(
        "/assessments",
        summary="Assess one person at one date",
        operation_id="assess",
        response_class=Response,
        responses={
            200: {"model": AssessmentAnswer | AdviceAnswer},
            **problems(
                {
                    400: "Not JSON",
                    403: "Not for this caller",
                    404: "No release of that version, or it has no advice for this caller",
                    413: "Too large",
                    422: "Cannot be assessed as it stands; every offending path is named",
                    500: "No answer is given: an evaluator failed or the two differ",
                    503: "No answer is given: its receipt could not be stored, or no release is in force",
                }
            ),
        },
        openapi_extra=request_body(AssessmentRequest, REQUEST_EXAMPLES),
    )
    async def assess(request: Request) -> Response:
        """Answers with the level, how high it could be, the factors, what to ask next and what it rests on."""
        raw = await read_bytes(request, service.settings.max_body_bytes)
        wanted, as_of = read_request(with_language(request, parse_json(raw)), service.today())
        caller = caller_of(request)
        if caller.advice_only and wanted.include:
            raise Problem(403, "not-for-this-caller", "This caller gets advice, and nothing can be included in it")
        answering = advised if caller.advice_only else proven
        made = await answering(service, wanted, as_of, raw=raw, client=caller.client)
        return Response(made.as_json(), media_type="application/json", headers=about_language(wanted.language))

    return routes
