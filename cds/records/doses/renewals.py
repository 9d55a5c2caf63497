"""Supplies of one medicine that follow one another: which of them count on the same day, and whether that is sure.

A later supply may take the place of an earlier one or be taken beside it. The strength does not tell which, so the
larger of the two counts, and the sum is then what it is at least. So it is where one of two may be the other, written
with less of its date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from heapq import heappop, heappush
from typing import Literal

from cds.records.doses.one_dose import ZERO, Dose
from cds.records.entries import Days, Entry, beyond

Medicine = tuple[str, str | None]
"""ATC code and route."""
_ANY_DAY: Days = date.min, date.max - timedelta(1)
"""When something began of which nobody told it; a day may still be added."""


@dataclass(frozen=True, slots=True)
class Part:
    """One supply whose dose can be computed: mg a day, and what it may come to.

    `as_ordered`: its times a day are those of an order.
    """

    entry: Entry
    dose: Dose
    mg: Decimal
    most: Decimal
    as_ordered: bool = False


def counted_together(parts: Iterable[Part], refill_days: int) -> tuple[list[Dose], bool]:
    """The doses that count on one day, of all that are current; whether nothing can come on top of them.

    What was handed out and comes to no more than what is ordered for sure is a refill of that order. Only as such can
    a supply without times a day take the place of another; it is counted beside them where it is none. An order that
    began later than a supply is no order of it, unless it orders the same dose again: one may come on top of the other.
    """
    groups: dict[tuple[Medicine, str], list[Part]] = {}
    for part in parts:
        groups.setdefault(((part.dose.atc, part.dose.route), part.dose.phase), []).append(part)
    counted: list[Dose] = []
    ordered: dict[Medicine, Decimal] = {}
    all_sure = True
    for (medicine, phase), group in sorted(groups.items(), key=lambda item: item[0][1] != "prescribed"):
        kept, sure, most = _follow(group, refill_days)
        in_order = ordered.get(medicine, ZERO)
        if _mg(kept) > in_order and any(part.as_ordered for part in group):
            counted += [part.dose for part in group if part.as_ordered]
            kept, sure, _ = _follow([part for part in group if not part.as_ordered], refill_days)
        counted += [part.dose for part in kept]
        if phase == "prescribed" and sure:
            ordered[medicine] = _mg(kept)
        orders = () if phase == "prescribed" else groups.get((medicine, "prescribed"), ())
        all_sure = all_sure and (sure or most <= in_order) and _ordered_before(orders, group)
    return counted, all_sure


def _ordered_before(orders: Sequence[Part], group: Sequence[Part]) -> bool:
    """Whether each of a group is of an order that surely did not begin later, or of a dose that is ordered again."""
    if not orders:
        return True
    first = min((order.entry.begin[1] for order in orders if order.entry.begin is not None), default=date.max)
    again = {order.dose.a_day for order in orders}
    for part in group:
        began = part.entry.begin
        if not (began is not None and began[0] >= first) and (part.dose.said_twice or part.dose.a_day not in again):
            return False
    return True


def replaceable_from(entry: Entry, start: date, end: date, refill_days: int) -> date:
    """The day from which a later supply of the same medicine may take the place of one.

    Supplies are collected shortly before the last one is used up. An order goes on until the next, and so does a
    supply of unknown length.
    """
    if entry.phase == "prescribed" or entry.assumed:
        return start + timedelta(1)
    return max(start + timedelta(1), end - timedelta(refill_days))


@dataclass(frozen=True, slots=True)
class _Line:
    """What counts of supplies that took each other's place."""

    parts: list[Part]
    most: Decimal
    """mg a day that it may come to, whichever counts."""
    begun_by: date
    """The last day on which the newest can have begun."""
    replaceable_by: date
    """The first day on which, whenever it began and ends, another may surely take its place."""


def _follow(group: Sequence[Part], refill_days: int) -> tuple[list[Part], bool, Decimal]:
    """The parts of one medicine and phase that count, from the oldest day on which one began to the newest.

    Whether no more of them can, and what they may come to then: without a whole day the larger counts, and all may.
    Which takes whose place hangs on days only, so that a higher dose never makes the sum lower.
    """
    by_day: dict[Days, list[Part]] = {}
    for part in group:
        by_day.setdefault(part.entry.begin or _ANY_DAY, []).append(part)
    sure, placed = all(part.most == part.mg for part in group), True
    lines: list[tuple[date, int, _Line]] = []
    """By the day from which a later supply may take the place of a line."""
    unsettled: list[tuple[date, int, _Line]] = []
    """Lines whose newest supply may have begun on the day of the next one: the two may be one."""
    for place, (first, last) in enumerate(sorted(by_day)):
        new = _once(by_day[first, last])
        sure = sure and len(new) == len(by_day[first, last])
        if first != last and len(new) > 1:
            new, sure, placed = [max(new, key=lambda part: part.mg)], False, False
        old: list[_Line] = []
        for line in unsettled:
            if line[2].begun_by >= first:
                old.append(line[2])
            else:
                heappush(lines, line)
        while lines and lines[0][0] <= last:
            old.append(heappop(lines)[2])
        until = [_gives_way(part.entry, first, 0, refill_days) for part in new]
        surely = max(_gives_way(part.entry, last, 1, refill_days) for part in new)
        made = [(way, [part], part.most) for way, part in zip(until, new, strict=True)]
        if old:
            before = [part for line in old for part in line.parts]
            most = max(_most(new), sum((line.most for line in old), ZERO))
            made = [(max(until), new if _mg(new) > _mg(before) else before, most)]
            after = all(line.replaceable_by <= first for line in old)
            placed = placed and after
            sure = sure and after and new[0].dose.phase == "prescribed"
            sure = sure and (_renews(new, before) or _renews(before, new))
        unsettled = [
            (way, place + beside * len(by_day), _Line(kept, most, last, surely))
            for beside, (way, kept, most) in enumerate(made)
        ]
        if first == last:
            for line in unsettled:
                heappush(lines, line)
            unsettled = []
    left = [line for _, _, line in (*lines, *unsettled)]
    most = sum((line.most for line in left), ZERO) if placed else _most(group)
    return [part for line in left for part in line.parts], sure, most


def _once(batch: Sequence[Part]) -> list[Part]:
    """Parts that began on one day, without those of unknown length that may be one of the same dose."""
    if len(batch) == 1:
        return list(batch)
    told = {part.dose.written for part in batch if not part.entry.endless}
    return [part for part in batch if not part.entry.endless or part.dose.written not in told]


def _gives_way(entry: Entry, start: date, at: Literal[0, 1], refill_days: int) -> date:
    """The day from which it gives way, by its earliest (0) or its latest (1) end."""
    end = beyond(entry)
    return replaceable_from(entry, start, date.max if end is None else end[at], refill_days)


def _renews(some: Sequence[Part], others: Sequence[Part]) -> bool:
    """Whether each of some orders has one of the same dose among others."""
    if len(some) > len(others):
        return False
    return Counter(part.dose.written for part in some) <= Counter(part.dose.written for part in others)


def _most(parts: Iterable[Part]) -> Decimal:
    return sum((part.most for part in parts), ZERO)


def _mg(parts: Iterable[Part]) -> Decimal:
    return sum((part.mg for part in parts), ZERO)
