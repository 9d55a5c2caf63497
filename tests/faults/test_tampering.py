"""Whoever has the database, and even all the keys, cannot change what was: every change is told with its row."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import pytest

from cds.audit.checkpoint import Checkpoint
from cds.audit.keys import KeyRing, PublishedKeys
from cds.audit.rows import StoredCheckpoint, StoredEntry
from cds.audit.tree import leaf_hash
from cds.audit.verify import verify_ledger
from cds.signing import SigningKey
from tests.ledgers import NOW, ORIGIN, Copy, a_ledger, fill, fresh_keys, receipt_of, rewritten, told

SIZES = (10, 25, 40, 64, 100)
FLIPS, PLACES, CHECKPOINT_FLIPS, DELETIONS, CUTS, REWRITES = 1_000, 200, 200, 100, 100, 100


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyRing:
    return fresh_keys(tmp_path_factory.mktemp("ring"))


@pytest.fixture(scope="module")
def notes() -> list[str]:
    """The checkpoints that somebody else kept, filled with the ledger."""
    return []


@pytest.fixture(scope="module")
def copy(keys: KeyRing, notes: list[str]) -> Copy:
    ledger = a_ledger("sqlite://", keys)
    notes += fill(ledger, keys, SIZES)
    made = Copy(ledger, keys)
    ledger.close()
    return made


def around(row: int) -> tuple[int, int]:
    """The checkpoints before and after a row."""
    return max([size for size in SIZES if size <= row], default=0), min(size for size in SIZES if size > row)


def test_an_untouched_ledger_is_ok(copy: Copy, notes: list[str]) -> None:
    assert copy.verify(copy.entries, held=notes) == []


def test_a_thousand_flipped_bits_are_each_told_with_the_row(copy: Copy, notes: list[str]) -> None:
    """Twenty at a time, each in another row: every one of them is told, and no other row."""
    chance = random.Random(1)
    for _ in range(FLIPS // 20):
        rows = list(copy.entries)
        for row in chance.sample(range(len(rows)), 20):
            column = chance.choice(["id", "body", "body", "body", "leaf"])
            rows[row] = StoredEntry(row, *(flipped(chance, rows[row], name, column) for name in ("id", "body", "leaf")))
        altered = [row for row, entry in enumerate(rows) if entry != copy.entries[row]]
        found = copy.verify(rows, held=notes)
        assert [fault.removeprefix("UNKNOWN KEY").removeprefix("ALTERED") for fault in found] == [
            f" row {row}" for row in altered
        ]
        assert len(altered) == 20


def flipped(chance: random.Random, entry: StoredEntry, name: str, column: str) -> Any:
    """A column with one bit flipped, if it is the one to alter."""
    value = getattr(entry, name)
    if name != column:
        return value
    data = bytearray(value if isinstance(value, bytes) else value.encode())
    at = chance.randrange(len(data))
    bit = chance.randrange(8 if isinstance(value, bytes) else 7)  # the database holds text: it stays text
    data[at] ^= 1 << bit
    return bytes(data) if isinstance(value, bytes) else data.decode("utf-8")


def test_flipped_bits_of_positions_are_told_with_the_row(copy: Copy, notes: list[str]) -> None:
    """A row that says another place is missing where it was, and where it now stands something is altered."""
    chance = random.Random(6)
    for _ in range(PLACES):
        row, bit = chance.randrange(100), chance.randrange(63)
        place = row ^ (1 << bit)
        moved = replace(copy.entries[row], position=place)
        rows = sorted([*copy.entries[:row], *copy.entries[row + 1 :], moved], key=lambda entry: entry.position)
        found = copy.verify(rows, held=notes)
        assert found, (row, place)
        if row < 99 or place < 100:
            assert any(f"MISSING {row}.." in told or f"row {row}" in told or f"{row}.." in told for told in found)
        if place < 100:
            assert f"ALTERED row {place}" in found, "two rows stand there, and only one can"


def test_flipped_bits_of_checkpoints_are_told_with_their_size(copy: Copy, notes: list[str]) -> None:
    """Every column that is signed or leads to what is. When one was made is not, and proves nothing."""
    chance = random.Random(7)
    for _ in range(CHECKPOINT_FLIPS):
        which = chance.randrange(len(SIZES))
        stored = copy.checkpoints[which]
        altered = flipped_checkpoint(chance, stored)
        signed = [*copy.checkpoints[:which], altered, *copy.checkpoints[which + 1 :]]
        found = copy.verify(copy.entries, signed, held=notes)
        kinds = ("ALTERED", "UNKNOWN KEY", "ANOTHER LEDGER")
        assert found[0] in [f"{kind} checkpoint {altered.size}" for kind in kinds], altered


def flipped_checkpoint(chance: random.Random, stored: StoredCheckpoint) -> StoredCheckpoint:
    """One bit of its size, its note or its edge."""
    match chance.choice(["size", "note", "note", "frontier" if stored.frontier else "note"]):
        case "size":
            return replace(stored, size=stored.size ^ (1 << chance.randrange(40)))
        case "note":
            note = bytearray(stored.note.encode())
            while True:
                at, bit = chance.randrange(len(note)), chance.randrange(7)
                if note[at] < 128:  # the database holds text: it stays text
                    note[at] ^= 1 << bit
                    return replace(stored, note=note.decode())
        case _:
            edge = bytearray(stored.frontier)
            edge[chance.randrange(len(edge))] ^= 1 << chance.randrange(8)
            return replace(stored, frontier=bytes(edge))


def test_a_row_altered_with_its_hash_is_told_too(copy: Copy, notes: list[str]) -> None:
    chance = random.Random(2)
    for row in range(0, 100, 7):
        body = flipped(chance, copy.entries[row], "body", "body")
        altered = StoredEntry(row, copy.entries[row].id, body, leaf_hash(body.encode()))
        found = copy.verify([*copy.entries[:row], altered, *copy.entries[row + 1 :]], held=notes)
        assert found in ([f"ALTERED row {row}"], [f"UNKNOWN KEY row {row}"])


def test_a_hundred_deletions_are_told_with_the_rows(copy: Copy, notes: list[str]) -> None:
    chance = random.Random(3)
    for _ in range(DELETIONS):
        first = chance.randrange(98)
        last = min(98, first + chance.choice([0, 0, 0, 1, 5, 30]))
        rows = [*copy.entries[:first], *copy.entries[last + 1 :]]
        assert copy.verify(rows, held=notes) == [f"MISSING {first}..{last}"]


def test_a_deletion_that_closes_the_gap_is_told_by_the_checkpoints(copy: Copy, notes: list[str]) -> None:
    for row in range(0, 99, 9):
        rest = [*copy.entries[:row], *copy.entries[row + 1 :]]
        rows = [StoredEntry(place, entry.id, entry.body, entry.leaf) for place, entry in enumerate(rest)]
        before, after = around(row)
        found = copy.verify(rows, held=notes)
        if after < len(copy.entries):
            assert found[0] == f"REWRITTEN BEFORE CHECKPOINT {after} ({before}..{after - 1})"
        assert found[-1] == "SHORTER THAN CHECKPOINT 100 (row 99)"


def test_a_hundred_cut_ends_are_told_by_a_checkpoint_kept_elsewhere(copy: Copy, notes: list[str]) -> None:
    """The checkpoints over what was cut are gone as well: nothing in the ledger itself can tell."""
    chance = random.Random(4)
    for _ in range(CUTS):
        left = chance.randrange(1, 100)
        signed = [checkpoint for checkpoint in copy.checkpoints if checkpoint.size <= left]
        rows = copy.entries[:left]
        assert copy.verify(rows, signed) == ([] if signed else [f"NO CHECKPOINT 0..{left - 1}"])
        gone = "row 99" if left == 99 else f"{left}..99"
        assert copy.verify(rows, signed, notes[-1:])[-1:] == [f"SHORTER THAN CHECKPOINT 100 ({gone})"]
        assert copy.verify(rows) == [f"SHORTER THAN CHECKPOINT 100 ({gone})"]


def test_a_hundred_rewritten_histories_are_told_by_checkpoints_kept_elsewhere(
    copy: Copy, keys: KeyRing, notes: list[str]
) -> None:
    """Somebody with the database and every key writes a row anew, and every later checkpoint with it."""
    chance = random.Random(5)
    for _ in range(REWRITES):
        row = chance.randrange(100)
        rows, signed = rewritten(copy, keys, row, SIZES)
        before, after = around(row)
        assert copy.verify(rows, signed) == [], "all of it is signed"
        assert copy.verify(rows, signed, notes) == [f"REWRITTEN BEFORE CHECKPOINT {after} ({before}..{after - 1})"]
        if row % 10 == 0:
            assert copy.verify(rows, signed, notes[-1:]) == ["REWRITTEN BEFORE CHECKPOINT 100 (0..99)"]


def test_rows_that_change_places_are_told(copy: Copy, notes: list[str]) -> None:
    one, other = copy.entries[30], copy.entries[31]
    rows = list(copy.entries)
    rows[30] = StoredEntry(30, other.id, other.body, other.leaf)
    rows[31] = StoredEntry(31, one.id, one.body, one.leaf)
    assert copy.verify(rows, held=notes) == ["REWRITTEN BEFORE CHECKPOINT 40 (25..39)"]


def test_a_row_that_was_slipped_in_is_told(copy: Copy, keys: KeyRing) -> None:
    stranger = receipt_of(500, SigningKey.new())
    after_the_end = [*copy.entries, StoredEntry(100, stranger.id, stranger.body, stranger.leaf)]
    assert copy.verify(after_the_end) == ["UNKNOWN KEY row 100"]
    ours = receipt_of(501, keys.receipts)
    twice = [*copy.entries, StoredEntry(99, ours.id, ours.body, ours.leaf)]
    assert copy.verify(twice) == ["ALTERED row 99"]


def test_a_text_of_another_kind_is_no_entry(copy: Copy, keys: KeyRing) -> None:
    for body in ("", "x", "a.b.c", keys.receipts.jws(b"{}", "other+jws"), keys.receipts.jws(b"{}", "cds-receipt+jws")):
        rows = [*copy.entries, StoredEntry(100, "x", body, leaf_hash(body.encode()))]
        assert copy.verify(rows) == ["ALTERED row 100"]


def test_a_receipt_of_a_time_when_its_key_was_not_in_use_is_told(copy: Copy, keys: KeyRing) -> None:
    early = receipt_of(600, keys.receipts, iat=NOW - 1)
    assert copy.verify([*copy.entries, StoredEntry(100, early.id, early.body, early.leaf)]) == ["UNKNOWN KEY row 100"]


def test_one_of_production_signed_with_a_key_of_development_is_told(copy: Copy, keys: KeyRing) -> None:
    other = receipt_of(601, keys.receipts, env="production")
    assert copy.verify([*copy.entries, StoredEntry(100, other.id, other.body, other.leaf)]) == ["UNKNOWN KEY row 100"]


def test_a_checkpoint_that_was_altered_or_signed_by_another_is_told(copy: Copy, notes: list[str]) -> None:
    for place, kind in ((1, "ALTERED"), (-2, "UNKNOWN KEY")):
        first, *rest = copy.checkpoints
        note = (
            first.note.replace("\n10\n", "\n11\n")
            if place == 1
            else Checkpoint(ORIGIN, 10, bytes(32)).signed(SigningKey.new())
        )
        found = copy.verify(copy.entries, [StoredCheckpoint(10, NOW, note, first.frontier), *rest])
        assert found == [f"{kind} checkpoint 10"]
    edge = bytes(len(copy.checkpoints[0].frontier))
    found = copy.verify(copy.entries, [StoredCheckpoint(10, NOW, notes[0], edge), *copy.checkpoints[1:]])
    assert found == ["ALTERED checkpoint 10"]
    assert copy.verify(copy.entries, held=["nothing"]) == ["ALTERED checkpoint 0"]


def test_without_the_keys_nothing_is_believed(copy: Copy) -> None:
    report = verify_ledger(copy.entries, copy.checkpoints, ORIGIN, PublishedKeys(()))
    assert {fault.kind for fault in report.faults} == {"UNKNOWN KEY"}
    assert len(report.faults) == len(copy.entries) + len(copy.checkpoints)


def test_the_tree_alone_finds_what_no_hash_beside_a_row_tells(copy: Copy, keys: KeyRing) -> None:
    rows, _ = rewritten(copy, keys, 30, SIZES)
    report = verify_ledger(rows, copy.checkpoints, ORIGIN, copy.keys.published, signatures=False)
    assert told(report) == ["REWRITTEN BEFORE CHECKPOINT 40 (25..39)"]


def test_several_faults_are_each_told(copy: Copy, notes: list[str]) -> None:
    rows = [entry for entry in copy.entries if entry.position not in (12, 13, 70)]
    body = copy.entries[50].body[:-1] + ("A" if copy.entries[50].body[-1] != "A" else "B")
    rows[rows.index(copy.entries[50])] = StoredEntry(50, copy.entries[50].id, body, copy.entries[50].leaf)
    assert copy.verify(rows, held=notes) == ["MISSING 12..13", "ALTERED row 50", "MISSING 70..70"]
