"""An issuer's public keys: fetched, kept, renewed when it rotates them, and used on when it cannot be reached.

A flood of tokens with invented key ids must not become a flood of requests to the issuer: whatever arrives, keys are
fetched at most once in `AT_MOST_EVERY` seconds, and an id that was not found is not asked for again while it is
remembered. One thread fetches; the others judge by the keys there are.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any, Protocol

import httpx2
import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from cds.signing import from_base64url

log = structlog.get_logger()
FRESH_FOR = 600.0
"""Seconds after which keys are fetched anew; HelseID allows up to a day."""
AT_MOST_EVERY = 30.0
REMEMBER_UNKNOWN = 120.0
MOST_UNKNOWN = 1_000
MOST_KEYS = 100
MOST_BYTES = 262_144
SMALLEST_RSA = 2_048
TIMEOUT = 5.0
_PRIVATE = ("d", "p", "q", "dp", "dq", "qi", "oth", "k")

PublicKey = RSAKey | ECKey


class KeysUnavailable(Exception):
    """No key of the issuer has ever been fetched, so nothing can be judged."""


class Keys(Protocol):
    """Where the key of an id is found."""

    def find(self, kid: str) -> PublicKey | None:
        """The key of that id, or None where the issuer has none. Raises KeysUnavailable."""


class FetchedKeys:
    """The keys behind an address. `stopwatch` counts seconds; `fetch` gives the document and raises OSError or so."""

    def __init__(self, url: str, stopwatch: Callable[[], float], fetch: Callable[[str], Any] | None = None) -> None:
        self._url = url
        self._stopwatch = stopwatch
        self._fetch = fetch or fetch_document
        self._keys: dict[str, PublicKey] = {}
        self._fetched: float | None = None
        self._tried: float | None = None
        self._unknown: OrderedDict[str, float] = OrderedDict()
        self._fetching = threading.Lock()

    def find(self, kid: str) -> PublicKey | None:
        """The key of that id, fetched if need be. Raises KeysUnavailable where none was ever fetched."""
        now = self._stopwatch()
        old = self._fetched is None or now - self._fetched > FRESH_FOR
        asked_for = kid not in self._keys and self._unknown.get(kid, now) <= now
        renewed = (old or asked_for) and self._renew(now)
        if self._fetched is None:
            raise KeysUnavailable
        found = self._keys.get(kid)
        if found is None and renewed:
            self._remember_unknown(kid, now)
        return found

    def _renew(self, now: float) -> bool:
        """Fetch the keys, unless that was tried a moment ago or is being done; whether there are new ones."""
        # Until there are keys everyone waits for the first fetch; after that nobody waits for a renewal.
        if not self._fetching.acquire(blocking=self._fetched is None):
            return False
        try:
            if self._tried is not None and now - self._tried < AT_MOST_EVERY:
                return False
            self._tried = now
            keys = public_keys(self._fetch(self._url))
            if keys:
                self._keys, self._fetched = keys, now
                self._unknown.clear()
                return True
            log.warning("issuer_keys_empty", url=self._url)
        except (httpx2.HTTPError, OSError, ValueError) as error:
            log.warning("issuer_keys_not_fetched", url=self._url, kind=type(error).__name__)
        finally:
            self._fetching.release()
        return False

    def _remember_unknown(self, kid: str, now: float) -> None:
        self._unknown.setdefault(kid, now + REMEMBER_UNKNOWN)
        while len(self._unknown) > MOST_UNKNOWN:
            self._unknown.popitem(last=False)


def fetch_document(url: str) -> Any:
    """The JSON behind an address of the configuration: no redirect, bounded in time and size.

    Raises httpx2.HTTPError or ValueError.
    """
    with httpx2.Client(timeout=TIMEOUT, follow_redirects=False) as client, client.stream("GET", url) as response:
        response.raise_for_status()
        body = bytearray()
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > MOST_BYTES:
                raise ValueError("the key set is too large")
    return httpx2.Response(200, content=bytes(body)).json()


def public_keys(document: Any) -> dict[str, PublicKey]:
    """The keys of a JWKS that can check signatures, by id. What is not such a key is left out. Raises ValueError."""
    if not isinstance(document, dict) or not isinstance(document.get("keys"), list):
        raise ValueError("not a key set")
    found: dict[str, PublicKey] = {}
    for jwk in document["keys"][:MOST_KEYS]:
        key = public_key(jwk)
        if key is not None and isinstance(jwk.get("kid"), str) and jwk.get("use", "sig") == "sig":
            found.setdefault(jwk["kid"], key)
    return found


def public_key(jwk: Any) -> PublicKey | None:
    """A JWK as a key that can check signatures; None for all else, and for one that shows its private half."""
    if not isinstance(jwk, dict) or any(part in jwk for part in _PRIVATE):
        return None
    try:
        if jwk.get("kty") == "RSA":
            # Measured before it is read: joserfc takes a short key too, with a warning.
            bits = int.from_bytes(from_base64url(jwk["n"]), "big").bit_length()
            return RSAKey.import_key(jwk) if bits >= SMALLEST_RSA else None
        if jwk.get("kty") == "EC":
            return ECKey.import_key(jwk)
    except (JoseError, ValueError, TypeError, KeyError):
        return None
    return None
