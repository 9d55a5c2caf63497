"""A receipt is its client's own: whoever else brings it is told that there is none, unless it is an auditor."""

from __future__ import annotations

from typing import Any

import pytest

from tests.auth.guarding import Send
from tests.auth.issuing import BEARER_URL, ENTRA, Asking

PERSON = {"as_of": "2026-11-20", "facts": {"opioid_use_now": "yes"}}
GP = Asking()
AUDITOR = Asking(claims={"scope": "example:overdose/audit", "client_id": "an-auditor"})
OTHERS = {
    "another client": Asking(claims={"client_id": "another"}),
    "another organisation": Asking(claims={"helseid://claims/client/claims/orgnr_parent": "888888888"}),
    "a client of that name elsewhere": Asking(
        iss=ENTRA, header={"typ": "JWT"}, claims={"azp": "nav-app", "client_id": "11111111-2222-3333-4444-555555555555"}
    ),
    "a batch client": Asking(claims={"scope": "example:overdose/batch", "client_id": "analyst"}),
}


@pytest.fixture
def answer(send: Send) -> dict[str, Any]:
    """What a general practice was answered."""
    given: dict[str, Any] = send(GP, "POST", "/v1/assessments", json=PERSON).json()
    assert given.keys() == {"assessment", "receipt"}
    return given


def bodies(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """A receipt as it can be used."""
    return {
        "/v1/receipts/verify": {"receipt": {"jws": answer["receipt"]["jws"]}},
        "/v1/receipts/replay": answer,
    }


@pytest.mark.parametrize("path", ["/v1/receipts/verify", "/v1/receipts/replay"])
def test_a_client_may_use_its_own_receipt_and_an_auditor_anyones(send: Send, answer: dict[str, Any], path: str) -> None:
    body = bodies(answer)[path]
    for who in (GP, AUDITOR):
        told = send(who, "POST", path, json=body)
        assert told.status_code == 200, told.text
        proven = told.json() if path.endswith("verify") else told.json()["proven"]
        assert proven["receipt"]["client"].startswith("helseid|11111111-2222")
        assert {line["name"]: line["result"] for line in proven["lines"]}["included"] == "ok"


@pytest.mark.parametrize("path", ["/v1/receipts/verify", "/v1/receipts/replay"])
@pytest.mark.parametrize("other", OTHERS)
def test_to_another_client_there_is_no_such_receipt(send: Send, answer: dict[str, Any], path: str, other: str) -> None:
    who = OTHERS[other]
    url = {"url": BEARER_URL} if who.iss == ENTRA else {}
    told = send(who, "POST", path, json=bodies(answer)[path], **url)
    if who.iss == ENTRA and path.endswith("replay"):
        assert told.status_code == 403, "who gets advice alone replays nothing at all"
        return
    assert (told.status_code, told.json()["type"]) == (404, "urn:cds-overdose:problem:unknown-receipt")
    assert told.json().keys() == {"type", "title", "status"}
    assert "11111111" not in told.text


def test_what_a_client_replays_without_a_receipt_is_its_own_question(send: Send, answer: dict[str, Any]) -> None:
    """The same it would be told if it asked: nothing of the other client's receipt is needed or shown."""
    told = send(OTHERS["another client"], "POST", "/v1/receipts/replay", json={"assessment": answer["assessment"]})
    assert told.status_code == 200
    assert "proven" not in told.json()


def test_a_receipt_nobody_signed_is_nobodys(send: Send) -> None:
    told = send(
        OTHERS["another client"], "POST", "/v1/receipts/verify", json={"receipt": {"jws": "e30.e30.e30"}}
    ).json()
    assert (told["ok"], told["receipt"], told["lines"][0]["result"]) == (False, None, "failed")


def test_nav_can_have_its_own_receipt_checked(send: Send) -> None:
    nav = Asking(claims={"scope": "example:overdose/nav", "client_id": "a-nav-office"})
    given = send(nav, "POST", "/v1/assessments", json=PERSON).json()
    told = send(nav, "POST", "/v1/receipts/verify", json={"receipt": given["receipt"]})
    assert told.status_code == 200
    assert '"level"' not in told.text
    assert send(GP, "POST", "/v1/receipts/verify", json={"receipt": given["receipt"]}).status_code == 404
