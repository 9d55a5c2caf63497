"""What follows from several supplies of medicine together: courses, long-term use, the dose and whether it was cut.

A supply is a prescription or a dispensing with its days. Each calculation says which statements it rests on; what
cannot be placed or computed makes the result unknown, never smaller.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

from cds.answers import MAX_DIGITS
from cds.entries import Entry
from cds.omeq import Dose, omeq
from cds.records import RecordDefinitions, Records
from cds.statements import MedicationStatement

FOREVER = date.max
ZERO = Decimal(0)
_UNITS = {"mcg": "ug", "µg": "ug", "μg": "ug", "mcg/h": "ug/h", "µg/h": "ug/h", "μg/h": "ug/h", "ug/t": "ug/h"}


@dataclass(frozen=True, slots=True)
class Computed:
    """What a calculation says of its fact, and the statements it rests on. `answer` None: it cannot be told."""

    answer: dict[str, Any] | None
    statements: tuple[int, ...] = ()
    unclear: tuple[int, ...] = field(default=())
    """Statements whose dose could not be computed."""


@dataclass(slots=True)
class _Supply:
    entry: Entry
    phase: Literal["prescribed", "dispensed"]
    start: date
    end: date
    """The first day it no longer covers."""


def current_dose(entries: Sequence[Entry], records: Records, as_of: date) -> Computed:
    """mg of oral morphine a day. All of `entries` are current.

    Of one medicine that is prescribed, handed out and given, only one of the three counts: the highest.
    """
    unclear = tuple(entry.index for entry in entries if _value(entry, records) is None)
    if unclear:
        return Computed(None, unclear=unclear)
    standing = _without_refilled(entries, records.mappings.definitions)
    by_code: dict[str, dict[str | None, list[Entry]]] = {}
    for entry in standing:
        by_code.setdefault(entry.code, {}).setdefault(entry.phase, []).append(entry)
    chosen: list[Entry] = []
    for phases in by_code.values():
        chosen += max(phases.values(), key=lambda some: sum((_value(entry, records) or ZERO for entry in some), ZERO))
    result = omeq([_dose(entry) for entry in chosen], records.omeq)
    value = "" if result.value is None else f"{result.value:f}"
    value = value.rstrip("0").rstrip(".") if "." in value else value
    if not 0 < len(value) <= MAX_DIGITS:
        return Computed(None, unclear=tuple(entry.index for entry in chosen))
    return Computed({"value": value}, tuple(entry.index for entry in entries))


def dose_reduction(entries: Sequence[Entry], records: Records, as_of: date) -> Computed:
    """The day on which the dose fell by the percentage of the content, against its highest within the window.

    A new strength handed out before the old one is used up may replace it or be taken beside it. Both are reckoned;
    where only one of them is a fall, nothing is said.
    """
    beside = _fall(entries, records, as_of, by_strength=True)
    instead = _fall(entries, records, as_of, by_strength=False)
    if beside.answer is None or instead.answer is None:
        return Computed(None)
    return max(beside, instead, key=lambda fall: str((fall.answer or {})["date"]))


def _fall(entries: Sequence[Entry], records: Records, as_of: date, *, by_strength: bool) -> Computed:
    definitions = records.mappings.definitions
    since = as_of - timedelta(definitions.dose_reduction.window_days + 1)
    supplies: list[_Supply] = []
    for entry in entries:
        placed = _supply(entry)
        if placed is None:
            return Computed(None)
        if placed.start <= as_of and placed.end > since:
            supplies.append(placed)
    _carried_on(supplies, definitions, by_strength=by_strength)
    if any(_value(supply.entry, records) is None for supply in supplies):
        return Computed(None)
    steps = _steps(supplies, since, as_of, records)
    if not steps or steps[-1][1] == ZERO:
        return Computed(None)
    threshold_day: date | None = None
    allowed = 1 - definitions.dose_reduction.percent / 100
    highest = max(value for _, value in steps)
    for (_, before), (day, after) in pairwise(steps):
        if before > allowed * highest >= after:
            threshold_day = day
    if threshold_day is None or steps[-1][1] > allowed * highest:
        return Computed(None)
    touching = tuple(
        supply.entry.index for supply in supplies if supply.end >= threshold_day or supply.start <= threshold_day
    )
    return Computed({"date": threshold_day.isoformat()}, touching)


def long_term(entries: Sequence[Entry], records: Records, as_of: date) -> Computed:
    """Dispensings of opioids far enough apart, and not too far."""
    rule = records.mappings.definitions.long_term_use
    days: dict[date, list[int]] = {}
    for entry in entries:
        if entry.begin is not None and entry.begin[0] == entry.begin[1]:
            days.setdefault(entry.begin[0], []).append(entry.index)
    ordered = sorted(days)
    for second in reversed(ordered):
        first = bisect_left(ordered, second - timedelta(rule.at_most_days_apart))
        last = bisect_right(ordered, second - timedelta(rule.at_least_days_apart))
        between = bisect_right(ordered, second) - first
        if first < last and between >= rule.dispensings:
            indexes = (*days[ordered[first]], *days[second])
            return Computed({"asked_on": second.isoformat()}, tuple(sorted(indexes)))
    return Computed(None)


def days_in_a_row(entries: Sequence[Entry], records: Records, as_of: date) -> Computed:
    """How many days the course running now has lasted. A short one proves nothing: the record may begin in it."""
    definitions = records.mappings.definitions
    start = Courses(entries, definitions.course_gap_days.value).start_of(as_of)
    if start is None or (as_of - start).days < definitions.long_term_use.at_least_days_apart:
        return Computed(None)
    behind = [entry for entry in entries if entry.begin is not None and entry.begin[0] >= start]
    if any(entry.begin is not None and entry.begin[0] != entry.begin[1] for entry in behind):
        return Computed(None)
    return Computed({"value": str((as_of - start).days)}, tuple(entry.index for entry in behind))


CALCULATIONS: dict[str, Callable[[Sequence[Entry], Records, date], Computed]] = {
    "omeq_mg_per_day": current_dose,
    "opioid_dose_reduced": dose_reduction,
    "long_term_opioid_use": long_term,
    "prescribed_opioid_days": days_in_a_row,
}
"""How a fact is computed from several statements together."""


class Courses:
    """Supplies of one set strung together where the gap between them is short."""

    def __init__(self, entries: Iterable[Entry], gap_days: int) -> None:
        spans = sorted((_begins(entry), _ends(entry)) for entry in entries if entry.begin is not None)
        self._starts: list[date] = []
        self._ends: list[date] = []
        for start, end in spans:
            if self._starts and (self._ends[-1] == FOREVER or (start - self._ends[-1]).days <= gap_days):
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def start_of(self, day: date) -> date | None:
        """The first day of the course that covers a day or ends on it."""
        place = bisect_right(self._starts, day) - 1
        return self._starts[place] if place >= 0 and self._ends[place] >= day else None


def _begins(entry: Entry) -> date:
    return FOREVER if entry.begin is None else entry.begin[0]


def _ends(entry: Entry) -> date:
    end = entry.end or entry.last
    if end is not None:
        return end[1]
    return FOREVER if entry.current[1] or entry.begin is None else entry.begin[1]


def _phase(entry: Entry) -> Literal["prescribed", "dispensed"]:
    return "dispensed" if entry.phase in ("dispensed", "administered") else "prescribed"


def _supply(entry: Entry) -> _Supply | None:
    """The days of a supply; None where they are not known to the day."""
    begin, end = entry.begin, entry.end or entry.last
    if begin is None or begin[0] != begin[1] or (end is not None and end[0] != end[1]):
        return None
    if end is None and not entry.current[0]:
        return None
    return _Supply(entry, _phase(entry), begin[0], FOREVER if end is None else end[0])


def _carried_on(supplies: Sequence[_Supply], definitions: RecordDefinitions, *, by_strength: bool) -> None:
    """A dispensing shortly before the one before it runs out carries that on: the two do not add up.

    `by_strength`: only one of the same strength does; tablets of another are taken beside it.
    """
    batches: dict[tuple[object, ...], list[_Supply]] = {}
    for supply in supplies:
        if supply.phase == "dispensed":
            what = _dose(supply.entry)
            strength = (what.value, what.unit) if by_strength else ()
            batches.setdefault((what.atc, supply.entry.phase, what.route, *strength), []).append(supply)
    for batch in batches.values():
        starts = sorted({supply.start for supply in batch})
        for supply in batch:
            carried_from = max(supply.start + timedelta(1), supply.end - timedelta(definitions.refill_days.value))
            place = bisect_left(starts, carried_from)
            if place < len(starts):
                supply.end = min(supply.end, starts[place])


def _without_refilled(entries: Sequence[Entry], definitions: RecordDefinitions) -> list[Entry]:
    supplies = {entry.index: _supply(entry) for entry in entries}
    placed = [supply for supply in supplies.values() if supply is not None]
    ends = {supply.entry.index: supply.end for supply in placed}
    _carried_on(placed, definitions, by_strength=True)
    carried = {supply.entry.index for supply in placed if supply.end != ends[supply.entry.index]}
    return [entry for entry in entries if entry.index not in carried]


def _steps(supplies: Sequence[_Supply], since: date, as_of: date, records: Records) -> list[tuple[date, Decimal]]:
    """The dose from each day of the window on which it changed, oldest first, leaving out days without any supply."""
    changes: dict[date, list[tuple[str, str, Decimal]]] = {}
    for supply in supplies:
        value = _value(supply.entry, records) or ZERO
        changes.setdefault(max(supply.start, since), []).append((supply.entry.code, supply.phase, value))
        if supply.end <= as_of:
            changes.setdefault(supply.end, []).append((supply.entry.code, supply.phase, -value))
    running: dict[str, dict[str, Decimal]] = {}
    total = ZERO
    steps: list[tuple[date, Decimal]] = []
    for day in sorted(changes):
        for code, phase, value in changes[day]:
            of_code = running.setdefault(code, {"prescribed": ZERO, "dispensed": ZERO})
            total -= max(of_code.values())
            of_code[phase] += value
            total += max(of_code.values())
        if total or day == max(changes):
            steps.append((day, total))
    return steps


def _dose(entry: Entry) -> Dose:
    medicine = entry.statement
    assert isinstance(medicine, MedicationStatement)
    dose = medicine.dose
    if dose is None:
        return Dose(entry.code, None, None, None, None, _phase(entry))
    per_day = dose.per_day
    if per_day is None and medicine.amount_units is not None and medicine.days_supply:
        per_day = (
            medicine.amount_units / medicine.days_supply
        )  # whole: rounded here, 100 tablets in 30 days lose a band
    unit, route = dose.unit.strip().lower(), None if dose.route is None else dose.route.strip().lower()
    return Dose(entry.code, route, dose.value, _UNITS.get(unit, unit), per_day, _phase(entry))


def _value(entry: Entry, records: Records) -> Decimal | None:
    """What one supply comes to by itself."""
    return omeq([_dose(entry)], records.omeq).value
