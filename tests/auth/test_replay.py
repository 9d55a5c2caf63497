"""Used proofs: known to every process that shares the database, and forgotten when nobody can use them again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, insert, inspect, select

from cds.audit.ledger import Ledger
from cds.audit.store import Store
from cds.auth.callers import Shown
from cds.auth.dpop import KEPT_FOR, OLDEST, SKEW, ReplayUnknown
from cds.auth.replay import PRUNE_EVERY, ReplayStore, used_proofs
from tests.auth.guarding import Clock, Send, callers
from tests.auth.issuing import DPOP_URL, NOW, Asking, key

Process = Callable[[], ReplayStore]


@pytest.fixture
def process(url: str) -> Iterator[Callable[[], ReplayStore]]:
    """Used proofs as one more process sees them."""
    stores: list[Store] = []

    def one_more() -> ReplayStore:
        stores.append(Store(url))
        return ReplayStore(stores[-1])

    yield one_more
    for store in stores:
        store.close()


def test_a_proof_is_new_once(process: Process) -> None:
    store = process()
    assert [store.first_use("a", NOW + 9, NOW) for _ in range(3)] == [True, False, False]
    assert store.first_use("b", NOW + 9, NOW)


def test_two_processes_know_of_each_other(process: Process) -> None:
    one, other = process(), process()
    assert one.first_use("a", NOW + 9, NOW)
    assert not other.first_use("a", NOW + 9, NOW)


def test_of_many_at_once_one_is_first(process: Process) -> None:
    """And all of them at a database that has no tables yet."""
    stores = [process() for _ in range(2)]
    said: list[bool] = []
    use = [threading.Thread(target=lambda s=s: said.append(s.first_use("a", NOW + 9, NOW))) for s in stores * 6]
    for thread in use:
        thread.start()
    for thread in use:
        thread.join()
    assert sorted(said) == [False] * 11 + [True]


def test_what_nobody_can_use_again_is_forgotten_and_nothing_else(process: Process, url: str) -> None:
    store = process()
    for number in range(20):
        store.first_use(f"old-{number}", NOW + KEPT_FOR, NOW)
    later = NOW + KEPT_FOR + PRUNE_EVERY
    store.first_use("new", later + KEPT_FOR, later)
    look = Store(url)
    with look.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(used_proofs)) == 1
    look.close()
    assert not store.first_use("new", later + KEPT_FOR, later)
    assert store.first_use("old-1", later + KEPT_FOR, later), "forgotten, so new again"
    assert KEPT_FOR >= OLDEST + 2 * SKEW, "as long as a proof could be accepted"


def test_what_is_kept_says_nothing_of_anyone(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    asking = Asking()
    token = asking.token()
    door = callers(Clock(), ReplayStore(store))
    proof = asking.proof(token, "GET", f"{DPOP_URL}/v1/facts", "a-telling-id")
    door.who(Shown("dpop.example.no", "GET", "/v1/facts", [f"DPoP {token}"], [proof], forwarded=False))
    with store.reading() as connection:
        assert connection.scalar(select(func.count()).select_from(used_proofs)) == 1
        assert {column["name"] for column in inspect(connection).get_columns("used_proofs")} == {"key", "expires"}
    store.close()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    for word in (b"a-telling-id", b"11111111-2222", b"999999999", b"/v1/facts"):
        assert word not in kept


def test_proofs_stand_beside_the_ledger_and_wait_for_nobody_who_appends(ledger: Ledger) -> None:
    """In the ledger's own database, over its own connections."""
    ledger.open()
    proofs = ReplayStore(ledger.store)
    assert proofs.first_use("a", NOW + 9, NOW)
    if ledger.store.postgresql:  # SQLite has one writer at a time, whoever it is
        with ledger.store.appending():
            assert proofs.first_use("b", NOW + 9, NOW)
    assert not proofs.first_use("a", NOW + 9, NOW)


def test_a_table_from_before_there_were_migrations_is_taken_over(process: Process, url: str) -> None:
    before = Store(url)
    if before.file is not None:
        before.file.parent.mkdir(parents=True, exist_ok=True)
    with before.writing() as connection:
        used_proofs.metadata.create_all(connection)
        connection.execute(insert(used_proofs).values(key="a", expires=NOW + 9))
    before.close()
    assert not process().first_use("a", NOW + 9, NOW)


def test_two_keys_may_call_a_proof_alike(send: Send) -> None:
    """An id need be new for its own key only: nobody can use up the ids of others."""
    jti = {"jti": "the same for both"}
    assert send(Asking(proof_claims=jti)).status_code == 200
    assert send(Asking(proof_claims=jti, proof_key=key("another caller"))).status_code == 200
    assert send(Asking(proof_claims=jti)).status_code == 401


def test_without_its_database_a_proof_is_not_accepted(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("where a folder should be")
    store = ReplayStore(Store(f"sqlite:///{tmp_path / 'file' / 'ledger.sqlite'}"))
    with pytest.raises(ReplayUnknown):
        store.first_use("a", NOW + 9, NOW)


def test_without_its_database_the_service_says_so(send: Send, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> bool:
        raise ReplayUnknown

    monkeypatch.setattr(ReplayStore, "first_use", fails)
    answer = send(Asking())
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "WWW-Authenticate" not in answer.headers
