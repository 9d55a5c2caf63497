"""Doses that may be more than they say: packs, patches worn several at a time, and supplies that no order is of."""

from __future__ import annotations

import random
from decimal import Decimal
from typing import Any

import pytest

from cds.assess import Assessor
from cds.release.frozen import RULES, Releases
from tests.records.conftest import AS_OF, STATEMENTS, Ask, Read
from tests.records.test_doses_sent_twice import ago, given, order, supply
from tests.records.test_doses_that_follow import OPIOIDS, omeq

FENTANYL, BUPRENORPHINE = "N02AB03", "N02AE01"


def handed_out(amount: str, days: int, value: str = "60", per_day: str | None = None, **said: Any) -> dict[str, Any]:
    return supply(value, per_day, **{"days_ago": 2, "days_supply": days, "amount_units": amount, **said})


def patches(code: str, strength: str, amount: str, days: int) -> dict[str, Any]:
    return handed_out(amount, days, code=code) | given(strength, "ug/h", "transdermal")


def patch(code: str, strength: str, per_day: str | None) -> dict[str, Any]:
    return order(code=code) | given(strength, "ug/h", "transdermal", per_day)


@pytest.mark.parametrize(
    ("record", "dose"),
    [
        ([handed_out("1", 28)], ("3.214", True)),
        ([handed_out("27", 28)], ("86.786", True)),
        ([handed_out("28", 28)], ("90", False)),
        ([handed_out("56", 28)], ("180", False)),
        ([handed_out("14", 28, per_day="0.5")], ("45", False)),
        ([handed_out("1", 28, per_day="2")], ("180", False)),
        ([order("60", "2"), handed_out("1", 28)], ("180", False)),
        ([order("60", "2"), handed_out("1", 28), handed_out("1", 28)], ("180", False)),
        ([order("60", "2"), handed_out("1", 28, days_ago=26), handed_out("1", 28)], ("180", False)),
        ([order("60", "2"), handed_out("1", 28, days_ago=15), handed_out("1", 28)], ("180", True)),
        ([order("60", "2"), handed_out("1", 28, value="30")], ("180", True)),
        ([order("60", None), handed_out("1", 28)], ("3.214", True)),
    ],
)
def test_less_than_one_dose_a_day_may_be_a_number_of_packs(
    record: list[dict[str, Any]], dose: tuple[str, bool], ask: Ask
) -> None:
    for sent in (record, record[::-1]):
        assert omeq(ask(sent, open_=OPIOIDS)) == dose


@pytest.mark.parametrize(
    ("record", "dose"),
    [
        ([patches(FENTANYL, "50", "5", 15)], ("120", False)),
        ([patches(FENTANYL, "50", "5", 10)], ("120", False)),
        ([patches(FENTANYL, "50", "8", 15)], ("120", True)),
        ([patches(FENTANYL, "50", "10", 15)], ("120", True)),
        ([patches(FENTANYL, "50", "1", 15)], ("120", True)),
        ([patches(BUPRENORPHINE, "20", "4", 28)], ("44.4", False)),
        ([patches(BUPRENORPHINE, "20", "4", 30)], ("44.4", False)),
        ([patches(BUPRENORPHINE, "20", "8", 28)], ("44.4", True)),
        ([patches(BUPRENORPHINE, "20", "1", 28)], ("44.4", True)),
        ([patch(FENTANYL, "25", None)], ("60", False)),
        ([patch(FENTANYL, "25", "0.333")], ("60", False)),
        ([patch(FENTANYL, "25", "0.5")], ("60", False)),
        ([patch(FENTANYL, "25", "0.667")], ("60", True)),
        ([patch(FENTANYL, "25", "2")], ("60", True)),
        ([patch(BUPRENORPHINE, "20", "0.143")], ("44.4", False)),
        ([patch(BUPRENORPHINE, "20", "0.286")], ("44.4", True)),
        ([patch(FENTANYL, "50", "0.333"), patches(FENTANYL, "50", "10", 15)], ("120", True)),
        ([patch(FENTANYL, "50", "0.333"), patches(FENTANYL, "50", "5", 15)], ("120", False)),
        ([patch(FENTANYL, "50", None), *[patches(FENTANYL, "50", "5", 15)] * 2], ("120", False)),
        ([patch(FENTANYL, "25", None), *[patches(FENTANYL, "50", "5", 15)] * 2], ("120", True)),
    ],
)
def test_more_patches_than_are_worn_one_after_another_are_several_at_a_time(
    record: list[dict[str, Any]], dose: tuple[str, bool], ask: Ask
) -> None:
    for sent in (record, record[::-1]):
        assert omeq(ask(sent, open_=OPIOIDS)) == dose


def test_a_release_that_does_not_tell_how_long_patches_are_worn_reads_them_as_it_did() -> None:
    normaliser = Assessor(Releases(RULES)["0.7.0"]).reader.normaliser
    assert normaliser is not None
    for amount, more in (("8", None), ("1", None), ("28", None), ("29", True)):
        sent = STATEMENTS.validate_python([patches(BUPRENORPHINE, "20", amount, 28)])
        answer = normaliser.normalise(sent, (), AS_OF).facts.omeq_mg_per_day
        assert answer is not None
        assert (answer.value, answer.at_least) == (Decimal("44.4"), more)


@pytest.mark.parametrize(
    ("amount", "days", "per_day", "dose"),
    [
        ("100", 10, "1", ("30", True)),
        ("10", 10, "1", ("30", False)),
        ("100", 33, "3", ("90", False)),
        ("102", 33, "3", ("90", True)),
        ("56", 28, "3", ("90", False)),
        ("4", 1, "2", ("60", True)),
    ],
)
def test_an_amount_that_lasts_longer_than_its_days_may_be_taken_oftener(
    amount: str, days: int, per_day: str, dose: tuple[str, bool], ask: Ask
) -> None:
    told = handed_out(amount, days, "30", per_day, code="N02AA01", days_ago=0)
    assert omeq(ask([told], open_=OPIOIDS)) == dose


@pytest.mark.parametrize(
    ("begun", "value", "dose"),
    [
        (ago(0), "5", ("60", True)),
        (ago(4), "5", ("60", True)),
        (ago(5), "5", ("60", False)),
        (ago(90), "5", ("60", False)),
        ("2026-10", "5", ("60", False)),
        (None, "5", ("60", True)),
        (ago(0), "20", ("120", True)),
        (ago(5), "20", ("120", False)),
    ],
)
@pytest.mark.parametrize("phase", ["dispensed", "administered"])
def test_a_supply_is_of_no_order_that_began_later(
    phase: str, begun: str | None, value: str, dose: tuple[str, bool], ask: Ask
) -> None:
    supplied = supply("20", None, days_ago=5, days_supply=30, amount_units="60", phase=phase, status="active")
    record = [supplied, order(value, "4", start=begun)]
    for sent in (record, record[::-1]):
        assessment = ask(sent, open_=OPIOIDS)
        assert omeq(assessment) == dose
        assert assessment["origins"]["omeq_mg_per_day"] == [0, 1]


def test_an_order_of_the_same_dose_or_of_a_month_before_may_be_the_one(ask: Ask) -> None:
    supplied = supply("20", "2", days_ago=5)
    assert omeq(ask([supplied, order("20", "2", start=ago(0))], open_=OPIOIDS)) == ("60", False)
    assert omeq(ask([supplied, supplied, order("20", "2", start=ago(0))], open_=OPIOIDS)) == ("60", True)
    later = [supply("20", None, days_ago=5), order("20", "2", start=ago(0))]
    assert omeq(ask(later, open_=OPIOIDS)) == ("60", True)
    month = supply("20", "2", days_ago=31, days_supply=60)
    assert omeq(ask([month, order("5", "4", start="2026-10")], open_=OPIOIDS)) == ("60", True)
    assert omeq(ask([month, order("5", "4", start="2026-09")], open_=OPIOIDS)) == ("60", False)
    before = [supplied, order("10", "2", start=ago(60)), order("10", "2", start=ago(0))]
    assert omeq(ask(before, open_=OPIOIDS)) == ("60", False)


def test_a_dose_that_may_be_more_is_no_cut(ask: Ask) -> None:
    before = order("40", "2", start=ago(200), end=ago(30), status="completed")
    for now, cut in ((handed_out("56", 28, "20"), True), (handed_out("2", 28, "20"), False)):
        assert ("opioid_dose_reduced" in ask([before, now], open_=OPIOIDS)["facts"]) is cut


@pytest.mark.parametrize("seed", range(60))
def test_neither_more_of_it_nor_one_more_supply_lowers_what_it_is_at_least(seed: int, read: Read) -> None:
    """Supplies by amount and days, some with times a day that the amount contradicts, beside orders and patches."""
    chance = random.Random(seed)

    def any_one() -> dict[str, Any]:
        kind, day = chance.randrange(3), chance.choice((0, 5, 20))
        if kind == 0:
            return order(chance.choice(("20", "60")), chance.choice((None, "1", "2")), start=ago(day))
        amount, days = chance.choice(("1", "10", "27", "28", "90")), chance.choice((10, 28, 30))
        made = handed_out(amount, days, chance.choice(("20", "60")), chance.choice((None, "1", "3")), days_ago=day % 10)
        return made if kind == 1 else made | {"code": FENTANYL} | given("50", "ug/h", "transdermal")

    def least(record: list[dict[str, Any]]) -> Decimal:
        answer = read(record).facts.omeq_mg_per_day
        return Decimal(0) if answer is None or answer.value is None else answer.value

    record = [any_one() for _ in range(chance.randrange(1, 6))]
    place = chance.randrange(len(record))
    stronger, more = [dict(said) for said in record], [dict(said) for said in record]
    stronger[place]["dose"] = record[place]["dose"] | {"value": record[place]["dose"]["value"] + ".5"}
    if "amount_units" in record[place]:
        more[place]["amount_units"] += ".5"
    assert least(record) <= min(least(stronger), least(more), least([*record, any_one()]))
