"""A third evaluator, too slow and too plain to be wrong: three-valued logic, written down as in a textbook.

It shares nothing with the plan or with either evaluator: it walks the conditions of the content as they stand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cds.bounds import Person
from cds.content.conditions import AllOf, AnyOf, Condition, RuleHolds, property_and_threshold

ABSENT, UNKNOWN, PRESENT = range(3)


class Reference:
    """Decides rules for one person: and is the least of its parts, or the most."""

    def __init__(self, person: Person, rules: Mapping[str, Condition], groups: Mapping[str, Sequence[str]]) -> None:
        self.person, self.rules, self.groups = person, rules, groups
        self._outcomes: dict[str, int] = {}

    def outcome(self, rule: str) -> int:
        """Absent, unknown or present."""
        if rule not in self._outcomes:
            members = self.groups.get(rule, (rule,))
            self._outcomes[rule] = max(self._decided(self.rules[member]) for member in members)
        return self._outcomes[rule]

    def _decided(self, condition: Condition) -> int:
        match condition:
            case AllOf():
                return min(self._decided(part) for part in condition.all)
            case AnyOf():
                return max(self._decided(part) for part in condition.any)
            case RuleHolds():
                return self.outcome(condition.rule)
            case _:
                prop, threshold = property_and_threshold(condition)  # type: ignore[arg-type] - only comparisons are left
                ends = [values[0] for values in self.person.values([prop])]
                certain, possible = ((end >= threshold) if prop.above else (end <= threshold) for end in ends)
                return PRESENT if certain else UNKNOWN if possible else ABSENT
