"""One person's facts and one release in, one explained assessment out. Pure: no clock, no file, no network."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import date

from cds import __version__
from cds.answers import Role, State
from cds.assessment import AcuteLines, Assessment, CautionLine, LevelName, LevelReason, Provenance, Range
from cds.bounds import Person
from cds.content import Language
from cds.explain import Explainer
from cds.facts import Facts
from cds.questions import QuestionFinder
from cds.release import Release
from cds.ruleset import LEVELS, Score


class Assessor:
    """Assesses under one release. Made once per release; safe to share between threads."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.ruleset = release.ruleset
        self._questions = QuestionFinder(self.ruleset)
        self._explainers: dict[Language, Explainer] = {}
        self._provenance = Provenance(
            release=release.version,
            digest=release.digest,
            engines=self.ruleset.engine.names,
            service=__version__,
        )

    def assess(
        self,
        facts: Facts,
        as_of: date,
        language: Language = "nb",
        all_questions: bool = False,
    ) -> Assessment:
        """Assess one person at `as_of`.

        Order: acute, then scope, then sum, cap, floors, undetermined; at the least and at the most dangerous values.
        Raises FactError (impossible input, with its path), EngineDisagreement or EngineFailure (no answer).
        """
        person = Person(facts, as_of, self.ruleset.vocabulary)
        least, most = person.values(self.ruleset.plan.properties)
        lower, upper = self.ruleset.engine.bounds(least, most)
        explain = self._explainer(language)
        acute = tuple(self._acute(lower, explain))
        if acute:
            return Assessment(
                as_of=as_of,
                language=language,
                level="acute",
                label=explain.outside("acute"),
                acute=acute,
                sources=explain.sources(*(block.evidence for block in acute)),
                provenance=self._provenance,
            )
        if self._out_of_scope(person):
            return Assessment(
                as_of=as_of,
                language=language,
                level="not_applicable",
                label=explain.outside("not_applicable"),
                meaning=explain.text(self.ruleset.content.levels.scope.text),
                factors=(),
                recommendations=(),
                questions=(),
                facts=facts,
                cautions=tuple(self._cautions(person, "not_applicable", (), False, explain)),
                provenance=self._provenance,
            )
        low, high = self.ruleset.score(lower), self.ruleset.score(upper)
        level = self.level(person, low)
        present = {factor for factor, points in low.points.items() if points}
        reasons = tuple(self._level_because(low, explain))
        factors = explain.factors(person, lower, upper, low, high)
        return Assessment(
            as_of=as_of,
            language=language,
            level=level,
            label=explain.label(level),
            meaning=explain.meaning(level),
            level_at_most=LEVELS[high.level],
            points=Range(at_least=low.total, at_most=high.total),
            level_because=reasons,
            factors=factors,
            recommendations=(),
            questions=self._questions.find(
                person, (least, most), upper - lower, (low, high), explain, every=all_questions
            ),
            facts=facts,
            not_used=(),
            cautions=tuple(self._cautions(person, level, present, low.points != high.points, explain)),
            sources=explain.sources(*(reason.evidence for reason in reasons), *(line.evidence for line in factors)),
            provenance=self._provenance,
        )

    def level(self, person: Person, low: Score) -> LevelName:
        """The name of the level: low is never said while a fact of the minimum set is not known and fresh."""
        if low.level == 0 and not all(person.status[fact].known for fact in self._minimum_set):
            return "undetermined"
        return LEVELS[low.level]

    @property
    def _minimum_set(self) -> tuple[str, ...]:
        return self.ruleset.content.levels.minimum_set.facts

    def _explainer(self, language: Language) -> Explainer:
        if language not in self._explainers:
            self._explainers[language] = Explainer(self.ruleset, language)
        return self._explainers[language]

    def _acute(self, lower: frozenset[str], explain: Explainer) -> Iterator[AcuteLines]:
        for block in self.ruleset.content.acute:
            if f"acute:{block.id}" in lower:
                yield explain.acute(block)

    def _out_of_scope(self, person: Person) -> bool:
        return any(
            person.chosen("role", Role(role).value)[0]
            for role in self.ruleset.content.levels.scope.not_applicable_roles
        )

    def _level_because(self, low: Score, explain: Explainer) -> Iterator[LevelReason]:
        if low.capped:
            yield explain.cap()
        for floor in self.ruleset.content.levels.floors:
            if floor.id in low.floors:
                yield explain.floor(floor)

    def _cautions(
        self, person: Person, level: str, present: Collection[str], open_bounds: bool, explain: Explainer
    ) -> Iterator[CautionLine]:
        holds = {"always"}
        if level in ("undetermined", "low"):
            holds.add(level)
        if level in ("high", "very_high"):
            holds.add("high_or_above")
        if open_bounds:
            holds.add("any_unknown")
        if person.status["prescribed_opioid"].state is State.YES:
            holds.add("prescribed_opioid")
        if "suicidal-signs" in present:
            holds.add("suicidal_signs")
        for caution in self.ruleset.content.cautions.sentences:
            if caution.applies in holds:
                yield CautionLine(id=caution.id, text=explain.text(caution.text))
