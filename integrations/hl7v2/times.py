"""HL7 times as partial dates. A time without an offset is Norwegian; the precision that was sent is kept."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

OSLO = ZoneInfo("Europe/Oslo")
_TIME = re.compile(
    r"(\d{4})(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:(\d\d)(?:\.\d{1,6})?)?)?)?)?)?([+-]\d{4})?", re.ASCII
)
_YEARS = range(1900, 2201)


def partial(text: str) -> str | None:
    """A time as `YYYY`, `YYYY-MM` or `YYYY-MM-DD` in Europe/Oslo, or None where it is none.

    With an hour and an offset the day is the Norwegian one. HL7 fills unknown parts with zeros in some systems:
    `20260000` is a year. An hour, a minute or an offset that cannot be makes it no time at all.
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    year, month, day, hour = match[1], match[2], match[3], match[4]
    if int(year) not in _YEARS or not _on_the_clock(match):
        return None
    if month in (None, "00"):
        return year
    if day in (None, "00"):
        return f"{year}-{month}" if 1 <= int(month) <= 12 else None  # noqa: PLR2004 - months of a year
    try:
        whole = date(int(year), int(month), int(day))
        if hour is None or match[7] is None:
            return whole.isoformat()
        zone = timezone(_offset(match[7]))
        moment = datetime(whole.year, whole.month, whole.day, int(hour), int(match[5] or 0), tzinfo=zone)
        here = moment.astimezone(OSLO).date()
        return here.isoformat() if here.year in _YEARS else None
    except (ValueError, OverflowError):
        return None


def _on_the_clock(match: re.Match[str]) -> bool:
    if (match[4] or "0") > "23" or (match[5] or "0") > "59" or (match[6] or "0") > "59":
        return False
    return match[7] is None or (match[7][1:3] < "24" and match[7][3:5] < "60")


def _offset(text: str) -> timedelta:
    size = timedelta(hours=int(text[1:3]), minutes=int(text[3:5]))
    return size if text[0] == "+" else -size


def day(text: str) -> date | None:
    """A time as a whole Norwegian day, or None where it is less than a day or no time."""
    known = partial(text)
    return date.fromisoformat(known) if known is not None and len(known) == len("YYYY-MM-DD") else None


def stamp(moment: datetime) -> str:
    """A moment as HL7 writes it, in Norwegian time with its offset."""
    return moment.astimezone(OSLO).strftime("%Y%m%d%H%M%S%z")
