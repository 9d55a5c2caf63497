"""The next questions: few, the safest first, and only where an answer could change something."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import pytest

from cds.assess import Assessor
from cds.assessment import Assessment, Question
from cds.bounds import Person
from cds.content.texts import Language
from cds.effects import Values
from cds.engine import Engine
from cds.facts import FACT_NAMES
from tests import people
from tests.people import Invented
from tests.recommendations.answering import answered
from tests.recommendations.persons import LANGUAGES, assess, golden, golden_person, person

SUICIDAL = (
    "suicidal_plan_or_intent",
    "suicidal_thoughts",
    "hopelessness",
    "indifference_to_living",
    "ambivalence_about_living",
)
LEVELS = ("low", "elevated", "high", "very_high")


@lru_cache
def whole(draft: Assessor, name: str, language: Language = "nb") -> Assessment:
    return assess(draft, golden_person(name), language)


def questions(draft: Assessor, name: str) -> tuple[Question, ...]:
    return whole(draft, name).questions or ()


def facts(question: Question) -> list[str]:
    return [ask.fact for ask in question.asks]


def urgent(answer: Assessment) -> set[tuple[str, str, str]]:
    """What is due, or may be due, now or the same day."""
    found = answer.recommendations or ()
    return {(each.code, each.status, each.urgency) for each in found if each.urgency in ("now", "same_day")}


def outcome(answer: Assessment) -> tuple[object, ...]:
    """The bounds, and what is urgent."""
    return answer.level, answer.level_at_most, answer.points, urgent(answer)


def no_longer(who: Invented, names: list[str]) -> Invented:
    """The person for whom what was recorded has ended since."""
    for name in names:
        if who.known(name).stale:
            who = who.having(name, {"state": "no"})
    return who


# ---- how many, and in which order ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", golden())
def test_at_most_seven_places_are_asked_and_they_are_the_first_of_all(draft: Assessor, name: str) -> None:
    who = golden_person(name)
    few = draft.assess(who.sent(), who.as_of).questions or ()
    assert few == questions(draft, name)[:7]


def test_someone_of_whom_nothing_is_known_is_asked_more_than_seven_places_only_on_request(draft: Assessor) -> None:
    who = person(unasked=True)
    assert len(draft.assess(who.sent(), who.as_of).questions or ()) == 7
    assert len(assess(draft, who).questions or ()) > 7


@pytest.mark.parametrize("name", golden())
def test_places_come_in_their_order_and_once_each(draft: Assessor, name: str) -> None:
    places = [question.place for question in questions(draft, name)]
    assert places == sorted(set(places))
    asked = [fact for question in questions(draft, name) for fact in facts(question)]
    assert len(asked) == len(set(asked))
    order = people.draft().content.facts.facts
    assert all(order[fact].order == question.place for question in questions(draft, name) for fact in facts(question))


@pytest.mark.parametrize("fact", SUICIDAL)
@pytest.mark.parametrize("state", ["unknown", "refused"])
@pytest.mark.parametrize("others", ["overdose_now", "illicit_opioid_use"])
def test_the_wish_to_live_comes_directly_after_life_itself(draft: Assessor, fact: str, state: str, others: str) -> None:
    found = assess(draft, person({fact: state, others: "unknown", "transitions": "unknown"})).questions or ()
    places = [question.place for question in found]
    first = [1] if others == "overdose_now" else []
    assert places[: len(first) + 1] == [*first, 2]
    assert fact in facts(found[len(first)])


def test_a_high_level_does_not_hide_the_wish_to_live(draft: Assessor) -> None:
    """Though no level could rise any more: a sign would bring an assessment the same day."""
    highest = people.with_everything(people.DATES[0], in_treatment=False)
    for fact in SUICIDAL:
        highest = highest.having(fact, None)
    for fact in ("overdose_now", "overdose_last_hours"):
        highest = highest.having(fact, {"state": "no"})
    highest = highest.having("overdoses", {"state": "no"})
    found = assess(draft, highest)
    assert found.level == found.level_at_most == "very_high"
    assert (found.questions or ())[0].place == 2


# ---- only where an answer could change something ---------------------------------------------------------------------


@pytest.mark.parametrize("name", golden())
def test_every_question_has_an_answer_that_changes_a_bound_or_something_urgent(draft: Assessor, name: str) -> None:
    who, now = golden_person(name), outcome(whole(draft, name))
    for question in questions(draft, name):
        asked = facts(question)
        replies = [
            answered(who, asked, worst=True),
            answered(who, asked, worst=False),
            no_longer(who, asked),
        ]
        assert any(outcome(assess(draft, reply)) != now for reply in replies), asked


@pytest.mark.parametrize("name", golden())
def test_the_effect_shown_is_what_really_answering_brings(draft: Assessor, name: str) -> None:
    who = golden_person(name)
    for question in questions(draft, name):
        worst = assess(draft, answered(who, facts(question), worst=True))
        best = assess(draft, answered(who, facts(question), worst=False))
        shown = question.level_if_most_dangerous
        assert worst.level == shown, facts(question)
        assert best.level_at_most == question.level_at_most_if_least_dangerous, facts(question)


@pytest.mark.parametrize("name", golden())
def test_no_question_calls_low_what_would_stay_undetermined(draft: Assessor, name: str) -> None:
    minimum = set(draft.content.levels.minimum_set.facts)
    answer = whole(draft, name)
    missing = {fact for question in answer.questions or () for fact in facts(question)} & minimum
    for question in answer.questions or ():
        if answer.level == "undetermined" and missing - set(facts(question)):
            assert question.level_if_most_dangerous != "low"


@pytest.mark.parametrize("name", ["record-with-nothing-in-it", "refused-to-answer", "prescription-with-unknown-dose"])
def test_who_is_undetermined_for_many_reasons_is_shown_low_for_no_answer(draft: Assessor, name: str) -> None:
    assert all(question.level_if_most_dangerous != "low" for question in questions(draft, name))


@pytest.mark.parametrize("name", golden())
def test_a_question_never_shows_a_level_below_or_above_the_bounds(draft: Assessor, name: str) -> None:
    answer = whole(draft, name)
    lower = LEVELS.index(answer.level) if answer.level in LEVELS else -1
    for question in questions(draft, name):
        assert answer.level_at_most is not None
        if question.level_if_most_dangerous in LEVELS:
            assert LEVELS.index(question.level_if_most_dangerous) >= lower
        else:
            assert question.level_if_most_dangerous in ("acute", answer.level)
        assert LEVELS.index(question.level_at_most_if_least_dangerous) <= LEVELS.index(answer.level_at_most)


@pytest.mark.parametrize("name", golden())
def test_both_evaluators_agree_on_the_effect_of_every_question(
    draft: Assessor, both: Engine, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """The effect is worked out by the compiled evaluator alone; here the other one decides the same values."""
    scoring, effects = draft.ruleset.scoring, draft._questions._effects
    if_answered = effects._if_answered
    seen: list[list[int]] = []

    def remembering(asked: Sequence[str], person: Person, values: Values) -> tuple[list[int], list[int]]:
        tried = if_answered(asked, person, values)
        seen.extend(tried)
        return tried

    with monkeypatch.context() as patched:
        patched.setattr(effects, "_if_answered", remembering)
        asked = assess(draft, golden_person(name)).questions or ()
    assert len(seen) >= 2 * len(asked)
    assert both.durable is not None
    for values in seen:
        decided = scoring.score(both.durable.holding(values))
        assert scoring.bounds_if(values) == (decided.total, decided.level)


@pytest.mark.parametrize("name", golden())
def test_what_one_fact_moves_is_what_all_factors_together_move(draft: Assessor, name: str) -> None:
    """Its effect is added up over the few factors that look at it; here over all of them."""
    invented = golden_person(name)
    decision = draft.decide(invented.sent(), invented.as_of)
    scoring, effects = draft.ruleset.scoring, draft._questions._effects
    for fact in FACT_NAMES:
        raised, lowered = effects._if_answered((fact,), decision.person, decision.values)
        lower_up = scoring.bounds_if(raised).total - decision.low.total
        upper_down = decision.high.total - scoring.bounds_if(lowered).total
        spread = effects.spread(fact, decision.person, decision.values, (decision.low, decision.high))
        assert spread == lower_up + upper_down, fact


@pytest.mark.parametrize("name", golden())
def test_whoever_could_be_at_a_higher_level_is_asked_something(draft: Assessor, name: str) -> None:
    answer = whole(draft, name)
    if answer.level == "undetermined" or answer.level != answer.level_at_most:
        assert answer.questions or answer.level in ("acute", "not_applicable")


@pytest.mark.parametrize(
    "facts",
    [
        {"alcohol": "unknown"},
        {"benzodiazepine": "refused"},
        {"transitions": [{"kind": "hospital", "date": "2026-11-15"}]},
    ],
    ids=lambda facts: next(iter(facts)),
)
def test_who_is_undetermined_is_asked_what_stands_in_the_way_of_a_level(draft: Assessor, facts: Any) -> None:
    who = person(facts)
    answer = assess(draft, who)
    assert (answer.level, answer.level_at_most) == ("undetermined", "low"), "no point is at stake"
    asked = {ask.fact for question in answer.questions or () for ask in question.asks}
    assert asked == facts.keys()
    assert assess(draft, who.having(next(iter(facts)), {"state": "no"})).level == "low"


def test_who_has_answered_everything_is_asked_nothing(draft: Assessor) -> None:
    assert assess(draft, person()).questions == ()


@pytest.mark.parametrize("name", golden())
def test_each_language_asks_the_same_in_its_own_words(draft: Assessor, name: str) -> None:
    told = [whole(draft, name, language).questions or () for language in LANGUAGES]
    for same in zip(*told, strict=True):
        assert len({tuple(facts(question)) for question in same}) == 1
        assert len({question.topic for question in same}) > 1
        assert len({question.could_change for question in same}) == 3
        for asks in zip(*(question.asks for question in same), strict=True):
            assert len({ask.question for ask in asks}) == 3
            assert len({ask.why for ask in asks}) == 3


@pytest.mark.parametrize("state", ["unknown", "refused"])
def test_what_keeps_somebody_from_being_called_low_is_asked_though_no_points_depend_on_it(
    draft: Assessor, state: str
) -> None:
    """Alcohol alone adds nothing where no opioid is; without an answer to it the level stays undetermined."""
    undetermined = set()
    for fact in draft.content.levels.minimum_set.facts:
        answer = assess(draft, person({fact: state}))
        if answer.level == "undetermined":
            undetermined.add(fact)
            assert fact in {one for question in answer.questions or () for one in facts(question)}
    assert {"alcohol", "benzodiazepine", "opioid_use_ever"} <= undetermined
