"""The facts that follow from several statements together, and how each is computed.

Every calculation says which statements it rests on. What cannot be placed or computed makes the result open, never no.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from unicodedata import normalize

from cds.facts import OLDEST
from cds.records.content import Records
from cds.records.doses.reductions import dose_reduction
from cds.records.doses.together import current_dose
from cds.records.entries import Computed, Entry
from cds.records.statements import ObservationStatement

UNITS = {
    **dict.fromkeys(("a", "year", "years", "yr", "yrs", "år", "aar"), "a"),
    **dict.fromkeys(("kg/m2", "kg/m²", "kg/m^2", "kg/m**2"), "kg/m2"),
}
"""Units of observations by their name in UCUM. They are compared without regard to case."""
_MASS_INDEX = Decimal(5), Decimal(150)
"""kg/m2. Beyond these it is no body mass index that somebody lives with, but a slip of the pen or of a unit."""


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

    One without a day counts as it stands: nobody grows younger. One that nobody can have by now cannot be true.
    """
    found: dict[int, tuple[int, bool]] = {}
    for entry in entries:
        measured = _number(entry, "a")
        if measured is not None:
            when = entry.begin
            years = int(measured) + (0 if when is None else _whole_years(when[1], as_of))
            if 0 < years <= OLDEST:
                found[entry.index] = years, when == (as_of, as_of)
    unclear = tuple(entry.index for entry in entries if entry.index not in found)
    years = max((years for years, _ in found.values()), default=0)
    today = {years for years, exact in found.values() if exact}
    if not years or len(today) > 1 or (today and max(today) < years):
        return Computed(None, unclear=unclear)
    return Computed({"value": str(years)} | ({} if today else {"at_least": True}), tuple(found), unclear)


def underweight(entries: Sequence[Entry], records: Records, as_of: date) -> Computed:
    """Whether the newest body mass index lies below the limit. One above it is no proof of enough food.

    One that nobody can have is none.
    """
    limit = records.mappings.definitions.underweight
    if limit is None:
        return Computed(None)
    least, most = _MASS_INDEX
    measured = ((entry.index, _number(entry, limit.unit)) for entry in entries)
    known = {index: number for index, number in measured if number is not None and least <= number <= most}
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


def _number(entry: Entry, wanted: str) -> Decimal | None:
    """What was measured, if in this unit, however it is spelled."""
    measured = entry.statement
    if not isinstance(measured, ObservationStatement) or measured.value is None or measured.unit is None:
        return None
    unit = normalize("NFC", measured.unit).strip().lower()
    return measured.value if UNITS.get(unit, unit) == wanted else None


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
