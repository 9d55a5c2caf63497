"""Prescriptions that begin after the day of the assessment, as renewals do: nothing taken now, no reason for a no."""

from __future__ import annotations

from typing import Any

import pytest

from tests.records.conftest import Ask, Read

DOSE = {"value": "10", "unit": "mg", "route": "oral", "per_day": "3"}
OPIOIDS = ("prescribed_opioid", "omeq_mg_per_day", "opioid_use_ever")


def order(code: str = "N02AA05", **more: Any) -> dict[str, Any]:
    """A prescription that begins next week, unless something else is said."""
    return {"kind": "medication", "system": "ATC", "code": code, "start": "2026-11-27", **more}


def running(**more: Any) -> dict[str, Any]:
    """One that has begun."""
    return order(**{"start": "2026-11-01", "dose": DOSE, **more})


@pytest.mark.parametrize("start", ["2026-11-27", "2026-12", "2027"])
@pytest.mark.parametrize(
    ("code", "facts", "why"),
    [
        ("N02AA05", ("prescribed_opioid", "omeq_mg_per_day", "transitions", "opioid_use_ever"), "outside_window"),
        ("N05BA01", ("benzodiazepine", "benzodiazepine_prescribed"), "outside_window"),
        ("N07BC02", ("agonist_treatment",), "outside_window"),
        ("N07B", ("agonist_treatment",), "unknown_code"),
    ],
)
def test_an_order_yet_to_begin_makes_no_fact_and_denies_none(
    start: str, code: str, facts: tuple[str, ...], why: str, read: Read
) -> None:
    made = read([order(code, start=start, dose=DOSE)], *facts, "gabapentinoid")
    assert [name for name, _ in made.facts.known()] == ["gabapentinoid"]
    assert [(line.statement, line.reason) for line in made.not_used] == [(0, why)]


def test_what_runs_counts_beside_its_renewal(read: Read) -> None:
    made = read([running(), order(dose=DOSE)], "prescribed_opioid", "omeq_mg_per_day")
    assert made.facts.prescribed_opioid is not None
    assert made.omeq is not None
    assert (made.omeq.value, made.omeq.at_least, made.omeq.counted[0].statements) == ("45", None, (0,))


@pytest.mark.parametrize(
    "to_come",
    [order("N02AX02", dose=DOSE), order(dose=DOSE | {"value": "20"}), order()],
    ids=["another medicine", "another strength", "no strength"],
)
def test_what_may_renew_something_that_was_not_sent_makes_the_dose_a_least(to_come: dict[str, Any], read: Read) -> None:
    made = read([running(), to_come])
    assert made.omeq is not None
    assert (made.omeq.value, made.omeq.at_least) == (None, "45")


def test_what_was_stopped_is_not_what_a_renewal_carries_on(read: Read) -> None:
    stop = order(phase="stopped", start="2026-01-01", end="2026-11-10")
    made = read([running(start="2026-01-01"), stop, order(dose=DOSE)], *OPIOIDS)
    assert made.facts.omeq_mg_per_day is None
    assert made.facts.prescribed_opioid is None


def test_a_renewal_for_pain_makes_methadone_of_no_told_purpose_one_to_ask_about(read: Read) -> None:
    methadone = order("N07BC02", phase="dispensed", start="2026-11-10", days_supply=30)
    pain = {"system": "ICD-10", "code": "R52.2"}
    assert read([methadone]).facts.agonist_treatment is not None
    assert read([methadone, order("N07BC02", indication=pain)]).facts.agonist_treatment is None


PAIN = {"system": "ICD-10", "code": "R52.2"}


@pytest.mark.parametrize(
    ("to_come", "medicine"),
    [
        (order("N07BC02"), None),
        (order("N07BC02", indication=PAIN), "buprenorphine"),
        (order("N07BC01"), "buprenorphine"),
    ],
    ids=["methadone", "methadone for pain", "buprenorphine"],
)
def test_buprenorphine_is_not_told_beside_methadone_that_may_be_renewed(
    to_come: dict[str, Any], medicine: str | None, read: Read
) -> None:
    told = read([order("N07BC01", phase="dispensed", start="2026-11-10", days_supply=30), to_come])
    assert (told.facts.agonist_medicine and told.facts.agonist_medicine.value) == medicine


def test_an_order_to_come_opens_what_it_is_given_for(read: Read) -> None:
    dependence = {"system": "ICD-10", "code": "F11.2"}
    made = read([order(indication=dependence)], "opioid_dependence_ever", "prescribed_opioid")
    assert not made.facts.known()
    assert [line.reason for line in made.not_used] == ["weak_evidence"]


def test_naltrexone_that_is_planned_does_not_make_treatment_doubtful(read: Read) -> None:
    treatment = order("N07BC02", phase="dispensed", start="2026-11-10", days_supply=30)
    assert read([treatment, order("N07BB04")]).facts.agonist_treatment is not None
    assert read([treatment, order("N07BB04", start="2026-11-15")]).facts.agonist_treatment is None


@pytest.mark.parametrize(
    "change",
    [{"phase": "dispensed"}, {"phase": "administered"}, {"phase": "stopped"}, {"status": "stopped"}],
    ids=lambda change: "-".join(change.values()),
)
def test_what_was_handed_out_given_or_stopped_later_is_refused(change: dict[str, str], ask: Ask) -> None:
    problem = ask([order(**change)])
    assert [(error["path"], error["reason"]) for error in problem["errors"]] == [
        ("/statements/0/start", "lies after as_of")
    ]
