"""A yes that makes the danger look smaller does not outlive what was said since."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.conftest import Ask
from tests.records.test_stops_beside import COMPLETE, USE, medicine, state

ALL = (*COMPLETE, "naloxone", "active_cancer_or_palliative")


def diagnosis(code: str, status: str, recorded: str | None) -> dict[str, Any]:
    return {"kind": "condition", "system": "ICD-10", "code": code, "status": status, "recorded": recorded}


TREATED = diagnosis("F11.22", "active", "2026-10-01")
VISITED = diagnosis("Z50.30", "active", "2026-10-01")
BLOCKED = medicine("N07BB04", "prescribed", "active", start="2026-10-20")
CANCER = diagnosis("C34", "active", "2026-02-01")
ORDER = medicine("N07BC02", "prescribed", "active", start="2026-10-10")
KIT = medicine("V03AB15", "dispensed", "completed", start="2026-06-01")
NAMELESS_STOPS = [
    medicine("N07BC", "prescribed", "stopped", end="2026-11-13"),
    medicine("N07BC", "stopped", "completed"),
    medicine("123456789", "prescribed", "stopped", end="2026-11-13") | {"system": "RxNorm"},
    medicine("123456789", "stopped", "active", end="2026-11-13") | {"system": "http://snomed.info/sct"},
    medicine("17", "prescribed", "stopped", end="2026-11-13") | {"system": "local"},
]


@pytest.mark.parametrize(
    ("said", "since", "fact"),
    [
        (TREATED, diagnosis("F11.22", "resolved", "2026-11-15"), "agonist_treatment"),
        (TREATED, diagnosis("F11.22", "history", None), "agonist_treatment"),
        (TREATED, diagnosis("F11.2", "resolved", "2026-10-01"), "agonist_treatment"),
        (CANCER, diagnosis("C34", "resolved", "2026-11-15"), "active_cancer_or_palliative"),
        (CANCER, diagnosis("C34.1", "resolved", "2026-11"), "active_cancer_or_palliative"),
        *((TREATED, diagnosis(f"F11.2{last}", "active", "2026-11-15"), "agonist_treatment") for last in "013"),
        (TREATED, diagnosis("Z50.30", "resolved", "2026-11-10"), "agonist_treatment"),
        (VISITED, diagnosis("F11.22", "resolved", "2026-11-10"), "agonist_treatment"),
        *((VISITED, diagnosis(f"F11.2{last}", "active", "2026-11-10"), "agonist_treatment") for last in "013"),
        (ORDER, medicine("N07BB04", "prescribed", "active", start="2026-11-10"), "agonist_treatment"),
        (ORDER, medicine("N07BB04", "prescribed", "active", start="2026-11-10"), "agonist_medicine"),
        (ORDER, diagnosis("F11.22", "resolved", "2026-11-10"), "agonist_treatment"),
        (ORDER, diagnosis("F11.20", "active", "2026-11-10"), "agonist_treatment"),
        (ORDER, BLOCKED | {"status": "stopped", "end": "2026-11-10"}, "agonist_treatment"),
        (ORDER, BLOCKED | {"phase": "stopped", "end": "2026-11-10"}, "agonist_treatment"),
        (TREATED, BLOCKED | {"status": "stopped", "end": "2026-11-10"}, "agonist_treatment"),
        (TREATED, diagnosis("F11", "resolved", "2026-11-10"), "agonist_treatment"),
        *(
            (ORDER, diagnosis(code, "resolved", "2026-11-10"), "agonist_treatment")
            for code in ("F11", "F11.2", "Z50.3")
        ),
        (ORDER, medicine("N07BB", "prescribed", "active", start="2026-11-10"), "agonist_treatment"),
        (CANCER, diagnosis("Z85.1", "active", "2026-10-01"), "active_cancer_or_palliative"),
        (KIT, medicine("V03AB15", "stopped", "completed", end="2026-11-10"), "naloxone"),
        (KIT, medicine("V03AB15", "prescribed", "stopped", start="2026-05-01", end="2026-11-10"), "naloxone"),
        (KIT, medicine("V03AB15", "stopped", "completed"), "naloxone"),
    ],
)
def test_what_was_said_otherwise_since_is_asked_about(
    said: dict[str, Any], since: dict[str, Any], fact: str, ask: Ask
) -> None:
    """Whatever code says so: a visit for the medicine, a medicine that blocks it, cancer at some earlier time."""
    assert state(ask([said], *ALL, open_=USE), fact) == "yes"
    for record in ([said, since], [since, said]):
        assert state(ask(record, *ALL, open_=USE), fact) == "unknown"


@pytest.mark.parametrize(
    ("said", "before", "fact"),
    [
        (TREATED, diagnosis("F11.22", "resolved", "2026-09-30"), "agonist_treatment"),
        (TREATED, diagnosis("F11.21", "active", "2026-09-30"), "agonist_treatment"),
        (TREATED, diagnosis("F10.21", "active", "2026-11-15"), "agonist_treatment"),
        (CANCER, diagnosis("C50", "resolved", "2026-11-15"), "active_cancer_or_palliative"),
        (CANCER, diagnosis("Z85.3", "active", "2026-01-01"), "active_cancer_or_palliative"),
        (ORDER, medicine("N07BB04", "prescribed", "active", start="2026-09-10"), "agonist_treatment"),
        (ORDER, medicine("N07BB04", "stopped", "completed", start="2026-09-10", end="2026-11-10"), "agonist_treatment"),
        (ORDER, diagnosis("F11.22", "active", "2026-11-10"), "agonist_treatment"),
        (ORDER, diagnosis("F11.2", "active", "2026-11-10"), "agonist_treatment"),
        (ORDER, medicine("N07BB04", "prescribed", "completed", end="2020-01-01"), "agonist_treatment"),
        (ORDER, diagnosis("F11.20", "resolved", "2026-11-01"), "agonist_treatment"),
        (ORDER, diagnosis("F11.23", "history", None) | {"onset": "2020"}, "agonist_treatment"),
        (KIT, medicine("V03AB15", "stopped", "completed", end="2026-05-31"), "naloxone"),
        (KIT, medicine("N02AA05", "stopped", "completed", end="2026-11-10"), "naloxone"),
    ],
)
def test_what_was_said_before_or_of_something_else_takes_nothing_away(
    said: dict[str, Any], before: dict[str, Any], fact: str, ask: Ask
) -> None:
    assert state(ask([said, before], *ALL, open_=USE), fact) == "yes"


def test_treatment_that_is_noted_as_over_may_have_ended_of_late(ask: Ask) -> None:
    over = diagnosis("F11.22", "resolved", "2026-11-15")
    assert state(ask([TREATED, over], *ALL, open_=USE), "transitions") == "unknown"


def test_naloxone_that_was_stopped_is_never_denied(ask: Ask) -> None:
    stop = medicine("V03AB15", "stopped", "completed", end="2026-11-10")
    assert state(ask([stop], *ALL), "naloxone") == "unknown"


def test_two_places_of_one_cancer_do_not_contradict_each_other(ask: Ask) -> None:
    places = [diagnosis(code, "active", "2026-11-01") for code in ("C79.51", "C79.52")]
    assert state(ask(places, *ALL), "active_cancer_or_palliative") == "yes"


@pytest.mark.parametrize("treated", [ORDER, diagnosis("Z50.30", "active", "2026-10-01")])
@pytest.mark.parametrize("stop", NAMELESS_STOPS)
def test_treatment_may_be_what_an_unread_stop_ended(treated: dict[str, Any], stop: dict[str, Any], ask: Ask) -> None:
    assert state(ask([treated, stop], *ALL, open_=USE), "agonist_treatment") == "unknown"


@pytest.mark.parametrize("stop", NAMELESS_STOPS)
def test_an_unread_stop_takes_no_danger_away(stop: dict[str, Any], ask: Ask) -> None:
    opioid = medicine("N02AA01", "prescribed", "active", start="2026-10-10")
    assert state(ask([opioid, stop], *ALL, open_=USE), "prescribed_opioid") == "yes"
    assert state(ask([CANCER, stop], *ALL, open_=USE), "active_cancer_or_palliative") == "yes"


@pytest.mark.parametrize(
    "stop",
    [
        medicine("N02", "prescribed", "stopped", end="2026-11-13"),
        medicine("N07BC", "prescribed", "stopped", end="2026-10-10"),
        medicine("N07BC", "prescribed", "active", start="2026-11-13"),
    ],
)
def test_an_unread_entry_that_stops_no_treatment_leaves_it(stop: dict[str, Any], ask: Ask) -> None:
    assert state(ask([ORDER, stop], *ALL, open_=USE), "agonist_treatment") == "yes"


def test_the_stop_of_another_strength_counts_beside_one_that_came_before(ask: Ask) -> None:
    dose = {"value": "20", "unit": "mg", "route": "oral"}
    before = medicine("N07BC02", "prescribed", "stopped", end="2026-09-24", dose=dose)
    undated = medicine("N07BC02", "prescribed", "stopped", dose=dose | {"value": "10"})
    order = ORDER | {"dose": dose}
    assert state(ask([order, before], *ALL, open_=USE), "agonist_treatment") == "yes"
    assert state(ask([order, before, undated], *ALL, open_=USE), "agonist_treatment") == "unknown"


def opioid(dose: str, status: str = "active", **said: Any) -> dict[str, Any]:
    phase = said.pop("phase", "prescribed")
    written = {"value": dose, "unit": "mg", "route": "oral", "per_day": "1"}
    return medicine("N07BC02", phase, status, dose=written, **said)


@pytest.mark.parametrize(
    "before",
    [
        [opioid("80", "stopped", start="2026-05-01", end="2026-11-02")],
        [
            opioid("80", "completed", start="2026-05-01", end="2026-11-01"),
            opioid("80", "completed", phase="stopped", end="2026-11-01"),
        ],
    ],
)
def test_a_changed_dose_is_treatment_that_goes_on(before: list[dict[str, Any]], ask: Ask) -> None:
    """The stop is of the order that was: as its status says, or because the record holds the one it was noted for."""
    record = [*before, opioid("90", start="2026-11-01")]
    assert state(ask(record, *ALL, open_=USE), "agonist_treatment") == "yes"


def test_one_strength_of_two_is_stopped_and_treatment_goes_on(ask: Ask) -> None:
    dropped = opioid("2", "stopped", start="2026-10-01", end="2026-11-01")
    assert state(ask([opioid("8", start="2026-10-01"), dropped], *ALL, open_=USE), "agonist_treatment") == "yes"
