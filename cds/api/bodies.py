"""Request bodies: bounded while they are read, strict JSON, and no identity numbers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, TypeVar

from fastapi import Request
from pydantic import BaseModel, ValidationError

from cds.api.manners import with_language
from cds.api.problems import MOST_ERRORS, Problem, from_validation, invalid, pointer
from cds.identity import looks_like_identity_number

DEEPEST = 32
MOST_FIELDS = 200
"""In one object. A person has about eighty facts; more fields than this are no request of ours."""
Model = TypeVar("Model", bound=BaseModel)


class _Repeated:
    """Stands where an object had the same key twice: which of the two was meant nobody knows."""


async def read_as(model: type[Model], request: Request, limit: int) -> Model:
    """The body as a request, in the caller's preferred language where it names none and could.

    Raises Problem as `read_json`, and 422 with the path of everything wrong in it.
    """
    body = await read_json(request, limit)
    try:
        return model.model_validate(with_language(request, body) if "language" in model.model_fields else body)
    except ValidationError as error:
        raise from_validation(error, model) from None


async def read_json(request: Request, limit: int) -> Any:
    """The body as JSON. Raises Problem: 413 over `limit` bytes, 400 for no JSON, 422 for what may not be sent."""
    return parse_json(await read_bytes(request, limit))


async def read_bytes(request: Request, limit: int) -> bytes:
    """The body, counted while it arrives. Raises Problem 413 over `limit` bytes."""
    too_large = Problem(413, "too-large", f"The body is larger than {limit} bytes")
    length = request.headers.get("content-length", "0")
    if length.isascii() and length.isdigit() and int(length) > limit:
        raise too_large
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise too_large
    return bytes(body)


def parse_json(body: bytes) -> Any:
    """Bytes as JSON, with every key once and no identity number anywhere. Raises Problem."""
    try:
        value = json.loads(body.decode("utf-8"), object_pairs_hook=_once, parse_constant=float)
    except (ValueError, RecursionError):
        raise Problem(400, "not-json", "The body is not JSON in UTF-8") from None
    errors = list(islice(_refused(value, ()), MOST_ERRORS))
    if errors:
        raise invalid(errors)
    return value


def _once(pairs: list[tuple[str, Any]]) -> Any:
    value = dict(pairs)
    return value if len(value) == len(pairs) else _Repeated()


def _refused(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[str, str]]:
    if len(path) > DEEPEST:
        yield pointer(path[:3]), "nested too deeply"
    elif isinstance(value, _Repeated):
        yield pointer(path), "the same field stands here twice"
    elif isinstance(value, dict) and len(value) > MOST_FIELDS:
        yield pointer(path), f"more than {MOST_FIELDS} fields"
    elif isinstance(value, dict):
        for key, part in value.items():
            if looks_like_identity_number(key):
                yield pointer((*path, key)), "looks like an identity number; nothing here needs one"
            yield from _refused(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _refused(part, (*path, index))
    elif isinstance(value, str | int) and looks_like_identity_number(str(value)):
        yield pointer(path), "looks like an identity number; nothing here needs one"
