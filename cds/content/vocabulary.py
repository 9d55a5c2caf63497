"""What a release says about each fact, worked out once when the release is loaded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cds.content.factors import FactContent
from cds.content.levels import Parameters


@dataclass(frozen=True, slots=True)
class FactRule:
    """How one fact is read: validity, whether it is an emergency, and which facts it implies or is implied by."""

    valid_days: int | None
    yes_stays: bool
    now: bool
    may_not_apply: bool
    wider: tuple[str, ...]
    narrower: tuple[str, ...]
    wider_within: tuple[tuple[str, int], ...]
    """What a date implies: a fact, and how many days ago this one must have happened at most."""
    belongs_to: tuple[str, ...]
    counts: bool
    """Whether the level can depend on it: then "not applicable" must be true and not only said."""


class Vocabulary:
    """The rules of all facts, and the numbers used when dated items are read."""

    def __init__(
        self, facts: Mapping[str, FactContent], not_applicable_allowed: tuple[str, ...], parameters: Parameters
    ) -> None:
        self.parameters = parameters
        self.content = facts
        wider = {name: _reachable(name, facts) for name in facts}
        self._rules = {
            name: FactRule(
                valid_days=1 if fact.valid_days == 0 else fact.valid_days,
                yes_stays=fact.yes_stays,
                now=fact.valid_days == 0,
                may_not_apply=name in not_applicable_allowed,
                wider=wider[name],
                narrower=tuple(other for other in facts if name in wider[other]),
                wider_within=tuple(
                    (other, days) for named, days in fact.implies_within.items() for other in (named, *wider[named])
                ),
                belongs_to=fact.belongs_to or fact.implies,
                counts=fact.direction != "none",
            )
            for name, fact in facts.items()
        }
        self.wider = frozenset(name for name, rule in self._rules.items() if rule.wider)
        self.narrower = frozenset(name for name, rule in self._rules.items() if rule.narrower)
        self.wider_within = frozenset(name for name, rule in self._rules.items() if rule.wider_within)
        """The few facts that have any of these: the others need not be looked at in each answer."""
        self.including = {
            name: (*rule.wider, *(other for other, _ in rule.wider_within)) for name, rule in self._rules.items()
        }
        """For each fact those that include it, always or when it happened lately."""

    def __getitem__(self, fact: str) -> FactRule:
        return self._rules[fact]


def _reachable(name: str, facts: Mapping[str, FactContent]) -> tuple[str, ...]:
    found: list[str] = []
    waiting = list(facts[name].implies)
    while waiting:
        fact = waiting.pop(0)
        if fact not in found:
            found.append(fact)
            waiting += facts[fact].implies
    return tuple(found)
