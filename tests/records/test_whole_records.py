"""What a record called whole may and may not deny: what could mean a fact keeps it open, however it is noted."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from tests.records.conftest import AS_OF, Read

FACT = "prescribed_opioid"


def days_ago(days: int) -> str:
    return (AS_OF - timedelta(days)).isoformat()


def medicine(code: str, **said: Any) -> dict[str, Any]:
    return {"kind": "medication", "system": "ATC", "code": code} | said


def diagnosis(code: str, system: str = "ICD-10") -> dict[str, Any]:
    return {"kind": "condition", "system": system, "code": code, "onset": days_ago(10), "recorded": days_ago(10)}


@pytest.mark.parametrize("phase", ["prescribed", "administered"])
@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("N02AA05", "prescribed_opioid"),
        ("R05DA04", "prescribed_opioid"),
        ("N02AA05", "omeq_mg_per_day"),
        ("R05DA04", "omeq_mg_per_day"),
        ("N07BC02", "agonist_treatment"),
        ("N07BC02", "agonist_medicine"),
        ("N05BA01", "benzodiazepine"),
        ("N05BA01", "benzodiazepine_prescribed"),
        ("N05CF01", "z_hypnotic"),
        ("N02BF02", "gabapentinoid"),
        ("N05AH04", "sedating_psychotropic"),
        ("N05CM02", "other_sedative"),
    ],
)
def test_a_completed_order_or_dose_of_late_is_asked_about(code: str, fact: str, phase: str, read: Read) -> None:
    said = medicine(code, phase=phase, status="completed")
    for when in ({"start": days_ago(1)}, {"start": days_ago(90)}, {}):
        assert fact not in dict(read([said | when], fact).facts.known())
    long_over = said | {"start": days_ago(120), "end": days_ago(91)}
    assert dict(read([long_over], fact).facts.known())[fact].state == "no"


@pytest.mark.parametrize(("phase", "state"), [("prescribed", None), ("administered", "no")])
def test_an_order_that_was_completed_on_an_unknown_day_may_have_been_of_late(
    phase: str, state: str | None, read: Read
) -> None:
    """A dose that was given was given on its day."""
    known = dict(read([medicine("N02AA05", phase=phase, status="completed", start=days_ago(91))], FACT).facts.known())
    assert (known[FACT].state if FACT in known else None) == state


def test_rescue_naloxone_of_a_completed_prescription_is_asked_about(read: Read) -> None:
    assert read([medicine("V03AB15", status="completed")], "naloxone").facts.naloxone is None


@pytest.mark.parametrize("phase", ["prescribed", "administered", "stopped"])
@pytest.mark.parametrize("code", ["N02AA05", "R05DA04"])
def test_an_opioid_known_otherwise_than_by_dispensings_may_be_long_used(code: str, phase: str, read: Read) -> None:
    made = read([medicine(code, phase=phase, start="2020-01-01")], "long_term_opioid_use")
    assert made.facts.long_term_opioid_use is None


@pytest.mark.parametrize("code", ["N02AA05", "R05DA04", "N07BC02"])
def test_an_opioid_of_years_ago_may_have_been_taken(code: str, read: Read) -> None:
    said = medicine(code, phase="dispensed", status="completed", start="2019-01-01")
    assert read([said], "opioid_use_ever").facts.opioid_use_ever is None


@pytest.mark.parametrize(
    ("code", "start", "end", "asked"),
    [
        ("N02AA05", 100, 3, True),
        ("N02AA05", 20, 3, False),
        ("N02AA05", 400, 200, False),
        ("N07BC02", 20, 3, True),
        ("N07BC02", 400, 200, False),
    ],
)
def test_treatment_that_ran_out_without_a_word_may_have_been_stopped(
    code: str, start: int, end: int, asked: bool, read: Read
) -> None:
    made = read([medicine(code, start=days_ago(start), end=days_ago(end))], "transitions")
    assert (made.facts.transitions is None) is asked


@pytest.mark.parametrize(
    ("code", "start", "end", "goes_on"),
    [
        ("N02AA05", 100, 3, True),
        ("N02AA05", 20, 3, True),
        ("N02AA05", 400, 200, True),
        ("N07BC02", 20, 3, True),
        ("N07BC02", 400, 90, True),
        ("N07BC02", 400, 91, False),
    ],
)
def test_treatment_that_was_renewed_has_not_ended(code: str, start: int, end: int, goes_on: bool, read: Read) -> None:
    """An order of agonist treatment without an end is sure for 90 days."""
    ended = medicine(code, start=days_ago(start), end=days_ago(end))
    transitions = read([ended, medicine(code, start=days_ago(end))], "transitions").facts.transitions
    assert (None if transitions is None else transitions.state) == ("no" if goes_on else None)


@pytest.mark.parametrize("system", ["ICD-10", "urn:oid:2.16.578.1.12.4.1.1.7110", "urn:oid:2.16.840.1.113883.6.3"])
@pytest.mark.parametrize(
    ("code", "fact"),
    [
        ("F11.5", "opioid_use_ever"),
        ("F11.9", "opioid_use_ever"),
        ("F10.6", "alcohol_disorder"),
        ("F13.4", "substance_disorder"),
        ("F15.5", "substance_disorder"),
        ("F19.9", "substance_disorder"),
        ("T40", "overdoses"),
        ("T41.2", "overdoses"),
    ],
)
def test_disorders_and_poisonings_noted_less_exactly_count(code: str, fact: str, system: str, read: Read) -> None:
    assert dict(read([diagnosis(code, system)]).facts.known())[fact].state == "yes"


@pytest.mark.parametrize("code", ["T43.2", "T42.8", "T43.9", "F18.0"])
def test_other_poisonings_are_asked_about(code: str, read: Read) -> None:
    assert read([diagnosis(code)], "overdoses").facts.overdoses is None


@pytest.mark.parametrize("code", ["B74", "R85", "Y78"])
def test_cancer_by_its_rarer_codes_in_general_practice(code: str, read: Read) -> None:
    answer = read([diagnosis(code, "ICPC-2")]).facts.active_cancer_or_palliative
    assert answer is not None
    assert answer.state == "yes"
