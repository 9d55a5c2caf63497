"""Whether a statement that stands is as a mapping wants it, as far as it tells by itself: certainly, possibly."""

from __future__ import annotations

from datetime import date

from cds.happened import CERTAIN, OPEN, OUT, Pair
from cds.records.content import DateField, Requires
from cds.records.entries import Days, Entry, both
from cds.records.purposes import given_for
from cds.records.statements import EncounterStatement


def meets(entry: Entry, requires: Requires, fields: tuple[DateField, ...], as_of: date) -> Pair | None:
    """Whether a statement of the right status and phase is as a mapping wants it; None: it speaks of something else."""
    if requires.disposition or requires.not_disposition:
        left = entry.statement.disposition if isinstance(entry.statement, EncounterStatement) else None
        if left in requires.not_disposition or (requires.disposition and left not in requires.disposition):
            return None
    met = CERTAIN
    if requires.current is not None:
        if entry.stopped and not requires.current:
            return None  # how it ended stands with the stop
        current = current_for(entry, requires, as_of)
        met = current if requires.current else (1 - current[1], 1 - current[0])
    if requires.indication or requires.unless_indication:
        given = given_for(entry, requires)
        if given == OUT:
            return None
        met = both(met, given)
    if entry.outdated and requires.not_outdated:
        met = both(met, OPEN)
    if requires.not_run_out and not (entry.assumed or entry.current[0]):
        met = both(met, OPEN)
    if entry.begin is None and entry.end is None and requires.day_known:
        met = both(met, OPEN)
    if requires.within_days is not None:
        met = both(met, _within(_last_day(entry, fields, as_of), requires.within_days, as_of))
    if requires.over_days is not None:
        certain, possible = _within(_last_day(entry, fields, as_of), requires.over_days, as_of)
        met = both(met, (1 - possible, 1 - certain))
    return met


def current_for(entry: Entry, requires: Requires, as_of: date) -> Pair:
    """Whether it is current, as sure as a mapping wants that to be."""
    current = entry.current
    if requires.length_known and entry.assumed:
        current = int(entry.begin == (as_of, as_of)) & current[0], current[1]
    if requires.open_ended_days is not None and entry.end is None:
        since = entry.last or entry.begin
        current = both(current, OPEN if since is None else (_within(since, requires.open_ended_days, as_of)[0], 1))
    return current


def _last_day(entry: Entry, fields: tuple[DateField, ...], as_of: date) -> Days | None:
    """The last day it speaks for. A medicine of which nobody told when it ended did so on any day since its start."""
    if entry.last is not None:
        return entry.last
    if entry.phase is None or entry.begin is None or entry.given_once:
        return entry.last_day(fields)
    return entry.begin[0], as_of if entry.end is None else entry.end[1]


def _within(last: Days | None, days: int, as_of: date) -> Pair:
    if last is None:
        return OPEN
    return int((as_of - last[0]).days <= days), int((as_of - last[1]).days <= days)
