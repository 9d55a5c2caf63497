"""What is worth asking next: the fewest questions that could move a bound, in the order that puts safety first."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from cds.assessment import Ask, LevelName, Question
from cds.bounds import Person
from cds.conditions import DERIVED, SHAPES, Shape, origins
from cds.content import Language
from cds.explain import Explainer
from cds.ruleset import Ruleset
from cds.scoring import LEVELS, Score

MOST_QUESTIONS = 7
Values = tuple[Sequence[int], Sequence[int]]


class QuestionFinder:
    """Finds the open facts of one release that could still move the answer."""

    def __init__(self, ruleset: Ruleset) -> None:
        self.ruleset = ruleset
        facts = ruleset.content.facts.facts
        self._places = [
            (place, tuple(name for name in facts if facts[name].order == place.order))
            for place in sorted(ruleset.content.questions, key=lambda place: place.order)
        ]
        self._acute = frozenset(
            fact for block in ruleset.content.acute for fact in ruleset.facts_of[f"acute:{block.id}"]
        )
        self._minimum_set = frozenset(ruleset.content.levels.minimum_set.facts)
        self._asks: dict[Language, Mapping[str, Ask]] = {}
        self._set_whole: dict[str, list[int]] = {name: [] for name in facts}
        self._counted_in: dict[str, list[int]] = {name: [] for name in facts}
        for index, prop in enumerate(ruleset.plan.properties):
            if SHAPES[prop.fact] is Shape.COUNT and prop.fact != "overdoses_in_a_year":
                for origin in DERIVED[prop.fact][1]:
                    self._counted_in[origin].append(index)
            else:
                self._set_whole[origins(prop.fact)[0]].append(index)

    def find(
        self,
        person: Person,
        values: Values,
        holding: tuple[Collection[str], Collection[str]],
        scores: tuple[Score, Score],
        explain: Explainer,
        *,
        urgent: frozenset[str],
        every: bool,
    ) -> tuple[Question, ...]:
        """The questions whose answers matter to what holds or may hold, most urgent place first.

        At most seven unless `every`. Asked is what could decide an open rule, and whether an old answer still holds.
        A question is one place of the order, as one asks a person: it may take several facts to settle. Within it what
        is acute comes first, then what moves the bounds most by itself.

        `urgent` are the facts that decide whether something is due now or the same day; those are asked as well. So is
        what stands between "undetermined" and a level, even where its answer moves no point.

        A question's effect is the pair of bounds with its facts at their least and at their most dangerous values:
        of all its facts together, because three unknown illnesses can matter where no single one does ("two or more").
        """
        undecided = set(holding[1]).difference(holding[0])
        facts_of = self.ruleset.facts_of
        matters = {fact for rule in undecided for fact in facts_of[rule]}
        if stale := {fact for fact, status in person.status.items() if status.stale}:
            matters |= stale.intersection(fact for rule in holding[1] for fact in facts_of[rule])
        needed = urgent
        if scores[0].level == 0:
            needed = urgent.union(fact for fact in self._minimum_set if person.is_open(fact))
        questions = self._moving(person, values, scores, explain, (matters, needed))
        if every:
            return tuple(questions)
        return tuple(question for question, _ in zip(questions, range(MOST_QUESTIONS), strict=False))

    def _moving(
        self,
        person: Person,
        values: Values,
        scores: tuple[Score, Score],
        explain: Explainer,
        wanted: tuple[set[str], frozenset[str]],
    ) -> Iterator[Question]:
        matters, needed = wanted
        low, high = scores
        asks = self._in_words(explain)
        status, unclear = person.status, person.unclear
        for place, names in self._places:
            outdated = [name for name in names if name in matters and status[name].stale]
            asked = [
                name for name in names if (status[name].open or name in unclear) and (name in matters or name in needed)
            ]
            if not asked:
                continue
            if_most, if_least = self._effect(asked, person, values)
            acute = any(name in self._acute for name in asked)
            at_stake = acute or bool(outdated) or not needed.isdisjoint(asked)
            if at_stake or if_most.total != low.total or if_least.total != high.total or if_most.level != low.level:
                worst: LevelName = "acute" if acute else LEVELS[if_most.level]
                if worst == "low" and any(person.is_open(fact) for fact in self._minimum_set - set(asked)):
                    worst = "undetermined"
                if len(asked) > 1:
                    asked.sort(key=lambda name: (name not in self._acute, -self._spread(name, person, values)))
                yield Question(
                    place=place.order,
                    topic=explain.text(place.topic),
                    asks=tuple([asks[name] for name in asked]),
                    could_change=explain.text(place.what_it_can_change),
                    level_if_most_dangerous=worst,
                    level_at_most_if_least_dangerous=LEVELS[if_least.level],
                )

    def _in_words(self, explain: Explainer) -> Mapping[str, Ask]:
        """Each fact's question in one language; the same for everybody."""
        if explain.language not in self._asks:
            self._asks[explain.language] = {
                name: Ask(fact=name, question=explain.text(fact.question), why=explain.text(fact.why))
                for name, fact in self.ruleset.content.facts.facts.items()
            }
        return self._asks[explain.language]

    def _spread(self, name: str, person: Person, values: Values) -> int:
        """How far one fact by itself can move the bounds, in points: the lower up and the upper down."""
        if_most, if_least = self._if_answered((name,), person, values)
        return self.ruleset.scoring.total_if(if_most) - self.ruleset.scoring.total_if(if_least)

    def _effect(self, asked: Sequence[str], person: Person, values: Values) -> tuple[Score, Score]:
        """The lower bound with these facts most dangerous, and the upper bound with them least dangerous."""
        if_most, if_least = self._if_answered(asked, person, values)
        return self.ruleset.scoring.score_if(if_most), self.ruleset.scoring.score_if(if_least)

    def _if_answered(self, asked: Sequence[str], person: Person, values: Values) -> tuple[list[int], list[int]]:
        """The values then. What an answer implies is answered with it: a yes for wider facts, a no for narrower."""
        vocabulary = self.ruleset.vocabulary
        raised, lowered = list(values[0]), list(values[1])
        for name in _with(asked, [vocabulary[fact].wider for fact in asked], person):
            for index in self._set_whole[name]:
                raised[index] = values[1][index]
            for index in self._counted_in[name]:
                raised[index] += 1
        for name in _with(asked, [vocabulary[fact].narrower for fact in asked], person):
            for index in self._set_whole[name]:
                lowered[index] = values[0][index]
            for index in self._counted_in[name]:
                lowered[index] -= 1
        return raised, lowered


def _with(asked: Sequence[str], implied: Iterable[Sequence[str]], person: Person) -> Iterable[str]:
    """The facts asked for and the open ones that they imply, each once."""
    also = [fact for facts in implied for fact in facts if person.is_open(fact)]
    return dict.fromkeys([*asked, *also]) if also else asked
