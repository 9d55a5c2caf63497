"""The rows of a ledger: entries, checkpoints, and blocks as a shortcut. Written once, in order, never altered."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    true,
)

from cds.audit.tree import Frontier, Subtree, root_of

_MANY = {"yield_per": 5_000}
"""Rows are fetched so many at a time where all are read."""

metadata = MetaData()
entries = Table(
    "entries",
    metadata,
    Column("position", BigInteger, primary_key=True, autoincrement=False),
    Column("id", String(80), nullable=False, unique=True),
    Column("body", Text, nullable=False),
    Column("leaf", LargeBinary(32), nullable=False),
)
checkpoints = Table(
    "checkpoints",
    metadata,
    Column("size", BigInteger, primary_key=True, autoincrement=False),
    Column("made_at", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
)

blocks = Table(
    "blocks",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
)
room = Table(
    "room",
    metadata,
    Column("number", BigInteger, primary_key=True, autoincrement=False),
    Column("filler", LargeBinary, nullable=False),
)
"""Nothing stands in it: it is written to find out whether the database takes a write (`try_room`)."""
_ROOM_BYTES = 65_536
"""As much as a hundred receipts take."""
BLOCK = 1_024
"""Leaves under one block. Blocks are a shortcut for proofs and nothing else: what they say is checked against a signed
root, and verification never looks at them.
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry to be appended: its id, its text (a JWS) and the hash of its leaf."""

    id: str
    body: str
    leaf: bytes


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """One row as it stands."""

    position: int
    id: str
    body: str
    leaf: bytes


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """One signed checkpoint as it stands, with the tree's right edge at that size.

    `made_at` is for people who ask how old it is. It is not signed and proves nothing.
    """

    size: int
    made_at: int
    note: str
    frontier: bytes


def size(connection: Connection) -> int:
    """How many entries there are."""
    last = connection.execute(select(func.max(entries.c.position))).scalar_one()
    return 0 if last is None else int(last) + 1


def append(connection: Connection, group: Sequence[Entry]) -> int:
    """Append a group; the position of its first entry. Only within `appending`."""
    first = size(connection)
    connection.execute(
        insert(entries),
        [
            {"position": first + at, "id": entry.id, "body": entry.body, "leaf": entry.leaf}
            for at, entry in enumerate(group)
        ],
    )
    return first


def known(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Which of these entries are there already."""
    return set(connection.execute(select(entries.c.id).where(entries.c.id.in_(ids))).scalars())


def position_of(connection: Connection, id_: str) -> int | None:
    """Where the entry of an id stands."""
    return connection.execute(select(entries.c.position).where(entries.c.id == id_)).scalar_one_or_none()


def count(connection: Connection) -> int:
    """How many rows there are; fewer than `size` where some are missing."""
    return int(connection.execute(select(func.count()).select_from(entries)).scalar_one())


def all_entries(connection: Connection) -> Iterator[StoredEntry]:
    """Every entry by position, a batch at a time, within one transaction."""
    rows = connection.execute(select(entries).order_by(entries.c.position), execution_options=_MANY)
    for position, id_, body, leaf in rows:
        yield StoredEntry(position, id_, body, bytes(leaf))


def some_entries(connection: Connection, after: int | None, end: int, many: int) -> list[StoredEntry]:
    """So many entries at most, by position: behind that of the last page, from the first row where there was none."""
    behind = entries.c.position > after if after is not None else true()
    rows = connection.execute(
        select(entries).where(behind, entries.c.position < end).order_by(entries.c.position).limit(many)
    )
    return [StoredEntry(position, id_, body, bytes(leaf)) for position, id_, body, leaf in rows]


def leaves(connection: Connection, first: int, end: int) -> Iterator[bytes]:
    """The stored hashes of leaves from the first to before the end."""
    rows = connection.execute(
        select(entries.c.leaf)
        .where(entries.c.position >= first, entries.c.position < end)
        .order_by(entries.c.position),
        execution_options=_MANY,
    )
    return (bytes(leaf) for (leaf,) in rows)


def subtree(connection: Connection, *, shortcut: bool = True) -> Subtree:
    """The roots over stored hashes; with the shortcut, over whole blocks where there are any."""

    def root(first: int, end: int) -> bytes:
        over = Frontier()
        if shortcut and first % BLOCK == 0:
            of_blocks = Frontier()
            for block in connection.execute(
                select(blocks.c.root)
                .where(blocks.c.number >= first // BLOCK, blocks.c.number < end // BLOCK)
                .order_by(blocks.c.number)
            ).scalars():
                of_blocks.append(bytes(block))
            over = Frontier(of_blocks.size * BLOCK, of_blocks.roots)
        for leaf in leaves(connection, first + over.size, end):
            over.append(leaf)
        return over.root()

    return root


def add_blocks(connection: Connection, end: int) -> None:
    """Add every block that is whole at that size and not there yet. Only within `appending`."""
    last = connection.execute(select(func.max(blocks.c.number))).scalar_one()
    for number in range(0 if last is None else last + 1, end // BLOCK):
        root = root_of(leaves(connection, number * BLOCK, (number + 1) * BLOCK))
        connection.execute(insert(blocks), {"number": number, "root": root})


def add_checkpoint(connection: Connection, checkpoint: StoredCheckpoint) -> None:
    """Append a checkpoint. Only within `appending`."""
    connection.execute(
        insert(checkpoints),
        {
            "size": checkpoint.size,
            "made_at": checkpoint.made_at,
            "note": checkpoint.note,
            "frontier": checkpoint.frontier,
        },
    )


def newest_checkpoint(connection: Connection) -> StoredCheckpoint | None:
    """The newest checkpoint, if there is one."""
    row = connection.execute(select(checkpoints).order_by(checkpoints.c.size.desc()).limit(1)).one_or_none()
    return None if row is None else _checkpoint(row)


def all_checkpoints(connection: Connection) -> Iterator[StoredCheckpoint]:
    """Every checkpoint by size."""
    rows = connection.execute(select(checkpoints).order_by(checkpoints.c.size), execution_options=_MANY)
    return map(_checkpoint, rows)


def checkpoint_at(connection: Connection, covered: int) -> StoredCheckpoint | None:
    """The checkpoint over so many entries, if there is one."""
    row = connection.execute(select(checkpoints).where(checkpoints.c.size == covered)).one_or_none()
    return None if row is None else _checkpoint(row)


def some_checkpoints(connection: Connection, after: int | None, last: int, many: int) -> list[StoredCheckpoint]:
    """So many checkpoints at most, by size, up to the last one there was."""
    behind = checkpoints.c.size > after if after is not None else true()
    rows = connection.execute(
        select(checkpoints).where(behind, checkpoints.c.size <= last).order_by(checkpoints.c.size).limit(many)
    )
    return list(map(_checkpoint, rows))


def try_room(connection: Connection) -> None:
    """Write as much as a group of receipts takes. Whoever commits it knows that the database takes a write."""
    connection.execute(delete(room))
    connection.execute(insert(room), {"number": 0, "filler": bytes(_ROOM_BYTES)})


def empty_room(connection: Connection) -> None:
    """Give the room back: the next receipts find it free."""
    connection.execute(delete(room))


def frontier_at(connection: Connection, checkpoint: StoredCheckpoint | None, end: int) -> Frontier:
    """The tree's right edge at `end`, grown from an earlier checkpoint. Raises ValueError for an edge that is none."""
    frontier = Frontier() if checkpoint is None else Frontier.from_bytes(checkpoint.size, checkpoint.frontier)
    for leaf in leaves(connection, frontier.size, end):
        frontier.append(leaf)
    return frontier


def _checkpoint(row: Row[Any]) -> StoredCheckpoint:
    return StoredCheckpoint(row.size, row.made_at, row.note, bytes(row.frontier))
