"""Somebody with the database and no key: what they wrote anew gets no signature of the service."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr
from sqlalchemy import text

from cds.audit.keys import KeyRing
from cds.audit.ledger import Ledger
from cds.audit.rows import count
from cds.audit.seal import LedgerDamaged
from cds.audit.store import Store
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.ledgers import a_ledger, disarm, fill, receipt_of, told, verified

SIZES = (5, 12, 20)


@pytest.fixture
def running(url: str, keys: KeyRing) -> Iterator[Ledger]:
    """A ledger that has signed three checkpoints."""
    ledger = a_ledger(url, keys)
    fill(ledger, keys, SIZES)
    yield ledger
    ledger.close()


def rewrite(ledger: Ledger, *, keep: int) -> None:
    """Take a row out, close the gap, and take away every checkpoint over more rows than `keep`."""
    with ledger.store.appending() as connection:
        disarm(connection)
        connection.execute(text("DELETE FROM entries WHERE position = 7"))
        for row in range(8, 20):
            connection.execute(text("UPDATE entries SET position = position - 1 WHERE position = :row"), {"row": row})
        connection.execute(text("DELETE FROM checkpoints WHERE size > :keep"), {"keep": keep})
        connection.execute(text("DELETE FROM blocks"))


@pytest.mark.parametrize("keep", [-1, 5, 12])
def test_a_service_that_has_seen_more_signs_nothing_over_it(running: Ledger, keys: KeyRing, keep: int) -> None:
    rewrite(running, keep=keep)
    with pytest.raises(LedgerDamaged, match="the checkpoint over 20 rows that was signed is gone"):
        running.commit_now([receipt_of(number, keys.receipts) for number in range(100, 105)])
    assert "is gone" in (running.condition().trouble or "")
    assert max((size for size in signed(running)), default=-1) == keep


def test_a_service_that_has_seen_more_notices_what_another_signed(url: str, running: Ledger, keys: KeyRing) -> None:
    """One that was started anew sees only what is left; the one that ran on knows better."""
    rewrite(running, keep=5)
    anew = a_ledger(url, keys)
    anew.commit_now([receipt_of(200, keys.receipts)])
    anew.close()
    with pytest.raises(LedgerDamaged):
        running.checkpoint()


def test_rows_under_no_checkpoint_at_all_keep_a_service_closed(url: str, running: Ledger, keys: KeyRing) -> None:
    rewrite(running, keep=-1)
    anew = a_ledger(url, keys)
    with pytest.raises(LedgerDamaged, match="under no checkpoint"):
        anew.commit_now([receipt_of(300, keys.receipts)])
    assert signed(anew) == []
    assert told(verified(anew, keys)) == ["NO CHECKPOINT 0..18"]
    anew.close()


def signed(ledger: Ledger) -> list[int]:
    with ledger.store.reading() as connection:
        return list(connection.execute(text("SELECT size FROM checkpoints ORDER BY size")).scalars())


def test_a_service_kept_closed_says_so(tmp_path: Path, releases: Releases) -> None:
    settings = Settings(database_url=SecretStr(f"sqlite:///{tmp_path / 'ledger.sqlite'}"))
    app = create_app(settings, releases)
    with TestClient(app) as caller:
        assert caller.post("/v1/assessments", json={}).status_code == 200
    store = Store(f"sqlite:///{tmp_path / 'ledger.sqlite'}")
    with store.appending() as connection:
        disarm(connection)
        connection.execute(text("DELETE FROM checkpoints"))
    store.close()
    with TestClient(create_app(settings, releases)) as caller:
        answer = caller.post("/v1/assessments", json={})
        assert (answer.status_code, caller.get("/internal/isready").status_code) == (503, 503)
        health = caller.get("/health").json()
        assert (health["status"], "under no checkpoint" in health["warnings"][-1]) == ("degraded", True)
        assert "under no checkpoint" in caller.get("/v1/ledger/health").json()["trouble"]
        assert "under no checkpoint" in caller.get("/audit/ledger?language=en").text


def test_a_process_that_stopped_between_its_first_rows_and_its_first_checkpoint_cannot_be(
    url: str, keys: KeyRing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """They are one transaction."""
    opening = [receipt_of(900, keys.receipts)]
    broken = a_ledger(url, keys, opening)

    def stops(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("cds.audit.ledger.seal", stops)
        with pytest.raises(KeyboardInterrupt):
            broken.open()
    with broken.store.reading() as connection:
        assert count(connection) == 0
    broken.close()
    again = a_ledger(url, keys, opening)
    again.commit_now([receipt_of(1, keys.receipts)])
    assert told(verified(again, keys)) == []
    again.close()
