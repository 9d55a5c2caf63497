"""What to do: the recommendations whose triggers hold or may hold, what must not be done, and how urgent each is.

Triggers, urgencies and must-nots are rules of the release and are decided by the same two evaluators as the level.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cds.answers import Role
from cds.asked import Asked, Holding, Outcomes
from cds.assessment import CadenceLine, RecommendationLine, ResourceLine
from cds.bounds import Person
from cds.content.advice import URGENCIES, MustNot, Recommendation, Urgency, Wording
from cds.content.conditions import Condition, EventHappened, LevelReached, RuleHolds, compared, leaves, origins
from cds.content.folder import Advice
from cds.content.texts import Language
from cds.engine import Engine
from cds.engine.plan import Plan, given_name
from cds.engine.undecided import Undecided
from cds.errors import ContentError
from cds.explain import Explainer
from cds.places import OSLO, in_words_of
from cds.ruleset import Ruleset
from cds.scoring import LEVELS


@dataclass(frozen=True, slots=True)
class Due:
    """One recommendation that is due, or would be if a fact turned out so."""

    recommendation: Recommendation
    confirmed: bool
    urgency: Urgency
    ask: tuple[str, ...]
    waits_for: tuple[MustNot, ...]
    extras: tuple[Wording, ...]


_Words = tuple[str, Urgency, bool, tuple[str, ...], tuple[str, ...]]
"""What the words of a recommendation depend on: id, urgency, whether it is certain, what to ask, what else to ask."""
_MOST_MADE = 4_096


class _RuleNames:
    """The rules that decide one recommendation, by the names they have in the plan."""

    def __init__(self, it: Recommendation, must_not: Iterable[MustNot]) -> None:
        self.recommendation = it
        self.trigger = f"recommend:{it.id}"
        raised = [(f"urgency:{it.id}:{index}", rule.urgency) for index, rule in enumerate(it.urgency_rules)]
        self.urgency: Urgency = it.urgency
        self.urgencies = sorted(
            (pair for pair in raised if URGENCIES.index(pair[1]) < URGENCIES.index(it.urgency)),
            key=lambda pair: URGENCIES.index(pair[1]),
        )
        """The rules that make it more urgent than usual, the most urgent first."""
        self.extras = [(f"extra:{it.id}:{index}", extra.text) for index, extra in enumerate(it.extra)]
        self.must_nots = [(f"must-not:{item.id}", item) for item in must_not if item.recommendation == it.code]

    def most_urgent(self, holding: Collection[str]) -> Urgency:
        """The usual urgency, or a higher one that holds."""
        for name, urgency in self.urgencies:
            if name in holding:
                return urgency
        return self.urgency


class Recommender:
    """Decides the recommendations of one release. Raises ContentError where their rules cannot be decided."""

    def __init__(self, ruleset: Ruleset, advice: Advice) -> None:
        self.ruleset = ruleset
        self.advice = advice
        rules = dict(_rules(advice))
        core = ruleset.plan
        given = _given(rules.values())
        by_rules = tuple(name for name in given if name in core.groups or name in core.nodes)
        self._given_by_rules = tuple(frozenset(core.groups.get(name, (name,))) for name in by_rules)
        """The rules of the level of which any gives what this plan is given first; levels and events come after."""
        self._given_besides = tuple(name for name in given if name not in by_rules)
        self.given = by_rules + self._given_besides
        try:
            self.plan = Plan(rules, given=self.given)
        except ValueError as error:
            raise ContentError([str(error)]) from None
        self.engine = Engine(self.plan)
        self._properties = self.plan.properties[len(self.given) :]
        self._fixed: dict[tuple[Language, bool], dict[str, dict[str, Any]]] = {}
        self._made: dict[tuple[Language, bool], dict[_Words, RecommendationLine]] = {}
        """Lines as they were put into words; a line holds nothing of a person but which facts are still to be asked."""
        self._facts = {
            name: {leaf.fact for leaf in compared(condition)}
            for name, condition in rules.items()
            if name.startswith("must-not:")
        }
        by_code = sorted(advice.recommendations.values(), key=lambda it: int(it.code.lstrip("M")))
        self._rules = tuple(_RuleNames(it, advice.must_not) for it in by_code)

    def due(self, core: Outcomes, levels: tuple[str, str]) -> tuple[Due, ...]:
        """What is due for a person, given what the rules of the level say and the level's name at both ends.

        Most urgent first, then what needs no answer first, then by code.
        """
        person = core.person
        least, most = person.values(self._properties)
        openness = {"level_undetermined": levels[0] == "undetermined", "level_could_rise_by_two": _rise(*levels) > 1}
        values = (
            self._given_values(core.holding[0], levels[0], openness) + least,
            self._given_values(core.holding[1], levels[1], openness) + most,
        )
        holding = self.engine.bounds(*values)
        asked = Asked(core, self.ruleset.plan, Undecided(self.plan, values, holding), self.plan)
        role, possible = self._role(person), holding[1]
        found = [
            self._judged(rules, person, holding, asked)
            for rules in self._rules
            if rules.trigger in possible and role in rules.recommendation.for_roles
        ]
        # The rules stand by code and sorting keeps that order.
        return tuple(sorted([due for due in found if due is not None], key=_order))

    @staticmethod
    def _role(person: Person) -> Role:
        certain = (role for role in Role if person.chosen("role", role)[0])
        return next(certain, Role.PERSON_AT_RISK)

    def _judged(self, rules: _RuleNames, person: Person, holding: Holding, asked: Asked) -> Due | None:
        lower, upper = holding
        must_nots = [(name, item) for name, item in rules.must_nots if name in upper]
        if must_nots and any(name in lower and self._fresh(name, person) for name, _ in must_nots):
            return None
        confirmed = rules.trigger in lower
        ask = [] if confirmed else asked.to_decide(rules.trigger)
        waits_for = tuple([item for _, item in must_nots])
        urgency = rules.most_urgent(lower if confirmed else upper)
        for item in waits_for:
            ask += [fact for fact in item.ask if person.is_open(fact)]
            confirmed = confirmed and (item.if_unknown == "recommended" or urgency == "now")
        extras = tuple([text for name, text in rules.extras if name in lower])
        return Due(rules.recommendation, confirmed, urgency, tuple(dict.fromkeys(ask)), waits_for, extras)

    def _fresh(self, must_not: str, person: Person) -> bool:
        """Whether nothing a must-not rests on is out of date: an old answer withholds nothing, it is asked again."""
        return not any(person.status[origin].stale for fact in self._facts[must_not] for origin in origins(fact))

    def _given_values(self, holding: frozenset[str], level: str, openness: Mapping[str, bool]) -> list[int]:
        given = [int(not rules.isdisjoint(holding)) for rules in self._given_by_rules]
        for name in self._given_besides:
            if name in openness:
                given.append(int(openness[name]))
            else:
                given.append(int(name.startswith("level_") and _reached(name.removeprefix("level_"), level)))
        return given

    @staticmethod
    def urgent_questions(due: Iterable[Due]) -> frozenset[str]:
        """The facts that decide whether something is due now or the same day."""
        return frozenset(fact for item in due if item.urgency in ("now", "same_day") for fact in item.ask)

    def lines(
        self, due: Iterable[Due], person: Person, explain: Explainer, municipality: str | None
    ) -> tuple[RecommendationLine, ...]:
        """What is due, in words of one language and of one place."""
        oslo = municipality == OSLO
        fixed = self._fixed.setdefault((explain.language, oslo), {})
        made = self._made.setdefault((explain.language, oslo), {})
        lines = []
        for item in due:
            it = item.recommendation
            if it.id not in fixed:
                fixed[it.id] = self._always(it, explain, oslo)
            also = tuple(fact for fact in it.asks if fact not in item.ask and person.is_open(fact))
            line = None
            usual = not (item.extras or item.waits_for)
            key = it.id, item.urgency, item.confirmed, item.ask, also
            if usual:
                line = made.get(key)
            if line is None:
                line = self._line(item, also, explain, fixed[it.id])
                if usual:
                    made[key] = line
            lines.append(line)
        if len(made) > _MOST_MADE:
            made.clear()
        return tuple(lines)

    def _always(self, it: Recommendation, explain: Explainer, oslo: bool) -> dict[str, Any]:
        """What a recommendation says to everyone, in one language and one place."""
        it = in_words_of("oslo" if oslo else "elsewhere", it, explain.content.phrases)
        wording = it.wording(oslo)
        cadence = None
        if it.cadence is not None:
            cadence = CadenceLine(days=it.cadence.days, text=explain.text(it.cadence.text))
        return {
            "id": it.id,
            "code": it.code,
            "title": explain.text(it.title),
            "actor": explain.text(it.actor),
            "modality": it.modality,
            "modality_note": explain.optional(it.modality_note),
            "derived": it.derived or None,
            "text": explain.text(wording.clinician),
            "text_for_person": explain.text(wording.patient),
            "because": explain.text(it.because),
            "cadence": cadence,
            "documentation": explain.optional(it.documentation),
            "consent": explain.optional(it.consent),
            "resources": tuple(self._resources(it, explain, oslo)) or None,
            "evidence": explain.evidence(it.evidence),
        }

    def _line(self, due: Due, also: tuple[str, ...], explain: Explainer, always: dict[str, Any]) -> RecommendationLine:
        texts = [always["text"], *(explain.text(extra.clinician) for extra in due.extras)]
        if not due.confirmed:
            texts += [explain.phrase("only_if", text=explain.text(item.text)) for item in due.waits_for]
        for_person = [always["text_for_person"], *(explain.text(extra.patient) for extra in due.extras)]
        changed = {"text": " ".join(texts), "text_for_person": " ".join(for_person)}
        return RecommendationLine(
            **(always | changed),
            status="recommended" if due.confirmed else "if_confirmed",
            urgency=due.urgency,
            ask=due.ask or None,
            ask_also=also or None,
        )

    def _resources(self, it: Recommendation, explain: Explainer, oslo: bool) -> Iterator[ResourceLine]:
        """Oslo's own offers are named in Oslo only."""
        for name in it.resources:
            resource = self.advice.resources[name]
            if oslo or resource.area == "national":
                yield ResourceLine(
                    id=name,
                    title=explain.text(resource.title),
                    note=explain.optional(resource.note),
                    url=resource.url,
                )


_RANK: dict[str, int] = {name: rank for rank, name in enumerate(LEVELS)}
_HASTE: dict[Urgency, int] = {name: rank for rank, name in enumerate(URGENCIES)}


def _reached(wanted: str, level: str) -> bool:
    return level in _RANK and _RANK[level] >= _RANK[wanted]


def _rise(level: str, at_most: str) -> int:
    return _RANK.get(at_most, 0) - _RANK.get(level, 0)


def _order(due: Due) -> tuple[int, bool]:
    return _HASTE[due.urgency], not due.confirmed


def _rules(advice: Advice) -> Iterator[tuple[str, Condition]]:
    for item in advice.recommendations.values():
        yield f"recommend:{item.id}", item.when
        for index, rule in enumerate(item.urgency_rules):
            yield f"urgency:{item.id}:{index}", rule.when
        for index, extra in enumerate(item.extra):
            yield f"extra:{item.id}:{index}", extra.when
    for must_not in advice.must_not:
        yield f"must-not:{must_not.id}", must_not.when


def _given(conditions: Iterable[Condition]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for condition in conditions:
        for leaf in leaves(condition):
            if isinstance(leaf, RuleHolds):
                names[leaf.rule] = None
            elif isinstance(leaf, LevelReached | EventHappened):
                names[given_name(leaf)] = None
    return tuple(names)
