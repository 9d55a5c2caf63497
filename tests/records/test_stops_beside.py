"""An explicit stop is not lost beside what does not show that the medicine goes on."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.conftest import Ask

COMPLETE = ("transitions", "agonist_treatment", "agonist_medicine", "prescribed_opioid", "omeq_mg_per_day")
USE = (
    "opioid_use_ever",
    "opioid_use_now",
    "opioid_use_last_12_months",
    "opioid_dependence_ever",
    "long_term_opioid_use",
)


def medicine(code: str, phase: str, status: str, **said: Any) -> dict[str, Any]:
    return {"kind": "medication", "system": "ATC", "code": code, "phase": phase, "status": status} | said


def state(assessment: Any, fact: str) -> str:
    return str(assessment["facts"].get(fact, {"state": "unknown"})["state"])


STOP = medicine("N07BC02", "prescribed", "stopped", start="2026-01-01", end="2026-11-13")
DIAGNOSIS = {"kind": "condition", "system": "ICD-10", "code": "F11.22", "status": "active", "recorded": "2024-03-01"}


def test_a_diagnosis_is_no_medicine_that_goes_on(ask: Ask) -> None:
    alone = ask([STOP], *COMPLETE, open_=USE)
    beside = ask([STOP, DIAGNOSIS], *COMPLETE, open_=USE)
    assert state(alone, "transitions") == state(beside, "transitions") == "yes"
    assert beside["facts"]["transitions"]["items"] == alone["facts"]["transitions"]["items"]


@pytest.mark.parametrize(
    ("stopped", "given"),
    [
        (
            ("N07BC51", "2026-01-01"),
            medicine("N07BC02", "administered", "completed", start="2026-11-20", days_supply=1),
        ),
        (
            ("N02AA01", "2026-05-04"),
            medicine("N02AB03", "administered", "completed", start="2026-11-20", end="2026-11-20"),
        ),
    ],
)
def test_one_dose_that_was_given_denies_no_stop(ask: Ask, stopped: tuple[str, str], given: dict[str, Any]) -> None:
    stop = medicine(stopped[0], "dispensed", "stopped", start=stopped[1], end="2026-11-13")
    assert state(ask([stop], *COMPLETE, open_=USE), "transitions") == "yes"
    assert state(ask([stop, given], *COMPLETE, open_=USE), "transitions") != "no"


@pytest.mark.parametrize(
    "going",
    [
        medicine("N07BC02", "dispensed", "completed", start="2026-11-10", days_supply=14),
        medicine("N07BC02", "prescribed", "active", start="2026-01-10", end="2026-12-31"),
        medicine("N07BC02", "prescribed", "active", start="2026-10-10", days_supply=90),
    ],
)
def test_a_planned_end_does_not_outlive_a_stop(ask: Ask, going: dict[str, Any]) -> None:
    """Treatment that is assumed to go on would hide that tolerance is lost."""
    stop = medicine("N07BC02", "stopped", "completed", end="2026-11-17")
    assert state(ask([going], *COMPLETE, open_=USE), "agonist_treatment") == "yes"
    after = ask([going, stop], *COMPLETE, open_=USE)
    assert state(after, "agonist_treatment") != "yes"
    assert state(after, "transitions") != "no"


def test_a_dose_is_not_sure_after_a_stop(ask: Ask) -> None:
    dose = {"value": "30", "unit": "mg", "route": "oral", "per_day": "2"}
    order = medicine("N02AA01", "prescribed", "active", start="2026-01-10", end="2026-12-31", dose=dose)
    stop = medicine("N02AA01", "stopped", "completed", end="2026-11-17")
    assert ask([order], *COMPLETE, open_=USE)["facts"]["omeq_mg_per_day"] == {"state": "yes", "value": "60"}
    assert state(ask([order, stop], *COMPLETE, open_=USE), "prescribed_opioid") != "no"
    assert ask([order, stop], *COMPLETE, open_=USE)["facts"].get("omeq_mg_per_day") != {"state": "yes", "value": "60"}


TREATED = {"kind": "condition", "status": "active", "system": "ICD-10"}


@pytest.mark.parametrize("code", ["F11.22", "Z50.30"])
@pytest.mark.parametrize("day", ["2026-10-01", "2026-11-13"])
@pytest.mark.parametrize("stop", [STOP, medicine("N07BC51", "stopped", "completed", end="2026-11-13")])
def test_a_diagnosis_of_treatment_does_not_outlive_a_stop(ask: Ask, code: str, day: str, stop: dict[str, Any]) -> None:
    diagnosis = TREATED | {"code": code, "recorded": day}
    assert state(ask([diagnosis], *COMPLETE, open_=USE), "agonist_treatment") == "yes"
    after = ask([diagnosis, stop], *COMPLETE, open_=USE)
    assert state(after, "agonist_treatment") == "unknown"
    assert [item["kind"] for item in after["facts"]["transitions"]["items"]] == ["agonist_treatment_stop"]


def test_a_diagnosis_after_the_stop_holds(ask: Ask) -> None:
    """Even where the treatment it speaks of began long before: what counts is when it was said."""
    diagnosis = TREATED | {"code": "F11.22", "onset": "2020-01-01", "recorded": "2026-11-14"}
    assert state(ask([STOP, diagnosis], *COMPLETE, open_=USE), "agonist_treatment") == "yes"


def test_a_stop_whose_day_nobody_told_leaves_a_diagnosis_open(ask: Ask) -> None:
    diagnosis = TREATED | {"code": "F11.22", "recorded": "2026-11-14"}
    stop = medicine("N07BC02", "stopped", "completed")
    assert state(ask([diagnosis, stop], *COMPLETE, open_=USE), "agonist_treatment") == "unknown"


def test_another_medicine_that_goes_on_is_treatment_after_all(ask: Ask) -> None:
    diagnosis = TREATED | {"code": "F11.22", "recorded": "2026-10-01"}
    other = medicine("N07BC51", "prescribed", "active", start="2026-11-13")
    assert state(ask([STOP, diagnosis, other], *COMPLETE, open_=USE), "agonist_treatment") == "yes"


def test_the_stop_of_an_opioid_for_pain_outdates_no_treatment(ask: Ask) -> None:
    diagnosis = TREATED | {"code": "F11.22", "recorded": "2026-10-01"}
    stop = medicine("N02AA01", "stopped", "completed", end="2026-11-13")
    assert state(ask([diagnosis, stop], *COMPLETE, open_=USE), "agonist_treatment") == "yes"


@pytest.mark.parametrize(
    ("stopped", "beside"),
    [
        ("N07BC02", medicine("N07BC01", "prescribed", "active", start="2020-01-01")),
        ("N07BC02", medicine("N07BC01", "prescribed", "active")),
        ("N02AA05", medicine("N02AX02", "prescribed", "active", start="2019-01-01")),
    ],
)
def test_an_old_order_without_an_end_denies_no_stop(ask: Ask, stopped: str, beside: dict[str, Any]) -> None:
    stop = medicine(stopped, "prescribed", "stopped", start="2026-01-01", end="2026-11-13")
    assert state(ask([stop, beside], *COMPLETE, open_=USE), "transitions") == "unknown"
    lately = beside | {"start": "2026-10-01"}
    assert state(ask([stop, lately], *COMPLETE, open_=USE), "transitions") == "no"


@pytest.mark.parametrize("code", ["N02AA01", "N07BC02"])
def test_the_stop_of_what_was_given_is_a_stop(ask: Ask, code: str) -> None:
    order = medicine(code, "prescribed", "active", start="2026-01-01")
    stop = medicine(code, "administered", "stopped", start="2026-01-01", end="2026-11-13")
    assert [item["date"] for item in ask([order, stop], *COMPLETE, open_=USE)["facts"]["transitions"]["items"]] == [
        "2026-11-13"
    ]


@pytest.mark.parametrize("code", ["N02AA01", "R05DA04"])
def test_a_course_that_was_given_and_ended_without_a_word_is_asked_about(ask: Ask, code: str) -> None:
    course = medicine(code, "administered", "active", start="2026-06-01", end="2026-11-10")
    assert state(ask([course], *COMPLETE, open_=USE), "transitions") == "unknown"


@pytest.mark.parametrize(
    ("days", "transitions"),
    [
        ({"start": "2026-06-01", "end": "2026-11-10"}, "unknown"),
        ({"start": "2026-06-01"}, "unknown"),
        ({"end": "2026-11-10"}, "unknown"),
        ({"start": "2026-11-01", "end": "2026-11-10"}, "no"),
        ({"start": "2025-06-01", "end": "2025-11-10"}, "no"),
    ],
)
@pytest.mark.parametrize("said", [("prescribed", "stopped"), ("administered", "stopped"), ("stopped", "completed")])
def test_the_stop_of_a_weak_opioid_is_asked_about(
    ask: Ask, days: dict[str, str], transitions: str, said: tuple[str, str]
) -> None:
    assert state(ask([medicine("R05DA04", *said, **days)], *COMPLETE, open_=USE), "transitions") == transitions


@pytest.mark.parametrize(
    ("ordered", "stopped", "prescribed"),
    [
        ("800 mcg", "800 ug", "unknown"),
        ("8 mg", "8000 ug", "unknown"),
        ("8 mg", "8.0 MG", "unknown"),
        ("60 mg", "12 ml", "unknown"),
        ("12 ml", "60 mg", "unknown"),
        ("60 mg", "0 mg", "unknown"),
        ("8 mg", "16 mg", "yes"),
        ("8 mg", "2000 ug", "yes"),
    ],
)
def test_a_dose_is_the_same_in_another_unit(ask: Ask, ordered: str, stopped: str, prescribed: str) -> None:
    """Tablets of another strength may go on. That treatment goes on with them is not taken for granted."""
    doses = [dict(zip(("value", "unit"), dose.split(), strict=True)) for dose in (ordered, stopped)]
    for code, fact, expected in (
        ("N02AA05", "prescribed_opioid", prescribed),
        ("N07BC01", "agonist_treatment", "unknown"),
    ):
        order = medicine(code, "prescribed", "active", start="2026-10-10", dose=doses[0])
        stop = medicine(code, "stopped", "completed", end="2026-11-10", dose=doses[1])
        assert state(ask([order, stop], *COMPLETE, open_=USE), fact) == expected


@pytest.mark.parametrize(
    ("began", "treated", "prescribed"),
    [
        ({"start": "2026-11-10"}, "unknown", "unknown"),
        ({}, "unknown", "yes"),
        ({"start": "2026-11"}, "unknown", "unknown"),
        ({"start": "2026-01-10"}, "yes", "yes"),
    ],
)
def test_an_order_may_have_been_stopped_on_its_first_day(
    ask: Ask, began: dict[str, str], treated: str, prescribed: str
) -> None:
    """What was stopped that day and had begun earlier was replaced by it."""
    for code, fact, found in (("N07BC02", "agonist_treatment", treated), ("N02AA01", "prescribed_opioid", prescribed)):
        order = medicine(code, "prescribed", "active", start="2026-11-10")
        stop = medicine(code, "stopped", "completed", end="2026-11-10") | began
        assert state(ask([order, stop], *COMPLETE, open_=USE), fact) == found


STAYS = ("transitions", "in_prison_now", "in_institution_now", "planned_exit")


@pytest.mark.parametrize(
    "stay",
    [
        {"class": "detox", "status": "planned", "start": "2026-11"},
        {"class": "detox", "status": "planned", "start": "2026-11", "end": "2026-11"},
        {"class": "prison", "start": "2026-05-01", "end": "2026-11"},
        {"class": "prison", "status": "in_progress", "start": "2026-05-01", "end": "2026-11"},
    ],
)
def test_a_month_that_is_not_over_denies_no_stay_and_no_exit(ask: Ask, stay: dict[str, Any]) -> None:
    """On the 20th nobody can tell from the month alone whether it has begun or ended."""
    assessment = ask([{"kind": "encounter"} | stay], *STAYS)
    assert {fact: state(assessment, fact) for fact in STAYS if state(assessment, fact) == "no"} == {}


def test_a_month_that_is_over_is_read_as_before(ask: Ask) -> None:
    stay = {"kind": "encounter", "class": "prison", "status": "finished", "start": "2026-05-01", "end": "2026-11"}
    assessment = ask([stay], *STAYS)
    assert (state(assessment, "transitions"), state(assessment, "in_prison_now")) == ("yes", "no")
