"""Gaps between supplies: too short to be an end, and long enough to have cost tolerance."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.records.conftest import AS_OF, Ask

OPIOIDS = ("opioid_use_now", "opioid_use_ever", "opioid_use_last_12_months", "opioid_dependence_ever")
MEDICINES = ("prescribed_opioid", "omeq_mg_per_day", "long_term_opioid_use", "opioid_dose_reduced", "transitions")
OPEN = (*OPIOIDS, *MEDICINES, "agonist_treatment", "agonist_medicine")
DOSE = {"value": "60", "unit": "mg", "route": "oral", "per_day": "2"}


def ago(days: int) -> str:
    return (AS_OF - timedelta(days)).isoformat()


def medicine(code: str, phase: str, status: str, **said: Any) -> dict[str, Any]:
    return {"kind": "medication", "system": "ATC", "code": code, "phase": phase, "status": status} | said


def handed_out(code: str, start: int, days: int, **said: Any) -> dict[str, Any]:
    return medicine(code, "dispensed", "completed", start=ago(start), days_supply=days, **said)


def state(assessment: Any, fact: str) -> str:
    return str(assessment["facts"].get(fact, {"state": "unknown"})["state"])


@pytest.mark.parametrize(
    ("supply", "expected"),
    [
        (handed_out("N02AA05", 29, 28, dose=DOSE), "unknown"),
        (handed_out("N02AA05", 42, 28, dose=DOSE), "unknown"),
        (handed_out("N02AA05", 43, 28, dose=DOSE), "no"),
        (medicine("N02AA05", "prescribed", "active", start=ago(60), end=ago(1), dose=DOSE), "unknown"),
        (medicine("N02AA05", "prescribed", "active", start=ago(60), end=ago(15), dose=DOSE), "unknown"),
        (medicine("N02AA05", "prescribed", "active", start=ago(60), end=ago(16), dose=DOSE), "no"),
        (medicine("N02AA05", "prescribed", "completed", start=ago(60), end=ago(1), dose=DOSE), "unknown"),
        (medicine("N02AA05", "prescribed", "stopped", start=ago(60), end=ago(1), dose=DOSE), "no"),
        (medicine("N02AA05", "administered", "completed", start=ago(1), days_supply=1, dose=DOSE), "unknown"),
        (medicine("N02AA05", "prescribed", "active", end=ago(1), dose=DOSE), "unknown"),
    ],
)
def test_a_supply_that_ran_out_lately_is_no_end(ask: Ask, supply: dict[str, Any], expected: str) -> None:
    """The next one may come some days late, and tablets are left over: a whole list does not deny the medicine yet."""
    assessment = ask([supply], "prescribed_opioid", "omeq_mg_per_day", open_=OPEN)
    assert {state(assessment, fact) for fact in ("prescribed_opioid", "omeq_mg_per_day")} == {expected}


@pytest.mark.parametrize(("ended", "expected"), [(2, "unknown"), (14, "unknown"), (15, "no")])
def test_a_depressant_that_ran_out_lately_is_not_denied(ask: Ask, ended: int, expected: str) -> None:
    record = [handed_out("N05BA01", ended + 28, 28), handed_out("N02AX02", 1, 14)]
    assert state(ask(record, "benzodiazepine", open_=OPEN), "benzodiazepine") == expected


def test_a_stop_on_an_unknown_day_does_not_end_what_ran_out_lately(ask: Ask) -> None:
    stop = medicine("N05BA01", "prescribed", "stopped", start=ago(89))
    supply = medicine("N05BA01", "dispensed", "completed", start=ago(28), end=ago(1))
    assert state(ask([stop, supply], "benzodiazepine", open_=OPEN), "benzodiazepine") == "unknown"


def test_what_took_its_place_answers_alone(ask: Ask) -> None:
    record = [handed_out("N02AA05", 30, 28, dose=DOSE), handed_out("N02AA01", 2, 28, dose=DOSE | {"value": "30"})]
    assert ask(record, "omeq_mg_per_day", open_=OPEN)["facts"]["omeq_mg_per_day"] == {"state": "yes", "value": "60"}


TREATED = {"kind": "condition", "system": "ICD-10", "code": "F11.22", "recorded": ago(32)}
WEEKLY = [handed_out("N07BC02", day, 7) for day in range(80, 16, -7)]


@pytest.mark.parametrize(
    "medicines",
    [
        [handed_out("N07BC02", 16, 7)],
        WEEKLY,
        [medicine("N07BC02", "prescribed", "active", start=ago(60), end=ago(20))],
        [medicine("N07BC02", "prescribed", "active", start=ago(60), days_supply=40)],
        [medicine("N07BC51", "prescribed", "completed", start=ago(60), end=ago(20))],
        [medicine("N07BC01", "administered", "completed", start=ago(30), days_supply=7)],
        [medicine("N07BC51", "prescribed", "active", end=ago(20))],
        [medicine("N07BC51", "prescribed", "completed", start=ago(60))],
        [handed_out("N07BC51", 60, 30), medicine("N07BC51", "prescribed", "active", start=ago(264))],
        [handed_out("N07BC51", 60, 30), medicine("N07BC51", "dispensed", "completed", start=ago(19))],
        [
            handed_out("N07BC51", 60, 30),
            medicine(
                "N07BC02", "prescribed", "active", start=ago(19), indication={"system": "ICD-10", "code": "R52.2"}
            ),
        ],
    ],
)
def test_a_diagnosis_of_treatment_does_not_outlive_its_medicine(ask: Ask, medicines: list[dict[str, Any]]) -> None:
    assert state(ask([TREATED], open_=OPEN), "agonist_treatment") == "yes"
    assert state(ask([TREATED, *medicines], "agonist_treatment", open_=OPEN), "agonist_treatment") == "unknown"


@pytest.mark.parametrize(
    "medicines",
    [
        [handed_out("N07BC02", 60, 7)],
        [handed_out("N07BC02", 16, 7), handed_out("N07BC51", 9, 14)],
        [medicine("N07BC02", "prescribed", "active", start=ago(200))],
        [handed_out("N02AA01", 16, 7)],
    ],
    ids=["ran out before it was noted", "changed", "an order without an end", "another kind of medicine"],
)
def test_a_diagnosis_that_says_more_than_the_medicines_holds(ask: Ask, medicines: list[dict[str, Any]]) -> None:
    assert state(ask([TREATED, *medicines], open_=OPEN), "agonist_treatment") == "yes"


STOPPED = medicine("N07BC02", "prescribed", "stopped", start="2024-01-01", end=ago(19))


@pytest.mark.parametrize(
    ("begun", "code", "expected"),
    [(18, "N07BC51", "no"), (17, "N07BC51", "unknown"), (5, "N07BC51", "unknown"), (4, "N07BC51", "yes"),
     (1, "N07BC51", "yes"), (18, "N07BC02", "no"), (17, "N07BC02", "unknown"), (1, "N07BC02", "yes")],
)  # fmt: skip
def test_a_restart_after_a_gap_does_not_undo_a_stop(ask: Ask, begun: int, code: str, expected: str) -> None:
    """Tolerance is lost within days, so a restart after weeks is the most dangerous time of all."""
    again = medicine(code, "prescribed", "active", start=ago(begun))
    told = ask([STOPPED, again], "transitions", open_=OPEN)["facts"].get("transitions", {"state": "unknown"})
    assert told["state"] == expected
    if expected == "yes":
        assert [(item["kind"], item["date"]) for item in told["items"]] == [("agonist_treatment_stop", ago(19))]


def test_a_chain_of_supplies_after_a_stop_is_no_gap(ask: Ask) -> None:
    stop = medicine("N02AA05", "prescribed", "stopped", start="2026-01-01", end=ago(100), dose=DOSE)
    chain = [handed_out("N02AX02", day, 30) for day in (100, 72, 44, 16)]
    assert state(ask([stop, *chain], "transitions", open_=OPEN), "transitions") == "no"
    assert state(ask([stop, *chain[:2], chain[3]], "transitions", open_=OPEN), "transitions") == "unknown"
    assert state(ask([stop, chain[3]], "transitions", open_=OPEN), "transitions") == "yes"


@pytest.mark.parametrize("code", ["N07BC02", "N02AA05"])
def test_supplies_with_a_long_gap_are_asked_about(ask: Ask, code: str) -> None:
    """That they ran out is no stop, and that they were handed out again does not show that there was none."""
    before = [handed_out(code, day, 30) for day in (190, 162)]
    again = handed_out(code, 2, 30)
    without_gap = [handed_out(code, day, 30) for day in (134, 106, 78, 50, 22)]
    assert state(ask([*before, again], "transitions", open_=OPEN), "transitions") == "unknown"
    assert state(ask([*before, *without_gap, again], "transitions", open_=OPEN), "transitions") == "no"


@pytest.mark.parametrize(
    ("before", "again"),
    [
        (
            medicine("N07BC02", "prescribed", "completed", start=ago(111)),
            medicine("N07BC02", "prescribed", "active", start=ago(2)),
        ),
        (medicine("N07BC02", "dispensed", "completed", start=ago(60)), handed_out("N07BC02", 2, 7)),
        (medicine("N02AA05", "prescribed", "completed", start=ago(181)), handed_out("N02AA05", 0, 30)),
        (medicine("N02AA05", "dispensed", "completed", start=ago(87)), handed_out("N02AA05", 2, 30)),
    ],
)
def test_a_gap_that_is_not_told_is_not_denied(ask: Ask, before: dict[str, Any], again: dict[str, Any]) -> None:
    """An end that nobody told, or a length that is only assumed, may have left a gap of months."""
    assert state(ask([before, again], "transitions", open_=OPEN), "transitions") == "unknown"


@pytest.mark.parametrize(("days", "expected"), [(1, "unknown"), (13, "unknown"), (15, "no")])
def test_some_days_of_supply_after_a_stop_bridge_no_gap(ask: Ask, days: int, expected: str) -> None:
    stop = medicine("N07BC51", "prescribed", "stopped", start="2026-01-01", end=ago(49))
    chain = [handed_out("N07BC02", 49, days), handed_out("N07BC02", 49 - days - 13, 60)]
    assert state(ask([stop, *chain], "transitions", open_=OPEN), "transitions") == expected


@pytest.mark.parametrize(
    ("said", "expected"),
    [({"end": "2010-03-10"}, "no"), ({"status": "completed"}, "unknown"), ({"end": ago(-3)}, "unknown")],
)
def test_what_an_old_medicine_was_for_is_over_with_it(ask: Ask, said: dict[str, Any], expected: str) -> None:
    """As a diagnosis that was noted as over would be; where nobody tells when it ended, it is asked."""
    cure = medicine("J01CA04", "prescribed", "active", start="2010-03-01")
    cure |= {"indication": {"system": "ICD-10", "code": "J18.9"}} | said
    assert state(ask([cure], "serious_infection", open_=("serious_infection",)), "serious_infection") == expected


def test_naloxone_given_over_some_days_may_be_the_kit(ask: Ask) -> None:
    kit = medicine("V03AB15", "dispensed", "completed", start=ago(163))
    given = medicine("V03AB15", "administered", "completed", start=ago(172), end=ago(142))
    assert state(ask([kit], open_=("naloxone",)), "naloxone") == "yes"
    assert state(ask([kit, given], open_=("naloxone",)), "naloxone") == "unknown"


def test_an_order_that_is_over_adds_nothing_to_a_dose(ask: Ask) -> None:
    """It keeps a whole list from denying the dose; beside what is taken now the dose is what that comes to.

    A dose that was given may be one of several, and an order without an end be taken still: then it is at least that.
    """
    earlier = medicine("N02AA05", "prescribed", "completed", start=ago(48), end=ago(19), dose=DOSE)
    given = medicine("N02AA01", "administered", "completed", start=ago(30), dose=DOSE | {"value": "5"})
    now = medicine("N02AA05", "prescribed", "active", start=ago(18), end=ago(-12), dose=DOSE)
    exact = {"state": "yes", "value": "180"}
    for record, told in (([now], exact), ([earlier, now], exact), ([given, now], exact | {"at_least": True})):
        assert ask(record, "omeq_mg_per_day", open_=OPEN)["facts"]["omeq_mg_per_day"] == told
    for record in ([earlier], [given]):
        assert state(ask(record, "omeq_mg_per_day", open_=OPEN), "omeq_mg_per_day") == "unknown"
    del earlier["end"]
    assert ask([earlier, now], "omeq_mg_per_day", open_=OPEN)["facts"]["omeq_mg_per_day"] == exact | {"at_least": True}
