"""Why rules are open for one person: the comparisons that come true at the most dangerous values only."""

from __future__ import annotations

from collections.abc import Sequence

from cds.engine.plan import Both, Node, Plan, Refers, Test

_Seen = tuple[bool, bool, tuple[int, ...]]
"""Whether something holds at the least and at the most dangerous values, and the properties that decide it."""


class Undecided:
    """What keeps the rules of one plan open. `values` and `holding` at both ends, as the evaluators decided them.

    Each rule is looked into once: of someone of whom little is known most rules are open, and many rest on the same
    few. Looking anew each time took twenty milliseconds for one person.
    """

    def __init__(
        self,
        plan: Plan,
        values: tuple[Sequence[int], Sequence[int]],
        holding: tuple[frozenset[str], frozenset[str]],
    ) -> None:
        self._plan = plan
        self._least, self._most = values
        self._certain, self._possible = holding
        self._of: dict[str, tuple[int, ...]] = {}

    def properties(self, rule: str) -> tuple[int, ...]:
        """The properties that keep a rule open, each once; none for a rule that is settled.

        Parts that are settled either way are not looked into: what is certain need not be asked, and neither need what
        cannot come true.
        """
        if rule in self._certain or rule not in self._possible:
            return ()
        if rule not in self._of:
            self._of[rule] = tuple(dict.fromkeys(self._seen(self._plan.nodes[rule])[2]))
        return self._of[rule]

    def _seen(self, node: Node) -> _Seen:
        if isinstance(node, Test):
            least, most = self._least[node.index], self._most[node.index]
            if node.above:
                certain, possible = least >= node.threshold, most >= node.threshold
            else:
                certain, possible = least <= node.threshold, most <= node.threshold
            return certain, possible, (node.index,) if possible and not certain else ()
        if isinstance(node, Refers):
            rules = self._plan.groups.get(node.name, (node.name,))
            certain, possible = not self._certain.isdisjoint(rules), not self._possible.isdisjoint(rules)
            if certain or not possible:
                return certain, possible, ()
            return False, True, tuple([index for rule in rules for index in self.properties(rule)])
        found: list[int] = []
        certain, possible = (True, True) if isinstance(node, Both) else (False, False)
        for part in node.parts:
            surely, perhaps, indexes = self._seen(part)
            if isinstance(node, Both):
                if not perhaps:
                    return False, False, ()
                certain = certain and surely
            else:
                if surely:
                    return True, True, ()
                possible = possible or perhaps
            found += indexes
        return certain, possible, tuple(found)
