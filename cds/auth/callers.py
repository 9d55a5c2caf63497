"""From what a request shows to who is calling: the one place where the checks come together, in their order."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from cds.auth.development import ANYONE
from cds.auth.dpop import Replay, bound_to, check_proof
from cds.auth.issuers import Entrance, Scheme, is_loopback
from cds.auth.jwks import Keys
from cds.auth.profiles import Caller
from cds.auth.refusals import bad_proof, bad_token, no_token
from cds.auth.tokens import caller_of, read_token

_HOST = re.compile(r"(?P<name>\[[0-9a-f:]+\]|[a-z0-9.-]+)(:[0-9]{1,5})?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a request shows of its caller."""

    host: str
    method: str
    path: str
    """As written in the request, still percent-encoded, without query."""
    authorization: Sequence[str]
    proofs: Sequence[str]
    forwarded: bool
    """Whether the request says that it came through a proxy."""


class Callers:
    """Tells who is calling. `clock` gives seconds since 1970; `keys` are the issuers' keys by the issuers' names."""

    def __init__(
        self, entrances: tuple[Entrance, ...], keys: Mapping[str, Keys], replay: Replay, clock: Callable[[], float]
    ) -> None:
        self._entrances = entrances
        self._keys = keys
        self._replay = replay
        self._clock = clock

    def scheme_at(self, host: str) -> Scheme:
        """The scheme the address accepts, to name in a challenge."""
        found = self._entrance(host)
        return self._entrances[0].scheme if found is None else found.scheme

    def who(self, shown: Shown) -> Caller:
        """The caller, once token and proof hold. Raises Refused."""
        entrance = self._entrance(shown.host)
        if entrance is None:
            raise no_token("This service is not called by that address")
        token = _token(shown, entrance.scheme)
        now = self._clock()
        issuer, claims = read_token(token, entrance, self._keys, now)
        if entrance.scheme == "Bearer":
            if "cnf" in claims or shown.proofs:
                raise bad_token("A token that is bound to a key is not accepted without its proof")
        elif len(shown.proofs) != 1:
            raise bad_proof("Exactly one proof is needed")
        elif bound_to(claims) is None:
            raise bad_token("The token is not bound to a key")
        else:
            check_proof(
                shown.proofs[0],
                token,
                claims,
                method=shown.method,
                url=entrance.url + shown.path,
                now=now,
                replay=self._replay,
            )
        return caller_of(claims, issuer)

    def _entrance(self, host: str) -> Entrance | None:
        return next((entrance for entrance in self._entrances if entrance.authority == host.lower()), None)


class DevelopmentCallers(Callers):
    """On one's own machine, with no issuer: without a token one is GP, auditor and operator; with one, what it says."""

    def who(self, shown: Shown) -> Caller:
        """The caller. Raises Refused, also for what came through a proxy: then not this machine asks.

        Without a token the address must name this machine: a page from elsewhere whose name was made to lead here
        would otherwise be answered as its reader.
        """
        if shown.forwarded:
            raise no_token("Without issuers this service answers its own machine only, and no proxy")
        if shown.authorization or shown.proofs:
            return super().who(shown)
        if not _names_this_machine(shown.host):
            raise no_token("Without issuers and without a token this service answers to 127.0.0.1 and localhost only")
        return ANYONE

    def _entrance(self, host: str) -> Entrance | None:
        """There is one, whatever it is called."""
        return self._entrances[0]


def _names_this_machine(host: str) -> bool:
    """Whether a Host header names the machine it was sent to."""
    found = _HOST.fullmatch(host)
    return found is not None and is_loopback(found["name"].strip("[]"))


def _token(shown: Shown, scheme: Scheme) -> str:
    if not shown.authorization:
        raise no_token()
    if len(shown.authorization) > 1:
        raise bad_token("There is more than one token")
    named, _, token = shown.authorization[0].partition(" ")
    if named.lower() != scheme.lower():
        raise no_token(f"Only {scheme} is accepted here")
    token = token.strip(" ")
    if not token:
        raise bad_token("There is no token")
    return token
