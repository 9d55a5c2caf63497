"""What a medicine was given for: as its statement says, or as others of the same medicine may tell."""

from __future__ import annotations

from collections.abc import Sequence

from cds.happened import CERTAIN, OPEN, OUT, Pair
from cds.records.content import Requires
from cds.records.entries import Entry, Reason


def told_by_others(entries: Sequence[Entry]) -> None:
    """Let what does not say what it was given for know what others of the same medicine were, which may be current.

    A supply is often the filling of an order, and the order alone says why. A stop stands by itself.
    """
    purposes: dict[str, frozenset[str]] = {}
    for entry in entries:
        if entry.given_for and entry.current[1]:
            purposes[entry.code] = purposes.get(entry.code, frozenset()) | entry.given_for
    if purposes:
        for entry in entries:
            if entry.given_for is None and entry.code in purposes and not entry.stops:
                entry.may_be_for = purposes[entry.code]


def given_for(entry: Entry, requires: Requires) -> Pair:
    """Whether a medicine was given for what a mapping wants. OUT: no."""
    told = entry.given_for
    if told is None:
        if requires.indication:
            return OUT
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
