"""Every measure by its table: for whom it is due, for whom it may be due, for whom it is not, and with what rank."""

from __future__ import annotations

from typing import Any

import pytest

from cds.assess import Assessor
from cds.content.folder import Advice
from cds.duties import DutyLine, duties
from tests.people import Invented
from tests.recommendations.persons import assess, cases, golden, golden_person, line, person

CODES = [f"M{number:02}" for number in range(1, 37)]
EMERGENCIES = ("overdose_now", "overdose_last_hours", "suicidal_plan_or_intent")


def told(kind: str) -> list[Any]:
    """The cases of one kind, each with its measure and a name."""
    return [
        pytest.param(code, case, id=f"{code} {case['because']}")
        for code, table in cases().items()
        for case in (table[kind] if isinstance(table[kind], list) else ())
    ]


def who(case: dict[str, Any]) -> Invented:
    return person(case.get("facts"), unasked=case.get("unasked", False))


def advice(draft: Assessor) -> Advice:
    found = draft.content.advice
    assert found is not None
    return found


def test_every_measure_of_the_reference_has_a_table_and_a_recommendation(draft: Assessor) -> None:
    assert sorted(cases()) == CODES
    assert sorted(each.code for each in advice(draft).recommendations.values()) == CODES


def test_each_table_has_one_of_each_kind_or_says_never() -> None:
    never = {
        (code, kind)
        for code, table in cases().items()
        for kind in ("recommended", "if_confirmed", "absent")
        if table[kind] == "never"
    }
    assert never == {
        ("M04", "recommended"),
        *((code, kind) for code in ("M31", "M32") for kind in ("recommended", "if_confirmed")),
        ("M36", "if_confirmed"),
    }
    assert all(table[kind] for table in cases().values() for kind in ("recommended", "if_confirmed", "absent"))


@pytest.mark.parametrize(("code", "case"), told("recommended"))
def test_who_is_owed_a_measure_is_recommended_it(draft: Assessor, code: str, case: dict[str, Any]) -> None:
    found = line(draft, who(case), code)
    assert found is not None
    assert found.status == "recommended"


@pytest.mark.parametrize(("code", "case"), told("if_confirmed"))
def test_who_may_be_owed_a_measure_is_asked_what_settles_it(draft: Assessor, code: str, case: dict[str, Any]) -> None:
    found = line(draft, who(case), code)
    assert found is not None
    assert found.status == "if_confirmed"
    assert set(found.ask or ()) == set(case["ask"])


@pytest.mark.parametrize(("code", "case"), told("absent"))
def test_who_is_not_owed_a_measure_does_not_get_it(draft: Assessor, code: str, case: dict[str, Any]) -> None:
    assert line(draft, who(case), code) is None


@pytest.mark.parametrize("code", CODES)
def test_a_measure_has_the_rank_of_its_source(draft: Assessor, code: str) -> None:
    (found,) = (each for each in advice(draft).recommendations.values() if each.code == code)
    assert list(found.modality) == cases()[code]["rank"]
    assert found.derived == (found.modality == ("derived",))
    if "urgency" in cases()[code]:
        assert found.urgency == cases()[code]["urgency"]


@pytest.mark.parametrize("fact", EMERGENCIES)
@pytest.mark.parametrize("role", ["person_at_risk", "next_of_kin", "bereaved"])
def test_an_emergency_that_is_known_is_answered_with_blocks_that_name_113(
    draft: Assessor, fact: str, role: str
) -> None:
    answer = assess(draft, person({fact: "yes", "illicit_opioid_use": "yes", "role": {"value": role}}))
    assert answer.recommendations is None
    assert any("113" in step for block in answer.acute or () for step in block.steps)


@pytest.mark.parametrize("name", golden())
def test_ringing_113_never_waits_for_anything_but_the_emergency_itself(draft: Assessor, name: str) -> None:
    found = line(draft, golden_person(name), "M04")
    if found is not None:
        assert found.status == "if_confirmed"
        assert set(found.ask or ()) <= set(EMERGENCIES)
        assert (assess(draft, golden_person(name)).recommendations or ())[0].code == "M04"


CERTAIN = {None: 0, "if_confirmed": 1, "recommended": 2}


@pytest.mark.parametrize(("code", "case"), [*told("recommended"), *told("if_confirmed")])
def test_the_card_and_the_reminder_are_as_certain_as_the_talk_and_the_spray_they_go_with(
    draft: Assessor, code: str, case: dict[str, Any]
) -> None:
    found = {each.code: CERTAIN[each.status] for each in assess(draft, who(case)).recommendations or ()}
    for measure in ("M01", "M05"):
        assert found.get("M02", 0) >= found.get(measure, 0), (code, measure)
        assert found.get("M33", 0) >= found.get(measure, 0), (code, measure)


# ---- events ----------------------------------------------------------------------------------------------------------


def event(draft: Assessor, name: str, *, absent: bool | None = False) -> tuple[DutyLine, ...]:
    (found,) = (each for each in advice(draft).events if each.id == name)
    return duties(draft.release, found, person().as_of, usual_recipient_absent=absent, language="nb", oslo=False).duties


@pytest.mark.parametrize(
    ("name", "code", "ranks"),
    [
        ("overdose_death", "M29", {"må", "bør"}),
        ("overdose_death", "M32", {"expected"}),
        ("bereaved_known", "M29", {"må", "bør"}),
        ("alert_received", "M30", {"skal"}),
        ("alert_ended", "M31", {"må"}),
        ("next_of_kin_known", "M28", {"kan"}),
        ("next_of_kin_known", "M05", {"kan"}),
    ],
)
def test_events_bring_their_measures_with_the_rank_of_their_source(
    draft: Assessor, name: str, code: str, ranks: set[str]
) -> None:
    found = {each.modality: each for each in event(draft, name) if each.code == code}
    assert ranks <= found.keys()
    assert all(found[rank].status == "recommended" for rank in ranks)


@pytest.mark.parametrize(("name", "code"), [("alert_received", "M30"), ("alert_ended", "M31")])
def test_a_stand_in_is_due_only_while_nobody_receives_alerts_and_asked_for_where_unknown(
    draft: Assessor, name: str, code: str
) -> None:
    by_absence = {
        absent: [each.status for each in event(draft, name, absent=absent) if each.code == code]
        for absent in (True, False, None)
    }
    assert set(by_absence[True]) == {"recommended"}
    assert len(by_absence[False]) == len(by_absence[True]) - 1
    assert by_absence[None].count("if_confirmed") == 1
    asks = {each.ask for each in event(draft, name, absent=None) if each.status == "if_confirmed"}
    assert asks == {"usual_recipient_absent"}


@pytest.mark.parametrize("name", golden())
def test_measures_of_events_are_in_nobody_s_own_answer(draft: Assessor, name: str) -> None:
    codes = {each.code for each in assess(draft, golden_person(name)).recommendations or ()}
    assert codes.isdisjoint({"M31", "M32"})


# ---- those close -----------------------------------------------------------------------------------------------------


def test_somebody_close_gets_support_training_and_the_card_and_no_level(draft: Assessor) -> None:
    answer = assess(draft, person({"role": {"value": "next_of_kin"}, "overdose_now": None}))
    due = {each.code for each in answer.recommendations or () if each.status == "recommended"}
    assert answer.level == "not_applicable"
    assert (answer.level_at_most, answer.points) == (None, None)
    assert due == {"M02", "M05", "M07", "M28", "M33"}


def test_a_level_that_could_rise_by_two_steps_brings_the_missing_questions(draft: Assessor) -> None:
    who_may = person({"illicit_opioid_use": "yes", "transitions": "unknown", "benzodiazepine": "unknown"})
    assert draft.decide(who_may.sent(), who_may.as_of).level_at_most == "very_high"
    assert line(draft, who_may, "M36") is not None
