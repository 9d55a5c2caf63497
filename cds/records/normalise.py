"""Coded statements of a record turned into facts, by the value sets and mappings of a release. Pure.

No statement is lost: what made a fact stands in its origins, everything else in `not_used` with the reason. What the
record does not say stays unknown, unless the caller says that the record is whole for that fact; and even then not
where an entry could not be read, could not be placed in time, or is a reason to ask.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from cds.answers import MAX_ITEMS, State
from cds.errors import refuse
from cds.facts import Facts
from cds.happened import OUT, Pair
from cds.records.ahead import leave_open, lying_ahead, yet_to_begin
from cds.records.around import Around
from cds.records.calculations import CALCULATIONS, SUMS
from cds.records.choices import Choices, asked_last
from cds.records.codes import Reading
from cds.records.content import GivesDetail, GivesItem, GivesValue, Mapping, Records
from cds.records.content import Together as TogetherWith
from cds.records.doses.lines import OmeqLine, omeq_line
from cds.records.doses.omeq import Result
from cds.records.doses.together import at_least
from cds.records.entries import Entry, placed, unsettled, void
from cds.records.items import Event, EventsByDay, events_of, newest_first
from cds.records.left_open import LeftOpen, Wider, never_denied, not_answered
from cds.records.mappings import Mappings
from cds.records.outdated import say_what_is_doubtful
from cds.records.purposes import note_purpose, over_for, told_by_others, why_unclear
from cds.records.reasons import NotUsed, Reason, not_used
from cds.records.statements import EncounterStatement, MedicationStatement, Statement
from cds.records.stays import say_what_has_ended
from cds.records.stops import may_lie_ahead


@dataclass(frozen=True, slots=True)
class Normalised:
    """The facts that statements make, the statements behind each, and those that made none."""

    facts: Facts
    origins: dict[str, tuple[int, ...]]
    not_used: tuple[NotUsed, ...]
    omeq: OmeqLine | None = None


class Normaliser:
    """Reads statements under one release. Made once; safe to share between threads."""

    def __init__(self, records: Records, wider: Wider) -> None:
        self.mappings = Mappings(records)
        self.wider = wider

    def normalise(self, statements: Sequence[Statement], complete: Iterable[str], as_of: date) -> Normalised:
        """The facts of a record at `as_of`. Raises FactError with the path of everything that cannot be."""
        return _Reading(self.mappings, self.wider, as_of).read(statements, list(complete))


class _Reading:
    """One record being read."""

    def __init__(self, mappings: Mappings, wider: Wider, as_of: date) -> None:
        self.mappings = mappings
        self.definitions = mappings.records.mappings.definitions
        self.as_of = as_of
        self.reasons: dict[int, set[Reason]] = {}
        self.used: set[int] = set()
        self._code = cache(mappings.codes.read)
        """What a code means; records say the same few over and over."""
        self.around = Around(self.definitions, as_of)
        self.unread_stops: list[Entry] = []
        self.wrongly_ahead: list[tuple[str, str]] = []
        self.to_come: list[Entry] = []
        """Prescriptions that are yet to begin."""
        self.open = LeftOpen(mappings, wider)
        self.choices = Choices(as_of)
        self.shared_days: dict[tuple[str, tuple[str, ...]], set[date]] = {}
        """The days whose supplies of other sets were named for a fact: once is enough."""
        self.events: dict[str, list[Event]] = {}
        self.details: dict[str, list[tuple[str, Event]]] = {}
        self.computed: dict[str, list[Entry]] = {}
        self.dose: Result | None = None
        self.notes: list[NotUsed] = []
        self.made: dict[str, dict[str, Any]] = {}
        self.origins: dict[str, tuple[int, ...]] = {}

    def read(self, statements: Sequence[Statement], said_complete: Sequence[str]) -> Normalised:
        complete = frozenset(said_complete)
        entries = [entry for index, statement in enumerate(statements) if (entry := self._placed(index, statement))]
        wrong = not_answered(said_complete, self.mappings)
        refuse([*self.wrongly_ahead, *wrong] if self.wrongly_ahead else ())
        say_what_is_doubtful(entries, self.unread_stops, self.definitions.supply_days_unknown.value, self.as_of)
        say_what_has_ended(entries)
        told_by_others([*entries, *self.to_come], self.definitions.course_gap_days.value)
        leave_open(self.to_come, entries, self.mappings, self.open, self.choices)
        for entry in entries:
            self._apply(entry)
        self._make_answers()
        self._make_lists(complete)
        denied = complete - self.open.possible(self.made) if complete else complete
        refuse([*wrong, *never_denied(said_complete, denied)])
        self.made |= {name: {"state": State.NO} for name in sorted(denied)}
        unused = not_used({index: why for index, why in self.reasons.items() if index not in self.used}, self.notes)
        facts = Facts.model_validate(self.made)
        counting = {entry.index for entry in self.computed.get("omeq_mg_per_day", ())}
        beside = [entry for entry in entries if entry.index not in counting]
        whole = not self.made.get("omeq_mg_per_day", {}).get("at_least", False)
        dose = omeq_line(self.dose, beside, whole, self.mappings.records.omeq)
        return Normalised(facts, dict(sorted(self.origins.items())), unused, dose)

    def _placed(self, index: int, statement: Statement) -> Entry | None:
        why = void(statement)
        reading: Reading | None = None
        purpose: Reading | None = None
        if why is None:
            self.wrongly_ahead += lying_ahead(index, statement, self.as_of)
            if isinstance(statement, MedicationStatement) and (told := statement.indication) is not None:
                purpose = self._code(told.system, told.code)
            if not isinstance(statement, EncounterStatement):
                reading = self._code(statement.system, statement.code)
                why = reading.problem
                if why is not None:
                    self._unread(index, statement, reading)
        names_a_fact = purpose is not None and self.open.named_by(purpose, over_for(statement, self.as_of))
        if why is not None:
            self.reasons[index] = {why}
            return None
        entry = placed(index, statement, reading, self.as_of, self.definitions.supply_days_unknown.value)
        if purpose is not None:
            note_purpose(entry, purpose)
        self.reasons[index] = {"weak_evidence"} if names_a_fact else {"not_relevant"}
        return self._placed_beside(entry, reading)

    def _placed_beside(self, entry: Entry, reading: Reading | None) -> Entry | None:
        """A statement that stands, beside the others; None where it is a prescription that is yet to begin."""
        index, statement = entry.index, entry.statement
        if reading is not None and reading.below:
            self.open.unread(statement.kind, reading)
        if entry.begin and entry.begin[0] > self.as_of and yet_to_begin(statement, self.as_of):
            self.reasons[index].add("outside_window")
            self.to_come.append(entry)
            return None
        if reading is not None and reading.below:
            self.reasons[index].add("weak_evidence")
            self.around.add_unclear(entry, reading.below)
        if may_lie_ahead(entry, self.as_of):
            self.open.add(*self.mappings.facts_of(entry.sets, "medication"))
            self.reasons[index].add("date_unclear")
        if isinstance(statement, EncounterStatement) and unsettled(statement, self.as_of):
            self._leave_stays_open(index, statement)
        self.around.add(entry)
        return entry

    def _unread(self, index: int, statement: Statement, reading: Reading) -> None:
        self.open.unread(statement.kind, reading)
        maybe = replace(reading, sets=reading.below or self.mappings.medicines)
        unread = placed(index, statement, maybe, self.as_of, 0)
        if unread.stops:
            self.unread_stops.append(unread)
        if not yet_to_begin(statement, self.as_of):
            self.around.add_unclear(unread, reading.below)

    def _leave_stays_open(self, index: int, stay: EncounterStatement) -> None:
        """Where somebody stays and what they left is open where a stay may have begun or ended or not."""
        kind = stay.class_.value
        if kind in self.mappings.stays:
            self.open.add(*(mapping.fact for mappings in self.mappings.stays.values() for mapping in mappings))
            self.reasons[index].add("date_unclear")
        for mapping in self.mappings.stays.get(kind, ()):
            if mapping.gives == "dated":
                self.choices.may_be(mapping.fact, stay.end)

    def _apply(self, entry: Entry) -> None:
        for mapping in self.mappings.of(entry):
            met = self.around.met(entry, mapping)
            if met is None:
                continue
            if mapping.requires.together is not None and met[1]:
                self._apply_together(entry, mapping, mapping.requires.together, met)
                continue
            if met[1] == 0:
                self.reasons[entry.index].add("outside_window")
                if mapping.requires.current and self.around.ran_out_lately(entry):
                    self.open.ran_out.add(mapping.fact)
            elif met[0] == 0:
                self.reasons[entry.index].add(why_unclear(entry, mapping.requires))
                if mapping.gives == "ask":
                    self.open.add(mapping.fact)
                else:
                    self.open.uncertain.add(mapping.fact)
                if isinstance(mapping.gives, GivesValue) and not entry.stopped:
                    self.choices.may_be(mapping.fact, mapping.gives.value)
                elif mapping.gives == "dated":
                    self.choices.may_be(mapping.fact, entry.day(mapping.dated_by))
            else:
                self._give(entry, mapping)

    def _apply_together(self, entry: Entry, mapping: Mapping, wanted: TogetherWith, met: Pair) -> None:
        """A supply that shared days with another: both make the fact, from the last day they shared."""
        shared = self.around.shared(entry, wanted)
        if met[0] and shared.last is not None:
            asked_on = None if shared.last >= self.as_of else shared.last
            told = self.shared_days.setdefault((mapping.fact, wanted.sets), set())
            others = () if shared.last in told else shared.others
            told.add(shared.last)
            self.choices.say(mapping.fact, (entry.index, *others), asked_on)
        elif shared.met[1]:
            self.reasons[entry.index].add("date_unclear")
            self.open.uncertain.add(mapping.fact)
        else:
            self.reasons[entry.index].add("outside_window")

    def _give(self, entry: Entry, mapping: Mapping) -> None:
        fact, gives, fields = mapping.fact, mapping.gives, mapping.dated_by
        if gives == "ask":
            (self.open.ran_out.add if fact in SUMS and entry.over(self.as_of) else self.open.add)(fact)
            self.reasons[entry.index].add("weak_evidence")
        elif gives == "yes":
            self.choices.say(fact, (entry.index,), entry.asked_on(fields, self.as_of))
        elif gives == "dated":
            when = entry.day(fields)
            if when is not None:
                self.choices.say(fact, (entry.index,), entry.asked_on(fields, self.as_of), when)
        elif gives == "computed":
            self.computed.setdefault(fact, []).append(entry)
        elif isinstance(gives, GivesValue):
            self.choices.say(fact, (entry.index,), entry.asked_on(fields, self.as_of), gives.value)
        elif isinstance(gives, GivesItem):
            statement = entry.statement
            item = gives.item | (statement.details if isinstance(statement, EncounterStatement) else {})
            self.events.setdefault(fact, []).append(Event(item, entry.day(fields), [entry.index]))
        elif isinstance(gives, GivesDetail):
            detail = Event(dict(gives.detail), entry.day(fields), [entry.index])
            self.details.setdefault(fact, []).append((mapping.kind, detail))

    def _make(self, fact: str, answer: dict[str, Any], statements: Iterable[int]) -> None:
        behind = tuple(sorted(set(statements)))
        self.made[fact] = {"state": State.YES} | answer
        self.origins[fact] = behind
        self.used.update(behind)

    def _make_answers(self) -> None:
        for fact, entries in self.computed.items():
            done = CALCULATIONS[fact](entries, self.mappings.records, self.as_of)
            answer = done.answer
            if fact in SUMS and answer is not None and fact in self.open:
                answer = at_least(answer)
            elif fact in self.open.uncertain:
                answer = None
            if answer is not None:
                behind = set(done.statements)
                days = [entry.asked_on((), self.as_of) for entry in entries if entry.index in behind]
                self._make(fact, asked_last(days) | answer, done.statements)
            else:
                self.open.uncertain.add(fact)
            why: Reason = "value_unclear" if entries[0].statement.kind == "observation" else "dose_not_computable"
            self.notes += [NotUsed(index, why, fact) for index in done.unclear]
            self.dose = done.omeq or self.dose
        for fact, chosen, said_by in self.choices.made():
            if chosen is None:
                self.open.uncertain.add(fact)
                self.used.update(said_by)
            else:
                self._make(fact, chosen, said_by)

    def _make_lists(self, complete: frozenset[str]) -> None:
        same = self.definitions.same_event_days.value
        for fact, found in self.events.items():
            events = events_of(found, same)
            details = self.details.get(fact, ())
            by_day = EventsByDay(events if details else (), same)
            for kind, detail in details:
                self._detail(fact, kind, detail, by_day.give(detail))
            events.sort(key=newest_first)
            kept, rest = events[:MAX_ITEMS], events[MAX_ITEMS:]
            for event in rest:
                for index in event.statements:
                    self.reasons[index] = {"too_many"}
            several = any(event.several and not event.kind for event in kept)  # of one kind only the last counts
            whole = fact in complete and not rest and not several and fact not in self.open
            answer: dict[str, Any] = {"items": [event.as_item() for event in kept]}
            if not whole:
                days = [event.when.earliest if event.when is not None else None for event in kept]
                answer |= asked_last([day for day in days if day is not None]) | {"complete": False}
            self._make(fact, answer, (index for event in kept for index in event.statements))
        for fact in self.details.keys() - self.events.keys():
            for kind, detail in self.details[fact]:
                self._detail(fact, kind, detail, OUT)

    def _detail(self, fact: str, kind: str, detail: Event, found: Pair) -> None:
        """Name a detail that no event took, and leave its list open: it may speak of one that the list lacks."""
        if not found[0]:
            self.reasons[detail.statements[0]].add("date_unclear" if found[1] else "no_such_event")
            if kind != "encounter":
                self.open.add(fact)
