"""What can be wrong with one comparison of a condition, wherever the condition stands."""

from __future__ import annotations

from typing import get_args

from cds.answers import Choice
from cds.content.conditions import SHAPES, Is, Leaf, Shape, property_and_threshold
from cds.content.folder import Content
from cds.facts import Facts


def comparison_problem(leaf: Leaf) -> str | None:
    """Why a fact cannot be compared like that, or None where it can."""
    try:
        property_and_threshold(leaf)
    except ValueError as error:
        return str(error)
    if isinstance(leaf, Is) and SHAPES[leaf.fact] is Shape.CHOICE and leaf.is_ not in _values(leaf.fact):
        return f"{leaf.is_} is no value of {leaf.fact}"
    return None


def rules_that_hold(content: Content) -> set[str]:
    """Every rule a condition may refer to: definitions, factors, and single steps of factors."""
    tiers = {rule for factor in content.factors.values() for rule, _ in factor.tiers}
    return tiers | set(content.definitions) | set(content.factors)


def _values(fact: str) -> tuple[str, ...]:
    (sent,) = (part for part in get_args(Facts.model_fields[fact].annotation) if part is not type(None))
    assert issubclass(sent, Choice)
    (values,) = (part for part in get_args(sent.model_fields["value"].annotation) if part is not type(None))
    return tuple(values)
