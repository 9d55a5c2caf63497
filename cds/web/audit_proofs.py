"""GET and POST /audit/verify, GET /audit/ledger: what a receipt proves, an answer made again, how the ledger is.

What is pasted goes to the service in the body of a form, is held in memory while it is checked, and goes back to
whoever sent it in the form's own fields. Nothing of it is stored, logged, or put into an address.
"""

from __future__ import annotations

import asyncio
import base64
import binascii
from collections.abc import AsyncGenerator
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from cds.api.bodies import parse_json, read_bytes
from cds.api.ledger import health_of
from cds.api.problems import Problem, details_of, from_validation
from cds.api.receipts import (
    BODIES,
    ReplayAnswer,
    ReplayRequest,
    VerifyRequest,
    asked,
    given_of,
    replayed,
)
from cds.api.service import Service, reading
from cds.audit.check import Checked, Given
from cds.audit.rows import newest_checkpoint
from cds.diff.picture import state_names
from cds.errors import FactError, ReleaseNotApproved, UnknownRelease
from cds.nav import NotInRelease
from cds.web.audit_frame import AuditRoute, show
from cds.web.pages import language_for

_MOST_SHOWN = 40
_WRONG = (Problem, FactError, UnknownRelease, ReleaseNotApproved, NotInRelease)
"""What can be wrong with what was given. Anything else is an error of the service and shown as such."""


@dataclass
class Sent:
    """The form as it was sent: what was pasted, or the text of a file in its place."""

    answer: str = ""
    nonce: str = ""
    request: str = ""
    request_bytes: bytes | None = None
    """The request where it came as a file: a browser changes the line ends of what is pasted."""
    checkpoint: str = ""
    release: str = ""


@dataclass
class Replayed:
    """An answer made again under one release, or why it cannot be."""

    version: str
    made: ReplayAnswer | None = None
    details: dict[str, Any] = field(default_factory=dict)

    @property
    def differences(self) -> list[tuple[str, Any, Any]]:
        """Where the two differ, apart from the name of the release itself."""
        lines = self.made.differences if self.made is not None else []
        return [("/".join(line.path), line.was, line.now) for line in lines if line.path[0] != "provenance"]


class _NothingGiven(Exception):
    """There is nothing to check; the word that says so."""


async def read_form(request: Request, limit: int) -> Sent:
    """The form, at most `limit` bytes of it, held in memory alone. Raises Problem 413, 415 or 422."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        raise Problem(415, "not-a-form", "This address takes the form of its page")
    body = await read_bytes(request, limit)

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(request.headers, stream(), max_files=2, max_fields=8, max_part_size=limit)
    parser.spool_max_size = limit + 1  # nothing of it may reach a disk
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError):
        raise Problem(400, "not-a-form", "The body is not a form") from None
    try:
        return await _sent(form)
    finally:
        await form.close()


async def _sent(form: FormData) -> Sent:
    sent = Sent()
    for each in fields(Sent):
        if each.name != "request_bytes" and isinstance(value := form.get(each.name), str):
            setattr(sent, each.name, value.replace("\r\n", "\n").strip())
    sent.answer = (await _file(form.get("answer_file")) or sent.answer.encode()).decode("utf-8", "replace").strip()
    sent.request_bytes = await _file(form.get("request_file"))
    if sent.request_bytes is not None:
        sent.request = sent.request_bytes.decode("utf-8", "replace")
    return sent


async def _file(given: object) -> bytes | None:
    return (await given.read() or None) if isinstance(given, UploadFile) else None


def wanted_of(sent: Sent) -> VerifyRequest:
    """What is to be checked, from an answer, a receipt, or its signed text alone. Raises Problem or _NothingGiven."""
    if not sent.answer:
        raise _NothingGiven("nothing_given")
    answer = parse_json(sent.answer.encode()) if sent.answer.startswith("{") else {"jws": sent.answer}
    receipt = answer if "jws" in answer else answer.get("receipt")
    if not isinstance(receipt, dict):
        raise _NothingGiven("no_receipt")
    nonce = sent.nonce or receipt.get("nonce")
    wanted = {
        "receipt": {**receipt, "nonce": nonce},
        "assessment": answer.get("assessment"),
        "checkpoint": _note(sent.checkpoint) or None,
    }
    try:
        return VerifyRequest.model_validate(wanted)
    except ValidationError as error:
        raise from_validation(error, VerifyRequest) from None


def _note(text: str) -> str:
    """A checkpoint as it was signed: its text ends a line; a header holds it as base64."""
    with suppress(binascii.Error, ValueError):
        text = base64.b64decode(text, validate=True).decode()
    return text.strip() + "\n" if text.strip() else ""


def given_in(service: Service, sent: Sent, wanted: VerifyRequest) -> Given:
    """What is to be checked, with what the request asked where it was given. Raises Problem and UnknownRelease."""
    given = given_of(wanted)
    if not sent.request or given.assessment is None:
        return given
    release = service.releases[given.assessment.provenance.release]
    text = sent.request_bytes if sent.request_bytes is not None else sent.request.encode()
    question = asked(text, given.assessment, release, service.today())
    return replace(given, question=question, raw=sent.request_bytes)


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/audit", include_in_schema=False, route_class=AuditRoute)
    versions = [release.version for release in service.releases][::-1]

    def page(request: Request, sent: Sent, *, status: int = 200, **found: Any) -> HTMLResponse:
        nothing: dict[str, Any] = {"missing": None, "details": None, "checked": None, "replays": []}
        names = state_names(service.release(None).content, language_for(request))
        shown = nothing | found | {"sent": sent, "versions": versions, "names": names, "most": _MOST_SHOWN}
        return show("audit/verify.html", request, status=status, sends=True, **shown)

    @routes.get("/verify")
    async def verify(request: Request) -> HTMLResponse:
        """The form."""
        return page(request, Sent())

    @routes.post("/verify")
    async def verified(request: Request) -> HTMLResponse:
        """What a receipt proves, each thing in words, and the answer made again where there is one."""
        sent = await read_form(request, BODIES * service.settings.max_body_bytes)
        try:
            wanted = wanted_of(sent)
            given = await asyncio.to_thread(given_in, service, sent, wanted)
        except _NothingGiven as nothing:
            return page(request, sent, status=422, missing=str(nothing))
        except _WRONG as error:
            return page(request, sent, status=422, details=await details_of(request, error))
        checked: Checked = await reading(service.proofs.check_now, given)
        replays = []
        if given.assessment is not None:
            own = given.assessment.provenance.release
            under = dict.fromkeys([own, *([sent.release] if sent.release in versions else [])])
            replays = [await _replay(request, wanted, given, version, own=version == own) for version in under]
        return page(request, sent, checked=checked, replays=replays)

    async def _replay(request: Request, wanted: VerifyRequest, given: Given, version: str, *, own: bool) -> Replayed:
        question = given.question
        again = ReplayRequest(assessment=wanted.assessment or {}, release=None if own else version)
        try:
            return Replayed(version, await asyncio.to_thread(replayed, service, again, question))
        except _WRONG as error:
            return Replayed(version, details=await details_of(request, error))

    @routes.get("/ledger")
    async def ledger(request: Request) -> HTMLResponse:
        """Its size, its gaps, its last checkpoint, answers without an entry, and the export."""
        health = await reading(health_of, service)
        return show("audit/ledger.html", request, health=health, note=await reading(_newest_note))

    def _newest_note() -> str:
        with service.proofs.ledger.store.reading() as connection:
            newest = newest_checkpoint(connection)
        return "" if newest is None else newest.note

    return routes
