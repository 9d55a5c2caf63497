"""The one answer. Frozen; every channel renders it and none computes it again."""

from __future__ import annotations

from typing import Literal

from cds.answers import Frozen
from cds.content import Basis
from cds.dates import Day
from cds.facts import Facts

LevelName = Literal["low", "elevated", "high", "very_high", "acute", "undetermined", "not_applicable"]
ScoredLevelName = Literal["low", "elevated", "high", "very_high"]
Outcome = Literal["present", "absent", "unknown"]


class Range(Frozen):
    """The least it can be with what is known, and the most it can be with what is not."""

    at_least: int
    at_most: int


class EvidenceLine(Frozen):
    """Where a claim comes from: the document (see `sources` of the assessment) and the place in it."""

    source: str
    statement: str | None = None
    locator: str
    note: str | None = None


class SourceLine(Frozen):
    """A document the answer cites, and how old it is."""

    title: str
    edition: str
    age: str | None = None


class FactUsed(Frozen):
    """One fact that a factor rests on, and when it was."""

    fact: str
    label: str
    state: Literal["yes", "no", "unknown", "refused", "stale", "not_applicable"]
    value: str | None = None
    dates: tuple[str, ...] | None = None
    asked_on: Day | None = None


class TierLine(Frozen):
    """One step that counted."""

    id: str
    points: int
    text: str
    basis: Basis
    why: str


class FactorLine(Frozen):
    """One factor, explaining itself: what it adds, which step, which facts and dates, which sources."""

    id: str
    code: str
    family: str | None
    title: str
    outcome: Outcome
    points: Range
    because: str
    tiers: tuple[TierLine, ...]
    facts: tuple[FactUsed, ...]
    cautions: tuple[str, ...] | None = None
    evidence: tuple[EvidenceLine, ...]


class LevelReason(Frozen):
    """Why the level is not simply what the points say: a floor that lifts it, or the cap that holds it."""

    id: str
    level: ScoredLevelName
    text: str
    evidence: tuple[EvidenceLine, ...]


class AcuteLines(Frozen):
    """What to do now, in order, short enough to read aloud."""

    id: Literal["overdose_now", "overdose_last_hours", "suicide_now"]
    title: str
    steps: tuple[str, ...]
    evidence: tuple[EvidenceLine, ...]


class Ask(Frozen):
    """One fact to ask for."""

    fact: str
    question: str
    why: str


class Question(Frozen):
    """One thing worth asking next: the facts it settles, and how far their answers can move the bounds."""

    place: int
    topic: str
    asks: tuple[Ask, ...]
    could_change: str
    level_if_most_dangerous: LevelName
    level_at_most_if_least_dangerous: LevelName


class CautionLine(Frozen):
    """A sentence of honesty that belongs to this answer."""

    id: str
    text: str


class Provenance(Frozen):
    """What produced the answer: release and its digest, the evaluators that agreed, the service's version."""

    release: str
    digest: str
    engines: tuple[str, ...]
    service: str


class Assessment(Frozen):
    """The result for one person at one date. An acute answer holds its blocks and provenance only."""

    as_of: Day
    language: Literal["nb", "nn", "en"]
    level: LevelName
    label: str
    meaning: str | None = None
    level_at_most: ScoredLevelName | None = None
    points: Range | None = None
    level_because: tuple[LevelReason, ...] | None = None
    acute: tuple[AcuteLines, ...] | None = None
    factors: tuple[FactorLine, ...] | None = None
    recommendations: tuple[object, ...] | None = None
    questions: tuple[Question, ...] | None = None
    facts: Facts | None = None
    not_used: tuple[object, ...] | None = None
    cautions: tuple[CautionLine, ...] | None = None
    sources: dict[str, SourceLine] | None = None
    provenance: Provenance

    def as_json(self) -> bytes:
        """The answer as JSON; the same input and release always give the same bytes."""
        return self.model_dump_json(exclude_none=True).encode()
