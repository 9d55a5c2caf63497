"""What a record says beside or after a certain answer opens it: a code of another kind, a kit that ran out, a move."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.conftest import Ask
from tests.records.test_stops_beside import medicine, state

TREATMENT = ("agonist_treatment", "agonist_medicine")
OPEN = ("opioid_use_ever", "opioid_use_now", "opioid_use_last_12_months", "opioid_dependence_ever", "transitions")


def diagnosis(code: str, system: str = "ICD-10", **said: Any) -> dict[str, Any]:
    return {"kind": "condition", "system": system, "code": code, "status": "active"} | said


def stay(class_: str, **said: Any) -> dict[str, Any]:
    return {
        "kind": "encounter",
        "class": class_,
        "status": "finished",
        "start": "2026-10-01",
        "end": "2026-10-25",
    } | said


@pytest.mark.parametrize("class_", ["prison", "hospital", "detox", "inpatient_treatment"])
@pytest.mark.parametrize("disposition", ["transferred", "custody"])
def test_whoever_was_moved_on_may_have_come_out_since(class_: str, disposition: str, ask: Ask) -> None:
    assessment = ask([stay(class_, disposition=disposition)], "transitions")
    assert "transitions" not in assessment["facts"]
    assert assessment["not_used"] == [{"statement": 0, "reason": "weak_evidence"}]


def test_a_move_of_long_ago_leaves_nothing_open(ask: Ask) -> None:
    moved = stay("prison", start="2024-01-10", end="2024-02-10", disposition="transferred")
    assert state(ask([moved], "transitions"), "transitions") == "no"


def test_a_release_beside_a_move_is_told_and_the_list_is_not_whole(ask: Ask) -> None:
    second = stay("prison", start="2026-10-25", end="2026-11-10", disposition="home")
    transitions = ask([stay("prison", disposition="transferred"), second], "transitions")["facts"]["transitions"]
    assert [item["date"] for item in transitions["items"]] == ["2026-11-10"]
    assert transitions["complete"] is False


TREATED = diagnosis("F11.22", recorded="2026-09-01")
ORDER = medicine("N07BC51", "prescribed", "active", start="2026-10-01")
SUPPLY = medicine("N07BC51", "dispensed", "completed", start="2026-11-10", days_supply=30)


@pytest.mark.parametrize("treated", [TREATED, ORDER, SUPPLY])
@pytest.mark.parametrize("code", ["F11.24", "F11.25", "F11.26", "F11.3", "F11.30", "F11.4"])
def test_another_choice_of_the_code_since_opens_treatment(treated: dict[str, Any], code: str, ask: Ask) -> None:
    assert state(ask([treated], *TREATMENT, open_=OPEN), "agonist_treatment") == "yes"
    other = diagnosis(code, recorded="2026-11-19")
    assert {state(ask([treated, other], *TREATMENT, open_=OPEN), fact) for fact in TREATMENT} == {"unknown"}


@pytest.mark.parametrize(
    "other",
    [
        diagnosis("F11.24", recorded="2026-08-31"),
        diagnosis("F11.24", recorded="2026-11-19", status="resolved"),
        diagnosis("F11.24", recorded="2026-11-19", status="refuted"),
        diagnosis("F11.2", recorded="2026-11-19"),
        diagnosis("F13.24", recorded="2026-11-19"),
        diagnosis("F13.3", recorded="2026-11-19"),
    ],
)
def test_what_speaks_of_before_or_of_something_else_opens_no_treatment(other: dict[str, Any], ask: Ask) -> None:
    assert state(ask([TREATED, other], *TREATMENT, open_=OPEN), "agonist_treatment") == "yes"


def kit(**said: Any) -> dict[str, Any]:
    return medicine("V03AB15", "dispensed", "completed", **said)


GIVEN = medicine("V03AB15", "administered", "completed", start="2026-11-10")


@pytest.mark.parametrize(
    "record",
    [
        [kit(start="2026-10-01", end="2026-11-10")],
        [kit(start="2026-11-01", days_supply=1)],
        [kit(start="2026-11-01"), GIVEN],
        [kit(start="2026-11-10"), GIVEN],
        [kit(start="2026-11"), GIVEN],
        [kit(start="2026-11-01"), {**GIVEN, "start": "2026-11"}],
        [kit(start="2026-11-01"), {name: told for name, told in GIVEN.items() if name != "start"}],
    ],
)
def test_a_kit_that_ran_out_or_was_used_may_be_gone(record: list[dict[str, Any]], ask: Ask) -> None:
    assessment = ask(record, "naloxone", open_=("overdoses", *OPEN))
    assert state(assessment, "naloxone") == "unknown"
    assert 0 in {line["statement"] for line in assessment["not_used"]}


@pytest.mark.parametrize(
    "record",
    [
        [kit(start="2026-02-01")],
        [kit(start="2026-10-01", end="2026-11-20")],
        [kit(start="2026-11-01", days_supply=30)],
        [kit(start="2026-11-11"), GIVEN],
        [kit(start="2026-11-01"), GIVEN, kit(start="2026-11-15")],
        [kit(start="2026-11-01"), {**GIVEN, "code": "N07BC51"}],
        [kit(start="2026-11-01"), {**GIVEN, "status": "entered_in_error"}],
    ],
)
def test_a_kit_that_neither_ran_out_nor_was_used_is_at_hand(record: list[dict[str, Any]], ask: Ask) -> None:
    assert state(ask(record, "naloxone", open_=("overdoses", *OPEN, *TREATMENT)), "naloxone") == "yes"


@pytest.mark.parametrize(
    ("system", "code"),
    [("ICD-10", code) for code in ("E43", "E44.1", "E46", "R64", "R63.4", "F50.0", "B22.2")]
    + [("ICPC-2", "T08"), ("ICPC-2", "T05"), ("ICPC-2", "P86"), ("ICPC-2B", "T08.0001")],
)
def test_underweight_is_asked_where_food_or_weight_is_too_little(system: str, code: str, ask: Ask) -> None:
    open_ = ("mental_disorder", "serious_infection")
    assert (
        "underweight" not in ask([diagnosis(code, system, recorded="2026-10-01")], "underweight", open_=open_)["facts"]
    )
    lately = diagnosis(code, system, recorded="2026-03-01", status="resolved")
    assert "underweight" not in ask([lately], "underweight", open_=open_)["facts"]
    long_ago = diagnosis(code, system, recorded="2024-03-01", status="resolved")
    assert state(ask([long_ago], "underweight", open_=open_), "underweight") == "no"


@pytest.mark.parametrize(
    ("system", "code"), [("ICD-10", "E66.9"), ("ICD-10", "R63.5"), ("ICPC-2", "T07"), ("ICPC-2", "T82")]
)
def test_overweight_is_no_underweight(system: str, code: str, ask: Ask) -> None:
    assert state(ask([diagnosis(code, system, recorded="2026-10-01")], "underweight"), "underweight") == "no"


def test_a_release_is_dated_as_an_overdose_is(ask: Ask) -> None:
    for dates in ({"recorded": "2026-11-13"}, {"onset": "2026-11-13", "recorded": "2026-11-18"}):
        release = ask([diagnosis("Z65.2", **dates)], "transitions")["facts"]["transitions"]
        overdose = ask([diagnosis("T40.1", **dates)], "overdoses", open_=OPEN)["facts"]["overdoses"]
        assert [item["date"] for item in (*release["items"], *overdose["items"])] == ["2026-11-13"] * 2
    old = diagnosis("Z65.2", recorded="2026-11-13", status="history")
    assert "transitions" not in ask([old], "transitions")["facts"]


def test_a_release_written_down_by_the_doctor_counts_from_that_day(ask: Ask) -> None:
    """Out of prison five days ago, and dependent: points need a day."""
    dependent = diagnosis("F11.2", recorded="2026-01-10")
    recorded, onset, undated = (
        ask([dependent, diagnosis("Z65.2", **dates)], open_=(*OPEN, "long_term_opioid_use"))
        for dates in ({"recorded": "2026-11-15"}, {"onset": "2026-11-15"}, {})
    )
    assert recorded["points"] == onset["points"]
    assert (recorded["points"]["at_least"], undated["points"]["at_least"]) == (6, 0)
