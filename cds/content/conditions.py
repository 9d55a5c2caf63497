"""The closed language in which content says when something holds, and what it may say about which fact.

Only positive statements exist. A leaf compares one property of a person with one number; every property is held at
two values, its least and its most dangerous, so a condition that holds at the first is present, one that holds at
neither is absent, and one that holds only at the second is unknown.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Literal, get_args

from pydantic import Discriminator, Field, StrictInt, StrictStr, Tag

from cds.answers import Answer, Choice, DatedAnswer, DecimalText, Frozen, Happened, Quantity
from cds.facts import FACT_NAMES, Facts

EVER = 36_500
"""Days: further back than any event of a living person."""
NEVER = 10_000_000
"""Stands for "did not happen" where fewer days are more dangerous, and for "above every number"."""
SCALE = 1_000
"""Quantities enter the evaluators as whole thousandths; decimals never reach them."""


class Shape(StrEnum):
    """What can be said about a fact."""

    ANSWER = "answer"
    DAYS = "days"
    NUMBER = "number"
    CHOICE = "choice"
    COUNT = "count"


def _shape(name: str) -> Shape:
    annotation = Facts.model_fields[name].annotation
    (sent,) = (part for part in get_args(annotation) if part is not type(None))
    if issubclass(sent, DatedAnswer | Happened):
        return Shape.DAYS
    if issubclass(sent, Quantity):
        return Shape.NUMBER
    if issubclass(sent, Choice):
        return Shape.CHOICE
    assert issubclass(sent, Answer)
    return Shape.ANSWER


DERIVED: dict[str, tuple[Shape, tuple[str, ...]]] = {
    "lost_tolerance": (Shape.DAYS, ("transitions", "agonist_treatment")),
    "lost_tolerance_implying_opioids": (Shape.DAYS, ("transitions", "agonist_treatment")),
    "transition_treatment_kept": (Shape.DAYS, ("transitions", "agonist_treatment")),
    "exit_prison": (Shape.DAYS, ("transitions",)),
    "exit_institution": (Shape.DAYS, ("transitions",)),
    "exit_any": (Shape.DAYS, ("transitions",)),
    "agonist_stop": (Shape.DAYS, ("transitions",)),
    "opioid_overdose": (Shape.DAYS, ("overdoses",)),
    "intoxication": (Shape.DAYS, ("overdoses",)),
    "any_overdose": (Shape.DAYS, ("overdoses",)),
    "told_overdose": (Shape.DAYS, ("overdoses",)),
    "suicidal_overdose": (Shape.DAYS, ("overdoses",)),
    "unclear_overdose": (Shape.DAYS, ("overdoses",)),
    "recent_loss": (Shape.DAYS, ("losses",)),
    "overdoses_in_a_year": (Shape.COUNT, ("overdoses",)),
    "depressants": (
        Shape.COUNT,
        ("benzodiazepine", "z_hypnotic", "alcohol", "gabapentinoid", "sedating_psychotropic", "other_sedative"),
    ),
    "depressants_besides_alcohol": (
        Shape.COUNT,
        ("benzodiazepine", "z_hypnotic", "gabapentinoid", "sedating_psychotropic", "other_sedative"),
    ),
    "bodily_illnesses": (
        Shape.COUNT,
        ("lung_disease", "liver_disease", "kidney_disease", "heart_disease", "serious_infection"),
    ),
    "usable_naloxone": (Shape.ANSWER, ("naloxone", "naloxone_expires")),
}
"""Facts computed from what was sent, with the facts they come from (see `cds.bounds`)."""

SHAPES: dict[str, Shape] = {name: _shape(name) for name in FACT_NAMES} | {k: v[0] for k, v in DERIVED.items()}


def origins(fact: str) -> tuple[str, ...]:
    """The facts a caller can send that `fact` comes from."""
    return DERIVED[fact][1] if fact in DERIVED else (fact,)


class Is(Frozen):
    """The fact is yes, no, refused, or one value of a choice. For what is dated: it ever happened, or never."""

    fact: StrictStr
    is_: Annotated[StrictStr, Field(alias="is")]


class AtLeast(Frozen):
    """The number is at least so much."""

    fact: StrictStr
    at_least: DecimalText


class LessThan(Frozen):
    """The number is known and below so much."""

    fact: StrictStr
    less_than: DecimalText


class WithinDays(Frozen):
    """It last happened at most so many days before `as_of`."""

    fact: StrictStr
    within_days: StrictInt


class OverDays(Frozen):
    """It last happened more than so many days before `as_of`."""

    fact: StrictStr
    over_days: StrictInt


class RuleHolds(Frozen):
    """Another rule is present: a definition, one tier of a factor (`factor/tier`), or any tier of a factor."""

    rule: StrictStr


class LevelReached(Frozen):
    """The level is at least this one; or is undetermined; or could be two steps higher than it is."""

    level: Literal["elevated", "high", "very_high", "undetermined", "could_rise_by_two"]


class EventHappened(Frozen):
    """The request is about this event."""

    event: StrictStr


class AllOf(Frozen):
    """Every part holds."""

    all: Annotated[tuple[Condition, ...], Field(min_length=1)]


class AnyOf(Frozen):
    """At least one part holds."""

    any: Annotated[tuple[Condition, ...], Field(min_length=1)]


_KINDS = ("is", "at_least", "less_than", "within_days", "over_days", "rule", "level", "event", "all", "any")


def _kind(value: object) -> str | None:
    keys = value if isinstance(value, dict) else {name.rstrip("_") for name in vars(value)}
    return next((kind for kind in _KINDS if kind in keys), None)


Leaf = Is | AtLeast | LessThan | WithinDays | OverDays
Condition = Annotated[
    Annotated[Is, Tag("is")]
    | Annotated[AtLeast, Tag("at_least")]
    | Annotated[LessThan, Tag("less_than")]
    | Annotated[WithinDays, Tag("within_days")]
    | Annotated[OverDays, Tag("over_days")]
    | Annotated[RuleHolds, Tag("rule")]
    | Annotated[LevelReached, Tag("level")]
    | Annotated[EventHappened, Tag("event")]
    | Annotated[AllOf, Tag("all")]
    | Annotated[AnyOf, Tag("any")],
    Discriminator(_kind),
]
AllOf.model_rebuild()
AnyOf.model_rebuild()


def leaves(condition: Condition) -> Iterator[Condition]:
    """Every part of a condition that has no parts itself."""
    if isinstance(condition, AllOf):
        for part in condition.all:
            yield from leaves(part)
    elif isinstance(condition, AnyOf):
        for part in condition.any:
            yield from leaves(part)
    else:
        yield condition


def compared(condition: Condition) -> Iterator[Leaf]:
    """The comparisons with facts in a condition."""
    for leaf in leaves(condition):
        if isinstance(leaf, Is | AtLeast | LessThan | WithinDays | OverDays):
            yield leaf


class Property:
    """One number the evaluators see, as (name, comparison): `above` compares with >=, `below` with <=."""

    __slots__ = ("above", "fact", "name", "plain", "value", "view")

    def __init__(self, fact: str, view: str, above: bool, value: str | None = None) -> None:
        self.fact, self.view, self.above, self.value = fact, view, above, value
        self.name = f"{fact}__{view}" if value is None else f"{fact}__is_{value}"
        self.plain = view in ("yes", "no") and fact in FACT_NAMES and SHAPES[fact] is Shape.ANSWER
        """Whether it says no more than the state of a fact that is sent."""


def property_and_threshold(leaf: Leaf) -> tuple[Property, int]:
    """The property a leaf looks at, and the number it is compared with.

    Raises ValueError where the fact is unknown or cannot be compared like that.
    """
    shape = SHAPES.get(leaf.fact)
    if shape is None:
        raise ValueError(f"no fact is called {leaf.fact}")
    match leaf:
        case Is() if shape is Shape.CHOICE:
            return Property(leaf.fact, "is", True, leaf.is_), 1
        case Is() if leaf.is_ in ("yes", "no") and shape in (Shape.ANSWER, Shape.DAYS):
            return Property(leaf.fact, leaf.is_, True), 1
        case Is() if leaf.is_ == "refused" and leaf.fact in FACT_NAMES:
            return Property(leaf.fact, leaf.is_, True), 1
        case AtLeast() if shape in (Shape.NUMBER, Shape.COUNT):
            return Property(leaf.fact, "most", True), _whole(leaf.at_least, shape)
        case LessThan() if shape in (Shape.NUMBER, Shape.COUNT):
            return Property(leaf.fact, "least", False), _whole(leaf.less_than, shape) - 1
        case WithinDays() if shape is Shape.DAYS:
            return Property(leaf.fact, "days", False), leaf.within_days
        case OverDays() if shape is Shape.DAYS:
            return Property(leaf.fact, "days_over", True), leaf.over_days + 1
    raise ValueError(f"{leaf.fact} is a {shape} and cannot be compared like that")


def _whole(number: Decimal, shape: Shape) -> int:
    scaled = number * (1 if shape is Shape.COUNT else SCALE)
    if scaled != int(scaled):
        raise ValueError("a count is compared with a whole number")
    return int(scaled)


def runs_with(leaf: Leaf, direction: str) -> bool:
    """Whether a leaf becomes true when its fact moves in the dangerous `direction` (content, facts.yaml)."""
    match leaf:
        case Is():
            return leaf.is_ == direction or (leaf.is_ == "yes" and direction in ("closer", "more"))
        case AtLeast():
            return direction in ("more", "yes")
        case WithinDays():
            return direction == "closer"
        case _:
            return False
