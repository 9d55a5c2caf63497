"""What a medicine was given for decides what it is, and what another one can stand for."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.conftest import Ask
from tests.records.test_stops_beside import COMPLETE, USE, medicine, state

DOSE = {"value": "20", "unit": "mg", "route": "oral", "per_day": "1"}


def because(code: str) -> dict[str, dict[str, str]]:
    return {"indication": {"system": "ICD-10", "code": code}}


FOR_PAIN = medicine("N07BC02", "prescribed", "active", start="2026-10-01", dose=DOSE, **because("R52.2"))
SUPPLY = medicine("N07BC02", "dispensed", "completed", start="2026-11-10", days_supply=30, dose=DOSE)


def test_a_supply_may_be_for_what_the_order_of_the_same_medicine_is_for(ask: Ask) -> None:
    assert state(ask([SUPPLY], *COMPLETE, open_=USE), "agonist_treatment") == "yes"
    assessment = ask([SUPPLY, FOR_PAIN], *COMPLETE, open_=USE)
    assert {state(assessment, fact) for fact in ("agonist_treatment", "agonist_medicine")} == {"unknown"}
    assert state(assessment, "prescribed_opioid") == "yes"
    assert [(line["statement"], line["reason"]) for line in assessment["not_used"]] == [(0, "weak_evidence")]


@pytest.mark.parametrize(
    "telling",
    [
        FOR_PAIN | {"phase": "dispensed", "status": "completed", "start": "2026-10-12", "days_supply": 29},
        FOR_PAIN | {"status": "completed", "start": "2026-11-09"},
        FOR_PAIN | {"start": "2026-11-01", "end": "2026-11-11"},
        FOR_PAIN | {"status": "stopped", "start": "2026-10-01", "end": "2026-11-09"},
    ],
)
def test_an_order_that_was_filled_still_tells_what_the_supply_is_for(telling: dict[str, Any], ask: Ask) -> None:
    assessment = ask([telling, SUPPLY], *COMPLETE, open_=USE)
    assert {state(assessment, fact) for fact in ("agonist_treatment", "prescribed_opioid")} == {"unknown"}
    assert state(assessment, "omeq_mg_per_day") == "unknown"


@pytest.mark.parametrize("indication", [("ICD-10", "J44.9"), ("ICD-10", "QQ"), ("local", "99")])
def test_what_an_order_leaves_unclear_its_supply_makes_no_clearer(indication: tuple[str, str], ask: Ask) -> None:
    system, code = indication
    order = FOR_PAIN | {"indication": {"system": system, "code": code}}
    for record in ([order], [order, SUPPLY]):
        assessment = ask(record, *COMPLETE, open_=USE)
        facts = ("agonist_treatment", "agonist_medicine", "prescribed_opioid")
        assert {state(assessment, fact) for fact in facts} == {"unknown"}


def test_a_supply_that_may_be_for_pain_leaves_the_dose_open_above(ask: Ask) -> None:
    larger = SUPPLY | {"dose": DOSE | {"per_day": "4"}}
    assert ask([FOR_PAIN], *COMPLETE, open_=USE)["facts"]["omeq_mg_per_day"]["value"] == "120"
    answer = ask([FOR_PAIN, larger], *COMPLETE, open_=USE)["facts"]["omeq_mg_per_day"]
    assert (answer["value"], answer["at_least"]) == ("120", True)


def test_methadone_for_pain_without_a_dose_is_named(ask: Ask) -> None:
    tramadol = medicine("N02AX02", "prescribed", "active", start="2026-10-01", dose=DOSE)
    undosed = {name: value for name, value in FOR_PAIN.items() if name != "dose"}
    assessment = ask([tramadol, undosed], *COMPLETE, open_=USE)
    assert assessment["facts"]["omeq_mg_per_day"]["at_least"] is True
    assert [line["drug"] for line in assessment["omeq"]["not_computable"]] == ["N07BC02"]


@pytest.mark.parametrize(
    "other",
    [
        FOR_PAIN | {"start": "2026-01-01", "end": "2026-03-01"},
        FOR_PAIN | because("F11.2"),
        FOR_PAIN | {"code": "N07BC01"},
    ],
)
def test_what_is_over_or_another_medicine_tells_no_purpose(other: dict[str, Any], ask: Ask) -> None:
    assert state(ask([SUPPLY, other], *COMPLETE, open_=USE), "agonist_treatment") == "yes"


def test_a_stop_without_a_purpose_stays_a_stop(ask: Ask) -> None:
    stop = medicine("N07BC02", "stopped", "completed", end="2026-11-13")
    assert state(ask([FOR_PAIN, stop], *COMPLETE, open_=USE), "transitions") == "yes"


def test_methadone_for_pain_takes_no_stop_of_treatment_away(ask: Ask) -> None:
    stop = medicine("N07BC51", "prescribed", "stopped", start="2026-01-01", end="2026-11-13")
    ran_out = medicine("N07BC51", "dispensed", "completed", start="2026-09-01", days_supply=30)
    for treated in (stop, ran_out):
        assert state(ask([treated, FOR_PAIN], *COMPLETE, open_=USE), "transitions") == "unknown"


@pytest.mark.parametrize(
    ("others", "value"),
    [
        ([medicine("N07BC02", "prescribed", "active", start="2026-08-21")], None),
        ([medicine("N07BC02", "dispensed", "completed", start="2026-10-20")], None),
        ([medicine("N07BC51", "prescribed", "active", start="2026-08-21")], "buprenorphine"),
        (
            [
                medicine("N07BC02", "prescribed", "active", start="2026-08-21"),
                medicine("N07BC02", "stopped", "completed", end="2026-11-01"),
            ],
            "buprenorphine",
        ),
    ],
)
def test_a_medicine_of_treatment_is_not_told_where_methadone_may_go_on(
    others: list[dict[str, Any]], value: str | None, ask: Ask
) -> None:
    buprenorphine = medicine("N07BC51", "prescribed", "active", start="2026-11-01")
    assessment = ask([*others, buprenorphine], *COMPLETE, open_=USE)
    assert state(assessment, "agonist_treatment") == "yes"
    assert assessment["facts"].get("agonist_medicine", {}).get("value") == value
