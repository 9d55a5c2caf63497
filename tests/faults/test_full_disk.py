"""A full disk: a clear refusal, no torn state, and on with it once there is room."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from cds.audit.keys import KeyRing
from cds.audit.ledger import Ledger
from cds.audit.store import LedgerUnavailable, Store
from cds.release import Releases
from tests.frozen import service_over
from tests.ledgers import a_ledger, receipt_of, told, verified


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
    assert refusal == "OperationalError"
    report = verified(ledger, keys)
    assert (report.rows >= acknowledged > 0, told(report)) == (True, [])
    limit(ledger.store, 10_000)
    asyncio.run(commit_group(ledger, keys, 500))
    ledger.close()
    again = a_ledger(url, keys)
    assert told(verified(again, keys)) == []
    again.close()


def limit(store: Store, pages: int) -> None:
    """As large as the file may get, for every connection from now on."""
    store.engine.dispose()

    @event.listens_for(store.engine, "connect")
    def _limited(connection: object, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages}")  # type: ignore[attr-defined]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of half a megabyte; needs the right to mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder], capture_output=True, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("may not mount a small file system here: the limit inside SQLite is tested instead")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def test_a_disk_that_is_full_refuses_and_stays_whole(small_disk: Path, keys: KeyRing) -> None:
    ledger = a_ledger(f"sqlite:///{small_disk / 'ledger.sqlite'}", keys)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(64_000))
    acknowledged, refusal = fill_up(ledger, keys, 200)
    assert refusal == "OperationalError"
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
