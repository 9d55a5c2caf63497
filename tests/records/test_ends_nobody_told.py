"""An end that lies ahead or that nobody told: it may have been any day, and no day denies anything."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.conftest import Ask
from tests.records.test_stops_beside import COMPLETE, USE, medicine, state

METHADONE, MORPHINE, OXYCODONE = "N07BC02", "N02AA01", "N02AA05"


@pytest.mark.parametrize("phase", ["prescribed", "dispensed", "administered"])
@pytest.mark.parametrize(("code", "kind"), [(METHADONE, "agonist_treatment_stop"), (MORPHINE, "prescription_stop")])
def test_what_was_stopped_before_its_planned_end_stopped_on_some_day(
    code: str, kind: str, phase: str, ask: Ask
) -> None:
    stopped = medicine(code, phase, "stopped", start="2026-01-01", end="2026-12-15")
    assessment = ask([stopped], *COMPLETE, open_=USE)
    (item,) = assessment["facts"]["transitions"]["items"]
    assert (item["kind"], item.get("date")) == (kind, None)


@pytest.mark.parametrize(("code", "fact"), [(METHADONE, "agonist_treatment"), (MORPHINE, "prescribed_opioid")])
def test_a_stop_that_is_only_planned_denies_nothing_and_ends_nothing(code: str, fact: str, ask: Ask) -> None:
    planned = medicine(code, "stopped", "active", start="2026-01-01", end="2026-12-15")
    alone = ask([planned], *COMPLETE, open_=USE)
    assert {state(alone, fact), state(alone, "transitions")} == {"unknown"}
    order = medicine(code, "prescribed", "active", start="2026-10-01")
    assert state(ask([planned, order], *COMPLETE, open_=USE), fact) == "yes"


@pytest.mark.parametrize(
    ("supply", "asked"),
    [
        (medicine(METHADONE, "prescribed", "completed", start="2026-03-01"), ("transitions", "agonist_treatment")),
        (medicine(OXYCODONE, "prescribed", "completed", start="2026-03-01"), ("transitions", "prescribed_opioid")),
        (medicine(OXYCODONE, "dispensed", "completed", start="2026-05-14"), ("transitions",)),
        (medicine(OXYCODONE, "dispensed", "completed", start="2026-09-01"), ("transitions",)),
        (medicine(METHADONE, "prescribed", "active", start="2026-08-21"), ("transitions", "agonist_treatment")),
        (medicine(METHADONE, "prescribed", "active", start="2020-01-01"), ("transitions", "agonist_treatment")),
    ],
)
def test_what_ended_on_a_day_that_nobody_told_may_have_ended_of_late(
    supply: dict[str, Any], asked: tuple[str, ...], ask: Ask
) -> None:
    assessment = ask([supply], *COMPLETE, open_=USE)
    assert {fact: state(assessment, fact) for fact in asked} == dict.fromkeys(asked, "unknown")


@pytest.mark.parametrize(
    "supply",
    [
        medicine(METHADONE, "prescribed", "completed", start="2025-03-01", end="2025-11-10"),
        medicine(OXYCODONE, "dispensed", "completed", start="2025-09-01"),
        medicine(OXYCODONE, "administered", "completed", start="2026-07-01"),
        medicine(METHADONE, "prescribed", "active", start="2026-08-22"),
    ],
)
def test_what_is_long_over_or_one_dose_or_goes_on_is_no_end_of_late(supply: dict[str, Any], ask: Ask) -> None:
    assert state(ask([supply], *COMPLETE, open_=USE), "transitions") == "no"


@pytest.mark.parametrize(
    "beside",
    [
        medicine("N02AB03", "administered", "completed", start="2026-11-20", end="2026-11-20"),
        medicine("N02AX02", "dispensed", "completed", start="2026-11-10"),
    ],
)
def test_a_course_that_ran_out_is_asked_about_beside_what_may_not_go_on(beside: dict[str, Any], ask: Ask) -> None:
    ran_out = medicine(OXYCODONE, "dispensed", "completed", start="2026-07-01", days_supply=90)
    assert state(ask([ran_out, beside], *COMPLETE, open_=USE), "transitions") == "unknown"
    going = medicine("N02AX02", "dispensed", "completed", start="2026-10-10", days_supply=60)
    assert state(ask([ran_out, beside, going], *COMPLETE, open_=USE), "transitions") == "no"


@pytest.mark.parametrize(
    "first",
    [
        {"status": "active", "start": "2026-03-20", "days_supply": 28},
        {"status": "stopped", "end": "2026-11-01"},
    ],
)
def test_a_course_may_be_as_long_as_the_order_before_it_lets_it_be(first: dict[str, Any], ask: Ask) -> None:
    """An order may have been renewed in silence, and one of an unknown start may have begun long ago."""
    before = medicine("N02AA05", "prescribed", first["status"], **{k: v for k, v in first.items() if k != "status"})
    stop = medicine("N02AA05", "prescribed", "stopped", start="2026-11-01", end="2026-11-10")
    assert state(ask([stop], *COMPLETE, open_=USE), "transitions") == "no"
    transitions = ask([before, stop], *COMPLETE, open_=USE)["facts"].get("transitions", {"complete": False})
    assert transitions["complete"] is False


@pytest.mark.parametrize("month", ["2026-11", "2026"])
@pytest.mark.parametrize(
    ("code", "fact"),
    [("N05BA01", "benzodiazepine"), ("N02AA01", "prescribed_opioid"), ("N07BC02", "agonist_treatment")],
)
def test_a_stop_that_may_still_be_to_come_denies_nothing(code: str, fact: str, month: str, ask: Ask) -> None:
    stop = medicine(code, "stopped", "active", start="2026-01-01", end=month)
    assert state(ask([stop], *COMPLETE, "benzodiazepine", open_=USE), fact) == "unknown"
