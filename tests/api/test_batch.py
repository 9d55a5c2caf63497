"""POST /v1/assessments/batch: every line answered in its place, and counts that add up."""

from __future__ import annotations

import json
import time
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient

from cds.api import batch
from cds.api.service import seconds_now
from cds.assess import Assessor
from cds.audit.ledger import Ledger
from cds.audit.rows import Entry
from cds.audit.store import LedgerUnavailable
from cds.auth.development import issuing_key, token
from cds.auth.profiles import Profile
from cds.auth.quotas import WINDOW
from cds.errors import EngineFailure
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.frozen import NEXT, TODAY
from tests.synthetic import ORDINARY

PATIENTS = Path(__file__).parents[1] / "patients"
Lines = list[dict[str, Any]]
Post = Callable[..., Any]


@pytest.fixture(scope="session")
def analyst(releases: Releases, tmp_path_factory: pytest.TempPathFactory) -> TestClient:
    """An analyst, and a service that takes lines of 5 kB and 2,000 of them."""
    state = tmp_path_factory.mktemp("var")
    settings = Settings(
        host="127.0.0.1", state=state, max_body_bytes=5_000, max_batch_bytes=500_000, max_batch_lines=100
    )
    app = create_app(settings, releases, lambda: TODAY)
    bearer = token(Profile.ANALYST, issuing_key(state), int(seconds_now()))
    return TestClient(app, headers={"Authorization": f"Bearer {bearer}"}, raise_server_exceptions=False)


def sent(analyst: TestClient, *lines: object) -> Lines:
    """The lines of the answer to these lines."""
    body = b"\n".join(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)
    answer = analyst.post("/v1/assessments/batch", content=body, headers={"Content-Type": "application/x-ndjson"})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/x-ndjson"
    return [json.loads(line) for line in answer.text.splitlines()]


def test_each_person_gets_the_answer_alone_would_have_brought(analyst: TestClient, caller: TestClient) -> None:
    people = [
        json.loads((folder / "request.json").read_bytes()) for folder in sorted(PATIENTS.iterdir()) if folder.is_dir()
    ]
    *lines, last = sent(analyst, *people)
    assert [line["line"] for line in lines] == list(range(1, len(people) + 1))
    for person, line in zip(people[::5], lines[::5], strict=True):
        alone = caller.post("/v1/assessments", json=person).json()
        assert line.pop("receipt").keys() == alone.pop("receipt").keys() == {"jws", "nonce"}
        assert {"line": line["line"]} | alone == line
    assert (last["persons"], last["assessed"], last["failed"]) == (len(people), len(people), 0)
    assert sum(last["levels"].values()) == len(people)
    assert last["levels"]["acute"] == sum(line["assessment"]["level"] == "acute" for line in lines)


def test_the_preferred_language_counts_where_a_line_names_none(analyst: TestClient) -> None:
    lines = b'{}\n{"language": "en"}\n[]\n'
    answer = analyst.post("/v1/assessments/batch", content=lines, headers={"Accept-Language": "nn, en;q=0.5"})
    one, two, three, _ = (json.loads(line) for line in answer.text.splitlines())
    assert (one["assessment"]["language"], two["assessment"]["language"]) == ("nn", "en")
    assert three["problem"]["type"].endswith(":invalid-input")
    assert answer.headers["Vary"] == "Accept-Language"
    checked = analyst.post("/v1/receipts/verify", json={"receipt": one["receipt"], "raw": b64encode(b"{}").decode()})
    results = {line["name"]: line["result"] for line in checked.json()["lines"]}
    assert results["raw"] == "ok", "as it was sent, without a language"


WRONG = {
    "no JSON": (b"{", "not-json"),
    "no UTF-8": (b"\xff\xfe", "not-json"),
    "a field that is none": ({"name": "x"}, "invalid-input"),
    "a state that is none": ({"facts": {"alcohol": "perhaps"}}, "invalid-input"),
    "a day to come": ({"as_of": "2999-01-01"}, "invalid-input"),
    "a contradiction": ({"facts": {"overdoses": {"state": "no", "items": [{"date": "2026"}]}}}, "invalid-input"),
    "an identity number": ({"facts": {"age": {"state": "yes", "value": ORDINARY}}}, "invalid-input"),
    "a release that is none": ({"release": "9.9.9"}, "unknown-release"),
    "a line too long": (b" " * 4_000 + b'{"facts":' + b" " * 2_000 + b"{}}", "too-large"),
    "a list": ([], "invalid-input"),
    "a number": (7, "invalid-input"),
    "null": (b"null", "invalid-input"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_with_one_line_does_not_touch_the_others(analyst: TestClient, name: str) -> None:
    line, problem = WRONG[name]
    one, two, three, last = sent(analyst, {}, line, {"release": NEXT})
    assert one["assessment"]["level"] == three["assessment"]["level"] == "undetermined"
    assert two.keys() == {"line", "problem"}
    assert two["line"] == 2
    assert two["problem"]["type"] == f"urn:cds-overdose:problem:{problem}"
    assert (last["persons"], last["assessed"], last["failed"]) == (3, 2, 1)
    assert last["problems"] == {problem: 1}
    assert ORDINARY not in json.dumps(two)


@pytest.mark.parametrize(("failure", "problem"), [
    (EngineFailure("a secret"), "engine-failure"),
    (RuntimeError("a secret"), "unexpected-error"),
])  # fmt: skip
def test_an_evaluator_that_fails_is_a_failure_and_no_low_level(
    analyst: TestClient, monkeypatch: pytest.MonkeyPatch, failure: Exception, problem: str
) -> None:
    real, times = Assessor.assess, []

    def fails(*arguments: Any, **named: Any) -> Any:
        times.append(1)
        if len(times) == 2:
            raise failure
        return real(*arguments, **named)

    monkeypatch.setattr(Assessor, "assess", fails)
    *lines, last = sent(analyst, {}, {}, {})
    assert [line.get("problem", {}).get("status") for line in lines] == [None, 500, None]
    assert last["problems"] == {problem: 1}
    assert (last["assessed"], last["failed"]) == (2, 1)
    assert "a secret" not in json.dumps(lines)


def test_empty_lines_count_for_the_number_and_for_nothing_else(analyst: TestClient) -> None:
    one, two, last = sent(analyst, b"", {}, b"  \r", b"{}\r", b"")
    assert (one["line"], two["line"], last["persons"]) == (2, 4, 2)


def test_nothing_sent_is_counted_as_nothing(analyst: TestClient) -> None:
    assert sent(analyst) == [{"summary": True, "persons": 0, "assessed": 0, "failed": 0, "levels": {}, "problems": {}}]


def test_too_much_is_refused_before_anything_is_answered(analyst: TestClient) -> None:
    for body in (b"{}\n" * 101, (b" " * 999 + b"\n") * 501):
        answer = analyst.post("/v1/assessments/batch", content=body)
        assert (answer.status_code, answer.json()["type"]) == (413, "urn:cds-overdose:problem:too-large")
    assert sent(analyst, *[{}] * 100)[-1]["persons"] == 100


def test_other_kinds_of_body_are_refused(analyst: TestClient) -> None:
    answer = analyst.post("/v1/assessments/batch", json=[{}])
    assert (answer.status_code, answer.json()["type"]) == (415, "urn:cds-overdose:problem:not-ndjson")


def test_an_analyst_asks_for_many_and_never_for_one(analyst: TestClient) -> None:
    assert analyst.post("/v1/assessments", json={}).status_code == 403


def test_a_batch_costs_a_hundred_requests(analyst: TestClient) -> None:
    """Meanwhile the quota fills, by a hundred each second."""
    began = time.monotonic()
    before = analyst.get("/v1/releases").headers["RateLimit"]
    analyst.post("/v1/assessments/batch", content=b"{}")
    after = analyst.get("/v1/releases").headers["RateLimit"]
    filled = (time.monotonic() - began) * Settings().quota_per_minute / WINDOW
    spent = left(before) - left(after)
    assert 100 - filled <= spent <= 101


def left(told: str) -> int:
    """How many requests a RateLimit header says are left."""
    return int(told.split("r=")[1].split(";", maxsplit=1)[0])


def test_the_log_counts_and_says_nothing_of_anyone(analyst: TestClient) -> None:
    with structlog.testing.capture_logs() as lines:
        sent(analyst, {"facts": {"age": {"state": "yes", "value": "47"}}}, b"{")
    counted = next(line for line in lines if line["event"] == "batch")
    assert counted == {"event": "batch", "log_level": "info", "persons": 2, "assessed": 1, "failed": 1}
    assert {key for line in lines if line is not counted for key in line} == {
        *("event", "log_level", "method", "route", "status", "ms", "client")
    }


def test_every_answer_has_a_receipt_that_stands_in_the_ledger(analyst: TestClient) -> None:
    people = [{"facts": {"overdose_now": "yes"}, "as_of": f"2026-10-{1 + number % 30:02}"} for number in range(99)]
    raw = [json.dumps(person).encode() for person in people]
    *lines, _ = sent(analyst, *(line + b"\r" for line in raw))
    assert len({line["receipt"]["jws"] for line in lines}) == len(people)
    for line, sent_line in list(zip(lines, raw, strict=True))[::20]:
        wanted = {"receipt": line["receipt"], "assessment": line["assessment"], "raw": b64encode(sent_line).decode()}
        proven = analyst.post("/v1/receipts/verify", json=wanted).json()
        said = {each["name"]: each["result"] for each in proven["lines"]}
        assert (said["signature"], said["output"], said["raw"], said["included"]) == ("ok",) * 4
        assert proven["receipt"]["client"] == "development|development-analyst"


def test_receipts_are_stored_in_groups_before_anything_of_the_group_is_sent(
    analyst: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second group cannot be stored: its persons are problems, and those before and after have their answers."""
    real, groups = Ledger.commit, []

    async def commit(ledger: Ledger, *entries: Entry) -> None:
        groups.append(len(entries))
        if len(groups) == 2:
            raise LedgerUnavailable("closing")
        await real(ledger, *entries)

    monkeypatch.setattr(Ledger, "commit", commit)
    monkeypatch.setattr(batch, "GROUP", 4)
    *lines, last = sent(analyst, *[{}] * 3, b"{", *[{}] * 3, b"{", {})
    assert groups == [3, 3, 1]
    types = [line.get("problem", {}).get("type", "").rpartition(":")[2] for line in lines]
    assert types == ["", "", "", "not-json", *["ledger-unavailable"] * 3, "not-json", ""]
    assert all(("receipt" in line) == ("assessment" in line) for line in lines)
    assert (last["assessed"], last["failed"]) == (4, 5)
    assert sum(last["levels"].values()) == 4
