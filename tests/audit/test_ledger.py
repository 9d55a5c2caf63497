"""The ledger, on SQLite and on a real PostgreSQL: committed before answered, in order, under signed checkpoints."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from cds.audit import ledger as ledger_module
from cds.audit.checkpoint import read_checkpoint
from cds.audit.keys import KeyRing
from cds.audit.ledger import Ledger
from cds.audit.rows import BLOCK, Entry, all_entries, append, count, metadata, newest_checkpoint, size, subtree
from cds.audit.seal import LedgerDamaged
from cds.audit.store import LedgerUnavailable, Store
from cds.audit.tree import root_of
from cds.auth.replay import used_proofs
from tests.ledgers import ORIGIN, a_ledger, disarm, fill, receipt_of, told, verified
from tests.postgres import Server


def ids(ledger: Ledger) -> list[str]:
    with ledger.store.reading() as connection:
        return [entry.id for entry in all_entries(connection)]


async def commit_all(ledger: Ledger, keys: KeyRing, numbers: range) -> None:
    await asyncio.gather(*(ledger.commit(receipt_of(number, keys.receipts)) for number in numbers))


def test_what_is_committed_is_there_for_everybody(url: str, ledger: Ledger, keys: KeyRing) -> None:
    asyncio.run(commit_all(ledger, keys, range(50)))
    other = Store(url)
    with other.reading() as connection:
        assert (size(connection), count(connection)) == (50, 50)
    other.close()


def test_entries_that_wait_are_committed_together(
    ledger: Ledger, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    groups = []

    def counted(connection: Connection, group: Sequence[Entry]) -> int:
        groups.append(len(group))
        return append(connection, group)

    monkeypatch.setattr(ledger_module, "append", counted)
    asyncio.run(commit_all(ledger, keys, range(300)))
    assert sum(groups) == 300
    assert len(groups) < 30


def test_closing_leaves_everything_under_a_signed_checkpoint(url: str, ledger: Ledger, keys: KeyRing) -> None:
    asyncio.run(commit_all(ledger, keys, range(20)))
    ledger.close()
    again = a_ledger(url, keys)
    with again.store.reading() as connection:
        newest = newest_checkpoint(connection)
    assert newest is not None
    signed = read_checkpoint(newest.note, ORIGIN, [keys.checkpoints.public])
    assert signed.size == newest.size == 20
    leaves = {entry.id: entry.leaf for entry in (receipt_of(number, keys.receipts) for number in range(20))}
    assert signed.root == root_of(leaves[id_] for id_ in ids(again))
    assert verified(again, keys).ok
    again.close()


def test_a_checkpoint_is_signed_after_its_seconds_and_after_its_entries(
    ledger: Ledger, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "CHECKPOINT_SECONDS", 0.2)
    asyncio.run(commit_all(ledger, keys, range(3)))
    wait_for(lambda: ledger.newest is not None and "\n3\n" in ledger.newest)
    monkeypatch.setattr(ledger_module, "CHECKPOINT_SECONDS", 3_600)
    monkeypatch.setattr(ledger_module, "CHECKPOINT_ENTRIES", 10)
    asyncio.run(commit_all(ledger, keys, range(3, 30)))
    wait_for(lambda: ledger.newest is not None and "\n3\n" not in ledger.newest)


def wait_for(condition: Callable[[], bool]) -> None:
    """Until it holds, for a minute at most."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_ledger_with_nothing_to_do_has_no_thread(
    ledger: Ledger, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ledger_module, "CHECKPOINT_SECONDS", 0.05)
    asyncio.run(commit_all(ledger, keys, range(3)))
    wait_for(lambda: ledger._thread is None)
    asyncio.run(commit_all(ledger, keys, range(3, 6)))
    assert len(ids(ledger)) == 6


def test_what_stands_before_all_answers_is_entered_once(url: str, keys: KeyRing) -> None:
    opening = [receipt_of(900 + number, keys.receipts) for number in range(3)]
    for number in range(3):
        ledger = a_ledger(url, keys, opening)
        ledger.commit_now([receipt_of(number, keys.receipts)])
        ledger.close()
    last = a_ledger(url, keys, opening)
    assert ids(last) == [entry.id for entry in [*opening, *(receipt_of(number, keys.receipts) for number in range(3))]]
    last.close()


def test_many_writers_share_one_ledger_without_gaps(url: str, keys: KeyRing) -> None:
    ledgers = [a_ledger(url, keys) for _ in range(4)]

    def write(number: int) -> None:
        for start in range(0, 100, 20):
            asyncio.run(commit_all(ledgers[number], keys, range(number * 100 + start, number * 100 + start + 20)))
            ledgers[number].checkpoint()

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    report = verified(ledgers[0], keys)
    assert (report.rows, told(report)) == (400, [])
    for ledger in ledgers:
        ledger.close()


def test_the_database_itself_refuses_changes(ledger: Ledger, keys: KeyRing) -> None:
    fill(ledger, keys, [5])
    for statement in (
        "UPDATE entries SET body = 'x' WHERE position = 1",
        "DELETE FROM entries WHERE position = 4",
        "DELETE FROM checkpoints",
    ):
        with pytest.raises(LedgerUnavailable), ledger.store.appending() as connection:
            connection.execute(text(statement))
    assert told(verified(ledger, keys)) == []


def test_the_tables_are_those_the_migrations_make(ledger: Ledger) -> None:
    ledger.open()
    with ledger.store.reading() as connection:
        assert compare_metadata(MigrationContext.configure(connection), [metadata, used_proofs.metadata]) == []


def test_nothing_is_signed_over_an_end_that_was_altered(ledger: Ledger, keys: KeyRing) -> None:
    fill(ledger, keys, [5])
    with ledger.store.appending() as connection:
        disarm(connection)
        connection.execute(text("DELETE FROM entries WHERE position >= 3"))
    with pytest.raises(LedgerDamaged):
        ledger.checkpoint()
    asyncio.run(commit_all(ledger, keys, range(10, 12)))
    assert ledger.condition().committed == 7
    assert "SHORTER" in str(told(verified(ledger, keys))) or "REWRITTEN" in str(told(verified(ledger, keys)))


def test_blocks_are_a_shortcut_to_the_same_roots(ledger: Ledger, keys: KeyRing) -> None:
    fill(ledger, keys, [BLOCK + 5, 2 * BLOCK + 700])
    with ledger.store.reading() as connection:
        short, long = subtree(connection), subtree(connection, shortcut=False)
        end = 2 * BLOCK + 700
        for part in ((0, end), (0, BLOCK), (BLOCK, 2 * BLOCK), (2 * BLOCK, end), (0, 2 * BLOCK), (7, 8), (4, 8)):
            assert short(*part) == long(*part), part


def test_a_full_queue_refuses_at_once(ledger: Ledger, keys: KeyRing, monkeypatch: pytest.MonkeyPatch) -> None:
    ledger.open()
    monkeypatch.setattr(ledger_module, "MOST_WAITING", 0)
    with pytest.raises(LedgerUnavailable, match="too many"):
        asyncio.run(ledger.commit(receipt_of(1, keys.receipts)))
    assert ledger.condition().refused == 1


def test_a_closed_ledger_refuses(ledger: Ledger, keys: KeyRing) -> None:
    ledger.commit_now([receipt_of(1, keys.receipts)])
    ledger.close()
    with pytest.raises(LedgerUnavailable, match="closing"):
        asyncio.run(ledger.commit(receipt_of(2, keys.receipts)))


def test_only_sqlite_and_postgresql_are_ledgers() -> None:
    with pytest.raises(ValueError, match="SQLite or PostgreSQL"):
        Store("mysql://127.0.0.1/x")


def test_a_file_is_synced_at_every_commit(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'a' / 'ledger.sqlite'}")
    store.prepare()
    with store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar() == 2
    store.close()


def test_on_postgresql_an_answer_waits_for_the_disk_whatever_the_database_is_set_to(postgres: Server) -> None:
    url = postgres.database()
    postgres.run_sql(f"ALTER DATABASE {url.rpartition('/')[2]} SET synchronous_commit = off")
    store = Store(url)
    with store.appending() as connection:
        assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == "on"
    store.close()
