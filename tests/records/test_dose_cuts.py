"""A cut in the dose of opioids: what hides it, what makes none, and what another entry cannot change."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.records.conftest import AS_OF, Ask, Read
from tests.records.test_doses_sent_twice import ago, order, supply
from tests.records.test_doses_that_follow import OPIOIDS

TRAMADOL = "N02AX02"
OXYCODONE, MORPHINE = "N02AA05", "N02AA01"


def over(value: str, start: str, end: str, **said: Any) -> dict[str, Any]:
    return order(value, **{"per_day": "2", "start": start, "end": end, "status": "completed", **said})


def undosed(**said: Any) -> dict[str, Any]:
    return {name: told for name, told in order(code=TRAMADOL, **said).items() if name != "dose"}


BEFORE, NOW = over("40", ago(200), ago(30)), order("20", "2", start=ago(30))
CUT = [BEFORE, NOW]
STEADY = [over("20", ago(200), ago(30)), NOW]
SUPPLIES = [supply("20", "2", 28 * ago_) for ago_ in range(4)]


def reduced(ask: Ask, record: list[dict[str, Any]]) -> str | None:
    """The day of the cut; the same in whatever order the record is sent, and never a no."""
    told = []
    for sent in (record, record[::-1]):
        known = ask(sent, open_=OPIOIDS)["facts"].get("opioid_dose_reduced", {})
        assert known.get("state") in (None, "yes")
        told.append(known.get("date"))
    assert told[0] == told[1]
    return told[0]


@pytest.mark.parametrize(
    "more",
    [
        undosed(start="2019", end="2020", status="completed"),
        supply("50", "1", code=TRAMADOL, start="2019", days_supply=10),
        order(start="2019", end="2020", status="stopped"),
        order(start="2019", status="stopped"),
        order(start="2019", status="completed"),
        undosed(start=ago(85), end=ago(80), status="completed"),
        undosed(start=ago(60), end=ago(10), status="completed"),
        order("5", "2", start="2026-09", end="2026-10", status="completed"),
        undosed(status="stopped"),
        BEFORE,
        BEFORE | {"status": "active"},
        NOW,
        NOW | {"code": "n02aa05"},
        order("5", "1", TRAMADOL, start=None),
    ],
)
def test_a_certain_cut_stays_one_whatever_else_was_taken_before(more: dict[str, Any], ask: Ask) -> None:
    assert reduced(ask, [*CUT, more]) == ago(30)


@pytest.mark.parametrize(
    "more",
    [
        undosed(start=ago(300)),
        undosed(start=ago(3)),
        undosed(start=None),
        undosed(start=ago(20), status="completed"),
        order("40", "2", start="2026-11"),
        order("40", "2", start=None),
        order("40", "2", start=ago(20), status="completed"),
        supply("40", "2", start=None),
        supply("20", None, 5),
    ],
)
def test_what_may_be_taken_today_leaves_a_cut_open(more: dict[str, Any], ask: Ask) -> None:
    assert reduced(ask, [*CUT, more]) is None


def test_a_dose_of_today_whose_first_day_is_unclear_is_a_cut_by_the_last_day_it_may_have_begun(ask: Ask) -> None:
    assert reduced(ask, [BEFORE, NOW | {"start": "2026-10"}]) == "2026-10-31"
    assert reduced(ask, [BEFORE, order("20", "2", start=None)]) == ago(0)


@pytest.mark.parametrize(
    "steady",
    [
        STEADY,
        [*STEADY, STEADY[0]],
        [*STEADY, STEADY[0] | {"system": "http://www.whocc.no/atc"}],
        [*STEADY, order("20", "2", start=ago(200))],
        *([*SUPPLIES, one] for one in SUPPLIES),
        [over("30", ago(200), ago(20), code=MORPHINE), order("20", "2", start=ago(21))],
        [over("30", ago(200), ago(20), code=MORPHINE), order("20", "2", start=ago(33))],
        [over("10", ago(200), ago(30)), supply("20", None, 31, code=MORPHINE), order("10", "2", start=ago(30))],
    ],
)
def test_what_stayed_the_same_was_not_cut(steady: list[dict[str, Any]], ask: Ask) -> None:
    assert reduced(ask, steady) is None


def test_a_change_of_medicine_to_less_is_a_cut(ask: Ask) -> None:
    assert reduced(ask, [over("100", ago(200), ago(20), code=MORPHINE), order("20", "2", start=ago(21))]) == ago(19)


def test_a_route_of_its_own_is_a_medicine_of_its_own(ask: Ask) -> None:
    patch = order(
        per_day=None, code="N02AB03", start=ago(200), dose={"value": "25", "unit": "ug/h", "route": "transdermal"}
    )
    spray = {"value": "100", "unit": "ug", "route": "nasal", "per_day": "4"}
    until = {"phase": "dispensed", "status": "completed", "end": ago(30)}
    assert reduced(ask, [patch, patch | {"start": ago(100), "dose": spray} | until]) == ago(29)


@pytest.mark.parametrize("seed", range(60))
def test_courses_that_never_share_a_day_are_cut_where_the_day_by_day_dose_fell(seed: int, read: Read) -> None:
    """One order at a time, each of another strength or medicine; the dose of each day is written down beside it."""
    chance = random.Random(seed)
    worth = {OXYCODONE: Decimal("1.5"), MORPHINE: Decimal(1), TRAMADOL: Decimal("0.15")}
    doses: dict[int, Decimal] = {}
    record, begun = [], 240
    while begun > 0:
        until = max(0, begun - chance.randrange(15, 80))
        code, value = chance.choice(sorted(worth)), chance.choice((10, 20, 40, 100))
        doses |= dict.fromkeys(range(begun, until, -1), value * worth[code])
        end = {} if until == 0 else {"end": ago(until), "status": "completed"}
        record.append(order(str(value), "1", code, start=ago(begun)) | end)
        begun = until
    doses[0] = doses[1]
    within = {day: dose for day, dose in doses.items() if day <= 91}
    allowed = max(within.values()) * Decimal("0.85")
    answer = read(record).facts.opioid_dose_reduced
    assert (answer is not None) is (doses[0] <= allowed), record
    if answer is not None:
        falls = [day for day in range(91) if within[day] <= allowed < within[day + 1]]
        assert answer.date is not None
        assert answer.date.text == (AS_OF - timedelta(min(falls))).isoformat()
