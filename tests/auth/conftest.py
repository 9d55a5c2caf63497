"""A service with issuers: HelseID under DPoP at one address, Entra, TokenX and Maskinporten under Bearer at another."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cds.api.access import Door
from cds.audit.store import Store
from cds.auth.quotas import Quotas
from cds.auth.replay import ReplayStore
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.audit_fixtures import keys, ledger, postgres, url
from tests.auth.guarding import PATH, Clock, Send, callers
from tests.auth.issuing import BEARER_URL, DPOP_URL, Asking
from tests.frozen import TODAY, two_releases

__all__ = ["keys", "ledger", "postgres", "url"]
IDS = itertools.count()


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """The draft, frozen."""
    return Releases(two_releases(tmp_path_factory.mktemp("rules")))


@pytest.fixture(scope="session")
def clock() -> Clock:
    """The clock of the guarded service."""
    return Clock()


@pytest.fixture(scope="session")
def replay() -> Iterator[ReplayStore]:
    """Used proofs, in memory."""
    store = Store("sqlite://")
    yield ReplayStore(store)
    store.close()


@pytest.fixture(scope="session")
def guarded(releases: Releases, clock: Clock, replay: ReplayStore) -> FastAPI:
    """The service behind its door."""
    plenty = Quotas("client", 1_000_000, clock)
    guard = Door(callers(clock, replay), plenty, plenty)
    return create_app(Settings(environment="development", host="127.0.0.1"), releases, lambda: TODAY, guard)


@pytest.fixture
def send(guarded: FastAPI) -> Send:
    """Send a request with the token and the proof of an `Asking`, or with other headers."""
    at = {url: TestClient(guarded, base_url=url, raise_server_exceptions=False) for url in (DPOP_URL, BEARER_URL)}

    def sent(asking: Asking | None = None, method: str = "GET", path: str = PATH, **more: Any) -> httpx2.Response:
        url = more.pop("url", DPOP_URL)
        headers = httpx2.Headers(more.pop("headers", {}))
        if asking is not None:
            token = asking.token()
            scheme = "DPoP" if url == DPOP_URL else "Bearer"
            headers.setdefault("Authorization", f"{scheme} {token}")
            if scheme == "DPoP":
                proof = asking.proof(token, method, url + path.partition("?")[0], f"proof-{next(IDS)}")
                headers.setdefault("DPoP", proof)
        return at[url].request(method, path, headers=headers, **more)

    return sent


@pytest.fixture
def issuers_file(tmp_path: Path) -> Callable[[str], Path]:
    """Write a file of issuers, as only its owner may."""

    def write(text: str) -> Path:
        file = tmp_path / "issuers.yaml"
        file.write_text(text, encoding="utf-8")
        file.chmod(0o600)
        return file

    return write
