"""For whom a client calls: two organisations are never one caller, however their tokens tell it."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

from cds.audit.store import Store
from cds.auth.callers import Shown
from cds.auth.replay import ReplayStore
from tests.auth.guarding import PATH, Clock, Send, callers
from tests.auth.issuing import BEARER_URL, CLAIMS, DPOP_URL, ENTRA, HELSEID, MASKINPORTEN, Asking

PARENT, CHILD = (f"{CLAIMS}client/claims/orgnr_{which}" for which in ("parent", "child"))
READ = "NO:ORGNR:888888888"
CLIENT = "helseid|11111111-2222-3333-4444-555555555555"
ONE, TWO = "999999999", "888888888"
Named = Callable[[Asking], str]


def detail(value: Any, system: str = "urn:oid:1.0.6523") -> dict[str, Any]:
    """Authorization details as HelseID's clients of many organisations send them."""
    identifier = {"system": system, "type": "ENH", "value": value}
    return {"type": "helseid_authorization", "practitioner_role": {"organization": {"identifier": identifier}}}


def user_of(number: str) -> dict[str, Any]:
    """Authorization details of a system user of Maskinporten."""
    return {"type": "urn:altinn:systemuser", "systemuser_org": {"authority": "iso6523-actorid-upis", "ID": number}}


def many(parent: str | None = None, child: str | None = None, details: Any = ..., **more: Any) -> Asking:
    """A token of HelseID that names these."""
    told = {PARENT: ... if parent is None else parent, CHILD: ... if child is None else child}
    return Asking(claims={**told, "authorization_details": details, **more})


@pytest.fixture
def named(clock: Clock) -> Named:
    """What the caller with a token is called here."""
    replay = ReplayStore(Store("sqlite://"))

    def name(asking: Asking) -> str:
        url = DPOP_URL if asking.iss == HELSEID else BEARER_URL
        token = asking.token()
        proofs = [asking.proof(token, "GET", url + PATH, token[-40:])] if asking.iss == HELSEID else []
        scheme = "DPoP" if proofs else "Bearer"
        shown = Shown(url.removeprefix("https://"), "GET", PATH, [f"{scheme} {token}"], proofs, forwarded=True)
        return callers(clock, replay).who(shown).client

    return name


TELLING: list[tuple[Asking, str]] = [
    (many(), CLIENT),
    (many(ONE), f"{CLIENT}|999999999"),
    (many(ONE, TWO), f"{CLIENT}|999999999/888888888"),
    (many(None, TWO), f"{CLIENT}|/888888888"),
    (many(details=[detail("NO:ORGNR:999999999")]), f"{CLIENT}|999999999"),
    (many(details=[detail("NO:ORGNR:999999999:888888888")]), f"{CLIENT}|999999999/888888888"),
    (many(details=detail("NO:ORGNR:999999999:")), f"{CLIENT}|999999999"),
    (many(ONE, details=[detail("NO:ORGNR:999999999:888888888")]), f"{CLIENT}|999999999/888888888"),
    (many(ONE, details=[detail(TWO, "urn:oid:2.16.578.1.12.4.1.4.101")]), f"{CLIENT}|999999999/888888888"),
    (many(ONE, details=[{"type": "nhn:another", "value": {}}]), f"{CLIENT}|999999999"),
    (Asking(iss=MASKINPORTEN), "maskinporten|mp-1|999999999"),
    (
        Asking(iss=MASKINPORTEN, claims={"authorization_details": [user_of("0192:888888888")]}),
        "maskinporten|mp-1|999999999/888888888",
    ),
    (Asking(iss=ENTRA), "entra|nav-app"),
]


@pytest.mark.parametrize(("asking", "client"), TELLING, ids=lambda value: value if isinstance(value, str) else "")
def test_the_caller_is_named_by_issuer_client_and_organisation(named: Named, asking: Asking, client: str) -> None:
    assert named(asking) == client


def test_organisations_that_differ_are_callers_that_differ(named: Named) -> None:
    apart = [
        many(client_id="acme"),
        many(ONE, client_id="acme"),
        many(TWO, client_id="acme"),
        many(None, ONE, client_id="acme"),
        many(ONE, TWO, client_id="acme"),
        many(TWO, ONE, client_id="acme"),
        many(details=[detail("NO:ORGNR:777777777")], client_id="acme"),
        many(details=[detail("NO:ORGNR:777777777:999999999")], client_id="acme"),
        many(ONE, client_id="acme/999999999"),
    ]
    names = [named(asking) for asking in apart]
    assert [pair for pair in combinations(names, 2) if pair[0] == pair[1]] == []


@pytest.mark.parametrize("asking", [
    many("99999999"),
    many("٩٩٩٩٩٩٩٩٩"),
    many(ONE, 888888888),  # type: ignore[arg-type]  # a number is what must be refused
    many(ONE, details=[detail("NO:ORGNR:888888888")]),
    many(ONE, TWO, details=[detail("NO:ORGNR:999999999:777777777")]),
    many(details=[detail("NO:ORGNR:999999999"), detail("NO:ORGNR:888888888")]),
    many(details=[detail("NO:ORGNR:")]),
    many(details=[detail("SE:ORGNR:999999999")]),
    many(details=[detail("NO:ORGNR:999999999", "urn:oid:1.2.3")]),
    many(details=[detail(ONE)]),
    many(details=[detail(None)]),
    many(details=[{"type": "helseid_authorization"}]),
    many(details=[{"type": "helseid_authorization", "practitioner_role": {"organization": []}}]),
    many(details=json.dumps([detail(READ)])),
    many(ONE, details=json.dumps(detail(READ))),
    many(details=[json.dumps(detail(READ))]),
    many(ONE, details=[{"type": "nhn:another"}, json.dumps(detail(READ))]),
    many(details=[[detail(READ)]]),
    many(details=[{"Type" if name == "type" else name: part for name, part in detail(READ).items()}]),
    many(details=[detail(READ) | {"type": ["helseid_authorization"]}]),
    many(details=None),
], ids=range(21))  # fmt: skip
def test_an_organisation_that_cannot_be_read_is_not_taken_for_none(send: Send, asking: Asking) -> None:
    answer = send(asking)
    assert answer.status_code == 401
    assert 'error="invalid_token"' in answer.headers["WWW-Authenticate"]
    assert "organisation" in answer.json()["title"]


@pytest.mark.parametrize("details", [
    [user_of("0192:88888888")],
    [user_of("0192:888888888"), user_of("0192:777777777")],
    [{"type": "urn:altinn:systemuser"}],
    json.dumps([user_of("0192:888888888")]),
    [json.dumps(user_of("0192:888888888"))],
    [[user_of("0192:888888888")]],
], ids=range(6))  # fmt: skip
def test_a_system_user_of_nobody_is_turned_away(send: Send, details: Any) -> None:
    asking = Asking(iss=MASKINPORTEN, claims={"authorization_details": details})
    assert send(asking, "POST", "/v1/assessments", url=BEARER_URL, json={}).status_code == 401


def test_one_organisation_does_not_find_the_receipt_of_another(send: Send) -> None:
    one, two = (many(details=[detail(f"NO:ORGNR:{number}")]) for number in (ONE, TWO))
    receipt = send(one, "POST", "/v1/assessments", json={}).json()["receipt"]
    assert send(one, "POST", "/v1/receipts/verify", json={"receipt": receipt}).status_code == 200
    assert send(two, "POST", "/v1/receipts/verify", json={"receipt": receipt}).status_code == 404
