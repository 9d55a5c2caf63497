"""Supplies of one medicine that follow one another: which of them count on the same day, and whether that is sure.

A later supply may take the place of an earlier one or be taken beside it. The strength does not tell which, so the
larger of the two counts, and the sum is then what it is at least.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from heapq import heappop, heappush

from cds.records.entries import Entry

Medicine = tuple[str, str | None, bool]
"""ATC code, route, and whether it was given for pain."""
AsWritten = tuple[Decimal | None, str | None, Decimal | None]
"""Value, unit and times a day of one dose."""
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Part:
    """One supply whose dose can be computed: mg a day."""

    entry: Entry
    medicine: Medicine
    written: AsWritten
    mg: Decimal


def counted_together(parts: Iterable[Part], refill_days: int) -> tuple[list[Entry], bool]:
    """The supplies that count on one day, of all that are current; whether nothing can come on top of them.

    What was handed out and comes to no more than what is ordered for sure is a refill of that order.
    """
    groups: dict[tuple[Medicine, str | None], list[Part]] = {}
    for part in parts:
        groups.setdefault((part.medicine, part.entry.phase), []).append(part)
    counted: list[Entry] = []
    ordered: dict[Medicine, Decimal] = {}
    unsure: list[tuple[Medicine, Decimal]] = []
    for (medicine, phase), group in groups.items():
        kept, sure = _follow(group, refill_days)
        counted += [part.entry for part in kept]
        if not sure:
            unsure.append((medicine, _mg(kept)))
        elif phase == "prescribed":
            ordered[medicine] = _mg(kept)
    return counted, all(mg <= ordered.get(medicine, _ZERO) for medicine, mg in unsure)


def replaceable_from(entry: Entry, start: date, end: date, refill_days: int) -> date:
    """The day from which a later supply of the same medicine may take the place of one.

    Supplies are collected shortly before the last one is used up. An order goes on until the next, and so does a
    supply of unknown length.
    """
    if entry.phase == "prescribed" or entry.assumed:
        return start + timedelta(1)
    return max(start + timedelta(1), end - timedelta(refill_days))


def _follow(group: Sequence[Part], refill_days: int) -> tuple[list[Part], bool]:
    """The parts of one medicine and phase that count, from the oldest day on which one began to the newest.

    Which takes whose place hangs on days only, so that a higher dose never makes the sum lower.
    """
    by_day: dict[date, list[Part]] = {}
    counted: list[Part] = []
    for part in group:
        day = _day(part.entry)
        if day is None:
            counted.append(part)  # it may have begun at any time: nothing is known to take its place
        else:
            by_day.setdefault(day, []).append(part)
    sure = True
    lines: list[tuple[date, int, list[Part]]] = []
    """What counts of supplies that took each other's place, by the day from which a later one may do so again."""
    for place, day in enumerate(sorted(by_day)):
        new = by_day[day]
        old: list[Part] = []
        while lines and lines[0][0] <= day:
            old += heappop(lines)[2]
        until = [_gives_way(part.entry, day, refill_days) for part in new]
        if not old:
            for beside, (part, way) in enumerate(zip(new, until, strict=True)):
                heappush(lines, (way, place + beside * len(by_day), [part]))
            continue
        larger = new if _mg(new) > _mg(old) else old
        sure = sure and new[0].entry.phase == "prescribed" and (_renews(new, old) or _renews(old, new))
        heappush(lines, (max(until), place, larger))
    return counted + [part for _, _, kept in lines for part in kept], sure


def _gives_way(entry: Entry, start: date, refill_days: int) -> date:
    end = entry.end or entry.last
    return replaceable_from(entry, start, date.max if end is None else end[0], refill_days)


def _renews(some: Sequence[Part], others: Sequence[Part]) -> bool:
    """Whether each of some orders has one of the same dose among others."""
    return Counter(part.written for part in some) <= Counter(part.written for part in others)


def _day(entry: Entry) -> date | None:
    return entry.begin[0] if entry.begin is not None and entry.begin[0] == entry.begin[1] else None


def _mg(parts: Iterable[Part]) -> Decimal:
    return sum((part.mg for part in parts), _ZERO)
