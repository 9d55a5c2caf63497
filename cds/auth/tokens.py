"""Access tokens: the checks of a resource server (RFC 7519, RFC 9068, HelseID's security profile).

joserfc takes the token apart and checks its signature; what the claims must be is decided here, each on its own line,
because the four issuers differ in it. Nothing of a token is believed, not even its issuer, before the signature holds.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from joserfc import jws
from joserfc.errors import JoseError

from cds.auth.issuers import ALGORITHMS, Entrance, Issuer, Kind
from cds.auth.jwks import Keys, KeysUnavailable
from cds.auth.organisations import organisation
from cds.auth.profiles import Caller
from cds.auth.refusals import bad_token, unavailable

LEEWAY = 5
"""Seconds that the clocks of issuer and service may differ."""
LONGEST = 16_384
_HEADER = 4_096
_LATEST = 2**53
_TYPES: dict[Kind, frozenset[str | None]] = {
    "helseid": frozenset({"at+jwt", "jwt"}),
    "entra": frozenset({"jwt", "at+jwt"}),
    "tokenx": frozenset({"jwt", "at+jwt"}),
    "maskinporten": frozenset({None, "jwt", "at+jwt"}),
    "development": frozenset({"at+jwt"}),
}
"""What `typ` may say, in lower case. Maskinporten's tokens need not say it."""
_NAMES_OWN_KEY = ("jwk", "jku", "x5u", "x5c", "crit", "b64")
_CLIENT: dict[Kind, str] = {
    "helseid": "client_id",
    "entra": "azp",
    "tokenx": "client_id",
    "maskinporten": "client_id",
    "development": "client_id",
}
_HELSEID = "helseid://claims/"
_NO_AUDIENCE = "unspecified"
"""What Maskinporten writes for now into a token that was asked for without a resource (docs.digdir.no, audience-
restricted tokens); later it leaves `aud` out."""
_CLIENT_ID = re.compile(r"[\x21\x23-\x5b\x5d-\x7b\x7d\x7e]{1,200}")
"""Characters that can stand in a header and in a log; without the bar, which divides the parts of a caller's name."""


class Registry(jws.JWSRegistry):
    """joserfc's limits, wide enough for a proof that carries an RSA key of 4096 bits."""

    max_header_length = _HEADER
    max_payload_length = LONGEST


REGISTRY = Registry(algorithms=list(ALGORITHMS), strict_check_header=False)


def parts_of(compact: str) -> tuple[jws.CompactSignature, dict[str, Any]]:
    """A compact JWS taken apart, and its claims; its signature is not checked yet. Raises ValueError or JoseError."""
    if len(compact) > LONGEST or not compact.isascii() or compact.count(".") != 2:  # noqa: PLR2004 - three parts
        raise ValueError
    taken_apart = jws.extract_compact(compact.encode(), registry=REGISTRY)
    claims = json.loads(taken_apart.payload or b"", object_pairs_hook=_once)
    if not isinstance(claims, dict):
        raise TypeError
    return taken_apart, claims


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    claims = dict(pairs)
    if len(claims) != len(pairs):
        raise ValueError
    return claims


def seconds(claim: object) -> float | None:
    """A NumericDate, or None for anything else."""
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        return None
    return float(claim) if 0 <= claim < _LATEST else None


def read_token(token: str, entrance: Entrance, keys: Mapping[str, Keys], now: float) -> tuple[Issuer, dict[str, Any]]:
    """Who issued a token, and its claims, once everything about it holds at `now`. Raises Refused.

    `keys` are the issuers' keys by the issuers' names.
    """
    try:
        taken_apart, claims = parts_of(token)
        header = taken_apart.headers()
    except (JoseError, ValueError, TypeError, RecursionError):
        raise bad_token("The token is not a signed JWT") from None
    issuer = entrance.issued_by(claims.get("iss"))
    if issuer is None:
        raise bad_token("The token's issuer is not accepted here")
    _header(header, issuer)
    try:
        key = keys[issuer.name].find(header["kid"])
    except KeysUnavailable:
        raise unavailable("The keys of the token's issuer cannot be fetched now") from None
    if key is None:
        raise bad_token("The token is signed with a key its issuer does not have")
    try:
        named = key.get("alg")
        if named is not None and named != header["alg"]:
            raise bad_token("The token's algorithm is not its key's")
        holds = jws.validate_compact(taken_apart, key, registry=REGISTRY)
    except (JoseError, ValueError, TypeError):
        holds = False
    if not holds:
        raise bad_token("The token's signature does not hold")
    _claims(claims, issuer, now)
    return issuer, claims


def _header(header: Mapping[str, Any], issuer: Issuer) -> None:
    alg, kid, typ = header.get("alg"), header.get("kid"), header.get("typ")
    if alg not in issuer.algorithms:
        raise bad_token("The token's algorithm is not accepted")
    kind = typ.lower().removeprefix("application/") if isinstance(typ, str) else typ
    if kind is not None and not isinstance(kind, str):
        raise bad_token("The token's type is not accepted")
    if kind not in _TYPES[issuer.kind]:
        raise bad_token("The token's type is not accepted")
    if not isinstance(kid, str) or not kid or len(kid) > 200:  # noqa: PLR2004 - longer than any issuer's
        raise bad_token("The token does not name its key")
    if any(name in header for name in _NAMES_OWN_KEY):
        raise bad_token("The token's header says how to judge it")


def _claims(claims: Mapping[str, Any], issuer: Issuer, now: float) -> None:
    expires, not_before, issued = (seconds(claims.get(name)) for name in ("exp", "nbf", "iat"))
    if expires is None:
        raise bad_token("The token does not say when it expires")
    if now > expires + LEEWAY:
        raise bad_token("The token has expired")
    if "nbf" in claims and (not_before is None or now < not_before - LEEWAY):
        raise bad_token("The token is not valid yet")
    if "iat" in claims and (issued is None or now < issued - LEEWAY):
        raise bad_token("The token was issued in the future")
    audience = claims.get("aud")
    if issuer.audience is not None and audience not in (issuer.audience, [issuer.audience]):
        raise bad_token("The token is not for this service alone")
    if issuer.audience is None and "aud" in claims and audience not in (_NO_AUDIENCE, [_NO_AUDIENCE]):
        raise bad_token("The token is for a service that is named, and this one has no such name")
    for name, values in issuer.require.items():
        if claims.get(name) not in values:
            raise bad_token("The token lacks a claim that is required here")
    if issuer.user_required:
        _user(claims, issuer)


def _user(claims: Mapping[str, Any], issuer: Issuer) -> None:
    identified = any(claims.get(f"{_HELSEID}{name}") for name in ("identity/pid", "hpr/hpr_number"))
    level = claims.get(f"{_HELSEID}identity/security_level")
    if not identified or level not in ("1", "2", "3", "4") or level < issuer.security_level:
        raise bad_token("A person must be signed in, at a sufficient security level")


def caller_of(claims: Mapping[str, Any], issuer: Issuer) -> Caller:
    """Who is calling, from a token that holds. Raises Refused where it does not say so."""
    client = claims.get(_CLIENT[issuer.kind])
    if not isinstance(client, str) or not _CLIENT_ID.fullmatch(client):
        raise bad_token("The token does not name its client")
    granted = {scope for name in _granted_names(claims) for scope in issuer.scopes.get(name, ())}
    granted |= set(issuer.clients.get(client, ()))
    named = "|".join(part for part in (issuer.name, client, organisation(claims, issuer)) if part is not None)
    return Caller(client=named, scopes=frozenset(granted), asked_as=issuer.asked_as)


def _granted_names(claims: Mapping[str, Any]) -> list[str]:
    """The names of what a token grants: scopes as a text or a list, and the application roles of Entra."""
    names: list[str] = []
    for claim in ("scope", "scp", "roles"):
        value = claims.get(claim)
        if isinstance(value, str):
            names += value.split(" ")
        elif isinstance(value, list):
            names += [name for name in value if isinstance(name, str)]
    return names
