"""What may have been meant by a field that does not exist: only what is a field at that very place is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import Any, get_args

from pydantic import BaseModel

Shape = type[BaseModel]


def no_such_field(model: Shape, loc: Sequence[str | int]) -> str:
    """Why the field at the end of `loc`, as Pydantic tells it, is none. What was sent is not repeated.

    Where it is a field one step further in, that step is named; else a field that looks like it.
    """
    *place, last = loc
    name, fields = str(last), _fields_at(model, place)
    for field, shapes in fields.items():
        if any(name in _fields_of(shape) for shape in shapes):
            return f"no such field here; it stands in {field}"
    alike = get_close_matches(name, fields, 1)
    return f"no such field; there is {alike[0]}" if alike else "no such field"


def _fields_at(model: Shape, place: Sequence[str | int]) -> dict[str, list[Shape]]:
    """The fields at a place, each with the shapes it may hold. Pydantic names the kind of a statement in the path."""
    shapes = [model]
    for part in place:
        if isinstance(part, str):
            of_kind = [shape for shape in shapes if _is_of_kind(shape, part)]
            shapes = of_kind or [inner for shape in shapes for inner in _fields_of(shape).get(part, ())]
    return {field: inner for shape in shapes for field, inner in _fields_of(shape).items()}


def _fields_of(shape: Shape) -> dict[str, list[Shape]]:
    return {field.alias or name: list(_shapes_in(field.annotation)) for name, field in shape.model_fields.items()}


def _is_of_kind(shape: Shape, kind: str) -> bool:
    field = shape.model_fields.get("kind")
    return field is not None and kind in get_args(field.annotation)


def _shapes_in(annotation: Any) -> Iterator[Shape]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    else:
        for part in get_args(annotation):
            yield from _shapes_in(part)
