"""What one TQ1 says, or one repetition of RXE-1 or ORC-7, and which of these together are one step of a plan."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from cds.dates import Interval
from integrations.hl7v2.draft import Draft
from integrations.hl7v2.tokens import Segment, part

_AS_NEEDED = "PRN"
_IN_TURN = "S"
"""HL7 table 0472: the next piece comes after this one."""


@dataclass(frozen=True, slots=True)
class Piece:
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

    @property
    def days(self) -> tuple[Interval | None, Interval | None]:
        """Its first and its last day."""
        return self.start, self.end

    def at(self, position: int) -> str:
        """The place of a field of TQ1; the older form is one field."""
        return f"{self.place}-{position}" if self.of_tq1 else self.place


def tells(pieces: Iterable[Piece]) -> bool:
    """Whether any of these says how often."""
    return not all(piece.silent for piece in pieces)


def has_days(pieces: Iterable[Piece]) -> bool:
    """Whether any of these has a first or a last day."""
    return any(piece.days != (None, None) for piece in pieces)


def steps_of(pieces: Sequence[Piece]) -> list[list[Piece]]:
    """The pieces of each period. Where none says how often, periods that meet are one: nothing adds up in them."""
    steps: dict[tuple[Interval | None, Interval | None], list[Piece]] = {}
    for piece in pieces:
        steps.setdefault(piece.days, []).append(piece)
    if tells(pieces):
        return list(steps.values())
    found: list[list[Piece]] = []
    for step in sorted(steps.values(), key=_begins):
        _, last = span(found[-1]) if found else (None, None)
        if found and (last is None or last.latest >= _begins(step)):
            found[-1] += step
        else:
            found.append(step)
    return found


def span(step: Iterable[Piece]) -> tuple[Interval | None, Interval | None]:
    """The first and the last day of a step; None where one of its pieces does not tell it."""
    starts, ends = zip(*(piece.days for piece in step), strict=True)
    return (
        None if None in starts else min(starts, key=lambda day: day.earliest),
        None if None in ends else max(ends, key=lambda day: day.latest),
    )


def _begins(step: Sequence[Piece]) -> date:
    start, _ = span(step)
    return date.min if start is None else start.earliest


def of_segment(draft: Draft, tq1: Segment) -> Piece:
    """TQ1: quantity in 2, patterns in 3, times of the day in 4, start 7, end 8, priorities 9, conjunction 12."""
    return Piece(
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


def of_field(draft: Draft, segment: Segment, position: int) -> list[Piece]:
    """The older form: quantity, pattern & times, duration, start, end, priority, condition, text, conjunction."""
    place, found = f"{segment.place}-{position}", []
    for repetition in segment.repetitions(position):
        quantity, pattern, _, start, end, priority, _, _, conjunction = (
            part(repetition, segment.syntax, component) for component in range(1, 10)
        )
        clock = part(repetition, segment.syntax, 2, 2)
        piece = Piece(
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
