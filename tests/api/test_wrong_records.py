"""What is wrong with a request that holds a record: all of it is told, and only fields that exist there are named."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

OXYCODONE = {"kind": "medication", "system": "ATC", "code": "N02AA05"}
DETOX = {"kind": "encounter", "class": "detox"}
AHEAD = {"phase": "dispensed", "start": "2026-11-21"}


def wrong(caller: TestClient, **body: Any) -> list[tuple[str, str]]:
    """What is said of a request that cannot be assessed: path and reason of each."""
    answer = caller.post("/v1/assessments", json={"as_of": "2026-11-20", **body})
    assert answer.status_code == 422
    return [(error["path"], error["reason"]) for error in answer.json()["errors"]]


def test_every_date_ahead_and_every_name_that_cannot_be_complete_is_told_at_once(caller: TestClient) -> None:
    said = [OXYCODONE | AHEAD, OXYCODONE, {**DETOX, "status": "finished", "start": "2026-12", "end": "2027"}]
    facts = {"alcohol": {"state": "yes", "asked_on": "2026-11-21"}, "age": {"state": "yes", "value": "131"}}
    found = wrong(caller, facts=facts, statements=said, complete=["opioid_use_now", "overdoses", "medications"])
    assert [path for path, _ in found] == [
        "/facts/alcohol/asked_on",
        "/facts/age/value",
        "/statements/0/start",
        "/statements/2/start",
        "/statements/2/end",
        "/complete/0",
        "/complete/2",
    ]


def test_every_contradiction_among_the_facts_is_told_at_once(caller: TestClient) -> None:
    facts = {"opioid_use_ever": "no", "opioid_use_now": "yes", "prescribed_opioid": "yes", "alcohol": "not_applicable"}
    assert {path for path, _ in wrong(caller, facts=facts)} == {
        "/facts/alcohol/state",
        "/facts/opioid_use_now",
        "/facts/prescribed_opioid",
    }


def test_an_age_that_the_record_lacks_is_told_beside_a_name_that_is_no_fact_of_records(caller: TestClient) -> None:
    assert [path for path, _ in wrong(caller, complete=["age", "medications"])] == ["/complete/1", "/complete/0"]


def test_more_than_fifty_things_wrong_are_cut_short(caller: TestClient) -> None:
    assert len(wrong(caller, statements=[OXYCODONE | AHEAD] * 60)) == 50


@pytest.mark.parametrize(
    ("body", "path", "reason"),
    [
        ({"statement": []}, "/?", "no such field; there is statements"),
        ({"alcohol": "yes"}, "/?", "no such field here; it stands in facts"),
        ({"facts": {"alcohl": "yes"}}, "/facts/?", "no such field; there is alcohol"),
        ({"statements": [OXYCODONE | {"route": "oral"}]}, "/statements/0/?", "no such field here; it stands in dose"),
        ({"statements": [OXYCODONE | {"dayssupply": 3}]}, "/statements/0/?", "no such field; there is days_supply"),
        ({"statements": [DETOX | {"substances": "opioids"}]}, "/statements/0/?", "no such field; there is substance"),
        ({"statements": [OXYCODONE | {"substance": "opioids"}]}, "/statements/0/?", "no such field"),
        ({"statements": [DETOX | {"klass": "detox"}]}, "/statements/0/?", "no such field; there is class"),
        (
            {"statements": [OXYCODONE | {"dose": {"value": "1", "unit": "mg", "days_supply": 3}}]},
            "/statements/0/dose/?",
            "no such field",
        ),
        (
            {"facts": {"overdoses": {"state": "yes", "items": [{"intend": "accident"}]}}},
            "/facts/overdoses/items/0/?",
            "no such field; there is intent",
        ),
    ],
)
def test_of_fields_that_look_alike_only_those_that_may_stand_there_are_named(
    caller: TestClient, body: dict[str, Any], path: str, reason: str
) -> None:
    assert wrong(caller, **body) == [(path, reason)]


def test_what_may_stand_in_complete_can_be_found_out_and_the_error_says_where(caller: TestClient) -> None:
    facts = {fact["name"]: fact["read_from_records"] for fact in caller.get("/v1/facts").json()["facts"]}
    read = [name for name, from_records in facts.items() if from_records]
    assert {"overdoses", "omeq_mg_per_day", "benzodiazepine"} <= set(read)
    refused = wrong(caller, complete=list(facts))
    others = {place for place, name in enumerate(facts) if name not in read}
    assert {path for path, _ in refused} == {f"/complete/{place}" for place in others} | {
        f"/complete/{list(facts).index('age')}"
    }
    assert any("/v1/facts" in reason and "read_from_records" in reason for _, reason in refused)
