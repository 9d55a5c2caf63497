"""What a medicine was given for: as its statement says, or as others of the same medicine may tell."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from datetime import date, timedelta

from cds.happened import CERTAIN, OPEN, OUT, Pair
from cds.records.codes import Purpose, Reading
from cds.records.content import Requires
from cds.records.entries import Entry
from cds.records.reasons import Reason
from cds.records.statements import MedicationStatement, Statement


def note_purpose(entry: Entry, purpose: Reading) -> None:
    """Note what its own statement says that a medicine was given for. A code too short to tell may say it."""
    entry.indication_problem = purpose.problem
    if purpose.sets or not purpose.below:
        entry.given_for = purpose.sets
    else:
        entry.may_be_for = frozenset({purpose.sets, purpose.below})


def told_by_others(entries: Sequence[Entry], gap_days: int) -> None:
    """Let what does not say what it was given for know what others of the same medicine were.

    A supply is often the filling of an order, and the order alone says why; or the next after one that said it. What
    was over more than `gap_days` before it tells nothing. A stop stands by itself.
    """
    telling: dict[str, list[tuple[date, Purpose]]] = {}
    for entry in entries:
        for purpose in entry.may_be_for if entry.given_for is None else (entry.given_for,):
            telling.setdefault(entry.code, []).append((_may_last_until(entry), purpose))
    if not telling:
        return
    purposes = {code: _by_end(told) for code, told in telling.items()}
    for entry in entries:
        if entry.given_for is None and entry.code in purposes and not entry.stops:
            ends, told_then = purposes[entry.code]
            since = 0 if entry.begin is None else bisect_left(ends, entry.begin[0] - timedelta(gap_days))
            entry.may_be_for |= told_then[since]


def _by_end(told: Sequence[tuple[date, Purpose]]) -> tuple[list[date], list[frozenset[Purpose]]]:
    """The ends, earliest first, and for each what was told by all that end then or later; at last nothing."""
    ordered = sorted(told, key=lambda one: one[0])
    purposes: list[frozenset[Purpose]] = [frozenset()]
    for _, purpose in reversed(ordered):
        purposes.append(purposes[-1] | {purpose})
    return [end for end, _ in ordered], purposes[::-1]


def _may_last_until(entry: Entry) -> date:
    """The last day on which it may have been taken. An order beyond its days of supply may have been renewed."""
    return date.max if entry.end is None else entry.end[1]


def over_for(statement: Statement, as_of: date) -> int | None:
    """For how many days a medicine has been over: what it was for may be over too. None where it may go on."""
    end = statement.end if isinstance(statement, MedicationStatement) else None
    return None if end is None or end.latest >= as_of else (as_of - end.latest).days


def given_for(entry: Entry, requires: Requires) -> Pair:
    """Whether a medicine was given for what a mapping wants. OUT: no."""
    if entry.given_for is not None:
        return _as_wanted(entry.given_for, requires)
    others = {_as_wanted(purpose, requires) for purpose in entry.may_be_for}
    if requires.indication:
        return OPEN if others - {OUT} else OUT
    return OPEN if others - {CERTAIN} else CERTAIN


def _as_wanted(purpose: Purpose, requires: Requires) -> Pair:
    if not purpose.isdisjoint(requires.unless_indication):
        return OUT
    if not purpose.isdisjoint(requires.indication):
        return CERTAIN
    if requires.other_indication and purpose.isdisjoint(requires.other_indication):
        return OPEN
    return OUT if requires.indication else CERTAIN


def why_unclear(entry: Entry, requires: Requires) -> Reason:
    """Why a statement may be as a mapping wants it and is not sure to: because of its purpose, or of its time."""
    if (requires.indication or requires.unless_indication) and given_for(entry, requires) == OPEN:
        return entry.indication_problem or "weak_evidence"
    return "date_unclear"
