"""A full disk: a clear refusal, no torn state, and on with it once there is room."""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from cds.audit.keys import KeyRing
from cds.audit.ledger import Ledger
from cds.audit.store import LedgerUnavailable, Store
from cds.release.frozen import Releases
from tests.frozen import service_over
from tests.ledgers import a_ledger, receipt_of, told, verified
from tests.postgres import Server

FULL = "the disk of the ledger is full (SQLITE_FULL)"


def fill_up(ledger: Ledger, keys: KeyRing, groups: int) -> tuple[int, str]:
    """Commit until it is refused: how many were acknowledged, and what the refusal says."""
    acknowledged = 0
    for group in range(groups):
        try:
            asyncio.run(commit_group(ledger, keys, group))
        except LedgerUnavailable as error:
            return acknowledged, str(error)
        acknowledged += 20
    raise AssertionError("it never got full")


async def commit_group(ledger: Ledger, keys: KeyRing, group: int) -> None:
    await asyncio.gather(
        *(ledger.commit(receipt_of(number, keys.receipts)) for number in range(group * 20, group * 20 + 20))
    )


def test_a_database_that_may_not_grow_refuses_and_stays_whole(tmp_path: Path, keys: KeyRing) -> None:
    url = f"sqlite:///{tmp_path / 'ledger.sqlite'}"
    ledger = a_ledger(url, keys)
    ledger.open()
    limit(ledger.store, 60)
    acknowledged, refusal = fill_up(ledger, keys, 100)
    assert refusal == FULL
    report = verified(ledger, keys)
    assert (report.rows >= acknowledged > 0, told(report)) == (True, [])
    limit(ledger.store, 10_000)
    asyncio.run(commit_group(ledger, keys, 500))
    ledger.close()
    again = a_ledger(url, keys)
    assert told(verified(again, keys)) == []
    again.close()


def test_a_service_whose_last_commit_failed_is_not_ready_until_it_can_write_again(
    tmp_path: Path, keys: KeyRing
) -> None:
    """Nobody asks a service that is not ready, so that it finds out by itself."""
    ledger = a_ledger(f"sqlite:///{tmp_path / 'ledger.sqlite'}", keys)
    ledger.open()
    ledger.ready()
    limit(ledger.store, 60)
    fill_up(ledger, keys, 100)
    for _ in range(2):
        with pytest.raises(LedgerUnavailable, match="the disk of the ledger is full"):
            ledger.ready()
    assert ledger.condition().trouble == FULL
    limit(ledger.store, 10_000)
    ledger.ready()
    assert ledger.condition().trouble is None
    ledger.close()


def limit(store: Store, pages: int) -> None:
    """As large as the file may get, for every connection from now on."""
    store.engine.dispose()

    @event.listens_for(store.engine, "connect")
    def _limited(connection: object, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]


@contextmanager
def mounted(folder: Path, size: str) -> Iterator[Path]:
    """A real file system of that size; needs the right to mount one."""
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("may not mount a small file system here (root only): the limit inside SQLite is tested instead")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Half a megabyte."""
    with mounted(tmp_path / "disk", "512k") as folder:
        yield folder


def test_a_full_disk_under_postgresql_is_named_and_loses_nothing(postgres: Server, keys: KeyRing) -> None:
    """The database stands on a file system of its own, so that the server's log has room and its tables have none."""
    with mounted(postgres.folder / "small", "24m") as folder:
        if postgres.user is not None:
            shutil.chown(folder, postgres.user)
        ledger = a_ledger(postgres.database(tablespace=folder), keys)
        try:
            ledger.open()
            ballast = folder / "ballast"
            ballast.write_bytes(bytes(shutil.disk_usage(folder).free - 200_000))
            acknowledged, refusal = fill_up(ledger, keys, 200)
            assert (refusal, acknowledged > 0) == ("the disk of the ledger is full (DiskFull)", True)
            with pytest.raises(LedgerUnavailable, match=r"full \(DiskFull\)"):
                ledger.ready()
            ballast.unlink()
            ledger.ready()
            asyncio.run(commit_group(ledger, keys, 900))
            report = verified(ledger, keys)
            assert (report.rows >= acknowledged + 20, told(report)) == (True, [])
        finally:
            ledger.close()
            postgres.drop_tablespaces()


def test_a_disk_that_is_full_refuses_and_stays_whole(small_disk: Path, keys: KeyRing) -> None:
    ledger = a_ledger(f"sqlite:///{small_disk / 'ledger.sqlite'}", keys)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(64_000))
    acknowledged, refusal = fill_up(ledger, keys, 200)
    assert refusal == FULL
    assert acknowledged > 0
    ballast.unlink()
    asyncio.run(commit_group(ledger, keys, 900))
    report = verified(ledger, keys)
    assert (report.rows >= acknowledged + 20, told(report)) == (True, [])
    with ledger.store.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
    ledger.close()


def test_a_caller_is_told_so_and_gets_no_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDS_DATABASE_URL", f"sqlite:///{tmp_path / 'none' / 'ledger.sqlite'}")
    app = service_over(Releases())
    (tmp_path / "none").write_text("a file where a folder should be")
    with TestClient(app) as caller:
        answer = caller.post("/v1/assessments", json={})
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json().keys() == {"type", "title", "status"}
        assert answer.json()["type"].endswith(":ledger-unavailable")
        assert caller.get("/internal/isready").status_code == 503
        (tmp_path / "none").unlink()
        assert caller.post("/v1/assessments", json={}).status_code == 200
        assert caller.get("/internal/isready").status_code == 200


def test_a_caller_is_told_in_words_that_the_disk_is_full(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    monkeypatch.setattr("cds.audit.proofs.Store", lambda _: store)
    with TestClient(service_over(Releases())) as caller:
        assert caller.post("/v1/assessments", json={}).status_code == 200
        limit(store, 20)
        answers = [caller.post("/v1/assessments", json={}) for _ in range(60)]
        refused = [answer for answer in answers if answer.status_code == 503]
        assert refused
        assert refused[0].json()["detail"] == "the disk of the ledger is full"
        assert caller.get("/internal/isready").status_code == 503
        assert f"the ledger: {FULL}" in caller.get("/health").json()["warnings"]
        assert FULL in capsys.readouterr().out
        limit(store, 10_000)
        assert caller.get("/internal/isready").text == "ready"
        assert caller.post("/v1/assessments", json={}).status_code == 200
