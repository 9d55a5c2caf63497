"""What the current supplies of opioids come to a day together.

What cannot be placed or computed makes the result open, never smaller. The arithmetic of one day stands in `omeq`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from cds.records.content import Records
from cds.records.doses.as_written import doses_of
from cds.records.doses.omeq import STEP, Result, omeq
from cds.records.doses.one_dose import ENDLESS, EXACT, Dose, Orders, Read, Reason, read_dose
from cds.records.doses.renewals import Part, counted_together
from cds.records.doses.table import OmeqTable
from cds.records.entries import Computed, Entry


def current_result(entries: Sequence[Entry], records: Records) -> tuple[Result, bool]:
    """What all of `entries`, which are current, come to; whether nothing can come on top of it.

    Statements that say the same count once, and may be two. Only a supply whose dose can be computed takes the place of
    another: a refill with an unclear dose does not undo what is still being taken.
    """
    table = records.omeq
    sent = doses_of(entries, table)
    parts: list[Part] = []
    unclear: list[Dose] = []
    with localcontext(EXACT):
        orders = Orders(dose for _, dose in sent)
        for entry, dose in sent:
            read = read_dose(dose, table)
            supply = orders.read(dose, table) if read is Reason.MISSING_PER_DAY else None
            if supply is not None:
                parts.append(Part(entry, dose, supply.mg, supply.mg, as_ordered=True))
            elif isinstance(read, Reason):
                unclear.append(dose)
            else:
                parts.append(Part(entry, dose, read.mg, _most(read, orders, table)))
        counted, sure = counted_together(parts, records.mappings.definitions.refill_days.value)
    return omeq([*unclear, *counted], table), sure


def _most(read: Read, orders: Orders, table: OmeqTable) -> Decimal:
    """What a dose may come to, mg a day: packs what is ordered of them; said twice, twice as much as once.

    Two packs of what is ordered are no more than that.
    """
    dose = read.dose
    if dose.sureness == "packs":
        ordered = orders.read(replace(dose, per_day=None, days=1), table)
        return ENDLESS if ordered is None else max(ordered.mg, read.mg)
    if dose.sureness == "more":
        return ENDLESS
    return read.mg * len(dose.statements) if dose.said_twice and not orders.hold(dose) else read.mg


def current_dose(entries: Sequence[Entry], records: Records, as_of: date) -> Computed:
    """mg of oral morphine a day. Where one dose is not computable, the others are what it is at least."""
    result, sure = current_result(entries, records)
    unclear = {index for line in result.not_computable for index in line.statements}
    if not result.counted:
        return Computed(None, unclear=tuple(sorted(unclear)), omeq=result)
    clear = tuple(entry.index for entry in entries if entry.index not in unclear)
    answer = {"value": told(result.at_least)}
    whole = sure and result.value is not None
    return Computed(answer if whole else at_least(answer), clear, tuple(sorted(unclear)), omeq=result)


def at_least(answer: dict[str, Any]) -> dict[str, Any]:
    """A dose to which more may come."""
    return answer | {"at_least": True}


def told(number: Decimal) -> str:
    """A number of mg without zeros at its end. What rounds to nothing is not nothing: the smallest that can be told."""
    text = f"{max(number, STEP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
