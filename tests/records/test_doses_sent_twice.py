"""One order or supply that a record holds twice: it counts once, and the sum is open above, since it may be two."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest

from tests.records.conftest import AS_OF, Ask, Read
from tests.records.test_doses_that_follow import OPIOIDS, PAIN, omeq, opioid


def ago(days: int) -> str:
    return (AS_OF - timedelta(days)).isoformat()


def order(value: str = "10", per_day: str | None = "3", code: str = "N02AA05", **said: Any) -> dict[str, Any]:
    made = opioid(code, value, start=ago(50)) | said
    if per_day is None:
        made["dose"] = {name: told for name, told in made["dose"].items() if name != "per_day"}
    else:
        made["dose"] = made["dose"] | {"per_day": per_day}
    return {name: told for name, told in made.items() if told is not None}


def supply(value: str = "10", per_day: str | None = "3", days_ago: int = 10, **said: Any) -> dict[str, Any]:
    handed_out = {"phase": "dispensed", "status": "completed", "start": ago(days_ago), "days_supply": 28}
    return order(value, per_day, **{**handed_out, **said})


def given(value: str, unit: str, route: str, per_day: str | None = None) -> dict[str, Any]:
    often = {} if per_day is None else {"per_day": per_day}
    return {"dose": {"value": value, "unit": unit, "route": route} | often}


ORDER, SUPPLY = order(), supply()
PATCH = order(code="N02AB03") | given("50", "ug/h", "transdermal")
BUPRENORPHINE = order(code="N02AE01") | given("20", "ug/h", "transdermal")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ORDER, ORDER),
        (ORDER, ORDER | {"system": "http://www.whocc.no/atc"}),
        (ORDER, ORDER | {"code": "n02aa05"}),
        (ORDER, ORDER | {"dose": ORDER["dose"] | {"unit": "MG", "route": "PO"}}),
        (ORDER, ORDER | {"dose": ORDER["dose"] | {"value": "10000", "unit": "ug"}}),
        (ORDER, ORDER | PAIN),
        (SUPPLY, SUPPLY),
        (SUPPLY, SUPPLY | {"status": "active"}),
        (SUPPLY, supply(per_day=None, amount_units="84")),
        (ORDER, order(start=None)),
        (ORDER, ORDER | {"start": "2026-10"}),
        (ORDER, ORDER | {"end": "2027-01-01"}),
        (SUPPLY, supply(days_supply=None)),
        (supply(days_ago=40, days_supply=60), supply(start="2026-10", days_supply=60)),
    ],
)
def test_one_under_two_spellings_counts_once_and_may_be_two(
    one: dict[str, Any], other: dict[str, Any], ask: Ask
) -> None:
    both, turned = ask([one, other], open_=OPIOIDS), ask([other, one], open_=OPIOIDS)
    assert omeq(both) == omeq(turned) == ("45", True)
    assert omeq(ask([one], open_=OPIOIDS)) == ("45", False)
    assert both["origins"]["omeq_mg_per_day"] == [0, 1]


def test_an_order_of_an_earlier_month_is_renewed_and_none_beside(ask: Ask) -> None:
    assert omeq(ask([ORDER, ORDER | {"start": "2026-09"}], open_=OPIOIDS)) == ("45", False)


EVENING = supply("20", "1")


@pytest.mark.parametrize(
    ("record", "dose"),
    [
        ([order("20", "1"), order("20", "1")], ("30", True)),
        ([order("20", "1"), order("20", "1"), EVENING, EVENING], ("30", True)),
        ([EVENING, EVENING], ("30", True)),
        ([order("10", "3"), EVENING, EVENING], ("45", True)),
        ([order("10", "4"), EVENING, EVENING], ("60", False)),
        ([order("20", "1"), EVENING, EVENING], ("30", False)),
        ([order("20", "2"), supply("20", None), supply("20", None)], ("60", False)),
        ([order("20", "1", start=ago(200)), order("20", "1", start=ago(200)), order("20", "1")], ("30", True)),
    ],
)
def test_two_of_the_same_are_no_more_than_once_where_an_order_tells_how_much(
    record: list[dict[str, Any]], dose: tuple[str, bool], ask: Ask
) -> None:
    """A morning's line beside an evening's, two packs on one day, or one that was sent twice."""
    for sent in (record, record[::-1]):
        assert omeq(ask(sent, open_=OPIOIDS)) == dose


def test_a_whole_record_sent_twice_changes_nothing_but_that_the_dose_is_a_least_one(ask: Ask) -> None:
    record = [order("10", start=ago(30)), order("5", code="N05BA01"), supply("50", "2", code="N02AX02", days_ago=3)]
    record.append({"kind": "condition", "system": "ICD-10", "code": "F11.2", "onset": ago(400)})
    cut = [order("60", "2", start=ago(200), end=ago(30), status="completed"), *record]
    for sent in (record, cut):
        once, twice = ask(sent, open_=OPIOIDS)["facts"], ask(sent * 2, open_=OPIOIDS)["facts"]
        assert twice == once | {"omeq_mg_per_day": {"state": "yes", "value": "60", "at_least": True}}
        assert ("opioid_dose_reduced" in once) is (sent == cut)


@pytest.mark.parametrize(
    ("record", "dose"),
    [
        ([PATCH, supply(code="N02AB03") | given("100", "ug", "nasal", "4")], "220"),
        ([PATCH, supply(code="N02AB03") | given("50", "ug/h", "transdermal")], "120"),
        ([BUPRENORPHINE, supply(code="N02AE01") | given("0.4", "mg", "sublingual", "4")], "121.2"),
        ([ORDER | PAIN, SUPPLY], "45"),
        ([ORDER, SUPPLY | PAIN], "45"),
        ([order(start=ago(200)), ORDER | PAIN], "45"),
        ([ORDER, supply(days_ago=26), supply(days_ago=0) | PAIN], "45"),
        ([order("20", code="N02AC52") | PAIN, supply("20", code="N02AC52")], "600"),
        ([order(start="2026-07"), order(start=ago(21))], "45"),
    ],
)
def test_a_medicine_is_one_by_code_and_route(record: list[dict[str, Any]], dose: str, ask: Ask) -> None:
    for order_of_them in (record, record[::-1]):
        assert omeq(ask(order_of_them, open_=OPIOIDS)) == (dose, False)


def test_a_supply_without_a_route_may_be_either(ask: Ask) -> None:
    lost = supply(code="N02AB03") | {"dose": {"value": "100", "unit": "ug", "per_day": "4"}}
    assert omeq(ask([PATCH, lost], open_=OPIOIDS)) == ("120", True)


@pytest.mark.parametrize(
    ("record", "dose", "unclear"),
    [
        ([order(per_day="2"), order(per_day=None, start=ago(90)), supply(per_day="2")], ("30", True), [1]),
        ([order(per_day="2"), supply(per_day=None)], ("30", False), []),
        ([order(per_day="2"), supply(per_day=None, days_ago=26), supply(per_day=None, days_ago=1)], ("30", False), []),
        ([order(), supply("40", "1"), supply(per_day=None)], ("60", True), [2]),
        ([order(), supply("40", "1"), supply("11", per_day=None)], ("60", True), [2]),
        (
            [order(), supply("60", "1", days_ago=26), supply("40", "1", 1), supply(per_day=None, days_ago=1)],
            ("90", True),
            [3],
        ),
    ],
)
def test_times_a_day_that_are_missing_come_from_an_order_only_where_all_of_it_fits(
    record: list[dict[str, Any]], dose: tuple[str, bool], unclear: list[int], ask: Ask
) -> None:
    assessment = ask(record, open_=OPIOIDS)
    assert omeq(assessment) == dose
    told = [line["statements"] for line in assessment["omeq"]["not_computable"]]
    assert told == ([unclear] if unclear else [])


def test_a_supply_that_cannot_be_computed_is_none_when_it_is_sent_twice(ask: Ask) -> None:
    morphine = order(code="N02AA01", start=ago(100))
    once = ask([morphine, supply(per_day=None)], open_=OPIOIDS)
    twice = ask([morphine, supply(per_day=None), supply(per_day=None)], open_=OPIOIDS)
    assert once["origins"]["omeq_mg_per_day"] == twice["origins"]["omeq_mg_per_day"] == [0]
    assert once["facts"]["omeq_mg_per_day"] == twice["facts"]["omeq_mg_per_day"]
    assert twice["omeq"]["not_computable"][0]["statements"] == [1, 2]


@pytest.mark.parametrize(
    ("value", "amount", "worth"), [("45", "40", "600"), ("9", "50", "90"), ("3.6", "50", "30"), ("36", "50", "600")]
)
def test_methadone_by_amount_and_days_is_in_the_band_of_its_daily_dose(
    value: str, amount: str, worth: str, ask: Ask
) -> None:
    methadone = order(value, None, "N07BC02", amount_units=amount, days_supply=30, start=ago(3)) | PAIN
    assert omeq(ask([methadone], open_=OPIOIDS)) == (worth, False)


def test_thirds_of_methadone_add_up_to_whole_ones(read: Read) -> None:
    third = {"per_day": None, "amount_units": "40", "days_supply": 30, "start": ago(3)}
    record = [order("15", code="N07BC02", **third) | PAIN, order("10", code="N02AC52", **third)]
    record.append(order("20", code="N02AC52", **third))
    made = read(record).facts.omeq_mg_per_day
    assert made is not None
    assert made.told == "600"


ABSURD = order("9999999999", "1")
MORPHINE = order("100", code="N02AA01")


def test_an_absurd_dose_is_named_and_leaves_the_others(ask: Ask) -> None:
    beside = ask([MORPHINE, ABSURD], open_=OPIOIDS)
    assert omeq(beside) == ("300", True)
    assert [line["reason"] for line in beside["omeq"]["not_computable"]] == ["too_large"]
    alone = ask([ABSURD], open_=OPIOIDS)
    assert omeq(alone) == (None, False)
    assert not {"low", "value", "high", "at_least"} & alone["omeq"].keys()


def test_a_sum_larger_than_an_answer_holds_is_at_least_the_largest_it_holds(ask: Ask) -> None:
    large = [order("40000000", "1", code) for code in ("N02AA01", "N02AB01", "N02AA05")]
    assert omeq(ask(large, open_=OPIOIDS)) == ("99999999.999", True)


def test_a_dose_is_never_nothing(ask: Ask) -> None:
    speck = order("0.4", "1", "N02AA01") | given("0.4", "ug", "oral", "1")
    assert omeq(ask([speck], open_=OPIOIDS)) == ("0.001", False)
    assert omeq(ask([speck, order(per_day=None)], open_=OPIOIDS)) == ("0.001", True)


def test_a_medicine_without_any_dose_lacks_its_dose(ask: Ask) -> None:
    assessment = ask([{name: said for name, said in ORDER.items() if name != "dose"}], open_=OPIOIDS)
    assert [line["reason"] for line in assessment["omeq"]["not_computable"]] == ["missing_dose"]


WORTH = {
    ("N02AA05", "oral", "mg"): "1.5",
    ("N02AX02", "oral", "mg"): "0.15",
    ("N02AE01", "sublingual", "mg"): "48",
    ("N02AB03", "nasal", "ug"): "0.25",
    ("N02AB03", "sublingual", "ug"): "0.25",
}
OTHER_NAMES = {"mg": "MG", "ug": "mcg", "oral": "po", "sublingual": "SL", "nasal": "ns"}


@pytest.mark.parametrize("seed", range(40))
def test_a_record_that_says_everything_twice_comes_to_what_was_ordered_at_least(seed: int, read: Read) -> None:
    """Amounts in thirtieths, orders beside their supplies, each again in other words: summed up here in fractions."""
    chance = random.Random(seed)
    record, again, whole = [], [], Fraction(0)
    for code, route, unit in chance.sample(sorted(WORTH), chance.randrange(1, 6)):
        value, amount = chance.choice(("0.4", "5", "10.125", "100")), chance.randrange(30, 200)
        whole += Fraction(value) * amount / 30 * Fraction(WORTH[code, route, unit])
        told = {"amount_units": str(amount), "days_supply": 30}
        phases = ({"start": ago(5)}, {"start": ago(chance.randrange(5)), "phase": "dispensed", "status": "completed"})
        for phase in phases:
            said = order(value, None, code) | told | phase
            record.append(said | given(value, unit, route))
            again.append(said | given(value, OTHER_NAMES[unit], OTHER_NAMES[route]) | {"code": code.lower()})
    exact = Decimal(whole.numerator) / Decimal(whole.denominator)
    for sent, more in ((record, None), (record + again, True)):
        chance.shuffle(sent)
        answer = read(sent).facts.omeq_mg_per_day
        assert answer is not None
        assert (answer.value, answer.at_least) == (exact.quantize(Decimal("0.001"), ROUND_HALF_UP), more)


@pytest.mark.parametrize("seed", range(60))
def test_neither_a_higher_dose_nor_one_more_order_lowers_what_it_is_at_least(seed: int, read: Read) -> None:
    chance = random.Random(seed)

    def any_one() -> dict[str, Any]:
        made = chance.choice((order, supply))(chance.choice(("5", "10", "40")), chance.choice((None, "1", "2")))
        day = ago(chance.choice((5, 12, 20, 60)))
        when = chance.choice(({"start": day}, {"start": day}, {"start": day[:7]}, {"start": None}))
        length = chance.choice(({}, {"days_supply": None}, {"days_supply": 60}))
        return {name: told for name, told in (made | when | length).items() if told is not None}

    def least(record: list[dict[str, Any]]) -> Decimal:
        answer = read(record).facts.omeq_mg_per_day
        return Decimal(0) if answer is None or answer.value is None else answer.value

    record = [any_one() for _ in range(chance.randrange(1, 6))]
    raised = [dict(said) for said in record]
    place = chance.randrange(len(record))
    raised[place]["dose"] = record[place]["dose"] | {"value": record[place]["dose"]["value"] + ".5"}
    assert least(record) <= least(raised)
    assert least(record) <= least([*record, any_one()])
