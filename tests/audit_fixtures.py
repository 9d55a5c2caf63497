"""Ledgers to test with: every test of a ledger runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cds.audit.keys import KeyRing
from cds.audit.ledger import Ledger
from tests.ledgers import NOW, a_ledger, fresh_keys
from tests.postgres import Server, server_or_skip


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """One server for the whole run; each test has its own database in it."""
    server = server_or_skip()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    """Keys that nothing else uses."""
    return fresh_keys(tmp_path_factory.mktemp("ring"), NOW)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    server: Server = request.getfixturevalue("postgres")
    return server.database()


@pytest.fixture
def ledger(url: str, keys: KeyRing) -> Iterator[Ledger]:
    """An empty ledger."""
    made = a_ledger(url, keys)
    yield made
    made.close()
