"""The ledger's rows, and nothing but rows: one table of entries, one of checkpoints, both append-only.

The same statements run on SQLite (one file, write-ahead log, every commit synced) and on PostgreSQL. Whoever appends
holds the ledger's one lock until the commit, so that positions have no gaps and nobody sees a later entry before an
earlier one: that is the one sequencer. Because entries are committed in groups, the lock costs one commit for a group
and not one for each entry (benchmarks/ledger.py).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    LargeBinary,
    MetaData,
    Row,
    String,
    Table,
    Text,
    create_engine,
    event,
    func,
    insert,
    make_url,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import StaticPool

from cds.audit.tree import Frontier, root_of

_LOCK = 0x6364735F6C656467
"""The name of the lock on PostgreSQL: "cds_ledg" as a number."""
_PATIENCE_MS = 1_500
"""How long a statement, or the wait for the lock, may take."""
_AT_ONCE = 5_000
"""Rows fetched at a time where many are read."""

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


class LedgerUnavailable(RuntimeError):
    """Nothing can be committed now, so nothing may be answered. Carries a kind of failure, never a row."""


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
    """One signed checkpoint as it stands, with the tree's right edge at that size."""

    size: int
    made_at: int
    note: str
    frontier: bytes


class Store:
    """One ledger's database. Made without touching it; the first use connects. Raises LedgerUnavailable."""

    def __init__(self, url: str) -> None:
        parsed = make_url(url)
        if parsed.get_backend_name() == "postgresql":
            parsed = parsed.set(drivername="postgresql+psycopg")
        elif parsed.get_backend_name() != "sqlite":
            raise ValueError("a ledger stands in SQLite or PostgreSQL")
        self.postgresql = parsed.get_backend_name() == "postgresql"
        in_memory = not self.postgresql and parsed.database in (None, "", ":memory:")
        self.file = None if self.postgresql or in_memory else Path(str(parsed.database))
        self.engine = _engine(parsed, in_memory=in_memory)
        self._alone: AbstractContextManager[object] = threading.RLock() if in_memory else nullcontext()
        """A ledger in memory has one connection, which serves one at a time."""

    def prepare(self) -> None:
        """Bring the tables up to date. Several processes may do so at once."""
        if self.file is not None:
            self.file.parent.mkdir(parents=True, exist_ok=True)
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self.appending() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def appending(self) -> Iterator[Connection]:
        """A transaction that alone may append; committed at the end unless an error goes through it."""
        try:
            with self._alone, self.engine.begin() as connection:
                if self.postgresql:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _LOCK})
                yield connection
        except DBAPIError as error:
            raise LedgerUnavailable(_kind(error)) from None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees the ledger as it is now, whatever is appended meanwhile, and waits for nobody."""
        try:
            with self._alone, self.engine.connect() as connection:
                if self.postgresql:
                    connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                else:
                    connection.execution_options(cds_reading=True)
                with connection.begin():
                    yield connection
        except DBAPIError as error:
            raise LedgerUnavailable(_kind(error)) from None

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


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


def all_entries(connection: Connection, first: int = 0) -> Iterator[StoredEntry]:
    """Every entry by position, a batch at a time."""
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        select(entries).where(entries.c.position >= first).order_by(entries.c.position)
    )
    for position, id_, body, leaf in rows:
        yield StoredEntry(position, id_, body, bytes(leaf))


def leaves(connection: Connection, first: int, end: int) -> Iterator[bytes]:
    """The stored hashes of leaves from the first to before the end."""
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(
        select(entries.c.leaf).where(entries.c.position >= first, entries.c.position < end).order_by(entries.c.position)
    )
    return (bytes(leaf) for (leaf,) in rows)


def subtree(connection: Connection, first: int, end: int) -> bytes:
    """The root over stored hashes."""
    return root_of(leaves(connection, first, end))


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
    rows = connection.execution_options(yield_per=_AT_ONCE).execute(select(checkpoints).order_by(checkpoints.c.size))
    return map(_checkpoint, rows)


def frontier_at(connection: Connection, checkpoint: StoredCheckpoint | None, end: int) -> Frontier:
    """The tree's right edge at `end`, grown from an earlier checkpoint. Raises ValueError for an edge that is none."""
    frontier = Frontier() if checkpoint is None else Frontier.from_bytes(checkpoint.size, checkpoint.frontier)
    for leaf in leaves(connection, frontier.size, end):
        frontier.append(leaf)
    return frontier


def _checkpoint(row: Row[Any]) -> StoredCheckpoint:
    return StoredCheckpoint(row.size, row.made_at, row.note, bytes(row.frontier))


def _engine(url: Any, *, in_memory: bool) -> Engine:
    if url.get_backend_name() == "postgresql":
        options = f"-c statement_timeout={_PATIENCE_MS} -c lock_timeout={_PATIENCE_MS}"
        options += f" -c idle_in_transaction_session_timeout={2 * _PATIENCE_MS}"
        return create_engine(
            url, pool_pre_ping=True, pool_timeout=1, connect_args={"connect_timeout": 2, "options": options}
        )
    pool: dict[str, Any] = {"poolclass": StaticPool} if in_memory else {}
    engine = create_engine(
        url, connect_args={"check_same_thread": False, "timeout": _PATIENCE_MS / 1000, "isolation_level": None}, **pool
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: Any, _: Any) -> None:
        if not in_memory:
            connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get("cds_reading", False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine


def _kind(error: DBAPIError) -> str:
    """What failed, without the statement and its values."""
    return type(error.orig).__name__ if error.orig is not None else type(error).__name__
