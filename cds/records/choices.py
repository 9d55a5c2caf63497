"""Which of several answers to one fact is used: of dates, of values, and of the days on which it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from cds.dates import Interval


def closest_date(dates: Sequence[Interval], as_of: date) -> Interval:
    """The earliest that has not passed; where all have, the latest."""
    ahead = [when for when in dates if when.latest >= as_of]
    if ahead:
        return min(ahead, key=lambda when: (when.earliest, when.latest))
    return max(dates, key=lambda when: (when.latest, when.earliest))


def chosen_value(values: Sequence[tuple[date, str]]) -> str | None:
    """Of several values the dangerous one, else the newest; two that are equally new are no answer."""
    if any(value == "methadone" for _, value in values):
        return "methadone"
    newest = max(asked for asked, _ in values)
    names = {value for asked, value in values if asked == newest}
    return names.pop() if len(names) == 1 else None


def asked_last(days: Sequence[date | None]) -> dict[str, date]:
    """The newest day; None stands for `as_of`, which needs no saying."""
    known = [day for day in days if day is not None]
    return {"asked_on": max(known)} if days and len(known) == len(days) else {}
