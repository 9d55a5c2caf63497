"""Explicit stops of medicines: which supplies they end, which diagnoses they outdate, and what goes on after them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from cds.happened import CERTAIN, OPEN, OUT, Pair
from cds.records.entries import HANDED_OUT, Days, Entry
from cds.records.statements import ConditionStatement, MedicationStatement

Strength = tuple[Decimal, str] | None
"""One dose as it was written; None where that is not told, which may be any."""


def end_by_stops(entries: Sequence[Entry], as_of: date) -> None:
    """Let each explicit stop end what of the same medicine began before it.

    Such a supply may still be taken, and is no longer sure to be. Where it has an end of its own that lies after the
    stop, whether it goes on stays open. One of another strength is not the one that stopped.
    What was handed out on the day of a stop may have been the last; an order of that day rather replaces another.
    A diagnosis that shares a value set with what stopped, and was not recorded after that, is no longer sure to hold.
    """
    stops = [entry for entry in entries if entry.stops]
    if not stops:
        return
    latest: dict[tuple[str, Strength], Days] = {}
    latest_of_any: dict[str, Days] = {}
    for stop in stops:
        day = _day_of(stop, as_of)
        latest[stop.code, _strength(stop)] = _later_of(latest.get((stop.code, _strength(stop))), day)
        latest_of_any[stop.code] = _later_of(latest_of_any.get(stop.code), day)
    _outdate_diagnoses(entries, stops, as_of)
    for entry in entries:
        if entry.code not in latest_of_any or entry.stops or not entry.current[1]:
            continue
        strength, day = _strength(entry), latest_of_any[entry.code]
        if strength is not None:
            of_it = [latest[key] for key in ((entry.code, strength), (entry.code, None)) if key in latest]
            if not of_it:
                continue
            day = _later_of(of_it[0], of_it[-1])
        if entry.begin is not None and entry.begin[1] < day[0]:
            entry.stopped, entry.current = entry.endless, OPEN
        elif entry.begin is None or entry.begin[0] < day[1] + (entry.phase in HANDED_OUT) * date.resolution:
            entry.current = OPEN


def _outdate_diagnoses(entries: Sequence[Entry], stops: Iterable[Entry], as_of: date) -> None:
    latest: dict[str, date] = {}
    for stop in stops:
        day = _day_of(stop, as_of)[1]
        for name in stop.sets:
            latest[name] = max(day, latest.get(name, day))
    for entry in entries:
        if entry.current[1] and isinstance(entry.statement, ConditionStatement):
            said = entry.last_day(())
            if any(said is None or said[0] <= latest[name] for name in entry.sets if name in latest):
                entry.current = OPEN


class GoingOn:
    """What of one value set is current on `as_of`, to be looked at beside one of its entries."""

    def __init__(self, entries: Iterable[Entry], as_of: date) -> None:
        self._as_of = as_of
        self._certain = self._possible = self._sure = 0
        self._sure_of: dict[str, int] = {}
        self._begun: dict[str, date] = {}
        """When the last one of a medicine began that is current with nothing assumed."""
        for entry in entries:
            if entry.stopped:
                continue
            self._certain += entry.current[0]
            self._possible += entry.current[1]
            if _sure(entry) and entry.begin is not None:
                self._sure += 1
                self._sure_of[entry.code] = self._sure_of.get(entry.code, 0) + 1
                self._begun[entry.code] = max(entry.begin[0], self._begun.get(entry.code, entry.begin[0]))

    def beside(self, entry: Entry, length_known: bool) -> Pair:
        """Whether anything else goes on: certainly, possibly. `length_known`: certainly only where nothing is assumed.

        After an explicit stop another medicine certainly does, and the same one where it was begun anew.
        """
        if not entry.stops:
            certain = self._sure > _sure(entry) if length_known else self._certain > entry.current[0]
            return int(certain), int(self._possible > entry.current[1])
        anew = self._begun.get(entry.code)
        if self._sure > self._sure_of.get(entry.code, 0) or (anew and anew > _day_of(entry, self._as_of)[1]):
            return CERTAIN
        return OPEN if self._possible else OUT


def _sure(entry: Entry) -> bool:
    """Whether it is current and neither its start nor its length is assumed; one dose that was given is no course."""
    given = entry.phase == "administered" and entry.status == "completed"
    return bool(entry.current[0]) and not entry.assumed and entry.begin is not None and not given


def _day_of(stop: Entry, as_of: date) -> Days:
    """When it was stopped: on the day that was told, or on some day since it began."""
    return stop.end or (date.min if stop.begin is None else stop.begin[0], as_of)


def _later_of(one: Days | None, other: Days) -> Days:
    return other if one is None else (max(one[0], other[0]), max(one[1], other[1]))


def _strength(entry: Entry) -> Strength:
    medicine = entry.statement
    assert isinstance(medicine, MedicationStatement)
    return None if medicine.dose is None else (medicine.dose.value, medicine.dose.unit.strip().lower())
