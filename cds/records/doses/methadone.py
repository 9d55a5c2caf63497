"""Methadone has no single ratio: what a dose is worth depends on the morphine dose it would replace."""

from __future__ import annotations

from decimal import Decimal

from cds.records.doses.table import Methadone

Interval = tuple[Decimal, Decimal, Decimal]
"""(low, value, high) in mg of oral morphine a day."""


def methadone_equivalent(mg_per_day: Decimal, methadone: Methadone) -> Interval | None:
    """What a daily dose of methadone is worth, or None below the table.

    The bands are of morphine, so a methadone dose may fall in two of them: the higher reading is the value, the lower
    the low end. A reading that has passed the upper end of its band stays there until the next band takes over, which
    makes the value the running maximum over all smaller doses: more methadone is never worth less, and a gap between
    two bands is no hole.
    """
    reached = [(mg_per_day * band.ratio, band.to) for band in methadone.bands if mg_per_day * band.ratio >= band.from_]
    if not reached:
        return None
    ends = [reading if to is None else min(reading, to) for reading, to in reached]
    inside = [reading for reading, to in reached if to is None or reading <= to]
    value = max(ends)
    return (min(inside) if inside else value), value, value
