"""When an order runs, how often a day, and whether it was stopped: TQ1, and RXE-1, ORC-7, 9 and 15.

A timing may be told in several pieces (`QAM` and `QHS`, or the steps of a plan). Those of one period add up; periods
are kept apart. What is not certain is told of, and never makes a dose smaller.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from cds.dates import Interval
from cds.statements import MedicationStatus
from integrations.hl7v2.decimals import number, written
from integrations.hl7v2.doses import per_day
from integrations.hl7v2.draft import Draft
from integrations.hl7v2.tokens import Segment, part

_STOPPED = frozenset({"DC", "CA", "OC", "OD", "CR", "DR", "RP", "RU"})
"""ORC-1: discontinued or cancelled, asked for or done; and the old order of one that is replaced."""
_STOPPED_STATUS = frozenset({"CA", "DC", "RP"})
_AS_NEEDED = "PRN"
_IN_TURN = "S"
"""HL7 table 0472: the next piece comes after this one."""
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


@dataclass(frozen=True, slots=True)
class _Piece:
    """One TQ1, or one repetition of RXE-1 or ORC-7."""

    place: str
    of_tq1: bool
    quantity: str
    patterns: tuple[str, ...]
    clock: int
    """How many times of the day are named."""
    start: Interval | None
    end: Interval | None
    as_needed: bool
    in_turn: bool

    @property
    def silent(self) -> bool:
        """Whether it says nothing of how often."""
        return not self.patterns and not self.clock

    @property
    def may_be_as_needed(self) -> bool:
        """Whether it is only for when it is needed, in its priority or in its pattern."""
        return self.as_needed or any(_AS_NEEDED in pattern.upper() for pattern in self.patterns)

    def at(self, position: int) -> str:
        """The place of a field of TQ1; the older form is one field."""
        return f"{self.place}-{position}" if self.of_tq1 else self.place


class Timing:
    """The timing of one order. `tq1s`: the TQ1 of each place where they may stand, the nearest first."""

    def __init__(
        self, draft: Draft, orc: Segment | None, rxe: Segment | None, tq1s: Iterable[Sequence[Segment]]
    ) -> None:
        self._draft = draft
        control = "" if orc is None else orc.value(1).upper()
        status = "" if orc is None else orc.value(5).upper()
        sources = [[_of_tq1(draft, tq1) for tq1 in each] for each in tq1s]
        older = ((segment, position) for segment, position in ((rxe, 1), (orc, 7)) if segment is not None)
        sources += [_of_field(draft, segment, position) for segment, position in older]
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
        telling = [source for source in self._sources if not all(piece.silent for piece in source)]
        main = [*telling, *self._sources, []][0]
        steps: dict[tuple[Interval | None, Interval | None], list[_Piece]] = {}
        for piece in main:
            steps.setdefault((piece.start, piece.end), []).append(piece)
        if len(steps) > 1 and not self._stopped:
            found = [
                Period(start or self._ordered, end or self._stop, self._often(pieces, amount))
                for (start, end), pieces in steps.items()
            ]
        else:
            often = Often() if len(steps) > 1 else self._agreed(telling, amount)
            found = [Period(self._start() or self._ordered, self._end(), often)]
        return [self._in_order(period, place) for period in found]

    def _start(self) -> Interval | None:
        """The first day that the nearest place with any tells."""
        for source in self._sources:
            if days := [piece.start for piece in source if piece.start is not None]:
                return min(days, key=lambda day: day.earliest)
        return None

    def _end(self) -> Interval | None:
        """The last day, likewise. The day of a stop goes before one that was planned; without a day it is today."""
        planned = None
        for source in self._sources:
            if days := [piece.end for piece in source if piece.end is not None]:
                planned = max(days, key=lambda day: day.latest)
                break
        as_of = self._draft.as_of
        if self._stopped and self._stop is None and (planned is None or planned.earliest > as_of):
            return Interval.parse(as_of.isoformat())
        return self._stop or planned

    def _in_order(self, period: Period, place: str) -> Period:
        if period.start is None or period.end is None or period.end.latest >= period.start.earliest:
            return period
        self._draft.note(place, "contradicted")
        return period._replace(start=None)

    def _agreed(self, telling: Sequence[Sequence[_Piece]], amount: Decimal | None) -> Often:
        """What the nearest place says; where another says otherwise, the least of them or more.

        A pattern elsewhere that is not understood may be a local word for the same, and is only told of.
        """
        if not telling:
            return Often()
        agreed = first = self._often(telling[0], amount)
        for pieces in telling[1:]:
            often = self._often(pieces, amount)
            if often == first or (often.times is None and not any(piece.may_be_as_needed for piece in pieces)):
                continue
            self._draft.note(pieces[0].at(3), "as_needed")
            known = [each.times for each in (agreed, often) if each.times is not None]
            times = min(known, key=Decimal) if len(known) == 2 else None  # noqa: PLR2004 - both
            agreed = Often(times, more=True, larger=agreed.larger or often.larger)
        return agreed

    def _often(self, pieces: Sequence[_Piece], amount: Decimal | None) -> Often:
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

    def _size(self, piece: _Piece, amount: Decimal | None) -> Decimal | None:
        """How many of the order's doses make one dose of this piece; None where that cannot be told."""
        quantity = number(piece.quantity)
        if not piece.quantity or (quantity is not None and quantity == amount):
            return _ONE
        if quantity != _ONE:
            self._draft.note(piece.at(2), "as_needed")
        return quantity

    def _of_piece(self, piece: _Piece) -> tuple[Decimal | None, bool]:
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


def _of_tq1(draft: Draft, tq1: Segment) -> _Piece:
    """TQ1: quantity in 2, patterns in 3, times of the day in 4, start 7, end 8, priorities 9, conjunction 12."""
    return _Piece(
        place=tq1.place,
        of_tq1=True,
        quantity=tq1.value(2),
        patterns=tuple(part(repetition, tq1.syntax) for repetition in tq1.repetitions(3)),
        clock=len(tq1.repetitions(4)),
        start=draft.date(tq1.value(7), f"{tq1.place}-7", may_lie_ahead=True),
        end=draft.date(tq1.value(8), f"{tq1.place}-8", may_lie_ahead=True),
        as_needed=_AS_NEEDED in (part(repetition, tq1.syntax).upper() for repetition in tq1.repetitions(9)),
        in_turn=tq1.value(12).upper() == _IN_TURN,
    )


def _of_field(draft: Draft, segment: Segment, position: int) -> list[_Piece]:
    """The older form: quantity, pattern & times, duration, start, end, priority, condition, text, conjunction."""
    place, found = f"{segment.place}-{position}", []
    for repetition in segment.repetitions(position):
        quantity, pattern, _, start, end, priority, _, _, conjunction = (
            part(repetition, segment.syntax, component) for component in range(1, 10)
        )
        clock = part(repetition, segment.syntax, 2, 2)
        piece = _Piece(
            place=place,
            of_tq1=False,
            quantity=quantity,
            patterns=(pattern,) if pattern else (),
            clock=clock.count(",") + 1 if clock else 0,
            start=draft.date(start, place, may_lie_ahead=True),
            end=draft.date(end, place, may_lie_ahead=True),
            as_needed=priority.upper() == _AS_NEEDED,
            in_turn=conjunction.upper() == _IN_TURN,
        )
        found.append(piece)
    return found
