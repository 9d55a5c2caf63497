"""The one answer. Frozen; every channel renders it and none computes it again.

Its lines are plain dataclasses: a hundred are made for each answer, only by our own code, and checking each as a model
would cost more than the rules do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from cds.answers import Frozen
from cds.content.advice import Modality, Urgency
from cds.content.texts import Basis
from cds.dates import Day
from cds.facts import Facts
from cds.records.doses.lines import OmeqLine
from cds.records.merge import Conflict
from cds.records.reasons import NotUsed

LevelName = Literal["low", "elevated", "high", "very_high", "acute", "undetermined", "not_applicable"]
ScoredLevelName = Literal["low", "elevated", "high", "very_high"]
FactState = Literal["yes", "no", "unknown", "refused", "stale", "conflicting", "not_applicable"]
Outcome = Literal["present", "absent", "unknown"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Range:
    """The least it can be with what is known, and the most it can be with what is not."""

    at_least: int
    at_most: int


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceLine:
    """Where a claim comes from: the document (see `sources` of the assessment) and the place in it."""

    source: str
    statement: str | None = None
    locator: str
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A document the answer cites, and how old it is."""

    title: str
    edition: str
    age: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactUsed:
    """One fact that a factor rests on, and when it was."""

    fact: str
    label: str
    state: FactState
    value: str | None = None
    dates: tuple[str, ...] | None = None
    asked_on: Day | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TierLine:
    """One step that counted."""

    id: str
    points: int
    text: str
    basis: Basis
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FactorLine:
    """One factor, explaining itself: what it adds, which step, which facts and dates, which sources."""

    id: str
    code: str
    family: str | None = None
    title: str
    outcome: Outcome
    points: Range
    because: str
    tiers: tuple[TierLine, ...]
    facts: tuple[FactUsed, ...]
    cautions: tuple[str, ...] | None = None
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelReason:
    """Why the level is not simply what the points say: a floor that lifts it, or the cap that holds it."""

    id: str
    level: ScoredLevelName
    text: str
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AcuteLines:
    """What to do now, in order, short enough to read aloud."""

    id: Literal["overdose_now", "overdose_last_hours", "suicide_now"]
    title: str
    steps: tuple[str, ...]
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One fact to ask for."""

    fact: str
    question: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """One thing worth asking next: the facts it settles, and how far their answers can move the bounds."""

    place: int
    topic: str
    asks: tuple[Ask, ...]
    could_change: str
    level_if_most_dangerous: LevelName
    level_at_most_if_least_dangerous: LevelName


@dataclass(frozen=True, slots=True, kw_only=True)
class CadenceLine:
    """How often; a default that a service can change."""

    days: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceLine:
    """A card, a site, an offer or a legal pointer."""

    id: str
    title: str
    note: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecommendationLine:
    """One measure. `if_confirmed`: due if the facts in `ask` turn out so; ask them first."""

    id: str
    code: str
    status: Literal["recommended", "if_confirmed"]
    urgency: Urgency
    title: str
    actor: str
    modality: tuple[Modality, ...]
    modality_note: str | None = None
    derived: bool | None = None
    text: str
    text_for_person: str
    because: str
    cadence: CadenceLine | None = None
    documentation: str | None = None
    consent: str | None = None
    resources: tuple[ResourceLine, ...] | None = None
    ask: tuple[str, ...] | None = None
    ask_also: tuple[str, ...] | None = None
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CautionLine:
    """A sentence of honesty that belongs to this answer."""

    id: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """What produced the answer: release and its digest, the evaluators that agreed, the service's version."""

    release: str
    digest: str
    engines: tuple[str, ...]
    service: str


class Assessment(Frozen):
    """The result for one person at one date. An acute answer holds its blocks and provenance only."""

    as_of: Day
    municipality: str | None = None
    language: Literal["nb", "nn", "en"]
    level: LevelName
    label: str
    meaning: str | None = None
    level_at_most: ScoredLevelName | None = None
    points: Range | None = None
    level_because: tuple[LevelReason, ...] | None = None
    acute: tuple[AcuteLines, ...] | None = None
    factors: tuple[FactorLine, ...] | None = None
    recommendations: tuple[RecommendationLine, ...] | None = None
    questions: tuple[Question, ...] | None = None
    facts: Facts | None = None
    not_used: tuple[NotUsed, ...] | None = None
    conflicts: tuple[Conflict, ...] | None = None
    origins: dict[str, tuple[int, ...]] | None = None
    """For each fact that statements made, the statements behind it, by their place in the request."""
    omeq: OmeqLine | None = None
    cautions: tuple[CautionLine, ...] | None = None
    sources: dict[str, SourceLine] | None = None
    provenance: Provenance

    def as_json(self) -> bytes:
        """The answer as JSON; the same input and release always give the same bytes."""
        # What model_dump_json does, less the way over a str of eighty thousand characters: a third of the time.
        return self.__pydantic_serializer__.to_json(self, exclude_none=True)
