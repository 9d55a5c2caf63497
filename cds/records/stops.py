"""Explicit stops of medicines, and which supplies they end."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

from cds.happened import OPEN
from cds.records.doses.as_written import strength
from cds.records.entries import HANDED_OUT, Days, Entry


class _Reach(NamedTuple):
    """How far stops reach, as the last days on which what they may end began."""

    ended: date
    """What began by then was stopped."""
    orders: date
    """Orders that began by then may have been."""
    unsure_orders: date
    """Of orders that began by then it is not known whether they were, or took the place of what was."""
    handed_out: date
    """What was handed out by then may have been the last."""


Strength = tuple[Decimal, str] | None
"""One dose in one unit; None where that is not told, or cannot be compared, which may be any."""


def end_by_stops(entries: Sequence[Entry], stops: Sequence[Entry], as_of: date) -> None:
    """Let each explicit stop end what of the same medicine began before it.

    Such a supply may still be taken, and is no longer sure to be. Where it has an end of its own that lies after the
    stop, whether it goes on stays open. One of another strength is not the one that stopped; it is doubtful where the
    stop does not tell which order it is of.
    What was handed out on the day of a stop may have been the last. An order of that day replaces another if what was
    stopped began earlier; it may itself be the one if that began on the same day.
    """
    codes = {stop.code for stop in stops}
    orders = [entry for entry in entries if entry.code in codes and entry.phase is not None and not entry.stops]
    begun = _first_begun(orders)
    latest: dict[tuple[str, Strength], _Reach] = {}
    loose: dict[str, _Reach] = {}
    """By medicine, of the stops that do not tell which order they are of."""
    for stop in stops:
        code, of_strength = stop.code, strength(stop)
        reach = _reach_of(stop, begun.get((code, of_strength)), as_of)
        latest[code, of_strength] = _further(latest.get((code, of_strength)), reach)
        if stop.phase == "stopped" or stop.begin is None:
            loose[code] = _further(loose.get(code), reach)
    of_any: dict[str, _Reach] = {}
    for (code, _), reach in latest.items():
        of_any[code] = _further(of_any.get(code), reach)
    for entry in orders:
        of_strength, found = strength(entry), of_any.get(entry.code)
        if found is not None and of_strength is not None:
            of_it = [latest[key] for key in ((entry.code, of_strength), (entry.code, None)) if key in latest]
            found = _further(of_it[0], of_it[-1]) if of_it else None
        if found is not None:
            _end(entry, found)
        if entry.code in loose and _reached(entry, loose[entry.code]):
            entry.outdated = True


def _first_begun(orders: Iterable[Entry]) -> dict[tuple[str, Strength], date]:
    """The first day on which each medicine, and each strength of it, was surely begun."""
    first: dict[tuple[str, Strength], date] = {}
    for order in orders:
        if order.begin is not None:
            for key in {(order.code, strength(order)), (order.code, None)}:
                first[key] = min(order.begin[1], first.get(key, order.begin[1]))
    return first


def _reached(entry: Entry, reach: _Reach) -> bool:
    """Whether a stop may be of what was taken when this began, or of this."""
    last = reach.handed_out if entry.phase in HANDED_OUT else reach.unsure_orders
    return entry.begin is None or entry.begin[0] <= last


def _end(entry: Entry, reach: _Reach) -> None:
    handed_out, begin = entry.phase in HANDED_OUT, entry.begin
    if not _reached(entry, reach):
        return
    entry.outdated = True
    if not entry.current[1]:
        return
    if begin is not None and begin[1] <= reach.ended:
        entry.stopped, entry.current = entry.endless, OPEN
    elif begin is None or handed_out or begin[0] <= reach.orders:
        entry.current = OPEN


def _reach_of(stop: Entry, first_begun: date | None, as_of: date) -> _Reach:
    """How far a stop reaches. `first_begun`: when what it may be of was first begun, for a stop that does not tell."""
    first, last = day_of(stop, as_of)
    before = last - timedelta(1)
    that_day = stop.begin is not None and stop.begin[1] >= last
    begun = first_begun if stop.begin is None else stop.begin[1]
    earlier = begun is not None and begun < last
    ended = first if first == date.min else first - timedelta(1)
    return _Reach(ended, last if that_day else before, before if earlier else last, last)


def _further(one: _Reach | None, other: _Reach) -> _Reach:
    return other if one is None else _Reach(*map(max, one, other))


def may_lie_ahead(stop: Entry, as_of: date) -> bool:
    """Whether a stop that is told by month or year may still be to come."""
    return stop.phase == "stopped" and stop.status == "active" and stop.end is not None and stop.end[1] > as_of


def day_of(stop: Entry, as_of: date) -> Days:
    """When it was stopped: on the day that was told, or on some day since it began."""
    return stop.end or (date.min if stop.begin is None else stop.begin[0], as_of)
