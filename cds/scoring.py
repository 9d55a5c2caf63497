"""From the steps that hold to points and a level: sum, then cap, then floors.

How a factor's steps combine is content. It is written out once per release as one Python expression for each factor
(`3 if … else 2 if …`), twice: over the rules that hold, as both evaluators agreed on them, and over property values
with the rules written out before it. The second is for questions, which try two dozen answers that nobody has given
for every answer that is; deciding rules by name first and adding up afterwards took twice as long.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from cds.content.factors import Factor, Part
from cds.content.levels import LevelsFile, ScoredLevel
from cds.engine.compiled import Holds, expression, function
from cds.engine.plan import Plan, references, tests

LEVELS: tuple[ScoredLevel, ...] = ("low", "elevated", "high", "very_high")
Judged = tuple[tuple[int, ...], bool, tuple[bool, ...]]
"""The points of each factor, whether a step that no cap holds back is among them, and which floors hold."""


@dataclass(frozen=True, slots=True)
class Score:
    """What one run of the rules adds up to."""

    points: Mapping[str, int]
    total: int
    level: int
    """Index into LEVELS, after cap and floors."""
    floors: tuple[str, ...]
    capped: bool


class Bounds(NamedTuple):
    """A sum of points, and the index into LEVELS that it leads to."""

    total: int
    level: int


@dataclass(frozen=True, slots=True)
class Sum:
    """The points of some factors, added up."""

    factors: tuple[str, ...]
    of: Callable[[Sequence[int]], int]
    """For property values."""


class Scoring:
    """The points and levels of one release. `factors` in the order in which they are shown."""

    def __init__(self, factors: Sequence[Factor], levels: LevelsFile, plan: Plan) -> None:
        self._ids = tuple(factor.id for factor in factors)
        self._families = tuple(factor.family for factor in factors)
        self._edges = tuple(level.from_points for level in levels.levels)
        self._cap = LEVELS.index(levels.cap.level)
        self._floors = tuple((floor.id, LEVELS.index(floor.level)) for floor in levels.floors)

        by_id = {factor.id: factor for factor in factors}

        def written(factor: Factor, holds: Holds) -> str:
            return _of_factor(factor, holds) + "".join(_counted_once(factor, by_id, holds))

        def judged(holds: Holds) -> str:
            points = "".join(f"{written(factor, holds)}, " for factor in factors)
            anchors = [holds(rule) for factor in factors for rule, tier in factor.tiers if tier.anchor]
            floors = "".join(f"{holds(f'floor:{floor.id}')}, " for floor in levels.floors)
            return f"({points}), {' or '.join(anchors) or False}, ({floors})"

        self._of_rules: Callable[[Collection[str]], Judged] = expression(judged)
        self._of_values: Callable[[Sequence[int]], Judged] = function(plan, judged)
        self._plan = plan
        self._written = {factor.id: partial(written, factor) for factor in factors}
        self._looks_at = {name: _looked_at(plan, factor) for name, factor in self._written.items()}

    def score(self, holding: Collection[str]) -> Score:
        """Points of each factor, their sum, and the level, where `holding` are the rules that do."""
        judged = self._of_rules(holding)
        return Score(dict(zip(self._ids, judged[0], strict=True)), *self._added(*judged))

    def bounds_if(self, values: Sequence[int]) -> Bounds:
        """Sum and level for property values, by the compiled evaluator alone: what an answer would change."""
        total, level, _, _ = self._added(*self._of_values(values))
        return Bounds(total, level)

    def sum_over(self, properties: Collection[int]) -> Sum:
        """The sum of the points of those factors that look at any of these properties."""
        factors = tuple(name for name, looks_at in self._looks_at.items() if not looks_at.isdisjoint(properties))
        return Sum(
            factors, function(self._plan, lambda holds: " + ".join(self._written[it](holds) for it in factors) or "0")
        )

    def _added(
        self, points: tuple[int, ...], anchored: bool, floors: tuple[bool, ...]
    ) -> tuple[int, int, tuple[str, ...], bool]:
        total = sum(points)
        level = -1
        for edge in self._edges:
            level += total >= edge
        capped = (
            level > self._cap
            and not anchored
            and len({family for family, scored in zip(self._families, points, strict=True) if scored} - {None}) <= 1
        )
        if capped:
            level = self._cap
        lifting: tuple[str, ...] = ()
        for holds, (floor, least) in zip(floors, self._floors, strict=True):
            if holds:
                lifting += (floor,)
                level = max(level, least)
        return total, level, lifting, capped


def _of_factor(factor: Factor, holds: Holds, without: Collection[str] = ()) -> str:
    parts = [_of_part(factor.id, part, holds, without) for part in factor.parts]
    highest = factor.combine == "highest" and len(parts) > 1
    return _at_most(factor.cap, f"max({', '.join(parts)})" if highest else f"({' + '.join(parts)})")


def _of_part(factor: str, part: Part, holds: Holds, without: Collection[str]) -> str:
    rules = [(tier.points, f"{factor}/{tier.id}") for tier in part.tiers if f"{factor}/{tier.id}" not in without]
    if part.combine == "highest":
        steps = (f"{points} if {holds(rule)} else " for points, rule in sorted(rules, key=lambda it: -it[0]))
        return _at_most(part.cap, f"({''.join(steps)}0)")
    steps = (f"({points} if {holds(rule)} else 0)" for points, rule in rules)
    return _at_most(part.cap, f"({' + '.join(steps) or 0})")


def _at_most(cap: int | None, points: str) -> str:
    return points if cap is None else f"min({points}, {cap})"


def _counted_once(factor: Factor, by_id: Mapping[str, Factor], holds: Holds) -> Iterator[str]:
    """A step's points shrink by what another factor's step already adds, unless the factor has another reason."""
    rules = [rule for rule, _ in factor.tiers]
    for rule, tier in factor.tiers:
        if not tier.counted_once_with:
            continue
        other = by_id[tier.counted_once_with[0].partition("/")[0]]
        reasons = "".join(f" and not {holds(reason)}" for reason in rules if reason != rule)
        added = f"{_of_factor(other, holds)} - {_of_factor(other, holds, without=tier.counted_once_with)}"
        yield f" - (({added}) if {holds(rule)}{reasons} else 0)"


def _looked_at(plan: Plan, result: Callable[[Holds], str]) -> frozenset[int]:
    """The properties that an expression over rules depends on, directly and through other rules."""
    found: set[int] = set()
    seen: set[str] = set()

    def look(rule: str) -> str:
        if rule not in seen:
            seen.add(rule)
            found.update(test.index for test in tests(plan.nodes[rule]))
            for other in references(plan.nodes[rule]):
                for member in plan.groups.get(other, (other,)):
                    look(member)
        return rule

    result(look)
    return frozenset(found)
