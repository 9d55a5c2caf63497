"""Somebody who owns the database itself, SQLite or PostgreSQL: every change of theirs is told with its row."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection, Table, delete, insert, text, update

from cds.audit.keys import KeyRing
from cds.audit.ledger import Ledger
from cds.audit.rows import StoredCheckpoint, StoredEntry, checkpoints, entries
from tests.faults.test_tampering import flipped, flipped_checkpoint
from tests.ledgers import Copy, a_ledger, disarm, fill, rewritten, told, verified

SIZES = (10, 25, 40, 64, 100)
Change = Callable[[Connection], object]
SINGLE: dict[str, tuple[Change, list[str]]] = {
    "altered": (
        lambda connection: connection.execute(
            update(entries).where(entries.c.position == 17).values(body=entries.c.body + "A")
        ),
        ["ALTERED row 17"],
    ),
    "missing": (
        lambda connection: connection.execute(text("DELETE FROM entries WHERE position BETWEEN 5 AND 9")),
        ["MISSING 5..9"],
    ),
    "shorter": (
        lambda connection: connection.execute(text("DELETE FROM entries WHERE position >= 90")),
        ["SHORTER THAN CHECKPOINT 100 (90..99)"],
    ),
    "renumbered": (
        lambda connection: connection.execute(text("UPDATE entries SET position = 1000 WHERE position = 99")),
        ["MISSING 99..999"],
    ),
    "below nothing": (
        lambda connection: connection.execute(text("UPDATE entries SET position = -3 WHERE position = 50")),
        ["ALTERED row -3", "MISSING 50..50"],
    ),
    "no checkpoints": (
        lambda connection: connection.execute(text("DELETE FROM checkpoints")),
        ["NO CHECKPOINT 0..99"],
    ),
}  # fmt: skip


@dataclass
class Owned:
    """A ledger in a database that somebody owns."""

    ledger: Ledger
    keys: KeyRing
    notes: list[str]
    """Checkpoints that were kept elsewhere."""
    copy: Copy

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """Whoever owns the database takes the guards off first."""
        with self.ledger.store.appending() as connection:
            disarm(connection)
            yield connection

    def found(self, held: bool = True) -> list[str]:
        """What is told of it now."""
        return told(verified(self.ledger, self.keys, self.notes if held else ()))

    def restore(self, table: Table, lost: list[StoredEntry] | list[StoredCheckpoint]) -> None:
        """Put rows of a table back as they were."""
        with self.changing() as connection:
            connection.execute(
                delete(table).where(table.primary_key.columns[0].notin_(_places(self.copy, table, lost)))
            )
            connection.execute(insert(table), [_columns(row) for row in lost])


def _columns(row: StoredEntry | StoredCheckpoint) -> dict[str, object]:
    return {name: getattr(row, name) for name in row.__slots__}


def _places(copy: Copy, table: Table, lost: list[StoredEntry] | list[StoredCheckpoint]) -> list[int]:
    """Where the rows stand that were left as they were."""
    rows: list[StoredEntry] | list[StoredCheckpoint] = copy.entries if table is entries else copy.checkpoints
    return [row.position if isinstance(row, StoredEntry) else row.size for row in rows if row not in lost]


@pytest.fixture
def owned(url: str, keys: KeyRing) -> Iterator[Owned]:
    ledger = a_ledger(url, keys)
    notes = fill(ledger, keys, SIZES)
    yield Owned(ledger, keys, notes, Copy(ledger, keys))
    ledger.close()


@pytest.mark.parametrize("change", SINGLE)
def test_a_change_in_the_database_itself_is_told(owned: Owned, change: str) -> None:
    act, expected = SINGLE[change]
    with owned.changing() as connection:
        act(connection)
    assert owned.found() == expected


def flip_rows(owned: Owned, chance: random.Random, times: int) -> None:
    """So many bits, twenty at a time, each in another row: each is told with its row, and no other row is."""
    for start in range(0, times, 20):
        rows, ids = chance.sample(range(100), min(20, times - start)), {row.id for row in owned.copy.entries}
        altered = []
        for row in sorted(rows):
            was, column = owned.copy.entries[row], chance.choice(["id", "body", "body", "body", "leaf"])
            while True:
                values = {name: flipped(chance, was, name, column) for name in ("id", "body", "leaf")}
                held = "\x00" not in values["id"] + values["body"]  # PostgreSQL holds no such text
                if held and (column != "id" or values["id"] not in ids):  # nor any of them two rows of one id
                    break
            ids.add(values["id"])
            altered.append((row, values))
        with owned.changing() as connection:
            for row, values in altered:
                connection.execute(update(entries).where(entries.c.position == row).values(**values))
        found = [fault.removeprefix("UNKNOWN KEY").removeprefix("ALTERED") for fault in owned.found()]
        assert found == [f" row {row}" for row, _ in altered]
        owned.restore(entries, [owned.copy.entries[row] for row, _ in altered])


def flip_positions(owned: Owned, chance: random.Random, times: int) -> None:
    """A bit of a row's place."""
    for _ in range(times):
        row = chance.randrange(99)
        place = row ^ (1 << chance.randrange(7, 62))
        with owned.changing() as connection:
            connection.execute(update(entries).where(entries.c.position == row).values(position=place))
        assert owned.found()[0] == f"MISSING {row}..{row}"
        owned.restore(entries, [owned.copy.entries[row]])


def flip_checkpoints(owned: Owned, chance: random.Random, times: int) -> None:
    """A bit of a checkpoint: told with its size."""
    for _ in range(times):
        was = chance.choice(owned.copy.checkpoints)
        while True:
            now = flipped_checkpoint(chance, was)
            if "\x00" not in now.note and now.size not in [one.size for one in owned.copy.checkpoints if one != was]:
                break
        with owned.changing() as connection:
            connection.execute(update(checkpoints).where(checkpoints.c.size == was.size).values(**_columns(now)))
        kinds = ("ALTERED", "UNKNOWN KEY", "ANOTHER LEDGER")
        assert owned.found()[0] in [f"{kind} checkpoint {now.size}" for kind in kinds]
        owned.restore(checkpoints, [was])


def delete_rows(owned: Owned, chance: random.Random, times: int) -> None:
    """Rows gone from the middle."""
    for _ in range(times):
        first = chance.randrange(98)
        last = min(98, first + chance.choice([0, 0, 1, 5, 30]))
        with owned.changing() as connection:
            connection.execute(delete(entries).where(entries.c.position.between(first, last)))
        assert owned.found() == [f"MISSING {first}..{last}"]
        owned.restore(entries, owned.copy.entries[first : last + 1])


def cut_ends(owned: Owned, chance: random.Random, times: int) -> None:
    """The end gone, with the checkpoints over it: only one kept elsewhere tells."""
    for _ in range(times):
        left = chance.randrange(10, 100)
        with owned.changing() as connection:
            connection.execute(delete(entries).where(entries.c.position >= left))
            connection.execute(delete(checkpoints).where(checkpoints.c.size > left))
        assert owned.found(held=False) == []
        gone = "row 99" if left == 99 else f"{left}..99"
        assert owned.found() == [f"SHORTER THAN CHECKPOINT 100 ({gone})"]
        owned.restore(entries, owned.copy.entries[left:])
        owned.restore(checkpoints, [one for one in owned.copy.checkpoints if one.size > left])


def rewrite_histories(owned: Owned, chance: random.Random, times: int) -> None:
    """A row and every later checkpoint written anew, by somebody with every key."""
    for _ in range(times):
        row = chance.randrange(100)
        rows, signed = rewritten(owned.copy, owned.keys, row, SIZES)
        before = max((size for size in SIZES if size <= row), default=0)
        after = min(size for size in SIZES if size > row)
        with owned.changing() as connection:
            forged = rows[row]
            changed = {"id": forged.id, "body": forged.body, "leaf": forged.leaf}
            connection.execute(update(entries).where(entries.c.position == row).values(**changed))
            connection.execute(delete(checkpoints))
            connection.execute(insert(checkpoints), [_columns(one) for one in signed])
        assert owned.found(held=False) == [], "all of it is signed"
        assert owned.found() == [f"REWRITTEN BEFORE CHECKPOINT {after} ({before}..{after - 1})"]
        owned.restore(entries, [owned.copy.entries[row]])
        with owned.changing() as connection:
            connection.execute(delete(checkpoints))
            connection.execute(insert(checkpoints), [_columns(one) for one in owned.copy.checkpoints])


KINDS: dict[str, tuple[Callable[[Owned, random.Random, int], None], int, int]] = {
    "flipped bits": (flip_rows, 40, 1_000),
    "flipped bits of positions": (flip_positions, 3, 200),
    "flipped bits of checkpoints": (flip_checkpoints, 5, 200),
    "deletions": (delete_rows, 3, 100),
    "cut ends": (cut_ends, 3, 100),
    "rewritten histories": (rewrite_histories, 3, 100),
}
"""What is done to a ledger in a database: how often in every run of the tests, and how often when they soak."""


@pytest.mark.parametrize("kind", KINDS)
def test_some_changes_of_each_kind_are_told_with_their_rows(owned: Owned, kind: str) -> None:
    change, times, _ = KINDS[kind]
    change(owned, random.Random(times), times)
    assert owned.found() == [], "all was put back"


@pytest.mark.soak
@pytest.mark.parametrize("kind", KINDS)
def test_very_many_changes_of_each_kind_are_told_with_their_rows(owned: Owned, kind: str) -> None:
    change, _, times = KINDS[kind]
    change(owned, random.Random(times), times)
    assert owned.found() == [], "all was put back"
