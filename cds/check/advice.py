"""What is wrong with what follows from an assessment: recommendations, duties, checklist and question sets."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import get_args

from cds.book.traceability import unaccounted
from cds.check.conditions import comparison_problem, rules_that_hold
from cds.content.advice import EventKind, Recommendation
from cds.content.conditions import (
    AtLeast,
    Condition,
    EventHappened,
    Is,
    LessThan,
    OverDays,
    RuleHolds,
    WithinDays,
    leaves,
)
from cds.content.folder import Advice, Content
from cds.content.texts import LANGUAGES, Text
from cds.facts import FACT_NAMES

EVENTS: tuple[str, ...] = get_args(EventKind)
NALOXONE = "M05"
THE_EIGHT = re.compile(r"\b(åtte|eight|8)\s+(\w+\s+)?(budskap|bodskap|råd|messages?)", re.IGNORECASE)
"""The public wordings of the 113 card do not have the same lines, so nobody may claim to list the eight of them."""


def check_advice(content: Content) -> Iterator[str]:
    """Every problem as `file:line: what`. Content from before there was advice has none."""
    advice = content.advice
    if advice is None:
        return
    yield from _codes(content, advice)
    yield from _references(content, advice)
    for at, condition in _placed(content, advice):
        yield from (f"{at}: {problem}" for problem in _condition(condition, content))
    yield from _must_nots(content, advice)
    for recommendation in advice.recommendations.values():
        yield from _recommendation(recommendation, content)
    yield from _events(content, advice)
    yield from _checklist(content, advice)
    for statement in unaccounted(content):
        at = content.where("statements.yaml", statement)
        yield f"{at}: {statement} is used nowhere and does not say why it is evidence only"


def _codes(content: Content, advice: Advice) -> Iterator[str]:
    files = {recommendation.code: name for name, recommendation in advice.recommendations.items()}
    for code in _twice(recommendation.code for recommendation in advice.recommendations.values()):
        yield f"{content.where(f'recommendations/{files[code]}.yaml', 'code')}: {code} is given twice"
    for file, names in {
        "must-not.yaml": (*(each.id for each in advice.must_not), *(each.code for each in advice.must_not)),
        "events.yaml": tuple(duty.id for event in advice.events for duty in event.duties),
        "checklist.yaml": (*(item.id for item in advice.checklist), *(item.statement for item in advice.checklist)),
        "question-sets.yaml": (
            *(questions.id for questions in advice.question_sets),
            *(
                name
                for questions in advice.question_sets
                for each in questions.questions
                for name in (each.id, each.code)
            ),
        ),
    }.items():
        yield from (f"{content.where(file)}: {name} is given twice" for name in _twice(names))


def _twice(names: Iterable[str]) -> list[str]:
    return sorted(name for name, times in Counter(names).items() if times > 1)


def _references(content: Content, advice: Advice) -> Iterator[str]:
    """Statements, resources and facts that are named. `draft` looks up evidence and `statements` in every file."""
    for name, recommendation in advice.recommendations.items():
        file = f"recommendations/{name}.yaml"
        for statement in recommendation.reaches:
            if statement not in content.statements:
                yield f"{content.where(file, 'reaches')}: no statement is called {statement}"
        # An Oslo resource may stand in advice for the whole country: answers leave it out for people elsewhere.
        for resource in recommendation.resources:
            if resource not in advice.resources:
                yield f"{content.where(file, 'resources')}: no resource is called {resource}"
        yield from _facts(recommendation.asks, content.where(file, "asks"))
    for index, must_not in enumerate(advice.must_not):
        yield from _facts(must_not.ask, content.where("must-not.yaml", index, "ask"))
    for index, item in enumerate(advice.checklist):
        if item.statement not in content.statements:
            yield f"{content.where('checklist.yaml', index, 'statement')}: no statement is called {item.statement}"
    for s, questions in enumerate(advice.question_sets):
        for q, question in enumerate(questions.questions):
            at = content.where("question-sets.yaml", s, "questions", q, "answers")
            yield from _facts(question.answers, at)


def _facts(names: Iterable[str], at: str) -> Iterator[str]:
    yield from (f"{at}: no fact is called {name}" for name in names if name not in FACT_NAMES)


def _placed(content: Content, advice: Advice) -> Iterator[tuple[str, Condition]]:
    for name, recommendation in advice.recommendations.items():
        file = f"recommendations/{name}.yaml"
        yield content.where(file, "when"), recommendation.when
        for index, rule in enumerate(recommendation.urgency_rules):
            yield content.where(file, "urgency_rules", index, "when"), rule.when
        for index, extra in enumerate(recommendation.extra):
            yield content.where(file, "extra", index, "when"), extra.when
    for index, must_not in enumerate(advice.must_not):
        yield content.where("must-not.yaml", index, "when"), must_not.when


def _condition(condition: Condition, content: Content) -> Iterator[str]:
    """Advice may look at facts in any direction, at levels and at events, because no level is made from it."""
    known = rules_that_hold(content)
    for leaf in leaves(condition):
        match leaf:
            case RuleHolds() if leaf.rule not in known:
                yield f"no rule is called {leaf.rule}"
            case EventHappened() if leaf.event not in EVENTS:
                yield f"no event is called {leaf.event}"
            case Is() | AtLeast() | LessThan() | WithinDays() | OverDays():
                problem = comparison_problem(leaf)
                if problem is not None:
                    yield problem


def _must_nots(content: Content, advice: Advice) -> Iterator[str]:
    codes = {recommendation.code for recommendation in advice.recommendations.values()}
    for index, must_not in enumerate(advice.must_not):
        if must_not.recommendation not in codes:
            at = content.where("must-not.yaml", index, "recommendation")
            yield f"{at}: no recommendation has the code {must_not.recommendation}"
    naloxone = [each.if_unknown for each in advice.must_not if each.recommendation == NALOXONE]
    if not naloxone or set(naloxone) != {"recommended"}:
        # A spray that nobody knows of helps nobody, and one too many does no harm.
        yield f"{content.where('must-not.yaml')}: {NALOXONE} needs a must-not under which unknown stays recommended"


def _recommendation(recommendation: Recommendation, content: Content) -> Iterator[str]:
    file = f"recommendations/{recommendation.id}.yaml"
    if recommendation.derived != ("derived" in recommendation.modality):
        yield f"{content.where(file, 'modality')}: modality and derived say different things"
    texts = tuple(_texts(recommendation))
    if any(THE_EIGHT.search(text.in_(language)) for text in texts for language in LANGUAGES):
        yield f"{content.where(file)}: the messages of the 113 card cannot be named as the eight"
    if recommendation.area == "national":
        elsewhere = recommendation.wording(oslo=False)
        said = (
            elsewhere.clinician,
            elsewhere.patient,
            *(t for x in recommendation.extra for t in (x.text.clinician, x.text.patient)),
        )
        if any("Oslo" in text.in_(language) for text in said for language in LANGUAGES):
            yield f"{content.where(file)}: words for the whole country name Oslo"


def _texts(recommendation: Recommendation) -> Iterator[Text]:
    wordings = [extra.text for extra in recommendation.extra]
    wordings += [recommendation.wording(oslo=True), recommendation.wording(oslo=False)]
    for wording in wordings:
        yield from (wording.clinician, wording.patient)
    yield from (recommendation.title, recommendation.because)
    yield from (text for text in (recommendation.documentation, recommendation.consent) if text is not None)


def _events(content: Content, advice: Advice) -> Iterator[str]:
    kinds = [event.id for event in advice.events]
    at = content.where("events.yaml")
    yield from (f"{at}: {kind} is given twice" for kind in _twice(kinds))
    yield from (f"{at}: {kind} is missing" for kind in EVENTS if kind not in kinds)
    codes = {recommendation.code for recommendation in advice.recommendations.values()}
    for e, event in enumerate(advice.events):
        for d, duty in enumerate(event.duties):
            if duty.code.startswith("M") and duty.code not in codes:
                yield f"{content.where('events.yaml', e, 'duties', d)}: no recommendation has the code {duty.code}"


def _checklist(content: Content, advice: Advice) -> Iterator[str]:
    asked = {item.statement: index for index, item in enumerate(advice.checklist)}
    for name, statement in content.statements.items():
        organisational = "O" in statement.mark.split("+")
        if organisational and name not in asked:
            yield f"{content.where('statements.yaml', name)}: {name} is marked O and not asked about in the checklist"
        if name in asked and not organisational:
            yield f"{content.where('checklist.yaml', asked[name])}: {name} is not marked O"
