"""Doses become mg of oral morphine by the published table; what cannot be computed is named and never left out."""

from __future__ import annotations

from decimal import Decimal
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from cds.records.doses.methadone import methadone_equivalent
from cds.records.doses.omeq import Dose, Reason, Result, omeq
from cds.records.doses.table import Methadone, OmeqTable
from cds.release.frozen import RULES
from cds.strict_yaml import read

DRAFT = RULES / "draft"
MORPHINE, OXYCODONE, CODEINE, METHADONE = "N02AA01", "N02AA05", "N02AJ06", "N07BC02"
FENTANYL, BUPRENORPHINE = "N02AB03", "N02AE01"
SIX_MG = Decimal(6)


@cache
def table() -> OmeqTable:
    loaded: OmeqTable = TypeAdapter(OmeqTable).validate_python(read(DRAFT / "omeq.yaml").value)
    return loaded


def dose(
    atc: str, value: str | None, per_day: str | None = "1", unit: str | None = "mg", route: str | None = "oral", **more
) -> Dose:
    return Dose(
        atc=atc,
        route=route,
        value=None if value is None else Decimal(value),
        unit=unit,
        per_day=None if per_day is None else Decimal(per_day),
        **more,
    )


def patch(atc: str, value: str) -> Dose:
    return dose(atc, value, None, "ug/h", "transdermal")


def of(*doses: Dose) -> Result:
    return omeq(doses, table())


def test_the_table_gives_the_figures_it_was_published_with():
    for example in table().examples:
        given_dose = Dose(
            example.drug, example.route, example.dose, example.unit, example.per_day, for_pain=example.for_pain
        )
        result = of(given_dose)
        assert result.value is not None, example
        assert abs(result.value - example.omeq) <= example.within, example


def test_a_result_names_its_table_and_carries_the_published_interval():
    result = of(dose(OXYCODONE, "10", "2"))
    assert (result.low, result.value, result.high) == (Decimal("26.000"), Decimal("30.000"), Decimal("40.000"))
    assert result.table == table().name
    assert result.version == table().version


def test_patches_count_for_the_whole_day_however_often_they_are_changed():
    every_third_day = dose(FENTANYL, "12.5", "0.333", "ug/h", "transdermal")
    assert of(patch(FENTANYL, "12.5")).value == of(every_third_day).value == Decimal("30.000")
    assert of(patch(BUPRENORPHINE, "13.5")).value == Decimal("29.970")


def test_medicines_taken_together_add_up():
    result = of(dose(OXYCODONE, "10", "2"), dose(CODEINE, "30", "4"), patch(FENTANYL, "12.5"))
    assert result.value == Decimal("72.000")


def test_micrograms_are_thousandths_of_a_milligram():
    sublingual = dose(FENTANYL, "100", "4", "ug", "sublingual")
    assert of(sublingual).value == Decimal("100.000")
    assert of(dose(FENTANYL, "0.1", "4", "mg", "sublingual")).value == Decimal("100.000")


def test_results_are_rounded_half_up_at_the_third_decimal():
    assert of(dose(CODEINE, "0.125", "0.1")).low == Decimal("0.001")
    assert of(dose(MORPHINE, "0.005", "0.1")).value == Decimal("0.001")
    assert of(dose(MORPHINE, "0.004", "0.1")).value == Decimal("0.000")


@pytest.mark.parametrize(
    ("unclear", "reason"),
    [
        (dose(OXYCODONE, "10", "2", route=None), Reason.MISSING_ROUTE),
        (dose(OXYCODONE, "10", "2", unit=None), Reason.MISSING_UNIT),
        (dose(OXYCODONE, "10", "2", unit="ml"), Reason.UNIT_NOT_CONVERTIBLE),
        (dose(OXYCODONE, "1", "2", unit="tablet"), Reason.UNIT_NOT_CONVERTIBLE),
        (dose(OXYCODONE, "10", "2", unit="ug/h"), Reason.UNIT_NOT_CONVERTIBLE),
        (dose(FENTANYL, "5", "1", "mg", "transdermal"), Reason.UNIT_NOT_CONVERTIBLE),
        (dose(OXYCODONE, "10", None), Reason.MISSING_PER_DAY),
        (dose(OXYCODONE, "10", "0"), Reason.MISSING_PER_DAY),
        (dose(OXYCODONE, None, "2"), Reason.MISSING_DOSE),
        (dose(OXYCODONE, "0", "2"), Reason.MISSING_DOSE),
        (dose(OXYCODONE, "10", "2", route="intravenous"), Reason.NO_RATIO_FOR_ROUTE),
        (dose(OXYCODONE, "10", "2", route="mouth"), Reason.UNKNOWN_ROUTE),
        (dose(FENTANYL, "0.1", "4"), Reason.NO_RATIO_FOR_ROUTE),
        (dose("N02AA04", "30", "2"), Reason.UNKNOWN_DRUG),
        (dose("R05DA01", "5", "3"), Reason.UNKNOWN_DRUG),
        (dose(METHADONE, "5", for_pain=True), Reason.BELOW_TABLE),
    ],
)
def test_what_cannot_be_computed_is_named_and_there_is_no_total(unclear, reason):
    result = of(dose(MORPHINE, "10", "2"), unclear)
    assert [(line.atc, line.reason) for line in result.not_computable] == [(unclear.atc, reason)]
    assert (result.low, result.value, result.high) == (None, None, None)
    assert result.at_least == Decimal("20.000")


def test_nothing_to_compute_is_not_a_dose_of_zero():
    assert of().value is None


def test_agonist_treatment_is_kept_out_and_reported_apart():
    alone = of(dose(METHADONE, "100"))
    assert alone.value is None
    assert alone.not_computable == ()
    assert alone.agonist_treatment == (METHADONE,)
    beside = of(dose("N07BC51", "16", route="sublingual"), dose(OXYCODONE, "10", "2"))
    assert beside.value == Decimal("30.000")
    assert beside.agonist_treatment == ("N07BC51",)


def test_what_is_prescribed_and_dispensed_counts_once():
    prescribed, dispensed = dose(OXYCODONE, "10", "2"), dose(OXYCODONE, "10", "2", phase="dispensed")
    assert of(prescribed, dispensed).value == Decimal("30.000")
    assert of(prescribed, prescribed, dispensed).value == Decimal("60.000")
    given = dose(OXYCODONE, "10", "2", phase="administered")
    assert of(prescribed, dispensed, given).value == Decimal("30.000")


def test_of_another_strength_it_is_the_same_medicine_still_and_the_higher_counts():
    prescribed, dispensed = dose(OXYCODONE, "10", "2"), dose(OXYCODONE, "20", "2", phase="dispensed")
    assert of(prescribed, dispensed).value == Decimal("60.000")
    assert of(prescribed, prescribed, prescribed, dispensed).value == Decimal("90.000")
    assert of(prescribed, dose(MORPHINE, "20", "2", phase="dispensed")).value == Decimal("70.000")


def test_what_was_counted_is_told():
    result = of(dose(OXYCODONE, "10", "2"), dose(OXYCODONE, "20", "2", phase="dispensed"), patch(FENTANYL, "12.5"))
    told = [(line.atc, line.route, str(line.mg_per_day), str(line.ratio), str(line.value)) for line in result.counted]
    assert told == [
        (OXYCODONE, "oral", "40.000", "1.500", "60.000"),
        (FENTANYL, "transdermal", "0.300", "100.000", "30.000"),
    ]
    (methadone,) = of(dose(METHADONE, "30", for_pain=True), dose(METHADONE, "30", for_pain=True)).counted
    assert (str(methadone.mg_per_day), str(methadone.ratio)) == ("60.000", "10.000")


def test_a_pair_counts_at_its_higher_number_of_doses():
    unclear, clear = dose(OXYCODONE, "10", None, phase="dispensed"), dose(OXYCODONE, "10", "3")
    assert of(unclear, clear).value == Decimal("45.000")
    assert of(dose(OXYCODONE, "10", "2", phase="dispensed"), clear).value == Decimal("45.000")


def test_a_record_without_route_is_not_paired_away():
    result = of(dose(OXYCODONE, "10", "2"), dose(OXYCODONE, "10", "2", route=None, phase="dispensed"))
    assert result.value is None
    assert result.at_least == Decimal("30.000")


@pytest.mark.parametrize(
    ("mg", "low", "value"),
    [
        ("6", "30", "30"),
        ("14.9", "74.5", "74.5"),
        ("15", "75", "90"),
        ("17.8", "89", "106.8"),
        ("18", "108", "108"),
        ("40", "240", "320"),
        ("60", "480", "600"),
        ("80", "800", "800"),
        ("85", "850", "1020"),
        ("100", "1200", "1200"),
    ],
)
def test_methadone_takes_the_higher_of_two_bands(mg, low, value):
    result = of(dose(METHADONE, mg, for_pain=True))
    assert (result.low, result.value) == (Decimal(low), Decimal(value))


def test_methadone_is_added_before_it_is_converted():
    assert of(*[dose(METHADONE, "5", for_pain=True)] * 3).value == of(dose(METHADONE, "15", for_pain=True)).value


def test_a_gap_between_bands_is_no_hole():
    bands = [{"from": "30", "to": "40", "ratio": "5"}, {"from": "300", "ratio": "6"}]
    gappy = Methadone.model_validate(table().methadone.model_dump(by_alias=True) | {"bands": bands})
    assert methadone_equivalent(Decimal(20), gappy) == (Decimal(40),) * 3
    assert methadone_equivalent(Decimal(50), gappy) == (Decimal(300),) * 3


mg_amounts = st.decimals(min_value="0.001", max_value="9999.999", places=3, allow_nan=False, allow_infinity=False)
frequencies = st.decimals(min_value="0.1", max_value="24", places=1, allow_nan=False, allow_infinity=False)


@st.composite
def convertible(draw: st.DrawFn) -> Dose:
    """Any medicine and route of the table, with a dose that can be computed."""
    ratio = draw(st.sampled_from(table().ratios))
    unit = table().patches.unit if ratio.route == "transdermal" else draw(st.sampled_from(["mg", "ug"]))
    phase = draw(st.sampled_from(["prescribed", "dispensed"]))
    return Dose(draw(st.sampled_from(ratio.drug)), ratio.route, draw(mg_amounts), unit, draw(frequencies), phase)


@given(convertible(), mg_amounts, frequencies)
def test_more_of_a_medicine_is_never_worth_less(taken, more_value, more_often):
    stronger = Dose(taken.atc, taken.route, taken.value + more_value, taken.unit, taken.per_day)
    oftener = Dose(taken.atc, taken.route, taken.value, taken.unit, taken.per_day + more_often)
    before = of(taken)
    for after in (of(stronger), of(oftener)):
        assert before.low <= after.low
        assert before.value <= after.value
        assert before.high <= after.high


@given(st.lists(convertible(), min_size=1, max_size=5), convertible())
def test_one_more_medicine_is_never_worth_less_and_the_order_does_not_matter(taken, added):
    """Sums beyond what an answer can hold are told as at least the largest."""
    before, after = of(*taken), of(*taken, added)
    assert of(*reversed(taken)) == before
    assert before.at_least <= after.at_least
    if after.value is not None:
        assert before.low <= after.low
        assert before.value <= after.value
        assert before.high <= after.high
        assert before.low <= before.value <= before.high


@given(mg_amounts, mg_amounts)
def test_more_methadone_is_never_worth_less(one, other):
    less, more = sorted((one, other))
    before, after = (methadone_equivalent(mg, table().methadone) for mg in (less, more))
    if before is None:
        assert less < SIX_MG
        return
    assert after is not None
    assert all(low <= high for low, high in zip(before, after, strict=True))


@given(st.lists(convertible(), min_size=1, max_size=4))
def test_every_number_is_a_decimal_with_three_decimals(taken):
    result = of(*taken)
    for number in (result.low, result.value, result.high, result.at_least):
        assert type(number) is Decimal
        assert number.as_tuple().exponent == -3


def test_the_table_holds_no_float():
    def numbers(value: object) -> list[float]:
        if isinstance(value, dict):
            return [found for part in value.values() for found in numbers(part)]
        if isinstance(value, list | tuple):
            return [found for part in value for found in numbers(part)]
        return [value] if isinstance(value, float) else []

    assert numbers(table().model_dump()) == []


@pytest.mark.parametrize("number", ["-1", "NaN", "Infinity"])
def test_a_dose_is_a_number_not_below_zero(number):
    with pytest.raises(ValueError, match="not below zero"):
        dose(MORPHINE, number)


def test_two_ratios_for_one_medicine_and_route_are_refused():
    content = read(DRAFT / "omeq.yaml").value
    content["ratios"].append(content["ratios"][0])
    with pytest.raises(ValidationError, match="two ratios for N02AA01 oral"):
        TypeAdapter(OmeqTable).validate_python(content)


def test_days_worn_at_most_below_those_at_least_are_refused():
    content = read(DRAFT / "omeq.yaml").value
    content["patches"]["worn"][0]["to"] = content["patches"]["worn"][0]["from"] - 1
    with pytest.raises(ValidationError, match="`to` lies below `from`"):
        TypeAdapter(OmeqTable).validate_python(content)
