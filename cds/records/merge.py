"""What was said and what the record says, made into one set of facts.

Where the two differ the more dangerous one is used, and both are named. Where neither way is the more dangerous, the
fact is taken for unknown, so that both stay possible. What one of them leaves open the other may fill.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from cds.answers import MAX_ITEMS, Answer, Choice, DatedAnswer, Happened, Quantity, State
from cds.content.vocabulary import Vocabulary
from cds.dates import Interval
from cds.errors import FactError
from cds.facts import FACT_NAMES, Facts
from cds.happened import days_ago, said_within
from cds.records.items import Dated
from cds.records.lists import Lists

_OPEN = (State.UNKNOWN, State.REFUSED)
_DENIED = (State.NO, State.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Conflict:
    """One fact on which what was sent and what else is known differ, and what was used.

    What else is known are `statements`, by their place in the request, or the date of another fact (`implied_by`).
    """

    fact: str
    sent: str
    derived: str
    used: str
    statements: tuple[int, ...]
    implied_by: str | None = None


@dataclass(frozen=True, slots=True)
class Merged:
    """The facts to be assessed, and on which of them the sources differ."""

    facts: Facts
    conflicts: tuple[Conflict, ...] = ()


class _Merger:
    def __init__(
        self,
        sent: Facts,
        derived: Facts,
        origins: Mapping[str, tuple[int, ...]],
        as_of: date,
        vocabulary: Vocabulary,
        *,
        same_event_days: int,
    ) -> None:
        self.sent = dict(sent.known())
        self.derived = dict(derived.known())
        self.origins = origins
        self.as_of = as_of
        self.vocabulary = vocabulary
        self.same_event_days = same_event_days
        self.used: dict[str, Answer] = dict(self.sent)
        self.conflicts: dict[str, Conflict] = {}

    def merge(self) -> Merged:
        for name, derived in self.derived.items():
            sent = self.sent.get(name)
            self.used[name] = derived if sent is None else self._one(name, sent, derived)
        for name in FACT_NAMES:
            self._imply(name)
        for name in FACT_NAMES:
            self._open_detail(name)
        facts = Facts.model_validate({name: self.used[name] for name in FACT_NAMES if name in self.used})
        ordered = tuple(self.conflicts[name] for name in FACT_NAMES if name in self.conflicts)
        return Merged(facts, ordered)

    def _one(self, name: str, sent: Answer, derived: Answer) -> Answer:
        """The answer to use for a fact that both have."""
        if sent.state is State.UNKNOWN:
            return derived
        if sent.state is State.REFUSED or derived.state is State.UNKNOWN:
            return derived if derived.state is State.YES else sent
        if sent.state is State.NOT_APPLICABLE and derived.state is not State.YES:
            return sent
        if sent.state is not derived.state:
            used = self._more_dangerous(name, sent, derived)
        elif sent.state is State.NO:
            return _asked(sent, _newest(sent, derived))
        else:
            used, differ = self._both_yes(name, sent, derived)
            if not differ:
                return used
        self._differ(name, sent, derived, used)
        return used

    def _differ(self, name: str, sent: Answer, derived: Answer, used: Answer, because_of: str | None = None) -> None:
        statements = self.origins.get(because_of or name, ())
        self.conflicts[name] = Conflict(name, told(sent), told(derived), told(used), statements)

    def _more_dangerous(self, name: str, sent: Answer, derived: Answer) -> Answer:
        """Of a yes and a no."""
        yes, no = (sent, derived) if sent.state is State.YES else (derived, sent)
        match self.vocabulary.content[name].direction:
            case "no":
                return no
            case "none":
                fresh = [answer for answer in (yes, no) if not self._stale(name, answer)]
                return fresh[0] if len(fresh) == 1 else type(sent)(state=State.UNKNOWN)
            case _ if isinstance(yes, Happened) and yes is derived:
                return yes.model_copy(update={"complete": False})
            case _:
                return yes

    def _stale(self, name: str, answer: Answer) -> bool:
        rule = self.vocabulary[name]
        if rule.valid_days is None or answer.asked_on is None or (rule.yes_stays and answer.state is State.YES):
            return False
        return (self.as_of - answer.asked_on).days > rule.valid_days

    def _both_yes(self, name: str, sent: Answer, derived: Answer) -> tuple[Answer, bool]:
        """The answer to use where both say yes, and whether their details differ."""
        if isinstance(sent, Happened) and isinstance(derived, Happened):
            return self._lists(name, sent, derived)
        if isinstance(sent, DatedAnswer) and isinstance(derived, DatedAnswer):
            return self._dates(name, sent, derived)
        if isinstance(sent, Quantity) and isinstance(derived, Quantity):
            return self._quantities(name, sent, derived)
        if isinstance(sent, Choice) and isinstance(derived, Choice) and sent.value != derived.value:
            dangerous = self.vocabulary.content[name].direction
            chosen = next((answer for answer in (sent, derived) if answer.value == dangerous), None)
            return chosen or type(sent)(state=State.UNKNOWN), True
        return _asked(sent, _newest(sent, derived)), False

    def _lists(self, name: str, sent: Happened[Any], derived: Happened[Any]) -> tuple[Answer, bool]:
        """All items of both. A whole list that lacks one of the other's is not whole, and the two differ."""
        lists = Lists(sent.asked_on or self.as_of, self.same_event_days)
        both = lists.joined(sent.items, derived.items)
        if len(both.items) > MAX_ITEMS:
            raise FactError(f"/facts/{name}/items", f"with the statements these are more than {MAX_ITEMS}")
        update: dict[str, Any] = {"items": both.items, "asked_on": _newest(sent, derived)}
        if not sent.items:
            return sent.model_copy(update=update | {"complete": derived.complete}), both.details_differ
        not_sent = lists.asked_for(both.not_sent) if sent.complete is not False else []
        not_in_record = lists.asked_for(both.not_in_record) if derived.complete is not False else []
        if not_sent or not_in_record:
            update |= {"complete": False}
        differ = bool(lists.before_asked(not_sent) or not_in_record)
        return sent.model_copy(update=update), both.details_differ or differ

    def _quantities(self, name: str, sent: Quantity, derived: Quantity) -> tuple[Answer, bool]:
        """A number within what the other leaves open fills it; of two that exclude each other the more dangerous."""
        assert sent.value is not None
        assert derived.value is not None
        higher, lower = (sent, derived) if sent.value >= derived.value else (derived, sent)
        if sent.value == derived.value and sent.open_above != derived.open_above:
            return (derived if sent.open_above else sent), False
        if sent.value == derived.value:
            return _asked(sent, _newest(sent, derived)), False
        if lower.open_above:
            return higher, False
        if self.vocabulary.content[name].direction != "more":
            return Quantity(state=State.UNKNOWN), True
        return higher, True

    def _dates(self, name: str, sent: DatedAnswer, derived: DatedAnswer) -> tuple[Answer, bool]:
        """The closer of two dates; of one inside the other, that which may be closer."""
        if not _dated(derived):
            return sent, False
        if not _dated(sent):
            return derived, False
        one, other = self._days(sent), self._days(derived)
        differ = one[0] < other[1] or other[0] < one[1]
        if differ and self.vocabulary.content[name].direction == "none":
            return DatedAnswer(state=State.YES, asked_on=_newest(sent, derived)), True
        return (sent if (one[1], one[0]) <= (other[1], other[0]) else derived), differ

    def _days(self, answer: DatedAnswer) -> tuple[int, int]:
        if answer.within_days is not None:
            return said_within(answer.within_days, answer.asked_on or self.as_of, self.as_of)
        return days_ago(answer.date, self.as_of)

    def _imply(self, name: str) -> None:
        """What a yes means for wider facts, where it comes from one side and is contradicted by the other."""
        said = [side for side in (self.sent.get(name), self.derived.get(name)) if side is not None]
        holding = next((answer for answer in said if _holds(answer)), None)
        used = self.used.get(name)
        if holding is None or used is None:
            return
        lost = not _holds(used)
        for wider in self.vocabulary[name].wider:
            known = self.used.get(wider)
            if known is None or known.state in _OPEN:
                if lost:
                    self.used[wider] = Answer(state=State.YES, asked_on=holding.asked_on)
            elif known.state in _DENIED and not self._stale(wider, known):
                self._contradicted(name, wider, holding, known)

    def _open_detail(self, name: str) -> None:
        """A detail was denied along with what it belongs to. Where the record contradicts that, it is open."""
        sent, content = self.sent.get(name), self.vocabulary.content[name]
        if sent is None or sent.state is not State.NO or name in self.derived:
            return
        if not content.belongs_to and not isinstance(sent, Quantity):
            return
        for owner in self.vocabulary[name].belongs_to:
            said, used = self.sent.get(owner), self.used.get(owner)
            if said is not None and said.state in _DENIED and used is not None and used.state not in _DENIED:
                self.used[name] = type(sent)(state=State.UNKNOWN)

    def _contradicted(self, name: str, wider: str, holding: Answer, denied: Answer) -> None:
        by_sent, denied_by_sent = self.sent.get(name) is holding, wider in self.sent
        if by_sent and denied_by_sent and name not in self.derived:
            return
        yes = Answer(state=State.YES, asked_on=holding.asked_on)
        self.used[wider] = yes
        if denied_by_sent:
            self._differ(wider, denied, yes, yes, because_of=name)
        elif by_sent:
            self._differ(wider, yes, denied, yes)


def merge(
    sent: Facts,
    derived: Facts,
    origins: Mapping[str, tuple[int, ...]],
    as_of: date,
    vocabulary: Vocabulary,
    *,
    same_event_days: int,
) -> Merged:
    """One set of facts from what was sent and what statements say.

    Events of one kind `same_event_days` or fewer apart are taken for one.

    A contradiction within what was sent is left as it is, to be refused with its path. Raises FactError where a list
    becomes longer than a request may hold.
    """
    if not any(True for _ in derived.known()):
        return Merged(sent)
    return _Merger(sent, derived, origins, as_of, vocabulary, same_event_days=same_event_days).merge()


def told(answer: Answer) -> str:
    """An answer in a few characters: its value, its dates or its state."""
    if isinstance(answer, Quantity) and answer.value is not None:
        return answer.told
    if isinstance(answer, Choice) and answer.value is not None:
        return str(answer.value)
    if isinstance(answer, DatedAnswer) and answer.date is not None:
        return answer.date.text
    if isinstance(answer, Happened) and answer.items:
        return ", ".join(_days_of(answer.items)) or answer.state.value
    return answer.state.value


def _days_of(items: Iterable[Dated]) -> list[str]:
    dates: list[Interval] = [item.date for item in items if item.date is not None]
    return sorted({when.text for when in dates}, reverse=True)


def _dated(answer: DatedAnswer) -> bool:
    return answer.date is not None or answer.within_days is not None


def _holds(answer: Answer) -> bool:
    return answer.state is State.YES and not (isinstance(answer, Quantity) and answer.value == 0)


def _newest(one: Answer, other: Answer) -> date | None:
    """The later day of asking; left out means the day of the assessment."""
    if one.asked_on is None or other.asked_on is None:
        return None
    return max(one.asked_on, other.asked_on)


def _asked(answer: Answer, on: date | None) -> Answer:
    return answer if answer.asked_on == on else answer.model_copy(update={"asked_on": on})
