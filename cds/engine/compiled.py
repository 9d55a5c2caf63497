"""The confirming evaluator: a plan written out as one Python function.

The source is made of comparisons between list items and whole numbers, of points, and of rule ids as string literals;
nothing else a rule author writes reaches it as text.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import compress
from typing import Any

from cds.engine.plan import Both, Either, Node, Plan, Refers, Test, references

Holds = Callable[[str], str]
"""How the source says that a rule holds."""


def function(plan: Plan, result: Callable[[Holds], str]) -> Callable[[Sequence[int]], Any]:
    """A function of property values that decides the rules and returns an expression over those that hold.

    `result` writes the expression; rules that it does not need are left out.
    """
    number = {name: index for index, name in enumerate(plan.order)}

    def holds(rule: str) -> str:
        return f"r{number[rule]}"

    def written(node: Node) -> str:
        match node:
            case Test():
                return f"v[{node.index}] {'>=' if node.above else '<='} {node.threshold}"
            case Refers():
                return "(" + " or ".join(holds(member) for member in plan.groups.get(node.name, (node.name,))) + ")"
            case Both():
                return "(" + " and ".join(written(part) for part in node.parts) + ")"
            case Either():
                return "(" + " or ".join(written(part) for part in node.parts) + ")"

    needed: set[str] = set()

    def needs(rule: str) -> str:
        if rule not in needed:
            needed.add(rule)
            for other in references(plan.nodes[rule]):
                for member in plan.groups.get(other, (other,)):
                    needs(member)
        return holds(rule)

    answer = result(needs)
    lines = [f"    {holds(name)} = {written(plan.nodes[name])}" for name in plan.order if name in needed]
    return _made("\n".join(["def made(v):", *lines, f"    return {answer}"]))


def expression(result: Callable[[Holds], str]) -> Callable[[Collection[str]], Any]:
    """The same expression as a function of the names of the rules that hold."""
    return _made(f"def made(h):\n    return {result(lambda rule: f'({rule!r} in h)')}")


def _made(source: str) -> Callable[[Any], Any]:
    namespace: dict[str, Callable[[Any], Any]] = {}
    exec(compile(source, "<rules>", "exec"), {"__builtins__": {}, "min": min, "max": max}, namespace)  # noqa: S102
    return namespace["made"]


class Compiled:
    """Decides a plan for one set of property values."""

    name = "compiled"

    def __init__(self, plan: Plan) -> None:
        self._evaluate = function(plan, lambda holds: "(" + "".join(f"{holds(name)}, " for name in plan.order) + ")")
        self._order = plan.order

    def holding(self, values: Sequence[int]) -> frozenset[str]:
        """The rules that hold for these property values."""
        return frozenset(compress(self._order, self._evaluate(values)))
