"""How an assessment explains itself: factor lines, reasons for the level, acute steps, in one language."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache

from cds.answers import Answer, Choice, DatedAnswer, Happened, Quantity, State
from cds.assessment import (
    AcuteLines,
    CautionLine,
    EvidenceLine,
    FactorLine,
    FactState,
    FactUsed,
    LevelReason,
    Outcome,
    Range,
    SourceLine,
    TierLine,
)
from cds.bounds import Person
from cds.content.conditions import Condition, RuleHolds, compared, leaves, origins
from cds.content.factors import Factor, Part
from cds.content.levels import AcuteBlock, Floor, Level
from cds.content.texts import Evidence, Language, Text
from cds.ruleset import Ruleset
from cds.scoring import Score


class Explainer:
    """Puts outcomes into words of one language. Everything that does not depend on the person is made once."""

    def __init__(self, ruleset: Ruleset, language: Language) -> None:
        self.ruleset = ruleset
        self.content = ruleset.content
        self.language: Language = language
        self._phrases = {name: text.in_(language) for name, text in self.content.phrases.items()}
        self.labels = {name: fact.label.in_(language) for name, fact in self.content.facts.facts.items()}
        self._sources = {
            name: SourceLine(
                title=source.title,
                edition=source.edition,
                age=None if source.age_note is None else self.text(source.age_note),
            )
            for name, source in self.content.sources.items()
        }
        self.cautions = tuple(
            (caution.applies, CautionLine(id=caution.id, text=self.text(caution.text)))
            for caution in self.content.cautions.sentences
        )
        """Each sentence of honesty, after what must be so for it to stand in an answer."""
        self._plain: dict[tuple[str, FactState], FactUsed] = {}
        self._fixed = tuple(_Fixed(factor, self) for factor in ruleset.factors)

    def text(self, text: Text) -> str:
        """A text of the content in this language."""
        return text.in_(self.language)

    def optional(self, text: Text | None) -> str | None:
        """A text that not every item has."""
        return None if text is None else text.in_(self.language)

    def phrase(self, name: str, **values: str) -> str:
        """A joining phrase with its placeholders filled."""
        return self._phrases[name].format(**values)

    def open_facts(self, facts: Iterable[str], person: Person) -> Iterator[str]:
        """What is not known, and apart from it what is known in part, where a release has a phrase for that."""
        told: dict[str, list[str]] = {"not_known": [], "known_in_part": []}
        for fact in facts:
            in_part = "known_in_part" in self._phrases and not person.status[fact].open
            told["known_in_part" if in_part else "not_known"].append(self.labels[fact])
        return (self.phrase(name, facts=", ".join(labels)) for name, labels in told.items() if labels)

    def outside(self, level: str) -> str:
        """The name of a level no points lead to."""
        return self.text(self.content.levels.outside[level].label)  # type: ignore[index]  # another name must fail

    def label(self, level: str) -> str:
        """The name of any level."""
        scored = self._scored(level)
        return self.outside(level) if scored is None else self.text(scored.label)

    def meaning(self, level: str) -> str:
        """What a level means for action."""
        return self.text((self._scored(level) or self.content.levels.outside[level]).meaning)  # type: ignore[index]  # likewise

    def _scored(self, level: str) -> Level | None:
        return next((each for each in self.content.levels.levels if each.id == level), None)

    def evidence(self, evidence: Iterable[Evidence]) -> tuple[EvidenceLine, ...]:
        """References as an answer shows them."""
        return tuple(
            EvidenceLine(source=item.source, statement=item.statement, locator=item.locator, note=item.note)
            for item in evidence
        )

    def sources(self, *cited: Iterable[EvidenceLine]) -> dict[str, SourceLine]:
        """The documents behind references, each once."""
        return {name: self._sources[name] for name in sorted({line.source for lines in cited for line in lines})}

    def acute(self, block: AcuteBlock) -> AcuteLines:
        """An acute block."""
        return AcuteLines(
            id=block.id,
            title=self.text(block.title),
            steps=block.steps.in_(self.language),
            evidence=self.evidence(block.evidence),
        )

    def floor(self, floor: Floor) -> LevelReason:
        """A floor that holds."""
        return LevelReason(
            id=floor.id, level=floor.level, text=self.text(floor.text), evidence=self.evidence(floor.evidence)
        )

    def cap(self) -> LevelReason:
        """The cap on a single factor family."""
        cap = self.content.levels.cap
        return LevelReason(
            id="single-family", level=cap.level, text=self.text(cap.text), evidence=self.evidence(cap.evidence)
        )

    def factors(
        self, person: Person, lower: Collection[str], upper: Collection[str], low: Score, high: Score
    ) -> tuple[FactorLine, ...]:
        """A line for every factor: present, unknown or absent."""
        known = _Known(self, person)
        ends = lower, upper
        points = zip(low.points.values(), high.points.values(), strict=True)
        return tuple([fixed.line(person, ends, of, known) for fixed, of in zip(self._fixed, points, strict=True)])

    def fact_used(self, person: Person, fact: str) -> FactUsed:
        """A fact as it stood, with its dates. Those that hold a state and nothing else are made once."""
        answer, status = getattr(person.facts, fact), person.status[fact]
        state = "conflicting" if fact in person.conflicting else "stale" if status.stale else _STATES[status.state]
        if answer is None or (type(answer) is Answer and answer.asked_on is None):
            if (fact, state) not in self._plain:
                self._plain[fact, state] = FactUsed(fact=fact, label=self.labels[fact], state=state)
            return self._plain[fact, state]
        dates: tuple[str, ...] | None = None
        value = None
        if isinstance(answer, Happened):
            dates = tuple(item.date.text for item in answer.items if item.date is not None) or None
        elif isinstance(answer, DatedAnswer):
            dates = (answer.date.text,) if answer.date is not None else None
        elif isinstance(answer, Quantity) and answer.value is not None:
            value = answer.told
        elif isinstance(answer, Choice) and answer.value is not None:
            value = str(answer.value)
        return FactUsed(
            fact=fact, label=self.labels[fact], state=state, value=value, dates=dates, asked_on=answer.asked_on
        )


_STATES: dict[State | None, FactState] = {None: "unknown", **{state: state.value for state in State}}


class _Known(dict[str, FactUsed]):
    """The facts of one person as they are put into words: each once, when it is first needed."""

    def __init__(self, explain: Explainer, person: Person) -> None:
        self._explain, self._person = explain, person

    def __missing__(self, fact: str) -> FactUsed:
        used = self[fact] = self._explain.fact_used(self._person, fact)
        return used


@cache
def _range(least: int, most: int) -> Range:
    """Points go from nought to a few dozen, so there are few ranges."""
    return Range(at_least=least, at_most=most)


class _Fixed:
    """One factor's words in one language."""

    def __init__(self, factor: Factor, explain: Explainer) -> None:
        self.factor = factor
        self.explain = explain
        self.rules = frozenset(rule for rule, _ in factor.tiers)
        self.title = explain.text(factor.title)
        self.rationale = explain.text(factor.rationale).rstrip(".")
        self.evidence = explain.evidence(factor.evidence)
        conflicts = explain.content.cautions.conflicts
        self.cautions = tuple(explain.text(conflicts[caution].text) for caution in factor.cautions) or None
        self.tier_lines = {
            rule: TierLine(id=tier.id, points=tier.points, text=explain.text(tier.text), basis=tier.basis, why=tier.why)
            for rule, tier in factor.tiers
        }
        self.could_also = {rule: explain.phrase("could_also", text=line.text) for rule, line in self.tier_lines.items()}
        self._counts: dict[frozenset[str], list[str]] = {}
        self.tier_evidence = {
            rule: tuple(line for line in explain.evidence(tier.evidence) if line not in self.evidence)
            for rule, tier in factor.tiers
        }
        self.facts = tuple(dict.fromkeys(self._direct(tier.when for _, tier in factor.tiers)))
        gate = () if factor.requires is None else (factor.requires,)
        self.gate = tuple(dict.fromkeys(self._direct(gate)))

    def _direct(self, conditions: Iterable[Condition]) -> Iterator[str]:
        definitions = self.explain.content.definitions
        for condition in conditions:
            for comparison in compared(condition):
                yield from origins(comparison.fact)
            for leaf in leaves(condition):
                if isinstance(leaf, RuleHolds) and leaf.rule in definitions:
                    yield from self._direct([definitions[leaf.rule].when])
                elif isinstance(leaf, RuleHolds) and "/" in leaf.rule:
                    yield from self._direct([self.explain.ruleset.conditions[leaf.rule]])

    def line(
        self,
        person: Person,
        holding: tuple[Collection[str], Collection[str]],
        points: tuple[int, int],
        known: _Known,
    ) -> FactorLine:
        """The line."""
        lower, upper = self.rules.intersection(holding[0]), self.rules.intersection(holding[1])
        counted = self._counting(lower)
        possible = [] if upper == lower else [rule for rule in self._counting(upper) if rule not in counted]
        outcome: Outcome = "present" if counted else "unknown" if possible else "absent"
        status = person.status
        shown = answered = [fact for fact in self.facts if not status[fact].open]
        unsettled: list[str] = []
        if possible:
            unsettled = [fact for fact in self.facts if person.is_open(fact)]
            unsettled = unsettled or [fact for fact in self.gate if person.is_open(fact)]
            shown = list(dict.fromkeys([*answered, *unsettled]))
        return FactorLine(
            id=self.factor.id,
            code=self.factor.code,
            family=self.factor.family,
            title=self.title,
            outcome=outcome,
            points=_range(min(points), max(points)),
            because=(
                self._absent([fact for fact in answered if status[fact].state is State.NO])
                if outcome == "absent"
                else self._because(counted, possible, unsettled, person)
            ),
            tiers=tuple([self.tier_lines[rule] for rule in counted]),
            facts=tuple([known[fact] for fact in shown]),
            cautions=self.cautions if counted else None,
            evidence=self._evidence(outcome, counted),
        )

    def _evidence(self, outcome: Outcome, counted: list[str]) -> tuple[EvidenceLine, ...]:
        """All of it for what counts, the factor's own for what is open, none for what is absent."""
        if outcome == "absent":
            return ()
        return sum((self.tier_evidence[rule] for rule in counted), self.evidence)

    def _absent(self, denied: list[str]) -> str:
        if not denied:
            return self.explain.phrase("does_not_apply")
        labels = self.explain.labels
        return self.explain.phrase("asked_not_present", facts=", ".join([labels[fact] for fact in denied]))

    def _because(self, counted: list[str], possible: list[str], unsettled: list[str], person: Person) -> str:
        explain = self.explain
        sentences = [self.tier_lines[rule].text for rule in counted]
        if counted:
            sentences.append(self.rationale)
        sentences += [self.could_also[rule] for rule in possible]
        sentences += explain.open_facts(unsettled, person)
        return ". ".join(sentences) + "."

    def _counting(self, holding: frozenset[str]) -> list[str]:
        """The tiers that make the points: of a part where the highest counts, only that one."""
        if holding not in self._counts:
            self._counts[holding] = self._counted(holding)
        return self._counts[holding]

    def _counted(self, holding: frozenset[str]) -> list[str]:
        if len(holding) == 1:
            return list(holding)
        counting: list[str] = []
        best: list[str] = []
        best_points = 0
        for part in self.factor.parts:
            mine = list(self._of_part(part, holding))
            if self.factor.combine == "sum":
                counting += mine
            else:
                points = sum(self.tier_lines[rule].points for rule in mine)
                if points > best_points:
                    best, best_points = mine, points
        return counting + best

    def _of_part(self, part: Part, holding: Collection[str]) -> Iterator[str]:
        held = [(rule, tier) for tier in part.tiers if (rule := f"{self.factor.id}/{tier.id}") in holding]
        if part.combine == "highest" and held:
            yield max(held, key=lambda pair: pair[1].points)[0]
        else:
            yield from (rule for rule, _ in held)
