"""Whole conversations: complete, in three languages, and answerable as facts of an assessment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cds.facts import FACT_NAMES
from tests import advice_release

SETS = [one.id for one in advice_release.advice().question_sets]
URL = "/v1/question-sets"


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(advice_release.service(tmp_path_factory.mktemp("rules"))) as client:
        yield client


def read(caller: TestClient, name: str) -> dict[str, Any]:
    """One set."""
    answer = caller.get(f"{URL}/{name}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()["question_set"]
    return found


def to_fill(one: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The facts that a set's answers fill, by name."""
    return {fact["name"]: fact for question in one["questions"] for fact in question["fills"]}


def yes(fact: dict[str, Any]) -> Any:
    """The fact answered yes, knowing nothing but what the set says of it."""
    details: dict[str, Any] = {
        "answer": {},
        "dated": {"date": "2026-10"},
        "number": {"value": "2"},
        "choice": {"value": next(iter(fact["values"]), None)},
        "list": {"items": [{field: next(iter(of["values"])) for field, of in fact["items"].items() if of["values"]}]},
    }[fact["shape"]]
    return {"state": "yes"} | details


def test_both_conversations_are_listed_whole(caller: TestClient) -> None:
    body = caller.get(URL).json()
    assert [one["id"] for one in body["question_sets"]] == SETS == ["prevention-talk", "nutrition-mapping"]
    assert body["question_sets"] == [read(caller, name) for name in SETS]
    assert body["release"] == advice_release.WITH
    assert body["digest"].startswith("sha256:")


@pytest.mark.parametrize("name", SETS)
def test_a_conversation_has_its_beginning_interval_duty_to_write_and_sources(caller: TestClient, name: str) -> None:
    body = caller.get(f"{URL}/{name}").json()
    one = body["question_set"]
    assert one["cadence"]["days"] > 0
    assert one["questions"]
    assert {line["source"] for line in one["evidence"]} == body["sources"].keys()
    assert all(question["statements"] for question in one["questions"])


@pytest.mark.parametrize("name", SETS)
def test_every_text_stands_in_three_languages(caller: TestClient, name: str) -> None:
    one = read(caller, name)
    texts = [one["title"], one["intro"], one["cadence"]["text"], one["documentation"]]
    texts += [question["text"] for question in one["questions"]]
    texts += [fact["question"] for fact in to_fill(one).values()]
    for text in texts:
        assert set(text) == {"nb", "nn", "en"}
        assert len({text["nb"], text["en"]}) == 2
    assert len({one["intro"][language] for language in ("nb", "nn", "en")}) == 3


@pytest.mark.parametrize("name", SETS)
def test_the_facts_named_are_described_as_in_the_vocabulary(caller: TestClient, name: str) -> None:
    vocabulary = {fact["name"]: fact for fact in caller.get("/v1/facts").json()["facts"]}
    for fact in to_fill(read(caller, name)).values():
        assert fact["name"] in FACT_NAMES
        assert all(vocabulary[fact["name"]][part] == fact[part] for part in fact)


@pytest.mark.parametrize("name", SETS)
@pytest.mark.parametrize("how", ["yes", "no", "refused"])
def test_the_answers_to_a_conversation_can_be_assessed(caller: TestClient, name: str, how: str) -> None:
    facts = {fact: yes(of) if how == "yes" else how for fact, of in to_fill(read(caller, name)).items()}
    if how == "no":
        facts.pop("agonist_medicine", None)  # which medicine it is cannot be answered with no
    for fact, state in facts.items():
        answer = caller.post("/v1/assessments", json={"as_of": "2026-11-20", "facts": {fact: state}})
        assert answer.status_code == 200, (fact, answer.text)
    if how != "yes":  # some yes exclude each other: no treatment was both started and never given
        answer = caller.post("/v1/assessments", json={"as_of": "2026-11-20", "facts": facts})
        assert answer.status_code == 200, answer.text


def test_every_question_with_an_answer_of_its_own_fills_a_fact(caller: TestClient) -> None:
    for name in SETS:
        assert all(question["fills"] for question in read(caller, name)["questions"] if not question["open"])


def test_a_conversation_that_is_not_there_is_answered_with_a_problem(caller: TestClient) -> None:
    answer = caller.get(f"{URL}/Kari-Nordmann-was-here")
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:cds-overdose:problem:unknown-question-set")
    assert "Kari" not in answer.text


@pytest.mark.parametrize("url", [URL, f"{URL}/prevention-talk"])
def test_a_release_without_conversations_is_answered_with_a_problem(caller: TestClient, url: str) -> None:
    answer = caller.get(url, params={"release": advice_release.WITHOUT})
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:cds-overdose:problem:not-in-release")
