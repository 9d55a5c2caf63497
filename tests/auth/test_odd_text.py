"""Text that cannot be written as UTF-8, in every part of a token and of a proof: turned away or let in, no fault."""

from __future__ import annotations

from typing import Any

import pytest

from tests.auth.guarding import Send
from tests.auth.issuing import CLAIMS, DPOP_URL, Asking, key

LONE = "\ud800"
"""Half of a character, which JSON can hold."""
CLAIM = ("iss", "aud", "exp", "nbf", "iat", "client_id", "scope", "scp", "roles", "cnf", "jti", "sub", "idtyp",
         f"{CLAIMS}client/claims/orgnr_parent", "authorization_details")  # fmt: skip
HEADER = ("alg", "typ", "kid", "jwk", "x5c")
PROOF_CLAIM = ("htm", "htu", "iat", "jti", "ath", "exp", "nonce")
PROOF_HEADER = ("alg", "typ", "kid", "jwk")
KEY = ("kty", "crv", "x", "y", "kid", "use", "alg")
PUBLIC = key("caller").as_dict(private=False)


def odd(part: str, name: str, text: str) -> Asking:
    """A request whose token or proof holds the text in one place."""
    value: Any = {"jkt": text} if name == "cnf" else text
    told: dict[str, Any] = {part: {name: value}}
    return Asking(token_alg="ES256", proof_alg="ES256", **told)


PLACES = [
    *(("claims", name) for name in CLAIM),
    *(("header", name) for name in HEADER),
    *(("proof_claims", name) for name in PROOF_CLAIM),
    *(("proof_header", name) for name in PROOF_HEADER),
]


@pytest.mark.parametrize(("part", "name"), PLACES, ids=lambda value: value)
def test_half_a_character_is_no_fault_of_the_service(send: Send, part: str, name: str) -> None:
    told = {send(odd(part, name, text)).status_code for text in (LONE, f"x{LONE}", f"{DPOP_URL}/v1/{LONE}")}
    assert told <= {200, 401, 403}


@pytest.mark.parametrize("member", KEY)
def test_half_a_character_in_a_key_is_none_either(send: Send, member: str) -> None:
    status = send(Asking(proof_header={"jwk": PUBLIC | {member: LONE}})).status_code
    assert status in (200, 401)


def test_a_proof_for_a_token_that_cannot_be_written(send: Send) -> None:
    answer = send(Asking(proof_claims={"ath": LONE}))
    assert answer.status_code == 401
    assert 'error="invalid_dpop_proof"' in answer.headers["WWW-Authenticate"]
