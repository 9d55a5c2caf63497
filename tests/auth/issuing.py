"""Issuers of the tests, with keys of their own: tokens as they should be, and one part of them otherwise."""

from __future__ import annotations

import hashlib
import json
import warnings
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from joserfc import jws
from joserfc.jwk import ECKey, OctKey, RSAKey

from cds.auth.issuers import Entrance, Issuer
from cds.signing import base64url

NOW = 1_795_000_000
AUDIENCE = "example:overdose"
HELSEID, ENTRA, TOKENX, MASKINPORTEN = (f"https://{name}.test.example" for name in ("sts", "entra", "tokenx", "mp"))
DPOP_URL, BEARER_URL = "https://dpop.example.no", "https://bearer.example.no"
JKU = "https://attacker.example/keys"
CLAIMS = "helseid://claims/"
Json = dict[str, Any]


@cache
def key(name: str) -> ECKey:
    """A key of a test, the same whenever it is asked for."""
    return ECKey.generate_key("P-256", {"kid": name})


@cache
def rsa(name: str, bits: int = 2048) -> RSAKey:
    """An RSA key of a test; joserfc warns of a short one, and makes and takes it all the same."""
    with warnings.catch_warnings(action="ignore"):
        return RSAKey.generate_key(bits, {"kid": name})


def issuer(name: str, kind: str, iss: str, **more: Any) -> Issuer:
    """An issuer as its file would say."""
    told = {"name": name, "kind": kind, "issuer": iss, "jwks_url": f"{iss}/keys"} | more
    return Issuer.model_validate(told)


SCOPES: Json = {
    "example:overdose/gp": ["odr:decide:gp", "odr:rules:read"],
    "example:overdose/district": ["odr:decide:district", "odr:rules:read"],
    "example:overdose/social": ["odr:decide:social", "odr:rules:read"],
    "example:overdose/nav": ["odr:decide:nav", "odr:rules:read"],
    "example:overdose/audit": ["odr:audit", "odr:rules:read"],
    "example:overdose/batch": ["odr:batch"],
    "example:overdose/rules": ["odr:rules:read"],
}
ENTRANCES = (
    Entrance(
        url=DPOP_URL,
        scheme="DPoP",
        issuers=(issuer("helseid", "helseid", HELSEID, audience=AUDIENCE, scopes=SCOPES),),
    ),
    Entrance(
        url=BEARER_URL,
        scheme="Bearer",
        issuers=(
            issuer(
                "entra",
                "entra",
                ENTRA,
                audience="app-1",
                clients={"nav-app": ["odr:decide:nav"]},
                scopes={"Rules.Read": ["odr:rules:read"]},
                require={"idtyp": ["app"]},
            ),
            issuer("tokenx", "tokenx", TOKENX, audience="dev-gcp:odr:app", clients={"dev:a:b": ["odr:decide:nav"]}),
            issuer("maskinporten", "maskinporten", MASKINPORTEN, scopes={"ex:odr/social": ["odr:decide:social"]}),
        ),
    ),
)
GOOD: Mapping[str, Json] = {
    HELSEID: {
        "aud": AUDIENCE,
        "client_id": "11111111-2222-3333-4444-555555555555",
        "scope": ["example:overdose/gp"],
        f"{CLAIMS}client/claims/orgnr_parent": "999999999",
    },
    ENTRA: {"aud": "app-1", "azp": "nav-app", "idtyp": "app", "roles": ["Rules.Read"]},
    TOKENX: {"aud": "dev-gcp:odr:app", "client_id": "dev:a:b", "acr": "idporten-loa-high"},
    MASKINPORTEN: {
        "client_id": "mp-1",
        "scope": "ex:odr/social",
        "consumer": {"authority": "iso6523-actorid-upis", "ID": "0192:999999999"},
    },
}


def signed(header: Json, claims: Any, with_key: Any, alg: str | None = None) -> str:
    """A compact JWS with exactly this header, whatever it says, signed by `alg` or what the header names."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    start = f"{base64url(json.dumps(header).encode())}.{base64url(payload)}"
    used = jws.JWSRegistry.algorithms[alg or header["alg"]]
    return f"{start}.{base64url(used.sign(start.encode(), with_key))}"


def without(claims: Json) -> Json:
    """Claims without those that stand for nothing at all."""
    return {name: value for name, value in claims.items() if value is not ...}


@dataclass
class Asking:
    """One request's token and proof, right in every part unless a test says otherwise (`...` leaves a part out)."""

    iss: str = HELSEID
    claims: Json = field(default_factory=dict)
    header: Json = field(default_factory=dict)
    proof_claims: Json = field(default_factory=dict)
    proof_header: Json = field(default_factory=dict)
    token_key: Any = None
    token_alg: str | None = None
    proof_key: Any = None
    proof_signer: Any = None
    proof_alg: str | None = None
    bound: bool = True
    now: int = NOW

    def token(self) -> str:
        """The access token."""
        used = self.token_key or key(self.iss)
        header = {"alg": "ES256", "typ": "at+jwt", "kid": self.iss} | self.header
        claims = {"iss": self.iss, "iat": self.now, "nbf": self.now, "exp": self.now + 300} | GOOD.get(self.iss, {})
        if self.bound and self.iss == HELSEID:
            claims["cnf"] = {"jkt": (self.proof_key or key("caller")).thumbprint()}
        return signed(without(header), without(claims | self.claims), used, self.token_alg)

    def proof(self, token: str, method: str, url: str, jti: str) -> str:
        """The proof for one request with that token."""
        used = self.proof_key or key("caller")
        header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": used.as_dict(private=False)} | self.proof_header
        claims = {"htm": method, "htu": url, "iat": self.now, "jti": jti, "ath": ath(token)} | self.proof_claims
        return signed(without(header), without(claims), self.proof_signer or used, self.proof_alg)


def ath(token: str) -> str:
    """What binds a proof to a token."""
    return base64url(hashlib.sha256(token.encode()).digest())


SHARED = OctKey.import_key("a secret that both would have to know, long enough for HS512 to be content with it")
