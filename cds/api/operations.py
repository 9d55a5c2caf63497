"""Health and metrics, for those who run the service."""

from __future__ import annotations

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel

from cds import __version__
from cds.api.service import Service, reading
from cds.engine import durable
from cds.openapi import problems


class Health(BaseModel):
    """What is running here."""

    status: str
    service: str
    environment: str
    release: str
    digest: str
    engines: list[str]
    warnings: list[str]


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["operations"])

    @routes.get("/internal/isalive", summary="The process answers", response_class=PlainTextResponse)
    async def isalive() -> str:
        return "alive"

    @routes.get(
        "/internal/isready",
        summary="Ready to assess",
        response_class=PlainTextResponse,
        responses=problems({503: "The ledger takes no receipt, so that nothing would be answered"}),
    )
    async def isready() -> str:
        """Ready once the release in force is loaded, its limits are proved and its evaluators are built, and while the
        ledger takes receipts and the key to sign them is good: without a receipt there is no answer.
        """
        service.assessor(None)
        await reading(service.proofs.ready)
        return "ready"

    @routes.get("/internal/metrics", summary="Prometheus metrics: counts", response_class=PlainTextResponse)
    async def metrics() -> Response:
        return Response(generate_latest(service.metrics.registry), media_type=CONTENT_TYPE_LATEST)

    @routes.get("/internal/metrics/times", summary="Prometheus metrics: times", response_class=PlainTextResponse)
    async def times() -> Response:
        """How long assessments take. Not open: on a quiet service the time of one tells whether it was an emergency."""
        return Response(generate_latest(service.metrics.times), media_type=CONTENT_TYPE_LATEST)

    @routes.get("/health", summary="What is running here")
    async def health() -> Health:
        assessor = service.assessor(None)
        alone = "durable-rules is not installed: answers rest on the compiled evaluator alone"
        trouble = service.proofs.ledger.condition().trouble
        warnings = [] if durable.available() else [alone]
        warnings += [] if trouble is None else [f"the ledger: {trouble}"]
        return Health(
            status="degraded" if warnings else "ok",
            service=__version__,
            environment=service.settings.environment,
            release=assessor.release.version,
            digest=assessor.release.digest,
            engines=list(assessor.ruleset.engine.names),
            warnings=warnings,
        )

    return routes
