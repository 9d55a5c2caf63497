"""Doses of one record through the door: what counts once, what is certain though more may come, and when it is over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from cds.assess import Assessor
from cds.facts import Facts
from tests.records.conftest import AS_OF, STATEMENTS, Ask

OPIOIDS = (
    *("opioid_use_now", "opioid_use_last_12_months", "opioid_use_ever", "illicit_opioid_use", "opioid_dependence_ever"),
    *("agonist_treatment", "agonist_medicine", "agonist_started", "prescribed_opioid", "omeq_mg_per_day"),
    *("prescribed_opioid_days", "long_term_opioid_use", "opioid_dose_reduced"),
)
PAIN = {"indication": {"system": "ICD-10", "code": "R52.2"}}


def opioid(code: str, value: str, per_day: str = "2", **said: Any) -> dict[str, Any]:
    dose = {"value": value, "unit": "mg", "route": "oral", "per_day": per_day}
    return {"kind": "medication", "system": "ATC", "code": code, "start": "2026-10-01", "dose": dose} | said


def dispensed(value: str, start: str, days: int | None = 30, code: str = "N02AA05") -> dict[str, Any]:
    said = opioid(code, value, phase="dispensed", status="completed", start=start)
    return said if days is None else said | {"days_supply": days}


OXYCODONE = opioid("N02AA05", "40")
ORDER = opioid("N02AA05", "20", start="2026-06-01")


def omeq(assessment: Any) -> tuple[str | None, bool]:
    """The dose and whether it may be more."""
    known = assessment["facts"].get("omeq_mg_per_day", {})
    line = assessment.get("omeq", {})
    more = known.get("at_least", False)
    if "value" in known:
        assert (line.get("at_least"), line.get("value")) == ((known["value"], None) if more else (None, known["value"]))
    return known.get("value"), more


@pytest.mark.parametrize(
    "possible",
    [
        opioid("N02AX02", "50", phase="dispensed", status="completed", start="2026-11", days_supply=5),
        opioid("N02AX02", "50", status="completed", start="2026-11-01"),
        opioid("N07BC02", "30", indication={"system": "ICD-10", "code": "J44.9"}),
        {"kind": "medication", "system": "FEST", "code": "12345"},
        {"kind": "medication", "system": "RxNorm", "code": "6813"},
        {"kind": "medication", "system": "ATC", "code": "N02"},
    ],
)
def test_a_certain_dose_stands_beside_one_that_is_only_possible(possible: dict[str, Any], ask: Ask) -> None:
    alone, beside = ask([OXYCODONE], open_=OPIOIDS), ask([OXYCODONE, possible], open_=OPIOIDS)
    assert (omeq(alone), omeq(beside)) == (("120", False), ("120", True))
    assert alone["level"] == beside["level"] == "elevated"
    assert beside["points"]["at_least"] == alone["points"]["at_least"]
    assert beside["points"]["at_most"] >= alone["points"]["at_most"]


@pytest.mark.parametrize(
    ("orders", "dose"),
    [
        ([ORDER, ORDER | {"start": "2026-09-01"}], ("60", False)),
        ([ORDER, ORDER], ("60", True)),
        ([ORDER, ORDER, ORDER | {"start": "2026-09-01"}, ORDER | {"start": "2026-09-01"}], ("60", True)),
        ([ORDER, opioid("N02AA05", "5", start="2026-06-01")], ("75", False)),
        ([ORDER, opioid("N02AA05", "5", start="2026-06-01"), ORDER | {"start": "2026-09-01"}], ("75", False)),
        ([ORDER, opioid("N02AA05", "5", start="2026-09-01")], ("60", True)),
        ([ORDER, opioid("N02AA05", "20", "3", start="2026-09-01")], ("90", True)),
        ([ORDER, opioid("N02AA01", "20", start="2026-09-01")], ("100", False)),
        ([ORDER | {"days_supply": 30}, ORDER | {"start": "2026-09-01"}], ("60", True)),
        ([ORDER | {"days_supply": 30}], (None, False)),
        ([dispensed("20", "2026-09-10", None), dispensed("20", "2026-10-10", None)], ("60", True)),
        ([ORDER, dispensed("20", "2026-10-25"), dispensed("20", "2026-11-15")], ("60", False)),
    ],
)
def test_what_renews_an_order_counts_once(
    orders: list[dict[str, Any]], dose: tuple[str | None, bool], ask: Ask
) -> None:
    assessment = ask(orders, open_=OPIOIDS)
    assert omeq(assessment) == dose
    if dose[0] is not None:
        assert assessment["origins"]["omeq_mg_per_day"] == [
            place for place, order in enumerate(orders) if order.get("phase") or order.get("days_supply") is None
        ]


@pytest.mark.parametrize("phase", ["prescribed", "dispensed", "administered"])
@pytest.mark.parametrize("days", [None, 30])
@pytest.mark.parametrize("second", ["2026-10-26", "2026-11-05", "2026-11-15"])
def test_more_in_one_supply_is_never_less_in_all(phase: str, days: int | None, second: str, reader: Assessor) -> None:
    """The first of two, the second, and the middle one of three."""

    def worth(*values: str) -> tuple[Decimal, int]:
        starts = ("2026-10-25", second, "2026-11-16")
        said = [dispensed(value, start, days) | {"phase": phase} for value, start in zip(values, starts, strict=False)]
        active = [one if phase == "dispensed" else one | {"status": "active"} for one in said]
        read = reader.reader.read(Facts(), STATEMENTS.validate_python(active), (), AS_OF)
        assert read.facts.omeq_mg_per_day is not None
        assert read.facts.omeq_mg_per_day.value is not None
        return read.facts.omeq_mg_per_day.value, reader.decide(read.facts, AS_OF).low.total

    strengths = ("5", "10", "19", "20", "21", "40", "100")
    for series in (
        [worth(strength, "20") for strength in strengths],
        [worth("20", strength) for strength in strengths],
        [worth("20", strength, "20") for strength in strengths],
        [worth(strength, "10", "20") for strength in strengths],
    ):
        assert series == sorted(series)


@pytest.mark.parametrize("second", ["5", "10", "20", "40"])
def test_a_second_supply_before_the_first_is_used_up_leaves_the_dose_open_above(second: str, ask: Ask) -> None:
    assessment = ask([dispensed("20", "2026-10-25"), dispensed(second, "2026-11-15")], open_=OPIOIDS)
    assert omeq(assessment) == ("120" if second == "40" else "60", True)


@pytest.mark.parametrize(
    "course",
    [
        [
            opioid("R05DA04", "60", "4", start="2026-06-01", end="2026-10-20", status="completed"),
            opioid("R05DA04", "15", "4", start="2026-10-20"),
        ],
        [
            opioid("N07BC02", "60", "1", start="2026-06-01", end="2026-10-20", status="completed", **PAIN),
            opioid("N07BC02", "20", "1", start="2026-10-20", **PAIN),
        ],
        [opioid("N02AA05", "30", phase="stopped", start="2026-06-01", end="2026-10-20")],
        [opioid("N02AA05", "30", phase="administered", start="2026-11-01")],
    ],
)
def test_a_course_that_nobody_followed_was_not_steady(course: list[dict[str, Any]], ask: Ask) -> None:
    assert "opioid_dose_reduced" not in ask(course, "opioid_dose_reduced", open_=OPIOIDS)["facts"]


def test_an_order_written_again_is_no_fall_when_the_first_ends(ask: Ask) -> None:
    orders = [ORDER | {"end": "2026-10-20", "status": "completed"}, ORDER | {"start": "2026-10-01"}]
    assert "opioid_dose_reduced" not in ask(orders, open_=OPIOIDS)["facts"]


@pytest.mark.parametrize(("end", "current"), [("2026-11-19", None), ("2026-11-20", "yes"), ("2026-11", None)])
@pytest.mark.parametrize("said", [{}, {"phase": "dispensed", "status": "completed"}])
def test_the_day_a_supply_ends_is_its_last(said: dict[str, str], end: str, current: str | None, ask: Ask) -> None:
    medicine = {"kind": "medication", "system": "ATC", "code": "N05BA01", "start": "2026-10-01", "end": end} | said
    known = ask([medicine], open_=("benzodiazepine",))["facts"].get("benzodiazepine")
    assert (None if known is None else known["state"]) == current


def test_lofexidine_is_no_opioid(ask: Ask) -> None:
    assert "omeq" not in ask([opioid("N07BC04", "1")], open_=OPIOIDS)
    assert ask([opioid("N07BC02", "60")], open_=OPIOIDS)["omeq"]["agonist_treatment"] == ["N07BC02"]


@pytest.mark.parametrize("phase", [{}, {"phase": "dispensed", "status": "completed", "days_supply": 90}])
def test_what_began_in_one_month_may_have_followed_or_not(phase: dict[str, Any], ask: Ask) -> None:
    month = {"start": "2026-10"} | phase
    assessment = ask([opioid("N02AA01", "40", **month), opioid("N02AA01", "10", **month)], open_=OPIOIDS)
    assert omeq(assessment) == ("80", True)


def test_a_month_in_place_of_a_day_makes_no_dose_smaller(ask: Ask) -> None:
    order = opioid("N02AA05", "40", "1", start="2026-09-01")
    supply = opioid("N02AA05", "40", "1", phase="dispensed", status="completed", start="2026-10-23", days_supply=60)
    other = supply | {"dose": supply["dose"] | {"value": "10", "per_day": "2"}}
    assert omeq(ask([order, supply, other | {"start": "2026-10-05"}], open_=OPIOIDS)) == ("90", False)
    assert omeq(ask([order, supply, other | {"start": "2026-10"}], open_=OPIOIDS)) == ("60", True)


@pytest.mark.parametrize("end", ["2026-12-10", "2026-12"])
def test_a_supply_that_may_last_beyond_the_next_adds_to_it(end: str, ask: Ask) -> None:
    order = opioid("N02AA01", "40")
    first = order | {"phase": "dispensed", "start": "2026-05-23", "end": end, "dose": order["dose"] | {"per_day": None}}
    second = order | {"phase": "dispensed", "start": "2026-11-20"}
    assert omeq(ask([first, order, second], open_=OPIOIDS)) == ("80", True)


@pytest.mark.parametrize("code", ["N02AB01", "N02AG02"])
def test_ketobemidone_counts_with_an_antispasmodic_too(code: str, ask: Ask) -> None:
    assert omeq(ask([opioid(code, "5", "4")], open_=OPIOIDS)) == ("20", False)


def test_tramadol_with_paracetamol_counts_by_its_former_code_too(ask: Ask) -> None:
    assert omeq(ask([opioid("N02AX52", "37.5", "4")], open_=OPIOIDS)) == ("22.5", False)
