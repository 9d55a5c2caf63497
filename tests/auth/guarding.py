"""The door of the tests: who may call, by which keys and at which time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx2

from cds.auth.callers import Callers
from cds.auth.dpop import Replay
from cds.auth.jwks import FetchedKeys, Keys
from tests.auth.issuing import ENTRANCES, NOW, key, rsa

Send = Callable[..., httpx2.Response]
PATH = "/v1/releases"


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = float(NOW)

    def __call__(self) -> float:
        return self.now


def key_sets() -> dict[str, Any]:
    """What each issuer publishes: its key, and one of its keys that is not for signatures."""
    sets = {}
    for entrance in ENTRANCES:
        for issuer in entrance.issuers:
            encrypting = rsa(issuer.issuer).as_dict(private=False) | {"use": "enc", "kid": "encrypting"}
            pinned = key("pinned").as_dict(private=False) | {"alg": "ES512", "kid": "pinned"}
            sets[issuer.jwks_url] = {
                "keys": [
                    key(issuer.issuer).as_dict(private=False),
                    rsa("rsa").as_dict(private=False),
                    encrypting,
                    pinned,
                ]
            }
    return sets


def callers(clock: Clock, replay: Replay) -> Callers:
    """Who may call the service of these tests."""
    sets = key_sets()
    keys: dict[str, Keys] = {
        issuer.name: FetchedKeys(issuer.jwks_url, clock, sets.__getitem__)
        for entrance in ENTRANCES
        for issuer in entrance.issuers
    }
    return Callers(ENTRANCES, keys, replay, clock)
