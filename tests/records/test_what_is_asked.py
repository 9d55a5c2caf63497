"""A whole record denies no fact that one of its codes may speak of: weak evidence scores nothing and is asked about."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.conftest import Ask

OPIOIDS = ("opioid_use_ever", "opioid_dependence_ever", "long_term_opioid_use")
SEDATIVES = ("benzodiazepine", "z_hypnotic", "gabapentinoid", "other_sedative")
SUICIDE = ("suicidal_thoughts", "suicidal_plan_or_intent")
TREATMENT = ("agonist_treatment", "agonist_medicine")
OPEN = (
    *(*OPIOIDS, *TREATMENT, "opioid_use_now", "opioid_use_last_12_months", "illicit_opioid_use", "agonist_started"),
    *("prescribed_opioid", "prescribed_opioid_days", "omeq_mg_per_day", "opioid_dose_reduced"),
    *("transitions", "overdoses", "alcohol"),
)


def diagnosis(
    code: str, status: str = "active", system: str = "ICD-10", recorded: str = "2026-11-10"
) -> dict[str, Any]:
    return {"kind": "condition", "system": system, "code": code, "status": status, "recorded": recorded}


def medicine(code: str, phase: str = "prescribed", status: str = "active") -> dict[str, Any]:
    said = {"kind": "medication", "system": "ATC", "code": code, "phase": phase, "status": status}
    return said | {"start": "2026-11-10"}


ASKED = [
    *[(diagnosis(code), ("transitions",)) for code in ("F11.23", "F19.23", "F11.3", "F19.4", "Z65.1")],
    *[(diagnosis(code, "resolved"), ("transitions",)) for code in ("F11.20", "F11.21", "F11.23", "Z65.1", "F11.3")],
    *[(diagnosis(code, "history"), ("transitions",)) for code in ("F11.20", "F11.21", "Z65.1")],
    (medicine("V03AB15", "administered", "completed"), ("overdoses", "opioid_use_ever")),
    (medicine("N07BB04"), ("transitions", "opioid_use_ever", "opioid_dependence_ever", "alcohol", "alcohol_disorder")),
    *[(diagnosis(code), SUICIDE) for code in ("R45.8", "Z91.5", "Y1n0a", "Y20", "Y34", "Y87.0", "Y87.2")],
    *[
        (diagnosis(code), ("alcohol", "alcohol_disorder"))
        for code in (
            "T51.0",
            "X45",
            "X65",
            "Y15",
            "K70.3",
            "Z50.2",
            "Z71.4",
            "Z72.1",
            "Z86.4",
            "I42.6",
            "G31.2",
            "K86.0",
        )
    ],
    (diagnosis("F10.2", "resolved"), ("alcohol",)),
    *[(medicine(code), ("alcohol", "alcohol_disorder")) for code in ("N07BB01", "N07BB03", "N07BB05")],
    *[(diagnosis(code), SEDATIVES) for code in ("F13.1", "F13.24", "F13.3", "F19.2", "T42.4")],
    *[(diagnosis(code, system="ICPC-2"), SEDATIVES) for code in ("P18", "P19")],
    (diagnosis("F13.2", "resolved"), SEDATIVES),
    *[(diagnosis(code), ("kidney_disease",)) for code in ("N03", "N04.9", "N17.9", "E11.2", "Q61.2", "Z94.0", "Z49.1")],
    *[(diagnosis(code), ("heart_disease",)) for code in ("I11.9", "I27.0", "I35.0", "I47.2", "I51.9", "Z95.0")],
    *[(diagnosis(code, system="ICPC-2"), ("heart_disease",)) for code in ("K70", "K79", "K80", "K82", "K83", "K87")],
    *[
        (diagnosis(code), ("liver_disease",))
        for code in ("B17.1", "B19.9", "K75.4", "K76.6", "I85.0", "Z94.4", "C22.0")
    ],
    *[(diagnosis(code), ("lung_disease",)) for code in ("J61", "J98.4", "E84.0", "Z99.1", "Z94.2", "C34.9")],
    *[(diagnosis(code, system="ICPC-2"), ("lung_disease",)) for code in ("P06", "R99", "R84")],
    *[
        (diagnosis(code), ("serious_infection",))
        for code in (
            "I38",
            "M86.9",
            "M46.2",
            "M00.9",
            "G06.0",
            "A39.2",
            "R57.2",
            "B37.7",
            "M72.6",
            "A05.1",
            "J13",
            "J69.0",
        )
    ],
    *[(diagnosis(code, system="ICPC-2"), ("serious_infection",)) for code in ("A78", "K70", "L70", "N71", "S76")],
    *[(diagnosis("B24", status, recorded="2020-03-01"), ("serious_infection",)) for status in ("resolved", "history")],
    *[(diagnosis(code), ("mental_disorder",)) for code in ("F06.3", "F53.0", "F62.0", "F63.9", "F92.0", "F99")],
    *[(diagnosis(code, system="ICPC-2"), ("mental_disorder",)) for code in ("P02", "P71")],
    *[(diagnosis(code), ("overdoses",)) for code in ("T45.0", "T46.5", "T39.1", "X60", "F12.05", "T96", "R40.2")],
    *[(diagnosis("F19.22", status), TREATMENT) for status in ("active", "resolved", "history")],
    (diagnosis("F11.22"), ("agonist_medicine",)),
    *[(diagnosis(code), ("long_term_opioid_use",)) for code in ("F11.2", "F11.22", "F11.24", "Z50.30", "F19.2")],
    (medicine("N07BC02", "dispensed", "completed"), ("long_term_opioid_use",)),
    *[
        (diagnosis(code), ("opioid_use_ever", "opioid_dependence_ever"))
        for code in ("R78.1", "Y45.0", "F19.0", "Z50.3")
    ],
    *[(diagnosis(code), ("opioid_dependence_ever",)) for code in ("T40.1", "F11.1", "F11.0")],
    *[(diagnosis(code, system="ICPC-2"), ("overdoses",)) for code in ("A07", "P77")],
    *[(diagnosis(code), ("overdoses",)) for code in ("R40.1", "G93.1", "X85")],
    *[(diagnosis(code, system="ICPC-2"), ("serious_infection",)) for code in ("R991", "R992", "R80", "U70", "A73")],
    *[(diagnosis(code, "history"), ("serious_infection",)) for code in ("A41.9", "J18.9", "N12")],
    *[(diagnosis(code), ("heart_disease",)) for code in ("I33.0", "B33.2", "Z94.3", "T86.2")],
    *[(diagnosis(code), ("alcohol_disorder",)) for code in ("F10.0", "R78.0")],
    (diagnosis("P16", system="ICPC-2"), ("alcohol_disorder",)),
    *[(diagnosis(code), (*SEDATIVES, "long_term_opioid_use")) for code in ("Z50.3", "Z71.5", "Z72.2", "Z86.4")],
    *[(diagnosis(code), ("mental_disorder",)) for code in ("F10.5", "F19.7", "Z86.5")],
    (medicine("V03AB15", "administered", "completed"), ("opioid_dependence_ever",)),
    *[(diagnosis(code), ("unstable_housing",)) for code in ("Z59.2", "Z59.3", "Z59.8", "Z59.9")],
    (medicine("N02BG10"), ("other_sedative",)),
]


@pytest.mark.parametrize(("said", "facts"), ASKED)
def test_what_a_code_may_speak_of_is_asked(said: dict[str, Any], facts: tuple[str, ...], ask: Ask) -> None:
    known = ask([said], *facts, open_=OPEN)["facts"]
    assert {fact: known[fact]["state"] for fact in facts if fact in known} == {}


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        *[
            (diagnosis(code, "resolved", recorded="2024-11-01"), "transitions")
            for code in ("F11.20", "F11.21", "Z65.1")
        ],
        (diagnosis("F11.3", recorded="2025-11-01"), "transitions"),
        (diagnosis("T42.4", "resolved", recorded="2024-11-01"), "benzodiazepine"),
        (diagnosis("J13", "resolved", recorded="2026-02-01"), "serious_infection"),
        (diagnosis("I10"), "heart_disease"),
        (diagnosis("N20.0"), "kidney_disease"),
        (diagnosis("K76.0"), "liver_disease"),
        (diagnosis("P03", system="ICPC-2"), "mental_disorder"),
        (medicine("V03AB15", "dispensed", "completed"), "overdoses"),
    ],
)
def test_what_is_long_past_or_something_else_leaves_a_whole_record_whole(
    said: dict[str, Any], fact: str, ask: Ask
) -> None:
    assert ask([said], fact, open_=OPEN)["facts"][fact]["state"] == "no"


@pytest.mark.parametrize(
    ("code", "system", "fact"),
    [
        ("U891", "ICPC-2", "kidney_disease"),
        ("I12.0", "ICD-10", "kidney_disease"),
        ("I11.0", "ICD-10", "heart_disease"),
        ("P75", "ICPC-2", "mental_disorder"),
        ("P78", "ICPC-2", "mental_disorder"),
        ("P86", "ICPC-2", "mental_disorder"),
    ],
)
def test_one_illness_counts_the_same_in_both_code_lists(code: str, system: str, fact: str, ask: Ask) -> None:
    assert ask([diagnosis(code, system=system)], fact, open_=OPEN)["facts"][fact]["state"] == "yes"


def test_a_medicine_against_diarrhoea_that_is_an_opioid_counts(ask: Ask) -> None:
    facts = ask([medicine("A07DA01")], "prescribed_opioid", "omeq_mg_per_day", open_=OPEN)["facts"]
    assert facts["prescribed_opioid"]["state"] == "yes"
    assert "omeq_mg_per_day" not in facts


@pytest.mark.parametrize(
    ("code", "open_", "denied"),
    [("E11", "kidney_disease", "heart_disease"), ("F11", "opioid_dependence_ever", "lung_disease")],
)
def test_a_code_too_short_to_tell_leaves_open_what_begins_like_it(code: str, open_: str, denied: str, ask: Ask) -> None:
    assessment = ask([diagnosis(code)], open_, denied, open_=OPEN)
    assert [line["reason"] for line in assessment["not_used"]] == ["unknown_code"]
    assert open_ not in assessment["facts"]
    assert assessment["facts"][denied]["state"] == "no"
