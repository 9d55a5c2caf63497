"""Two lists of dated items made one: what the person told of, and what a record holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cds.answers import Overdose, OverdoseSubstance, Stay, Transition
from cds.dates import Interval
from cds.happened import LAST_WINDOW
from cds.records.items import Dated, worse


@dataclass(frozen=True, slots=True)
class Joined:
    """The items of both lists, and how the two differ."""

    items: tuple[Dated, ...]
    details_differ: bool
    not_sent: tuple[Dated, ...]
    """Items of the record that are none of the sent ones."""
    not_in_record: tuple[Dated, ...]
    """Items that were sent and are none of the record's."""


class Lists:
    """Two lists of one fact. Items of one kind and date are one; those so few days apart may be."""

    def __init__(self, asked_on: date, same_event_days: int) -> None:
        self._asked_on = asked_on
        self._same_days = same_event_days

    def joined(self, sent: Sequence[Dated], derived: Sequence[Dated]) -> Joined:
        """All items. An overdose of the record that may be one that was told of is marked, or the vaguer of the two."""
        items: list[Dated] = list(sent)
        places: dict[tuple[str, str], int] = {}
        for place, item in enumerate(items):
            places.setdefault(_key(item), place)
        differ = False
        alone = dict(enumerate(sent))
        for item in derived:
            known_at = places.get(_key(item))
            if known_at is not None:
                items[known_at], differs = _filled(items[known_at], item)
                differ |= differs
                alone.pop(known_at, None)
        not_sent = [item for item in derived if _key(item) not in places and not self._set_beside(items, item, alone)]
        return Joined(tuple(items), differ, tuple(not_sent), tuple(alone.values()))

    def _set_beside(self, items: list[Dated], item: Dated, alone: dict[int, Dated]) -> bool:
        """Add an item of the record; whether it may be one that was told of.

        `alone` are the items that were sent and are not yet taken for one of the record's.
        """
        fitting = [place for place, told in alone.items() if self._may_be_one(told, item)]
        place = min(fitting, key=lambda place: self._breadth(alone[place]), default=None)
        if place is not None:
            told = alone.pop(place)
            if not isinstance(told, Overdose):
                pass  # of the others it makes no difference how many there are
            elif self._breadth(told) > self._breadth(item):
                items[place] = told.model_copy(update={"may_be_same": True})
            else:
                item = item.model_copy(update={"may_be_same": True})
        items.append(item)
        return place is not None

    def _may_be_one(self, one: Dated, other: Dated) -> bool:
        if getattr(one, "kind", None) != getattr(other, "kind", None):
            return False
        if isinstance(one, Overdose) and isinstance(other, Overdose):
            substances = {one.substance, other.substance} - {OverdoseSubstance.UNKNOWN}
            if len(substances) > 1:
                return False
        first, second = self._days(one), self._days(other)
        return first[0] - self._same_days <= second[1] and second[0] - self._same_days <= first[1]

    def _breadth(self, item: Dated) -> int:
        """How many days it may have been."""
        first, last = self._days(item)
        return last - first

    def _days(self, item: Dated) -> tuple[int, int]:
        """The earliest and the latest day it may have been, as ordinals."""
        if item.date is not None:
            return item.date.earliest.toordinal(), item.date.latest.toordinal()
        asked_on = self._asked_on.toordinal()
        if isinstance(item, Overdose) and item.within_days is not None:
            return asked_on - item.within_days, asked_on
        return date.min.toordinal(), date.max.toordinal()

    def asked_for(self, items: Iterable[Dated]) -> list[Dated]:
        """Those a whole list holds: transitions of half a year are asked for, and no record knows of an own pause."""
        since = self._asked_on.toordinal() - LAST_WINDOW
        return [
            item
            for item in items
            if not isinstance(item, Transition) or (item.kind is not Stay.OWN_PAUSE and self._days(item)[1] >= since)
        ]

    def before_asked(self, items: Iterable[Dated]) -> list[Dated]:
        """Those that may have been before the person was asked."""
        return [item for item in items if self._days(item)[0] <= self._asked_on.toordinal()]


def _filled(one: Dated, other: Dated) -> tuple[Dated, bool]:
    update: dict[str, Any] = {}
    differ = False
    for field in type(one).model_fields:
        mine, theirs = getattr(one, field), getattr(other, field)
        if field == "date" or theirs is None or mine == theirs or str(theirs) == "unknown":
            continue
        if mine is None or str(mine) == "unknown":
            update[field] = theirs
            continue
        differ = True
        if isinstance(mine, Interval):
            update[field] = max(mine, theirs, key=lambda when: (when.latest, when.earliest))
        elif isinstance(mine, int):
            update[field] = max(mine, theirs)
        else:
            update[field] = type(mine)(worse(field, str(mine), str(theirs)))
    return (one.model_copy(update=update) if update else one), differ


def _key(item: Dated) -> tuple[str, str]:
    when = "" if item.date is None else item.date.text
    if isinstance(item, Overdose) and item.within_days is not None:
        when = f"within {item.within_days}"
    return str(getattr(item, "kind", "")), when
