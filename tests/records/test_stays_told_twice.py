"""Admission and discharge of one stay, sent as two statements: nobody is in and out of it at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from cds.dates import Interval
from tests.records.conftest import AS_OF, Read

PRISON = {"kind": "encounter", "class": "prison"}
ADMITTED = PRISON | {"start": "2026-03-01"}
RELEASED = ADMITTED | {"end": "2026-11-15"}


@pytest.mark.parametrize("admitted", [{}, {"status": "in_progress"}, {"end": "2026-12-24"}, {"start": "2026-03"}])
@pytest.mark.parametrize("released", [{}, {"start": "2026-03"}, {"start": "2026"}, {"start": None}])
@pytest.mark.parametrize(("kind", "fact"), [("prison", "in_prison_now"), ("detox", "in_institution_now")])
def test_a_stay_that_has_ended_may_be_the_one_that_goes_on(
    admitted: dict[str, Any], released: dict[str, Any], kind: str, fact: str, read: Read
) -> None:
    going_on, over = ADMITTED | admitted | {"class": kind}, RELEASED | released | {"class": kind}
    for place, record in enumerate(([going_on, over], [over, going_on])):
        made = read(record, fact, "planned_exit")
        assert made.facts.transitions is not None
        assert [item.date for item in made.facts.transitions.items] == [Interval.parse("2026-11-15")]
        assert getattr(made.facts, fact) is None
        assert made.facts.planned_exit is None
        assert [(line.statement, line.reason) for line in made.not_used] == [(place, "date_unclear")]


@pytest.mark.parametrize(
    "other",
    [
        {"start": "2026-03-02"},
        {"start": "2026-02"},
        {"class": "hospital"},
        {"status": "planned"},
        {"status": "cancelled"},
        {"start": None, "end": "2026-02-27"},
    ],
)
def test_another_stay_leaves_one_that_goes_on_sure(other: dict[str, Any], read: Read) -> None:
    record = [ADMITTED, RELEASED | {"end": "2026-05-01"} | other]
    made = read(record)
    assert made.facts.in_prison_now is not None
    assert made.origins["in_prison_now"] == (0,)


def test_a_stay_without_a_start_is_told_of_as_it_is_now(read: Read) -> None:
    assert read([PRISON | {"status": "in_progress"}, RELEASED]).facts.in_prison_now is not None


def test_thousands_of_stays_are_compared_in_no_time(read: Read) -> None:
    days = [(AS_OF - timedelta(place)).isoformat() for place in range(4000)]
    record = [PRISON | {"start": day} for day in days] + [PRISON | {"start": day, "end": day} for day in days]
    assert read(record).facts.in_prison_now is None
