"""Codes that speak of one event, brought together into a dated item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from cds.answers import Loss, Overdose, Transition
from cds.dates import Interval
from cds.happened import Pair

Dated = Transition | Overdose | Loss
_MOST_DANGEROUS_FIRST: dict[str, tuple[str, ...]] = {
    "substance": ("opioid", "opioids", "unknown", "other"),
    "intent": ("suicidal", "ambivalent", "unknown", "accident"),
    "care": ("yes", "unknown", "no"),
    "opioids_given": ("no", "unknown", "yes"),
    "agonist_treatment_kept": ("no", "unknown", "yes"),
}
"""A substance nobody knows is taken for an opioid, so among codes for one event it outranks another substance; and what
nobody knows the intent of may have been meant."""


@dataclass(slots=True)
class Event:
    """What one or several statements say of one event."""

    fields: dict[str, str]
    when: Interval | None
    statements: list[int]
    several: bool = False
    """Whether it may be more than one, because no whole day tells."""

    @property
    def kind(self) -> str:
        """What kind of event it is, where its list has kinds."""
        return self.fields.get("kind", "")

    def as_item(self) -> dict[str, str]:
        """The item as a list of facts holds it."""
        return self.fields | ({} if self.when is None else {"date": self.when.text})


def worse(field: str, one: str, other: str) -> str:
    """The more dangerous of two details."""
    ranked = _MOST_DANGEROUS_FIRST.get(field, ())
    return min((one, other), key=lambda value: (ranked.index(value) if value in ranked else len(ranked), value))


def events_of(events: Iterable[Event], same_event_days: int) -> list[Event]:
    """One event for all statements of one kind that lie at most so many days from its first day.

    Less than a whole day may be the same only where it is written the same.
    """
    together: list[Event] = []
    open_: dict[str, tuple[date, Event]] = {}
    partial: dict[tuple[str, str], Event] = {}
    for event in sorted(events, key=_order):
        if event.when is None or event.when.earliest != event.when.latest:
            key = event.kind, "" if event.when is None else event.when.text
            same = partial.get(key)
            if same is None:
                partial[key] = event
            else:
                same.several = True
        else:
            first, same = open_.get(event.kind, (event.when.earliest, None))
            if same is None or (event.when.earliest - first).days > same_event_days:
                open_[event.kind] = event.when.earliest, event
                same = None
        if same is None:
            together.append(event)
        else:
            _add(same, event)
    return together


class EventsByDay:
    """Events as `events_of` returned them, found by the day of a detail."""

    def __init__(self, events: Iterable[Event], same_event_days: int) -> None:
        self._days = same_event_days
        self._by_day: dict[int, list[Event]] = {}
        self._by_text: dict[str | None, list[Event]] = {}
        self._of: dict[int, Event] = {}
        for event in events:
            for index in event.statements:
                self._of[index] = event
            if event.when is not None and event.when.earliest == event.when.latest:
                self._by_day.setdefault(event.when.earliest.toordinal(), []).append(event)
            else:
                self._by_text.setdefault(None if event.when is None else event.when.text, []).append(event)

    def give(self, detail: Event) -> Pair:
        """Give a detail to the events it speaks of; whether it certainly or possibly speaks of any.

        It surely speaks of the event its own code makes, or of the only one near its whole day. Where it may speak of
        another event instead, it makes none look milder.
        """
        when = detail.when
        found = list(self._near(when))
        own = self._of.get(detail.statements[0])
        only = own is None and len(found) == 1 and when is not None and when.earliest == when.latest
        given = False
        for event in found:
            sure = only or (event is own and not event.several)
            told = detail.fields if sure else _never_milder(detail.fields)
            if told:
                event.fields = _joined_fields(event.fields, told)
                event.statements += detail.statements
                given = True
        return int(given), int(bool(found))

    def _near(self, when: Interval | None) -> Iterator[Event]:
        if when is None or when.earliest != when.latest:
            yield from self._by_text.get(None if when is None else when.text, ())
            return
        middle = when.earliest.toordinal()
        for day in range(middle - self._days, middle + self._days + 1):
            yield from self._by_day.get(day, ())


def _never_milder(fields: dict[str, str]) -> dict[str, str]:
    """Those of some details that are no milder than what nobody knows."""
    return {field: value for field, value in fields.items() if worse(field, value, "unknown") == value}


def _order(event: Event) -> tuple[Any, ...]:
    when = event.when
    days = (date.min, date.min) if when is None else (when.earliest, when.latest)
    return event.kind, *days, sorted(event.fields.items()), event.statements


def _add(event: Event, more: Event) -> None:
    """The later day is the more dangerous one. A substance that one of them leaves out nobody knows."""
    told = {event.fields.get("substance", "unknown"), more.fields.get("substance", "unknown")}
    event.fields = _joined_fields(event.fields, more.fields)
    if "substance" in event.fields:
        event.fields["substance"] = worse("substance", min(told), max(told))
    event.statements += more.statements
    event.when = more.when


def _joined_fields(one: dict[str, str], other: dict[str, str]) -> dict[str, str]:
    fields = one | other
    for field in one.keys() & other.keys():
        fields[field] = worse(field, one[field], other[field])
    return fields


def newest_first(event: Event) -> tuple[Any, ...]:
    """What a list of events is sorted by."""
    when = event.when
    days = (0, 0) if when is None else (-when.latest.toordinal(), -when.earliest.toordinal())
    return *days, sorted(event.fields.items()), event.statements
