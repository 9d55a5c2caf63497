"""What every answer carries: security headers, ETags, the caller's own names, languages, and when a version ends."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.frozen import NEXT, TODAY
from tests.synthetic import ORDINARY

TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
EVERYWHERE = [("GET", "/health"), ("GET", "/v1/releases"), ("GET", "/nowhere"), ("POST", "/v1/assessments"),
              ("DELETE", "/v1/facts"), ("POST", "/v1/assessments/batch")]  # fmt: skip


@pytest.mark.parametrize(("method", "path"), EVERYWHERE)
def test_every_answer_is_safe_to_receive(caller: TestClient, method: str, path: str) -> None:
    headers = caller.request(method, path, headers={"traceparent": TRACE}).headers
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert headers["Cache-Control"] == ("private, no-cache" if path == "/v1/releases" else "no-store")
    assert headers["traceparent"] == TRACE
    assert "server" not in headers


@pytest.mark.parametrize(("name", "value"), [
    ("traceparent", TRACE),
    ("nhn-event-id", "0b5a7f9e-5f0f-4a0f-8f5b-1a2b3c4d5e6f"),
    ("Nav-Call-Id", "CallId_17-abc:1.2"),
])  # fmt: skip
def test_the_callers_own_names_come_back(caller: TestClient, name: str, value: str) -> None:
    assert caller.post("/v1/assessments", json={}, headers={name: value}).headers[name] == value
    assert caller.get("/nowhere", headers={name: value}).headers[name] == value


@pytest.mark.parametrize(("name", "value"), [
    ("traceparent", "00-00000000000000000000000000000000-00f067aa0ba902b7-01"),
    ("traceparent", TRACE.upper()),
    ("traceparent", f"ff{TRACE[2:]}"),
    ("traceparent", f"{TRACE}-more"),
    ("nhn-event-id", ORDINARY),
    ("Nav-Call-Id", f"call-{ORDINARY}"),
    ("Nav-Call-Id", "Kari Nordmann"),
    ("Nav-Call-Id", "x" * 129),
    ("Nav-Call-Id", "<script>"),
    ("nhn-event-id", ""),
])  # fmt: skip
def test_what_is_no_such_name_does_not_come_back(
    caller: TestClient, capsys: pytest.CaptureFixture[str], name: str, value: str
) -> None:
    answer = caller.post("/v1/assessments", json={}, headers={name: value})
    assert answer.status_code == 200
    assert name not in answer.headers
    out = capsys.readouterr().out
    assert "trace=" not in out
    assert not value or value not in out


def test_the_log_tells_the_trace_and_no_other_name(caller: TestClient, capsys: pytest.CaptureFixture[str]) -> None:
    caller.get("/v1/facts", headers={"traceparent": TRACE, "Nav-Call-Id": "telling", "nhn-event-id": "event"})
    out = capsys.readouterr().out
    assert "4bf92f3577b34da6a3ce929d0e0e4736" in out
    assert "telling" not in out
    assert "event=" not in out


@pytest.mark.parametrize("path", ["/v1/releases", "/v1/facts", "/v1/question-sets", "/v1/checklists/district"])
def test_what_the_caller_holds_is_not_sent_again(caller: TestClient, path: str) -> None:
    first = caller.get(path)
    tag = first.headers["ETag"]
    for held in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        again = caller.get(path, headers={"If-None-Match": held})
        assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)
    changed = caller.get(path, headers={"If-None-Match": '"other"'})
    assert (changed.status_code, changed.content) == (200, first.content)
    assert int(changed.headers["Content-Length"]) == len(first.content)


def test_another_release_has_another_etag(caller: TestClient) -> None:
    tag = caller.get("/v1/facts").headers["ETag"]
    other = caller.get(f"/v1/facts?release={NEXT}", headers={"If-None-Match": tag})
    assert other.status_code == 200
    assert other.headers["ETag"] != tag


def test_answers_about_persons_and_problems_are_never_kept(caller: TestClient) -> None:
    for answer in (caller.post("/v1/assessments", json={}), caller.get("/v1/facts?release=9.9.9")):
        assert answer.headers["Cache-Control"] == "no-store"
        assert "ETag" not in answer.headers


@pytest.mark.parametrize(("preferred", "language"), [
    ("nn", "nn"), ("nn-NO, nb;q=0.8", "nn"), ("no", "nb"), ("en-GB", "en"), ("sv, en;q=0.5, nn;q=0.6", "nn"),
    ("en;q=0", "nb"), ("en;q=2", "nb"), ("de", "nb"), ("", "nb"), ("*", "nb"), ("en;q=0.5,nb;q=0.5", "en"),
    (",;,", "nb"),
])  # fmt: skip
def test_the_preferred_language(caller: TestClient, preferred: str, language: str) -> None:
    answer = caller.post("/v1/assessments", json={}, headers={"Accept-Language": preferred})
    assert answer.json()["assessment"]["language"] == language
    assert answer.headers["Content-Language"] == language
    assert answer.headers["Vary"] == "Accept-Language"


@pytest.mark.parametrize(("path", "body", "told"), [
    ("/v1/events", {"event": "overdose_death"}, "duties"),
    ("/v1/checklists/district", {}, "gaps"),
])  # fmt: skip
def test_the_preferred_language_counts_for_districts_too(
    caller: TestClient, path: str, body: dict[str, Any], told: str
) -> None:
    english = caller.post(path, json={**body, "language": "en"})
    preferred = caller.post(path, json=body, headers={"Accept-Language": "en-GB"})
    assert preferred.json() == english.json() != caller.post(path, json=body).json()
    assert told in preferred.json()
    assert (preferred.headers["Content-Language"], preferred.headers["Vary"]) == ("en", "Accept-Language")


def test_what_the_body_says_goes_before_what_is_preferred(caller: TestClient) -> None:
    answer = caller.post("/v1/assessments", json={"language": "en"}, headers={"Accept-Language": "nn"})
    assert answer.json()["assessment"]["language"] == "en"


def ending(releases: Releases, **settings: Any) -> TestClient:
    """A service whose first version comes to its end."""
    return TestClient(create_app(Settings.model_validate(settings), releases, lambda: TODAY))


def test_a_version_that_ends_says_so_in_time(releases: Releases) -> None:
    client = ending(releases, v1_deprecated=date(2027, 1, 1), v1_sunset=date(2028, 7, 1))
    for answer in (client.get("/v1/releases"), client.post("/v1/assessments", content=b"{")):
        assert answer.headers["Deprecation"] == "@1798761600"
        assert answer.headers["Sunset"] == "Sat, 01 Jul 2028 23:59:59 GMT", "to the end of its last day"
    assert "Sunset" not in client.get("/health").headers


def test_a_version_that_does_not_end_says_nothing(caller: TestClient) -> None:
    assert not {"Sunset", "Deprecation"} & {name.title() for name in caller.get("/v1/releases").headers}


def test_a_body_is_counted_while_it_arrives(caller: TestClient) -> None:
    sent = []

    def endless() -> Any:
        for number in range(500):
            sent.append(number)
            yield b" " * 10_000

    answer = caller.post("/v1/assessments", content=endless())
    assert answer.status_code == 413
    assert "content-length" not in answer.request.headers
