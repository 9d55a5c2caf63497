"""The dose of a statement by our names of units and routes, and which statements are one that was sent twice."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import replace
from decimal import Decimal

from cds.records.doses.one_dose import MG, Dose, Phase
from cds.records.doses.table import OmeqTable
from cds.records.doses.words import route_of, unit_of
from cds.records.entries import Entry
from cds.records.statements import Dose as Written
from cds.records.statements import MedicationStatement


def doses_of(entries: Iterable[Entry], table: OmeqTable) -> list[tuple[Entry, Dose]]:
    """The dose of each entry; entries that say the same in other words are one, by the first of them."""
    found: dict[Hashable, tuple[Entry, Dose, list[int]]] = {}
    for entry in entries:
        dose = _dose(entry, table)
        days = None if entry.endless else entry.end or entry.last
        same = dose.atc, dose.phase, dose.route, dose.written, entry.begin, days, entry.current, entry.stops
        if same in found:
            found[same][2].append(entry.index)
        else:
            found[same] = entry, dose, [entry.index]
    return [
        (entry, dose if len(sent) == 1 else replace(dose, statements=tuple(sent)))
        for entry, dose, sent in found.values()
    ]


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
    return Dose(entry.code, route, value, unit, per_day, phase, for_pain, (entry.index,), days)
