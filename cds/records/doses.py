"""The doses of several supplies of opioids together: what they come to a day, and whether that was cut.

What cannot be placed or computed makes the result open, never smaller. The arithmetic of one day stands in `omeq`.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

from cds.answers import MAX_DIGITS
from cds.records.content import Records
from cds.records.definitions import RecordDefinitions
from cds.records.entries import Computed, Entry
from cds.records.omeq import STEP, Dose, Phase, Result, mg_per_day, omeq
from cds.records.renewals import Part, counted_together
from cds.records.statements import MedicationStatement
from cds.records.supplies import Supply, carry_on, supply

ZERO = Decimal(0)
_NOTHING: frozenset[str] = frozenset()
_UNITS = {
    **dict.fromkeys(("ug", "mcg", "µg", "μg"), "ug"),
    **dict.fromkeys(("ug/h", "mcg/h", "µg/h", "μg/h", "ug/hr", "mcg/hr", "µg/hr", "μg/hr", "ug/t", "µg/t"), "ug/h"),
}
"""Units by the name that content uses. UCUM writes ug and ug/h; mcg and hr are what labels and HL7 v2 senders write."""
_ROUTES = {
    **dict.fromkeys(("po", "per os"), "oral"),
    **dict.fromkeys(("pr",), "rectal"),
    **dict.fromkeys(("sl",), "sublingual"),
    **dict.fromkeys(("in", "ns"), "nasal"),
    **dict.fromkeys(("td",), "transdermal"),
}
"""Routes by the name that content uses; the short ones are those of HL7 table 0162. Buccal is none of these."""


def current_result(entries: Sequence[Entry], records: Records) -> tuple[Result, bool]:
    """What all of `entries`, which are current, come to; whether nothing can come on top of it.

    The same statement sent twice counts once. Only a supply whose dose can be computed takes the place of another: a
    refill with an unclear dose does not undo what is still being taken.
    """
    parts: list[Part] = []
    doses: list[Dose] = []
    for entry in {entry.statement: entry for entry in reversed(entries)}.values():
        dose = _dose(entry, records)
        mg = mg_per_day(dose, records.omeq)
        if mg is None:
            doses.append(dose)
        else:
            written = dose.value, dose.unit, dose.per_day
            parts.append(Part(entry, (dose.atc, dose.route, dose.for_pain), written, mg))
    counted, sure = counted_together(parts, records.mappings.definitions.refill_days.value)
    return omeq([*doses, *(_dose(entry, records) for entry in counted)], records.omeq), sure


def current_dose(entries: Sequence[Entry], records: Records, as_of: date) -> Computed:
    """mg of oral morphine a day. Where one dose is not computable, the others are what it is at least."""
    result, sure = current_result(entries, records)
    unclear = {index for line in result.not_computable for index in line.statements}
    value = plain(result.at_least)
    if len(value) > MAX_DIGITS:
        return Computed(None, unclear=tuple(entry.index for entry in entries), omeq=result)
    if unclear and not result.counted:
        return Computed(None, unclear=tuple(sorted(unclear)), omeq=result)
    clear = tuple(entry.index for entry in entries if entry.index not in unclear)
    answer = {"value": value}
    whole = sure and not unclear
    return Computed(answer if whole else at_least(answer), clear, tuple(sorted(unclear)), omeq=result)


def at_least(answer: dict[str, Any]) -> dict[str, Any]:
    """A dose to which more may come. One that rounds to nothing is the smallest there is: nothing is no lower bound."""
    value = answer["value"] if Decimal(answer["value"]) else plain(STEP)
    return answer | {"value": value, "at_least": True}


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


def plain(number: Decimal) -> str:
    """A decimal without zeros at its end."""
    text = f"{number:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def strength(entry: Entry) -> tuple[Decimal, str] | None:
    """One dose in mg, or in ug/h of a patch; None where it is none at all, not told, or in a unit that is neither."""
    value, unit, _, _ = _as_written(entry)
    if not value or unit not in ("mg", "ug", "ug/h"):
        return None
    return (value / 1000, "mg") if unit == "ug" else (value, unit)


def _fall(entries: Sequence[Entry], records: Records, as_of: date, *, by_strength: bool) -> Computed:
    definitions = records.mappings.definitions
    since = as_of - timedelta(definitions.dose_reduction.window_days + 1)
    supplies: list[Supply] = []
    for entry in entries:
        placed = supply(entry)
        if placed is None:
            return Computed(None)
        if placed.start <= as_of and placed.end > since:
            supplies.append(placed)
    _carry_on(supplies, definitions, by_strength=by_strength)
    if any(_value(one.entry, records) is None for one in supplies):
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
    touching = tuple(one.entry.index for one in supplies if one.end >= threshold_day or one.start <= threshold_day)
    return Computed({"date": threshold_day.isoformat()}, touching)


def _carry_on(supplies: Iterable[Supply], definitions: RecordDefinitions, *, by_strength: bool) -> None:
    """Only the same medicine by the same route carries on a supply, `by_strength` only of the same strength."""
    batches: dict[Hashable, list[Supply]] = {}
    for one in supplies:
        value, unit, route, per_day = _as_written(one.entry)
        strength = (value, unit, per_day if one.entry.phase == "prescribed" else None) if by_strength else ()
        batches.setdefault((one.entry.code, one.entry.phase, route, *strength), []).append(one)
    carry_on(batches, definitions.refill_days.value)


def _steps(supplies: Sequence[Supply], since: date, as_of: date, records: Records) -> list[tuple[date, Decimal]]:
    """The dose from each day of the window on which it changed, oldest first, leaving out days without any supply."""
    changes: dict[date, list[tuple[str, str, Decimal]]] = {}
    for one in supplies:
        value, phase = _value(one.entry, records) or ZERO, _handed_out_or_not(one.entry)
        changes.setdefault(max(one.start, since), []).append((one.entry.code, phase, value))
        if one.end <= as_of:
            changes.setdefault(one.end, []).append((one.entry.code, phase, -value))
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


def _phase(entry: Entry) -> Phase:
    if entry.phase == "administered":
        return "administered"
    return "dispensed" if entry.phase == "dispensed" else "prescribed"


def _handed_out_or_not(entry: Entry) -> str:
    return "prescribed" if _phase(entry) == "prescribed" else "dispensed"


def _as_written(entry: Entry) -> tuple[Decimal | None, str | None, str | None, Decimal | None]:
    """Value, unit and route of one dose by our names, and how many a day."""
    medicine = entry.statement
    assert isinstance(medicine, MedicationStatement)
    dose = medicine.dose
    if dose is None:
        return None, None, None, None
    per_day = dose.per_day
    if per_day is None and medicine.amount_units is not None and medicine.days_supply:
        per_day = medicine.amount_units / medicine.days_supply  # whole: rounded, 100 tablets in 30 days lose a band
    unit, route = dose.unit.strip().lower(), None if dose.route is None else dose.route.strip().lower()
    return dose.value, _UNITS.get(unit, unit), None if route is None else _ROUTES.get(route, route), per_day


def _dose(entry: Entry, records: Records) -> Dose:
    value, unit, route, per_day = _as_written(entry)
    for_pain = not (entry.given_for or _NOTHING).isdisjoint(records.omeq.kept_out.unless_indication)
    return Dose(entry.code, route, value, unit, per_day, _phase(entry), for_pain, (entry.index,))


def _value(entry: Entry, records: Records) -> Decimal | None:
    """What one supply comes to by itself."""
    return omeq([_dose(entry, records)], records.omeq).value
