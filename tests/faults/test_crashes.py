"""Power cuts under load: nothing acknowledged is missing, nothing is answered without its receipt, all is signed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds.audit.keys import read_published
from cds.audit.rows import all_checkpoints, all_entries
from cds.audit.store import Store
from cds.audit.verify import verify_ledger
from tests.faults.service import Callers, Serving, id_of
from tests.postgres import Server, server_or_skip

ORIGIN = "cds-overdose.invalid/development"


def check(database: str, state: Path, callers: Callers) -> None:
    """Every acknowledged receipt is there, word for word, and the whole verifies."""
    store = Store(database)
    with store.reading() as connection:
        stored = {entry.id: entry.body for entry in all_entries(connection)}
        keys = read_published(state / "keys" / "keys.json")
        report = verify_ledger(all_entries(connection), all_checkpoints(connection), ORIGIN, keys)
    store.close()
    missing = [jws for jws in callers.acknowledged if stored.get(id_of(jws)) != jws]
    assert (len(missing), report.faults) == (0, [])
    assert callers.acknowledged


def crash_the_service(url: str, state: Path, times: int) -> None:
    """Kill it at random moments under load, and start it again over the same ledger."""
    chance = random.Random(times)
    serving = Serving(state, url)
    callers = Callers(serving.port)
    callers.start()
    try:
        for _ in range(times):
            callers.wait_for(chance.randrange(20, 120))
            serving.kill()
            serving.start()
        callers.wait_for(20)
    finally:
        callers.stop()
        serving.stop()
    callers.nothing_wrong()
    check(url, state, callers)


def test_a_service_killed_under_load_loses_nothing(url: str, tmp_path: Path) -> None:
    crash_the_service(url, tmp_path, 1)


@pytest.mark.soak
def test_a_service_killed_twenty_times_loses_nothing(url: str, tmp_path: Path) -> None:
    crash_the_service(url, tmp_path, 20)


def crash_the_database(server: Server, state: Path, times: int) -> None:
    """Kill PostgreSQL under load. The service is not started anew."""
    url = server.database()
    serving = Serving(state, url)
    callers = Callers(serving.port)
    callers.start()
    try:
        for _ in range(times):
            callers.wait_for(50)
            server.kill()
            callers.wait_for_refusal()
            assert serving.get("/internal/isready")[0] == 503
            assert serving.get("/internal/isalive")[0] == 200
            server.start()
            callers.wait_for(50)
            assert serving.get("/internal/isready") == (200, "ready")
    finally:
        callers.stop()
        serving.stop()
    callers.nothing_wrong()
    check(url, state, callers)


@pytest.fixture
def own_server() -> Iterator[Server]:
    """A server that may be killed."""
    server = server_or_skip()
    yield server
    server.stop()


def test_a_database_killed_under_load_loses_nothing(own_server: Server, tmp_path: Path) -> None:
    crash_the_database(own_server, tmp_path, 1)


@pytest.mark.soak
def test_a_database_killed_ten_times_loses_nothing(own_server: Server, tmp_path: Path) -> None:
    crash_the_database(own_server, tmp_path, 10)


def test_a_service_started_before_its_database_refuses_until_it_is_there(own_server: Server, tmp_path: Path) -> None:
    url = own_server.database()
    own_server.kill()
    serving = Serving(tmp_path, url)
    callers = Callers(serving.port, many=1)
    callers.start()
    try:
        callers.wait_for_refusal()
        assert not callers.acknowledged
        own_server.start()
        callers.wait_for(5)
        own_server.pause()
        callers.wait_for_refusal()  # a database that hangs is one that is down
        own_server.resume()
        callers.wait_for(5)
    finally:
        own_server.resume()
        callers.stop()
        serving.stop()
    callers.nothing_wrong()
    check(url, tmp_path, callers)
