"""OBX: what was measured or asked. OBX-2 rules how OBX-5 is read, OBX-11 whether it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cds.records.statements import ObservationStatement, ObservationStatus
from integrations.hl7v2 import coded
from integrations.hl7v2.decimals import plain
from integrations.hl7v2.draft import Draft
from integrations.hl7v2.times import partial
from integrations.hl7v2.tokens import Segment, part

NAMES = frozenset({"OBR", "OBX"})
_RANK = {"C": 3, "A": 3, "F": 2, "U": 2, "V": 2, "B": 2, "": 2}
"""HL7 table 0085: corrected and amended, then what is final, then everything that is on its way."""
_VOID = frozenset({"X", "W", "D"})
"""Cannot be had, wrong patient, deleted."""
_TEXT = frozenset({"TX", "FT", "ST", "ED", "RP"})
_STATUS = {3: ObservationStatus.CORRECTED, 2: ObservationStatus.FINAL, 1: ObservationStatus.PRELIMINARY}
_UNITS = {
    "KG/M2": "kg/m2", "KG/M²": "kg/m2", "KG/M^2": "kg/m2", "KG/M**2": "kg/m2",
    "ÅR": "a", "AAR": "a", "Y": "a", "ANN": "a",
}  # fmt: skip
"""Units as senders spell them, to the spelling of UCUM."""
_UNIT_OF = {"39156-5": "kg/m2", "89270-3": "kg/m2"}
"""LOINC codes of the body mass index, which has no other unit: a value that comes without one is in it."""

Key = tuple[str, str, str]
"""Code, system and sub-id."""


class _Observed(NamedTuple):
    """One OBX with what rules whether it stands, and the time it is about."""

    obx: Segment
    key: Key
    status: str
    rank: int
    time: str
    place: str
    """Of the time."""
    day: str


def read_observations(draft: Draft, segments: Sequence[Segment]) -> None:
    """All OBR and OBX of a message, in order.

    Of several with one code, sub-id and day a corrected one goes before a final, before others. An OBX without a day of
    its own has that of the OBR before it (OBR-7).
    """
    observed = list(_observed(segments))
    best: dict[tuple[Key, str], int] = {}
    highest: dict[Key, int] = {}
    for one in observed:
        best[one.key, one.day] = max(best.get((one.key, one.day), 0), one.rank)
        highest[one.key] = max(highest.get(one.key, 0), one.rank)
    for one in observed:
        # Without a day nobody can tell which day's value it replaces, or is replaced by.
        above = max(best[one.key, one.day], best.get((one.key, ""), 0)) if one.day else highest[one.key]
        if one.status in _VOID:
            draft.note(f"{one.obx.place}-11", "withdrawn")
        elif one.rank < above:
            draft.note(f"{one.obx.place}-11", "superseded")
        else:
            _read(draft, one)


def _observed(segments: Sequence[Segment]) -> Iterator[_Observed]:
    asked, asked_at = "", ""
    for segment in segments:
        if segment.name == "OBR":
            asked, asked_at = segment.value(7), f"{segment.place}-7"
            continue
        own, status = segment.value(14), segment.value(11).upper()
        time, place = (own, f"{segment.place}-14") if own else (asked, asked_at)
        key = segment.value(3), segment.value(3, 3), segment.raw(4)
        yield _Observed(segment, key, status, _RANK.get(status, 1), time, place, partial(time) or "")


def _read(draft: Draft, one: _Observed) -> None:
    obx = one.obx
    code = coded.observation(obx, 3)
    if code is None:
        draft.note(f"{obx.place}-3", "no_code")
        return
    kind = obx.value(2).upper()
    if kind in _TEXT and obx.raw(5):
        draft.note(f"{obx.place}-5", "text_only")
        return
    when = draft.date(one.time, one.place)
    for value in _values(draft, obx, kind):
        draft.add(
            f"{obx.place}-5",
            ObservationStatement,
            system=code.system,
            code=code.code,
            status=_STATUS[one.rank],
            value=value,
            unit=_unit(obx, code.code) if value is not None else None,
            date=when,
        )


def _values(draft: Draft, obx: Segment, kind: str) -> Iterator[str | None]:
    """The numbers of OBX-5, one for each repetition; None where there is none, or only a bound, a range or a ratio."""
    repetitions = obx.repetitions(5) if kind in ("NM", "SN") else []
    for repetition in repetitions:
        text = part(repetition, obx.syntax) if kind == "NM" else _exact(repetition, obx)
        value = plain(text)
        if text and value is None:
            draft.note(f"{obx.place}-5", "not_a_number")
        else:
            yield value
    if not repetitions:
        yield None


def _exact(repetition: str, obx: Segment) -> str:
    """The number of a structured one (comparator, number, separator, number), where it is one number."""
    comparator, text, *more = (part(repetition, obx.syntax, component) for component in range(1, 5))
    return "" if comparator not in ("", "=") or any(more) else text


def _unit(obx: Segment, code: str) -> str | None:
    """The unit of OBX-6 as UCUM spells it. `kg/m^2` with an unescaped separator is one unit in two components."""
    sent = obx.value(6)
    if not sent:
        return _UNIT_OF.get(code)
    if sent.upper() == "KG/M" and obx.value(6, 2) == "2":
        sent = "kg/m2"
    return _UNITS.get(sent.upper(), sent)
