"""ORC with RXO, RXE, RXC, RXD and RXA: medicines that were ordered, handed out, given or stopped.

One order (ORC and what follows it) makes one statement for each medicine in it. RXE is the order as the pharmacy
understood it and goes before RXO; what is both ordered and given in one order is told once, as ordered, so that its
dose is not counted twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from cds.dates import Interval
from cds.statements import MedicationStatement, MedicationStatus, Phase
from integrations.hl7v2 import coded
from integrations.hl7v2.coded import Code
from integrations.hl7v2.doses import dose_of, per_day, route_of
from integrations.hl7v2.draft import Draft
from integrations.hl7v2.tokens import Segment, part

NAMES = frozenset({"ORC", "RXO", "RXE", "RXC", "RXD", "RXA", "RXR", "TQ1"})
_STOPPED = frozenset({"DC", "CA", "OC", "OD", "CR", "DR", "RP", "RU"})
"""ORC-1: discontinued or cancelled, asked for or done; and the old order of one that is replaced."""
_STOPPED_STATUS = frozenset({"CA", "DC", "RP"})
_CODE = {"RXE": 2, "RXO": 1, "RXC": 2, "RXD": 2, "RXA": 5}
_NOT_GIVEN = frozenset({"RE", "NA"})
"""RXA-20: refused by the person, or not given."""


@dataclass(slots=True)
class _Order:
    orc: Segment | None = None
    found: dict[str, list[Segment]] = field(default_factory=dict)

    def all(self, name: str) -> list[Segment]:
        return self.found.get(name, [])

    def last(self, name: str) -> Segment | None:
        return next(reversed(self.all(name)), None)


def read_medicines(draft: Draft, segments: Iterable[Segment]) -> None:
    """The medicines in these segments, which are those of NAMES in their order."""
    order = _Order()
    for segment in segments:
        if segment.name == "ORC":
            _read(draft, order)
            order = _Order(segment)
        else:
            order.found.setdefault(segment.name, []).append(segment)
    _read(draft, order)


def _read(draft: Draft, order: _Order) -> None:
    told: set[str] = set()
    rxe, rxo = order.last("RXE"), order.last("RXO")
    timing = _Timing(draft, order, rxe)
    components = _coded(draft, order.all("RXC"))
    in_atc = any(code.system == "ATC" for _, code in components)
    main = _coded(draft, [segment for segment in (rxe, rxo) if segment is not None][:1])
    if not main and rxe is not None and rxo is not None:
        main = _coded(draft, [rxo])
    for segment, code in [*main, *components]:
        component = segment.name == "RXC"
        if code.code in told:
            continue
        told.add(code.code)
        dose = None if in_atc and not component else dose_of(segment, route_of(order.last("RXR")), timing.per_day)
        _add(draft, segment, code, dose=dose, **timing.fields())
    for rxd, code in _coded(draft, order.all("RXD")):
        start = draft.date(rxd.value(3), f"{rxd.place}-3")
        _add(draft, rxd, code, phase=Phase.DISPENSED, status=MedicationStatus.COMPLETED, start=start)
    for rxa in order.all("RXA"):
        _given(draft, rxa, told, timing.stopped)


def _coded(draft: Draft, segments: Iterable[Segment]) -> list[tuple[Segment, Code]]:
    found = []
    for segment in segments:
        code = coded.medicine(segment, _CODE[segment.name], draft.sender.medicine_system)
        if code is None:
            draft.note(f"{segment.place}-{_CODE[segment.name]}", "no_code")
        else:
            found.append((segment, code))
    return found


def _given(draft: Draft, rxa: Segment, told: set[str], stopped: bool) -> None:
    """A dose that was given lasts the day, whatever comes after is another message."""
    code = coded.medicine(rxa, 5, draft.sender.medicine_system)
    if code is None:
        draft.note(f"{rxa.place}-5", "no_code")
        return
    if rxa.value(20).upper() in _NOT_GIVEN or rxa.value(21).upper() == "D":
        draft.note(f"{rxa.place}-20", "not_given")
        return
    if code.code in told and not stopped:
        return
    start = draft.date(rxa.value(3), f"{rxa.place}-3")
    _add(draft, rxa, code, phase=Phase.ADMINISTERED, status=MedicationStatus.ACTIVE, start=start, days_supply=1)


def _add(draft: Draft, segment: Segment, code: Code, **fields: Any) -> None:
    place = f"{segment.place}-{_CODE[segment.name]}"
    start: Interval | None = fields.get("start")
    if start is not None and start.earliest > draft.as_of:
        draft.note(place, "lies_ahead")
        return
    draft.add(place, MedicationStatement, system=code.system, code=code.code, **fields)


class _Timing:
    """When an order runs, how often a day, and whether it was stopped."""

    def __init__(self, draft: Draft, order: _Order, rxe: Segment | None) -> None:
        orc, tq1 = order.orc, order.last("TQ1")
        control = "" if orc is None else orc.value(1).upper()
        self.status = "" if orc is None else orc.value(5).upper()
        self.stopped = control in _STOPPED or self.status in _STOPPED_STATUS
        self.start, self.end = self._days(draft, tq1, rxe, orc)
        self.per_day = None
        pattern = _pattern(tq1, rxe, orc)
        if pattern:
            self.per_day = per_day(pattern)
            if self.per_day is None:
                draft.note(_place(tq1, rxe, orc), "as_needed")
        if self.stopped and (self.end is None or self.end.earliest > draft.as_of):
            self.end = self._stop(draft, orc)
        if self.start is not None and self.end is not None and self.end.latest < self.start.earliest:
            self.start = None

    @staticmethod
    def _days(
        draft: Draft, tq1: Segment | None, rxe: Segment | None, orc: Segment | None
    ) -> tuple[Interval | None, Interval | None]:
        start = end = None
        if tq1 is not None:
            start = draft.date(tq1.value(7), f"{tq1.place}-7", may_lie_ahead=True)
            end = draft.date(tq1.value(8), f"{tq1.place}-8", may_lie_ahead=True)
        for segment, position in ((rxe, 1), (orc, 7)):
            if segment is not None:
                place = f"{segment.place}-{position}"
                start = start or draft.date(segment.value(position, 4), place, may_lie_ahead=True)
                end = end or draft.date(segment.value(position, 5), place, may_lie_ahead=True)
        if start is None and orc is not None:
            start = draft.date(orc.value(15), f"{orc.place}-15", may_lie_ahead=True)
            start = start or draft.date(orc.value(9), f"{orc.place}-9")
        return start, end

    @staticmethod
    def _stop(draft: Draft, orc: Segment | None) -> Interval | None:
        if orc is not None:
            for position in (15, 9):
                when = draft.date(orc.value(position), f"{orc.place}-{position}")
                if when is not None:
                    return when
        return Interval.parse(draft.as_of.isoformat())

    def fields(self) -> dict[str, Any]:
        """Phase, status and days of a statement about this order."""
        status = MedicationStatus.ACTIVE
        if self.stopped:
            status = MedicationStatus.STOPPED
        elif self.status == "CM":
            status = MedicationStatus.COMPLETED
        return {"phase": Phase.PRESCRIBED, "status": status, "start": self.start, "end": self.end}


def _pattern(tq1: Segment | None, rxe: Segment | None, orc: Segment | None) -> str:
    if tq1 is not None and tq1.raw(3):
        return part(tq1.repetitions(3)[0], tq1.syntax) if len(tq1.repetitions(3)) == 1 else "several"
    for segment, position in ((rxe, 1), (orc, 7)):
        if segment is not None and segment.value(position, 2):
            return segment.value(position, 2)
    return ""


def _place(tq1: Segment | None, rxe: Segment | None, orc: Segment | None) -> str:
    if tq1 is not None and tq1.raw(3):
        return f"{tq1.place}-3"
    if rxe is not None:
        return f"{rxe.place}-1"
    return "" if orc is None else f"{orc.place}-7"
