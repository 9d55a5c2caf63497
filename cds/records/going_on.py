"""Whether a medicine, or another of its set, went on after one entry for it ended or was stopped."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date

from cds.happened import CERTAIN, OPEN, OUT, Pair
from cds.records.content import Requires
from cds.records.entries import Days, Entry, beyond
from cds.records.purposes import given_for
from cds.records.requirements import current_for
from cds.records.stops import day_of
from cds.records.supplies import FOREVER, LONG_AGO, Courses, possible_days

_NEXT_DAY = 1
"""After an explicit stop only what is there the next day surely goes on: some days without cost tolerance."""


class GoingOn:
    """What of one value set is current on `as_of`, to be looked at beside one of its entries.

    It surely goes on where nothing of that is assumed (when it began, how long it lasts, and what it was given for)
    and no gap lies between. What was begun anew after one may have cost tolerance in the meantime.
    """

    def __init__(self, entries: Iterable[Entry], requires: Requires, gap_days: int, as_of: date) -> None:
        self._entries = [entry for entry in entries if not entry.stopped]
        self._requires = requires
        self._gap_days = gap_days
        self._as_of = as_of
        self._certain = sum(entry.current[0] for entry in self._entries)
        self._possible = sum(entry.current[1] for entry in self._entries)
        self._sure = sum(self._is_sure(entry) for entry in self._entries)
        self._unbroken: Courses | None = None
        self._sure_days: list[tuple[str, Days]] | None = None
        self._of_code: dict[str, tuple[Courses, Courses, list[date]]] = {}
        """Of each medicine that was stopped: the courses of the others, its own, and the days on which those began."""
        self._may_be: Courses | None = None

    def beside(self, entry: Entry) -> Pair:
        """Whether anything else goes on: certainly, possibly.

        Where no length may be assumed, and after an explicit stop, only what surely goes on certainly does. After a
        stop that is another medicine, or the same one begun anew, and both without a gap.
        """
        if entry.stops:
            return self._after_stop(entry)
        strict, end = self._requires.length_known, beyond(entry)
        certain = self._sure > self._is_sure(entry) if strict else self._certain > entry.current[0]
        if certain and end is not None:
            if self._unbroken is None:
                days = (self._days(entry, sure=strict) for entry in self._entries)
                self._unbroken = self._strung(stretch for stretch in days if stretch is not None)
            certain = self._unbroken.reach(end[0], self._as_of, self._gap_days)
        return int(certain), int(self._possible > entry.current[1])

    def _after_stop(self, stop: Entry) -> Pair:
        first, last = day_of(stop, self._as_of)
        others, own, begun = self._by_code(stop.code)
        if others.reach(first, self._as_of, _NEXT_DAY):
            return CERTAIN
        place = bisect_right(begun, last)
        if place < len(begun) and (begun[place] - first).days <= _NEXT_DAY and own.reach(begun[place], self._as_of, 0):
            return CERTAIN
        if others.reach(first, first, _NEXT_DAY):
            return OPEN  # another took its place, and that has ended since
        if self._possible == 0:
            return OUT
        if self._may_be is None:
            self._may_be = self._strung(possible_days(entry) for entry in self._entries if not entry.stops)
        return OPEN if self._may_be.reach(last, self._as_of, self._gap_days) else OUT

    def _by_code(self, code: str) -> tuple[Courses, Courses, list[date]]:
        if self._sure_days is None:
            sure = ((entry.code, self._days(entry, sure=True)) for entry in self._entries)
            self._sure_days = [(its, days) for its, days in sure if days is not None]
        if code not in self._of_code:
            own = [days for its, days in self._sure_days if its == code]
            others = [days for its, days in self._sure_days if its != code]
            self._of_code[code] = self._strung(others), self._strung(own), sorted(start for start, _ in own)
        return self._of_code[code]

    def _strung(self, days: Iterable[Days]) -> Courses:
        return Courses(days, self._gap_days)

    def _days(self, entry: Entry, sure: bool) -> Days | None:
        """The days for which it was there; `sure`: with nothing assumed."""
        if entry.stops or entry.outdated or entry.given_once:
            return None
        if sure and (entry.begin is None or entry.assumed or given_for(entry, self._requires) != CERTAIN):
            return None
        start, end = LONG_AGO if entry.begin is None else entry.begin[1], beyond(entry)
        if end is not None:
            return (start, end[0]) if start < end[0] else None
        goes_on = self._is_sure(entry) if sure else entry.current[0]
        return (start, FOREVER) if goes_on else None

    def _is_sure(self, entry: Entry) -> bool:
        if not entry.current[0] or entry.assumed or entry.begin is None or entry.given_once or entry.outdated:
            return False
        current = current_for(entry, self._requires, self._as_of)
        return bool(current[0]) and given_for(entry, self._requires) == CERTAIN
