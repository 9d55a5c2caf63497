"""The same person on the days to come, if nothing else changes; and today, if one thing did.

Everything is decided by the same `decide` as the assessment itself, on every one of the days: to work out on which of
them something can change would be a second reading of the rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from cds.answers import Answer, DatedAnswer, Quantity, State, Stay, Tri
from cds.assess import Assessor, Decision
from cds.assessment import LevelName, Range, ScoredLevelName
from cds.content.advice import WhatIfTexts
from cds.content.conditions import SHAPES, Shape
from cds.content.texts import Language
from cds.dates import Day
from cds.errors import FactError
from cds.explain import Explainer
from cds.facts import Facts

HORIZON_DAYS = 180
TALK = "overdose-preventing-talk"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A day on which the answer changes, and why."""

    date: Day
    level: LevelName
    level_at_most: ScoredLevelName | None = None
    points: Range
    because: tuple[str, ...]
    caution: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """How the level changes by itself, and when to look again."""

    until: Day
    steps: tuple[Step, ...]
    look_again_on: Day
    look_again: str


WhatIfId = Literal[
    "smoking_instead_of_injecting",
    "not_alone",
    "known_strength",
    "not_mixing_non_prescribed",
    "in_agonist_treatment",
    "stable_housing",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIfLine:
    """The answer if one thing were different."""

    id: WhatIfId
    label: str
    level: LevelName
    level_at_most: ScoredLevelName | None = None
    points: Range
    note: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    """Single changes, the one that would matter most first."""

    changes: tuple[WhatIfLine, ...]
    disclaimer: str


def outlook(assessor: Assessor, facts: Facts, as_of: date, language: Language) -> Outlook | None:
    """The coming 180 days. None where no level applies, or the release has no texts for it. Raises as `decide`."""
    advice = assessor.content.advice
    facts = _asked_on(facts, as_of)
    now = assessor.decide(facts, as_of)
    if advice is None or now.level in ("acute", "not_applicable"):
        return None
    texts = {name: text.in_(language) for name, text in advice.outlook.outlook.items()}
    explain = assessor.explainer(language)
    cadence = advice.recommendations[TALK].cadence
    interval = timedelta(days=HORIZON_DAYS if cadence is None else cadence.days)
    steps = []
    before = now
    for offset in range(1, HORIZON_DAYS + 1):
        after = assessor.decide(facts, as_of + timedelta(days=offset))
        because = tuple(_reasons(assessor, (before, after), interval, texts, explain))
        if because or _answer(after) != _answer(before):
            steps.append(_step(before, after, because, texts["falls_but_no_date_is_safe"]))
        before = after
    again = min([as_of + interval, *(step.date for step in steps)])
    return Outlook(
        until=as_of + timedelta(days=HORIZON_DAYS),
        steps=tuple(steps),
        look_again_on=again,
        look_again=texts["look_again_on"].format(date=again.isoformat()),
    )


def _asked_on(facts: Facts, as_of: date) -> Facts:
    """The facts with the day they date from written out, so that time can pass."""
    undated = (pair for pair in facts.known() if pair[1].asked_on is None)
    return facts.model_copy(update={name: answer.model_copy(update={"asked_on": as_of}) for name, answer in undated})


def _answer(decision: Decision) -> tuple[object, ...]:
    return decision.level, decision.level_at_most, decision.low.total, decision.high.total


def _step(before: Decision, after: Decision, because: tuple[str, ...], falls: str) -> Step:
    fallen = any(
        now.total < then.total or now.level < then.level
        for then, now in ((before.low, after.low), (before.high, after.high))
    )
    return Step(
        date=after.person.as_of,
        level=after.level,
        level_at_most=after.level_at_most,
        points=Range(at_least=after.low.total, at_most=after.high.total),
        because=because,
        caution=falls if fallen else None,
    )


def _reasons(
    assessor: Assessor,
    change: tuple[Decision, Decision],
    interval: timedelta,
    texts: dict[str, str],
    explain: Explainer,
) -> Iterator[str]:
    before, after = change
    for factor in assessor.ruleset.factors:
        then = before.low.points[factor.id], before.high.points[factor.id]
        if after.low.points[factor.id] < then[0] or after.high.points[factor.id] < then[1]:
            yield texts["window_closes"].format(factor=explain.text(factor.title))
    for floor in assessor.content.levels.floors:
        if floor.id in set(before.low.floors).difference(after.low.floors):
            yield texts.get("floor_ends", "{reason}").format(reason=explain.text(floor.text))
    day, facts = after.person.as_of, after.person.facts
    leaves = facts.planned_exit
    if "planned_exit" in texts and leaves is not None and leaves.date is not None and leaves.date.earliest == day:
        yield texts["planned_exit"]
    talk, expires = facts.last_prevention_talk, facts.naloxone_expires
    if talk is not None and _earliest(talk) is not None and _earliest(talk) == day - interval:
        yield texts["talk_due"]
    if expires is not None and expires.date is not None and expires.date.earliest + timedelta(days=1) == day:
        yield texts["naloxone_expires"]
    for name, status in after.person.status.items():
        answered = status.state in (State.YES, State.NO) and getattr(facts, name) is not None
        if assessor.ruleset.vocabulary[name].now:
            continue  # an emergency is asked about at every contact, not on a day to come
        if answered and status.stale and not before.person.status[name].stale:
            yield texts["fact_goes_stale"].format(fact=explain.labels[name])


def _earliest(talk: DatedAnswer) -> date | None:
    if talk.date is not None:
        return talk.date.earliest
    if talk.within_days is not None and talk.asked_on is not None:
        return talk.asked_on - timedelta(days=talk.within_days)
    return None


def _changes(now: Decision) -> Iterator[tuple[WhatIfId, dict[str, Answer]]]:
    """The changes that make sense for this person. Prescribed medicines are never among them."""
    facts, holds = now.person.facts, now.holding[0]
    no, never = Answer(state=State.NO), DatedAnswer(state=State.NO)

    def state(name: str) -> State | None:
        return now.person.status[name].state

    if "injects-within-a-year" in holds:
        yield "smoking_instead_of_injecting", {"injecting_opioids": never, "injecting_other": never}
    if state("uses_alone") is State.YES:
        yield "not_alone", {"uses_alone": no}
    if state("unknown_strength") is State.YES:
        yield "known_strength", {"unknown_strength": no}
    mixed = ["alcohol"] if state("alcohol") is State.YES else []
    if state("benzodiazepine") is State.YES and state("benzodiazepine_prescribed") is State.NO:
        mixed.append("benzodiazepine")  # of every other depressant nobody can say that it is not prescribed
    if mixed:
        yield "not_mixing_non_prescribed", dict.fromkeys(mixed, no)
    left = facts.transitions is not None and any(
        item.kind is Stay.AGONIST_TREATMENT_STOP for item in facts.transitions.items
    )
    dependent = state("opioid_dependence_ever") is State.YES or "untreated-illicit-opioid-use/untreated" in holds
    if state("agonist_treatment") is State.NO and (dependent or left):
        yield "in_agonist_treatment", _treated(now)
    if state("unstable_housing") is State.YES:
        yield "stable_housing", {"unstable_housing": no}


def _treated(now: Decision) -> dict[str, Answer]:
    """What treatment changes in what was said, so that nothing contradicts it and nothing else is forgotten.

    The medicine is an opioid: a no to opioid use becomes a yes, and what that no ruled out (opioids from elsewhere,
    a prescription for pain) is ruled out in words of its own. The start is left out: what is asked for is treatment
    that runs, not its first days. It did not run through the stays that are over, for it does not run now: to begin
    treatment gives no lost tolerance back.
    """
    person, stays = now.person, now.person.facts.transitions
    changed: dict[str, Answer] = {
        "agonist_treatment": Answer(state=State.YES),
        "agonist_started": DatedAnswer(state=State.NO),
    }
    if stays is not None:
        without = tuple(item.model_copy(update={"agonist_treatment_kept": Tri.NO}) for item in stays.items)
        changed["transitions"] = stays.model_copy(update={"items": without})
    vocabulary = person.vocabulary
    for wider in vocabulary["agonist_treatment"].wider:
        if person.status[wider].state is not State.NO:
            continue
        said = getattr(person.facts, wider)
        changed[wider] = Answer(state=State.YES)
        for name in vocabulary[wider].narrower:
            if name not in changed and person.status[name].state is State.NO and getattr(person.facts, name) is None:
                changed[name] = _NO[SHAPES[name]](state=State.NO, asked_on=None if said is None else said.asked_on)
    return changed


_NO: dict[Shape, type[Answer]] = {Shape.ANSWER: Answer, Shape.DAYS: DatedAnswer, Shape.NUMBER: Quantity}


def what_if(assessor: Assessor, facts: Facts, as_of: date, language: Language) -> WhatIf | None:
    """The level if one thing changed. None where no level applies, or the release has no texts. Raises as `decide`."""
    advice = assessor.content.advice
    now = assessor.decide(facts, as_of)
    if advice is None or now.level in ("acute", "not_applicable"):
        return None
    lines = []
    for change, update in _changes(now):
        try:
            decision = assessor.decide(facts.model_copy(update=update), as_of)
        except FactError:  # the change contradicts something else that was said; it is no single change then
            continue
        lines.append(_line(change, now, decision, advice.outlook.what_if, language))
    lines.sort(key=lambda line: (line.points.at_least, line.points.at_most))
    return WhatIf(changes=tuple(lines), disclaimer=advice.outlook.what_if.disclaimer.in_(language))


def _line(change: WhatIfId, now: Decision, then: Decision, texts: WhatIfTexts, language: Language) -> WhatIfLine:
    """The answer after a change, with no bound above what it is now.

    A change that helps can bring along what nobody reported: treatment is given with an opioid, and what is taken
    beside it would count as mixing. That is said in the line's note and not held against the change.
    """
    least = then if then.low.total <= now.low.total else now
    most = then if then.high.total <= now.high.total else now
    note = texts.notes.get(change)
    return WhatIfLine(
        id=change,
        label=texts.labels[change].in_(language),
        level=least.level,
        level_at_most=most.level_at_most,
        points=Range(at_least=least.low.total, at_most=most.high.total),
        note=None if note is None else note.in_(language),
    )
