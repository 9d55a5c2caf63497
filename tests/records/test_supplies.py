"""Doses of supplies taken together: what counts once, what adds up, and what is a fall."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.records.conftest import AS_OF, Read


def days_ago(days: int) -> str:
    return (AS_OF - timedelta(days)).isoformat()


def oxycodone(value: str, per_day: str | None = "2", **said: Any) -> dict[str, Any]:
    dose = {"value": value, "unit": "mg", "route": "oral"} | ({} if per_day is None else {"per_day": per_day})
    return {"kind": "medication", "system": "ATC", "code": "N02AA05", "dose": dose} | said


def dispensed(value: str, days: int, supply: int = 30) -> dict[str, Any]:
    said = {"phase": "dispensed", "status": "completed", "start": days_ago(days), "days_supply": supply}
    return oxycodone(value, **said)


def dose(read: Read, *statements: dict[str, Any]) -> str | None:
    answer = read(list(statements)).facts.omeq_mg_per_day
    return None if answer is None else answer.told


def test_tablets_of_two_strengths_add_up_before_one_is_nearly_used_up(read: Read) -> None:
    assert dose(read, dispensed("40", 10), dispensed("5", 2)) == "135"
    assert dose(read, dispensed("40", 2), dispensed("5", 2)) == "135"


def test_what_is_collected_early_is_a_refill_or_comes_on_top(read: Read) -> None:
    for strength in ("5", "40"):
        assert dose(read, dispensed("40", 19), dispensed(strength, 2)) == "≥ 120"
    assert dose(read, dispensed("40", 19), dispensed("60", 2)) == "≥ 180"


def test_what_is_prescribed_handed_out_and_given_counts_once(read: Read) -> None:
    prescribed = oxycodone("10", start=days_ago(20))
    given = prescribed | {"phase": "administered"}
    assert dose(read, prescribed, dispensed("10", 19), given) == "30"


def test_tablets_that_do_not_divide_by_the_days_are_not_rounded_down(read: Read) -> None:
    supply = {"phase": "dispensed", "status": "completed", "start": days_ago(5), "days_supply": 30}
    assert dose(read, oxycodone("10", None, amount_units="100", **supply)) == "50"


def test_a_supply_of_no_days_is_one_of_unknown_length(read: Read) -> None:
    assert dose(read, dispensed("10", 5, supply=0)) == "30"


@pytest.mark.parametrize(("day", "reduced"), [(1, True), (90, True), (91, False)])
def test_a_fall_counts_through_the_whole_window(day: int, reduced: bool, read: Read) -> None:
    before = oxycodone("50", start=days_ago(200), end=days_ago(day), status="completed")
    answer = read([before, oxycodone("20", start=days_ago(day))]).facts.opioid_dose_reduced
    assert (answer is not None) is reduced


@pytest.mark.parametrize("days", [0, 1])
def test_two_medicines_that_change_places_are_no_fall(days: int, read: Read) -> None:
    before = oxycodone("20", start=days_ago(60), end=days_ago(30), status="completed")
    after = oxycodone("40", start=days_ago(30 - days)) | {"code": "N02AA01"}
    assert read([before, after]).facts.opioid_dose_reduced is None


@pytest.mark.parametrize(("ends", "falls"), [(0, None), (1, 0), (2, 1)])
def test_a_dose_falls_on_the_day_after_the_last_of_a_prescription(ends: int, falls: int | None, read: Read) -> None:
    kept = oxycodone("10", start=days_ago(60)) | {"code": "N02AA01"}
    answer = read([kept, oxycodone("40", start=days_ago(60), end=days_ago(ends))]).facts.opioid_dose_reduced
    told = None if answer is None or answer.date is None else answer.date.text
    assert told == (None if falls is None else days_ago(falls))


def test_a_second_strength_beside_the_first_is_no_fall_for_sure(read: Read) -> None:
    made = read([dispensed("40", 19), dispensed("5", 2)], "opioid_dose_reduced")
    assert made.facts.opioid_dose_reduced is None


def test_a_lower_strength_after_the_first_is_a_fall(read: Read) -> None:
    answer = read([dispensed("40", 60), dispensed("40", 30), dispensed("20", 2)]).facts.opioid_dose_reduced
    assert answer is not None
    assert answer.date is not None
    assert answer.date.text == days_ago(0)  # the day the old tablets run out: the later of the two readings


@pytest.mark.parametrize("when", [{"start": "2026-10-01", "end": "2026-11-01"}, {"end": "2026-11-01"}])
@pytest.mark.parametrize("class_", ["prison", "hospital", "detox", "inpatient_treatment"])
def test_a_stay_planned_for_a_time_now_past_is_no_certain_no(class_: str, when: dict[str, str], read: Read) -> None:
    made = read([{"kind": "encounter", "class": class_, "status": "planned"} | when], "transitions")
    assert made.facts.transitions is None
    assert [line.reason for line in made.not_used] == ["date_unclear"]
