"""What a record may mean keeps every fact open that it may hold, and what protects is never taken for granted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.records.conftest import AS_OF, Ask, Read

OPIOIDS = (
    *("opioid_use_now", "opioid_use_last_12_months", "opioid_use_ever", "illicit_opioid_use", "opioid_dependence_ever"),
    *("agonist_treatment", "agonist_medicine", "agonist_started", "prescribed_opioid", "omeq_mg_per_day"),
    *("prescribed_opioid_days", "long_term_opioid_use", "opioid_dose_reduced"),
)
METHADONE = {"kind": "medication", "system": "ATC", "code": "N07BC02"}
STOPPED = METHADONE | {"status": "stopped", "start": "2024-01-10", "end": "2026-11-10"}
HANDED_OUT = METHADONE | {"phase": "dispensed", "status": "completed", "start": "2026-11-03"}


def medicine(code: str, **said: Any) -> dict[str, Any]:
    return {"kind": "medication", "system": "ATC", "code": code, "start": "2026-11-01"} | said


def diagnosis(code: str, system: str = "ICD-10", **said: Any) -> dict[str, Any]:
    return {"kind": "condition", "system": system, "code": code, "recorded": "2026-11-01"} | said


def state(assessment: Any, fact: str) -> str | None:
    known = assessment["facts"].get(fact)
    return None if known is None else known["state"]


def why(assessment: Any) -> list[tuple[int, str]]:
    return [(line["statement"], line["reason"]) for line in assessment["not_used"]]


@pytest.mark.parametrize(
    ("system", "code"),
    [("ICPC-2", code) for code in ("F11.2", "F11", "X42", "P19.1", "P771", "A84.1", "A30.1", "C11", "A00")]
    + [("ICPC-2B", code) for code in ("F11.2", "X42", "P19.1", "F11.0001")],
)
def test_a_code_that_its_system_does_not_have_denies_nothing(system: str, code: str, ask: Ask) -> None:
    """F11.2 and X42 are codes of ICD-10 for opioid dependence and for poisoning, sent under a wrong name."""
    assessment = ask([diagnosis(code, system)], "opioid_dependence_ever", "overdoses", "mental_disorder")
    assert why(assessment) == [(0, "impossible_code")]
    assert {state(assessment, fact) for fact in ("opioid_dependence_ever", "overdoses", "mental_disorder")} == {None}


@pytest.mark.parametrize(
    ("system", "code"),
    [("ICPC-2", "A44"), ("ICPC-2", "A981"), ("ICPC-2", "R995"), ("ICPC-2B", "L03.0001"), ("ICPC-2B", "A44.0001")],
)
def test_a_code_that_means_nothing_here_denies_no_less(system: str, code: str, ask: Ask) -> None:
    assessment = ask([diagnosis(code, system)], "opioid_dependence_ever")
    assert (why(assessment), state(assessment, "opioid_dependence_ever")) == ([(0, "not_relevant")], "no")


@pytest.mark.parametrize(
    "beside",
    [
        [HANDED_OUT],
        [HANDED_OUT | {"phase": "administered"}],
        [METHADONE | {"start": "2024-01-10"}],
        [HANDED_OUT, METHADONE | {"start": "2024-01-10"}],
    ],
)
@pytest.mark.parametrize("stop", [STOPPED, METHADONE | {"phase": "stopped", "end": "2026-11-10"}])
def test_a_stop_stands_though_the_same_medicine_still_looks_current(
    stop: dict[str, Any], beside: list[dict[str, Any]], ask: Ask
) -> None:
    alone, together = ask([stop], open_=(*OPIOIDS, "transitions")), ask([stop, *beside], "transitions", open_=OPIOIDS)
    (item,) = together["facts"]["transitions"]["items"]
    assert (item["kind"], item["date"]) == ("agonist_treatment_stop", "2026-11-10")
    assert (together["level"], together["points"]["at_least"]) == (alone["level"], alone["points"]["at_least"])
    assert together["level"] == "high"
    assert state(together, "agonist_treatment") is None
    assert [place for place, _ in why(together)] == list(range(1, 1 + len(beside)))
    assert {reason for _, reason in why(together)} <= {"date_unclear", "weak_evidence"}


def test_a_stopped_opioid_is_no_longer_prescribed_for_sure(ask: Ask) -> None:
    stop = medicine("N02AA05", status="stopped", start="2025-01-10", end="2026-11-10")
    supply = medicine("N02AA05", phase="dispensed", status="completed", start="2026-11-03")
    assessment = ask([stop, supply], "transitions", "prescribed_opioid", open_=OPIOIDS)
    assert [item["kind"] for item in assessment["facts"]["transitions"]["items"]] == ["prescription_stop"]
    assert state(assessment, "prescribed_opioid") is None


@pytest.mark.parametrize(
    ("other", "transitions"),
    [
        ({"code": "N07BC01", "start": "2026-11-11"}, "no"),
        ({"start": "2026-11-11"}, "no"),
        ({"start": "2026-11-10"}, None),
        ({"start": "2026-11"}, None),
        ({"phase": "dispensed", "status": "completed", "start": "2026-11-03", "days_supply": 28}, None),
        ({"code": "N07BC01", "phase": "dispensed", "status": "completed", "start": "2026-10-01"}, None),
    ],
)
def test_only_another_medicine_or_a_later_start_takes_a_stop_away(
    other: dict[str, str], transitions: str | None, ask: Ask
) -> None:
    assessment = ask([STOPPED, METHADONE | other], "transitions", open_=OPIOIDS)
    assert state(assessment, "transitions") == transitions


def test_a_stop_of_one_strength_ends_no_other(read: Read) -> None:
    dose = {"value": "40", "unit": "mg", "route": "oral", "per_day": "2"}
    kept = medicine("N02AA05", start="2026-06-01", dose=dose | {"value": "10"})
    stop = medicine("N02AA05", start="2026-06-01", status="stopped", end="2026-11-10", dose=dose)
    facts = read([kept, stop], "transitions").facts
    assert facts.prescribed_opioid is not None
    assert facts.transitions is None
    assert read([kept | {"dose": dose}, stop]).facts.prescribed_opioid is None


@pytest.mark.parametrize(
    ("indication", "for_pain", "treatment", "reason"),
    [
        (("ICD-10", "R52.9"), "yes", None, None),
        (("ICD-10", "M54.5"), "yes", None, None),
        (("ICPC-2", "L15"), "yes", None, None),
        (("ICD-10", "J44.9"), None, None, "weak_evidence"),
        (("ICD-10", "R52.0"), None, None, "weak_evidence"),
        (("nobody's", "1"), None, None, "unknown_system"),
        (("ICPC-2", "F11.2"), None, None, "impossible_code"),
        (("ICD-10", "F11.2"), "no", "yes", None),
        (("ICPC-2", "P19"), "no", "yes", None),
        (None, "no", "yes", None),
    ],
)
def test_methadone_is_what_it_was_given_for(
    indication: tuple[str, str] | None, for_pain: str | None, treatment: str | None, reason: str | None, ask: Ask
) -> None:
    said = medicine("N07BC02", dose={"value": "30", "unit": "mg", "route": "oral", "per_day": "2"})
    if indication is not None:
        said["indication"] = {"system": indication[0], "code": indication[1]}
    assessment = ask([said], "prescribed_opioid", "omeq_mg_per_day", open_=OPIOIDS)
    assert state(assessment, "prescribed_opioid") == state(assessment, "omeq_mg_per_day") == for_pain
    assert state(assessment, "agonist_treatment") == treatment
    assert why(assessment) == ([] if reason is None else [(0, reason)])


@pytest.mark.parametrize(
    ("said", "dependence"),
    [
        (diagnosis("P19", "ICPC-2"), None),
        (diagnosis("Z50.30"), None),
        (diagnosis("Z50.30", status="history"), None),
        (diagnosis("Z86.4"), None),
        (diagnosis("Z71.5"), None),
        (diagnosis("Z72.2"), None),
        (diagnosis("A84", "ICPC-2"), None),
        (diagnosis("A86", "ICPC-2"), "no"),
        (diagnosis("X42"), None),
        (diagnosis("F19.0"), None),
        (diagnosis("T50.9"), None),
    ],
)
def test_what_may_be_opioids_keeps_every_wider_fact_open(
    said: dict[str, Any], dependence: str | None, ask: Ask
) -> None:
    assessment = ask([said], "transitions", "opioid_use_ever", "opioid_dependence_ever", open_=(*OPIOIDS, "overdoses"))
    assert state(assessment, "opioid_use_ever") in (None, "yes")
    assert state(assessment, "opioid_dependence_ever") == dependence
    assert assessment["level_at_most"] == "very_high"


@pytest.mark.parametrize(
    ("said", "treated"),
    [
        ({}, None),
        ({"phase": "dispensed", "status": "completed"}, None),
        ({"phase": "dispensed", "status": "completed", "start": "2026-09-01"}, None),
        ({"phase": "dispensed", "status": "completed", "start": "2026-11-19"}, None),
        ({"phase": "administered", "start": "2026-11-19"}, None),
        ({"phase": "administered", "start": "2026-11-20"}, "yes"),
        ({"phase": "dispensed", "status": "completed", "start": "2026-11-10", "days_supply": 14}, "yes"),
        ({"phase": "dispensed", "status": "completed", "start": "2026-11-01", "days_supply": 14}, None),
        ({"start": "2026-11-01"}, "yes"),
        ({"start": "2026-08-01", "days_supply": 30}, None),
    ],
)
def test_agonist_treatment_is_never_taken_for_granted(said: dict[str, Any], treated: str | None, ask: Ask) -> None:
    """A yes to it takes away what the end of a treatment adds: it must not rest on a length that nobody told."""
    assessment = ask([METHADONE | said], open_=OPIOIDS)
    assert state(assessment, "agonist_treatment") == state(assessment, "agonist_medicine") == treated


@pytest.mark.parametrize(
    ("days", "known"),
    [({}, True), ({"days_supply": 7}, False), ({"days_supply": 7, "start": "2026-11-18"}, True)],
)
def test_an_order_of_some_days_from_an_unknown_day_gives_no_dose(days: dict[str, Any], known: bool, ask: Ask) -> None:
    dose = {"value": "10", "unit": "mg", "route": "oral", "per_day": "1"}
    order = medicine("N02AA05", dose=dose) | {"start": None} | days
    facts = ask([order], "prescribed_opioid", "omeq_mg_per_day", open_=OPIOIDS)["facts"]
    told = {"prescribed_opioid": {"state": "yes"}, "omeq_mg_per_day": {"state": "yes", "value": "15"}} if known else {}
    assert {fact: facts[fact] for fact in ("prescribed_opioid", "omeq_mg_per_day") if fact in facts} == told


def test_treatment_whose_supply_may_be_over_may_have_ended(ask: Ask) -> None:
    supply = METHADONE | {"phase": "dispensed", "status": "completed", "start": "2026-09-01"}
    assert state(ask([supply], "transitions", open_=OPIOIDS), "transitions") is None


@pytest.mark.parametrize("phase", ["prescribed", "dispensed"])
@pytest.mark.parametrize(
    ("code", "fact", "answer"),
    [(code, "sedating_psychotropic", "yes") for code in ("N06AX11", "N05AH03", "N05AA02", "N06AA09")]
    + [(code, "other_sedative", "yes") for code in ("R06AD01", "N05BB01", "M03BA02", "N05CB01", "N03AA03")]
    + [(code, "prescribed_opioid", "yes") for code in ("R05DA03", "R05DA05", "R05DA20", "R05FA02", "A07DA52")]
    + [(code, "sedating_psychotropic", None) for code in ("N06AB04", "N05AX12", "N05BE01", "N05AN01")]
    + [(code, "other_sedative", None) for code in ("R06AE07", "N05CH01", "M03BX02", "N05CJ03")]
    + [(code, fact, "no") for code in ("N02BE01", "C07AB02") for fact in ("sedating_psychotropic", "other_sedative")],
)
def test_a_medicine_that_makes_drowsy_is_counted_or_asked_about(
    code: str, fact: str, answer: str | None, phase: str, ask: Ask
) -> None:
    assessment = ask([medicine(code, phase=phase)], fact, open_=OPIOIDS)
    assert state(assessment, fact) == answer


@pytest.mark.parametrize(("when", "has"), [({}, None), ({"start": "2026-11-01"}, "yes")])
def test_naloxone_handed_out_on_an_unknown_day_is_asked_about(when: dict[str, str], has: str | None, ask: Ask) -> None:
    said = {"kind": "medication", "system": "ATC", "code": "V03AB15", "phase": "dispensed", "status": "completed"}
    assert state(ask([said | when], "naloxone"), "naloxone") == has


@pytest.mark.parametrize(
    ("code", "transitions"), [("F11.20", None), ("F19.20", None), ("F11.21", None), ("F11.24", "no")]
)
def test_whoever_uses_no_opioids_now_may_have_lost_tolerance(code: str, transitions: str | None, ask: Ask) -> None:
    assert state(ask([diagnosis(code)], "transitions", open_=OPIOIDS), "transitions") == transitions


@pytest.mark.parametrize("code", ["T51.9", "T41.1", "T41.4", "T65.9", "X49", "X69", "Y19"])
def test_a_poisoning_by_something_unnamed_is_asked_about(code: str, ask: Ask) -> None:
    assert state(ask([diagnosis(code)], "overdoses"), "overdoses") is None


@pytest.mark.parametrize("code", ["J96.0", "J96.01", "J96.1", "J96.9"])
def test_lungs_that_fail_are_ill(code: str, ask: Ask) -> None:
    assert state(ask([diagnosis(code)], "lung_disease"), "lung_disease") == "yes"


def test_atc_is_known_by_its_name_in_hl7_table_0396(ask: Ask) -> None:
    assert state(ask([medicine("N02AA05", system="WC")], open_=OPIOIDS), "prescribed_opioid") == "yes"


def stay(class_: str, days_ahead: int) -> dict[str, str]:
    end = AS_OF + timedelta(days_ahead)
    return {
        "kind": "encounter",
        "class": class_,
        "status": "in_progress",
        "start": "2026-11-01",
        "end": end.isoformat(),
    }


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_planned_exits_the_next_one_counts(order: int, ask: Ask) -> None:
    stays = [stay("prison", 11), stay("hospital", 4)][::order]
    assert ask(stays)["facts"]["planned_exit"]["date"] == (AS_OF + timedelta(4)).isoformat()


def test_an_age_that_no_record_holds_cannot_be_complete(ask: Ask) -> None:
    problem = ask([], "overdoses", "age")
    assert [error["path"] for error in problem["errors"]] == ["/complete/1"]
    observed = {
        "kind": "observation",
        "system": "LN",
        "code": "30525-0",
        "value": "44",
        "unit": "a",
        "date": "2026-11-20",
    }
    assert ask([observed], "age")["facts"]["age"]["value"] == "44"
