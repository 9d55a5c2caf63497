"""The dose of a statement by our names of units and routes, and which statements are one that was sent twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from decimal import Decimal

from cds.records.doses.one_dose import MG, Dose, Phase, Sureness
from cds.records.doses.table import OmeqTable
from cds.records.doses.words import route_of, unit_of
from cds.records.entries import Entry
from cds.records.statements import Dose as Written
from cds.records.statements import MedicationStatement


def doses_of(entries: Iterable[Entry], table: OmeqTable) -> list[tuple[Entry, Dose]]:
    """The dose of each entry; entries that say the same in other words are one, by the first of them.

    They may be one that was sent twice or two of the same, such as a morning's and an evening's: `statements` holds
    all of them. What may be more by one of them may be more.
    """
    found: dict[Hashable, tuple[Entry, list[Dose]]] = {}
    for entry in entries:
        dose = _dose(entry, table)
        days = None if entry.endless else entry.end or entry.last
        same = dose.atc, dose.phase, dose.route, dose.written, entry.begin, days, entry.current, entry.stops
        if same in found:
            found[same][1].append(dose)
        else:
            found[same] = entry, [dose]
    return [(entry, said[0] if len(said) == 1 else _merged(said)) for entry, said in found.values()]


def _merged(said: Sequence[Dose]) -> Dose:
    told = {dose.sureness for dose in said}
    sureness: Sureness = "more" if "more" in told else "exact" if "exact" in told else "packs"
    return replace(said[0], sureness=sureness, statements=tuple(index for dose in said for index in dose.statements))


def strength(entry: Entry) -> tuple[Decimal, str] | None:
    """One dose in mg, or in ug/h of a patch; None where it is none at all, not told, or in a unit that is neither."""
    medicine = entry.statement
    assert isinstance(medicine, MedicationStatement)
    if medicine.dose is None:
        return None
    value, unit = _value_and_unit(medicine.dose)
    return (value, unit) if value and unit in ("mg", "ug/h") else None


def _value_and_unit(dose: Written) -> tuple[Decimal, str]:
    """Micrograms are told as mg, so that a dose is one whatever its unit."""
    unit = unit_of(dose.unit)
    return (dose.value * MG[unit], "mg") if unit == "ug" else (dose.value, unit)


def _dose(entry: Entry, table: OmeqTable) -> Dose:
    medicine = entry.statement
    assert isinstance(medicine, MedicationStatement)
    phase: Phase = "prescribed"
    if entry.phase == "dispensed":
        phase = "dispensed"
    elif entry.phase == "administered":
        phase = "administered"
    for_pain = entry.given_for is not None and not entry.given_for.isdisjoint(table.kept_out.unless_indication)
    dose = medicine.dose
    if dose is None:
        return Dose(entry.code, None, None, None, None, phase, for_pain, (entry.index,))
    per_day, days = dose.per_day, 1
    if per_day is None and medicine.amount_units is not None and medicine.days_supply:
        per_day, days = medicine.amount_units, medicine.days_supply
    value, unit = _value_and_unit(dose)
    route = None if dose.route is None else route_of(dose.route)
    sureness = _sureness(entry.code, route, medicine, table)
    return Dose(entry.code, route, value, unit, per_day, phase, for_pain, (entry.index,), days, sureness)


def _sureness(atc: str, route: str | None, medicine: MedicationStatement, table: OmeqTable) -> Sureness:
    """Whether the dose is the whole of it, by its times a day and by the amount for so many days.

    Amounts are often told in packs, and patches worn several at a time. The amount may differ from the times a day by
    rounding: it may last a part of a day longer.
    """
    often = None if medicine.dose is None else medicine.dose.per_day
    amount, days = medicine.amount_units, medicine.days_supply
    if route == "transdermal":
        shortest, longest = table.patches.days_worn(atc)
        if often is not None and often * shortest > 1:
            return "more"
        if amount is None or not days:
            return "exact"
        too_few = often is None and longest is not None and amount * longest < days
        return "more" if too_few or amount * shortest > days else "exact"
    if amount is None or not days:
        return "exact"
    if often is None:
        return "packs" if amount < days else "exact"
    return "more" if often and amount >= often * (days + 1) else "exact"
