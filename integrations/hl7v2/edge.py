"""The edge: the clock, and `POST /hl7/v2`.

The same channel as over MLLP. Whatever the acknowledgement says, the status is 200: 4xx and 5xx speak of the transport
alone. The answer holds the acknowledgement and, where the sender has no destination, the result after it as a message
of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from time import monotonic

from fastapi import APIRouter, Request, Response

from cds.api.problems import Problem
from cds.openapi import problems
from integrations.hl7v2.channel import Channel
from integrations.hl7v2.frames import Frame
from integrations.hl7v2.times import OSLO

MEDIA_TYPE = "application/hl7-v2"
_ACCEPTED = frozenset({MEDIA_TYPE, "application/hl7-v2+er7", "x-application/hl7-v2+er7"})


def now() -> datetime:
    """The moment, for the MSH-7 of acknowledgements."""
    return datetime.now(OSLO)


def ticks() -> float:
    """Seconds that never go back, for how long things are remembered."""
    return monotonic()


def router(made: Callable[[], Channel]) -> APIRouter:
    """The route. `made` gives the channel, which is made when it is first needed."""
    routes = APIRouter(prefix="/hl7", tags=["hl7 v2"])

    @routes.post(
        "/v2",
        summary="Send one HL7 v2 message or batch",
        operation_id="hl7v2",
        response_class=Response,
        responses={
            200: {
                "description": "The acknowledgement (AA, AE or AR), then the result as ORU^R01 where there is one",
                "content": {MEDIA_TYPE: {"schema": {"type": "string"}}},
            },
            **problems({413: "Too large", 415: "Not HL7 v2"}),
        },
        openapi_extra={
            "requestBody": {
                "required": True,
                "content": {MEDIA_TYPE: {"schema": {"type": "string", "format": "binary"}}},
            }
        },
    )
    async def receive(request: Request) -> Response:
        """Takes the bytes of a message as they are, without MLLP framing; their character set is that of MSH-18."""
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if kind not in _ACCEPTED:
            raise Problem(415, "unsupported-media-type", f"Send {MEDIA_TYPE}")
        channel = made()
        limit, body = channel.settings.max_frame_bytes, bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > limit:
                raise Problem(413, "too-large", f"The message is larger than {limit} bytes")
        reply = await channel.receive(Frame(bytes(body)))
        answer = b"".join([*reply.answers, *(outgoing.data for outgoing in reply.results)])
        return Response(answer, media_type=MEDIA_TYPE)

    return routes
