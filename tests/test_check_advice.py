"""An author who slips in the advice is told what is wrong, and in which file and line."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from cds.book.traceability import uses
from cds.check.advice import check_advice
from cds.content.advice import MustNot
from cds.content.conditions import EventHappened, Is, LevelReached, RuleHolds
from cds.content.folder import Content, read_content
from cds.content.texts import Text
from cds.release.frozen import RULES

FIRST_ISSUE = "naloxone-first-issue"


@pytest.fixture(scope="module")
def content() -> Content:
    return read_content(RULES / "draft")


def changed(content: Content, **parts: Any) -> Content:
    """The content with parts of its advice replaced."""
    return dataclasses.replace(content, advice=dataclasses.replace(content.advice, **parts))


def with_first_issue(content: Content, **fields: Any) -> Content:
    """The content with one recommendation altered."""
    recommendations = dict(content.advice.recommendations)
    recommendations[FIRST_ISSUE] = recommendations[FIRST_ISSUE].model_copy(update=fields)
    return changed(content, recommendations=recommendations)


def problems(content: Content) -> str:
    return "\n".join(check_advice(content))


def test_the_draft_is_in_order(content):
    assert problems(content) == ""


def test_content_from_before_there_was_advice_has_no_problem(content):
    assert list(check_advice(dataclasses.replace(content, advice=None))) == []


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"code": "M06"}, "M06 is given twice"),
        ({"resources": ("a-card-nobody-made",)}, "no resource is called a-card-nobody-made"),
        ({"asks": ("shoe_size",)}, "no fact is called shoe_size"),
        ({"reaches": ("OS-X99",)}, "no statement is called OS-X99"),
        ({"derived": True}, "modality and derived say different things"),
        ({"when": RuleHolds(rule="lost-tolerance/day-99")}, "no rule is called lost-tolerance/day-99"),
        ({"when": EventHappened(event="rain")}, "no event is called rain"),
        ({"when": Is.model_validate({"fact": "shoe_size", "is": "yes"})}, "no fact is called shoe_size"),
        ({"when": Is.model_validate({"fact": "role", "is": "landlord"})}, "landlord is no value of role"),
        (
            {"because": Text(nb="Kortet har åtte budskap.", nn="Kortet har åtte bodskap.", en="It has 8 messages.")},
            "cannot be named as the eight",
        ),
    ],
)
def test_a_slip_in_a_recommendation_is_told_with_its_file(content, fields, complaint):
    told = problems(with_first_issue(content, **fields))
    assert complaint in told
    assert f"recommendations/{FIRST_ISSUE}.yaml:" in told or "naloxone-renewal.yaml:" in told


def test_a_recommendation_may_look_at_levels_and_events_and_against_the_dangerous_direction(content):
    for when in (
        LevelReached(level="high"),
        EventHappened(event="alert_ended"),
        Is.model_validate({"fact": "opioid_use_now", "is": "no"}),
    ):
        assert problems(with_first_issue(content, when=when)) == ""


def test_words_for_the_whole_country_do_not_name_oslo(content):
    wording = content.advice.recommendations[FIRST_ISSUE].wording(oslo=False)
    local = Text(nb="Gå til Korus Oslo.", nn="Gå til Korus Oslo no.", en="Go to Korus Oslo.")
    told = problems(with_first_issue(content, text=wording.model_copy(update={"patient": local})))
    assert "words for the whole country name Oslo" in told


def test_not_knowing_of_a_spray_never_withholds_one(content):
    def with_naloxone(if_unknown: str) -> tuple[MustNot, ...]:
        return tuple(
            each.model_copy(update={"if_unknown": if_unknown}) if each.recommendation == "M05" else each
            for each in content.advice.must_not
        )

    assert "M05 needs a must-not" in problems(changed(content, must_not=with_naloxone("if_confirmed")))
    without = tuple(each for each in content.advice.must_not if each.recommendation != "M05")
    assert "M05 needs a must-not" in problems(changed(content, must_not=without))


def test_a_must_not_is_about_a_recommendation_that_exists(content):
    first, *rest = content.advice.must_not
    told = problems(changed(content, must_not=(first.model_copy(update={"recommendation": "M99"}), *rest)))
    assert "no recommendation has the code M99" in told


def test_the_checklist_asks_about_every_organisational_statement_and_no_other(content):
    first, *rest = content.advice.checklist
    assert f"{first.statement} is marked O" in problems(changed(content, checklist=tuple(rest)))
    other = first.model_copy(update={"statement": "OS-R01"})
    assert "OS-R01 is not marked O" in problems(changed(content, checklist=(other, *rest)))


def test_each_kind_of_event_stands_there_once(content):
    first, *rest = content.advice.events
    assert f"{first.id} is missing" in problems(changed(content, events=tuple(rest)))
    assert f"{first.id} is given twice" in problems(changed(content, events=(first, first, *rest)))


def test_a_question_fills_facts_that_exist(content):
    first, *rest = content.advice.question_sets
    question = first.questions[0].model_copy(update={"answers": ("shoe_size",)})
    altered = first.model_copy(update={"questions": (question, *first.questions[1:])})
    assert "question-sets.yaml:" in problems(changed(content, question_sets=(altered, *rest)))


def test_a_statement_that_nothing_uses_any_more_is_named(content):
    asked_only = next(name for name, found in uses(content).items() if {use.kind for use in found} == {"checklist"})
    checklist = tuple(item for item in content.advice.checklist if item.statement != asked_only)
    assert f"{asked_only} is used nowhere" in problems(changed(content, checklist=checklist))
