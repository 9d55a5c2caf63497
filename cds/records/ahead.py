"""What of a record lies after `as_of`: dates that cannot, and prescriptions that are yet to begin."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from cds.dates import Interval
from cds.happened import OUT
from cds.records.calculations import SUMS
from cds.records.choices import Choices
from cds.records.content import GivesValue
from cds.records.doses.as_written import strength
from cds.records.entries import DATES, Entry
from cds.records.left_open import LeftOpen
from cds.records.mappings import Mappings
from cds.records.purposes import given_for
from cds.records.statements import (
    EncounterStatement,
    EncounterStatus,
    MedicationStatement,
    MedicationStatus,
    Phase,
    Statement,
)


def lying_ahead(index: int, statement: Statement, as_of: date) -> list[tuple[str, str]]:
    """The path of each date that lies after `as_of` and cannot, and why."""
    wrong = []
    for field in DATES[statement.kind]:
        when: Interval | None = getattr(statement, field)
        if when is not None and when.earliest > as_of and not _may_lie_ahead(field, statement):
            wrong.append((f"/statements/{index}/{field}", "lies after as_of"))
    return wrong


def _may_lie_ahead(field: str, statement: Statement) -> bool:
    if isinstance(statement, EncounterStatement):
        if field == "start":
            return statement.status is EncounterStatus.PLANNED
        return statement.status is not EncounterStatus.FINISHED
    return field == "end" or (isinstance(statement, MedicationStatement) and _is_order(statement))


def _is_order(medicine: MedicationStatement) -> bool:
    return medicine.phase is Phase.PRESCRIBED and medicine.status is not MedicationStatus.STOPPED


def yet_to_begin(statement: Statement, as_of: date) -> bool:
    """Whether it is a prescription that begins after `as_of`, so that nothing of it is taken now."""
    return (
        isinstance(statement, MedicationStatement)
        and statement.start is not None
        and statement.start.earliest > as_of
        and _is_order(statement)
    )


def leave_open(
    orders: Sequence[Entry], entries: Iterable[Entry], mappings: Mappings, facts: LeftOpen, choices: Choices
) -> None:
    """Leave open what prescriptions yet to begin may speak of: each may renew something running that was not sent.

    A sum is left whole where the record holds what is renewed: the same medicine and strength, running for sure.
    """
    if not orders:
        return
    running = {(entry.code, strength(entry)) for entry in entries if entry.phase is not None and entry.current[0]}
    for order in orders:
        one_dose = strength(order)
        renews = one_dose is not None and (order.code, one_dose) in running
        facts.add(*mappings.facts_of(order.sets, "medication") - (SUMS if renews else frozenset()))
        for mapping in mappings.of(order):
            if isinstance(mapping.gives, GivesValue) and given_for(order, mapping.requires) != OUT:
                choices.may_be(mapping.fact, mapping.gives.value)
