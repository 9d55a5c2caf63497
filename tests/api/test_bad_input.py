"""What cannot be assessed is refused with its place named, nothing of it repeated, and the next call untouched."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import anyio
import anyio.lowlevel
import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient

from tests.frozen import without_receipt
from tests.synthetic import D_NUMBER, LEAP_DAY, ORDINARY

SENTINEL = "Zq7-ola-nordmann"
NAME, NUMBER = "ola_nordmann", 918273645
PERSON = {"as_of": "2026-11-20", "facts": {"opioid_use_now": "yes", "benzodiazepine": "no"}}
SECRETS = (SENTINEL, NAME, str(NUMBER), ORDINARY, LEAP_DAY, D_NUMBER)


class Refusal:
    """Sends what cannot be assessed and holds the answer to the promises every problem keeps."""

    def __init__(self, caller: TestClient, logs: pytest.LogCaptureFixture) -> None:
        self._caller = caller
        self._logs = logs
        self._good = self._person()

    def __call__(self, body: bytes | Iterator[bytes] | Any, secrets: tuple[str, ...] = SECRETS) -> dict[str, Any]:
        content = body if isinstance(body, bytes | Iterator) else json.dumps(body).encode()
        with structlog.testing.capture_logs() as lines:
            answer = self._caller.post("/v1/assessments", content=content)
        assert 400 <= answer.status_code < 500, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["cache-control"] == "no-store"
        problem: dict[str, Any] = answer.json()
        assert (problem["status"], problem["type"][:25]) == (answer.status_code, "urn:cds-overdose:problem:")
        checkpoint = answer.headers.pop("CDS-Checkpoint", "")  # three letters turn up in it by chance
        told = answer.text + repr(answer.headers) + repr(lines) + self._logs.text
        assert not [one for one in secrets if one in told or (one in SECRETS and one in checkpoint)], "it is repeated"
        assert self._person() == self._good
        return problem

    def _person(self) -> bytes:
        return without_receipt(self._caller.post("/v1/assessments", json=PERSON).content)

    def paths(self, body: Any) -> list[str]:
        """The places named for something that is JSON but no request."""
        problem = self(body)
        assert (problem["status"], problem["type"].rpartition(":")[2]) == (422, "invalid-input")
        assert all(line["reason"] for line in problem["errors"])
        return [line["path"] for line in problem["errors"]]


@pytest.fixture
def refusal(caller: TestClient, caplog: pytest.LogCaptureFixture) -> Refusal:
    return Refusal(caller, caplog)


def of(**facts: Any) -> dict[str, Any]:
    """A request with these facts."""
    return {"as_of": "2026-11-20", "facts": facts}


def yes(**details: Any) -> dict[str, Any]:
    """A fact that is yes, with details."""
    return {"state": "yes", **details}


WRONG: dict[str, tuple[Any, str]] = {
    "a state nobody knows": (of(alcohol=SENTINEL), "/facts/alcohol/state"),
    "a number for a fact": (of(alcohol=NUMBER), "/facts/alcohol"),
    "true for yes": (of(alcohol=True), "/facts/alcohol"),
    "no age": (of(age="no"), "/facts/age/state"),
    "no role": (of(role="no"), "/facts/role/state"),
    "a list for a fact": (of(alcohol=[SENTINEL]), "/facts/alcohol"),
    "facts as a list": ({"facts": [SENTINEL]}, "/facts"),
    "facts as a word": ({"facts": SENTINEL}, "/facts"),
    "facts as nothing": ({"facts": None}, "/facts"),
    "a list of requests": ([PERSON], ""),
    "a word": (SENTINEL, ""),
    "a number": (NUMBER, ""),
    "nothing": (None, ""),
    "a detail no fact has": (of(alcohol={"state": "yes", "Sentinel": SENTINEL}), "/facts/alcohol/?"),
    "a fact without a state": (of(alcohol={}), "/facts/alcohol/state"),
    "a state in capitals": (of(alcohol="YES"), "/facts/alcohol/state"),
    "a state computed here": (of(alcohol="stale"), "/facts/alcohol/state"),
    "a fact that always applies": (of(alcohol="not_applicable"), "/facts/alcohol/state"),
    "a field no request has": ({**PERSON, "Sentinel": SENTINEL}, "/?"),
    "a language nobody wrote": ({**PERSON, "language": SENTINEL}, "/language"),
    "a municipality in words": ({**PERSON, "municipality": SENTINEL}, "/municipality"),
    "a release in words": ({**PERSON, "release": SENTINEL}, "/release"),
    "an unknown include": ({**PERSON, "include": [SENTINEL]}, "/include/0"),
    "a day that is not": ({"as_of": "2026-02-30"}, "/as_of"),
    "a month that is not": ({"as_of": "2026-13-01"}, "/as_of"),
    "a date in Norwegian": ({"as_of": "20.11.2026"}, "/as_of"),
    "a moment for a day": ({"as_of": "2026-11-20T10:00:00"}, "/as_of"),
    "a number for a day": ({"as_of": NUMBER}, "/as_of"),
    "half a date assessed": ({"as_of": "2026-11"}, "/as_of"),
    "tomorrow": ({"as_of": "2026-11-23"}, "/as_of"),
    "a fact from a day that is not": (of(alcohol=yes(asked_on="2025-02-29")), "/facts/alcohol/asked_on"),
    "asked in the future": (of(alcohol=yes(asked_on="2026-11-21")), "/facts/alcohol/asked_on"),
    "happened in the future": (of(injecting_opioids=yes(date="2026-12")), "/facts/injecting_opioids/date"),
    "an overdose in the future": (of(overdoses=yes(items=[{}, {"date": "2027"}])), "/facts/overdoses/items/1/date"),
    "an overdose on no day": (of(overdoses=yes(items=[{"date": "2026-06-31"}])), "/facts/overdoses/items/0/date"),
    "within days and a date": (of(injecting_opioids=yes(date="2026-10", within_days=30)), "/facts/injecting_opioids"),
    "an item with both": (of(overdoses=yes(items=[{"date": "2026", "within_days": 30}])), "/facts/overdoses/items/0"),
    "a date with a no": (of(injecting_opioids={"state": "no", "date": "2026-10"}), "/facts/injecting_opioids"),
    "items with a no": (of(overdoses={"state": "no", "items": [{"date": "2026-10"}]}), "/facts/overdoses"),
    "days below nothing": (of(injecting_opioids=yes(within_days=-1)), "/facts/injecting_opioids/within_days"),
    "days as a float": (of(injecting_opioids=yes(within_days=30.0)), "/facts/injecting_opioids/within_days"),
    "days as a word": (of(injecting_opioids=yes(within_days="30")), "/facts/injecting_opioids/within_days"),
    "far too many days": (of(injecting_opioids=yes(within_days=NUMBER)), "/facts/injecting_opioids/within_days"),
    "a float for a decimal": (of(omeq_mg_per_day=yes(value=918273645.5)), "/facts/omeq_mg_per_day/value"),
    "a whole number for a decimal": (of(omeq_mg_per_day=yes(value=NUMBER)), "/facts/omeq_mg_per_day/value"),
    "a decimal comma": (of(omeq_mg_per_day=yes(value="52,5")), "/facts/omeq_mg_per_day/value"),
    "a number below nothing": (of(omeq_mg_per_day=yes(value="-1")), "/facts/omeq_mg_per_day/value"),
    "a power of ten": (of(omeq_mg_per_day=yes(value="1e9")), "/facts/omeq_mg_per_day/value"),
    "not a number": (of(omeq_mg_per_day=yes(value="NaN")), "/facts/omeq_mg_per_day/value"),
    "other digits": (of(omeq_mg_per_day=yes(value="٥٢")), "/facts/omeq_mg_per_day/value"),
    "too many decimals": (of(omeq_mg_per_day=yes(value="1.2345")), "/facts/omeq_mg_per_day/value"),
    "a dose without its number": (of(omeq_mg_per_day="yes"), "/facts/omeq_mg_per_day"),
    "a number without a yes": (of(omeq_mg_per_day={"state": "no", "value": "5"}), "/facts/omeq_mg_per_day"),
    "older than anybody": (of(age=yes(value="131")), "/facts/age/value"),
    "a role nobody has": (of(role=yes(value=SENTINEL)), "/facts/role/value"),
    "a stay nobody knows": (of(transitions=yes(items=[{"kind": SENTINEL}])), "/facts/transitions/items/0/kind"),
    "a stay of no kind": (of(transitions=yes(items=[{"date": "2026-10"}])), "/facts/transitions/items/0/kind"),
    "resumed too early": (
        of(transitions=yes(items=[{"kind": "prison", "date": "2026-10", "resumed": "2026-09"}])),
        "/facts/transitions/items/0",
    ),
    "no opioids ever, and now": (of(opioid_use_now="yes", opioid_use_ever="no"), "/facts/opioid_use_now"),
    "prescribed and never": (of(prescribed_opioid="yes", opioid_use_ever="no"), "/facts/prescribed_opioid"),
    "an emergency of last week": (of(overdose_now=yes(asked_on="2026-11-13")), "/facts/overdose_now/asked_on"),
    "half a letter": (of(alcohol="\ud800"), "/facts/alcohol/state"),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_cannot_be_true_is_refused_where_it_stands(refusal: Refusal, what: str) -> None:
    body, path = WRONG[what]
    assert refusal.paths(body) == [path]


def test_everything_wrong_is_named_in_one_answer(refusal: Refusal) -> None:
    body = {"as_of": SENTINEL, "language": SENTINEL, "facts": {"alcohol": SENTINEL, "age": NUMBER}}
    assert sorted(refusal.paths(body)) == ["/as_of", "/facts/age", "/facts/alcohol/state", "/language"]


def test_a_field_nobody_knows_is_not_repeated_even_if_it_is_written_like_ours(refusal: Refusal) -> None:
    assert refusal.paths(of(**{NAME: "yes"})) == ["/facts/?"]
    assert refusal.paths(of(overdoses=yes(items=[{NAME: "yes"}]))) == ["/facts/overdoses/items/0/?"]
    assert refusal.paths({**PERSON, NAME: 1}) == ["/?"]


def test_a_misspelt_field_is_refused_and_not_taken_for_unknown(refusal: Refusal) -> None:
    (path,) = refusal.paths(of(benzodiazepin="no"))
    assert path.startswith("/facts/")


@pytest.mark.parametrize("number", [ORDINARY, LEAP_DAY, D_NUMBER], ids=["ordinary", "leap day", "D-number"])
def test_an_identity_number_is_refused_wherever_it_stands(refusal: Refusal, number: str) -> None:
    places: dict[str, Any] = {
        "/facts/alcohol": of(alcohol=number),
        "/facts/age/value": of(age=yes(value=int(f"9{number}") if number[0] == "0" else int(number))),
        "/facts/?": of(**{number: "yes"}),
        "/facts/overdoses/items/1/date": of(overdoses=yes(items=[{}, {"date": f"born {number}, Oslo"}])),
        "/municipality": {"municipality": f"nr.{number}x"},
        "/": {"": number},
        "/?/0/0": {"Note": [[number]]},
    }
    told = {path: refusal.paths(body) for path, body in places.items()}
    assert told == {path: [path if path != "/" else "/?"] for path in places}


def test_an_identity_number_inside_the_name_of_a_field_is_not_repeated(refusal: Refusal) -> None:
    assert refusal.paths(of(**{f"nr{ORDINARY}": "yes"})) == ["/facts/?"]


def test_eleven_digits_that_are_nobody_are_only_what_they_are(caller: TestClient) -> None:
    almost = ORDINARY[:-1] + str((int(ORDINARY[-1]) + 1) % 10)
    problem = caller.post("/v1/assessments", json=of(alcohol=almost)).json()
    assert problem["errors"][0]["path"] == "/facts/alcohol/state"
    assert "identity" not in problem["errors"][0]["reason"]


NOT_JSON = {
    "nothing at all": b"",
    "a word": SENTINEL.encode(),
    "half a request": b'{"facts": {"alcohol": "yes"',
    "two requests": b"{} {}",
    "single quotes": b"{'facts': {}}",
    "another alphabet": '{"language": "nb", "facts": {"ø": 1}}'.encode("latin-1"),
    "UTF-16": json.dumps(PERSON).encode("utf-16"),
    "brackets without end": b"[" * 100_000,
    "a hundred thousand levels": b"[" * 100_000 + b"]" * 100_000,
    "a number of many digits": b'{"municipality": ' + b"9" * 5_000 + b"}",
    "bytes": bytes(range(256)),
}


@pytest.mark.parametrize("what", NOT_JSON)
def test_what_is_no_json_is_400(refusal: Refusal, what: str) -> None:
    problem = refusal(NOT_JSON[what])
    assert (problem["status"], problem["type"].rpartition(":")[2]) == (400, "not-json")


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_none_are_refused(refusal: Refusal, constant: str) -> None:
    for place in ('{"as_of": %s}', '{"facts": {"age": {"state": "yes", "value": %s}}}', '{"municipality": [%s]}'):
        assert refusal((place % constant).encode(), (*SECRETS, constant))["status"] in (400, 422)


def test_nesting_that_no_request_has_is_refused(refusal: Refusal) -> None:
    deep: Any = SENTINEL
    for _ in range(40):
        deep = {"facts": deep}
    assert refusal.paths(deep) == ["/facts/facts/facts"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        (b'{"facts": {}, "facts": {"alcohol": "yes"}}', ""),
        (b'{"facts": {"alcohol": "yes", "alcohol": "no"}}', "/facts"),
        (b'{"facts": {"alcohol": {"state": "no", "state": "yes"}}}', "/facts/alcohol"),
        (
            b'{"facts": {"losses": {"state": "yes", "items": [{"date": "2026", "date": "2019"}]}}}',
            "/facts/losses/items/0",
        ),
    ],
    ids=["facts", "one fact", "the state of a fact", "the date of an item"],
)
def test_a_field_sent_twice_is_refused(refusal: Refusal, body: bytes, path: str) -> None:
    assert [line["path"] for line in refusal(body)["errors"]] == [path]


def test_more_items_than_a_life_holds_are_refused(refusal: Refusal) -> None:
    assert refusal.paths(of(overdoses=yes(items=[{}] * 201))) == ["/facts/overdoses/items"]


def test_a_hundred_errors_are_cut_short(refusal: Refusal) -> None:
    assert len(refusal.paths(of(overdoses=yes(items=[{"intent": SENTINEL}] * 100)))) == 50


def test_an_object_of_very_many_fields_is_no_request(refusal: Refusal) -> None:
    problem = refusal(of(**{f"{SENTINEL}{number}": "yes" for number in range(201)}))
    assert problem["errors"] == [{"path": "/facts", "reason": "more than 200 fields"}]


def test_very_many_errors_are_not_named_one_by_one(refusal: Refusal) -> None:
    statement = {"kind": "condition", "system": "ICD-10", "code": "T40.1", "a": 1, "b": 1, "c": 1}
    problem = refusal({"as_of": "2026-11-20", "statements": [statement] * 7_000})
    assert problem["errors"] == [{"path": "", "reason": "more than 20000 things are wrong with it"}]


@pytest.mark.parametrize("length", [8_388_608, 4_194_305])
def test_a_body_too_large_is_413(refusal: Refusal, length: int) -> None:
    body = json.dumps(of(alcohol="y" * length)).encode()
    assert refusal(body)["type"].endswith(":too-large")
    chunks = (body[start : start + 4_096] for start in range(0, len(body), 4_096))
    assert refusal(chunks)["status"] == 413


def test_a_body_of_the_largest_size_is_read(caller: TestClient) -> None:
    body = json.dumps(PERSON).encode()
    assert caller.post("/v1/assessments", content=body.ljust(4_194_304)).status_code == 200


def test_a_body_without_an_end_is_given_up_while_it_arrives(app: FastAPI) -> None:
    received, sent = 0, []

    async def endless() -> AsyncIterator[dict[str, Any]]:
        while True:
            yield {"type": "http.request", "body": b" " * 65_536, "more_body": True}

    async def call() -> None:
        chunks = endless()

        async def receive() -> dict[str, Any]:
            nonlocal received
            received += 1
            await anyio.lowlevel.checkpoint()
            return await anext(chunks)

        async def send(message: Any) -> None:
            sent.append(message)

        scope: dict[str, Any] = {"type": "http", "method": "POST", "path": "/v1/assessments", "query_string": b""}
        scope["headers"] = [(b"host", b"127.0.0.1")]
        with anyio.fail_after(60):
            await app(scope, receive, send)
        await chunks.aclose()

    anyio.run(call)
    assert (sent[0]["status"], received <= 66) == (413, True)
