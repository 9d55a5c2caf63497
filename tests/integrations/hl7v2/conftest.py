"""One listener for most tests, with the senders of this folder; anyone else is an unknown sender of development."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.integrations.hl7v2.asking import LATER, Ask, asker
from tests.integrations.hl7v2.wire import HERE, Client, Server


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A listener."""
    key = tmp_path_factory.mktemp("hl7") / "hl7.key"
    with Server(senders=HERE / "senders.yaml", key=key) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    """A connection to it."""
    with Client(server.port) as connected:
        yield connected


@pytest.fixture(scope="session")
def later(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A listener on a later day, under later rules."""
    key = tmp_path_factory.mktemp("hl7-later") / "hl7.key"
    with Server(LATER, senders=HERE / "senders.yaml", key=key) as running:
        yield running


@pytest.fixture
def ask(later: Server) -> Iterator[Ask]:
    """Asks it over a connection of its own."""
    with Client(later.port) as connected:
        yield asker(later, connected)
