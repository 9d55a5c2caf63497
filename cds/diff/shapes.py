"""What a difference between two releases is made of, as data: the same for the command line, REST, pages and files."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict

from cds.content.texts import Language, Text

Weight = Literal["patch", "minor", "major"]
WEIGHTS: tuple[Weight, ...] = ("patch", "minor", "major")
"""patch: no outcome and no text changes. minor: factors, points, advice or texts change. major: the edition of a
guideline, the boundaries of the levels or the scope."""
Change = Literal["added", "removed", "changed"]
State = Literal["low", "elevated", "high", "very_high", "undetermined", "acute", "not_applicable", "refused"]
STATES: tuple[State, ...] = (
    "low",
    "elevated",
    "high",
    "very_high",
    "undetermined",
    "acute",
    "not_applicable",
    "refused",
)
"""Every way an answer can come out; refused: the release finds that these facts cannot be true together."""


class Shape(BaseModel):
    """Immutable, and nothing more than is said."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FieldChange(Shape):
    """One field of one piece of content, before and after."""

    change: Change
    path: str
    """Where in the piece, for programs: names and ids joined by dots."""
    words: str
    """Where and what, in one line of English: "step at-least-100, points: 3 → 4"."""
    language: Language | None = None
    """For a text: which of its three languages."""
    before: str | None = None
    after: str | None = None
    weight: Weight


class PieceChange(Shape):
    """One piece of content (a factor, a recommendation, a value set ...) that came, went or changed."""

    kind: str
    id: str
    code: str | None = None
    title: Text | None = None
    change: Change
    weight: Weight
    fields: tuple[FieldChange, ...] = ()
    """Empty where the whole piece came or went."""
    sources_before: tuple[str, ...] = ()
    sources_after: tuple[str, ...] = ()


class Outcome(Shape):
    """How one person comes out under one release."""

    level: State
    level_at_most: State | None = None
    points: tuple[int, int] | None = None


class AdviceChange(Shape):
    """One recommendation for one person, before and after: a status, with its urgency, or None where it is not made."""

    code: str
    id: str
    before: str | None
    after: str | None


class CaseMove(Shape):
    """One case of the case files that comes out otherwise: its level, bounds or points, or a recommendation that both
    releases know. Whole new recommendations would be named at every case; the cohort tells whom they reach."""

    file: str
    case: str
    stands_in: Literal["both", "old", "new"]
    """Which release has the case. Where both do and it was rewritten, it is judged as the newer one tells it."""
    before: Outcome
    after: Outcome
    advice: tuple[AdviceChange, ...]


class Matrix(Shape):
    """How many of the cohort went from each row's outcome to each column's."""

    states: tuple[State, ...]
    counts: tuple[tuple[int, ...], ...]

    @property
    def moved(self) -> int:
        """How many are off the diagonal."""
        return sum(
            count for row, counts in enumerate(self.counts) for column, count in enumerate(counts) if row != column
        )


class AdviceMoves(Shape):
    """How many of the cohort get one recommendation, before and after."""

    id: str
    code: str
    title: Text
    recommended: tuple[int, int]
    if_confirmed: tuple[int, int]
    appears: int
    vanishes: int
    becomes_certain: int
    becomes_conditional: int
    urgency_changes: int


class Cohort(Shape):
    """On whom the difference was computed."""

    size: int
    seed: int
    as_of: date
    fingerprint: str
    basis: str


class Behaviour(Shape):
    """Whom the change moves."""

    cases_compared: int
    cases: tuple[CaseMove, ...]
    cohort: Cohort
    level: Matrix
    level_at_most: Matrix
    """Over those whose level has an upper bound under both releases."""
    level_moved: int
    level_at_most_moved: int
    points_moved: int
    advice_moved: int
    """Persons with at least one recommendation that is new, gone, or of another status or urgency."""
    share_moved: str
    """Share of the cohort whose level moves, in per cent with two decimals."""
    advice: tuple[AdviceMoves, ...]
    """Every recommendation that differs for somebody."""

    @property
    def moves_somebody(self) -> bool:
        """Whether anybody comes out otherwise in any way."""
        return bool(
            self.cases or self.level_moved or self.level_at_most_moved or self.points_moved or self.advice_moved
        )


class Version(Shape):
    """One of the two releases. The digest is missing where it is being frozen: this report is part of it."""

    version: str
    digest: str | None
    in_force_from: date


class Difference(Shape):
    """Everything that differs between two releases."""

    old: Version
    new: Version
    least: Weight
    """The least step of the version number that this difference needs."""
    because: tuple[str, ...]
    """What needs that step, in words."""
    content: tuple[PieceChange, ...]
    behaviour: Behaviour
