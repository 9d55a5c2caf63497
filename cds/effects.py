"""What answering an open question would do to the bounds, by the compiled evaluator alone.

Two dozen answers that nobody has given are tried for every one that is. One fact moves few factors, so its own effect
is added up over those only: deciding all rules for each of them took a third of the time for all questions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from cds.bounds import Person
from cds.content.conditions import DERIVED, SHAPES, Shape, origins
from cds.ruleset import Ruleset
from cds.scoring import Bounds, Score, Sum

Values = tuple[Sequence[int], Sequence[int]]


class Effects:
    """The effects of answers under one release."""

    def __init__(self, ruleset: Ruleset) -> None:
        self._scoring = ruleset.scoring
        facts = ruleset.content.facts.facts
        self._set_whole: dict[str, list[int]] = {name: [] for name in facts}
        self._counted_in: dict[str, list[int]] = {name: [] for name in facts}
        for index, prop in enumerate(ruleset.plan.properties):
            if SHAPES[prop.fact] is Shape.COUNT and prop.fact != "overdoses_in_a_year":
                for origin in DERIVED[prop.fact][1]:
                    self._counted_in[origin].append(index)
            else:
                self._set_whole[origins(prop.fact)[0]].append(index)
        self._wider = {name: ruleset.vocabulary[name].wider for name in facts}
        self._narrower = {name: ruleset.vocabulary[name].narrower for name in facts}
        self._moved: dict[str, Sum] = {}

    def of_all(self, asked: Sequence[str], person: Person, values: Values) -> tuple[Bounds, Bounds]:
        """The lower bound with these facts most dangerous, and the upper bound with them least dangerous.

        Of all of them together, because three unknown illnesses can matter where no single one does ("two or more").
        """
        if_most, if_least = self._if_answered(asked, person, values)
        return self._scoring.bounds_if(if_most), self._scoring.bounds_if(if_least)

    def spread(self, fact: str, person: Person, values: Values, scores: tuple[Score, Score]) -> int:
        """How far one fact by itself can move the bounds, in points: the lower up and the upper down."""
        moved = self._moved.get(fact) or self._moved.setdefault(fact, self._moved_by(fact))
        if_most, if_least = self._if_answered((fact,), person, values)
        low, high = scores
        lower_up = moved.of(if_most) - sum([low.points[factor] for factor in moved.factors])
        upper_down = sum([high.points[factor] for factor in moved.factors]) - moved.of(if_least)
        return lower_up + upper_down

    def _moved_by(self, fact: str) -> Sum:
        names = (fact, *self._wider[fact], *self._narrower[fact])
        return self._scoring.sum_over({i for name in names for i in self._set_whole[name] + self._counted_in[name]})

    def _if_answered(self, asked: Sequence[str], person: Person, values: Values) -> tuple[list[int], list[int]]:
        """The values then. What an answer implies is answered with it: a yes for wider facts, a no for narrower."""
        least, most = values
        raised, lowered = list(least), list(most)
        for name in _with(asked, self._wider, person):
            for index in self._set_whole[name]:
                raised[index] = most[index]
            for index in self._counted_in[name]:
                raised[index] += 1
        for name in _with(asked, self._narrower, person):
            for index in self._set_whole[name]:
                lowered[index] = least[index]
            for index in self._counted_in[name]:
                lowered[index] -= 1
        return raised, lowered


def _with(asked: Sequence[str], implied: Mapping[str, Sequence[str]], person: Person) -> Iterable[str]:
    """The facts asked for and the open ones that they imply, each once."""
    also = [other for fact in asked for other in implied[fact] if person.is_open(other)]
    return dict.fromkeys([*asked, *also]) if also else asked
