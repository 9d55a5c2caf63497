"""The shapes of facts and factors as written in YAML, with the cases that each factor owes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr, model_validator

from cds.content.conditions import Condition
from cds.content.texts import Basis, Content, Evidence, Id, Many, OneOrMore, Text


class ItemField(Content):
    """One field of a dated item, for people."""

    label: Text
    values: dict[StrictStr, Text] = {}


class FactContent(Content):
    """What a fact means: how it is asked for, which way is dangerous, how long an answer stays valid."""

    label: Text
    question: Text
    why: Text
    direction: Literal["yes", "no", "more", "closer", "none", "methadone"]
    valid_days: StrictInt | None = None
    yes_stays: StrictBool = False
    implies: Many[StrictStr] = ()
    implies_within: dict[StrictStr, StrictInt] = {}
    """What a date implies: a fact that is yes when this one happened at most so many days ago."""
    belongs_to: Many[StrictStr] = ()
    """The fact without which this one does not apply, where a yes here does not by itself imply it."""
    order: StrictInt
    statements: Many[StrictStr] = ()
    items: dict[StrictStr, ItemField] = {}
    values: dict[StrictStr, Text] = {}


class FactsFile(Content):
    """facts.yaml."""

    states: dict[StrictStr, Text]
    not_applicable_allowed: Many[StrictStr]
    facts: dict[StrictStr, FactContent]


class Definition(Content):
    """A named condition that other rules refer to."""

    text: Text
    when: Condition
    basis: Basis
    evidence: Many[Evidence]
    note: StrictStr | None = None


class Tier(Content):
    """One step of a factor. Tiers are cumulative thresholds; the highest that holds counts."""

    id: Id
    points: Annotated[StrictInt, Field(ge=1, le=20)]
    anchor: StrictBool = False
    counted_once_with: OneOrMore[StrictStr] = ()
    """Steps of another factor that rest on the same fact: what they add there is taken off here."""
    when: Condition
    text: Text
    basis: Basis
    why: StrictStr
    evidence: Many[Evidence] = ()


class Part(Content):
    """Tiers that combine among themselves."""

    id: Id
    combine: Literal["highest", "sum"]
    cap: StrictInt | None = None
    tiers: Annotated[Many[Tier], Field(min_length=1)]


class Factor(Content):
    """A risk factor, or (without `family`) an interaction of factors."""

    id: Id
    code: StrictStr
    also: Many[StrictStr] = ()
    family: StrictStr | None = None
    title: Text
    rationale: Text
    requires: Condition | None = None
    combine: Literal["highest", "sum"] = "highest"
    cap: StrictInt | None = None
    parts: Annotated[Many[Part], Field(min_length=1)]
    evidence: Annotated[Many[Evidence], Field(min_length=1)]
    cautions: Many[StrictStr] = ()

    @property
    def tiers(self) -> tuple[tuple[str, Tier], ...]:
        """Every tier with its rule id `factor/tier`."""
        return tuple((f"{self.id}/{tier.id}", tier) for part in self.parts for tier in part.tiers)


class Case(Content):
    """One example beside a factor, with the outcome it must have."""

    case: StrictStr
    as_of: StrictStr
    facts: dict[StrictStr, Any]
    outcome: Literal["present", "absent", "unknown"]
    points: tuple[StrictInt, StrictInt]

    @model_validator(mode="before")
    @classmethod
    def _points_as_pair(cls, value: Any) -> Any:
        if isinstance(value, dict) and isinstance(value.get("points"), list):
            return value | {"points": tuple(value["points"])}
        return value


class QuestionPlace(Content):
    """One place in the order in which questions are worth asking."""

    order: StrictInt
    topic: Text
    what_it_can_change: Text


class Retired(Content):
    """An id that is given up (retired.yaml, which stands only where something is). It never comes back as another."""

    kind: StrictStr
    id: StrictStr
    why: StrictStr
    successor: StrictStr
    """The id that takes its place, or none."""
