"""A list that the person gave beside the list of a record: what one has and the other says it would have."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.records.test_assessing_records import ask, shown

PRISON = {"kind": "encounter", "class": "prison", "start": "2026-07-01", "end": "2026-11-15"}
HEROIN = {"kind": "condition", "system": "ICD-10", "code": "T40.1", "onset": "2026-10-28"}


def overdose(date: str) -> dict[str, str]:
    return {"date": date, "substance": "opioid"}


def prison(date: str) -> dict[str, str]:
    return {"kind": "prison", "date": date}


def joined(caller: TestClient, fact: str, sent: dict[str, Any], record: dict[str, Any], *complete: str) -> Any:
    return ask(caller, record, facts={fact: {"state": "yes"} | sent}, complete=list(complete))


@pytest.mark.parametrize(
    ("fact", "item", "record", "derived"),
    [
        ("transitions", prison("2026-06-10"), PRISON, "2026-11-15"),
        ("overdoses", overdose("2024-01-10"), HEROIN, "2026-10-28"),
        ("overdoses", overdose("2026-10-30"), HEROIN, "2026-10-28"),
        ("overdoses", {"within_days": 14, "substance": "opioid"}, HEROIN, "2026-10-28"),
    ],
)
def test_a_whole_list_that_lacks_what_the_record_holds_is_neither_whole_nor_at_one_with_it(
    fact: str, item: dict[str, str], record: dict[str, Any], derived: str, caller: TestClient
) -> None:
    for whole in ({"complete": True}, {}):
        assessment = joined(caller, fact, {"items": [item]} | whole, record)
        used = assessment["facts"][fact]
        assert len(used["items"]) == 2
        assert used["complete"] is False
        (conflict,) = assessment["conflicts"]
        assert (conflict["fact"], conflict["derived"], conflict["statements"]) == (fact, derived, [0])
        assert conflict["sent"] == item.get("date", "yes")
        assert shown(assessment, fact) == {"conflicting"}


@pytest.mark.parametrize(
    ("fact", "items", "record"),
    [
        ("overdoses", [overdose("2026-10-28"), overdose("2024-01-10")], HEROIN),
        ("overdoses", [overdose("2024-01-10")], HEROIN),
        ("transitions", [prison("2026-11-15"), {"kind": "detox", "date": "2026-09-01"}], PRISON),
    ],
)
def test_a_whole_record_that_lacks_what_the_person_told_is_not_whole(
    fact: str, items: list[dict[str, str]], record: dict[str, Any], caller: TestClient
) -> None:
    for complete in (True, False):
        assessment = joined(caller, fact, {"items": items, "complete": complete}, record, fact)
        assert assessment["facts"][fact]["complete"] is False
        assert [line["fact"] for line in assessment["conflicts"]] == [fact]


@pytest.mark.parametrize(
    ("fact", "sent", "record", "complete"),
    [
        ("overdoses", {"items": [overdose("2026-10-28")]}, HEROIN, ()),
        ("overdoses", {"items": [overdose("2026-10-28")]}, HEROIN, ("overdoses",)),
        ("overdoses", {"items": [overdose("2026-10-27")]}, HEROIN, ("overdoses",)),
        ("overdoses", {"items": [overdose("2026-10")]}, HEROIN, ()),
        ("overdoses", {"items": [{"within_days": 30}]}, HEROIN, ()),
        ("transitions", {"items": [prison("2026-11-14")]}, PRISON, ("transitions",)),
        ("transitions", {"items": [prison("2026-11")]}, PRISON, ()),
        ("transitions", {"items": [{"kind": "prison"}]}, PRISON, ()),
        ("transitions", {"items": [prison("2026-11-15"), {"kind": "own_pause"}]}, PRISON, ("transitions",)),
    ],
)
def test_one_event_in_both_lists_leaves_the_list_whole(
    fact: str, sent: dict[str, Any], record: dict[str, Any], complete: tuple[str, ...], caller: TestClient
) -> None:
    assessment = joined(caller, fact, sent | {"complete": True}, record, *complete)
    assert assessment["facts"][fact]["complete"] is True
    assert "conflicts" not in assessment


def test_a_list_that_is_not_whole_may_lack_anything(caller: TestClient) -> None:
    assessment = joined(caller, "overdoses", {"items": [overdose("2024-01-10")], "complete": False}, HEROIN)
    assert "conflicts" not in assessment


def test_what_happened_after_the_person_was_asked_is_no_conflict_and_yet_not_in_the_list(caller: TestClient) -> None:
    sent = {"items": [overdose("2024-01-10")], "complete": True, "asked_on": "2026-10-01"}
    assessment = joined(caller, "overdoses", sent, HEROIN)
    assert assessment["facts"]["overdoses"]["complete"] is False
    assert "conflicts" not in assessment


def test_a_stay_from_before_the_half_year_that_is_asked_for_is_no_conflict(caller: TestClient) -> None:
    assessment = joined(
        caller,
        "transitions",
        {"items": [{"kind": "detox", "date": "2026-10-10"}], "complete": True},
        PRISON | {"start": "2025-07-01", "end": "2026-02-01"},
    )
    assert assessment["facts"]["transitions"]["complete"] is True
    assert "conflicts" not in assessment


@pytest.mark.parametrize("first", [0, 1])
def test_the_order_in_which_somebody_tells_of_events_is_irrelevant(first: int, caller: TestClient) -> None:
    """The narrower of two that may be one event is taken for it, and leaves the wider for another."""
    told = [{"within_days": 365, "substance": "opioid"}, overdose("2026-05")]
    record = [HEROIN | {"onset": "2026-05-01"}, HEROIN | {"onset": "2026-03-01"}]
    sent = {"overdoses": {"state": "yes", "items": [told[first], told[1 - first]], "complete": True}}
    assessment = ask(caller, *record, facts=sent)
    assert "conflicts" not in assessment
    assert assessment["facts"]["overdoses"].get("complete", True) is True
