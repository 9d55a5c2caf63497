"""Opioids and depressants supplied on the same days: what counts as together, at the edges."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.records.conftest import AS_OF, Ask, Read

OPIOIDS = (
    *("opioid_use_now", "opioid_use_last_12_months", "opioid_use_ever", "opioid_dependence_ever", "prescribed_opioid"),
    *("agonist_treatment", "agonist_medicine"),
)
DEPRESSANTS = [
    ("N05BA01", "benzodiazepine"),
    ("N05CF01", "z_hypnotic"),
    ("N02BF02", "gabapentinoid"),
    ("N05AH04", "sedating_psychotropic"),
    ("R06AD02", "other_sedative"),
]


def days_ago(days: int) -> str:
    return (AS_OF - timedelta(days)).isoformat()


def supply(code: str, start: int, days: int, **said: Any) -> dict[str, Any]:
    """Handed out so many days ago, for so many days."""
    return handed_out(code, start=days_ago(start), days_supply=days) | said


def handed_out(code: str, **said: Any) -> dict[str, Any]:
    medicine = {"kind": "medication", "system": "ATC", "code": code, "phase": "dispensed", "status": "completed"}
    return medicine | said


@pytest.mark.parametrize("opioid", ["N02AA01", "R05DA04", "N07BC02"])
@pytest.mark.parametrize(("code", "fact"), DEPRESSANTS)
def test_supplied_together_it_is_a_fact_of_the_last_shared_day(code: str, fact: str, opioid: str, read: Read) -> None:
    made = read([supply(opioid, 60, 40), supply(code, 50, 20)], fact)
    answer = dict(made.facts.known())[fact]
    assert (answer.state, answer.asked_on) == ("yes", AS_OF - timedelta(31))
    assert made.origins[fact] == (0, 1)


@pytest.mark.parametrize(
    ("opioid", "benzodiazepine", "together"),
    [
        ((50, 10), (40, 10), None),
        ((50, 11), (40, 10), 40),
        ((40, 10), (50, 10), None),
        ((40, 10), (50, 11), 40),
        ((120, 31), (110, 21), 90),
        ((120, 30), (110, 21), None),
        ((120, 30), (110, 19), None),
        ((400, 10), (390, 30), None),
        ((30, 60), (60, 50), 11),
    ],
    ids=str,
)
def test_one_shared_day_within_ninety_is_enough_and_touching_is_not(
    opioid: tuple[int, int], benzodiazepine: tuple[int, int], together: int | None, read: Read
) -> None:
    made = read([supply("N02AA05", *opioid), supply("N05BA01", *benzodiazepine)])
    answer = made.facts.benzodiazepine
    if together is None:
        assert answer is None
        assert (1, "outside_window") in {(line.statement, line.reason) for line in made.not_used}
    else:
        assert answer is not None
        assert answer.asked_on == AS_OF - timedelta(together)


@pytest.mark.parametrize(
    ("opioid", "benzodiazepine", "together"),
    [
        ({"start": days_ago(30), "end": days_ago(20)}, {"start": days_ago(20), "end": days_ago(15)}, 20),
        ({"start": days_ago(20), "end": days_ago(15)}, {"start": days_ago(30), "end": days_ago(20)}, 20),
        ({"start": days_ago(30), "end": days_ago(20)}, {"start": days_ago(19), "end": days_ago(16)}, None),
        ({"start": days_ago(10), "end": days_ago(10)}, {"start": days_ago(19), "days_supply": 15}, 10),
        ({"start": days_ago(20), "end": days_ago(20)}, {"start": days_ago(34), "days_supply": 14}, None),
        ({"start": days_ago(120), "end": days_ago(90)}, {"start": days_ago(110), "end": days_ago(80)}, 90),
        ({"start": days_ago(120), "end": days_ago(91)}, {"start": days_ago(110), "end": days_ago(80)}, None),
    ],
    ids=str,
)
def test_a_day_told_as_the_end_is_the_last_day_covered(
    opioid: dict[str, Any], benzodiazepine: dict[str, Any], together: int | None, ask: Ask
) -> None:
    record = [handed_out("N02AA05", **opioid), handed_out("N05BA01", **benzodiazepine)]
    told = {"state": "no"} if together is None else {"state": "yes", "asked_on": days_ago(together)}
    assert ask(record, "benzodiazepine", open_=OPIOIDS)["facts"]["benzodiazepine"] == told


def test_on_the_day_of_an_explicit_stop_both_may_have_been_taken(ask: Ask) -> None:
    stopped = handed_out("N02AA05", start=days_ago(30), end=days_ago(20)) | {"status": "stopped"}
    record = [stopped, handed_out("N05BA01", start=days_ago(20), end=days_ago(15))]
    assert "benzodiazepine" not in ask(record, "benzodiazepine", open_=(*OPIOIDS, "transitions"))["facts"]


def test_a_diagnosis_of_treatment_is_no_supply(ask: Ask) -> None:
    diagnosis = {"kind": "condition", "system": "ICD-10", "code": "F11.22", "onset": "2024-03-01"}
    assessment = ask([supply("N02BF02", 80, 14), diagnosis], "gabapentinoid", open_=OPIOIDS)
    assert assessment["facts"]["gabapentinoid"]["state"] == "no"
    assert [(line["statement"], line["reason"]) for line in assessment["not_used"]] == [(0, "outside_window")]


def test_supplies_that_share_many_days_are_all_named(read: Read) -> None:
    opioids = [supply("N02AA01", day, 3) for day in (70, 50, 30, 30)]
    depressants = [supply(code, day, 3) for code in ("N05BA01", "N05CF01") for day in (70, 50, 50, 30)]
    origins = read([*opioids, *depressants]).origins
    assert origins["benzodiazepine"] == (0, 1, 2, 3, 4, 5, 6, 7)
    assert origins["z_hypnotic"] == (0, 1, 2, 3, 8, 9, 10, 11)


def test_a_depressant_alone_is_no_fact_once_it_ran_out(read: Read) -> None:
    assert read([supply("N05BA01", 50, 20)]).facts.benzodiazepine is None
    assert read([supply("N05BA01", 50, 20), supply("N02BE01", 60, 60)]).facts.benzodiazepine is None


def test_an_explicit_stop_says_nothing_of_today(read: Read) -> None:
    stopped = supply("N05BA01", 50, 20, status="stopped", end=days_ago(30))
    assert read([supply("N02AA01", 60, 40), stopped]).facts.benzodiazepine is None


@pytest.mark.parametrize("vague", [{"start": "2026-10"}, {"start": "2026"}])
def test_days_that_may_be_shared_are_asked_about_and_never_a_no(vague: dict[str, str], read: Read) -> None:
    opioid = supply("N02AA01", 60, 10) | vague
    made = read([opioid, supply("N05BA01", 50, 20)], "benzodiazepine")
    assert made.facts.benzodiazepine is None
    assert (1, "date_unclear") in {(line.statement, line.reason) for line in made.not_used}


def test_all_supplies_of_the_last_shared_day_are_named(read: Read) -> None:
    made = read(
        [supply("N02AA01", 90, 30), supply("N02AA05", 60, 40), supply("N02AX02", 60, 40), supply("N05BA01", 80, 50)]
    )
    assert made.origins["benzodiazepine"] == (1, 2, 3)


def observed(code: str, value: str | None, unit: str | None, day: str | None) -> dict[str, Any]:
    said = {"value": value, "unit": unit, "date": day}
    known = {name: told for name, told in said.items() if told is not None}
    return {"kind": "observation", "system": "http://loinc.org", "code": code} | known


@pytest.mark.parametrize(
    ("value", "day", "age"),
    [
        ("17", "2026-11-20", ("17", None)),
        ("17.9", "2026-11-20", ("17", None)),
        ("17", "2025-11-21", ("17", True)),
        ("17", "2025-11-20", ("18", True)),
        ("44", "2020", ("49", True)),
        ("44", None, ("44", True)),
    ],
)
def test_age_is_that_of_the_day_or_at_least_what_it_has_become(
    value: str, day: str | None, age: tuple[str, bool | None], read: Read
) -> None:
    answer = read([observed("30525-0", value, "a", day)]).facts.age
    assert answer is not None
    assert (str(answer.value), answer.at_least) == age


def test_an_observation_without_a_unit_is_not_guessed(read: Read) -> None:
    for unit in (None, "mo", "kg"):
        for code, fact in (("30525-0", "age"), ("39156-5", "underweight")):
            made = read([observed(code, "17", unit, "2026-11-20")], fact)
            assert fact not in dict(made.facts.known())
            assert ("value_unclear", fact) in {(line.reason, line.fact) for line in made.not_used}


@pytest.mark.parametrize(
    ("measured", "low"),
    [
        ([("18.4", "2026-11-01")], True),
        ([("18.5", "2026-11-01")], False),
        ([("17", "2026-01-01"), ("22", "2026-11-01")], False),
        ([("22", "2026-01-01"), ("17", "2026-11-01")], True),
        ([("17", None)], False),
        ([("22", "2026-11-01"), ("17", "2026-11")], True),
    ],
)
@pytest.mark.parametrize("code", ["39156-5", "89270-3"])
def test_the_newest_body_mass_index_counts_and_none_is_a_no(
    code: str, measured: list[tuple[str, str | None]], low: bool, read: Read
) -> None:
    made = read([observed(code, value, "kg/m2", day) for value, day in measured], "underweight")
    answer = made.facts.underweight
    assert (answer is not None and answer.state == "yes") is low
    assert low or answer is None


def test_two_ages_on_one_day_are_no_answer(read: Read) -> None:
    made = read([observed("30525-0", age, "a", "2026-11-20") for age in ("44", "45")], "age")
    assert made.facts.age is None


@pytest.mark.parametrize("unit", ["kg/m2", "kg/m²", "KG/M2", "kg/m^2"])
def test_a_body_mass_index_is_read_however_its_unit_is_spelled(unit: str, read: Read) -> None:
    made = read([observed("39156-5", "16.9", unit, "2026-11-01")])
    assert (made.facts.underweight is not None, made.not_used) == (True, ())


@pytest.mark.parametrize("unit", ["a", "år", "ÅR", "A\u030ar", "years"])
def test_an_age_is_read_however_its_unit_is_spelled(unit: str, read: Read) -> None:
    made = read([observed("30525-0", "41", unit, "2026-11-20")])
    assert (made.facts.age is not None, made.not_used) == (True, ())


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        (("39156-5", "16.9", "kg", "2026-11-01"), "underweight"),
        (("39156-5", "0", "kg/m2", "2026-11-01"), "underweight"),
        (("39156-5", "4.9", "kg/m2", "2026-11-01"), "underweight"),
        (("39156-5", "150.1", "kg/m2", "2026-11-01"), "underweight"),
        (("30525-0", "41", "mo", "2026-11-20"), "age"),
        (("30525-0", "41", "a", "1926"), "age"),
        (("30525-0", "131", "a", "2026-11-20"), "age"),
        (("30525-0", "0", "a", "2026-11-20"), "age"),
    ],
)
def test_what_cannot_be_true_or_read_is_told_once_and_leaves_its_fact_open(
    said: tuple[str, str, str, str], fact: str, read: Read
) -> None:
    made = read([observed(*said)], fact)
    assert [(line.statement, line.reason, line.fact) for line in made.not_used] == [(0, "value_unclear", fact)]
    assert not made.facts.known()


def test_an_impossible_index_does_not_hide_an_older_low_one(read: Read) -> None:
    made = read([observed("39156-5", "17", "kg/m2", "2026-06-01"), observed("39156-5", "170", "kg/m2", "2026-11-01")])
    assert made.facts.underweight is not None
    assert made.origins["underweight"] == (0,)


def test_an_age_nobody_can_have_does_not_refuse_the_record(ask: Ask) -> None:
    answer = ask([observed("30525-0", "41", "a", "1926")], open_=("age",))
    assert answer["not_used"] == [{"statement": 0, "reason": "value_unclear", "fact": "age"}]
