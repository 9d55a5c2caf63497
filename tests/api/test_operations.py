"""What those who run the service see of it, and what they must never see of a person."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, NoReturn

import pytest
import structlog
from fastapi.testclient import TestClient
from prometheus_client.parser import text_string_to_metric_families

from cds import __version__
from cds.assess import Assessor
from cds.engine import durable
from cds.errors import EngineDisagreement, EngineFailure
from cds.release.frozen import Releases
from cds.settings import InsecureSettings, Settings
from tests.frozen import FIRST_DAY, IN_FORCE, NEXT, NEXT_DAY, service_over

SENTINEL = "Zq7-ola-nordmann"
PERSON = {
    "as_of": "2026-10-19",
    "municipality": "4601",
    "facts": {"omeq_mg_per_day": {"state": "yes", "value": "73.125"}, "benzodiazepine": "refused"},
}
VALUES = ("73.125", "4601", "2026-10-19", "refused", "benzodiazepine", "omeq")


def metrics(client: TestClient, name: str, path: str = "/internal/metrics") -> dict[tuple[str, ...], float]:
    """The samples of one metric, by their labels' values."""
    text = client.get(path).text
    return {
        tuple(sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
        if sample.name == name
    }


def problem_of(client: TestClient, status: int) -> dict[str, Any]:
    """The problem a good request is answered with."""
    answer = client.post("/v1/assessments", json=PERSON)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    problem: dict[str, Any] = answer.json()
    return problem


def test_the_service_says_that_it_is_alive_and_ready(caller: TestClient) -> None:
    assert [caller.get(f"/internal/{name}").text for name in ("isalive", "isready")] == ["alive", "ready"]


def test_requests_are_counted_by_route_and_assessments_by_level(fresh: TestClient) -> None:
    for body in ({}, {"facts": {"overdose_now": "yes"}}, {"facts": {"overdose_now": SENTINEL}}, PERSON):
        fresh.post("/v1/assessments", json=body)
    fresh.get(f"/{SENTINEL}?name={SENTINEL}")
    fresh.get(f"/v1/facts?release={SENTINEL}")
    requests = metrics(fresh, "cds_requests_total")
    assert requests["/v1/assessments", "200"] == 3
    assert requests["/v1/assessments", "422"] == 1
    assert requests["unknown", "404"] == 1
    assert requests["/v1/facts", "404"] == 1
    assert metrics(fresh, "cds_assessments_total") == {(): 3}
    assert metrics(fresh, "cds_assessment_seconds_count", "/internal/metrics/times") == {(): 3}
    text = fresh.get("/internal/metrics").text + fresh.get("/internal/metrics/times").text
    named = [line.rpartition(" ")[0] if not line.startswith("#") else line for line in text.splitlines()]
    assert not [value for value in (SENTINEL, *VALUES) if value in "\n".join(named)]
    numbers = [float(line.rpartition(" ")[2]) for line in text.splitlines() if not line.startswith("#")]
    assert not {4601, 73.125} & set(numbers), "whole numbers: digits of a time turn up by chance"


def test_health_names_release_and_evaluators(caller: TestClient) -> None:
    health = caller.get("/health").json()
    assert (health["service"], health["release"], health["environment"]) == (__version__, IN_FORCE, "development")
    assert health["digest"].startswith("sha256:")
    assert health["engines"][-1] == "compiled"
    if durable.available():
        assert (health["status"], health["warnings"], len(health["engines"])) == ("ok", [], 2)


def test_one_evaluator_alone_is_told_wherever_it_answers(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "_engine", None)
    client = TestClient(service_over(rules))
    health = client.get("/health").json()
    assert (health["status"], health["engines"]) == ("degraded", ["compiled"])
    (warning,) = health["warnings"]
    assert "durable-rules" in warning
    assessment = client.post("/v1/assessments", json=PERSON).json()["assessment"]
    assert assessment["provenance"]["engines"] == ["compiled"]
    with pytest.raises(InsecureSettings, match="one evaluator"):
        Settings(environment="production").refuse_if_insecure()


def test_every_fact_can_be_asked_for_in_three_languages(caller: TestClient) -> None:
    vocabulary = caller.get("/v1/facts").json()
    assert vocabulary["release"] == IN_FORCE
    assert len(vocabulary["facts"]) > 70
    for fact in vocabulary["facts"]:
        for text in ("label", "question", "why"):
            assert fact[text].keys() == {"nb", "nn", "en"}
            assert all(fact[text].values())
        assert {"yes", "unknown", "refused"} <= set(fact["states"])
        assert ("no" in fact["states"]) == (fact["name"] not in ("role", "age"))
    names = {fact["name"] for fact in vocabulary["facts"]}
    assert len(names) == len(vocabulary["facts"])
    assert set(vocabulary["minimum_set_for_low"]) <= names


def test_the_facts_that_are_told_can_be_sent(caller: TestClient) -> None:
    for fact in caller.get("/v1/facts").json()["facts"]:
        for state in set(fact["states"]) - {"yes"}:
            answer = caller.post("/v1/assessments", json={"facts": {fact["name"]: state}})
            assert answer.status_code == 200, (fact["name"], state, answer.text)


def test_the_facts_of_a_release_that_is_named(caller: TestClient) -> None:
    assert caller.get(f"/v1/facts?release={NEXT}").json()["release"] == NEXT
    assert caller.get("/v1/facts?release=9.9.9").status_code == 404


def test_exactly_one_release_is_in_force(caller: TestClient) -> None:
    lines = caller.get("/v1/releases").json()["releases"]
    assert [(line["version"], line["in_force_from"], line["in_force"]) for line in lines] == [
        (IN_FORCE, FIRST_DAY.isoformat(), True),
        (NEXT, NEXT_DAY.isoformat(), False),
    ]


def test_the_next_release_takes_over_on_its_day(rules: Path) -> None:
    client = TestClient(service_over(rules, today=NEXT_DAY))
    assert [line["in_force"] for line in client.get("/v1/releases").json()["releases"]] == [False, True]
    assert client.post("/v1/assessments", json={}).json()["assessment"]["provenance"]["release"] == NEXT


ANY_PATH = [
    "/v1/facts",
    "/v1/releases",
    "/health",
    "/openapi.json",
    "/internal/isalive",
    "/internal/metrics",
    "/nowhere",
]


@pytest.mark.parametrize("path", ANY_PATH)
def test_no_answer_is_kept_unasked_or_guessed_at(caller: TestClient, path: str) -> None:
    answer = caller.get(path)
    rules_alone = path in ("/v1/facts", "/v1/releases")
    assert answer.headers["cache-control"] == ("private, no-cache" if rules_alone else "no-store")
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/v1", f"/{SENTINEL}", f"/v1/assessments/{SENTINEL}", f"/nowhere?name={SENTINEL}"])
def test_where_there_is_nothing_a_problem_says_so(caller: TestClient, path: str) -> None:
    answer = caller.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
    assert answer.json()["type"].endswith(":not-found")
    assert SENTINEL not in answer.text + repr(answer.headers)


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [("GET", "/v1/assessments", "POST"), ("DELETE", "/v1/facts", "GET"), ("PUT", "/health", "GET")],
)
def test_a_method_that_is_not_there_is_a_problem(caller: TestClient, method: str, path: str, allowed: str) -> None:
    answer = caller.request(method, path)
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")
    assert answer.json()["type"].endswith(":method-not-allowed")
    assert answer.headers["allow"] == allowed


def fail_with(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    """Let every assessment fail."""

    def failing(*_: object, **__: object) -> NoReturn:
        raise error

    monkeypatch.setattr(Assessor, "assess", failing)


def test_an_error_nobody_expected_gives_no_answer_and_no_message(
    fresh: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, RuntimeError(SENTINEL))
    with structlog.testing.capture_logs() as lines:
        problem = problem_of(fresh, 500)
    assert problem["type"].endswith(":unexpected-error")
    assert SENTINEL not in json.dumps(problem) + repr(lines)
    assert any(line["event"] == "unexpected_error" and line["kind"] == "RuntimeError" for line in lines)


def test_an_error_nobody_expected_is_counted_and_may_not_be_kept(
    fresh: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    fail_with(monkeypatch, RuntimeError(SENTINEL))
    answer = fresh.post("/v1/assessments", json=PERSON)
    assert metrics(fresh, "cds_requests_total").get(("/v1/assessments", "500")) == 1
    assert answer.headers.get("cache-control") == "no-store"


def test_no_error_reaches_the_server_which_would_log_its_message(
    caller: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where an error leaves the application, uvicorn writes it to its log with its message and all it quotes."""
    fail_with(monkeypatch, RuntimeError(SENTINEL))
    assert caller.post("/v1/assessments", json=PERSON).status_code == 500


@pytest.mark.parametrize(
    ("error", "name"),
    [
        (EngineDisagreement(["injecting/day-0-30"]), "evaluators-disagree"),
        (EngineFailure("durable-rules failed"), "engine-failure"),
    ],
)
def test_evaluators_that_fail_or_differ_give_no_answer(
    fresh: TestClient, monkeypatch: pytest.MonkeyPatch, error: Exception, name: str
) -> None:
    fail_with(monkeypatch, error)
    problem = problem_of(fresh, 500)
    assert problem["type"].endswith(f":{name}")
    assert "assessment" not in problem
    assert metrics(fresh, "cds_assessments_total") == {(): 0}


def test_logs_tell_the_route_and_nothing_about_the_person(caller: TestClient) -> None:
    with structlog.testing.capture_logs() as lines:
        assert caller.post(f"/v1/assessments?name={SENTINEL}", json=PERSON).status_code == 200
        caller.get(f"/{SENTINEL}?name={SENTINEL}", headers={"User-Agent": SENTINEL})
    assert [(line["route"], line["status"]) for line in lines] == [("/v1/assessments", 200), ("unknown", 404)]
    allowed = {"event", "log_level", "method", "route", "status", "ms", "client"}
    assert {key for line in lines for key in line} == allowed
    assert lines[0]["client"] == "development"
    told = repr([{**line, "ms": "some"} for line in lines])
    assert not [value for value in (SENTINEL, *VALUES) if value in told]


def test_without_a_release_in_force_the_service_does_not_start(rules: Path) -> None:
    with pytest.raises(LookupError, match="no release was in force"):
        service_over(rules, today=FIRST_DAY.replace(year=2000))
    assert {release.version for release in Releases(rules)} == {IN_FORCE, NEXT}
