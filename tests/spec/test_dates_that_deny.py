"""A date can tell what another answer denies. Both are kept, the more dangerous one is used, and both are named."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cds.assess import Assessor
from cds.assessment import Assessment
from cds.errors import FactError
from cds.facts import Facts

AS_OF = date(2026, 11, 20)
DENIED = {"opioid_use_now": "no", "opioid_use_last_12_months": "no", "opioid_use_ever": "yes"}
INJECTED = "injecting_opioids"


def assessed(draft: Assessor, **facts: Any) -> Assessment:
    return draft.assess(Facts.model_validate(facts), AS_OF, "en")


def injected(day: str) -> dict[str, Any]:
    return {INJECTED: {"state": "yes", "date": day}}


def overdose(**item: Any) -> dict[str, Any]:
    return {"overdoses": {"state": "yes", "items": [item]}}


def named(answer: Assessment) -> dict[str, str | None]:
    return {conflict.fact: conflict.implied_by for conflict in answer.conflicts or ()}


@pytest.mark.parametrize(
    ("told", "contradicted"),
    [
        (injected("2026-11-18"), {"opioid_use_now": INJECTED, "opioid_use_last_12_months": INJECTED}),
        (injected("2026-10-21"), {"opioid_use_now": INJECTED, "opioid_use_last_12_months": INJECTED}),  # day 30
        (injected("2026-10-20"), {"opioid_use_last_12_months": INJECTED}),  # day 31
        (injected("2025-11-20"), {"opioid_use_last_12_months": INJECTED}),  # day 365
        (injected("2025-11-19"), {}),  # day 366
        (injected("2026"), {"opioid_use_last_12_months": INJECTED}),  # some day of this year: not certainly this month
        ({INJECTED: {"state": "yes", "within_days": 30}}, dict.fromkeys(list(DENIED)[:2], INJECTED)),
        ({INJECTED: "yes"}, {}),
        (overdose(date="2026-11-19", substance="opioid"), dict.fromkeys(list(DENIED)[:2], "overdoses")),
        (overdose(date="2026-11-19", substance="unknown"), {}),  # taken for an opioid when scored, but not certain
        (overdose(date="2026-11-19", substance="other"), {}),
    ],
)
def test_what_a_date_tells_outweighs_a_no(draft: Assessor, told: Any, contradicted: Any) -> None:
    assert named(assessed(draft, **DENIED, **told)) == contradicted


def test_the_answer_is_that_of_somebody_who_said_yes(draft: Assessor) -> None:
    yes = {"opioid_use_now": "yes", "opioid_use_last_12_months": "yes", "opioid_use_ever": "yes"}
    denied, admitted = (assessed(draft, **said, **injected("2026-11-18")) for said in (DENIED, yes))
    assert (denied.level, denied.level_at_most, denied.points) == (
        admitted.level,
        admitted.level_at_most,
        admitted.points,
    )
    assert not admitted.conflicts


def test_the_facts_in_conflict_are_shown_as_that(draft: Assessor) -> None:
    answer = assessed(draft, **DENIED, **injected("2026-11-18"))
    states = {used.state for line in answer.factors or () for used in line.facts if used.fact == "opioid_use_now"}
    assert states == {"conflicting"}
    assert answer.facts is not None
    assert answer.facts.opioid_use_now is not None
    assert answer.facts.opioid_use_now.state == "no"


def test_an_old_no_is_simply_outdated(draft: Assessor) -> None:
    old = {"opioid_use_now": {"state": "no", "asked_on": "2026-01-01"}}
    assert not assessed(draft, **old, **injected("2026-11-18")).conflicts


def test_an_overdose_with_opioids_tells_of_an_opioid_history_however_long_ago(draft: Assessor) -> None:
    released = {"transitions": {"state": "yes", "items": [{"kind": "prison", "date": "2026-11-15"}]}}
    facts = {"agonist_treatment": "no", "opioid_use_last_12_months": "no", **released}
    for item in ({"date": "2021-05"}, {}):
        for said in ({}, {"opioid_use_ever": "no"}):
            answer = assessed(draft, **facts, **said, **overdose(substance="opioid", **item))
            assert answer.level == "high"
            assert named(answer) == dict.fromkeys(said, "overdoses")
    answer = assessed(draft, **facts, **overdose(substance="unknown", date="2021-05"))
    assert answer.level == "undetermined"


@pytest.mark.parametrize("recorded", ["agonist_treatment", "prescribed_opioid"])
def test_an_old_yes_and_a_newer_no_to_what_includes_it_differ_and_are_not_refused(
    draft: Assessor, recorded: str
) -> None:
    facts = {recorded: {"state": "yes", "asked_on": "2026-06-01"}, "opioid_use_now": "no"}
    answer = draft.assess(Facts.model_validate(facts), AS_OF, "en", all_questions=True)
    assert named(answer) == {"opioid_use_now": recorded}
    assert answer.level == "undetermined"
    assert recorded in {ask.fact for question in answer.questions or () for ask in question.asks}


def test_an_old_yes_does_not_hide_that_a_fresh_one_contradicts(draft: Assessor) -> None:
    old = {"agonist_treatment": {"state": "yes", "asked_on": "2026-06-01"}}
    with pytest.raises(FactError, match="illicit_opioid_use"):
        assessed(draft, **old, illicit_opioid_use="yes", opioid_use_now="no")
    with pytest.raises(FactError, match="prescribed_opioid"):
        assessed(draft, **old, prescribed_opioid="yes", opioid_use_now="no")
