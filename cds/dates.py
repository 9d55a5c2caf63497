"""Days and partial dates. A partial date is an interval: nobody knows which of its days was meant.

No clock is read here or anywhere below the edge: `as_of` comes from the caller.
"""

from __future__ import annotations

import re
from calendar import month_name, monthrange
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, PlainValidator, WithJsonSchema

_PARTIAL = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)
_YEARS = range(1900, 2201)


@dataclass(frozen=True, slots=True)
class Interval:
    """The days a partial ISO date can mean: `2026-10` is any day of October 2026."""

    text: str
    earliest: date
    latest: date

    @classmethod
    def parse(cls, text: object) -> Interval:
        """Read `YYYY`, `YYYY-MM` or `YYYY-MM-DD`; raise ValueError for anything else."""
        match = _PARTIAL.fullmatch(text) if isinstance(text, str) else None
        if match is None or int(match[1]) not in _YEARS:
            raise ValueError("not a date of the form YYYY, YYYY-MM or YYYY-MM-DD")
        year, month, day = int(match[1]), match[2], match[3]
        try:
            if month is None:
                return cls(match[0], date(year, 1, 1), date(year, 12, 31))
            if day is None:
                return cls(match[0], date(year, int(month), 1), date(year, int(month), _days_in(year, int(month))))
            return cls(match[0], date(year, int(month), int(day)), date(year, int(month), int(day)))
        except ValueError:
            raise ValueError("not a day of the calendar") from None


def _days_in(year: int, month: int) -> int:
    if not 1 <= month <= len(month_name) - 1:
        raise ValueError("not a month")
    return monthrange(year, month)[1]


def _day(value: Any) -> date:
    if type(value) is date:
        return value
    interval = Interval.parse(value)
    if len(interval.text) != len("YYYY-MM-DD"):
        raise ValueError("a whole day is needed, of the form YYYY-MM-DD")
    return interval.earliest


def _interval(value: Any) -> Interval:
    return value if isinstance(value, Interval) else Interval.parse(value)


Day = Annotated[date, BeforeValidator(_day)]
"""A whole day, sent as `YYYY-MM-DD`."""

PartialDate = Annotated[
    Interval,
    PlainValidator(_interval),
    PlainSerializer(lambda interval: interval.text, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^\d{4}(-\d{2}(-\d{2})?)?$", "examples": ["2026-11-15", "2026-11"]}),
]
"""A day, a month or a year."""
