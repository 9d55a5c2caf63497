"""Proofs: what a receipt shows, and an answer replayed.

A receipt is its client's own. Whoever else comes with it is told that there is none, unless it is an auditor.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cds.api.access import caller_of
from cds.api.assessments import read_request
from cds.api.bodies import parse_json, read_json
from cds.api.ledger import unavailable
from cds.api.problems import Problem, from_validation, invalid
from cds.api.service import Service, reading
from cds.assess import Assessor
from cds.assessment import Assessment
from cds.audit.check import Checked, Given, Line, Shown
from cds.audit.checkpoint import notes_in
from cds.audit.receipt import Receipt
from cds.audit.replay import NothingToReplay, Question, question_of, replay
from cds.auth.profiles import Caller
from cds.auth.scopes import Scope
from cds.dates import Day
from cds.facts import Facts
from cds.openapi import request_body
from cds.records.merge import Conflict
from cds.release.frozen import Release

BODIES = 4
"""A receipt comes with its answer and its request: so many times the largest request."""
ONE_ANSWER = "As answered: the member `assessment` of the answer"
EXAMPLES = {"receipt": {"summary": "A receipt that nobody here signed", "value": {"receipt": {"jws": "e30.e30.e30"}}}}


class QuestionGiven(BaseModel):
    """What was asked, as it was used. Needed where the answer does not show it: in an emergency."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: Day
    municipality: Annotated[str | None, Field(pattern=r"^[0-9]{4}$")] = None
    facts: Facts
    conflicts: tuple[Conflict, ...] = ()

    def question(self) -> Question:
        """The same below the edge."""
        return Question(self.as_of, self.facts, self.municipality, self.conflicts)


class ReceiptGiven(BaseModel):
    """A receipt, and its nonce where the commitments are to be opened."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    jws: Annotated[str, Field(max_length=4_000)]
    nonce: Annotated[str | None, Field(max_length=100)] = None


class VerifyRequest(BaseModel):
    """A receipt and whatever else is at hand. What is not given is not checked; nothing of it is kept."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    receipt: ReceiptGiven
    assessment: Annotated[dict[str, Any] | None, Field(description=ONE_ANSWER)] = None
    input: QuestionGiven | None = None
    raw: Annotated[str | None, Field(description="The request as it was sent, base64")] = None
    checkpoint: Annotated[
        str | None,
        Field(max_length=4_000, description="Checkpoints that were kept, as text or as CDS-Checkpoint holds them"),
    ] = None


class VerifyAnswer(BaseModel):
    """One line for each thing a receipt can prove."""

    ok: Annotated[bool, Field(description="Nothing failed. What was not checked stands in the lines")]
    receipt: Receipt | None
    lines: list[Line]
    proof: Shown | None


class ReplayRequest(BaseModel):
    """An answer to be made again, under its own release or another."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    assessment: Annotated[dict[str, Any], Field(description=ONE_ANSWER)]
    input: QuestionGiven | None = None
    receipt: Annotated[
        ReceiptGiven | None, Field(description="Then what it proves of this answer is told beside the replay")
    ] = None
    release: Annotated[str | None, Field(pattern=r"^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}$")] = None


class DifferenceLine(BaseModel):
    """One place where the two answers differ; null where one of them has nothing there."""

    path: list[str]
    was: Any
    now: Any


class ReplayAnswer(BaseModel):
    """Whether the same bytes came back, and where they differ."""

    identical: bool
    release: str
    digest: str
    service: str
    engines: list[str]
    level: dict[str, str]
    differences: list[DifferenceLine]
    assessment: Assessment
    proven: Annotated[VerifyAnswer | None, Field(description="What the receipt proves, if one was given")] = None


def assessment_of(given: dict[str, Any]) -> Assessment:
    """An answer as it was given. Raises Problem 422."""
    try:
        return Assessment.model_validate(given)
    except ValidationError as error:
        raise _below("assessment", error) from None


def _below(part: str, error: ValidationError) -> Problem:
    problem = from_validation(error, Assessment)
    return invalid((f"/{part}{path}", reason) for path, reason in problem.errors)


def given_of(wanted: VerifyRequest) -> Given:
    """What is to be checked. Raises Problem 422."""
    assessment = None if wanted.assessment is None else assessment_of(wanted.assessment)
    question = None if wanted.input is None else wanted.input.question()
    if question is None and assessment is not None and assessment.facts is not None:
        question = question_of(assessment)
    try:
        raw = None if wanted.raw is None else base64.b64decode(wanted.raw, validate=True)
    except (binascii.Error, ValueError):
        raise invalid([("/raw", "not base64")]) from None
    receipt = wanted.receipt
    held = () if wanted.checkpoint is None else notes_in(wanted.checkpoint) or (wanted.checkpoint,)
    return Given(receipt.jws, receipt.nonce, assessment, question, raw, tuple(held))


def asked(raw: bytes, given: Assessment, release: Release, today: date) -> Question:
    """What a request asked, as the release of its answer read it. Raises Problem as when it was asked."""
    request, _ = read_request(parse_json(raw), today)
    record = Assessor(release).reader.read(request.facts, request.statements, request.complete, given.as_of)
    question = Question(given.as_of, record.facts, request.municipality, record.conflicts)
    return question if given.facts is None else replace(question, municipality=given.municipality)


def answer_of(checked: Checked, caller: Caller) -> VerifyAnswer:
    """The report as it is answered. Raises Problem 404 for a receipt that another client got."""
    receipt = checked.receipt
    if receipt is not None and receipt.client != caller.client and Scope.AUDIT not in caller.scopes:
        raise Problem(404, "unknown-receipt", "This client has no such receipt")
    return VerifyAnswer(ok=checked.ok, receipt=receipt, lines=checked.lines, proof=checked.proof)


def replayed(service: Service, wanted: ReplayRequest, question: Question | None = None) -> ReplayAnswer:
    """Make an answer again, from `question` where it is known. Raises Problem 422 or 404, and as `Assessor.decide`."""
    given = assessment_of(wanted.assessment)
    try:
        if question is None:
            question = question_of(given) if wanted.input is None else wanted.input.question()
    except NothingToReplay:
        raise invalid([("/input", "is needed: an answer in an emergency shows no facts")]) from None
    assessor = service.assessor(wanted.release or given.provenance.release)
    if wanted.release is None and assessor.release.digest != given.provenance.digest:
        raise Problem(404, "unknown-release", "There is no release of that version and digest")
    made = replay(given, question, assessor)
    return ReplayAnswer(
        identical=made.identical,
        release=assessor.release.version,
        digest=assessor.release.digest,
        service=made.provenance_now.service,
        engines=list(made.provenance_now.engines),
        level={"was": given.level, "now": made.replayed.level},
        differences=[DifferenceLine(path=list(line.path), was=line.was, now=line.now) for line in made.differences()],
        assessment=made.replayed,
    )


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1", tags=["proofs"])
    proofs = service.proofs
    wrong = ((400, "Not JSON"), (413, "Too large"), (422, "Cannot be checked as it stands"))
    limit = BODIES * service.settings.max_body_bytes

    @routes.post(
        "/receipts/verify",
        summary="What a receipt proves",
        operation_id="verify_receipt",
        response_model_by_alias=True,
        responses=unavailable((*wrong, (404, "The receipt of another client"))),
        openapi_extra=request_body(VerifyRequest, EXAMPLES),
    )
    async def verify(request: Request) -> VerifyAnswer:
        """Signature, key, release, what was asked and answered, its place in the ledger, and that of a checkpoint."""
        try:
            wanted = VerifyRequest.model_validate(await read_json(request, limit))
        except ValidationError as error:
            raise from_validation(error, VerifyRequest) from None
        return answer_of(await reading(proofs.check_now, given_of(wanted)), caller_of(request))

    @routes.post(
        "/receipts/replay",
        summary="Make an answer again",
        operation_id="replay",
        response_model_exclude_none=True,
        responses=unavailable(
            (*wrong, (404, "No release of that version and digest, or the receipt of another client"))
        ),
        openapi_extra=request_body(ReplayRequest, {}),
    )
    async def replay_(request: Request) -> ReplayAnswer:
        """Under its own release every byte must come back; under another one, what differs is told."""
        try:
            wanted = ReplayRequest.model_validate(await read_json(request, limit))
        except ValidationError as error:
            raise from_validation(error, ReplayRequest) from None
        proven = None
        if wanted.receipt is not None:
            about = VerifyRequest(receipt=wanted.receipt, assessment=wanted.assessment, input=wanted.input)
            proven = answer_of(await reading(proofs.check_now, given_of(about)), caller_of(request))
        return replayed(service, wanted).model_copy(update={"proven": proven})

    return routes
