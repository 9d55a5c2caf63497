"""Used proofs: known to every process that shares the database, and forgotten when nobody can use them again."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import create_engine, func, inspect, select

from cds.auth.callers import Shown
from cds.auth.dpop import KEPT_FOR, OLDEST, SKEW, ReplayUnknown
from cds.auth.replay import PRUNE_EVERY, ReplayStore, used_proofs
from tests.auth.guarding import Clock, Send, callers
from tests.auth.issuing import DPOP_URL, NOW, Asking


@pytest.fixture
def database(tmp_path: Path) -> str:
    """A database in a file."""
    return f"sqlite:///{tmp_path / 'proofs.sqlite'}"


def test_a_proof_is_new_once(database: str) -> None:
    store = ReplayStore(database)
    assert [store.first_use("a", NOW + 9, NOW) for _ in range(3)] == [True, False, False]
    assert store.first_use("b", NOW + 9, NOW)
    store.close()


def test_two_processes_know_of_each_other(database: str) -> None:
    one, other = ReplayStore(database), ReplayStore(database)
    assert one.first_use("a", NOW + 9, NOW)
    assert not other.first_use("a", NOW + 9, NOW)
    one.close()
    other.close()


def test_of_many_at_once_one_is_first(database: str) -> None:
    stores = [ReplayStore(database) for _ in range(2)]
    stores[0].first_use("table", NOW + 9, NOW)
    said: list[bool] = []
    use = [threading.Thread(target=lambda s=s: said.append(s.first_use("a", NOW + 9, NOW))) for s in stores * 6]
    for thread in use:
        thread.start()
    for thread in use:
        thread.join()
    assert sorted(said) == [False] * 11 + [True]
    for store in stores:
        store.close()


def test_what_nobody_can_use_again_is_forgotten_and_nothing_else(database: str) -> None:
    store = ReplayStore(database)
    for number in range(20):
        store.first_use(f"old-{number}", NOW + KEPT_FOR, NOW)
    later = NOW + KEPT_FOR + PRUNE_EVERY
    store.first_use("new", later + KEPT_FOR, later)
    engine = create_engine(database)
    with engine.connect() as connection:
        assert connection.scalar(select(func.count()).select_from(used_proofs)) == 1
    assert not store.first_use("new", later + KEPT_FOR, later)
    assert KEPT_FOR >= OLDEST + 2 * SKEW, "as long as a proof could be accepted"
    engine.dispose()
    store.close()


def test_what_is_kept_says_nothing_of_anyone(database: str) -> None:
    store = ReplayStore(database)
    asking = Asking()
    token = asking.token()
    door = callers(Clock(), store)
    proof = asking.proof(token, "GET", f"{DPOP_URL}/v1/facts", "a-telling-id")
    door.who(Shown("dpop.example.no", "GET", "/v1/facts", [f"DPoP {token}"], [proof], forwarded=False))
    store.close()
    kept = Path(database.removeprefix("sqlite:///")).read_bytes()
    for word in (b"a-telling-id", b"11111111-2222", b"999999999", b"/v1/facts"):
        assert word not in kept
    engine = create_engine(database)
    assert {column["name"] for column in inspect(engine).get_columns("used_proofs")} == {"key", "expires"}
    engine.dispose()


def test_without_its_database_a_proof_is_not_accepted(tmp_path: Path) -> None:
    store = ReplayStore(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.sqlite'}")
    with pytest.raises(ReplayUnknown):
        store.first_use("a", NOW + 9, NOW)


def test_without_its_database_the_service_says_so(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bool:
        raise ReplayUnknown

    monkeypatch.setattr(ReplayStore, "first_use", fails)
    answer = send(Asking())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "WWW-Authenticate" not in answer.headers


def test_postgresql_knows_a_used_proof_as_well(postgresql: str) -> None:
    one, other = ReplayStore(postgresql), ReplayStore(postgresql)
    assert one.first_use("a", NOW + 9, NOW)
    assert not other.first_use("a", NOW + 9, NOW)
    later = NOW + KEPT_FOR + PRUNE_EVERY
    assert other.first_use("b", later + 9, later)
    assert one.first_use("a", later + 9, later), "forgotten, so new again"
    one.close()
    other.close()
