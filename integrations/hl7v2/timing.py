"""When an order runs, how often a day, and whether it was stopped: TQ1, and RXE-1, ORC-7, 9 and 15.

A timing may be told in several pieces (`QAM` and `QHS`, or the steps of a plan). Those of one period add up; periods
are kept apart. What is not certain is told of, and never makes a dose smaller.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from typing import NamedTuple

from cds.dates import Interval
from cds.records.statements import MedicationStatus
from integrations.hl7v2.decimals import number, written
from integrations.hl7v2.doses import per_day
from integrations.hl7v2.draft import Draft
from integrations.hl7v2.pieces import Piece, has_days, of_field, of_segment, span, steps_of, tells
from integrations.hl7v2.tokens import Segment

_STOPPED = frozenset({"DC", "CA", "OC", "OD", "CR", "DR", "RP", "RU"})
"""ORC-1: discontinued or cancelled, asked for or done; and the old order of one that is replaced."""
_STOPPED_STATUS = frozenset({"CA", "DC", "RP"})
_ONE = Decimal(1)


class Often(NamedTuple):
    """How often a day; None: nobody can tell. `more`: so often or more; `larger`: perhaps more than the order names."""

    times: str | None = None
    more: bool = False
    larger: bool = False


class Period(NamedTuple):
    """The days of an order, or of a step of it, and how often a day then."""

    start: Interval | None
    end: Interval | None
    often: Often


class Timing:
    """The timing of one order. `tq1s`: the TQ1 of each place where they may stand, the nearest first."""

    def __init__(
        self, draft: Draft, orc: Segment | None, rxe: Segment | None, tq1s: Iterable[Sequence[Segment]]
    ) -> None:
        self._draft = draft
        control = "" if orc is None else orc.value(1).upper()
        status = "" if orc is None else orc.value(5).upper()
        sources = [[of_segment(draft, tq1) for tq1 in each] for each in tq1s]
        older = ((segment, position) for segment, position in ((rxe, 1), (orc, 7)) if segment is not None)
        sources += [of_field(draft, segment, position) for segment, position in older]
        self._sources = [source for source in sources if source]
        told_to_stop = control in _STOPPED or status in _STOPPED_STATUS
        days = [] if orc is None else _order_days(draft, orc)
        self._stop = days[0] if told_to_stop and days else None
        runs_on = self._stop is not None and self._stop.earliest > draft.as_of
        self._ordered = days[0] if days and not told_to_stop else None
        self._stopped = told_to_stop and not runs_on
        if runs_on and orc is not None:
            draft.note(f"{orc.place}-15", "lies_ahead")
        self.status = MedicationStatus.COMPLETED if status == "CM" else MedicationStatus.ACTIVE
        if self._stopped:
            self.status = MedicationStatus.STOPPED

    def periods(self, place: str, amount: Decimal | None) -> list[Period]:
        """The periods of a medicine that is named at `place`. `amount`: how much of it the order calls one dose."""
        main: Sequence[Piece] = next((source for source in self._sources if tells(source)), [])
        dated = next((source for source in (main, *self._sources) if has_days(source)), main)
        steps = steps_of(dated)
        if len(steps) > 1 and not self._stopped:
            found = self._of_steps(dated, steps, amount)
        else:
            often = Often() if len(steps) > 1 else self._agreed(self._sources, amount)
            found = [Period(self._start() or self._ordered, self._end(), often)]
        return [self._in_order(period, place) for period in found]

    def _of_steps(
        self, dated: Sequence[Piece], steps: Sequence[Sequence[Piece]], amount: Decimal | None
    ) -> list[Period]:
        """Each step of a plan. `dated`: the pieces of all. Where none of them says how often, another place may."""
        each_says = {self._often(step, amount) for step in steps if tells(step)}
        found = []
        for step in steps:
            if tells(dated) and not tells(step):
                often = self._often(step, amount)
            else:
                elsewhere = {piece.days for other in steps if other is not step for piece in other} - {(None, None)}
                beside = [
                    [piece for piece in source if piece.days not in elsewhere]
                    for source in self._sources
                    if source is not dated
                ]
                often = self._agreed([step, *beside], amount, each_says)
            start, end = span(step)
            found.append(Period(start or self._ordered, end or self._stop, often))
        return found

    def _start(self) -> Interval | None:
        """The first day that the nearest place with any tells."""
        for source in self._sources:
            if days := [piece.start for piece in source if piece.start is not None]:
                return min(days, key=lambda day: day.earliest)
        return None

    def _end(self) -> Interval | None:
        """The last day, likewise; none where a piece there does not end, or a nearer place begins only after it.

        The day of a stop goes before one that was planned; without a day it is today.
        """
        planned = begun = None
        for source in self._sources:
            if any(piece.end is not None for piece in source):
                _, planned = span(source)
                if planned is not None and begun is not None and planned.latest < begun:
                    self._draft.note(source[0].at(8), "contradicted")
                    planned = None
                break
            begun = begun or min((piece.start.earliest for piece in source if piece.start is not None), default=None)
        as_of = self._draft.as_of
        if self._stopped and self._stop is None and (planned is None or planned.earliest > as_of):
            return Interval.parse(as_of.isoformat())
        return self._stop or planned

    def _in_order(self, period: Period, place: str) -> Period:
        if period.start is None or period.end is None or period.end.latest >= period.start.earliest:
            return period
        self._draft.note(place, "contradicted")
        return period._replace(start=None)

    def _agreed(
        self, places: Sequence[Sequence[Piece]], amount: Decimal | None, elsewhere: Collection[Often] = ()
    ) -> Often:
        """What the nearest place says; where another says otherwise, the least of them or more.

        A pattern elsewhere that is not understood may be a local word for the same, and is only told of; so is none
        that says what other steps of the plan (`elsewhere`) say. A place that does not say how often may still say
        that it is only when needed, or how many doses are taken at once: then nobody can tell.
        """
        telling = [pieces for pieces in places if tells(pieces)]
        agreed = first = self._often(telling[0], amount) if telling else Often()
        for pieces in telling[1:]:
            often = self._often(pieces, amount)
            if often == first or (often.times is not None and often in elsewhere):
                continue
            if often.times is None and not often.larger and not any(piece.may_be_as_needed for piece in pieces):
                continue
            self._draft.note(pieces[0].at(3), "as_needed")
            known = [each.times for each in (agreed, often) if each.times is not None]
            times = min(known, key=Decimal) if len(known) == 2 else None  # noqa: PLR2004 - both
            agreed = Often(times, more=True, larger=agreed.larger or often.larger)
        for pieces in places:
            if not tells(pieces) and (often := self._reserved(pieces, amount)) != Often():
                agreed = often._replace(larger=agreed.larger or often.larger)
        return agreed

    def _reserved(self, pieces: Sequence[Piece], amount: Decimal | None) -> Often:
        """What pieces that do not say how often leave open of what others say; nothing where they add nothing."""
        needed = [piece for piece in pieces if piece.as_needed]
        for piece in needed:
            self._draft.note(piece.at(9), "as_needed")
        larger = [piece for piece in pieces if self._size(piece, amount) != _ONE]
        return Often(None, more=True, larger=bool(larger)) if needed or larger else Often()

    def _often(self, pieces: Sequence[Piece], amount: Decimal | None) -> Often:
        """How often a day, from the pieces of one period."""
        known: list[Decimal] = []
        more = larger = in_turn = False
        for index, piece in enumerate(pieces):
            times, uncertain = self._of_piece(piece)
            if (size := self._size(piece, amount)) != _ONE:
                larger = True
                times = times if size is not None and size > _ONE else None
            if piece.silent and len(pieces) > 1:
                self._draft.note(piece.at(3), "as_needed")
                uncertain = True
            if piece.in_turn and index < len(pieces) - 1:
                self._draft.note(piece.at(12), "as_needed")
                in_turn = uncertain = True
            more |= uncertain
            known += [] if times is None else [times]
        if not known:
            return Often(None, more, larger)
        return Often(written(min(known) if in_turn else sum(known, Decimal(0))), more, larger)

    def _size(self, piece: Piece, amount: Decimal | None) -> Decimal | None:
        """How many of the order's doses make one dose of this piece; None where that cannot be told."""
        quantity = number(piece.quantity)
        if not piece.quantity or (quantity is not None and quantity == amount):
            return _ONE
        if quantity != _ONE:
            self._draft.note(piece.at(2), "as_needed")
        return quantity

    def _of_piece(self, piece: Piece) -> tuple[Decimal | None, bool]:
        """How often a day one piece says, and whether it may be more."""
        patterns = [per_day(pattern) for pattern in piece.patterns]
        times = sum((often for often in patterns if often is not None), Decimal(0))
        more = None in patterns
        if more:
            self._draft.note(piece.at(3), "as_needed")
        if piece.as_needed:
            self._draft.note(piece.at(9), "as_needed")
            return None, True
        if piece.clock and not patterns:
            times = Decimal(piece.clock)
        elif piece.clock and times != piece.clock:
            self._draft.note(piece.at(4), "as_needed")
            times, more = min(times, Decimal(piece.clock)), True
        return times or None, more


def _order_days(draft: Draft, orc: Segment) -> list[Interval]:
    """ORC-15 (from when it holds), then ORC-9 (when it was written)."""
    days = (
        draft.date(orc.value(15), f"{orc.place}-15", may_lie_ahead=True),
        draft.date(orc.value(9), f"{orc.place}-9"),
    )
    return [day for day in days if day is not None]
