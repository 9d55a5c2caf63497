"""One person's facts and one release in, one explained assessment out. Pure: no clock, no file, no network."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from cds import __version__
from cds.answers import State
from cds.asked import Outcomes
from cds.assessment import (
    Assessment,
    CautionLine,
    LevelName,
    LevelReason,
    Provenance,
    Range,
    RecommendationLine,
    ScoredLevelName,
)
from cds.bounds import Person
from cds.content.texts import Language
from cds.explain import Explainer
from cds.facts import Facts
from cds.places import OSLO
from cds.questions import QuestionFinder
from cds.recommend import Due, Recommender
from cds.records.merge import Conflict
from cds.records.reader import Record, RecordReader
from cds.release.frozen import Release
from cds.scoring import LEVELS, Score


@dataclass(frozen=True, slots=True)
class Decision:
    """What the rules say about one person, before it is put into words: everything at both ends of what is known."""

    person: Person
    values: tuple[list[int], list[int]]
    holding: tuple[frozenset[str], frozenset[str]]
    low: Score
    high: Score
    level: LevelName
    level_at_most: ScoredLevelName | None


class Assessor:
    """Assesses under one release. Made once per release; safe to share between threads."""

    def __init__(self, release: Release) -> None:
        self.release = release
        self.ruleset = release.ruleset
        self.content = release.content
        self.reader = RecordReader(self.content.records, self.ruleset.vocabulary)
        self._questions = QuestionFinder(self.ruleset)
        advice = release.content.advice
        self.recommender = None if advice is None else Recommender(self.ruleset, advice)
        self._explainers: dict[Language, Explainer] = {}
        self._provenance = Provenance(
            release=release.version,
            digest=release.digest,
            engines=self.ruleset.engine.names,
            service=__version__,
        )

    def decide(self, facts: Facts, as_of: date) -> Decision:
        """Level and bounds, without words.

        Order: acute, then scope, then sum, cap, floors, undetermined; at the least and at the most dangerous values.
        Raises FactError (impossible input, with its path), EngineDisagreement or EngineFailure (no answer).
        """
        person = Person(facts, as_of, self.ruleset.vocabulary)
        values = person.values(self.ruleset.plan.properties)
        person.unclear = self.ruleset.unclear(*values)
        holding = self.ruleset.engine.bounds(*values)
        low, high = self.ruleset.scoring.score(holding[0]), self.ruleset.scoring.score(holding[1])
        level: LevelName = LEVELS[low.level]
        at_most: ScoredLevelName | None = LEVELS[high.level]
        if any(f"acute:{block.id}" in holding[0] for block in self.content.acute):
            level, at_most = "acute", None
        elif any(person.chosen("role", role)[0] for role in self.content.levels.scope.not_applicable_roles):
            level, at_most = "not_applicable", None
        elif low.level == 0 and any(person.is_open(fact) for fact in self.content.levels.minimum_set.facts):
            level = "undetermined"
        return Decision(person, values, holding, low, high, level, at_most)

    def assess(
        self,
        facts: Facts,
        as_of: date,
        language: Language = "nb",
        *,
        municipality: str | None = None,
        all_questions: bool = False,
        record: Record | None = None,
    ) -> Assessment:
        """Assess one person at `as_of`, in one language, for one municipality (0301 is Oslo). Raises as `decide`.

        `record` tells what the facts were read from, where they were.
        """
        decision = self.decide(facts, as_of)
        record = record or Record(facts)
        conflicts = (*record.conflicts, *_contradictions(decision.person))
        decision.person.conflicting = frozenset(conflict.fact for conflict in conflicts)
        explain = self.explainer(language)
        if decision.level == "acute":
            return self._acute(decision, explain)
        due = self.due(decision)
        recommendations: tuple[RecommendationLine, ...] = ()
        if self.recommender is not None:
            recommendations = self.recommender.lines(due, decision.person, explain, municipality)
        urgent = Recommender.urgent_questions(due)
        if decision.level == "not_applicable":
            return self._not_applicable(decision, recommendations, municipality, record, explain)
        low, high, person = decision.low, decision.high, decision.person
        reasons = tuple(self._level_because(low, explain))
        factors = explain.factors(person, *decision.holding, low, high)
        questions = self._questions.find(
            person,
            decision.values,
            decision.holding,
            (low, high),
            explain,
            urgent=urgent,
            every=all_questions,
        )
        return Assessment(
            as_of=as_of,
            municipality=municipality,
            language=language,
            level=decision.level,
            label=explain.label(decision.level),
            meaning=explain.meaning(decision.level),
            level_at_most=decision.level_at_most,
            points=Range(at_least=low.total, at_most=high.total),
            level_because=reasons,
            factors=factors,
            recommendations=recommendations,
            questions=questions,
            facts=facts,
            not_used=record.not_used,
            conflicts=conflicts or None,
            origins=record.origins or None,
            omeq=self.reader.named(record.omeq, language),
            cautions=self._cautions(decision, municipality, explain),
            sources=explain.sources(
                *(reason.evidence for reason in reasons),
                *(line.evidence for line in factors),
                *(line.evidence for line in recommendations),
            ),
            provenance=self._provenance,
        )

    def explainer(self, language: Language) -> Explainer:
        """The words of one language, made once."""
        if language not in self._explainers:
            self._explainers[language] = Explainer(self.ruleset, language)
        return self._explainers[language]

    def due(self, decision: Decision) -> tuple[Due, ...]:
        """The recommendations that follow from a decision, before they are put into words. Not for an emergency."""
        if self.recommender is None:
            return ()
        levels = (decision.level, decision.level_at_most or decision.level)
        return self.recommender.due(Outcomes(decision.person, decision.values, decision.holding), levels)

    def _acute(self, decision: Decision, explain: Explainer) -> Assessment:
        blocks = [block for block in self.content.acute if f"acute:{block.id}" in decision.holding[0]]
        acute = tuple(explain.acute(block) for block in blocks)
        return Assessment(
            as_of=decision.person.as_of,
            language=explain.language,
            level="acute",
            label=explain.outside("acute"),
            acute=acute,
            sources=explain.sources(*(block.evidence for block in acute)),
            provenance=self._provenance,
        )

    def _not_applicable(
        self,
        decision: Decision,
        recommendations: tuple[RecommendationLine, ...],
        municipality: str | None,
        record: Record,
        explain: Explainer,
    ) -> Assessment:
        return Assessment(
            as_of=decision.person.as_of,
            municipality=municipality,
            language=explain.language,
            level="not_applicable",
            label=explain.outside("not_applicable"),
            meaning=explain.text(self.content.levels.scope.text),
            factors=(),
            recommendations=recommendations,
            questions=(),
            facts=record.facts,
            not_used=record.not_used,
            conflicts=record.conflicts or None,
            origins=record.origins or None,
            omeq=self.reader.named(record.omeq, explain.language),
            cautions=self._cautions(decision, municipality, explain),
            sources=explain.sources(*(line.evidence for line in recommendations)),
            provenance=self._provenance,
        )

    def _level_because(self, low: Score, explain: Explainer) -> Iterator[LevelReason]:
        if low.capped:
            yield explain.cap()
        for floor in self.content.levels.floors:
            if floor.id in low.floors:
                yield explain.floor(floor)

    def _cautions(self, decision: Decision, municipality: str | None, explain: Explainer) -> tuple[CautionLine, ...]:
        level, low = decision.level, decision.low
        holds: set[str] = {"always", level}
        if level in ("high", "very_high"):
            holds.add("high_or_above")
        if level != "not_applicable" and low.points != decision.high.points:
            holds.add("any_unknown")
        if State.REFUSED in [status.state for status in decision.person.status.values()]:
            holds.add("any_refused")
        if decision.person.status["prescribed_opioid"].state is State.YES:
            holds.add("prescribed_opioid")
        if low.points.get("suicidal-signs"):
            holds.add("suicidal_signs")
        holds.add("oslo_only" if municipality == OSLO else "outside_oslo")
        return tuple([line for applies, line in explain.cautions if applies in holds])


def _contradictions(person: Person) -> Iterator[Conflict]:
    """What one answer denies and the date of another tells of."""
    for fact, other in person.contradicted.items():
        said = getattr(person.facts, fact).state.value
        yield Conflict(fact, sent=said, derived="yes", used="yes", statements=(), implied_by=other)
