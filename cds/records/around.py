"""One entry beside the rest of its record: what else of its set goes on, its course, and days shared with others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from cds.happened import CERTAIN, OPEN, Pair
from cds.records.content import Mapping
from cds.records.content import Together as TogetherWith
from cds.records.definitions import RecordDefinitions
from cds.records.entries import Days, Entry, beyond, both
from cds.records.going_on import GoingOn
from cds.records.requirements import meets
from cds.records.statements import MedicationStatement
from cds.records.supplies import Courses, Shared, Together, possible_days, told_days


class Around:
    """The entries of one record by value set, and what is worked out from them once it is asked for."""

    def __init__(self, definitions: RecordDefinitions, as_of: date) -> None:
        self._definitions = definitions
        self._as_of = as_of
        self._lately = as_of - timedelta(definitions.course_gap_days.value)
        self._of_set: dict[str, list[Entry]] = {}
        self._may_be_of_set: dict[str, list[Entry]] = {}
        self._going_on: dict[str, GoingOn] = {}
        self._courses: dict[str, tuple[Courses, ...]] = {}
        self._together: dict[tuple[tuple[str, ...], int], Together] = {}
        self._last_said: dict[tuple[frozenset[str], Sequence[str]], date | None] = {}
        self._last_given: dict[str, date | None] = {}

    def add(self, entry: Entry) -> None:
        """Take in one entry; all are, before the first is looked at."""
        for name in entry.sets:
            self._of_set.setdefault(name, []).append(entry)

    def add_unclear(self, entry: Entry, sets: Iterable[str]) -> None:
        """Take in what may be of these sets, because its code is too short to tell."""
        for name in sets:
            self._may_be_of_set.setdefault(name, []).append(entry)

    def shared(self, entry: Entry, wanted: TogetherWith) -> Shared:
        """The days a supply shared with those of other sets."""
        what = wanted.sets, wanted.within_days
        if what not in self._together:
            others = {other.index: other for name in wanted.sets for other in self._medicines(name)}.values()
            days = self._definitions.overlap_days.value
            self._together[what] = Together(others, days, self._as_of, wanted.within_days)
        return self._together[what].shared(entry)

    def ran_out_lately(self, entry: Entry) -> bool:
        """Whether a supply ended so short a time ago that the next one may carry it on: what is left may be taken."""
        if entry.end is None or entry.end[1] < self._lately - timedelta(1):
            return False
        end = beyond(entry)
        if end is None or not self._lately <= end[1] <= self._as_of:
            return False
        return not (entry.stops or entry.given_once)

    def met(self, entry: Entry, mapping: Mapping) -> Pair | None:
        """Whether a statement is as its mapping wants it, the rest of the record taken into account."""
        requires = mapping.requires
        if requires.nothing_else:
            return CERTAIN
        met = meets(entry, requires, mapping.dated_by, self._as_of)
        if met is None or met[1] == 0 or mapping.set is None:
            return met
        if requires.outdated_by and met[0] and self._outdated(entry, requires.outdated_by):
            met = OPEN
        if requires.not_given_since and met[0] and self._given_since(entry, mapping.set):
            met = OPEN
        if requires.nothing_else_current:
            if mapping.id not in self._going_on:
                medicines, gap = self._medicines(mapping.set), self._definitions.course_gap_days.value
                self._going_on[mapping.id] = GoingOn(medicines, requires, gap, self._as_of)
            certain, possible = self._going_on[mapping.id].beside(entry)
            if certain:
                return None
            if possible:
                met = 0, met[1]
        if requires.course_days is not None:
            met = both(met, self._long_enough(entry, mapping.set, requires.course_days))
        return met

    def _outdated(self, entry: Entry, sets: Sequence[str]) -> bool:
        """Whether something of these sets was said on the same day or later, or what may be of them.

        Of its own set only a diagnosis that is over speaks against it; of another, one that is over does not, nor one
        too short to tell: dependence (F11.2) is no sign that somebody is abstinent (F11.20).
        """
        own = entry.sets.intersection(sets)
        if (own, sets) not in self._last_said:
            days = [
                _last_said_on(other, self._as_of)
                for name in sets
                for other in self._of_set.get(name, ())
                if (other.status in ("resolved", "history") if name in own else other.status != "resolved")
            ]
            days += [
                _last_said_on(other, self._as_of)
                for name in sets
                for other in self._may_be_of_set.get(name, ())
                if (other.status in ("resolved", "history") if name in own else other.phase is not None)
            ]
            self._last_said[own, sets] = max(days, default=None)
        last, said = self._last_said[own, sets], _said_on(entry)
        return last is not None and (said is None or said[0] <= last)

    def _given_since(self, entry: Entry, name: str) -> bool:
        """Whether a dose of a set was given on the day on which this began or later, or what may be of the set."""
        if name not in self._last_given:
            others = (*self._of_set.get(name, ()), *self._may_be_of_set.get(name, ()))
            given = [_last_said_on(other, self._as_of) for other in others if other.phase == "administered"]
            self._last_given[name] = max(given, default=None)
        last = self._last_given[name]
        return last is not None and (entry.begin is None or entry.begin[0] <= last)

    def _medicines(self, name: str) -> list[Entry]:
        """The medicines of a set. It may hold diagnoses too, and a diagnosis is no supply."""
        return [entry for entry in self._of_set.get(name, ()) if isinstance(entry.statement, MedicationStatement)]

    def _long_enough(self, entry: Entry, name: str, days: int) -> Pair:
        """Whether its course is so many days long: as told, as it may be. One of unknown length counts."""
        if entry.begin is None:
            return CERTAIN
        if name not in self._courses:
            medicines, gap = self._medicines(name), self._definitions.course_gap_days.value
            told = (covered for medicine in medicines if (covered := told_days(medicine)) is not None)
            self._courses[name] = Courses(told, gap), Courses(map(possible_days, medicines), gap)
        end = entry.begin if entry.given_once and entry.assumed else beyond(entry)
        until = self._as_of if end is None else min(end[1], self._as_of)
        sure, possible = (courses.long_enough(entry.begin[0], until, days) for courses in self._courses[name])
        return int(sure), int(possible)


def _said_on(entry: Entry) -> Days | None:
    """The day on which a medicine began or a diagnosis was recorded."""
    return entry.begin if entry.phase is not None else entry.last_day(())


def _last_said_on(entry: Entry, as_of: date) -> date:
    """The last day on which that may have been said. What ended cannot have begun later."""
    if entry.phase == "administered" and entry.end is not None and not entry.assumed:
        return min(entry.end[1], as_of)
    said = _said_on(entry) or entry.begin or entry.end
    return as_of if said is None else said[1]
