"""Whether a statement that stands is as a mapping wants it, as far as it tells by itself: certainly, possibly."""

from __future__ import annotations

from datetime import date

from cds.happened import CERTAIN, OPEN, OUT, Pair
from cds.records.content import DateField, Requires
from cds.records.entries import Days, Entry, both
from cds.records.statements import EncounterStatement


def meets(entry: Entry, requires: Requires, fields: tuple[DateField, ...], as_of: date) -> Pair | None:
    """Whether a statement of the right status and phase is as a mapping wants it; None: it speaks of something else."""
    if requires.not_disposition:
        stay = entry.statement
        if isinstance(stay, EncounterStatement) and stay.disposition in requires.not_disposition:
            return None
    met = CERTAIN
    if requires.current is False and entry.stopped:
        return None  # how it ended stands with the stop
    if requires.current is not None:
        current = entry.current
        if requires.length_known and entry.assumed:
            current = int(entry.begin == (as_of, as_of)) & current[0], current[1]
        met = current if requires.current else (1 - current[1], 1 - current[0])
    if requires.indication or requires.unless_indication:
        given = _given_for(entry, requires)
        if given == OUT:
            return None
        met = both(met, given)
    if requires.open_ended_days is not None and entry.end is None:
        since = entry.last or entry.begin
        met = both(met, OPEN if since is None else (_within(since, requires.open_ended_days, as_of)[0], 1))
    if requires.day_known and entry.begin is None and entry.end is None:
        met = both(met, OPEN)
    if requires.within_days is not None:
        met = both(met, _within(entry.last_day(fields), requires.within_days, as_of))
    if requires.over_days is not None:
        certain, possible = _within(entry.last_day(fields), requires.over_days, as_of)
        met = both(met, (1 - possible, 1 - certain))
    return met


def _given_for(entry: Entry, requires: Requires) -> Pair:
    """Whether a medicine was given for what a mapping wants. OUT: no."""
    told = entry.given_for
    if told is None:
        return OUT if requires.indication else CERTAIN
    if not told.isdisjoint(requires.unless_indication):
        return OUT
    if not told.isdisjoint(requires.indication):
        return CERTAIN
    if requires.other_indication and told.isdisjoint(requires.other_indication):
        return OPEN
    return OUT if requires.indication else CERTAIN


def purpose_unclear(entry: Entry, requires: Requires) -> bool:
    """Whether a mapping would have to know what a medicine was given for, and it does not say so well enough."""
    wanted = requires.indication or requires.unless_indication
    return bool(wanted) and _given_for(entry, requires) == OPEN


def _within(last: Days | None, days: int, as_of: date) -> Pair:
    if last is None:
        return OPEN
    return int((as_of - last[0]).days <= days), int((as_of - last[1]).days <= days)
