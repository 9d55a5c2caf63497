"""Each fact at its least and at its most dangerous value.

The whole of "unknown is never absent" stands here. `Person` turns the facts that were sent into pairs of numbers
(least dangerous, most dangerous), equal where all is known. An answer to an open question narrows a pair and never
moves it outward.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Protocol

from cds.answers import Answer, Choice, DatedAnswer, Happened, Overdose, Quantity, Role, State
from cds.content.conditions import DERIVED, EVER, NEVER, SCALE, SHAPES, Property, Shape
from cds.content.vocabulary import Vocabulary
from cds.errors import refuse
from cds.facts import FACT_NAMES, Facts, refuse_the_impossible
from cds.happened import (
    Now,
    Pair,
    days_ago,
    latest_certain,
    loss_spans,
    overdose_spans,
    said_within,
    transition_spans,
)
from cds.status import FRESH, OPEN, STATUS, Status

_NOTHING_KNOWN: Pair = (0, 1)


class Person:
    """One person's facts at `as_of`, seen through a release's validity periods and implications.

    Raises FactError with the path where facts contradict each other or an emergency is not about `as_of`.
    """

    def __init__(self, facts: Facts, as_of: date, vocabulary: Vocabulary) -> None:
        refuse_the_impossible(facts, as_of)
        self.facts = facts
        self.as_of = as_of
        self.vocabulary = vocabulary
        self.status: dict[str, Status] = dict.fromkeys(FACT_NAMES, STATUS[None, False])
        self._wrong: list[tuple[str, str]] = []
        sent = facts.known()
        for name, answer in sent:
            state = answer.state
            fresh = answer.asked_on is None and state is not State.NOT_APPLICABLE
            self.status[name] = FRESH[state] if fresh else self._as_sent(name, answer)
        told = [(name, answer) for name, answer in sent if answer.state is State.YES]
        self.contradicted: dict[str, str] = {}
        """Facts denied by a fresh answer and told of by a dated or an older one: the more dangerous one is used."""
        for name, answer in told:
            if name in vocabulary.wider_within:
                self._imply_by_date(name, answer)
        holding = [name for name, answer in told if name in vocabulary.wider and not _is_none(answer)]
        for name in sorted(holding, key=lambda name: self.status[name].stale):
            self._imply_wider(name)
        refuse(self._wrong)
        for name, answer in sent:
            if answer.state is State.NO and name in vocabulary.narrower and self.status[name].state is State.NO:
                self._imply_narrower(name)
        for name, answer in sent:
            if answer.state is State.NOT_APPLICABLE:
                self._open_what_must_apply(name)
        self._days, self._counts = self._happened()
        self.unclear: frozenset[str] = frozenset()
        """Facts answered without the details that the rules need; set once the rules have been looked at."""
        self.conflicting = frozenset(self.contradicted)
        """Facts on which the sources differ; what is used of them stands in `facts`."""

    def _in_treatment(self) -> tuple[Pair, Pair]:
        status = self.status["agonist_treatment"]
        running = status.state is State.YES
        recorded = int(running), int(running or status.state in OPEN)
        return recorded, (int(running and not status.stale), status.yes[1])

    def _as_sent(self, name: str, answer: Answer) -> Status:
        rule = self.vocabulary[name]
        stale = (
            answer.asked_on is not None
            and rule.valid_days is not None
            and (self.as_of - answer.asked_on).days > rule.valid_days
            and not (rule.yes_stays and answer.state is State.YES)
        )
        if stale and rule.now and answer.state is State.YES:
            self._wrong.append((f"/facts/{name}/asked_on", "is not about as_of; send what is past under overdoses"))
        if answer.state is State.NOT_APPLICABLE and not rule.may_not_apply:
            self._wrong.append((f"/facts/{name}/state", "not_applicable is no answer here; send no or unknown"))
        return STATUS[answer.state, stale]

    def _imply_wider(self, name: str) -> None:
        """A yes is a yes to what includes it. A fresh no to that contradicts a fresh yes and differs from an old."""
        stale = self.status[name].stale
        for wider in self.vocabulary[name].wider:
            status = self.status[wider]
            if status.state in (State.NO, State.NOT_APPLICABLE) and not status.stale:
                if not stale:
                    self._wrong.append((f"/facts/{name}", f"contradicts /facts/{wider}"))
                    continue
                self.contradicted[wider] = name
            if status.state is not State.YES or (status.stale and not stale):
                self.status[wider] = STATUS[State.YES, stale and not self.vocabulary[wider].yes_stays]

    def _imply_by_date(self, name: str, answer: Answer) -> None:
        """Who injected opioids last week has used them this month, whatever else was answered."""
        furthest = latest_certain(answer, self.as_of)
        for wider, days in self.vocabulary[name].wider_within:
            if furthest <= days:
                if self.status[wider].state in (State.NO, State.NOT_APPLICABLE) and not self.status[wider].stale:
                    self.contradicted[wider] = name
                self.status[wider] = STATUS[State.YES, False]

    def _imply_narrower(self, name: str) -> None:
        """A no rules out what it includes, and outweighs an older answer to the same effect."""
        for narrower in self.vocabulary[name].narrower:
            status, answer = self.status[narrower], getattr(self.facts, narrower)
            denies = status.state is not State.YES or _is_none(answer)
            if status.state in OPEN or (status.stale and denies):
                self.status[narrower] = STATUS[State.NO, self.status[name].stale]

    def _open_what_must_apply(self, name: str) -> None:
        """A detail is not "not applicable" while what it belongs to may be there: then it is unknown."""
        rule = self.vocabulary[name]
        absent = any(self.status[owner] is STATUS[State.NO, False] for owner in rule.belongs_to)
        if rule.counts and not absent:
            self.status[name] = STATUS[State.UNKNOWN, False]

    def _happened(self) -> tuple[dict[str, Pair], dict[str, Pair]]:
        facts, as_of = self.facts, self.as_of
        transitions = facts.transitions.items if facts.transitions is not None else ()
        losses = facts.losses.items if facts.losses is not None else ()
        overdoses: Sequence[Overdose] = ()
        asked_on = as_of
        if facts.overdoses is not None:
            overdoses = facts.overdoses.items
            asked_on = facts.overdoses.asked_on or as_of
        bare = not overdoses and self.status["overdoses"].state is State.YES
        days, count = overdose_spans(
            overdoses or ((Overdose(),) if bare else ()), bare or self._more_of("overdoses"), as_of, asked_on
        )
        untold = self._more_of("transitions") or (not transitions and self.status["transitions"].state is State.YES)
        resumed = bool(self.status["opioid_use_now"].yes[1])
        now = Now(*self._in_treatment(), resumed)
        days |= transition_spans(transitions, untold, now, as_of, self.vocabulary.parameters)
        days |= loss_spans(losses, self._more_of("losses"), as_of)
        if not losses and self.status["losses"].state is State.YES:
            days["recent_loss"] = (EVER, 0)
        return days, {"overdoses_in_a_year": count}

    def _more_of(self, name: str) -> bool:
        """Whether there may be items of a list that nobody has told of."""
        answer = getattr(self.facts, name)
        return self.status[name].open or (isinstance(answer, Happened) and answer.complete is False)

    def is_open(self, fact: str) -> bool:
        """Whether a fact is worth asking for: unanswered, too old, or without the details that matter."""
        return self.status[fact].open or fact in self.unclear

    def values(self, properties: Iterable[Property]) -> tuple[list[int], list[int]]:
        """The least and the most dangerous value of each property, in order."""
        status = self.status
        pairs = [
            (status[prop.fact].yes if prop.view == "yes" else status[prop.fact].no)
            if prop.plain
            else _VIEWS[prop.view](self, prop)
            for prop in properties
        ]
        return [least for least, _ in pairs], [most for _, most in pairs]

    def answered(self, fact: str, wanted: State) -> Pair:
        """Whether a fact (sent or derived) is yes, or is no: certainly, possibly."""
        if fact in self._days:
            furthest, nearest = self._days[fact]
            if wanted is State.YES:
                return int(furthest < NEVER), int(nearest < NEVER)
            return int(nearest == NEVER), int(furthest == NEVER)
        if fact == "usable_naloxone":
            has, within = self.status["naloxone"].yes, self._naloxone_within_date()
            usable = has[0] & within[0], has[1] & within[1]
            return usable if wanted is State.YES else (1 - usable[1], 1 - usable[0])
        return self.status[fact].yes if wanted is State.YES else self.status[fact].no

    def refused(self, fact: str) -> Pair:
        """Whether the person declined to answer; that is always certain."""
        declined = int(self.status[fact].state is State.REFUSED)
        return declined, declined

    def _naloxone_within_date(self) -> Pair:
        """Whether there is a spray that has not expired; an empty kit helps nobody."""
        expires, doses = self.facts.naloxone_expires, self.facts.naloxone_doses
        some = int(doses is None or doses.value != 0)
        if expires is None or expires.date is None:
            return _NOTHING_KNOWN if some else (0, 0)
        return some & (expires.date.earliest >= self.as_of), some & (expires.date.latest >= self.as_of)

    def chosen(self, fact: str, value: str | None) -> Pair:
        """Whether a choice has one value: certainly, possibly. Without a role the person is the one at risk."""
        answer, status = getattr(self.facts, fact), self.status[fact]
        if fact == "role" and answer is None:
            return (1, 1) if value == Role.PERSON_AT_RISK else (0, 0)
        if isinstance(answer, Choice) and answer.value is not None:
            return (1, 1) if answer.value == value else (0, int(status.stale))
        return 0, int(status.state in OPEN)

    def number(self, fact: str) -> tuple[int | None, bool]:
        """A quantity in thousandths or a count's pair is asked for elsewhere; None if unknown, and whether stale."""
        answer, status = getattr(self.facts, fact), self.status[fact]
        if isinstance(answer, Quantity) and answer.value is not None:
            return int(answer.value * SCALE), status.stale
        return (None if status.state in OPEN else 0), status.stale

    def at_least(self, fact: str) -> Pair:
        """The number to hold against "at least": least dangerous, most dangerous."""
        shape = SHAPES[fact]
        if shape is Shape.COUNT:
            return self._counts.get(fact) or self._count(fact)
        number, stale = self.number(fact)
        if number is None:
            return -1, NEVER
        return number, NEVER if stale or self._open_above(fact) else number

    def less_than(self, fact: str) -> Pair:
        """The number to hold against "less than"."""
        number, stale = self.number(fact)
        if number is None:
            return NEVER, -1
        return NEVER if self._open_above(fact) else number, -1 if stale else number

    def _open_above(self, fact: str) -> bool:
        return isinstance(answer := getattr(self.facts, fact), Quantity) and answer.open_above

    def _count(self, fact: str) -> Pair:
        fewest = most = 0
        for origin in DERIVED[fact][1]:
            certain, possible = self.status[origin].yes
            fewest += certain
            most += possible
        return fewest, most

    def days(self, fact: str) -> Pair:
        """Days since the last time, to hold against "within n days"."""
        if fact in self._days:
            return self._days[fact]
        status = self.status[fact]
        certain, possible = status.yes
        furthest, nearest = self._when(fact)
        return furthest if certain else NEVER, (0 if status.open else nearest) if possible else NEVER

    def days_over(self, fact: str) -> Pair:
        """Days since the last time, to hold against "more than n days ago"."""
        certain, possible = self.status[fact].yes
        furthest, nearest = self._when(fact)
        return nearest if certain else -1, furthest if possible else -1

    def _when(self, fact: str) -> Pair:
        answer = getattr(self.facts, fact)
        if not isinstance(answer, DatedAnswer) or answer.state is not State.YES:
            return EVER, 0
        if answer.within_days is not None:
            return said_within(answer.within_days, answer.asked_on or self.as_of, self.as_of)
        return days_ago(answer.date, self.as_of)


def _is_none(answer: Answer | None) -> bool:
    """Whether an answer says "nothing of it": a yes to a quantity of zero implies nothing."""
    return isinstance(answer, Quantity) and answer.value == 0


class _View(Protocol):
    def __call__(self, person: Person, prop: Property) -> Pair: ...


_VIEWS: dict[str, _View] = {
    "yes": lambda person, prop: person.answered(prop.fact, State.YES),
    "no": lambda person, prop: person.answered(prop.fact, State.NO),
    "refused": lambda person, prop: person.refused(prop.fact),
    "is": lambda person, prop: person.chosen(prop.fact, prop.value),
    "most": lambda person, prop: person.at_least(prop.fact),
    "least": lambda person, prop: person.less_than(prop.fact),
    "days": lambda person, prop: person.days(prop.fact),
    "days_over": lambda person, prop: person.days_over(prop.fact),
}
