"""Stays told of twice: admission and discharge of one stay are often sent as two statements."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from itertools import accumulate

from cds.happened import OPEN, OUT
from cds.records.entries import Days, Entry, both
from cds.records.statements import EncounterStatement, EncounterStatus


def say_what_has_ended(entries: Iterable[Entry]) -> None:
    """Let a stay that goes on be unsure where one of its class that began with it has ended: it may be the same.

    One that was told without its start may have begun on any day up to its end. A stay that goes on and has no start
    is told of as it is now, and stays sure.
    """
    going_on: dict[str, list[tuple[Days, Entry]]] = {}
    ended: dict[str, list[Days]] = {}
    for entry in entries:
        stay = entry.statement
        if not isinstance(stay, EncounterStatement):
            continue
        if entry.status == EncounterStatus.IN_PROGRESS and entry.begin is not None:
            going_on.setdefault(stay.class_, []).append((entry.begin, entry))
        elif entry.status == EncounterStatus.FINISHED and entry.current == OUT:
            last = date.max if entry.end is None else entry.end[1]
            ended.setdefault(stay.class_, []).append(entry.begin or (date.min, last))
    for kind in going_on.keys() & ended.keys():
        began = sorted(ended[kind])
        first = [days[0] for days in began]
        latest = list(accumulate((days[1] for days in began), max))
        for begin, entry in going_on[kind]:
            by_then = bisect_right(first, begin[1])
            if by_then and latest[by_then - 1] >= begin[0]:
                entry.current = both(entry.current, OPEN)
