"""Opioids for dependence or anaesthesia, what other medicines are given for, and detox that was from no opioids."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.conftest import Ask
from tests.records.test_purposes import because
from tests.records.test_stops_beside import medicine, state

PAST = ("opioid_use_ever", "opioid_dependence_ever", "long_term_opioid_use")
NOW = ("prescribed_opioid", "omeq_mg_per_day", "agonist_treatment", "agonist_medicine")
USE = ("opioid_use_now", "opioid_use_last_12_months", "opioid_dose_reduced", "transitions")
MORPHINE = medicine(
    "N02AA01",
    "prescribed",
    "active",
    start="2026-11-01",
    dose={"value": "600", "unit": "mg", "route": "oral", "per_day": "1"},
)


def states(assessment: Any, *facts: str) -> dict[str, str]:
    return {fact: state(assessment, fact) for fact in facts}


@pytest.mark.parametrize("code", ["F11.22", "F11.2", "Z50.30", "F11.1", "F19.2"])
@pytest.mark.parametrize("opioid", [MORPHINE, MORPHINE | {"phase": "dispensed", "days_supply": 30}])
def test_an_opioid_for_dependence_is_no_dose_for_pain(code: str, opioid: dict[str, Any], ask: Ask) -> None:
    assessment = ask([opioid | because(code)], *NOW, *PAST, open_=USE)
    assert states(assessment, *NOW) == dict.fromkeys(NOW, "unknown") | {"prescribed_opioid": "yes"}
    assert "no" not in states(assessment, *PAST).values()
    assert (assessment["omeq"]["agonist_treatment"], assessment["omeq"]["counted"]) == (["N02AA01"], [])


def test_buprenorphine_for_dependence_under_the_code_for_pain_is_no_dose_for_pain(ask: Ask) -> None:
    dose = {"value": "16", "unit": "mg", "route": "sublingual", "per_day": "1"}
    tablets = medicine("N02AE01", "prescribed", "active", start="2026-11-01", dose=dose)
    assert ask([tablets], *NOW, open_=(*USE, *PAST))["facts"]["omeq_mg_per_day"]["value"] == "768"
    assessment = ask([tablets | because("F11.2")], *NOW, open_=(*USE, *PAST))
    assert {state(assessment, fact) for fact in ("omeq_mg_per_day", "agonist_treatment")} == {"unknown"}


@pytest.mark.parametrize("code", ["R52.2", "C34.9", "J44.9"])
def test_an_opioid_for_anything_else_counts_as_ever(code: str, ask: Ask) -> None:
    open_ = (*USE, *PAST, "lung_disease", "active_cancer_or_palliative")
    assessment = ask([MORPHINE | because(code)], *NOW, open_=open_)
    assert assessment["facts"]["omeq_mg_per_day"] == {"state": "yes", "value": "600"}
    assert state(assessment, "agonist_treatment") == "no"


def test_a_dose_beside_an_opioid_for_dependence_is_what_it_is_at_least(ask: Ask) -> None:
    dose = {"value": "20", "unit": "mg", "route": "oral", "per_day": "2"}
    oxycodone = medicine("N02AA05", "prescribed", "active", start="2026-11-01", dose=dose)
    answer = ask([MORPHINE | because("F11.22"), oxycodone], *NOW, open_=(*USE, *PAST))["facts"]["omeq_mg_per_day"]
    assert (answer["value"], answer["at_least"]) == ("60", True)


def test_a_supply_may_be_for_what_its_order_is_for(ask: Ask) -> None:
    supply = MORPHINE | {"phase": "dispensed", "status": "completed", "start": "2026-11-10", "days_supply": 30}
    assessment = ask([MORPHINE | because("F11.22"), supply], *NOW, open_=(*USE, *PAST))
    assert state(assessment, "omeq_mg_per_day") == "unknown"


@pytest.mark.parametrize("beside", [[], [MORPHINE | {"phase": "dispensed", "start": "2026-11-10", "days_supply": 30}]])
def test_a_purpose_too_short_to_tell_may_be_dependence(beside: list[dict[str, Any]], ask: Ask) -> None:
    assessment = ask([MORPHINE | because("F11"), *beside], *NOW, *PAST, open_=USE)
    assert states(assessment, *NOW) == dict.fromkeys(NOW, "unknown") | {"prescribed_opioid": "yes"}
    assert "no" not in states(assessment, *PAST).values()


@pytest.mark.parametrize("code", ["F11", "R52"])
def test_a_purpose_too_short_to_tell_makes_methadone_neither(code: str, ask: Ask) -> None:
    order = medicine("N07BC02", "prescribed", "active", start="2026-11-01") | because(code)
    supply = medicine("N07BC02", "dispensed", "completed", start="2026-11-10", days_supply=30)
    facts = ("agonist_treatment", "agonist_medicine", "prescribed_opioid")
    for record in ([order], [order, supply]):
        assert set(states(ask(record, *facts, open_=(*USE, *PAST, "omeq_mg_per_day")), *facts).values()) == {"unknown"}


def test_an_opioid_for_dependence_that_is_over_denies_no_past(ask: Ask) -> None:
    over = MORPHINE | {"status": "stopped", "start": "2024-01-01", "end": "2024-06-01"} | because("F11.22")
    assert "no" not in states(ask([over], *PAST, open_=USE), *PAST).values()


ANY = medicine("N05BA01", "prescribed", "active", start="2026-11-01")


@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("F11.2", ("opioid_use_ever", "opioid_dependence_ever", "long_term_opioid_use")),
        ("F11", ("opioid_use_ever", "opioid_dependence_ever")),
        ("F32.1", ("mental_disorder",)),
        ("J44.9", ("lung_disease",)),
        ("F10.2", ("alcohol_disorder", "alcohol")),
        ("T40.1", ("overdoses", "opioid_use_ever")),
        ("E43", ("underweight",)),
    ],
)
@pytest.mark.parametrize("system", ["ATC", "nobody's"])
def test_what_a_medicine_is_for_may_be_there(system: str, code: str, facts: tuple[str, ...], ask: Ask) -> None:
    given = ANY | {"system": system} | because(code)
    assert set(states(ask([given], *facts, open_=(*USE, *PAST)), *facts).values()) == {"unknown"}
    assert set(states(ask([ANY], *facts, open_=(*USE, *PAST)), *facts).values()) == {"no"}


@pytest.mark.parametrize("given", [ANY | because("G40.9"), ANY | {"status": "cancelled"} | because("F11.2")])
def test_an_indication_of_something_else_or_of_what_never_was_opens_nothing(given: dict[str, Any], ask: Ask) -> None:
    assert set(states(ask([given], *PAST, open_=USE), *PAST).values()) == {"no"}


def test_an_indication_of_treatment_leaves_a_list_of_transitions_whole(ask: Ask) -> None:
    treated = medicine("N07BC51", "prescribed", "active", start="2026-11-01") | because("F11.22")
    assert state(ask([treated], "transitions", open_=(*NOW, *PAST, *USE[:2])), "transitions") == "no"


FENTANYL = {"kind": "medication", "system": "ATC", "code": "N01AH01", "start": "2026-11-01"}


@pytest.mark.parametrize(
    ("phase", "status"),
    [("administered", "completed"), ("administered", "active"), ("prescribed", "active"), ("dispensed", "completed")],
)
def test_an_opioid_for_anaesthesia_is_asked_about(phase: str, status: str, ask: Ask) -> None:
    facts = ("opioid_use_ever", "prescribed_opioid", "omeq_mg_per_day", "long_term_opioid_use")
    assessment = ask([FENTANYL | {"phase": phase, "status": status}], *facts, open_=USE)
    assert set(states(assessment, *facts).values()) == {"unknown"}


def test_an_injected_opioid_has_no_dose_that_can_be_computed(ask: Ask) -> None:
    dose = {"value": "0.6", "unit": "mg", "route": "subcutaneous", "per_day": "1"}
    pump = FENTANYL | {"phase": "prescribed", "status": "active", "dose": dose}
    assert [line["drug"] for line in ask([pump], *NOW, open_=(*USE, *PAST))["omeq"]["not_computable"]] == ["N01AH01"]
    answer = ask([pump, MORPHINE], *NOW, open_=(*USE, *PAST))["facts"]["omeq_mg_per_day"]
    assert (answer["value"], answer["at_least"]) == ("600", True)


@pytest.mark.parametrize(("code", "start"), [("N01AX10", "2026-11-01"), ("N01AH01", "2026-01-01")])
def test_another_anaesthetic_and_one_dose_of_long_ago_are_no_prescription(code: str, start: str, ask: Ask) -> None:
    given = FENTANYL | {"code": code, "phase": "administered", "status": "completed", "start": start}
    facts = ("prescribed_opioid", "omeq_mg_per_day", "transitions")
    assert set(states(ask([given], *facts, open_=(*PAST, *USE)), *facts).values()) == {"no"}


DETOX = {"kind": "encounter", "class": "detox", "status": "finished", "start": "2026-11-08", "end": "2026-11-18"}
ALCOHOL = {"kind": "condition", "system": "ICD-10", "code": "F10.2", "recorded": "2026-11-08"}


@pytest.mark.parametrize("class_", ["detox", "inpatient_treatment"])
def test_a_stay_may_say_that_it_was_for_no_opioids(class_: str, ask: Ask) -> None:
    stay = DETOX | {"class": class_}
    told = {
        substance: ask([ALCOHOL, stay | ({"substance": substance} if substance else {})], "transitions")
        for substance in ("", "unknown", "opioids", "other")
    }
    assert told[""]["points"] == told["unknown"]["points"] == told["opioids"]["points"] != told["other"]["points"]
    assert told["other"]["facts"]["transitions"]["items"][0]["substance"] == "other"


@pytest.mark.parametrize("second", [{}, {"substance": "unknown"}, {"substance": "opioids"}])
def test_two_records_of_one_stay_are_for_the_more_dangerous(second: dict[str, str], ask: Ask) -> None:
    record = [DETOX | {"substance": "other"}, DETOX | second]
    for ordered in (record, record[::-1]):
        (item,) = ask(ordered, "transitions", open_=USE)["facts"]["transitions"]["items"]
        assert item.get("substance", "unknown") == second.get("substance", "unknown")


@pytest.mark.parametrize("class_", ["prison", "hospital", "emergency", "outpatient"])
def test_no_other_stay_has_a_substance(class_: str, ask: Ask) -> None:
    refused = ask([DETOX | {"class": class_, "substance": "other"}])
    assert refused["errors"][0]["path"].startswith("/statements/0")
