"""What an answer may and may not depend on, and what an emergency and the word "low" require."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from cds.assess import Assessor
from cds.release.frozen import RULES, Release
from tests import people
from tests.people import Choose, Invented
from tests.spec.moves import assess, promise

MINIMUM_SET = people.draft().content.levels.minimum_set.facts
ACUTE_FIELDS = {"as_of", "language", "level", "label", "acute", "sources", "provenance"}


def comparable(assessor: Assessor, person: Invented) -> dict[str, Any]:
    """The answer, with the dates a factor names sorted and without the facts it repeats."""
    answer: dict[str, Any] = json.loads(assess(assessor, person).as_json())
    answer.pop("facts", None)
    for factor in answer.get("factors", []):
        for fact in factor["facts"]:
            fact["dates"] = sorted(fact.get("dates", []))
    return answer


@promise
@given(person=people.persons(at_risk=False), chance=st.randoms(use_true_random=False))
def test_the_order_of_facts_and_of_items_is_irrelevant(draft: Assessor, person: Invented, chance: Any) -> None:
    shuffled = {}
    for name in chance.sample(list(person.facts), len(person.facts)):
        answer = dict(person.facts[name])
        if "items" in answer:
            answer["items"] = chance.sample(answer["items"], len(answer["items"]))
        shuffled[name] = answer
    assert comparable(draft, Invented(person.as_of, shuffled)) == comparable(draft, person)


@pytest.fixture(scope="session")
def another() -> Assessor:
    """An assessor that shares nothing with the first: content read again, evaluators built again."""
    return Assessor(Release("0.0.0", "sha256:draft", date.min, RULES / "draft"))


@promise
@given(person=people.persons(at_risk=False))
def test_the_same_facts_and_release_give_the_same_bytes(draft: Assessor, another: Assessor, person: Invented) -> None:
    answer = assess(draft, person).as_json()
    assert assess(draft, person).as_json() == answer
    assert assess(another, person).as_json() == answer


# ---- low ------------------------------------------------------------------------------------------------------------


def settled(person: Invented, name: str) -> bool:
    """Whether a fact has a fresh answer: its own, a yes to more than nought that implies it, a no that rules it out."""

    def fresh(fact: str, *states: str) -> bool:
        answer = person.facts.get(fact, {"state": "unknown"})
        rule = people.vocabulary()[fact]
        age = (person.as_of - date.fromisoformat(answer.get("asked_on", person.as_of.isoformat()))).days
        stays = rule.yes_stays and answer["state"] == "yes"
        return answer["state"] in states and (stays or rule.valid_days is None or age <= rule.valid_days)

    stays = people.vocabulary()[name].yes_stays
    implied = (
        fresh(narrow, "yes") or (stays and person.facts.get(narrow, {}).get("state") == "yes")
        for narrow in people.vocabulary()[name].narrower
        if person.facts.get(narrow, {}).get("value") != "0"
    )
    return fresh(name, "yes", "no") or any(implied) or any(fresh(w, "no") for w in people.vocabulary()[name].wider)


def _nearly_low(choose: Choose) -> Invented:
    person = people.with_nothing(choose(people.DATES))
    for names in (MINIMUM_SET, people.FACT_NAMES, people.FACT_NAMES):
        name = choose(names)
        person = person.having(name, people.answer(name, person.as_of, choose))
        for narrow in people.vocabulary()[name].narrower if choose((False, True)) else ():
            person = person.having(narrow, None)
        for wide in people.vocabulary()[name].wider if choose((True, False)) else ():
            person = person.having(wide, None)
    return people.reconciled(person, choose)


def _details_matter(person: Invented) -> bool:
    """Whether something happened of which the details may be missing."""
    return any(person.facts.get(name, {}).get("state") == "yes" for name in MINIMUM_SET if people.is_list(name))


@promise
@given(person=st.composite(lambda draw: _nearly_low(people.drawn_from(draw)))())
@example(person=people.with_nothing(people.DATES[0]).having("gabapentinoid", {"state": "refused"}))
def test_low_is_never_said_while_a_fact_of_the_minimum_set_is_open_or_stale(draft: Assessor, person: Invented) -> None:
    """And it is said where all of it is fresh and nothing else could lift the level."""
    assessment = assess(draft, person)
    if not all(settled(person, name) for name in MINIMUM_SET):
        assert assessment.level != "low", person
    elif assessment.level_at_most == "low" and not _details_matter(person) and not assessment.conflicts:
        assert assessment.level == "low", person


@pytest.mark.parametrize("name", MINIMUM_SET)
@pytest.mark.parametrize(
    "said", [{"state": "unknown"}, {"state": "refused"}, {"state": "no", "asked_on": "2026-01-01"}]
)
def test_one_open_fact_of_the_minimum_set_is_enough_to_withhold_low(
    draft: Assessor, name: str, said: dict[str, str]
) -> None:
    negative = people.with_nothing(date(2026, 11, 20))
    assert assess(draft, negative).level == "low"
    for fact in (*people.vocabulary()[name].wider, *people.vocabulary()[name].narrower):
        negative = negative.having(fact, None)
    assert assess(draft, negative.having(name, said)).level == "undetermined"


# ---- emergencies ----------------------------------------------------------------------------------------------------


def _in_an_emergency(choose: Choose) -> Invented:
    person = people.invent(choose, at_risk=choose((True, False)))
    for name in people.ACUTE:
        known = people.answer(name, person.as_of, choose, at_risk=False)
        person = person.having(name, known)
    person = people.reconciled(person, choose)
    assume(any(person.facts.get(name, {}).get("state") == "yes" for name in people.ACUTE))
    return person


BEREAVED = {"role": {"state": "yes", "value": "bereaved"}, "suicidal_plan_or_intent": {"state": "yes"}}


@promise
@given(person=st.composite(lambda draw: _in_an_emergency(people.drawn_from(draw)))())
@example(person=Invented(people.DATES[0], BEREAVED))
def test_an_emergency_is_answered_with_its_blocks_and_nothing_else(draft: Assessor, person: Invented) -> None:
    """Whoever asks and whatever else is known; one block for each kind, in their order."""
    answer = json.loads(assess(draft, person).as_json())
    assert answer["level"] == "acute"
    assert answer.keys() == ACUTE_FIELDS
    kinds = dict(zip(people.ACUTE, ("overdose_now", "overdose_last_hours", "suicide_now"), strict=True))
    expected = [kind for name, kind in kinds.items() if person.facts.get(name, {}).get("state") == "yes"]
    assert [block["id"] for block in answer["acute"]] == expected
