"""ORC with RXO, RXE, RXC, RXD and RXA: medicines that were ordered, handed out, given or stopped.

Every medicine of an order (ORC and what follows it) makes a statement of its own. RXE is the order as the pharmacy
understood it and goes before RXO; what is both ordered and given in one order is told once, as ordered, while that
order is running, so that its dose is not counted twice. Of a dose that is so much or more, a second statement of the
same medicine stands for the rest, which nobody can compute: the total is then the first, or more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from cds.dates import Interval
from cds.records.statements import Dose, MedicationStatement, MedicationStatus, Phase
from integrations.hl7v2 import coded
from integrations.hl7v2.coded import Code, is_atc
from integrations.hl7v2.doses import AMOUNT, amount_of, dose_of, range_at, route_of
from integrations.hl7v2.draft import Draft
from integrations.hl7v2.timing import Period, Timing
from integrations.hl7v2.tokens import Segment

_HEADS = frozenset({"RXO", "RXE", "RXD", "RXA"})
_DETAILS = frozenset({"RXC", "RXR", "TQ1"})
NAMES = frozenset({"ORC"}) | _HEADS | _DETAILS
_CODE = {"RXE": 2, "RXO": 1, "RXC": 2, "RXD": 2, "RXA": 5}
_NOT_GIVEN = frozenset({"RE", "NA"})
"""RXA-20: refused by the person, or not given."""


@dataclass(slots=True)
class _Part:
    """One RXO, RXE, RXD or RXA with what follows it; without a head, what comes before the first of them."""

    head: Segment | None = None
    details: dict[str, list[Segment]] = field(default_factory=dict)

    def all(self, name: str) -> list[Segment]:
        return self.details.get(name, [])


@dataclass(slots=True)
class _Order:
    """One ORC with its parts, and what was told of it so far: its codes, and when those run that are running."""

    orc: Segment | None = None
    parts: list[_Part] = field(default_factory=lambda: [_Part()])
    told: set[Code] = field(default_factory=set)
    running: list[tuple[Code, Period]] = field(default_factory=list)

    def of(self, name: str) -> list[_Part]:
        return [one for one in self.parts if one.head is not None and one.head.name == name]


def read_medicines(draft: Draft, segments: Iterable[Segment]) -> None:
    """The medicines in these segments, which are those of NAMES in their order."""
    order = _Order()
    for segment in segments:
        if segment.name == "ORC":
            _read(draft, order)
            order = _Order(segment)
        elif segment.name in _HEADS:
            order.parts.append(_Part(segment))
        else:
            order.parts[-1].details.setdefault(segment.name, []).append(segment)
    _read(draft, order)


def _read(draft: Draft, order: _Order) -> None:
    before, rxes, rxos = order.parts[0], order.of("RXE"), order.of("RXO")
    alone = rxos if len(rxos) == 1 else []
    for rxe in rxes:
        same = [one for one in alone if len(rxes) == 1 and _codes(draft, one) <= _codes(draft, rxe)]
        _ordered(draft, order, rxe, [rxe, *alone, before], [rxe, *same])
    encoded = bool(rxos) and any(is_atc(code) for rxe in rxes for _, code in _named(draft, [_head(rxe)]))
    for rxo in rxos:
        if _codes(draft, rxo) <= order.told:
            continue
        if alone and encoded:
            draft.note(f"{_head(rxo).place}-{_CODE['RXO']}", "superseded")
        else:
            beside = rxes if alone and len(rxes) == 1 else []
            _ordered(draft, order, rxo, [*beside, rxo, before], [*beside, rxo])
    if before.all("RXC"):
        _ordered(draft, order, before, [before], [])
    elif not rxes and not rxos:
        for segment in (*before.all("TQ1"), *before.all("RXR")):
            draft.note(segment.place, "not_read")
    for rxd in order.of("RXD"):
        _handed_out(draft, rxd)
    for rxa in order.of("RXA"):
        _given(draft, rxa, order)


def _head(one: _Part) -> Segment:
    assert one.head is not None
    return one.head


def _named(draft: Draft, segments: Iterable[Segment]) -> Iterator[tuple[Segment, Code]]:
    """The codes of these segments; those without one are told of."""
    for segment in segments:
        codes = coded.medicines(segment, _CODE[segment.name], draft.sender.medicine_system)
        if len(codes) != 1:
            draft.note(_place(segment), "all_read" if codes else "no_code")
        for code in codes:
            yield segment, code


def _codes(draft: Draft, one: _Part) -> set[Code]:
    return {code for _, code in _named(draft, [_head(one), *one.all("RXC")])}


def _ordered(draft: Draft, order: _Order, one: _Part, near: Sequence[_Part], doses: Sequence[_Part]) -> None:
    """What was ordered in one part, as far as it was not told in another.

    `near`: where its timing and its route may stand, the nearest first; `doses`: likewise its dose.
    """
    rxe = next((part.head for part in near if part.head is not None and part.head.name == "RXE"), None)
    timing = Timing(draft, order.orc, rxe, [part.all("TQ1") for part in near])
    route = _route(draft, next((found for part in near if (found := part.all("RXR"))), []))
    components = list(_named(draft, one.all("RXC")))
    heads = list(_named(draft, [] if one.head is None else [one.head]))
    mixed = {code for _, code in components}
    dosed = _dosed(draft, [_head(part) for part in doses])
    # What its components name again is told by them: its own dose is that of the whole mixture.
    for segment, code in [*(pair for pair in heads if pair[1] not in mixed), *components]:
        if code in order.told and one.head is not None and one.head.name == "RXO":
            continue
        source = segment if segment.name == "RXC" or dosed is None else dosed
        if (more_at := range_at(source)) is not None:
            draft.note(f"{source.place}-{more_at}", "dose_range")
        unclear = segment is one.head and len(heads) > 1
        for period in timing.periods(_place(segment), amount_of(source)):
            dose = None if unclear else dose_of(source, route, period.often.times)
            kept = False
            for each in (dose, None) if _is_least(dose, period, ranged=more_at is not None) else (dose,):
                days = {"start": period.start, "end": period.end}
                kept = _add(draft, segment, code, phase=Phase.PRESCRIBED, status=timing.status, dose=each, **days)
            if kept and timing.status is MedicationStatus.ACTIVE:
                order.running.append((code, period))
    order.told |= mixed | {code for _, code in heads}


def _is_least(dose: Dose | None, period: Period, *, ranged: bool) -> bool:
    """Whether a dose says how much a day, and may be more. How much a patch gives does not hang on how often."""
    if dose is None or (dose.unit != "ug/h" and dose.per_day is None):
        return False
    return ranged or period.often.larger or (period.often.more and dose.unit != "ug/h")


def _dosed(draft: Draft, heads: Sequence[Segment]) -> Segment | None:
    """The first segment that tells a dose, else the first. Others that tell another dose are told of."""
    telling = [head for head in heads if dose_of(head, None, None) is not None]
    for other in telling[1:]:
        if _dose_and_range(other) != _dose_and_range(telling[0]):
            draft.note(f"{other.place}-{AMOUNT[other.name]}", "superseded")
    return next(iter([*telling, *heads]), None)


def _dose_and_range(segment: Segment) -> tuple[Dose | None, bool]:
    return dose_of(segment, None, None), range_at(segment) is not None


def _route(draft: Draft, segments: Sequence[Segment]) -> str | None:
    """The one route that is told; None where it is not known here, or where there are several."""
    found: dict[str | None, str] = {}
    for rxr in segments:
        for repetition in rxr.repetitions(1):
            found.setdefault(route_of(rxr, repetition), f"{rxr.place}-1")
    if len(found) > 1:
        draft.note(list(found.values())[1], "as_needed")
        return None
    return next(iter(found), None)


def _handed_out(draft: Draft, part: _Part) -> None:
    head = _head(part)
    start = draft.date(head.value(3), f"{head.place}-3")
    for segment, code in _named(draft, [head, *part.all("RXC")]):
        _add(draft, segment, code, phase=Phase.DISPENSED, status=MedicationStatus.COMPLETED, start=start)
    for tq1 in part.all("TQ1"):
        draft.note(tq1.place, "not_read")


def _given(draft: Draft, part: _Part, order: _Order) -> None:
    """A dose that was given lasts the day, whatever comes after is another message."""
    head = _head(part)
    for tq1 in part.all("TQ1"):
        draft.note(tq1.place, "not_read")
    if head.value(20).upper() in _NOT_GIVEN or head.value(21).upper() == "D":
        draft.note(f"{head.place}-20", "not_given")
        return
    start = draft.date(head.value(3), f"{head.place}-3")
    for segment, code in _named(draft, [head, *part.all("RXC")]):
        if not any(code == other and _covers(draft, period, start) for other, period in order.running):
            fields = {"status": MedicationStatus.ACTIVE, "start": start, "days_supply": 1}
            _add(draft, segment, code, phase=Phase.ADMINISTERED, **fields)


def _covers(draft: Draft, period: Period, day: Interval | None) -> bool:
    """Whether an order was running on a day; without one, on the day of the assessment."""
    first, last = (draft.as_of, draft.as_of) if day is None else (day.earliest, day.latest)
    return (period.start is None or period.start.earliest <= last) and (
        period.end is None or period.end.latest >= first
    )


def _place(segment: Segment) -> str:
    return f"{segment.place}-{_CODE[segment.name]}"


def _add(draft: Draft, segment: Segment, code: Code, **fields: Any) -> bool:
    """Keep a statement; False, with a note, where it lies ahead or is none."""
    start: Interval | None = fields.get("start")
    if start is not None and start.earliest > draft.as_of:
        draft.note(_place(segment), "lies_ahead")
        return False
    return draft.add(_place(segment), MedicationStatement, system=code.system, code=code.code, **fields)
