"""The one place where everything is put together. Imported by nobody but the command line and the server."""

from __future__ import annotations

from asyncio import to_thread
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import date
from time import perf_counter

import structlog
from fastapi import FastAPI, Request, Response

from cds import __version__
from cds.api import assessments, checklists, events, facts, operations, problems, question_sets, receipts, releases
from cds.api.service import Service, today_in_oslo
from cds.openapi import describe
from cds.release import Releases
from cds.settings import Settings
from cds.web import pages

log = structlog.get_logger()


def create_app(
    settings: Settings | None = None,
    rules: Releases | None = None,
    today: Callable[[], date] = today_in_oslo,
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

    @asynccontextmanager
    async def _ledger_open(_: FastAPI) -> AsyncIterator[None]:
        service.proofs.ledger.start()
        yield
        await to_thread(service.proofs.ledger.close)

    app = FastAPI(
        lifespan=_ledger_open,
        title="Overdose prevention decision support",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,
    )
    describe(app)
    problems.install(app)
    for module in (assessments, events, checklists, question_sets, facts, releases, receipts, operations, pages):
        app.include_router(module.router(service))

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
        log.info("request", method=request.method, route=route, status=response.status_code, ms=milliseconds)
        response.headers["Cache-Control"] = "no-store"
        if (checkpoint := service.proofs.ledger.newest) is not None:
            response.headers["CDS-Checkpoint"] = b64encode(checkpoint.encode()).decode()
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response

    return app
