"""What to ask before a measure: the facts that would decide whether it is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain

from cds.bounds import Person
from cds.content.conditions import origins
from cds.engine.plan import Plan
from cds.engine.undecided import Undecided

Holding = tuple[frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """One plan decided for one person at both ends of what is known."""

    person: Person
    values: tuple[Sequence[int], Sequence[int]]
    holding: Holding


class Asked:
    """The facts that would decide the measures of one person."""

    def __init__(self, core: Outcomes, core_plan: Plan, mine: Undecided, plan: Plan) -> None:
        """`core` and `core_plan`: the rules of the level; `mine` and `plan`: those of the measures."""
        self._mine = mine
        self._behind = _Behind(core, core_plan, plan)

    def to_decide(self, trigger: str) -> list[str]:
        """The open facts that keep a trigger undecided, each once."""
        behind = self._behind
        return list(dict.fromkeys(chain.from_iterable([behind[index] for index in self._mine.properties(trigger)])))


class _Behind(dict[int, list[str]]):
    """The open facts behind each property of the measures: its own, or those that keep what it was given open."""

    def __init__(self, core: Outcomes, core_plan: Plan, plan: Plan) -> None:
        self._person, self._plan, self._core_plan = core.person, plan, core_plan
        self._core = Undecided(core_plan, core.values, core.holding)
        self._asked: dict[str, list[str]] = {}

    def __missing__(self, index: int) -> list[str]:
        given = self._plan.given
        fact = self._plan.properties[index].fact
        self[index] = self._behind_given(fact) if index < len(given) else self._open(fact)
        return self[index]

    def _behind_given(self, name: str) -> list[str]:
        core = self._core_plan
        rules = core.groups.get(name, (name,))
        open_ = dict.fromkeys(it for rule in rules if rule in core.nodes for it in self._core.properties(rule))
        return list(dict.fromkeys(fact for it in open_ for fact in self._open(core.properties[it].fact)))

    def _open(self, fact: str) -> list[str]:
        """What to ask: the unanswered facts a derived one comes from, else the one answered without details."""
        if fact not in self._asked:
            named = origins(fact)
            self._asked[fact] = [origin for origin in named if self._person.is_open(origin)] or list(named[:1])
        return self._asked[fact]
