"""From the steps that hold to points and a level: sum, then cap, then floors.

How a factor's steps combine is content. It is written out once per release as one Python expression for each factor
(`3 if … else 2 if …`), twice: over the rules that hold, as both evaluators agreed on them, and over property values
with the rules written out before it. The second is for questions, which try two dozen answers that nobody has given
for every answer that is; deciding rules by name first and adding up afterwards took twice as long.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cds.content import Factor, Part, ScoredLevel
from cds.engine.compiled import Holds, expression, function
from cds.engine.plan import Plan
from cds.levels import LevelsFile

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


class Scoring:
    """The points and levels of one release. `factors` in the order in which they are shown."""

    def __init__(self, factors: Sequence[Factor], levels: LevelsFile, plan: Plan) -> None:
        self._ids = tuple(factor.id for factor in factors)
        self._families = tuple(factor.family for factor in factors)
        self._edges = tuple(level.from_points for level in levels.levels)
        self._cap = LEVELS.index(levels.cap.level)
        self._floors = tuple((floor.id, LEVELS.index(floor.level)) for floor in levels.floors)

        def points(holds: Holds) -> str:
            by_id = {factor.id: factor for factor in factors}
            return "".join(
                f"{_of_factor(factor, holds)}{''.join(_counted_once(factor, by_id, holds))}, " for factor in factors
            )

        def judged(holds: Holds) -> str:
            anchors = [holds(rule) for factor in factors for rule, tier in factor.tiers if tier.anchor]
            floors = "".join(f"{holds(f'floor:{floor.id}')}, " for floor in levels.floors)
            return f"({points(holds)}), {' or '.join(anchors) or False}, ({floors})"

        self._of_rules: Callable[[Collection[str]], Judged] = expression(judged)
        self._of_values: Callable[[Sequence[int]], Judged] = function(plan, judged)
        self._points: Callable[[Sequence[int]], tuple[int, ...]] = function(plan, lambda it: f"({points(it)})")

    def score(self, holding: Collection[str]) -> Score:
        """Points of each factor, their sum, and the level, where `holding` are the rules that do."""
        return self._score(*self._of_rules(holding))

    def score_if(self, values: Sequence[int]) -> Score:
        """The same for property values, by the compiled evaluator alone: what an answer would change."""
        return self._score(*self._of_values(values))

    def total_if(self, values: Sequence[int]) -> int:
        """The sum of the points for property values, by the compiled evaluator alone."""
        return sum(self._points(values))

    def _score(self, points: tuple[int, ...], anchored: bool, floors: tuple[bool, ...]) -> Score:
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
        return Score(dict(zip(self._ids, points, strict=True)), total, level, lifting, capped)


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
