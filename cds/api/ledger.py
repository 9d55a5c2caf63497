"""The ledger: its newest checkpoint, every public key, its condition, and the whole of it."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Annotated, Any

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse, StreamingResponse
from pydantic import BaseModel, Field

from cds.api.service import Service, reading, second
from cds.audit.rows import count, newest_checkpoint, size
from cds.audit.seal import LedgerDamaged
from cds.openapi import problems


class LedgerHealth(BaseModel):
    """How the ledger is."""

    size: int
    gaps: Annotated[int, Field(description="Rows that are missing; 0 unless somebody has removed some")]
    checkpoint_size: int
    checkpoint_age_seconds: int | None
    answers: Annotated[int, Field(description="Assessments answered by this process")]
    answers_without_entry: Annotated[int, Field(description="Of them, those without an entry in the ledger; must be 0")]
    refused: Annotated[
        int, Field(description="Requests of this process left unanswered because nothing could be stored")
    ]
    trouble: str | None


def health_of(service: Service) -> LedgerHealth:
    """How the ledger is, from its rows. Raises LedgerUnavailable."""
    ledger = service.proofs.ledger
    with suppress(LedgerDamaged):  # its condition tells what is wrong
        ledger.open()
    with ledger.store.reading() as connection:
        rows, there, newest = size(connection), count(connection), newest_checkpoint(connection)
    condition = ledger.condition()
    return LedgerHealth(
        size=rows,
        gaps=rows - there,
        checkpoint_size=0 if newest is None else newest.size,
        checkpoint_age_seconds=None if newest is None else max(0, second() - newest.made_at),
        answers=service.metrics.answers,
        answers_without_entry=max(0, service.metrics.answers - condition.committed),
        refused=condition.refused,
        trouble=condition.trouble,
    )


def unavailable(also: Sequence[tuple[int, str]] = ()) -> dict[int | str, dict[str, Any]]:
    """What a route that reads the ledger may answer besides."""
    return problems({**dict(also), 503: "The ledger cannot be read now"})


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1", tags=["proofs"])
    proofs = service.proofs

    @routes.get(
        "/ledger/checkpoint",
        summary="The newest signed checkpoint",
        operation_id="checkpoint",
        response_class=PlainTextResponse,
        responses=unavailable(),
    )
    async def checkpoint() -> str:
        """A C2SP signed note: keep it, and the ledger can never be cut or rewritten before it unseen."""
        return await reading(proofs.newest_checkpoint)

    @routes.get("/ledger/keys", summary="Every public key that ever signed here", operation_id="keys")
    async def keys() -> dict[str, Any]:
        """JWKs with purpose, environment, first and last second of use. Old ones stay."""
        published: dict[str, Any] = proofs.keys.published.as_json()
        return published

    @routes.get("/ledger/health", summary="How the ledger is", operation_id="ledger_health", responses=unavailable())
    async def health() -> LedgerHealth:
        """Its size, its gaps, its newest checkpoint, and the answers given without an entry, which must be none."""
        return await reading(health_of, service)

    @routes.get(
        "/ledger/export",
        summary="The whole ledger, with keys and releases",
        operation_id="export",
        response_class=Response,
        responses={200: {"content": {"application/x-ndjson": {}}}, **unavailable()},
    )
    async def export() -> StreamingResponse:
        """Lines of JSON that `cds verify` checks on a machine that has nothing else."""
        await reading(proofs.ledger.store.ping)
        return StreamingResponse(proofs.export(), media_type="application/x-ndjson")

    return routes
