"""What is sure beside what only may be: a value or a day is told only where the other could not change it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.conftest import Ask

TREATMENT = ("agonist_treatment", "agonist_medicine", "opioid_use_now", "opioid_use_last_12_months", "opioid_use_ever")

STAYS = ("transitions", "in_prison_now", "in_institution_now", "planned_detox")


def order(code: str, start: str, **said: Any) -> dict[str, Any]:
    return {"kind": "medication", "system": "ATC", "code": code, "start": start} | said


@pytest.mark.parametrize("place", [1, -1])
@pytest.mark.parametrize(
    ("sure", "unsure", "medicine"),
    [
        ("N07BC51", "N07BC02", None),
        ("N07BC51", "N07BC01", "buprenorphine"),
        ("N07BC02", "N07BC51", "methadone"),
    ],
)
def test_a_medicine_of_treatment_is_told_only_where_no_other_may_be_the_one(
    sure: str, unsure: str, medicine: str | None, place: int, ask: Ask
) -> None:
    record = [order(unsure, "2026-08-21"), order(sure, "2026-11-01")][::place]
    facts = ask(record, "agonist_medicine", open_=TREATMENT)["facts"]
    assert facts["agonist_treatment"]["state"] == "yes"
    assert facts.get("agonist_medicine", {}).get("value") == medicine


@pytest.mark.parametrize("place", [1, -1])
@pytest.mark.parametrize(
    ("perhaps", "day"),
    [
        ({"status": "in_progress", "end": "2026-11"}, None),
        ({"end": "2026-11"}, None),
        ({"status": "planned", "end": "2026-12-01"}, None),
        ({"start": "2026-11", "end": "2026-12-01"}, None),
        ({"start": "2026-11", "end": "2026-12-20"}, "2026-12-20"),
        ({"start": "2026-11", "end": "2027-02-01"}, "2026-12-20"),
    ],
)
def test_the_day_of_leaving_is_told_only_where_no_nearer_one_may_be(
    perhaps: dict[str, str], day: str | None, place: int, ask: Ask
) -> None:
    prison = {"kind": "encounter", "class": "prison", "start": "2026-05-01"} | perhaps
    hospital = {"kind": "encounter", "class": "hospital", "start": "2026-11-10", "end": "2026-12-20"}
    facts = ask([prison, hospital][::place], "planned_exit", open_=STAYS)["facts"]
    assert facts["planned_exit"]["state"] == "yes"
    assert facts["planned_exit"].get("date") == day


def stays_said_no(ask: Ask, *stays: dict[str, str]) -> set[str]:
    """Of the facts about stays, those that a whole record says no to."""
    facts = ask([{"kind": "encounter"} | stay for stay in stays], *STAYS, "planned_exit", "overdoses")["facts"]
    return {name for name in (*STAYS, "planned_exit", "overdoses") if facts.get(name, {}).get("state") == "no"}


@pytest.mark.parametrize("class_", ["detox", "prison", "hospital", "inpatient_treatment"])
@pytest.mark.parametrize(
    "when",
    [
        {},
        {"start": "2026-11-20"},
        {"start": "2026-11-19"},
        {"start": "2026-11-01"},
        {"start": "2026-11-01", "end": "2026-11-10"},
        {"end": "2026-12-01"},
    ],
)
def test_a_plan_whose_day_may_have_come_denies_nothing_about_stays(class_: str, when: dict[str, str], ask: Ask) -> None:
    assert stays_said_no(ask, {"class": class_, "status": "planned"} | when) == {"overdoses"}


def test_a_plan_for_later_denies_that_it_has_begun(ask: Ask) -> None:
    stay = {"class": "detox", "status": "planned", "start": "2026-11-21"}
    assert stays_said_no(ask, stay) == {*STAYS, "planned_exit", "overdoses"} - {"planned_detox"}


@pytest.mark.parametrize("class_", ["outpatient", "emergency"])
def test_a_visit_that_is_planned_changes_nothing(class_: str, ask: Ask) -> None:
    assert stays_said_no(ask, {"class": class_, "status": "planned"}) == {*STAYS, "planned_exit", "overdoses"}


@pytest.mark.parametrize("end", ["2026-11-01", "2026-11-20"])
def test_a_stay_that_goes_on_beyond_its_end_may_be_over_or_not(end: str, ask: Ask) -> None:
    stay = {"kind": "encounter", "class": "prison", "status": "in_progress", "start": "2026-06-01", "end": end}
    facts = ask([stay], *STAYS, "planned_exit")["facts"]
    assert [item["date"] for item in facts["transitions"]["items"]] == [end]
    assert facts["transitions"]["complete"] is False
    assert {"in_prison_now", "planned_exit"}.isdisjoint(facts)


@pytest.mark.parametrize(("end", "told"), [({}, None), ({"end": "2026-12-01"}, None), ({"end": "2026-11-15"}, "no")])
def test_whether_a_stay_in_hospital_is_for_treatment_is_asked(end: dict[str, str], told: str | None, ask: Ask) -> None:
    stay = {"kind": "encounter", "class": "hospital", "start": "2026-11-10"} | end
    facts = ask([stay], "in_institution_now", open_=("planned_exit", "transitions"))["facts"]
    assert facts.get("in_institution_now", {}).get("state") == told


@pytest.mark.parametrize(
    ("class_", "disposition", "fact"),
    [
        ("prison", "custody", "in_prison_now"),
        ("prison", "transferred", "in_prison_now"),
        ("hospital", "custody", "in_prison_now"),
        ("detox", "custody", "in_prison_now"),
        ("inpatient_treatment", "custody", "in_prison_now"),
        ("detox", "transferred", "in_institution_now"),
        ("hospital", "transferred", "in_institution_now"),
    ],
)
def test_whoever_was_taken_elsewhere_may_be_there_still(class_: str, disposition: str, fact: str, ask: Ask) -> None:
    stay = {"kind": "encounter", "class": class_, "status": "finished", "start": "2026-11-10", "end": "2026-11-18"}
    assert ask([stay], fact)["facts"][fact]["state"] == "no"
    assert fact not in ask([stay | {"disposition": disposition}], fact)["facts"]


@pytest.mark.parametrize("start", ["2026-10-01", "2026"])
def test_a_reason_to_ask_takes_no_certain_answer_away(start: str, ask: Ask) -> None:
    supplies = [order("N02AA05", day, phase="dispensed", status="completed") for day in ("2026-07-23", "2026-10-23")]
    for_pain = order("N07BC51", start, indication={"system": "ICD-10", "code": "R52.2"})
    open_ = (*TREATMENT, "long_term_opioid_use", "prescribed_opioid", "omeq_mg_per_day", "opioid_dependence_ever")
    for record in (supplies, [*supplies, for_pain]):
        assert ask(record, open_=open_)["facts"]["long_term_opioid_use"]["state"] == "yes"
