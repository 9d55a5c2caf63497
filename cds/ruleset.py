"""A release's content made ready for deciding: rules by id, engine, scoring, and which facts matter to what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from cds.content.conditions import SHAPES, AllOf, Condition, RuleHolds, Shape, compared, leaves, origins
from cds.content.factors import Factor
from cds.content.folder import Content
from cds.content.vocabulary import Vocabulary
from cds.engine import Engine
from cds.engine.plan import Plan, tests
from cds.errors import ContentError
from cds.scoring import Scoring


class Ruleset:
    """The rules of one release. Raises ContentError where they cannot be decided."""

    def __init__(self, content: Content) -> None:
        self.content = content
        self.vocabulary = Vocabulary(
            content.facts.facts, content.facts.not_applicable_allowed, content.levels.parameters
        )
        self.conditions = dict(_rules(content))
        groups = {factor.id: tuple(rule for rule, _ in factor.tiers) for factor in content.factors.values()}
        try:
            self.plan = Plan(self.conditions, groups)
        except ValueError as error:
            raise ContentError([str(error)]) from None
        self.engine = Engine(self.plan)
        ordered = sorted(content.factors.values(), key=_by_code)
        self.factors = tuple(ordered)
        self.scoring = Scoring(ordered, content.levels, self.plan)
        self._compared = _thresholds(self.plan)

    def unclear(self, least: Sequence[int], most: Sequence[int]) -> frozenset[str]:
        """The facts that were answered without the details a rule needs: some comparison differs at the two ends.

        A yes without a date, a stay of unknown length and an overdose nobody asked the meaning of are such.
        """
        return frozenset(
            fact
            for index, fact, above, thresholds in self._compared
            if least[index] != most[index]
            and any(
                (least[index] >= threshold) != (most[index] >= threshold)
                if above
                else (least[index] <= threshold) != (most[index] <= threshold)
                for threshold in thresholds
            )
        )

    @cached_property
    def facts_of(self) -> Mapping[str, tuple[str, ...]]:
        """The facts each rule looks at, directly and through definitions; not through other factors."""
        return {rule: tuple(dict.fromkeys(self._facts(condition))) for rule, condition in self.conditions.items()}

    def _facts(self, condition: Condition) -> Iterator[str]:
        for comparison in compared(condition):
            yield from origins(comparison.fact)
        for leaf in leaves(condition):
            if isinstance(leaf, RuleHolds):
                if leaf.rule in self.content.definitions:
                    yield from self._facts(self.content.definitions[leaf.rule].when)
                elif "/" in leaf.rule:
                    yield from self._facts(self.conditions[leaf.rule])


def _rules(content: Content) -> Iterator[tuple[str, Condition]]:
    for name, definition in content.definitions.items():
        yield name, definition.when
    for factor in content.factors.values():
        for rule, tier in factor.tiers:
            yield rule, tier.when if factor.requires is None else AllOf(all=(factor.requires, tier.when))
    for floor in content.levels.floors:
        yield f"floor:{floor.id}", floor.when
    for block in content.acute:
        yield f"acute:{block.id}", block.when


def _by_code(factor: Factor) -> tuple[str, int]:
    letters = factor.code.rstrip("0123456789")
    return {"P": "0"}.get(letters, letters), int(factor.code.removeprefix(letters) or 0)


def _thresholds(plan: Plan) -> tuple[tuple[int, str, bool, tuple[int, ...]], ...]:
    """For each property: the fact it comes from, how it is compared, and with which numbers.

    Not for counts over several facts: which of those is open shows in their own answers.
    """
    found: dict[int, set[int]] = {}
    for node in plan.nodes.values():
        for test in tests(node):
            found.setdefault(test.index, set()).add(test.threshold)
    return tuple(
        (index, origins(prop.fact)[0], prop.above, tuple(sorted(found[index])))
        for index, prop in enumerate(plan.properties)
        if SHAPES[prop.fact] is not Shape.COUNT or len(origins(prop.fact)) == 1
    )
