"""The service's keys: made once in development, wanted from the operator in production, never forgotten."""

from __future__ import annotations

import json
import stat
import threading
from pathlib import Path

import pytest

from cds.audit.keys import KeysUnusable, PublishedKeys, new_keys, open_keys, read_published, rotate
from cds.main import create_app
from cds.settings import InsecureSettings
from cds.signing import SigningKey, UnknownKey
from tests.frozen import two_releases
from tests.ledgers import NOW
from tests.production import needs_both_evaluators, production
from tests.releases.approving import board


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_in_development_keys_are_made_at_first_start_and_kept(tmp_path: Path) -> None:
    first = open_keys(tmp_path / "keys", "development", NOW)
    again = open_keys(tmp_path / "keys", "development", NOW + 99)
    assert again.published.all == first.published.all
    assert first.receipts.public != first.checkpoints.public
    assert mode(tmp_path / "keys") == 0o700
    assert [mode(file) for file in (tmp_path / "keys").glob("*.pem")] == [0o600, 0o600]


def test_starting_many_at_once_makes_one_ring(tmp_path: Path) -> None:
    rings = []
    threads = [
        threading.Thread(target=lambda: rings.append(open_keys(tmp_path / "keys", "development", NOW)))
        for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({ring.receipts.public for ring in rings}) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["keys"]


def test_production_makes_no_keys_and_takes_none_of_development(tmp_path: Path) -> None:
    with pytest.raises(KeysUnusable, match="cds keys new"):
        open_keys(tmp_path / "none", "production", NOW)
    assert not (tmp_path / "none").exists()
    new_keys(tmp_path / "development", "development", NOW)
    with pytest.raises(KeysUnusable, match="another environment"):
        open_keys(tmp_path / "development", "production", NOW)
    new_keys(tmp_path / "production", "production", NOW)
    assert open_keys(tmp_path / "production", "production", NOW).environment == "production"
    with pytest.raises(KeysUnusable, match="another environment"):
        open_keys(tmp_path / "production", "development", NOW)


def test_production_wants_its_own_ledger_and_keys(tmp_path: Path) -> None:
    for missing in ("database_url", "keys", "ledger_name"):
        with pytest.raises(InsecureSettings, match="CDS_KEYS"):
            create_app(production(tmp_path, **{missing: None}))


@needs_both_evaluators
def test_production_does_not_start_with_keys_that_are_not_there_or_not_its_own(tmp_path: Path) -> None:
    approvers = board(two_releases(tmp_path / "one"), tmp_path)
    approvers.both()
    new_keys(tmp_path / "development", "development", NOW)
    for folder in (tmp_path / "none", tmp_path / "development"):
        with pytest.raises(KeysUnusable):
            approvers.starts(keys=folder)


def test_after_a_rotation_new_texts_have_new_keys_and_old_ones_stay_known(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    before = open_keys(folder, "development", NOW)
    rotate(folder, NOW + 100, overlap=10)
    after = open_keys(folder, "development", NOW + 100)
    old, new = before.receipts.public, after.receipts.public
    assert old != new
    assert set(after.published.of("receipts")) == {old.kid, new.kid}
    used = after.published[old.kid]
    assert [used.used_at(NOW + second) for second in (-1, 0, 109, 110)] == [False, True, True, False]
    assert after.published[new.kid].used_at(NOW + 100)
    assert sorted(file.stem for file in folder.glob("*.pem")) == sorted([new.kid, after.checkpoints.public.kid]), (
        "private halves that are no longer used are destroyed"
    )


def test_what_is_published_holds_no_private_half(tmp_path: Path) -> None:
    ring = open_keys(tmp_path / "keys", "development", NOW)
    said = json.dumps(ring.published.as_json())
    assert '"d"' not in said
    assert PublishedKeys.from_json(json.loads(said)).all == ring.published.all
    with pytest.raises(UnknownKey):
        _ = ring.published[SigningKey.new().public.kid]


def test_a_key_that_others_can_read_is_refused(tmp_path: Path) -> None:
    ring = open_keys(tmp_path / "keys", "development", NOW)
    (tmp_path / "keys" / f"{ring.receipts.public.kid}.pem").chmod(0o644)
    with pytest.raises(KeysUnusable, match="chmod 600"):
        open_keys(tmp_path / "keys", "development", NOW)


def test_a_key_in_anothers_place_is_refused(tmp_path: Path) -> None:
    ring = open_keys(tmp_path / "keys", "development", NOW)
    file = tmp_path / "keys" / f"{ring.receipts.public.kid}.pem"
    file.unlink()
    SigningKey.new().write(file)
    with pytest.raises(KeysUnusable, match="another key"):
        open_keys(tmp_path / "keys", "development", NOW)
    file.write_text("nothing")
    with pytest.raises(KeysUnusable):
        open_keys(tmp_path / "keys", "development", NOW)


@pytest.mark.parametrize(
    "text", ["", "[]", "{}", '{"keys": [{}]}', '{"keys": [1]}', '{"keys": [{"kty": "OKP", "purpose": "receipts"}]}']
)
def test_a_list_that_cannot_be_read_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "keys.json"
    file.write_text(text)
    with pytest.raises(KeysUnusable):
        read_published(file)
    (tmp_path / "none.json").write_text('{"keys": []}')
    (tmp_path / "none.json").rename(file)
    with pytest.raises(KeysUnusable, match="one key of each purpose"):
        open_keys(tmp_path, "development", NOW)
