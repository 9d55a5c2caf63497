"""What is worth asking next: the fewest questions that could move a bound, in the order that puts safety first."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from cds.assessment import Ask, LevelName, Question
from cds.bounds import Person
from cds.content.texts import Language
from cds.effects import Effects, Values
from cds.explain import Explainer
from cds.ruleset import Ruleset
from cds.scoring import LEVELS, Score

MOST_QUESTIONS = 7


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
        self._effects = Effects(ruleset)

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

        A question's effect is the pair of bounds with its facts at their least and at their most dangerous values.
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
            if_most, if_least = self._effects.of_all(asked, person, values)
            acute = any(name in self._acute for name in asked)
            at_stake = acute or bool(outdated) or not needed.isdisjoint(asked)
            if at_stake or if_most.total != low.total or if_least.total != high.total or if_most.level != low.level:
                worst: LevelName = "acute" if acute else LEVELS[if_most.level]
                if worst == "low" and any(person.is_open(fact) for fact in self._minimum_set - set(asked)):
                    worst = "undetermined"
                if len(asked) > 1:
                    asked.sort(
                        key=lambda name: (name not in self._acute, -self._effects.spread(name, person, values, scores))
                    )
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
