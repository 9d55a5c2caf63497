"""Keys and tokens for trying the service on one's own machine. They hold on the loopback address and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from cds.auth.issuers import DEVELOPMENT_ISSUER, Entrance, Issuer, Scheme
from cds.auth.jwks import KeysUnavailable
from cds.auth.profiles import SCOPES, Caller, Profile
from cds.auth.scopes import Scope

AUDIENCE = "cds-overdose-development"
LIFETIME = 3_600
_MODE = 0o600
_ISSUING, _CALLING = "development-issuer.json", "development-caller.json"

ANYONE = Caller(client="development", scopes=SCOPES[Profile.GP] | SCOPES[Profile.AUDITOR] | {Scope.OPERATIONS})
"""Who a request without a token counts as, where no issuer is configured."""


def entrance(url: str, scheme: Scheme) -> Entrance:
    """The one entrance of a service in development: believes the development key and nobody else."""
    issuer = Issuer(
        name="development",
        kind="development",
        issuer=DEVELOPMENT_ISSUER,
        jwks_url=DEVELOPMENT_ISSUER,
        audience=AUDIENCE,
        algorithms=("ES256",),
        scopes={scope.value: (scope,) for scopes in SCOPES.values() for scope in scopes},
    )
    return Entrance(url=url, scheme=scheme, issuers=(issuer,))


def issuing_key(state: Path) -> ECKey:
    """The key development tokens are signed with; made on first use, readable by its owner only."""
    return _key(state / _ISSUING)


def calling_key(state: Path) -> ECKey:
    """The key of the invented client that development tokens under DPoP are bound to."""
    return _key(state / _CALLING)


class DevelopmentKeys:
    """The development key, looked up when a token comes: it may be made after the service has started."""

    def __init__(self, state: Path) -> None:
        self._state = state
        self._public: ECKey | None = None

    def find(self, kid: str) -> ECKey | None:
        """The public half, if it is called so. Raises KeysUnavailable where its file cannot be read."""
        if self._public is None:
            try:
                self._public = ECKey.import_key(issuing_key(self._state).as_dict(private=False))
            except (OSError, ValueError, JoseError):
                raise KeysUnavailable from None
        return self._public if self._public.thumbprint() == kid else None


def _key(file: Path) -> ECKey:
    """Read a key, or make it. Raises OSError, and ValueError for a file that holds none."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        key = ECKey.generate_key("P-256")
        made = file.with_suffix(".new")
        made.unlink(missing_ok=True)
        made.touch(mode=_MODE, exist_ok=False)
        made.write_text(json.dumps(key.as_dict(private=True)), encoding="utf-8")
        try:
            file.hardlink_to(made)  # whoever is first wins; the other reads what is there
        except FileExistsError:
            pass
        finally:
            made.unlink()
    return ECKey.import_key(json.loads(file.read_text(encoding="utf-8")))


def token(profile: Profile, key: ECKey, now: int, bound_to: ECKey | None = None) -> str:
    """A token for a profile, for an hour; bound to a key if one is given."""
    claims: dict[str, Any] = {
        "iss": DEVELOPMENT_ISSUER,
        "aud": AUDIENCE,
        "client_id": f"development-{profile.value}",
        "scope": " ".join(sorted(SCOPES[profile])),
        "iat": now,
        "nbf": now,
        "exp": now + LIFETIME,
    }
    if bound_to is not None:
        claims["cnf"] = {"jkt": bound_to.thumbprint()}
    return jwt.encode({"alg": "ES256", "typ": "at+jwt", "kid": key.thumbprint()}, claims, key)
