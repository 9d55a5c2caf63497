"""The one place where everything is put together. Imported by nobody but the command line and the server."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date
from time import monotonic, perf_counter

import structlog
from fastapi import Depends, FastAPI, Request, Response

from cds import __version__
from cds.api import (
    assessments,
    batch,
    checklists,
    events,
    facts,
    manners,
    operations,
    problems,
    question_sets,
    releases,
)
from cds.api.access import Door, door
from cds.api.service import Service, seconds_now, today_in_oslo
from cds.openapi import describe
from cds.release import Releases
from cds.settings import Settings

log = structlog.get_logger()


def create_app(
    settings: Settings | None = None,
    rules: Releases | None = None,
    today: Callable[[], date] = today_in_oslo,
    guard: Door | None = None,
) -> FastAPI:
    """The service. Raises ReleaseAltered, ContentError or InsecureSettings instead of starting wrongly."""
    settings = settings or Settings()
    settings.refuse_if_insecure()
    service = Service(settings, rules or Releases(), today)
    service.assessor(None)
    guard = guard or door(settings, seconds_now, monotonic)
    app = FastAPI(
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
    for module in (assessments, batch, events, checklists, question_sets, facts, releases, operations):
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
        told = {"client": getattr(request.state, "client", None), "trace": manners.trace(request)}
        told = {name: value for name, value in told.items() if value is not None}
        log.info("request", method=request.method, route=route, status=response.status_code, ms=milliseconds, **told)
        return await manners.finish(request, response, settings)

    return app
