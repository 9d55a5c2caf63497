"""The facts that follow from several statements together, and how each is computed.

Every calculation says which statements it rests on. What cannot be placed or computed makes the result open, never no.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal

from cds.records.content import Records
from cds.records.doses.reductions import dose_reduction
from cds.records.doses.together import current_dose
from cds.records.entries import Computed, Entry
from cds.records.statements import ObservationStatement

_YEARS = frozenset({"a", "year", "years", "yr", "yrs"})
"""UCUM writes `a`."""


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


def age(entries: Sequence[Entry], records: Records, as_of: date) -> Computed:
    """Age in whole years: the one observed on `as_of`, else at least what an earlier one has become since.

    One without a day counts as it stands: nobody grows younger.
    """
    found: dict[int, tuple[int, bool]] = {}
    for entry in entries:
        measured = _number(entry, _YEARS)
        if measured is not None:
            when = entry.begin
            passed = 0 if when is None else _whole_years(when[1], as_of)
            found[entry.index] = int(measured) + passed, when == (as_of, as_of)
    unclear = tuple(entry.index for entry in entries if entry.index not in found)
    years = max((years for years, _ in found.values()), default=0)
    today = {years for years, exact in found.values() if exact}
    if not years or len(today) > 1 or (today and max(today) < years):
        return Computed(None, unclear=unclear)
    return Computed({"value": str(years)} | ({} if today else {"at_least": True}), tuple(found), unclear)


def underweight(entries: Sequence[Entry], records: Records, as_of: date) -> Computed:
    """Whether the newest body mass index lies below the limit. One above it is no proof of enough food."""
    limit = records.mappings.definitions.underweight
    if limit is None:
        return Computed(None)
    known = {entry.index: number for entry in entries if (number := _number(entry, {limit.unit})) is not None}
    unclear = tuple(entry.index for entry in entries if entry.index not in known)
    dated = [(entry.begin, entry.index) for entry in entries if entry.index in known and entry.begin is not None]
    newest = max((begin[0] for begin, _ in dated), default=None)
    low = tuple(index for begin, index in dated if newest and begin[1] >= newest and known[index] < limit.below)
    if not low:
        return Computed(None, unclear=unclear)
    assert newest is not None
    return Computed({"asked_on": newest.isoformat()} if newest < as_of else {}, low, unclear)


def _whole_years(since: date, until: date) -> int:
    return max(until.year - since.year - ((until.month, until.day) < (since.month, since.day)), 0)


def _number(entry: Entry, units: Collection[str]) -> Decimal | None:
    """What was measured, if in one of these units."""
    measured = entry.statement
    if not isinstance(measured, ObservationStatement) or measured.value is None or measured.unit is None:
        return None
    return measured.value if measured.unit.strip().lower() in units else None


CALCULATIONS: dict[str, Callable[[Sequence[Entry], Records, date], Computed]] = {
    "omeq_mg_per_day": current_dose,
    "opioid_dose_reduced": dose_reduction,
    "long_term_opioid_use": long_term,
    "age": age,
    "underweight": underweight,
}
"""How a fact is computed from several statements together."""
SUMS = frozenset({"omeq_mg_per_day"})
"""What more statements can only add to: where some are not counted, the others are what it is at least."""
