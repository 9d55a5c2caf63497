"""Which of several answers to one fact is used: of dates, of values, and of the days on which it was asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any

from cds.dates import Interval

What = Interval | str | None
"""What a statement says of a fact: its date, one value of a choice, or only that it holds."""
Said = tuple[Sequence[int], date | None, What]
"""The statements that say it, the day of asking (None stands for `as_of`), and what they say."""


class Choices:
    """What statements say of the facts that have one answer, and the answer chosen for each."""

    def __init__(self, as_of: date) -> None:
        self._as_of = as_of
        self._said: defaultdict[str, list[Said]] = defaultdict(list)
        self._possible: dict[str, set[What]] = {}

    def say(self, fact: str, statements: Sequence[int], asked_on: date | None, what: What = None) -> None:
        """Take in what these statements say for sure."""
        self._said[fact].append((statements, asked_on, what))

    def may_be(self, fact: str, what: What) -> None:
        """Take in what a statement may say."""
        self._possible.setdefault(fact, set()).add(what)

    def made(self) -> Iterator[tuple[str, dict[str, Any] | None, list[int]]]:
        """Each fact with its answer and the statements behind it; None where no value can be chosen."""
        for fact, said in self._said.items():
            behind = [statement for statements, _, _ in said for statement in statements]
            yield fact, self._answer(said, self._possible.get(fact, ())), behind

    def _answer(self, said: Sequence[Said], possible: Collection[What]) -> dict[str, Any] | None:
        told = [what for _, _, what in said if what is not None]
        asked = asked_last([day for _, day, _ in said])
        if not told:
            return asked
        dates = [what for what in told if isinstance(what, Interval)]
        if dates:
            closest = closest_date(dates, self._as_of)
            others = (what for what in possible if isinstance(what, Interval))
            sure = all(closest_date([closest, other], self._as_of) == closest for other in others)
            return asked | ({"date": closest} if sure else {})
        values = [(day or self._as_of, what) for _, day, what in said if isinstance(what, str)]
        value = chosen_value(values, {what for what in possible if isinstance(what, str)})
        return None if value is None else asked_last([day for _, day, what in said if what == value]) | {"value": value}


def closest_date(dates: Sequence[Interval], as_of: date) -> Interval:
    """The earliest that has not passed; where all have, the latest."""
    ahead = [when for when in dates if when.latest >= as_of]
    if ahead:
        return min(ahead, key=lambda when: (when.earliest, when.latest))
    return max(dates, key=lambda when: (when.latest, when.earliest))


def chosen_value(values: Sequence[tuple[date, str]], possible: Collection[str]) -> str | None:
    """Of several values the dangerous one, else the newest; two that are equally new are no answer.

    Nor is one beside which another may hold (`possible`).
    """
    if any(value == "methadone" for _, value in values):
        return "methadone"
    newest = max(asked for asked, _ in values)
    names = {value for asked, value in values if asked == newest}.union(possible)
    return names.pop() if len(names) == 1 else None


def asked_last(days: Sequence[date | None]) -> dict[str, date]:
    """The newest day; None stands for `as_of`, which needs no saying."""
    known = [day for day in days if day is not None]
    return {"asked_on": max(known)} if days and len(known) == len(days) else {}
