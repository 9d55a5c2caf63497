"""The deciding evaluator: durable-rules, driven through its C module.

Why not through its Host or its rule language: those start timer threads that race requests, lose fired rules, crash in
ordinary use and swallow errors. The C module driven as here was never wrong and keeps no memory. What must hold for
that is kept in this file: one flat fact per group with whole numbers only, names of our own, one session that is
emptied after each call, one lock, no negation, and at most 64 conditions pending per fact (error 303), proved when a
release is loaded.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from itertools import islice
from typing import Any

from cds.content.conditions import NEVER
from cds.engine.alternatives import Alternatives, ways
from cds.engine.plan import Both, Either, Node, Plan, Refers, Test, references, tests
from cds.errors import ContentError, EngineFailure

try:
    import durable_rules_engine as _engine
except ImportError:  # not built on this machine; /health and every provenance say so
    _engine = None

PENDING_LIMIT = 64
PROPERTY_LIMIT = 250
PATTERN_NODES_LIMIT = 500
_FIRINGS_LIMIT = PENDING_LIMIT * 4
_DIGITS = 4
_names = itertools.count()
_SESSION = "s"


def available() -> bool:
    """Whether durable-rules could be imported here."""
    return _engine is not None


def _leaves(node: Node) -> int:
    return sum(_leaves(part) for part in node.parts) if isinstance(node, Both | Either) else 1


def _fnv1a(name: str) -> int:
    """The hash by which durable-rules tells names apart."""
    value = 2166136261
    for byte in name.encode():
        value = ((value ^ byte) * 16777619) & 0xFFFFFFFF
    return value


class _Group:
    """Rules of one stage that look at one fact together."""

    def __init__(self, kind: str, nodes: Mapping[str, Node], outcomes: Mapping[str, str]) -> None:
        self.kind = kind
        self.nodes = nodes
        self.short = outcomes
        self.rules: list[str] = []
        self.pending = 0
        self.head = f'{{"kind":"{kind}","sid":"{_SESSION}","id":"{kind}"'
        self.above: list[tuple[int, int, str, str]] = []
        self.below: list[tuple[int, int, str]] = []
        """Each property's index, the nearest number it is compared with, how it begins in the fact, and (above) how it
        stands there with 1, as most do."""
        self.outcomes: list[tuple[str, str]] = []

    def takes(self, node: Node) -> bool:
        """Whether one more rule keeps the fact under the limit, with every rule counted as true."""
        return not self.rules or self.pending + _cost(node) <= PENDING_LIMIT

    def add(self, name: str) -> None:
        self.rules.append(name)
        self.pending += _cost(self.nodes[name])

    def close(self) -> None:
        nodes = [self.nodes[name] for name in self.rules]
        indexes = sorted({test.index for node in nodes for test in tests(node)})
        for index in indexes:
            compared = [test for node in nodes for test in tests(node) if test.index == index]
            above = compared[0].above
            edge = (min if above else max)(test.threshold for test in compared)
            if above:
                self.above.append((index, edge, f',"v{index}":', f',"v{index}":1'))
            else:
                self.below.append((index, edge, f',"v{index}":'))
        names = sorted({name for node in nodes for name in references(node)})
        self.outcomes = [(name, f',"{self.short[name]}":1') for name in names]

    def fact(self, values: Sequence[int], holding: Iterable[str]) -> str:
        """The fact as JSON. What cannot make a condition true is left out: it keeps the fact small."""
        parts = [
            one if value == 1 else f"{head}{value}"
            for index, edge, head, one in self.above
            if (value := values[index]) >= edge
        ]
        parts += [f"{head}{value}" for index, edge, head in self.below if (value := values[index]) <= edge]
        parts += [text for name, text in self.outcomes if name in holding]
        return f"{self.head}{''.join(parts)}}}"


def _cost(node: Node) -> int:
    """What a rule adds to the conditions pending for its fact: its ways to come true, or its comparisons if more."""
    return max(ways(node), _leaves(node))


def _written(node: Node, outcomes: Mapping[str, str]) -> dict[str, Any]:
    match node:
        case Test():
            return {"$gte" if node.above else "$lte": {f"v{node.index}": node.threshold}}
        case Refers():
            return {outcomes[node.name]: 1}
        case Both():
            return {"$and": [_written(part, outcomes) for part in node.parts]}
        case Either():
            return {"$or": [_written(part, outcomes) for part in node.parts]}


class Durable:
    """Decides a plan for one set of property values with durable-rules."""

    name = "durable-rules"

    def __init__(self, plan: Plan) -> None:
        if _engine is None:
            raise EngineFailure("durable-rules is not installed")
        self._plan = plan
        self._rules = Alternatives(plan)
        known = dict.fromkeys((*plan.given, *self._rules.nodes, *plan.order, *self._rules.groups))
        self._outcomes = {name: f"r{index}" for index, name in enumerate(known)}
        """A fact is copied into every message about it, so an outcome enters it by a number and not by its name."""
        self._numbers = {name: f"q{index:0{_DIGITS}}" for index, name in enumerate(self._rules.nodes)}
        brought_by = self._rules.brought_by
        self._given = tuple((index, brought_by(name)) for index, name in enumerate(plan.given))
        self._wanted = frozenset(plan.order)
        self._lock = threading.Lock()
        self._stages = self._grouped()
        self._brings = {number: brought_by(name) for name, number in self._numbers.items()}
        self._refuse_broken_limits()
        self._handle = _engine.create_ruleset(f"plan{next(_names)}", self._definition())
        self._start_session()
        self._prove_worst_case()

    def _grouped(self) -> list[list[_Group]]:
        stages = []
        for number, stage in enumerate(self._rules.stages):
            groups: list[_Group] = []
            for name in stage:
                node = self._rules.nodes[name]
                group = next((group for group in groups if group.takes(node)), None)
                if group is None:
                    group = _Group(f"s{number}g{len(groups)}", self._rules.nodes, self._outcomes)
                    groups.append(group)
                group.add(name)
            for group in groups:
                group.close()
            stages.append(groups)
        return stages

    def _definition(self) -> str:
        rules: dict[str, Any] = {"q_start": {"all": [{"m": {"kind": "start"}}]}}
        for group in itertools.chain.from_iterable(self._stages):
            rules[f"q_{group.kind}"] = {"all": [{"m": {"kind": group.kind}}]}
            for name in group.rules:
                condition = {"$and": [{"kind": group.kind}, _written(self._rules.nodes[name], self._outcomes)]}
                rules[self._numbers[name]] = {"all": [{"m": condition}]}
        return json.dumps(rules)

    def _refuse_broken_limits(self) -> None:
        problems = []
        for group in itertools.chain.from_iterable(self._stages):
            if group.pending > PENDING_LIMIT:
                problems.append(f"{group.rules[0]}: more than {PENDING_LIMIT} ways to come true")
            if len(group.above) + len(group.below) + len(group.outcomes) > PROPERTY_LIMIT:
                problems.append(f"{group.rules[0]}: more than {PROPERTY_LIMIT} properties in one fact")
            if sum(_leaves(self._rules.nodes[name]) for name in group.rules) > PATTERN_NODES_LIMIT:
                problems.append(f"{group.rules[0]}: more than {PATTERN_NODES_LIMIT} conditions in one fact")
        names = ["kind", "sid", "id", *(f"v{i}" for i in range(len(self._plan.properties)))]
        names += self._outcomes.values()
        names += [group.kind for group in itertools.chain.from_iterable(self._stages)]
        seen: dict[int, str] = {}
        for name in names:
            other = seen.setdefault(_fnv1a(name), name)
            if other != name:
                problems.append(f"durable-rules cannot tell {name} from {other}")
        if problems:
            raise ContentError(problems)

    def _start_session(self) -> None:
        """Complete one action once: the C state is not initialised before that, and deleting it would crash."""
        _, offset = _engine.assert_fact(self._handle, f'{{"kind":"start","sid":"{_SESSION}","id":"start"}}')
        started = _engine.start_action_for_state(self._handle, offset)
        message = started[1] if started else None
        while message:
            message = _engine.complete_and_start_action(self._handle, offset)

    def _prove_worst_case(self) -> None:
        """Let every rule be true at once: the limit must hold for the person with the most risk factors."""
        values = [NEVER if prop.above else -1 for prop in self._plan.properties]
        missed = set(self._plan.order) - self.holding(values)
        if missed:
            raise ContentError(f"{name}: durable-rules cannot decide it with all rules true" for name in sorted(missed))

    def holding(self, values: Sequence[int]) -> frozenset[str]:
        """The rules that hold for these property values. Raises EngineFailure; gives no partial answer."""
        return self._holding(values, {})

    def bounds(self, least: Sequence[int], most: Sequence[int]) -> tuple[frozenset[str], frozenset[str]]:
        """What holds at both ends. What is the same fact at both is asserted once. Raises EngineFailure."""
        asserted: dict[str, list[str]] = {}
        return self._holding(least, asserted), self._holding(most, asserted)

    def _holding(self, values: Sequence[int], asserted: dict[str, list[str]]) -> frozenset[str]:
        """`asserted`: what held for facts of this call that were asserted before."""
        holding: set[str] = set()
        for index, brought in self._given:
            if values[index] > 0:
                holding.update(brought)
        with self._lock:
            try:
                for groups in self._stages:
                    facts = [group.fact(values, holding) for group in groups]
                    for fact in facts:
                        if fact not in asserted:
                            asserted[fact] = self._brought(fact)
                        holding.update(asserted[fact])
            except Exception as error:
                self._recover()
                raise EngineFailure("durable-rules failed") from error
        return self._wanted & holding

    def _brought(self, fact: str) -> list[str]:
        """What holds by the rules that fired for one fact; how often they did says nothing."""
        handle = self._handle
        _, offset = _engine.assert_fact(handle, fact)
        started = _engine.start_action_for_state(handle, offset)
        if not started:
            raise RuntimeError("durable-rules did not take a fact")
        following = iter(partial(_engine.complete_and_start_action, handle, offset), None)
        messages = [started[1], *islice(following, _FIRINGS_LIMIT)]
        if len(messages) > _FIRINGS_LIMIT:
            raise RuntimeError("durable-rules did not come to an end")
        _engine.retract_fact(handle, fact)
        nothing: tuple[str, ...] = ()
        return [name for message in messages for name in self._brings.get(message[2 : 3 + _DIGITS], nothing)]

    def _recover(self) -> None:
        _engine.delete_state(self._handle, _SESSION)
        self._start_session()
