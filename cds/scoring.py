"""From the steps that hold to points and a level: sum, then cap, then floors.

How a factor's steps combine is content. It is written out once per release as one Python expression for each factor
(`3 if "…/day-0-14" in h else 2 if …`), because points are worked out two dozen times for every answer: once at each
end of what is known, and twice for each question that could be asked. Walking the tables took three times as long.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from cds.content import Factor, Part, ScoredLevel
from cds.levels import LevelsFile

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


class Scoring:
    """The points and levels of one release. `factors` in the order in which they are shown."""

    def __init__(self, factors: Sequence[Factor], levels: LevelsFile) -> None:
        self._ids = tuple(factor.id for factor in factors)
        self._points = _compiled(factors)
        self._families = tuple(factor.family for factor in factors)
        self._anchors = frozenset(rule for factor in factors for rule, tier in factor.tiers if tier.anchor)
        self._edges = tuple(level.from_points for level in levels.levels)
        self._cap = LEVELS.index(levels.cap.level)
        self._floors = tuple((f"floor:{floor.id}", floor.id, LEVELS.index(floor.level)) for floor in levels.floors)

    def total(self, holding: Collection[str]) -> int:
        """The sum of the points, where `holding` are the rules that do."""
        return sum(self._points(holding))

    def score(self, holding: Collection[str]) -> Score:
        """Points of each factor, their sum, and the level, where `holding` are the rules that do."""
        points = self._points(holding)
        total = sum(points)
        level = -1
        for edge in self._edges:
            level += total >= edge
        capped = (
            level > self._cap
            and self._anchors.isdisjoint(holding)
            and len({family for family, scored in zip(self._families, points, strict=True) if scored} - {None}) <= 1
        )
        if capped:
            level = self._cap
        floors: tuple[str, ...] = ()
        for rule, floor, least in self._floors:
            if rule in holding:
                floors += (floor,)
                level = max(level, least)
        return Score(dict(zip(self._ids, points, strict=True)), total, level, floors, capped)


def _compiled(factors: Sequence[Factor]) -> Callable[[Collection[str]], tuple[int, ...]]:
    """The points of each factor, as a function of the rules that hold.

    The source is made of numbers and of rule ids written as literals; nothing else an author writes reaches it.
    """
    by_id = {factor.id: factor for factor in factors}
    points = ", ".join(_of_factor(factor) + "".join(_counted_once(factor, by_id)) for factor in factors)
    namespace: dict[str, Callable[[Collection[str]], tuple[int, ...]]] = {}
    code = compile(f"def points(h):\n    return ({points},)", "<points>", "exec")
    exec(code, {"__builtins__": {}, "min": min, "max": max}, namespace)  # noqa: S102 - see above
    return namespace["points"]


def _of_factor(factor: Factor, without: Collection[str] = ()) -> str:
    parts = [_of_part(factor.id, part, without) for part in factor.parts]
    highest = factor.combine == "highest" and len(parts) > 1
    return _at_most(factor.cap, f"max({', '.join(parts)})" if highest else f"({' + '.join(parts)})")


def _of_part(factor: str, part: Part, without: Collection[str]) -> str:
    rules = [(tier.points, f"{factor}/{tier.id}") for tier in part.tiers if f"{factor}/{tier.id}" not in without]
    if part.combine == "highest":
        steps = (f"{points} if {rule!r} in h else " for points, rule in sorted(rules, key=lambda it: -it[0]))
        return _at_most(part.cap, f"({''.join(steps)}0)")
    steps = (f"({points} if {rule!r} in h else 0)" for points, rule in rules)
    return _at_most(part.cap, f"({' + '.join(steps) or 0})")


def _at_most(cap: int | None, points: str) -> str:
    return points if cap is None else f"min({points}, {cap})"


def _counted_once(factor: Factor, by_id: Mapping[str, Factor]) -> Iterator[str]:
    """A step's points shrink by what another factor's step already adds, unless the factor has another reason."""
    rules = [rule for rule, _ in factor.tiers]
    for rule, tier in factor.tiers:
        if not tier.counted_once_with:
            continue
        other = by_id[tier.counted_once_with[0].partition("/")[0]]
        reasons = "".join(f" and {reason!r} not in h" for reason in rules if reason != rule)
        added = f"{_of_factor(other)} - {_of_factor(other, without=tier.counted_once_with)}"
        yield f" - (({added}) if {rule!r} in h{reasons} else 0)"
