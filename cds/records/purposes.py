"""What a medicine was given for: as its statement says, or as others of the same medicine may tell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta

from cds.happened import CERTAIN, OPEN, OUT, Pair
from cds.records.content import Requires
from cds.records.entries import Entry, Reason


def told_by_others(entries: Sequence[Entry], gap_days: int) -> None:
    """Let what does not say what it was given for know what others of the same medicine were.

    A supply is often the filling of an order, and the order alone says why; or the next after one that said it. What
    was over more than `gap_days` before it tells nothing. A stop stands by itself.
    """
    telling: dict[str, list[tuple[date, frozenset[str]]]] = {}
    for entry in entries:
        if entry.given_for:
            telling.setdefault(entry.code, []).append((_may_last_until(entry), entry.given_for))
    if not telling:
        return
    purposes = {code: _by_end(told) for code, told in telling.items()}
    for entry in entries:
        if entry.given_for is None and entry.code in purposes and not entry.stops:
            ends, sets = purposes[entry.code]
            since = 0 if entry.begin is None else bisect_left(ends, entry.begin[0] - timedelta(gap_days))
            entry.may_be_for = sets[since]


def _by_end(told: Sequence[tuple[date, frozenset[str]]]) -> tuple[list[date], list[frozenset[str]]]:
    """The ends, earliest first, and for each what was told by all that end then or later; at last nothing."""
    ordered = sorted(told, key=lambda one: one[0])
    sets: list[frozenset[str]] = [frozenset()]
    for _, given_for in reversed(ordered):
        sets.append(sets[-1] | given_for)
    return [end for end, _ in ordered], sets[::-1]


def _may_last_until(entry: Entry) -> date:
    """The last day on which it may have been taken. An order beyond its days of supply may have been renewed."""
    return date.max if entry.end is None else entry.end[1]


def given_for(entry: Entry, requires: Requires) -> Pair:
    """Whether a medicine was given for what a mapping wants. OUT: no."""
    told = entry.given_for
    if told is None:
        if requires.indication:
            return OUT if entry.may_be_for.isdisjoint(requires.indication) else OPEN
        return CERTAIN if entry.may_be_for.isdisjoint(requires.unless_indication) else OPEN
    if not told.isdisjoint(requires.unless_indication):
        return OUT
    if not told.isdisjoint(requires.indication):
        return CERTAIN
    if requires.other_indication and told.isdisjoint(requires.other_indication):
        return OPEN
    return OUT if requires.indication else CERTAIN


def why_unclear(entry: Entry, requires: Requires) -> Reason:
    """Why a statement may be as a mapping wants it and is not sure to: because of its purpose, or of its time."""
    if (requires.indication or requires.unless_indication) and given_for(entry, requires) == OPEN:
        return entry.indication_problem or "weak_evidence"
    return "date_unclear"
