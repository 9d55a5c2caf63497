"""GET /v1/releases: the rules that are and were in force."""

from __future__ import annotations

from datetime import date

from fastapi import APIRouter
from pydantic import BaseModel

from cds.api.service import Service


class ReleaseLine(BaseModel):
    """One frozen release."""

    version: str
    digest: str
    in_force_from: date
    in_force: bool


class ReleaseList(BaseModel):
    """All releases, oldest first."""

    releases: list[ReleaseLine]


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1", tags=["releases"])

    @routes.get("/releases", summary="All rule releases", operation_id="releases")
    async def releases() -> ReleaseList:
        """Version, digest and first day in force of every release; exactly one is in force today."""
        current = service.release(None).version
        return ReleaseList(
            releases=[
                ReleaseLine(
                    version=release.version,
                    digest=release.digest,
                    in_force_from=release.in_force_from,
                    in_force=release.version == current,
                )
                for release in service.releases
            ]
        )

    return routes
