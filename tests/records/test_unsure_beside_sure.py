"""What is sure beside what only may be: a value or a day is told only where the other could not change it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.conftest import Ask

TREATMENT = ("agonist_treatment", "agonist_medicine", "opioid_use_now", "opioid_use_last_12_months", "opioid_use_ever")


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
        ({"start": "2026-11", "end": "2026-12-01"}, None),
        ({"start": "2026-11", "end": "2026-12-20"}, "2026-12-20"),
        ({"start": "2026-11", "end": "2027-02-01"}, "2026-12-20"),
    ],
)
def test_the_day_of_leaving_is_told_only_where_no_nearer_one_may_be(
    perhaps: dict[str, str], day: str | None, place: int, ask: Ask
) -> None:
    prison = {"kind": "encounter", "class": "prison", "status": None, "start": "2026-05-01"} | perhaps
    hospital = {"kind": "encounter", "class": "hospital", "start": "2026-11-10", "end": "2026-12-20"}
    facts = ask([prison, hospital][::place], "planned_exit", open_=("in_prison_now", "transitions"))["facts"]
    assert facts["planned_exit"]["state"] == "yes"
    assert facts["planned_exit"].get("date") == day
