"""The one place where everything is put together. Imported by nobody but the command line and the server."""

from __future__ import annotations

import asyncio
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from datetime import date
from functools import cache
from time import monotonic, perf_counter
from typing import Any

import structlog
from fastapi import Depends, FastAPI, Request, Response
from pydantic import ValidationError

from cds import __version__
from cds.api import (
    assessments,
    batch,
    checklists,
    events,
    facts,
    ledger,
    manners,
    operations,
    problems,
    question_sets,
    receipts,
    releases,
)
from cds.api.access import Door, door
from cds.api.assessments import AssessmentRequest, answered, proven
from cds.api.service import Service, seconds_now, today_in_oslo
from cds.assess import Assessor
from cds.content.texts import Language
from cds.openapi import describe
from cds.release.frozen import Releases
from cds.settings import InsecureSettings, Settings
from cds.web import audit, audit_proofs, pages
from integrations.hl7v2 import edge as hl7v2
from integrations.hl7v2.answers import Answer, Case, Receipt
from integrations.hl7v2.channel import Channel
from integrations.hl7v2.counts import Counts
from integrations.hl7v2.keys import read_key
from integrations.hl7v2.listener import Listener
from integrations.hl7v2.profiles import read_senders
from integrations.hl7v2.settings import Hl7Settings

log = structlog.get_logger()


def create_app(
    settings: Settings | None = None,
    rules: Releases | None = None,
    today: Callable[[], date] = today_in_oslo,
    guard: Door | None = None,
) -> FastAPI:
    """The service.

    Raises ReleaseAltered, ReleaseNotApproved, ContentError, InsecureSettings or KeysUnusable rather than start wrongly.
    """
    settings = settings or Settings()
    settings.refuse_if_insecure()
    service = Service(settings, rules or Releases(), today)
    service.assessor(None)
    if settings.environment == "production":
        _ = service.proofs.keys
    guard = guard or door(settings, service.proofs.ledger.store, seconds_now, monotonic)

    @asynccontextmanager
    async def _ledger_open(_: FastAPI) -> AsyncIterator[None]:
        service.proofs.ledger.start()
        yield
        await asyncio.to_thread(service.proofs.ledger.close)

    app = FastAPI(
        lifespan=_ledger_open,
        dependencies=[Depends(guard)],
        title="Overdose prevention decision support",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    describe(app)
    problems.install(app)
    for module in (
        assessments,
        batch,
        events,
        checklists,
        question_sets,
        facts,
        releases,
        receipts,
        ledger,
        operations,
        pages,
        audit,
        audit_proofs,
    ):
        app.include_router(module.router(service))
    hl7 = Hl7Settings()
    if settings.environment == "development" or hl7.key.exists():
        app.include_router(hl7v2.router(cache(lambda: hl7v2_channel(service, hl7))))

    @app.middleware("http")
    async def _observe(request: Request, call_next: Callable[[Request], Awaitable[Response]]) -> Response:
        start = perf_counter()
        try:
            response = await call_next(request)
        except Exception as error:  # noqa: BLE001 - the edge: nothing may leave with its message
            response = problems.unexpected(error)
        route = getattr(request.scope.get("route"), "path", "unknown")
        service.metrics.requested(route, response.status_code)
        milliseconds = round((perf_counter() - start) * 1000)
        told = {"client": getattr(request.state, "client", None), "trace": manners.trace(request)}
        told = {name: value for name, value in told.items() if value is not None}
        log.info("request", method=request.method, route=route, status=response.status_code, ms=milliseconds, **told)
        if (checkpoint := service.proofs.ledger.newest) is not None:
            response.headers["CDS-Checkpoint"] = b64encode(checkpoint.encode()).decode()
        return await manners.finish(request, response, settings)

    return app


def hl7v2_channel(service: Service, settings: Hl7Settings) -> Channel:
    """The HL7 v2 channel over this service. Raises InvalidSenders; OSError or ValueError where its key is no key."""
    development = service.settings.environment == "development"

    @cache
    def words(assessor: Assessor, language: Language) -> tuple[dict[str, str], dict[str, str]]:
        facts = assessor.content.facts.facts.items()
        return (
            {name: fact.label.in_(language) for name, fact in facts},
            {name: fact.question.in_(language) for name, fact in facts},
        )

    async def assess(case: Case) -> Answer:
        assessor = service.assessor(None)
        request = AssessmentRequest(
            facts=case.facts, statements=case.statements, municipality=case.municipality, language=case.language
        )
        if case.receipt is None:
            made = await proven(service, request, case.as_of, raw=case.raw, client=case.client)
            assert made.receipt is not None
            receipt = Receipt(made.receipt.jws, made.receipt.nonce)
        else:
            made, receipt = await answered(service, request, case.as_of), case.receipt
        at_most = next(
            (one.label for one in assessor.content.levels.levels if one.id == made.assessment.level_at_most), None
        )
        labels, questions = words(assessor, case.language)
        label = None if at_most is None else at_most.in_(case.language)
        return Answer(made.assessment, label, receipt, labels, questions)

    return Channel(
        settings,
        read_senders(settings.senders, unknown_allowed=development),
        read_key(settings.key, may_make=development),
        assess,
        Counts(service.metrics.registry),
        today=service.today,
        now=hl7v2.now,
        ticks=hl7v2.ticks,
    )


def create_listener(
    changes: Mapping[str, Any],
    settings: Settings | None = None,
    rules: Releases | None = None,
    today: Callable[[], date] = today_in_oslo,
) -> Listener:
    """The MLLP listener, not yet started; `changes` go before the settings `CDS_HL7_*`. Raises as `create_app`."""
    settings = settings or Settings()
    settings.refuse_if_insecure()
    try:
        hl7 = Hl7Settings(**changes)
    except ValidationError as error:
        names = sorted({str(line["loc"][0]) for line in error.errors()})
        raise InsecureSettings(f"not a setting one can start with: {', '.join(names)}") from None
    hl7.refuse_if_insecure()
    service = Service(settings, rules or Releases(), today)
    service.assessor(None)
    try:
        return Listener(hl7v2_channel(service, hl7), service.proofs.ledger.start, service.proofs.ledger.close)
    except (OSError, ValueError) as error:
        raise InsecureSettings(f"HL7 v2 cannot start: {error}") from None
