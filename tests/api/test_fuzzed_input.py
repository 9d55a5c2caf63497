"""Requests bent at random: each is assessed or refused, none fails, and nothing that was sent is ever repeated."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

import structlog
from fastapi.testclient import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st

from cds.api.examples import REQUEST_EXAMPLES
from cds.facts import FACT_NAMES
from tests.synthetic import D_NUMBER, LEAP_DAY, ORDINARY

LEVELS = {"low", "elevated", "high", "very_high", "acute", "undetermined", "not_applicable"}
SECRETS = ("Zq7Sentinel", "zq7_sentinel", "8273645", ORDINARY, LEAP_DAY, D_NUMBER)
VALID = ("yes", "no", "unknown", "refused", "not_applicable", "2026-10", "2026-11-20", "2019", "52.5", "0", "nn")
Path = tuple[str | int, ...]

words = st.sampled_from(
    [*SECRETS, f"x{ORDINARY}", f"{SECRETS[0]}\ud800\x00", "", "2026-02-30", "9999-12-31", "0001-01-01", "1e400"]
)
numbers = st.sampled_from(
    [0, -1, 8273645, -8273645.5, 10**30, int(ORDINARY), 8273645.25, 1e308, float("nan"), float("inf")]
)
junk = st.recursive(
    st.one_of(words, numbers, st.booleans(), st.none(), st.sampled_from(VALID)),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(words | st.sampled_from(["state", "date"]), inner, max_size=3)
    ),
    max_leaves=6,
)
keys = st.one_of(
    words, st.sampled_from(FACT_NAMES), st.sampled_from(["state", "items", "within_days", "asked_on", "kind"])
)


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Every place in a request."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from places(part, (*path, key))


def at(value: Any, path: Path) -> Any:
    """What stands at a place."""
    for step in path:
        value = value[step]
    return value


@st.composite
def bent(draw: st.DrawFn) -> Any:
    """A request of the examples with one to four places replaced, removed or added to."""
    body = copy.deepcopy(draw(st.sampled_from([example["value"] for example in REQUEST_EXAMPLES.values()])))
    for _ in range(draw(st.integers(1, 4))):
        path = draw(st.sampled_from(list(places(body))))
        what = draw(st.sampled_from(["replace", "remove", "add", "valid"]))
        found = at(body, path)
        if what == "add" and isinstance(found, dict):
            found[draw(keys)] = draw(junk)
        elif what == "add" and isinstance(found, list):
            found.append(draw(junk))
        elif not path:
            body = draw(junk)
        elif what == "remove":
            del at(body, path[:-1])[path[-1]]
        else:
            at(body, path[:-1])[path[-1]] = draw(st.sampled_from(VALID) if what == "valid" else junk)
    return body


@settings(max_examples=200, derandomize=True, database=None)
@given(body=bent())
def test_a_bent_request_is_assessed_or_refused_and_never_repeated(caller: TestClient, body: Any) -> None:
    with structlog.testing.capture_logs() as lines:
        answer = caller.post("/v1/assessments", content=json.dumps(body).encode())
    if answer.status_code == 200:
        assert answer.json()["assessment"]["level"] in LEVELS
    else:
        problem = answer.json()
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.status_code in (400, 404, 422)
        assert problem["status"] == answer.status_code
        assert problem["type"].startswith("urn:cds-overdose:problem:")
    told = answer.text + repr(answer.headers) + repr(lines)
    assert not [secret for secret in SECRETS if secret in told]


@settings(max_examples=200, derandomize=True, database=None)
@given(cut=st.integers(0, 400), noise=st.binary(max_size=8))
def test_bytes_that_break_off_are_answered(caller: TestClient, cut: int, noise: bytes) -> None:
    whole = json.dumps(REQUEST_EXAMPLES["released"]["value"]).encode()
    answer = caller.post("/v1/assessments", content=whole[:cut] + noise)
    assert answer.status_code in (200, 400, 422)
    assert (answer.status_code == 200) == (answer.headers["content-type"] == "application/json")
