"""POST /v1/events: what a district is to do after something has happened. No field says who it was."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from cds.api.bodies import read_as
from cds.api.manners import about_language
from cds.api.problems import Problem, invalid
from cds.api.service import Service
from cds.content.advice import EventKind
from cds.content.folder import Advice
from cds.content.texts import Language
from cds.dates import Day
from cds.duties import EventAnswer, duties
from cds.openapi import problems, request_body
from cds.places import OSLO
from cds.release.frozen import Release

RECIPIENT = {"yes": True, "no": False, "unknown": None}
EXAMPLES = {
    "alert": {
        "summary": "An alert arrives while the person who usually receives alerts is away",
        "value": {"event": "alert_received", "usual_recipient_absent": "yes", "municipality": "0301", "language": "en"},
    },
    "death": {"summary": "Somebody has died from an overdose", "value": {"event": "overdose_death"}},
}


class AboutServices(BaseModel):
    """What requests about services and districts have in common. None of them has a field for a person."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    municipality: Annotated[
        str | None, Field(pattern=r"^[0-9]{4}$", description="Municipality number; 0301 is Oslo")
    ] = None
    language: Language = "nb"
    release: Annotated[
        str | None,
        Field(pattern=r"^[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}$", description="A release; else the one in force today"),
    ] = None


class EventRequest(AboutServices):
    """Something that happened. Nothing about the person it happened to is asked for."""

    event: EventKind
    as_of: Annotated[Day | None, Field(description="The day of the event; today in Europe/Oslo if left out")] = None
    usual_recipient_absent: Annotated[
        Literal["yes", "no", "unknown"] | None,
        Field(description="For alerts: whether the one who usually receives them is away; left out is unknown"),
    ] = None


def advice_of(release: Release) -> Advice:
    """What follows from assessments and events under a release. Raises Problem 404 where it has none of it."""
    if release.content.advice is None:
        raise Problem(404, "not-in-release", "This release of the rules has no such advice")
    return release.content.advice


def router(service: Service) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/v1", tags=["events"])

    @routes.post(
        "/events",
        summary="The duties after an event",
        operation_id="events",
        response_model_exclude_none=True,
        responses=problems(
            {
                400: "Not JSON",
                404: "No release of that version, or it knows no duties after this event",
                413: "Too large",
                422: "Cannot be answered as it stands; every offending path is named",
            }
        ),
        openapi_extra=request_body(EventRequest, EXAMPLES),
    )
    async def events(request: Request, response: Response) -> EventAnswer:
        """Answers with what is to be done, by whom, how soon, and with the rank that the source gives it."""
        wanted = await read_as(EventRequest, request, service.settings.max_body_bytes)
        today = service.today()
        as_of = wanted.as_of or today
        if as_of > today:
            raise invalid([("/as_of", "lies after today")])
        release = service.release(wanted.release)
        event = next((event for event in advice_of(release).events if event.id == wanted.event), None)
        if event is None:
            raise Problem(404, "not-in-release", "This release of the rules does not know this event")
        if wanted.usual_recipient_absent is not None and all(duty.when is None for duty in event.duties):
            raise invalid([("/usual_recipient_absent", "belongs to alerts only")])
        response.headers.update(about_language(wanted.language))
        absent = RECIPIENT[wanted.usual_recipient_absent or "unknown"]
        return duties(
            release,
            event,
            as_of,
            usual_recipient_absent=absent,
            language=wanted.language,
            oslo=wanted.municipality == OSLO,
        )

    return routes
