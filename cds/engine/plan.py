"""The rules of a release, put in an order in which each is decided after the rules it refers to.

A plan is what both evaluators are made from. It knows properties (numbers about the person), rules and groups (a
factor holds when any of its tiers does), and nothing about people, points or texts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from cds.content.conditions import (
    AllOf,
    AnyOf,
    Condition,
    EventHappened,
    LevelReached,
    Property,
    RuleHolds,
    leaves,
    property_and_threshold,
)


@dataclass(frozen=True, slots=True)
class Test:
    """One comparison: property `index` is at least (`above`) or at most the threshold."""

    index: int
    above: bool
    threshold: int


@dataclass(frozen=True, slots=True)
class Refers:
    """Another rule of this plan, or a group of rules, holds."""

    name: str


@dataclass(frozen=True, slots=True)
class Both:
    """Every part holds."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Either:
    """Some part holds."""

    parts: tuple[Node, ...]


Node = Test | Refers | Both | Either
GIVEN = "given"


class Plan:
    """Rules in order of decision, the properties they look at, and the outcomes they are given from outside.

    `rules` maps rule ids to conditions; `groups` maps a name to the rules of which any suffices; `given` names the
    outcomes (of another plan, of the level, of an event) that enter as properties. Raises ValueError with the rule's
    id where a condition cannot be decided.
    """

    def __init__(
        self,
        rules: Mapping[str, Condition],
        groups: Mapping[str, tuple[str, ...]] | None = None,
        given: tuple[str, ...] = (),
    ) -> None:
        self.groups: dict[str, tuple[str, ...]] = dict(groups or {})
        self.properties: list[Property] = [Property(name, GIVEN, True) for name in given]
        self.given = given
        self._given = {name: index for index, name in enumerate(given)}
        self._index = {prop.name: index for index, prop in enumerate(self.properties)}
        self._rules = rules
        self.order = self._sorted()
        self.nodes: dict[str, Node] = {}
        for name in self.order:
            try:
                self.nodes[name] = self._node(rules[name])
            except ValueError as error:
                raise ValueError(f"{name}: {error}") from None

    def _sorted(self) -> tuple[str, ...]:
        sorter: TopologicalSorter[str] = TopologicalSorter()
        for name, condition in self._rules.items():
            sorter.add(name, *self._referred(condition))
        try:
            return tuple(sorter.static_order())
        except CycleError as error:
            raise ValueError(f"{error.args[1][0]}: refers to itself by way of {', '.join(error.args[1])}") from None

    def _referred(self, condition: Condition) -> Iterator[str]:
        for leaf in leaves(condition):
            if isinstance(leaf, RuleHolds) and leaf.rule not in self._given:
                if leaf.rule in self.groups:
                    yield from self.groups[leaf.rule]
                elif leaf.rule in self._rules:
                    yield leaf.rule

    def _node(self, condition: Condition) -> Node:
        match condition:
            case AllOf():
                return Both(tuple(self._node(part) for part in condition.all))
            case AnyOf():
                return Either(tuple(self._node(part) for part in condition.any))
            case RuleHolds():
                if condition.rule in self._given:
                    return Test(self._given[condition.rule], True, 1)
                if condition.rule not in self._rules and condition.rule not in self.groups:
                    raise ValueError(f"no rule is called {condition.rule}")
                return Refers(condition.rule)
            case LevelReached() | EventHappened():
                name = given_name(condition)
                if name not in self._given:
                    raise ValueError(f"{name} is not known where this rule is decided")
                return Test(self._given[name], True, 1)
            case _:
                prop, threshold = property_and_threshold(condition)
                if prop.name not in self._index:
                    self._index[prop.name] = len(self.properties)
                    self.properties.append(prop)
                return Test(self._index[prop.name], prop.above, threshold)


def given_name(condition: LevelReached | EventHappened) -> str:
    """The name under which a level or an event enters a plan."""
    return f"level_{condition.level}" if isinstance(condition, LevelReached) else f"event_{condition.event}"


def tests(node: Node) -> Iterator[Test]:
    """Every comparison in a node."""
    if isinstance(node, Test):
        yield node
    elif isinstance(node, Both | Either):
        for part in node.parts:
            yield from tests(part)


def references(node: Node) -> Iterator[str]:
    """Every rule or group a node refers to."""
    if isinstance(node, Refers):
        yield node.name
    elif isinstance(node, Both | Either):
        for part in node.parts:
            yield from references(part)
