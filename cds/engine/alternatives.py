"""A plan rewritten so that durable-rules does not repeat itself.

durable-rules fires a rule once for each way it comes true: `(a or b or c) and (d or e)` fires six times. Each firing
costs a microsecond, and for one person the measures fired 286 times, now 149. Alternatives whose ways would multiply,
or that several rules share, become parts: rules of their own, decided a stage earlier and referred to by name.
Outcomes of which any will do become a group, as the tiers of a factor are, and so does a rule that says no more than
that of other rules: it holds with the first of them and needs no stage of its own, of which each costs two facts more.
Not so where an outcome was given to the plan: nothing of such a rule would be decided here. The compiled evaluator is
made from the plan as it was written, so the two still confirm each other.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator

from cds.engine.plan import Both, Either, Node, Plan, Refers, Test, references


class Alternatives:
    """The same rules as a plan, with their parts. `nodes` and `groups` are what durable-rules decides."""

    def __init__(self, plan: Plan) -> None:
        self._given = dict(enumerate(plan.given))
        self._parts: dict[Node, str] = {}
        self._any_of: dict[tuple[str, ...], str] = {}
        self.groups: dict[str, tuple[str, ...]] = dict(plan.groups)
        """A name and the outcomes of which any will do: rules, parts, or what the plan was given."""
        rules = {name: self._joined(plan.nodes[name]) for name in plan.order}
        shared = {node for node, times in Counter(_eithers(rules.values())).items() if times > 1}
        found = {name: self._with_parts(node, shared, multiplies=False) for name, node in rules.items()}
        for name, node in found.items():
            if self._rests_on_rules(node):
                self.groups[name] = tuple(self._outcomes(node))
        self.nodes: dict[str, Node] = {name: node for node, name in self._parts.items()}
        self.nodes |= {name: node for name, node in found.items() if name not in self.groups}
        self.groups = {name: tuple(dict.fromkeys(self._members(name))) for name in self.groups}
        self.stages = self._staged()

    def brought_by(self, name: str) -> tuple[str, ...]:
        """What holds when a rule, a part or a given outcome does: itself and its groups."""
        return (name, *(group for group, members in self.groups.items() if name in members))

    def _rests_on_rules(self, node: Node) -> bool:
        """Whether it is said by other rules of the plan and by no outcome that was given to it."""
        named = [part.name for part in _flat([node]) if isinstance(part, Refers)]
        members = {member for name in named for member in self._members(name) or (name,)}
        return bool(named) and members.isdisjoint(self._given.values())

    def _outcomes(self, either: Node) -> Iterator[str]:
        """The outcomes of which any will do; what is compared with numbers becomes a part first."""
        parts = tuple(_flat([either]))
        yield from (part.name for part in parts if isinstance(part, Refers))
        rest = tuple(part for part in parts if not isinstance(part, Refers))
        if rest:
            yield self._part(rest[0] if len(rest) == 1 else Either(rest))

    def _part(self, node: Node) -> str:
        return self._parts.setdefault(node, f"part-{len(self._parts)}")

    def _members(self, name: str) -> list[str]:
        """The rules, parts and given outcomes of a group, and of the groups in it."""
        found: list[str] = []
        for member in self.groups.get(name, ()):
            found += self._members(member) if member in self.groups else [member]
        return found

    def _joined(self, node: Node) -> Node:
        """The node with what the plan was given as outcomes, no alternatives directly in alternatives, and groups."""
        match node:
            case Test() if node.index in self._given:
                return Refers(self._given[node.index])
            case Both():
                return Both(tuple(self._joined(part) for part in node.parts))
            case Either():
                parts = tuple(dict.fromkeys(_flat(self._joined(part) for part in node.parts)))
                outcomes = tuple(part.name for part in parts if isinstance(part, Refers))
                if len(outcomes) > 1:
                    rest = tuple(part for part in parts if not isinstance(part, Refers))
                    parts = (Refers(self._group(outcomes)), *rest)
                return parts[0] if len(parts) == 1 else Either(parts)
            case _:
                return node

    def _group(self, outcomes: tuple[str, ...]) -> str:
        members = tuple(
            dict.fromkeys(member for outcome in outcomes for member in self.groups.get(outcome, (outcome,)))
        )
        name = self._any_of.setdefault(members, f"any-{len(self._any_of)}")
        self.groups[name] = members
        return name

    def _with_parts(self, node: Node, shared: set[Either], *, multiplies: bool) -> Node:
        """A part is worth its own firing where it is shared, or where its ways multiply with those of another."""
        match node:
            case Both():
                several = sum(ways(part) > 1 for part in node.parts) > 1
                return Both(tuple(self._with_parts(part, shared, multiplies=several) for part in node.parts))
            case Either():
                either = Either(tuple(self._with_parts(part, shared, multiplies=False) for part in node.parts))
                if node not in shared and not multiplies:
                    return either
                return Refers(self._part(either))
            case _:
                return node

    def _staged(self) -> tuple[tuple[str, ...], ...]:
        depths: dict[str, int] = {}

        def depth(name: str) -> int:
            if name not in self.nodes:
                return -1
            if name not in depths:
                depths[name] = 1 + max((depth(other) for other in self._referred(name)), default=-1)
            return depths[name]

        last = max((depth(name) for name in self.nodes), default=-1)
        return tuple(tuple(name for name in self.nodes if depths[name] == stage) for stage in range(last + 1))

    def _referred(self, name: str) -> Iterator[str]:
        for other in references(self.nodes[name]):
            yield from self.groups.get(other, (other,))


def ways(node: Node) -> int:
    """How many ways a node can come true; durable-rules keeps one pending condition for each."""
    match node:
        case Both():
            return math.prod(ways(part) for part in node.parts)
        case Either():
            return sum(ways(part) for part in node.parts)
        case _:
            return 1


def _flat(parts: Iterable[Node]) -> Iterator[Node]:
    for part in parts:
        if isinstance(part, Either):
            yield from part.parts
        else:
            yield part


def _eithers(nodes: Iterable[Node]) -> Iterator[Either]:
    for node in nodes:
        if isinstance(node, Both | Either):
            if isinstance(node, Either):
                yield node
            yield from _eithers(node.parts)
