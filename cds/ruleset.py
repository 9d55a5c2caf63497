"""A release's content made ready for deciding: every rule by id, the engine, and how fired tiers become points."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from cds.conditions import SHAPES, AllOf, Condition, RuleHolds, Shape, compared, leaves, origins
from cds.content import Factor, Part, ScoredLevel
from cds.content_files import Content
from cds.engine import Engine
from cds.engine.plan import Plan, tests
from cds.errors import ContentError
from cds.vocabulary import Vocabulary

LEVELS: tuple[ScoredLevel, ...] = ("low", "elevated", "high", "very_high")


@dataclass(frozen=True, slots=True)
class Score:
    """What one run of the rules adds up to."""

    points: Mapping[str, int]
    total: int
    level: int
    """Index into LEVELS, after cap and floors."""
    floors: tuple[str, ...]
    capped: bool


@dataclass(frozen=True, slots=True)
class _Tier:
    rule: str
    points: int
    anchor: bool
    counted_once_with: str | None


@dataclass(frozen=True, slots=True)
class _Part:
    highest: bool
    cap: int | None
    tiers: tuple[_Tier, ...]

    def points(self, holding: Collection[str], without: str | None = None) -> int:
        scored = [tier.points for tier in self.tiers if tier.rule in holding and tier.rule != without]
        if not scored:
            return 0
        total = max(scored) if self.highest else sum(scored)
        return total if self.cap is None else min(total, self.cap)


@dataclass(frozen=True, slots=True)
class _Factor:
    id: str
    family: str | None
    highest: bool
    cap: int | None
    parts: tuple[_Part, ...]
    once: tuple[_Tier, ...]

    def points(self, holding: Collection[str], without: str | None = None) -> int:
        scored = [part.points(holding, without) for part in self.parts]
        total = max(scored) if self.highest else sum(scored)
        return total if self.cap is None else min(total, self.cap)


@dataclass(frozen=True, slots=True)
class _Once:
    """A tier whose points shrink by what another factor's tier already adds, unless the factor has another reason."""

    factor: str
    rule: str
    only_without: frozenset[str]
    other: _Factor
    counted: str


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
        self._by_id = {factor.id: _table(factor) for factor in ordered}
        self._factor_of = {rule: factor.id for factor in ordered for rule, _ in factor.tiers}
        self._lone_points = {rule: self._by_id[factor].points((rule,)) for rule, factor in self._factor_of.items()}
        """What a tier gives when no other tier of its factor holds: the usual case, worked out once."""
        self._once = tuple(_counted_once(self._by_id))
        self._anchors = frozenset(rule for factor in ordered for rule, tier in factor.tiers if tier.anchor)
        self._compared = _thresholds(self.plan)
        self._edges = tuple(level.from_points for level in content.levels.levels)
        self._cap = LEVELS.index(content.levels.cap.level)
        self._floors = tuple(
            (f"floor:{floor.id}", floor.id, LEVELS.index(floor.level)) for floor in content.levels.floors
        )

    def score(self, holding: Collection[str]) -> Score:
        """Points of each factor, their sum, and the level: sum, then cap, then floors."""
        points = dict.fromkeys(self._by_id, 0)
        held: dict[str, list[str]] = {}
        for rule in self._factor_of.keys() & holding:
            held.setdefault(self._factor_of[rule], []).append(rule)
        for factor, rules in held.items():
            alone = self._lone_points.get(rules[0]) if len(rules) == 1 else None
            points[factor] = self._by_id[factor].points(rules) if alone is None else alone
        for once in self._once:
            if once.rule in holding and once.only_without.isdisjoint(holding):
                points[once.factor] -= once.other.points(holding) - once.other.points(holding, without=once.counted)
        total = sum(points.values())
        level = sum(total >= edge for edge in self._edges) - 1
        families = {self._by_id[factor].family for factor, scored in points.items() if scored} - {None}
        capped = len(families) <= 1 and level > self._cap and self._anchors.isdisjoint(holding)
        if capped:
            level = self._cap
        floors = tuple(floor for rule, floor, _ in self._floors if rule in holding)
        level = max([level, *(least for rule, _, least in self._floors if rule in holding)])
        return Score(points, total, level, floors, capped)

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


def _table(factor: Factor) -> _Factor:
    def part_table(part: Part) -> _Part:
        tiers = tuple(
            _Tier(f"{factor.id}/{tier.id}", tier.points, tier.anchor, tier.counted_once_with) for tier in part.tiers
        )
        return _Part(part.combine == "highest", part.cap, tiers)

    parts = tuple(part_table(part) for part in factor.parts)
    once = tuple(tier for part in parts for tier in part.tiers if tier.counted_once_with)
    return _Factor(factor.id, factor.family, factor.combine == "highest", factor.cap, parts, once)


def _counted_once(tables: Mapping[str, _Factor]) -> Iterator[_Once]:
    for table in tables.values():
        rules = [tier.rule for part in table.parts for tier in part.tiers]
        for tier in table.once:
            assert tier.counted_once_with is not None
            other = tables[tier.counted_once_with.partition("/")[0]]
            reasons = frozenset(rule for rule in rules if rule != tier.rule)
            yield _Once(table.id, tier.rule, reasons, other, tier.counted_once_with)


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
