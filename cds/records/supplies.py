"""Supplies of medicine in time: the days each covers, which carries another on, courses, and days shared by two sets.

A supply is a prescription or a dispensing with its days, from the first until the first that it no longer covers.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from cds.happened import CERTAIN, OPEN, OUT, Pair
from cds.records.doses.renewals import replaceable_from
from cds.records.entries import Days, Entry, beyond, end_told

FOREVER = date.max
LONG_AGO = date.min
_DAY = timedelta(1)


@dataclass(slots=True)
class Supply:
    """The days of one supply, known to the day."""

    entry: Entry
    start: date
    end: date
    """The first day it no longer covers."""


def supply(entry: Entry) -> Supply | None:
    """The days of a supply; None where they are not known to the day."""
    begin, end = entry.begin, entry.end or entry.last
    if begin is None or begin[0] != begin[1] or (end is not None and end[0] != end[1]):
        return None
    if end is None and not entry.current[0]:
        return None
    after = beyond(entry)
    return Supply(entry, begin[0], FOREVER if after is None else after[0])


def carry_on(batches: Mapping[Hashable, Sequence[Supply]], refill_days: int) -> None:
    """End each supply of a batch where a later one of it takes its place: the two do not add up.

    Nor do any two that change places on the day told as the last of one.
    """
    first_days = {one.start for batch in batches.values() for one in batch}
    for batch in batches.values():
        starts = sorted({one.start for one in batch})
        for one in batch:
            last = one.end - _DAY
            if last in first_days and one.start < last and end_told(one.entry):
                one.end = last
            place = bisect_left(starts, replaceable_from(one.entry, one.start, one.end, refill_days))
            if place < len(starts):
                one.end = min(one.end, starts[place])


class Courses:
    """Stretches of days strung together where the gap between them is short."""

    def __init__(self, spans: Iterable[Days], gap_days: int) -> None:
        self._starts: list[date] = []
        self._ends: list[date] = []
        for start, end in sorted(spans):
            if self._starts and (self._ends[-1] == FOREVER or (start - self._ends[-1]).days <= gap_days):
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def long_enough(self, first: date, until: date, days: int) -> bool:
        """Whether the course that covers or ends on a first day is so many days long by `until`."""
        place = bisect_right(self._starts, first) - 1
        start = self._starts[place] if place >= 0 and self._ends[place] >= first else first
        return (until - start).days >= days

    def reach(self, first: date, until: date, days: int) -> bool:
        """Whether one that was there at most so many days after a first day covers `until`."""
        place = bisect_right(self._starts, first + timedelta(days)) - 1
        return place >= 0 and self._ends[place] > until


def told_days(entry: Entry) -> Days | None:
    """The days a supply or an order covers, as far as is told; None where its start is not."""
    return None if entry.begin is None else (entry.begin[0], _end(entry, may_be=False))


def possible_days(entry: Entry) -> Days:
    """The days it may have covered.

    An order of which no end is sure may have been renewed in silence, and one whose start nobody told have begun ever.
    """
    return LONG_AGO if entry.begin is None else entry.begin[0], _end(entry, may_be=True)


def _end(entry: Entry, *, may_be: bool) -> date:
    end = beyond(entry)
    if end is not None and not (may_be and entry.current[1]):
        return end[1]
    return FOREVER if entry.current[1] or entry.begin is None else entry.begin[1]


@dataclass(frozen=True, slots=True)
class Shared:
    """Whether a supply shared days with others: certainly, possibly; the last such day, and whose supplies it was."""

    met: Pair
    last: date | None = None
    others: tuple[int, ...] = ()


_NONE = Shared(OUT)


class Together:
    """The days on which medicines of some sets were supplied, to hold other supplies against.

    A day is shared when both supplies cover it; one whose days have run out when the other begins shares none with it.
    """

    def __init__(self, entries: Iterable[Entry], days: int, as_of: date, within_days: int) -> None:
        self._entries = tuple((entry, beyond(entry)) for entry in entries)
        self._days = days
        self._as_of = as_of
        self._since = as_of - timedelta(within_days)
        self._sure = _joined(span for known in self._entries if (span := _sure(*known)) is not None)
        self._possible = _joined(_possible(*known) for known in self._entries)
        self._covering: dict[date, tuple[int, ...]] = {}

    def shared(self, entry: Entry) -> Shared:
        """The days that a supply shares with these, as far as the last of them lies within the window."""
        end = beyond(entry)
        if end is not None and end[1] <= self._since:
            return _NONE
        last = self._last_shared(_sure(entry, end), self._sure)
        if last is not None:
            if last not in self._covering:
                self._covering[last] = tuple(
                    known[0].index for known in self._entries if (span := _sure(*known)) and span[0] <= last < span[1]
                )
            return Shared(CERTAIN, last, self._covering[last])
        maybe = self._last_shared(_possible(entry, end), self._possible)
        return _NONE if maybe is None else Shared(OPEN)

    def _last_shared(self, span: Days | None, others: Sequence[Days]) -> date | None:
        """The last day shared with one stretch of enough days; stretches before the window are not looked at."""
        if span is None:
            return None
        start, end = span[0], min(span[1], self._as_of + _DAY)
        for other in reversed(others[: bisect_left(others, (end, end))]):
            if other[1] <= self._since:
                return None
            first, until = max(start, other[0]), min(end, other[1])
            if (until - first).days >= self._days and until > self._since:
                return until - _DAY
        return None


def _sure(entry: Entry, end: Days | None) -> Days | None:
    """The days it covered for certain, where `end` is the first that it no longer covers."""
    if entry.begin is None or (end is None and not entry.current[0]):
        return None
    span = entry.begin[1], FOREVER if end is None else end[0]
    return span if span[0] < span[1] else None


def _possible(entry: Entry, end: Days | None) -> Days:
    """The days it may have covered."""
    return LONG_AGO if entry.begin is None else entry.begin[0], FOREVER if end is None else end[1]


def _joined(spans: Iterable[Days]) -> list[Days]:
    """Stretches of days without a gap, oldest first."""
    joined: list[Days] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = joined[-1][0], max(joined[-1][1], end)
        else:
            joined.append((start, end))
    return joined
