"""Quotas: how much is left is told, who asks too much waits, and nobody waits for another."""

from __future__ import annotations

import re

import pytest
from fastapi.testclient import TestClient

from cds.api.access import Door
from cds.audit.store import Store
from cds.auth.quotas import MOST_CLIENTS, WINDOW, Quotas
from cds.auth.replay import ReplayStore
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.auth.guarding import Clock, callers
from tests.auth.issuing import BEARER_URL, ENTRA, MASKINPORTEN, Asking
from tests.frozen import TODAY


def test_a_quota_is_spent_and_fills_at_a_steady_pace() -> None:
    clock = Clock()
    quotas = Quotas("client", 60, clock)
    spent = [quotas.spend("a", 1) for _ in range(60)]
    assert [each.left for each in spent] == list(range(59, -1, -1))
    assert spent[0].headers() == {"RateLimit-Policy": '"client";q=60;w=60', "RateLimit": '"client";r=59;t=1'}
    over = quotas.spend("a", 1)
    assert (over.left, over.wait, over.full_in) == (0, 1, 60)
    assert over.headers()["Retry-After"] == "1"
    clock.now += 1
    assert quotas.spend("a", 1).wait == 0
    assert quotas.spend("a", 1).wait == 1
    clock.now += 10 * WINDOW
    assert quotas.spend("a", 1).left == 59, "never more than a whole quota"


def test_whoever_waits_is_not_charged() -> None:
    clock = Clock()
    quotas = Quotas("client", 60, clock)
    quotas.spend("a", 30)
    assert [quotas.spend("a", 40).wait for _ in range(5)] == [10] * 5
    clock.now += 10
    assert quotas.spend("a", 40).wait == 0


def test_what_costs_more_than_a_quota_costs_a_whole_one() -> None:
    quotas = Quotas("client", 10, Clock())
    assert quotas.spend("a", 100).left == 0
    assert quotas.spend("b", 100).wait == 0


def test_clients_do_not_share_and_are_forgotten_when_there_are_too_many() -> None:
    quotas = Quotas("client", 2, Clock())
    quotas.spend("a", 2)
    assert quotas.spend("a", 1).wait > 0
    assert quotas.spend("b", 2).wait == 0
    for number in range(MOST_CLIENTS):
        quotas.spend(str(number), 1)
    assert quotas.spend("a", 1).wait == 0


@pytest.fixture
def narrow(releases: Releases, clock: Clock) -> TestClient:
    """A service whose clients may ask three times a minute."""
    guard = Door(
        callers(clock, ReplayStore(Store("sqlite://"))), Quotas("client", 3, clock), Quotas("development", 9, clock)
    )
    return TestClient(create_app(Settings(host="127.0.0.1"), releases, lambda: TODAY, guard), base_url=BEARER_URL)


def test_who_asks_too_much_is_told_how_long_to_wait(narrow: TestClient) -> None:
    token = Asking(iss=ENTRA, header={"typ": "JWT"}).token()
    told = [narrow.post("/v1/assessments", json={}, headers={"Authorization": f"Bearer {token}"}) for _ in range(4)]
    assert [answer.status_code for answer in told] == [200, 200, 200, 429]
    assert [answer.headers["RateLimit"] for answer in told[:3]] == [
        f'"client";r={n};t={60 - 20 * n}' for n in (2, 1, 0)
    ]
    last = told[-1]
    assert last.json()["type"] == "urn:cds-overdose:problem:quota-exceeded"
    assert re.fullmatch(r"20", last.headers["Retry-After"])
    other = Asking(iss=MASKINPORTEN).token()
    assert narrow.post("/v1/assessments", json={}, headers={"Authorization": f"Bearer {other}"}).status_code == 200


def test_open_routes_cost_nothing(narrow: TestClient) -> None:
    for _ in range(10):
        answer = narrow.get("/health")
        assert answer.status_code == 200
        assert "RateLimit" not in answer.headers
