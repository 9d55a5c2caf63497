"""Tokens and proofs that do not hold: each is turned away, told why in the words of the RFCs, and repeated nowhere."""

from __future__ import annotations

import re

import httpx2
import pytest

from cds.auth.jwks import FetchedKeys
from cds.auth.refusals import Refused
from cds.auth.tokens import read_token
from tests.auth.guarding import Send
from tests.auth.issuing import (
    BEARER_URL,
    CLAIMS,
    DPOP_URL,
    ENTRA,
    ENTRANCES,
    HELSEID,
    JKU,
    MASKINPORTEN,
    NOW,
    SHARED,
    TOKENX,
    Asking,
    ath,
    key,
    rsa,
    signed,
)

PUBLIC = key(HELSEID).as_dict(private=False)
CHALLENGE = re.compile(
    r'(DPoP|Bearer) realm="cds-overdose"(, algs="[A-Z0-9 ]+")?'
    r'(, error="(invalid_token|invalid_dpop_proof|insufficient_scope)", error_description="[A-Za-z0-9 ,;\'+-]+")?'
    r'(, scope="[a-z:/ ]+")?'
)

TOKENS = {
    "algorithm none": Asking(header={"alg": "none"}),
    "algorithm none, unsigned": Asking(header={"alg": "none"}, token_alg="none"),
    "symmetric algorithm": Asking(header={"alg": "HS256"}, token_key=SHARED),
    "symmetric with the public key as secret": Asking(header={"alg": "HS256"}, token_key=SHARED, token_alg="HS256"),
    "algorithm in lower case": Asking(header={"alg": "es256"}, token_alg="ES256"),
    "algorithm left out": Asking(header={"alg": ...}, token_alg="ES256"),
    "algorithm a list": Asking(header={"alg": ["ES256"]}, token_alg="ES256"),
    "algorithm of another kind of key": Asking(header={"alg": "RS256"}, token_alg="ES256"),
    "algorithm other than the key's own": Asking(header={"kid": "pinned"}, token_key=key("pinned")),
    "key unknown": Asking(header={"kid": "nobody"}),
    "key left out": Asking(header={"kid": ...}),
    "key empty": Asking(header={"kid": ""}),
    "key a number": Asking(header={"kid": 1}),
    "key a path": Asking(header={"kid": "../../etc/passwd"}),
    "key very long": Asking(header={"kid": "k" * 400}),
    "key for encryption": Asking(header={"alg": "RS256", "kid": "encrypting"}, token_key=rsa(HELSEID)),
    "key of another issuer": Asking(token_key=key(ENTRA)),
    "key of its own in the header": Asking(header={"jwk": PUBLIC}),
    "key at an address in the header": Asking(header={"jku": JKU}),
    "certificate at an address in the header": Asking(header={"x5u": JKU}),
    "certificate in the header": Asking(header={"x5c": ["AA=="]}),
    "critical header": Asking(header={"crit": ["exp"], "exp": NOW}),
    "payload said to be encoded or not": Asking(header={"b64": True}),
    "type of an ID token": Asking(header={"typ": "id+jwt"}),
    "type of a proof": Asking(header={"typ": "dpop+jwt"}),
    "type left out": Asking(header={"typ": ...}),
    "type a list": Asking(header={"typ": ["at+jwt"]}),
    "issuer unknown": Asking(claims={"iss": "https://elsewhere.example"}),
    "issuer with a slash more": Asking(claims={"iss": f"{HELSEID}/"}),
    "issuer in capitals": Asking(claims={"iss": HELSEID.upper()}),
    "issuer of the other address": Asking(claims={"iss": ENTRA}),
    "issuer left out": Asking(claims={"iss": ...}),
    "issuer a list": Asking(claims={"iss": [HELSEID]}),
    "audience another": Asking(claims={"aud": "example:other"}),
    "audience more than ours": Asking(claims={"aud": ["example:overdose", "example:other"]}),
    "audience begins like ours": Asking(claims={"aud": "example:overdose2"}),
    "audience left out": Asking(claims={"aud": ...}),
    "audience empty": Asking(claims={"aud": []}),
    "expired": Asking(claims={"exp": NOW - 6}),
    "expiry left out": Asking(claims={"exp": ...}),
    "expiry a text": Asking(claims={"exp": str(NOW + 300)}),
    "expiry true": Asking(claims={"exp": True}),
    "expiry beyond all time": Asking(claims={"exp": 10**30}),
    "expiry no number": Asking(claims={"exp": float("nan")}),
    "not valid yet": Asking(claims={"nbf": NOW + 6}),
    "validity a text": Asking(claims={"nbf": "soon"}),
    "issued in the future": Asking(claims={"iat": NOW + 6}),
    "client left out": Asking(claims={"client_id": ...}),
    "client a list": Asking(claims={"client_id": ["a"]}),
    "client with a bar": Asking(claims={"client_id": "acme|999999999"}),
    "client with a line break": Asking(claims={"client_id": "a\r\nSet-Cookie: b"}),
    "not bound to a key": Asking(bound=False),
    "bound to nothing": Asking(claims={"cnf": {}}),
    "bound to a certificate": Asking(claims={"cnf": {"x5t#S256": "abc"}}),
    "bound in a text": Asking(claims={"cnf": "jkt"}),
}
PROOFS = {
    "method another": Asking(proof_claims={"htm": "POST"}),
    "method in lower case": Asking(proof_claims={"htm": "get"}),
    "method left out": Asking(proof_claims={"htm": ...}),
    "address another path": Asking(proof_claims={"htu": f"{DPOP_URL}/v1/facts"}),
    "address another host": Asking(proof_claims={"htu": "https://elsewhere.example/v1/releases"}),
    "address without TLS": Asking(proof_claims={"htu": "http://dpop.example.no/v1/releases"}),
    "address another port": Asking(proof_claims={"htu": f"{DPOP_URL}:8443/v1/releases"}),
    "address no address": Asking(proof_claims={"htu": "https://[::1/v1"}),
    "address with a name before the host": Asking(proof_claims={"htu": "https://a@dpop.example.no/v1/releases"}),
    "address left out": Asking(proof_claims={"htu": ...}),
    "token another": Asking(proof_claims={"ath": ath("another")}),
    "token left out": Asking(proof_claims={"ath": ...}),
    "token a number": Asking(proof_claims={"ath": 1}),
    "made long ago": Asking(proof_claims={"iat": NOW - 16}),
    "made in the future": Asking(proof_claims={"iat": NOW + 6}),
    "made nobody knows when": Asking(proof_claims={"iat": ...}),
    "made at a text": Asking(proof_claims={"iat": "now"}),
    "expired": Asking(proof_claims={"exp": NOW - 6}),
    "id left out": Asking(proof_claims={"jti": ...}),
    "id empty": Asking(proof_claims={"jti": ""}),
    "id a number": Asking(proof_claims={"jti": 7}),
    "id very long": Asking(proof_claims={"jti": "x" * 257}),
    "private key": Asking(proof_header={"jwk": key("caller").as_dict(private=True)}),
    "private RSA key": Asking(proof_key=rsa("c"), proof_header={"alg": "PS256", "jwk": rsa("c").as_dict(private=True)}),
    "symmetric key": Asking(proof_header={"alg": "HS256", "jwk": SHARED.as_dict(private=True)}, proof_signer=SHARED),
    "key left out": Asking(proof_header={"jwk": ...}),
    "key a text": Asking(proof_header={"jwk": "key"}),
    "key too small": Asking(proof_key=rsa("small", 1024), proof_header={"alg": "PS256"}),
    "key off its curve": Asking(proof_header={"jwk": {"kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}}),
    "key on a curve of its own": Asking(proof_header={"jwk": {"kty": "EC", "crv": "P-1", "x": "AA", "y": "AA"}}),
    "key another than the token's": Asking(claims={"cnf": {"jkt": key("other").thumbprint()}}),
    "key another than signed it": Asking(proof_signer=key("other")),
    "algorithm none": Asking(proof_header={"alg": "none"}),
    "algorithm symmetric": Asking(proof_header={"alg": "HS256"}, proof_signer=SHARED),
    "algorithm of another curve": Asking(proof_header={"alg": "ES384"}, proof_alg="ES256"),
    "algorithm of another kind of key": Asking(proof_header={"alg": "RS256"}, proof_alg="ES256"),
    "type of a token": Asking(proof_header={"typ": "at+jwt"}),
    "type left out": Asking(proof_header={"typ": ...}),
    "critical header": Asking(proof_header={"crit": ["b64"], "b64": False}),
    "payload said to be encoded or not": Asking(proof_header={"b64": True}),
}
OTHERS = {
    "Entra, of a person": Asking(iss=ENTRA, header={"typ": "JWT"}, claims={"idtyp": "user"}),
    "Entra, claim left out": Asking(iss=ENTRA, header={"typ": "JWT"}, claims={"idtyp": ...}),
    "Entra, another application": Asking(iss=ENTRA, header={"typ": "JWT"}, claims={"aud": "app-2"}),
    "TokenX, another audience": Asking(iss=TOKENX, header={"typ": "JWT"}, claims={"aud": "app-1"}),
    "TokenX, key of Entra": Asking(iss=TOKENX, header={"typ": "JWT"}, token_key=key(ENTRA)),
    "Maskinporten, another service": Asking(iss=MASKINPORTEN, claims={"aud": "https://other.example/api"}),
    "Maskinporten, more than no service": Asking(iss=MASKINPORTEN, claims={"aud": ["unspecified", "other"]}),
    "Maskinporten, nobody knows which": Asking(iss=MASKINPORTEN, claims={"aud": None}),
    "Maskinporten, no consumer": Asking(iss=MASKINPORTEN, claims={"consumer": ...}),
    "Maskinporten, consumer a text": Asking(iss=MASKINPORTEN, claims={"consumer": "0192:999999999"}),
    "Maskinporten, consumer of another country": Asking(iss=MASKINPORTEN, claims={"consumer": {"ID": "0007:99999"}}),
    "bound to a key, sent without proof": Asking(iss=ENTRA, claims={"cnf": {"jkt": key("caller").thumbprint()}}),
    "HelseID at the wrong address": Asking(iss=HELSEID),
}


def turned_away(answer: httpx2.Response, status: int, scheme: str, code: str | None, *secret: str) -> None:
    """The answer says no in the right words, and nothing of what was sent."""
    assert answer.status_code == status, answer.text
    told = answer.headers["WWW-Authenticate"]
    assert CHALLENGE.fullmatch(told), told
    assert told.startswith(f"{scheme} ")
    assert (f'error="{code}"' in told) if code else ("error=" not in told)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json().keys() == {"type", "title", "status"}
    everything = answer.text + str(answer.headers)
    for word in ("attacker", "etc/passwd", "Set-Cookie: b", "elsewhere", *secret):
        assert word not in everything
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize("name", TOKENS)
def test_a_token_that_does_not_hold(send: Send, name: str) -> None:
    asking = TOKENS[name]
    turned_away(send(asking), 401, "DPoP", "invalid_token", asking.token(), asking.token().split(".")[1])


@pytest.mark.parametrize("name", PROOFS)
def test_a_proof_that_does_not_hold(send: Send, name: str) -> None:
    turned_away(send(PROOFS[name]), 401, "DPoP", "invalid_dpop_proof")


@pytest.mark.parametrize("name", OTHERS)
def test_a_bearer_token_that_does_not_hold(send: Send, name: str) -> None:
    answer = send(OTHERS[name], "POST", "/v1/assessments", url=BEARER_URL, json={})
    turned_away(answer, 401, "Bearer", "invalid_token")


@pytest.mark.parametrize("text", ["a", "a.b", "a.b.c", "a.b.c.d.e", "....", "é.é.é", "." * 3, "e30.e30.", "A" * 20_000])
def test_what_is_no_token(send: Send, text: str) -> None:
    headers = {"Authorization": f"DPoP {text}".encode(), "DPoP": b"a.b.c"}
    turned_away(send(headers=headers), 401, "DPoP", "invalid_token")


def test_claims_that_are_no_object_or_say_a_thing_twice(send: Send) -> None:
    for claims in (b"[]", b'"iss"', b"{", b"\xff", f'{{"iss": "{HELSEID}", "iss": "{HELSEID}"}}'.encode()):
        token = signed({"alg": "ES256", "typ": "at+jwt", "kid": HELSEID}, claims, key(HELSEID))
        turned_away(send(headers={"Authorization": f"DPoP {token}", "DPoP": "a.b.c"}), 401, "DPoP", "invalid_token")


def test_a_signature_cut_or_changed(send: Send) -> None:
    token = Asking().token()
    head, claims, signature = token.split(".")
    other = Asking(claims={"scope": "example:overdose/audit"}).token().split(".")[1]
    for bad in (f"{head}.{claims}.", f"{head}.{claims}.{signature[:-4]}", f"{head}.{other}.{signature}"):
        proof = Asking().proof(bad, "GET", f"{DPOP_URL}/v1/releases", "cut")
        turned_away(send(headers={"Authorization": f"DPoP {bad}", "DPoP": proof}), 401, "DPoP", "invalid_token")


def test_nothing_sent_is_answered_without_an_error_code(send: Send) -> None:
    turned_away(send(), 401, "DPoP", None)
    turned_away(send(url=BEARER_URL), 401, "Bearer", None)
    assert 'algs="RS256' in send().headers["WWW-Authenticate"]
    assert "algs" not in send(url=BEARER_URL).headers["WWW-Authenticate"]


@pytest.mark.parametrize("scheme", ["Bearer", "Basic", "Negotiate", "DPoPx", ""])
def test_one_address_accepts_one_scheme(send: Send, scheme: str) -> None:
    token = Asking().token()
    turned_away(send(headers={"Authorization": f"{scheme} {token}"}), 401, "DPoP", None, token)
    if scheme != "Bearer":
        turned_away(send(headers={"Authorization": f"{scheme} {token}"}, url=BEARER_URL), 401, "Bearer", None, token)


def test_a_bearer_address_accepts_no_proof(send: Send) -> None:
    asking = Asking(iss=ENTRA, header={"typ": "JWT"})
    assert send(asking, url=BEARER_URL).status_code == 200
    turned_away(send(asking, url=BEARER_URL, headers={"DPoP": "a.b.c"}), 401, "Bearer", "invalid_token")
    turned_away(
        send(url=BEARER_URL, headers={"Authorization": f"DPoP {asking.token()}"}), 401, "Bearer", None, asking.token()
    )


@pytest.mark.parametrize("times", [0, 2])
def test_exactly_one_proof(send: Send, times: int) -> None:
    asking = Asking()
    token = asking.token()
    proofs = [("DPoP", asking.proof(token, "GET", f"{DPOP_URL}/v1/releases", f"{times}-{n}")) for n in range(times)]
    answer = send(headers=[("Authorization", f"DPoP {token}"), *proofs])
    turned_away(answer, 401, "DPoP", "invalid_dpop_proof")


def test_more_than_one_token(send: Send) -> None:
    tokens = [("Authorization", f"DPoP {Asking().token()}"), ("Authorization", f"DPoP {Asking().token()}")]
    turned_away(send(headers=tokens), 401, "DPoP", "invalid_token")


def test_a_token_in_the_address_is_no_token(send: Send) -> None:
    token = Asking(iss=ENTRA, header={"typ": "JWT"}).token()
    turned_away(send(path=f"/v1/releases?access_token={token}", url=BEARER_URL), 401, "Bearer", None, token)


def test_an_address_that_is_not_ours(send: Send) -> None:
    turned_away(send(Asking(), headers={"Host": "elsewhere.example"}), 401, "DPoP", None)


def test_a_proof_is_good_for_one_request(send: Send) -> None:
    asking = Asking()
    token = asking.token()
    proof = asking.proof(token, "GET", f"{DPOP_URL}/v1/releases", "once and no more")
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    assert send(headers=headers).status_code == 200
    turned_away(send(headers=headers), 401, "DPoP", "invalid_dpop_proof")
    again = asking.proof(token, "GET", f"{DPOP_URL}/v1/releases", "once and no more")
    assert again != proof
    turned_away(send(headers=headers | {"DPoP": again}), 401, "DPoP", "invalid_dpop_proof")


def test_a_proof_that_fails_is_not_used_up(send: Send) -> None:
    asking = Asking()
    token = asking.token()
    proof = asking.proof(token, "GET", f"{DPOP_URL}/v1/releases", "kept")
    headers = {"Authorization": f"DPoP {token}", "DPoP": proof}
    turned_away(send(headers=headers, path="/v1/facts"), 401, "DPoP", "invalid_dpop_proof")
    assert send(headers=headers).status_code == 200


@pytest.mark.parametrize("claims", [
    {},
    {f"{CLAIMS}identity/pid": "x"},
    {f"{CLAIMS}identity/security_level": "4"},
    {f"{CLAIMS}identity/pid": "x", f"{CLAIMS}identity/security_level": "3"},
    {f"{CLAIMS}identity/pid": "x", f"{CLAIMS}identity/security_level": 4},
    {f"{CLAIMS}identity/pid": "", f"{CLAIMS}identity/security_level": "4"},
])  # fmt: skip
def test_where_a_person_must_be_signed_in(claims: dict[str, object]) -> None:
    wanting = ENTRANCES[0].issuers[0].model_copy(update={"user_required": True})
    entrance = ENTRANCES[0].model_copy(update={"issuers": (wanting,)})
    keys = {"helseid": FetchedKeys("keys", lambda: 0.0, lambda _: {"keys": [PUBLIC]})}
    with pytest.raises(Refused, match="person"):
        read_token(Asking(claims=claims).token(), entrance, keys, NOW)
    good = {f"{CLAIMS}hpr/hpr_number": "1", f"{CLAIMS}identity/security_level": "4"}
    assert read_token(Asking(claims=good).token(), entrance, keys, NOW)[0] is wanting
