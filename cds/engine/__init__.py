"""Two evaluators, one answer: a rule holds only when durable-rules and the compiled plan both say so."""

from __future__ import annotations

from collections.abc import Sequence

from cds.engine import durable
from cds.engine.compiled import Compiled
from cds.engine.durable import Durable
from cds.engine.plan import Plan
from cds.errors import EngineDisagreement


class Engine:
    """Decides a plan with every evaluator that is here, and answers only where they agree."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.compiled = Compiled(plan)
        self.durable = Durable(plan) if durable.available() else None
        names = [self.durable.name] if self.durable is not None else []
        self.names: tuple[str, ...] = (*names, self.compiled.name)

    def holding(self, values: Sequence[int]) -> frozenset[str]:
        """The rules that hold. Raises EngineDisagreement (rule ids only) or EngineFailure."""
        return self.bounds(values, values)[0]

    def bounds(self, least: Sequence[int], most: Sequence[int]) -> tuple[frozenset[str], frozenset[str]]:
        """What holds at the least and at the most dangerous values. Raises as `holding`."""
        confirmed = self.compiled.holding(least), self.compiled.holding(most)
        if self.durable is not None:
            decided = self.durable.bounds(least, most)
            if decided != confirmed:
                raise EngineDisagreement((decided[0] ^ confirmed[0]) | (decided[1] ^ confirmed[1]))
        return confirmed
