"""The shapes of what stands above single factors: levels, floors, scope, emergencies and sentences of honesty."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StrictInt, StrictStr

from cds.answers import Stay
from cds.content.conditions import Condition
from cds.content.texts import Basis, Content, Evidence, Id, Language, Many, Text

ScoredLevel = Literal["low", "elevated", "high", "very_high"]


class Level(Content):
    """A level and the points it starts at."""

    id: ScoredLevel
    from_points: Annotated[StrictInt, Field(alias="from")]
    label: Text
    meaning: Text
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]


class OutsideLevel(Content):
    """A level that no number of points leads to."""

    label: Text
    meaning: Text
    why: StrictStr | None = None
    basis: Basis | None = None
    evidence: Many[Evidence] = ()


class Cap(Content):
    """How high one factor family alone can lift the level."""

    level: ScoredLevel
    text: Text
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]


class Floor(Content):
    """A level below which a person with certain facts never comes out."""

    id: Id
    code: StrictStr | None = None
    level: ScoredLevel
    when: Condition
    text: Text
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]


class MinimumSet(Content):
    """The facts that must be known and fresh before the word low is used."""

    facts: Many[StrictStr]
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]


class Scope(Content):
    """Whom the level does not apply to."""

    not_applicable_roles: Many[StrictStr]
    text: Text
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]


class Days(Content):
    """A number of days."""

    value: StrictInt
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]


class Kinds(Content):
    """Kinds of stays and pauses that something is presumed of."""

    kinds: Many[Stay]
    why: StrictStr
    basis: Basis
    evidence: Many[Evidence]


class Parameters(Content):
    """Numbers and presumptions used when dated items are read."""

    tolerance_pause_days: Days
    presumed_pause: Kinds
    presumed_opioid_history: Kinds


class LevelsFile(Content):
    """levels.yaml."""

    levels: Many[Level]
    outside: dict[Literal["acute", "undetermined", "not_applicable"], OutsideLevel]
    cap: Cap
    floors: Many[Floor]
    minimum_set: MinimumSet
    scope: Scope
    parameters: Parameters


class Steps(Content):
    """Short lines to read aloud, in order."""

    nb: Many[StrictStr]
    nn: Many[StrictStr]
    en: Many[StrictStr]

    def in_(self, language: Language) -> tuple[str, ...]:
        """The steps in one language."""
        steps: tuple[str, ...] = getattr(self, language)
        return steps


class AcuteBlock(Content):
    """What to do now, before anything else."""

    id: Literal["overdose_now", "overdose_last_hours", "suicide_now"]
    when: Condition
    title: Text
    steps: Steps
    basis: Basis
    evidence: Many[Evidence]
    why: StrictStr | None = None
    note: StrictStr | None = None


class Caution(Content):
    """A sentence of honesty and when it belongs in an answer."""

    id: Id
    applies: Literal[
        "always", "undetermined", "low", "high_or_above", "any_unknown", "any_refused", "acute", "suicidal_signs",
        "prescribed_opioid", "outlook_falling_step", "oslo_only", "outside_oslo", "note",
    ]  # fmt: skip
    text: Text


class Conflict(Content):
    """Where sources disagree, and what this service does about it."""

    about: Many[StrictStr]
    text: Text


class CautionsFile(Content):
    """cautions.yaml."""

    sentences: Many[Caution]
    conflicts: dict[StrictStr, Conflict]
