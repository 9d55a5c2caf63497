"""One statement placed in time: which days it speaks for, and whether it still holds on `as_of`.

A partial date is an interval, so each answer is a pair (certainly, possibly). What can be placed only possibly never
makes a fact, and never lets one become a no.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cds.dates import Interval
from cds.happened import CERTAIN, OPEN, OUT, Pair
from cds.records.codes import Problem, Purpose, Reading
from cds.records.content import DateField
from cds.records.doses.omeq import Result
from cds.records.reasons import Reason
from cds.records.statements import (
    ConditionStatement,
    EncounterStatement,
    EncounterStatus,
    MedicationStatement,
    MedicationStatus,
    ObservationStatement,
    Phase,
    Statement,
)


@dataclass(frozen=True, slots=True)
class Computed:
    """What a calculation says of its fact, and the statements it rests on. `answer` None: it cannot be told."""

    answer: dict[str, Any] | None
    statements: tuple[int, ...] = ()
    unclear: tuple[int, ...] = ()
    """Statements whose dose or value could not be computed with."""
    omeq: Result | None = None
    """How a dose came about."""


Days = tuple[date, date]
"""The earliest and the latest day that something can have been."""
_VOID: dict[str, Reason] = {
    "refuted": "refuted",
    "entered_in_error": "entered_in_error",
    "family_history": "family_history",
    "cancelled": "cancelled",
}
DATES: dict[str, tuple[DateField, ...]] = {
    "condition": ("onset", "recorded"),
    "medication": ("start", "end"),
    "encounter": ("start", "end"),
    "observation": ("date",),
}
"""The dates each kind of statement has."""
HANDED_OUT = frozenset({Phase.DISPENSED, Phase.ADMINISTERED})


@dataclass(slots=True)
class Entry:
    """A statement that stands, with its sets, its status and its time."""

    index: int
    statement: Statement
    code: str
    sets: frozenset[str]
    status: str
    phase: str | None
    begin: Days | None
    end: Days | None
    """When it ended or its supply runs out; None where no end is known."""
    last: Days | None
    """The last day it speaks for, as far as that does not depend on the mapping."""
    current: Pair
    assumed: bool = False
    """Its end is only assumed, because nobody told how long the supply lasts."""
    stopped: bool = False
    """An explicit stop of the same medicine came after it."""
    outdated: bool = False
    """Something said since makes it doubtful whether it still holds."""
    given_for: Purpose | None = None
    """What a medicine was given for; None where that is not told."""
    may_be_for: frozenset[Purpose] = frozenset()
    """Where that is not told: what others of the same medicine were given for, or its own code is too short to tell."""
    indication_problem: Problem | None = None
    """Why what it was given for could not be read."""

    @property
    def stops(self) -> bool:
        """Whether it says that a medicine was stopped."""
        return self.status == "stopped" or self.phase == "stopped"

    @property
    def given_once(self) -> bool:
        """Whether it is one dose that was given, which is no course."""
        return self.phase == "administered" and self.status == "completed"

    @property
    def endless(self) -> bool:
        """Whether no end of its own is known: neither a day nor days of supply."""
        return self.assumed or (self.end is None and self.last is None)

    def over(self, as_of: date) -> bool:
        """Whether it is an order whose last day is told and has passed: to what is taken now it adds nothing."""
        return self.phase == "prescribed" and self.end is not None and self.end[1] < as_of

    def day(self, fields: tuple[DateField, ...]) -> Interval | None:
        """The first of these dates that is known."""
        dates = DATES[self.statement.kind]
        for field in fields:
            when: Interval | None = getattr(self.statement, field) if field in dates else None
            if when is not None:
                return when
        return None

    def last_day(self, fields: tuple[DateField, ...]) -> Days | None:
        """The last day it speaks for, seen by a mapping that dates it by these fields."""
        if self.last is not None:
            return self.last
        when = self.day(fields)
        if when is None and isinstance(self.statement, ConditionStatement):
            when = self.statement.recorded
        if when is None and self.phase in HANDED_OUT:
            return self.begin
        return None if when is None else (when.earliest, when.latest)

    def asked_on(self, fields: tuple[DateField, ...], as_of: date) -> date | None:
        """The day from which the fact it makes may go stale; None stands for `as_of`."""
        last = self.last_day(fields)
        return None if last is None or last[0] >= as_of else last[0]


def void(statement: Statement) -> Reason | None:
    """Why a statement does not stand at all, if it does not."""
    return None if statement.status is None else _VOID.get(statement.status)


def placed(index: int, statement: Statement, reading: Reading | None, as_of: date, supply_days: int) -> Entry:
    """A statement that stands. `supply_days`: how long a supply lasts of which nothing is known."""
    sets, code = (frozenset[str](), "") if reading is None else (reading.sets, reading.code)
    if isinstance(statement, EncounterStatement):
        return _stay(index, statement, as_of)
    if isinstance(statement, MedicationStatement):
        return _medicine(Entry(index, statement, code, sets, "", None, None, None, None, OUT), as_of, supply_days)
    status, current = "completed", OUT
    begin = None
    if isinstance(statement, ConditionStatement):
        status = statement.status
        current = CERTAIN if status == "active" else OUT
        begin = _days(statement.onset or statement.recorded)
    elif isinstance(statement, ObservationStatement):
        begin = _days(statement.date)
    return Entry(index, statement, code, sets, status, None, begin, None, None, current)


def unsettled(stay: EncounterStatement, as_of: date) -> bool:
    """Whether a stay may have begun or ended by `as_of` or not.

    A plan does not say that it came about, only a month or a year may be told, or its end has come and it is noted as
    going on.
    """
    begin, end, status = _days(stay.start), _days(stay.end), stay.status
    if status is EncounterStatus.PLANNED:
        return begin is None or begin[0] <= as_of
    if status is EncounterStatus.FINISHED or end is None or end[0] > as_of:
        return False
    return status is EncounterStatus.IN_PROGRESS or as_of < end[1]


def _stay(index: int, stay: EncounterStatement, as_of: date) -> Entry:
    """A stay. One that was planned for a time now past may have come about or not: nothing of it is certain."""
    begin, end = _days(stay.start), _days(stay.end)
    status = stay.status
    past = (begin is not None and begin[1] < as_of) or (end is not None and end[1] < as_of)
    lapsed = status is EncounterStatus.PLANNED and past
    if lapsed:
        status = None
    ended = end is not None and (end[1] <= as_of if status is EncounterStatus.IN_PROGRESS else end[0] <= as_of)
    if status is not EncounterStatus.PLANNED:
        status = EncounterStatus.FINISHED if ended else status or EncounterStatus.IN_PROGRESS
    current = OUT
    if lapsed:
        current = OPEN
    elif status is EncounterStatus.IN_PROGRESS:
        current = both(_begun(begin, as_of, undated=CERTAIN), _lasting(end, as_of))
    return Entry(index, stay, "", frozenset(), status, None, begin, end, end, current)


def _medicine(entry: Entry, as_of: date, supply_days: int) -> Entry:
    medicine = entry.statement
    assert isinstance(medicine, MedicationStatement)
    begin, end = _days(medicine.start), _days(medicine.end)
    phase, status = medicine.phase, medicine.status
    stopped = phase is Phase.STOPPED or status is MedicationStatus.STOPPED
    planned = False
    if stopped and end is not None and end[0] > as_of:
        planned = status is MedicationStatus.ACTIVE
        if planned:
            stopped, phase = False, Phase.PRESCRIBED  # a stop to come: until then it may go on
        else:
            end, entry.statement = None, medicine.model_copy(update={"end": None})  # it was to last that long
    last = end
    handed_out = phase in HANDED_OUT
    lasting = CERTAIN if end is None else _until(end, as_of)
    if end is None and begin is not None and not stopped:
        last = _later(begin, medicine.days_supply) if medicine.days_supply else None
        if handed_out:
            entry.assumed = last is None
            end = last or _later(begin, supply_days)
            lasting = _lasting(end, as_of)
        elif last is not None:
            lasting = _lasting(last, as_of)[0], 1  # beyond its days of supply an order may have been renewed in silence
    elif end is None and medicine.days_supply:
        lasting = OPEN  # of so many days, and nobody tells from when
    over = stopped or (status is MedicationStatus.COMPLETED and not handed_out)
    current = OUT
    if not over:
        current = both(_begun(begin, as_of, undated=OPEN if handed_out else CERTAIN), lasting)
    if planned:
        current = both(current, OPEN)
    entry.status, entry.phase = status, phase
    entry.begin, entry.end, entry.last, entry.current = begin, end, last, current
    return entry


def beyond(entry: Entry) -> Days | None:
    """The first day that a supply no longer covers; None where no end is known.

    A day told as its end is its last valid one. On the day of an explicit stop it may have been taken or not.
    """
    end = entry.end or entry.last
    if end is None or not end_told(entry):
        return end
    return end[0] if entry.stops else end[0] + timedelta(1), end[1] + timedelta(1)


def end_told(entry: Entry) -> bool:
    """Whether its end is a day somebody told, and does not follow from days of supply."""
    medicine = entry.statement
    return isinstance(medicine, MedicationStatement) and medicine.end is not None and entry.end is not None


def _begun(begin: Days | None, as_of: date, undated: Pair) -> Pair:
    if begin is None:
        return undated
    return int(begin[1] <= as_of), int(begin[0] <= as_of)


def _until(end: Days, as_of: date) -> Pair:
    """Whether `as_of` is covered by what ends on a day: that day is its last."""
    return int(end[0] >= as_of), int(end[1] >= as_of)


def _lasting(end: Days | None, as_of: date) -> Pair:
    """Whether it lasts beyond `as_of`: `end` is the first day it no longer covers."""
    return CERTAIN if end is None else (int(end[0] > as_of), int(end[1] > as_of))


def _days(when: Interval | None) -> Days | None:
    return None if when is None else (when.earliest, when.latest)


def _later(days: Days, by: int) -> Days:
    return days[0] + timedelta(by), days[1] + timedelta(by)


def both(one: Pair, other: Pair) -> Pair:
    """Whether two things hold together."""
    return one[0] & other[0], one[1] & other[1]
