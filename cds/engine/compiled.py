"""The confirming evaluator: a plan written out as one Python function.

The source is made of comparisons between list items and whole numbers only; nothing a rule author writes reaches it as
text.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress

from cds.engine.plan import Both, Either, Node, Plan, Refers, Test

Evaluate = Callable[[Sequence[int]], tuple[bool, ...]]


def source(plan: Plan) -> str:
    """The function's source; it takes the property values and returns whether each rule of `plan.order` holds."""
    number = {name: index for index, name in enumerate(plan.order)}

    def written(node: Node) -> str:
        match node:
            case Test():
                return f"v[{node.index}] {'>=' if node.above else '<='} {node.threshold}"
            case Refers():
                members = plan.groups.get(node.name, (node.name,))
                return "(" + " or ".join(f"r{number[member]}" for member in members) + ")"
            case Both():
                return "(" + " and ".join(written(part) for part in node.parts) + ")"
            case Either():
                return "(" + " or ".join(written(part) for part in node.parts) + ")"

    lines = [f"    r{number[name]} = {written(plan.nodes[name])}" for name in plan.order]
    result = "".join(f"r{index}, " for index in range(len(plan.order)))
    return "\n".join(["def evaluate(v):", *lines, f"    return ({result})"])


class Compiled:
    """Decides a plan for one set of property values."""

    name = "compiled"

    def __init__(self, plan: Plan) -> None:
        namespace: dict[str, Evaluate] = {}
        exec(compile(source(plan), "<plan>", "exec"), {"__builtins__": {}}, namespace)  # noqa: S102 - see above
        self._evaluate = namespace["evaluate"]
        self._order = plan.order

    def holding(self, values: Sequence[int]) -> frozenset[str]:
        """The rules that hold for these property values."""
        return frozenset(compress(self._order, self._evaluate(values)))
