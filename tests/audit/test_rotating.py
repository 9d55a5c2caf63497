"""Keys that change while services run: no false alarm, no receipt that nobody can prove."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from cds.api import service as service_module
from cds.audit.keys import KEY_ENDED, KeysUnusable, open_keys, rotate
from cds.audit.proofs import Proofs
from cds.audit.store import LedgerUnavailable
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.ledgers import receipt_of, told

HOUR = 3_600


@dataclass
class Clock:
    """Seconds since 1970, which a test turns."""

    now: int = 1_795_000_000


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(service_module, "second", lambda: made.now)
    return made


@pytest.fixture
def start(url: str, tmp_path: Path, releases: Releases, clock: Clock) -> Iterator[Callable[[], Proofs]]:
    """Starts another process over the same ledger and folder of keys."""
    started = []

    def one() -> Proofs:
        settings = Settings(state=tmp_path, database_url=SecretStr(url))
        started.append(service_module.proofs_of(settings, releases))
        return started[-1]

    yield one
    for proofs in started:
        proofs.ledger.close()


def commit(proofs: Proofs, number: int, clock: Clock) -> None:
    """As an answer does it: signed with the key of that second, then committed."""
    key = proofs.keys.signer("receipts", clock.now)
    digest = proofs.releases["0.3.0"].digest
    proofs.ledger.commit_now([receipt_of(number, key, iat=clock.now, digest=digest)])


def test_a_process_that_was_there_before_goes_on_with_what_another_signs(
    start: Callable[[], Proofs], clock: Clock, tmp_path: Path
) -> None:
    before = start()
    commit(before, 1, clock)
    clock.now += 10
    rotate(tmp_path / "keys", clock.now, HOUR)
    after = start()
    commit(after, 2, clock)
    commit(before, 3, clock)
    commit(after, 4, clock)
    assert before.ledger.condition().trouble is None
    assert before.keys.receipts.public == after.keys.receipts.public, "it went over to the new keys"
    clock.now += 2 * HOUR
    commit(before, 5, clock)
    assert told(before.verify()) == []


def without_private_halves(folder: Path) -> None:
    """A process that sees the new list and may not read the new keys."""
    for file in folder.glob("*.pem"):
        file.unlink()


def test_a_process_that_cannot_read_the_new_keys_signs_until_its_own_end_and_no_longer(
    start: Callable[[], Proofs], clock: Clock, tmp_path: Path
) -> None:
    before = start()
    commit(before, 1, clock)
    clock.now += 10
    rotate(tmp_path / "keys", clock.now, HOUR)
    without_private_halves(tmp_path / "keys")
    commit(before, 2, clock)
    before.ready()
    clock.now += HOUR
    with pytest.raises(LedgerUnavailable, match="any longer"):
        commit(before, 3, clock)
    with pytest.raises(LedgerUnavailable, match="any longer"):
        before.ready()
    assert told(before.verify()) == [], "all it signed can be proved"


def test_a_list_that_looks_unchanged_is_read_again_before_an_alarm(
    start: Callable[[], Proofs], clock: Clock, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder on another machine may show its old state for a while."""
    before = start()
    commit(before, 1, clock)
    state = before._keys._list()
    monkeypatch.setattr(before._keys, "_list", lambda: state)
    clock.now += 10
    rotate(tmp_path / "keys", clock.now, HOUR)
    commit(start(), 2, clock)
    before.ledger.checkpoint()
    commit(before, 3, clock)
    assert before.ledger.condition().trouble is None


def test_a_list_that_was_damaged_while_a_service_runs_leaves_it_its_keys(
    start: Callable[[], Proofs], clock: Clock, tmp_path: Path
) -> None:
    before = start()
    commit(before, 1, clock)
    (tmp_path / "keys" / "keys.json").write_text("nothing")
    commit(before, 2, clock)
    with pytest.raises(KeysUnusable):
        open_keys(tmp_path / "keys", "development", clock.now)


def test_a_caller_is_told_that_the_key_has_ended(tmp_path: Path, releases: Releases, clock: Clock) -> None:
    settings = Settings(state=tmp_path, database_url=SecretStr(f"sqlite:///{tmp_path / 'ledger.sqlite'}"))
    with TestClient(create_app(settings, releases)) as caller:
        assert caller.post("/v1/assessments", json={}).status_code == 200
        rotate(tmp_path / "keys", clock.now, 0)
        without_private_halves(tmp_path / "keys")
        answer = caller.post("/v1/assessments", json={})
        assert (answer.status_code, answer.json()["detail"]) == (503, KEY_ENDED)
        assert caller.get("/internal/isready").status_code == 503
