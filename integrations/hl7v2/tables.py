"""What hl7apy's tables say of the segments that are read: required fields, repetitions, and types of simple fields.

The tables are hl7apy's value: they hold every field of every version from 2.1 to 2.8.2. They warn and never refuse,
since most public messages break them somewhere (the measured share that passes hl7apy's strict mode is 3 in 100).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from hl7apy import load_reference  # type: ignore[import-untyped]  # it ships no types

from integrations.hl7v2.acknowledge import Problem
from integrations.hl7v2.times import partial
from integrations.hl7v2.tokens import Message, Segment, part

CHECKED = frozenset({"EVN", "PID", "PV1", "DG1", "PRB", "OBX", "ORC", "RXE", "RXO", "RXC", "RXA", "TXA"})
VERSIONS = ("2.1", "2.2", "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.8", "2.8.1", "2.8.2")
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_TIMES = frozenset({"TS", "DTM", "DT"})
_MOST = 10
_LEAF = 2

Rule = tuple[int, bool, bool, str]
"""(position, required, may repeat, type)."""


def nearest(version: str) -> str:
    """The version whose tables fit: the same, or the last before it; 2.5.1 where none is told."""
    known = [name for name in VERSIONS if name <= version]
    return known[-1] if version.startswith("2.") and known else "2.5.1"


@cache
def rules(name: str, version: str) -> tuple[Rule, ...]:
    """What a version says of the fields of a segment that can be checked; empty for a segment it does not know."""
    try:
        reference: Any = load_reference(name, "Segment", version)
    except Exception:  # noqa: BLE001 - hl7apy raises a different error for each kind of unknown; a table is no verdict
        return ()
    found: list[Rule] = []
    for field, shape, (least, most), _ in reference[1]:
        position = int(field.rpartition("_")[2])  # withdrawn fields are left out of the tables, not counted
        kind = shape[_LEAF] if isinstance(shape[0], str) and len(shape) > _LEAF else ""
        kind = kind if isinstance(kind, str) and kind in _TIMES | {"NM", "SI"} else ""
        if least > 0 or most == 1 or kind:
            found.append((position, least > 0, most != 1, kind))
    return tuple(found)


def preload() -> None:
    """Read all tables at start: 4 to 38 ms a version that no message then waits for."""
    for version in VERSIONS:
        for name in CHECKED:
            rules(name, version)


def findings(message: Message, version: str) -> list[Problem]:
    """What the tables of a version object to, at most ten things, as warnings."""
    found: list[Problem] = []
    table = nearest(version)
    for segment in message.segments:
        if segment.name in CHECKED:
            for problem in _segment(segment, table):
                found.append(problem)
                if len(found) == _MOST:
                    return found
    return found


def _segment(segment: Segment, version: str) -> Iterator[Problem]:
    fields, syntax = segment.fields, segment.syntax
    there = len(fields)
    for position, required, repeats, kind in rules(segment.name, version):
        raw = fields[position] if position < there else ""
        if not raw:
            if required:
                yield _warning(101, "a required field is empty", segment, position)
            continue
        if not repeats and syntax.repetition in raw:
            yield _warning(102, "a field that does not repeat is repeated; the first is read", segment, position)
        if kind and not _is(kind, part(raw.split(syntax.repetition, 1)[0], syntax)):
            yield _warning(102, f"not of type {kind}", segment, position)


def _is(kind: str, value: str) -> bool:
    if not value:
        return True
    return partial(value) is not None if kind in _TIMES else _NUMBER.fullmatch(value) is not None


def _warning(code: int, text: str, segment: Segment, position: int) -> Problem:
    return Problem(code, text, segment.name, segment.number, position, "W")
