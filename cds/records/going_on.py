"""Whether a medicine, or another of its set, went on after one entry for it ended or was stopped."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from cds.happened import CERTAIN, OPEN, OUT, Pair
from cds.records.content import Requires
from cds.records.entries import Days, Entry, beyond
from cds.records.purposes import given_for
from cds.records.requirements import current_for
from cds.records.stops import day_of
from cds.records.supplies import FOREVER, LONG_AGO, Courses, possible_days

_NEXT_DAY = 1
"""After an explicit stop only what is there the next day surely goes on: some days without cost tolerance."""


_Strung = tuple[Courses, Courses]
"""The same stretches of days, strung together from day to day, and over the gap that breaks no course."""


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
        self._of_code: dict[str, tuple[_Strung, _Strung, list[date]]] = {}
        """Of each medicine that was stopped: the courses of the others, its own, and the days on which those began."""
        self._may_be: Courses | None = None

    def beside(self, entry: Entry) -> Pair:
        """Whether anything else goes on: certainly, possibly.

        Where no length may be assumed, and after an explicit stop, only what surely goes on certainly does. After a
        stop that is another medicine, or the same one begun anew, and both without a gap.
        """
        if entry.stops:
            return self._after_stop(entry)
        strict = self._requires.length_known
        certain = self._sure > self._is_sure(entry) if strict else self._certain > entry.current[0]
        if certain:
            if self._unbroken is None:
                days = (self._days(one, sure=strict) for one in self._entries)
                self._unbroken = Courses((stretch for stretch in days if stretch is not None), self._gap_days)
            end = self._first_end(entry)
            certain = end is not None and self._unbroken.reach(end, self._as_of, self._gap_days)
        return int(certain), int(self._possible > entry.current[1])

    def _first_end(self, entry: Entry) -> date | None:
        """The first day on which it may have ended. What is not told, and only assumed, may have been any."""
        end = beyond(entry)
        if end is not None and not entry.assumed:
            return end[0]
        sure_for = self._requires.open_ended_days if entry.current[0] and not entry.assumed else None
        return None if entry.begin is None else entry.begin[0] + timedelta(sure_for or 0)

    def _after_stop(self, stop: Entry) -> Pair:
        first, last = day_of(stop, self._as_of)
        others, own, begun = self._by_code(stop.code)
        if self._carries_on(others, first):
            return CERTAIN
        place = bisect_right(begun, last)
        if place < len(begun) and (begun[place] - first).days <= _NEXT_DAY and self._carries_on(own, begun[place]):
            return CERTAIN
        if others[0].reach(first, first, _NEXT_DAY):
            return OPEN  # another took its place, and that has ended since
        if self._possible == 0:
            return OUT
        if self._may_be is None:
            possible = (possible_days(entry) for entry in self._entries if not entry.stops)
            self._may_be = Courses(possible, self._gap_days)
        return OPEN if self._may_be.reach(last, self._as_of, self._gap_days) else OUT

    def _carries_on(self, courses: _Strung, first: date) -> bool:
        """Whether they go on from a first day: at the beginning from day to day, then as supplies do."""
        for_now = min(first + timedelta(self._gap_days), self._as_of)
        return courses[0].reach(first, for_now, _NEXT_DAY) and courses[1].reach(first, self._as_of, _NEXT_DAY)

    def _by_code(self, code: str) -> tuple[_Strung, _Strung, list[date]]:
        if self._sure_days is None:
            sure = ((entry.code, self._days(entry, sure=True)) for entry in self._entries)
            self._sure_days = [(its, days) for its, days in sure if days is not None]
        if code not in self._of_code:
            own = [days for its, days in self._sure_days if its == code]
            others = [days for its, days in self._sure_days if its != code]
            self._of_code[code] = self._strung(others), self._strung(own), sorted(start for start, _ in own)
        return self._of_code[code]

    def _strung(self, days: Sequence[Days]) -> _Strung:
        return Courses(days, _NEXT_DAY), Courses(days, self._gap_days)

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
