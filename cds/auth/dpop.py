"""DPoP proofs: that whoever sends a token also has the key it was issued to (RFC 9449, HelseID's security profile)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import SplitResult, quote, unquote, urlsplit

from joserfc import jws, jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from cds.auth.issuers import ALGORITHMS
from cds.auth.jwks import public_key
from cds.auth.refusals import bad_proof, bad_token, unavailable
from cds.auth.tokens import REGISTRY, parts_of, seconds
from cds.signing import base64url

OLDEST = 10
"""Seconds a proof may be old; HelseID's own samples ask for no more."""
SKEW = 5
"""Seconds by which the caller's clock may differ besides."""
KEPT_FOR = OLDEST + 2 * SKEW
"""Seconds for which a used proof must be remembered: as long as it could be accepted."""
_LONGEST_ID = 256
_CURVES = {"ES256": "P-256", "ES384": "P-384", "ES512": "P-521"}
_UNRESERVED = "-._~!$&'()*+,;=:@/"


class ReplayUnknown(Exception):
    """The store of used proofs cannot be asked."""


class Replay(Protocol):
    """Where used proofs are remembered, for all processes of the service together."""

    def first_use(self, key: str, expires: int, now: int) -> bool:
        """Remember a proof; False where it was used before. Raises ReplayUnknown."""


def make_proof(token: str, key: ECKey, *, method: str, url: str, now: int, jti: str) -> str:
    """The proof for one request with a token that is bound to the key (P-256). `jti` is new, `url` has no query."""
    header = {"alg": "ES256", "typ": "dpop+jwt", "jwk": key.as_dict(private=False)}
    ath = base64url(hashlib.sha256(token.encode()).digest())
    return jwt.encode(header, {"htm": method, "htu": url, "iat": now, "jti": jti, "ath": ath}, key)


def check_proof(
    proof: str, token: str, claims: Mapping[str, Any], *, method: str, url: str, now: float, replay: Replay
) -> None:
    """Raise Refused unless the proof is for this token and this request, and is used for the first time.

    `claims` are those of the token; `url` is the request's, as the caller wrote it.
    """
    thumbprint = bound_to(claims)
    if thumbprint is None:
        raise bad_token("The token is not bound to a key")
    try:
        taken_apart, said = parts_of(proof)
        header = taken_apart.headers()
    except (JoseError, ValueError, TypeError, RecursionError):
        raise bad_proof("The proof is not a signed JWT") from None
    if not hmac.compare_digest(_signed_by(taken_apart, header), thumbprint):
        raise bad_proof("The token belongs to another key")
    _about_this_request(said, method, url, now)
    expected = base64url(hashlib.sha256(token.encode("ascii")).digest())
    ath = said.get("ath")
    if not isinstance(ath, str) or not ath.isascii() or not hmac.compare_digest(ath, expected):
        raise bad_proof("The proof is for another token")
    _used_once(said.get("jti"), thumbprint, now, replay)


def bound_to(claims: Mapping[str, Any]) -> str | None:
    """The thumbprint of the key a token is bound to, if it is."""
    confirmation = claims.get("cnf")
    thumbprint = confirmation.get("jkt") if isinstance(confirmation, dict) else None
    return thumbprint if isinstance(thumbprint, str) and thumbprint.isascii() else None


def _signed_by(taken_apart: jws.CompactSignature, header: Mapping[str, Any]) -> str:
    """The thumbprint of the key that signed the proof, which stands in its header."""
    if header.get("typ") != "dpop+jwt":
        raise bad_proof("The proof's type is not dpop+jwt")
    alg = header.get("alg")
    if alg not in ALGORITHMS:
        raise bad_proof("The proof's algorithm is not accepted")
    if "crit" in header or "b64" in header:
        raise bad_proof("The proof's header asks for more than is known here")
    jwk = header.get("jwk")
    key = public_key(jwk)
    if key is None or not isinstance(jwk, dict):
        raise bad_proof("The proof does not carry a public key, and nothing but that")
    if jwk.get("crv") != _CURVES.get(str(alg)):
        raise bad_proof("The proof's algorithm is not its key's")
    try:
        holds = jws.validate_compact(taken_apart, key, registry=REGISTRY)
    except (JoseError, ValueError, TypeError):
        holds = False
    if not holds:
        raise bad_proof("The proof's signature does not hold")
    return key.thumbprint()


def _about_this_request(said: Mapping[str, Any], method: str, url: str, now: float) -> None:
    if said.get("htm") != method:
        raise bad_proof("The proof is for another method")
    htu = said.get("htu")
    if not isinstance(htu, str) or _same(htu) is None or _same(htu) != _same(url):
        raise bad_proof("The proof is for another address")
    issued = seconds(said.get("iat"))
    if issued is None:
        raise bad_proof("The proof does not say when it was made")
    if issued < now - OLDEST - SKEW:
        raise bad_proof("The proof is too old")
    if issued > now + SKEW:
        raise bad_proof("The proof was made in the future")
    if "exp" in said and (expires := seconds(said["exp"])) is not None and now > expires + SKEW:
        raise bad_proof("The proof has expired")


def _used_once(jti: object, thumbprint: str, now: float, replay: Replay) -> None:
    """Last of all checks, so that a proof that fails another one is not used up."""
    if not isinstance(jti, str) or not 0 < len(jti) <= _LONGEST_ID:
        raise bad_proof("The proof has no id")
    key = hashlib.sha256(f"{thumbprint}\n{jti}".encode("utf-8", "surrogatepass")).hexdigest()
    try:
        first = replay.first_use(key, int(now) + KEPT_FOR + 1, int(now))
    except ReplayUnknown:
        raise unavailable("Whether the proof was used before cannot be told now") from None
    if not first:
        raise bad_proof("The proof was used before")


def _same(url: str) -> tuple[str, str, int | None, str] | None:
    """An address without query and fragment, with what RFC 3986 (section 6.2) counts as the same made the same."""
    try:
        parts: SplitResult = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not parts.hostname or parts.username is not None:
        return None
    if re.search(r"[^\x21-\x7e]", url):
        return None
    scheme = parts.scheme.lower()
    default = {"http": 80, "https": 443}[scheme]
    path = quote(unquote(parts.path or "/", errors="surrogateescape"), safe=_UNRESERVED, errors="surrogateescape")
    return scheme, parts.hostname.lower(), port or default, path
