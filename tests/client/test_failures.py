"""What the Python client raises: typed, with paths, never with anything that was sent; and what it needs to call."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from cds import client as calls
from cds.api.service import seconds_now
from cds.audit.ledger import Ledger
from cds.audit.store import LedgerUnavailable
from cds.auth.development import calling_key, issuing_key, token
from cds.auth.profiles import Profile
from cds.client import Client
from cds.errors import EngineFailure
from cds.release.frozen import Releases
from tests.auth.issuing import key
from tests.client.wires import PERSON, SENTINEL, URL, over, sent_on, service


@pytest.mark.parametrize(("request_", "error", "paths"), [
    ({"facts": {"alcohol": SENTINEL}}, calls.Invalid, {"/facts/alcohol/state"}),
    ({SENTINEL: SENTINEL}, calls.Invalid, {"/?"}),
    ({"release": "9.9.9"}, calls.NotFound, set()),
    ({"as_of": "2999-01-01"}, calls.Invalid, {"/as_of"}),
])  # fmt: skip
def test_what_is_wrong_is_told_with_its_type_and_paths_and_nothing_sent(
    gp: Client, request_: dict[str, Any], error: type[calls.Problem], paths: set[str]
) -> None:
    with pytest.raises(error) as failed:
        gp.assess(request_)
    assert failed.value.type.startswith("urn:cds-overdose:problem:")
    assert {each.path for each in failed.value.errors} >= paths
    assert not repeats(failed.value)


def repeats(error: BaseException) -> bool:
    """Whether an error, or any that stands behind it, holds something that was sent."""
    behind = [error]
    while (before := behind[-1].__context__ or behind[-1].__cause__) is not None:
        behind.append(before)
    told = [repr(each) + str(each) + repr(vars(each)) for each in behind]
    told += traceback.format_exception(error)
    return any(secret in text for text in told for secret in (SENTINEL, "eyJ"))


def test_a_failure_of_the_service_is_told_apart(gp: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(error: Exception) -> Callable[..., Any]:
        async def raising(*_: object, **__: object) -> None:
            raise error

        return raising

    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "commit", fails(LedgerUnavailable("x")))
        with pytest.raises(calls.Unavailable) as failed:
            gp.assess({})
        assert failed.value.retry_after == 5
        patch.setattr(Ledger, "commit", fails(EngineFailure("x")))
        with pytest.raises(calls.NoAnswer):
            gp.assess({})
    with pytest.raises(calls.Unauthorized) as refused:
        Client(URL, SENTINEL, http=gp._http).assess({})
    assert not repeats(refused.value)


@pytest.mark.parametrize(("answer", "error"), [
    (httpx2.Response(200, content=b'{"assessment": {"level": "low"}}'), calls.NotUnderstood),
    (httpx2.Response(200, content=SENTINEL.encode()), calls.NotUnderstood),
    (httpx2.Response(502, content=SENTINEL.encode()), calls.Problem),
    (httpx2.Response(302, headers={"Location": "http://192.0.2.1/"}), calls.Problem),
    (httpx2.Response(429, headers={"Retry-After": "7"}, content=b"slow down"), calls.TooMuch),
    (httpx2.ConnectError(SENTINEL), calls.Unreachable),
    (httpx2.ReadTimeout(SENTINEL), calls.Unreachable),
])  # fmt: skip
def test_what_is_no_answer_is_never_taken_for_one(
    answer: httpx2.Response | Exception, error: type[calls.CallFailed], caplog: pytest.LogCaptureFixture
) -> None:
    def says(_: httpx2.Request) -> httpx2.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer

    caplog.set_level(logging.DEBUG)
    client = Client(URL, "eyJ-a-token", http=httpx2.Client(transport=httpx2.MockTransport(says)))
    for call in (client.assess, client.advice, lambda wanted: list(client.batch([wanted]))):
        with pytest.raises(error) as failed:
            call({"facts": {"alcohol": SENTINEL}})
        assert not repeats(failed.value)
        assert getattr(failed.value, "retry_after", None) in (None, 7)
    assert SENTINEL not in caplog.text
    assert "eyJ" not in caplog.text


def test_a_token_bound_to_a_key_goes_with_a_new_proof_each_time(releases: Releases, state: Path) -> None:
    app = service(releases, state, development_scheme="DPoP")
    mine = calling_key(state)
    bound = token(Profile.GP, issuing_key(state), int(seconds_now()), bound_to=mine)
    with Client(URL, bound, key=mine, http=over(app)) as client:
        answers = [client.assess(PERSON) for _ in range(3)]
        assert client.verify(answers[0], PERSON).ok
    with pytest.raises(calls.Unauthorized):
        Client(URL, bound, http=over(app)).assess({})


def test_it_calls_over_tls_or_on_this_machine_and_nowhere_else() -> None:
    for url in ("http://overdose.example.no", "ftp://127.0.0.1", "overdose.example.no"):
        with pytest.raises(ValueError, match="https"):
            Client(url)
    with pytest.raises(ValueError, match="token"):
        Client(URL, key=key("without a token"))


def test_the_person_is_in_the_body_alone(app: FastAPI) -> None:
    seen: list[httpx2.Request] = []
    wire = over(app)

    def passed(request: httpx2.Request) -> httpx2.Response:
        seen.append(request)
        return sent_on(wire, request)

    client = Client(URL, http=httpx2.Client(transport=httpx2.MockTransport(passed)))
    client.verify(client.assess({"facts": {"omeq_mg_per_day": {"state": "yes", "value": "73.125"}}}))
    for request in seen:
        assert "73.125" not in str(request.url) + repr(request.headers)
