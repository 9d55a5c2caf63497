"""Tokens that hold: who is let in, as whom, and under which scheme."""

from __future__ import annotations

import pytest

from tests.auth.guarding import Send
from tests.auth.issuing import BEARER_URL, DPOP_URL, ENTRA, MASKINPORTEN, NOW, TOKENX, Asking, key, rsa


def test_a_token_of_helseid_with_its_proof_is_let_in(send: Send) -> None:
    answer = send(Asking())
    assert answer.status_code == 200
    assert answer.headers["RateLimit-Policy"] == '"client";q=1000000;w=60'


@pytest.mark.parametrize(("iss", "path", "method"), [
    (ENTRA, "/v1/releases", "GET"),
    (ENTRA, "/v1/assessments", "POST"),
    (TOKENX, "/v1/assessments", "POST"),
    (MASKINPORTEN, "/v1/assessments", "POST"),
])  # fmt: skip
def test_tokens_of_the_others_are_let_in_as_bearers(send: Send, iss: str, path: str, method: str) -> None:
    typ = ... if iss == MASKINPORTEN else "JWT"
    answer = send(
        Asking(iss=iss, header={"typ": typ}), method, path, url=BEARER_URL, json={} if method == "POST" else None
    )
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize("asking", [
    Asking(header={"typ": "JWT"}),
    Asking(header={"typ": "application/at+jwt"}),
    Asking(header={"alg": "PS256", "kid": "rsa"}, token_key=rsa("rsa")),
    Asking(header={"alg": "RS512", "kid": "rsa"}, token_key=rsa("rsa")),
    Asking(claims={"aud": ["example:overdose"]}),
    Asking(claims={"scope": "openid example:overdose/gp"}),
    Asking(claims={"exp": NOW - 4}),
    Asking(claims={"nbf": NOW + 4, "iat": NOW + 4}),
    Asking(proof_key=rsa("caller-rsa"), proof_header={"alg": "PS384"}),
    Asking(proof_claims={"iat": NOW - 15}),
    Asking(proof_claims={"iat": NOW + 5}),
    Asking(proof_claims={"htu": f"{DPOP_URL.upper().replace('HTTPS', 'https')}:443/v1/releases?a=1#b"}),
    Asking(proof_claims={"htu": f"{DPOP_URL}/v1/%72eleases"}),
], ids=lambda asking: str(asking.header | asking.claims | asking.proof_claims | asking.proof_header)[:60])  # fmt: skip
def test_what_the_standards_allow_is_let_in(send: Send, asking: Asking) -> None:
    answer = send(asking)
    assert answer.status_code == 200, answer.text


def test_the_query_is_no_part_of_what_a_proof_names(send: Send) -> None:
    assert send(Asking(), path="/v1/facts?release=0.1.0").status_code == 200


@pytest.mark.parametrize("aud", [..., "unspecified", ["unspecified"]])
def test_maskinporten_may_name_no_service(send: Send, aud: object) -> None:
    asking = Asking(iss=MASKINPORTEN, claims={"aud": aud})
    assert send(asking, "POST", "/v1/assessments", url=BEARER_URL, json={}).status_code == 200


def test_a_key_is_the_issuers_own(send: Send) -> None:
    """The key of one issuer says nothing for another, even at the same address."""
    asking = Asking(iss=TOKENX, token_key=key(ENTRA), header={"typ": "JWT"})
    assert send(asking, "POST", "/v1/assessments", url=BEARER_URL, json={}).status_code == 401
