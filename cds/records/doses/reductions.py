"""Whether a dose of opioids that was followed over time was cut.

A yes needs a day whose dose is known, a dose today that is known or known to be no more, and a fall between them
however the supplies are read. Doses of other days make no difference.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

from cds.records.content import Records
from cds.records.definitions import RecordDefinitions
from cds.records.doses.as_written import doses_of
from cds.records.doses.omeq import worth
from cds.records.doses.one_dose import ZERO, Dose, Phase
from cds.records.doses.renewals import Medicine
from cds.records.entries import Computed, Entry
from cds.records.supplies import FOREVER, Supply, carry_on, supply


def dose_reduction(entries: Sequence[Entry], records: Records, as_of: date) -> Computed:
    """The day on which the dose fell by the percentage of the content, against its highest within the window.

    A new strength handed out before the old one is used up may replace it or be taken beside it, and so may another
    medicine begun as one ran out. Both are reckoned; where only one of them is a fall, nothing is said.
    """
    definitions = records.mappings.definitions
    since = as_of - timedelta(definitions.dose_reduction.window_days + 1)
    followed = _followed(entries, records, since, as_of)
    if not followed:
        return Computed(None)
    beside = _fall(_beside(followed, definitions), definitions, since, as_of)
    instead = _fall(_instead(followed, definitions, as_of), definitions, since, as_of) if beside else None
    if beside is None or instead is None:
        return Computed(None)
    behind = tuple(index for _, dose, _ in followed for index in dose.statements)
    return Computed({"date": max(beside, instead).isoformat()}, behind)


_Followed = tuple[Supply, Dose, Decimal]
"""A supply in the window, its dose, and mg of oral morphine a day."""


def _followed(entries: Sequence[Entry], records: Records, since: date, as_of: date) -> list[_Followed]:
    """The supplies of the window with a known dose; none where what may be taken today has none, or nothing is taken.

    A supply of unclear days counts only while it is sure to be taken. What is not known of it and ended before today
    can only have made an earlier dose higher.
    """
    valid = timedelta(records.mappings.definitions.supply_days_unknown.value)
    known: dict[Hashable, Decimal | None] = {}
    followed: list[_Followed] = []
    taken = False
    near = [entry for entry in entries if _may_last(entry, valid, as_of) > since]
    for entry, dose in doses_of(near, records.omeq):
        what = dose.atc, dose.route, dose.written, dose.sureness, dose.for_pain
        if what not in known:
            known[what] = worth(dose, records.omeq) if dose.sureness == "exact" else None
        value, placed = known[what], supply(entry)
        if value is not None and placed is not None:
            followed.append((placed, dose, value))
            taken = taken or placed.end > as_of
        elif _may_last(entry, valid, as_of) > as_of:
            if value is None:
                return []
            sure = bool(entry.current[0])
            start = entry.begin[1] if sure and entry.begin is not None else as_of
            followed.append((Supply(entry, start, FOREVER), dose, value))
            taken = taken or sure
    return followed if taken else []


def _may_last(entry: Entry, valid: timedelta, as_of: date) -> date:
    """The first day on which it surely was not taken any more. A completed order may have been handed out whole."""
    placed, end = supply(entry), entry.end or entry.last
    if placed is not None:
        return placed.end
    if end is not None:
        return end[1] + timedelta(1)
    if entry.stops:
        return as_of
    if entry.status == "completed" and entry.begin is not None:
        return entry.begin[1] + valid
    return FOREVER


def _copy(one: Supply) -> Supply:
    return Supply(one.entry, one.start, one.end)


def _beside(followed: Iterable[_Followed], definitions: RecordDefinitions) -> list[_Followed]:
    """The supplies where only one of the same strength carries on another."""
    copies = [(_copy(one), dose, value) for one, dose, value in followed]
    batches: dict[Hashable, list[Supply]] = {}
    for one, dose, _ in copies:
        value, unit, per_day = dose.written
        strength = value, unit, per_day if dose.phase == "prescribed" else None
        batches.setdefault((dose.atc, dose.phase, dose.route, strength), []).append(one)
    carry_on(batches, definitions.refill_days.value)
    return copies


def _instead(followed: Iterable[_Followed], definitions: RecordDefinitions, as_of: date) -> list[_Followed]:
    """The supplies where each gives way to a later one of its medicine, and to any that began as it ran out.

    Two of the same dose that began on one day are one, by the longer.
    """
    longest: dict[Hashable, _Followed] = {}
    for one, dose, value in followed:
        same = dose.atc, dose.phase, dose.route, dose.written, one.start
        if same not in longest or longest[same][0].end < one.end:
            longest[same] = _copy(one), dose, value
    copies = list(longest.values())
    batches: dict[Hashable, list[Supply]] = {}
    for one, dose, _ in copies:
        batches.setdefault((dose.atc, dose.phase, dose.route), []).append(one)
    days = definitions.refill_days.value
    carry_on(batches, days)
    starts = sorted({one.start for one, _, _ in copies})
    begun = {(dose.atc, dose.route, one.start) for one, dose, _ in copies}
    for one, dose, _ in copies:
        if one.end <= as_of and (dose.atc, dose.route, one.end) not in begun:
            place = bisect_left(starts, max(one.start + timedelta(1), one.end - timedelta(days)))
            if place < len(starts):
                one.end = min(one.end, starts[place])
    return copies


def _fall(followed: Sequence[_Followed], definitions: RecordDefinitions, since: date, as_of: date) -> date | None:
    """The last day on which the dose fell to so little of its highest, where it stayed there."""
    steps = _steps(followed, since, as_of)
    if not steps or steps[-1][1] == ZERO:
        return None
    allowed = (1 - definitions.dose_reduction.percent / 100) * max(value for _, value in steps)
    falls = [day for (_, before), (day, after) in pairwise(steps) if before > allowed >= after]
    return falls[-1] if falls and steps[-1][1] <= allowed else None


def _steps(followed: Sequence[_Followed], since: date, as_of: date) -> list[tuple[date, Decimal]]:
    """The dose from each day of the window on which it changed, oldest first, leaving out days without any supply."""
    changes: dict[date, list[tuple[Medicine, Phase, Decimal]]] = {}
    for one, dose, value in followed:
        medicine, phase = (dose.atc, dose.route), dose.phase
        changes.setdefault(max(one.start, since), []).append((medicine, phase, value))
        if one.end <= as_of:
            changes.setdefault(max(one.end, since), []).append((medicine, phase, -value))
    running: dict[Medicine, dict[Phase, Decimal]] = {}
    total = ZERO
    steps: list[tuple[date, Decimal]] = []
    days = sorted(changes)
    for day in days:
        for medicine, phase, value in changes[day]:
            of_it = running.setdefault(medicine, {"prescribed": ZERO, "dispensed": ZERO})
            total -= max(of_it.values())
            of_it[phase] += value
            total += max(of_it.values())
        if total or day == days[-1]:
            steps.append((day, total))
    return steps
