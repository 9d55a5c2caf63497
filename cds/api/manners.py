"""What every answer carries whatever its route: who may show and keep it, and what the caller sent to find it by.

Nothing here overrules what a route has said itself.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, time
from email.utils import format_datetime
from typing import Any

from fastapi import Request, Response
from starlette.background import BackgroundTask

from cds.api.access import access_of
from cds.content.texts import LANGUAGES, Language
from cds.identity import looks_like_identity_number
from cds.settings import Settings

SECURITY = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_TRANSPORT = "max-age=31536000; includeSubDomains"
ECHOED = ("traceparent", "nhn-event-id", "nav-call-id")
_TRACE = re.compile(r"(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
_EVENT = re.compile(r"[0-9A-Za-z][0-9A-Za-z._:-]{0,127}")
_OK, _NOT_MODIFIED = 200, 304
_LAST_SECOND = time(23, 59, 59)
_QUALITY = re.compile(r"q=(0(\.\d{0,3})?|1(\.0{0,3})?)")
_AS_OURS: dict[str, Language] = {"nb": "nb", "no": "nb", "nn": "nn", "en": "en"}


async def finish(request: Request, response: Response, settings: Settings) -> Response:
    """The response with everything it owes; a 304 where the caller has it already."""
    access = access_of(request)
    if access is not None and access.revalidates and response.status_code == _OK:
        response = await _revalidated(request, response)
    headers = response.headers
    owed: dict[str, str] = getattr(request.state, "headers", {})
    for name, value in (owed | _version(request, settings) | echoed(request)).items():
        headers[name] = value
    headers.setdefault("Cache-Control", "no-store")
    for name, value in SECURITY.items():
        headers.setdefault(name, value)
    if settings.environment == "production":
        headers.setdefault("Strict-Transport-Security", _TRANSPORT)
    return response


def echoed(request: Request) -> dict[str, str]:
    """The caller's own names for the call. One that is not shaped like such a name, or could be a person's, is not."""
    told: dict[str, str] = {}
    for name in ECHOED:
        value = request.headers.get(name, "")
        shape = _TRACE if name == "traceparent" else _EVENT
        if shape.fullmatch(value) and (shape is _TRACE or not looks_like_identity_number(value)):
            told[name] = value
    return told


def trace(request: Request) -> str | None:
    """The trace a request belongs to, for the log: 32 hexadecimal digits and nothing else."""
    parent = echoed(request).get("traceparent")
    return None if parent is None else parent.split("-")[1]


def language_of(request: Request, otherwise: Language = "nb") -> Language:
    """The language a caller prefers (RFC 9110, Accept-Language) among those there are; `no` is bokmål."""
    wanted: list[tuple[float, int, Language]] = []
    for place, part in enumerate(request.headers.get("accept-language", "")[:500].split(",")):
        tag, _, parameter = part.strip().partition(";")
        ours = _AS_OURS.get(tag.split("-")[0].lower())
        quality = _QUALITY.fullmatch(parameter.strip()) if parameter else None
        weight = 1.0 if not parameter else float(quality[1]) if quality else 0.0
        if ours is not None and weight > 0:
            wanted.append((-weight, place, ours))
    return min(wanted)[2] if wanted else otherwise


def with_language(request: Request, body: Any) -> Any:
    """A request's body, with the preferred language where it names none."""
    if isinstance(body, dict) and "language" not in body and "accept-language" in request.headers:
        return body | {"language": language_of(request)}
    return body


def about_language(language: str) -> dict[str, str]:
    """What an answer in one language says of it."""
    assert language in LANGUAGES
    return {"Content-Language": language, "Vary": "Accept-Language"}


async def _revalidated(request: Request, response: Response) -> Response:
    """The same answer with an ETag over its bytes, or 304 where the caller holds these bytes."""
    stream: Any = getattr(response, "body_iterator", None)
    body = bytes(response.body) if stream is None else b"".join([part async for part in stream])
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    kept = {name: value for name, value in response.headers.items() if name != "content-length"}
    kept |= {"ETag": tag, "Cache-Control": "private, no-cache"}
    background: BackgroundTask | None = response.background
    if _held(request.headers.get("if-none-match", ""), tag):
        kept.pop("content-type", None)
        return Response(None, _NOT_MODIFIED, kept, background=background)
    return Response(body, response.status_code, kept, background=background)


def _held(if_none_match: str, tag: str) -> bool:
    held = {each.strip().removeprefix("W/") for each in if_none_match.split(",")}
    return tag in held or "*" in held


def _version(request: Request, settings: Settings) -> dict[str, str]:
    """Whether this version of the interface is coming to its end (RFC 9745 and RFC 8594).

    The first day begins and the last one ends in UTC: until then the version is there.
    """
    if not request.url.path.startswith("/v1/") or settings.v1_deprecated is None:
        return {}
    told = {"Deprecation": f"@{int(datetime.combine(settings.v1_deprecated, time(), UTC).timestamp())}"}
    if settings.v1_sunset is not None:
        told["Sunset"] = format_datetime(datetime.combine(settings.v1_sunset, _LAST_SECOND, UTC), usegmt=True)
    return told
