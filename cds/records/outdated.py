"""What no longer surely holds because of something said since: by a stop, or by another diagnosis."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta

from cds.records.entries import HANDED_OUT, Entry, beyond
from cds.records.stops import end_by_stops

_CATEGORY = 3
"""Characters that a code of ICD-10 or ICPC-2 has at least."""
LastDays = dict[str, date]
"""By code or by value set the last day on which something was said."""


def say_what_is_doubtful(
    entries: Sequence[Entry], unread_stops: Sequence[Entry], supply_days: int, as_of: date
) -> None:
    """Tell which entries no longer surely hold. `unread_stops` belong to every set that they may speak of.

    `supply_days`: how long a supply lasts of which nothing is known.
    """
    stops = [entry for entry in entries if entry.stops]
    _outdate_diagnoses(entries, [*stops, *unread_stops], as_of)
    _outdate_by_supplies(entries, supply_days, as_of)
    if stops:
        end_by_stops(entries, stops, as_of)
    if unread_stops:
        _outdate_medicines(entries, unread_stops, as_of)


def _outdate_diagnoses(entries: Sequence[Entry], stops: Iterable[Entry], as_of: date) -> None:
    """Mark each active diagnosis that something said on the same day or later makes doubtful.

    An explicit stop of a medicine of one of its sets; its own code, a wider or a narrower one, noted as over.
    """
    diagnoses = [entry for entry in entries if entry.sets and entry.statement.kind == "condition"]
    stopped = _last_stops(stops, as_of)
    over: LastDays = {}
    within_over: LastDays = {}
    for entry in diagnoses:
        if entry.status != "active":
            code, said = entry.code, entry.last_day(())
            day = as_of if said is None else said[1]
            _keep_later(over, code, day)
            for length in range(_CATEGORY, len(code)):
                _keep_later(within_over, code[:length], day)
    if not (stopped or over):
        return
    for entry in diagnoses:
        if entry.status == "active":
            code, said = entry.code, entry.last_day(())
            since = [stopped[name] for name in entry.sets if name in stopped]
            since += [over[code[:length]] for length in range(_CATEGORY, len(code) + 1) if code[:length] in over]
            since += [within_over[code]] if code in within_over else []
            entry.outdated = any(said is None or said[0] <= day for day in since)


def _outdate_by_supplies(entries: Sequence[Entry], supply_days: int, as_of: date) -> None:
    """Mark each active diagnosis after which a medicine of one of its sets ran out, or an order was completed.

    The last supply of agonist treatment tells more of it than a diagnosis that was noted while it lasted. Where another
    goes on, that one answers by itself. A completed order without an end may have lasted for `supply_days`.
    """
    diagnoses = [entry for entry in entries if entry.status == "active" and entry.statement.kind == "condition"]
    diagnosed = frozenset[str]().union(*(entry.sets for entry in diagnoses))
    ran_out: LastDays = {}
    for entry in entries:
        if entry.phase is None or entry.sets.isdisjoint(diagnosed) or entry.stops or entry.current[0]:
            continue
        if entry.given_once and entry.assumed:
            continue
        end = beyond(entry)
        if end is None and entry.begin is not None:
            end = entry.begin[0], entry.begin[1] + timedelta(supply_days)
        if end is not None:
            for name in entry.sets:
                _keep_later(ran_out, name, min(end[1], as_of))
    for entry in diagnoses if ran_out else ():
        said, ends = entry.last_day(()), [ran_out[name] for name in entry.sets if name in ran_out]
        entry.outdated |= any(said is None or said[0] <= end for end in ends)


def _outdate_medicines(entries: Sequence[Entry], unread: Iterable[Entry], as_of: date) -> None:
    """Mark each medicine that began before the stop of something that could not be read and may have been it.

    What was handed out on the day of the stop may have been the last; an order of that day rather replaces another.
    """
    stopped = _last_stops(unread, as_of)
    for entry in entries:
        if entry.phase is not None and not entry.stops:
            days = [stopped[name] for name in entry.sets if name in stopped]
            same_day = (entry.phase in HANDED_OUT) * timedelta(1)
            if days and (entry.begin is None or entry.begin[0] < max(days) + same_day):
                entry.outdated = True


def _last_stops(stops: Iterable[Entry], as_of: date) -> LastDays:
    """By value set the last day on which something of it may have been stopped."""
    latest: LastDays = {}
    for stop in stops:
        for name in stop.sets:
            _keep_later(latest, name, as_of if stop.end is None else stop.end[1])
    return latest


def _keep_later(days: LastDays, name: str, day: date) -> None:
    days[name] = max(day, days.get(name, day))
