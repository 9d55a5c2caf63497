"""Everything that production wants before it starts, so that a test can leave out or alter one thing of it."""

from __future__ import annotations

import atexit
import shutil
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from fastapi import Request

from cds.api.access import Door
from cds.audit.keys import new_keys
from cds.auth.development import ANYONE
from cds.auth.profiles import Caller
from cds.engine import durable
from cds.settings import Settings
from tests.ledgers import NOW

needs_both_evaluators = pytest.mark.skipif(
    not durable.available(), reason="durable-rules is not installed, and production does not start without it"
)
ISSUERS = """
entrances:
  - url: https://overdose.example.no
    scheme: DPoP
    issuers:
      - name: helseid
        kind: helseid
        issuer: https://helseid-sts.test.nhn.no
        jwks_url: https://helseid-sts.test.nhn.no/.well-known/openid-configuration/jwks
        audience: example:overdose
        user_required: true
        scopes: {"example:overdose/gp": [odr:decide:gp, odr:rules:read]}
  - url: https://overdose.intern.example.no
    scheme: Bearer
    issuers:
      - name: entra
        kind: entra
        issuer: https://login.example/v2.0
        jwks_url: https://login.example/keys
        audience: app-1
        clients: {app-2: [odr:decide:nav]}
        require: {idtyp: [app]}
      - name: maskinporten
        kind: maskinporten
        issuer: https://maskinporten.example/
        jwks_url: https://maskinporten.example/jwk
        scopes: {"ex:odr": [odr:decide:social]}
"""


def production(folder: Path, **otherwise: object) -> Settings:
    """The settings of a service in production with all in order, but for what is said otherwise.

    Its approvers, unless others are named, are the bundled list: nobody, in production.
    """
    issuers = folder / "production-issuers.yaml"
    issuers.write_text(ISSUERS, encoding="utf-8")
    issuers.chmod(0o600)
    whole = {
        "environment": "production",
        "host": "127.0.0.1",
        "issuers": issuers,
        "database_url": "sqlite://",
        "ledger_name": "ledger.test/production",
        "keys": _keys(),
    }
    return Settings.model_validate(whole | otherwise)


class OpenDoor(Door):
    """Lets one caller in without a token: for tests of what lies behind the door."""

    def __init__(self, caller: Caller = ANYONE) -> None:
        self._caller = caller

    async def __call__(self, request: Request) -> None:
        """In."""
        request.state.caller = self._caller
        request.state.client = self._caller.client


@cache
def _keys() -> Path:
    folder = Path(mkdtemp(prefix="cds-production-"))
    atexit.register(shutil.rmtree, folder)
    new_keys(folder / "keys", "production", NOW)
    return folder / "keys"
