"""The ledger's database: who may append, what a reader sees, and what its failures are called.

The same statements run on SQLite (one file, write-ahead log, every commit synced) and on PostgreSQL. Whoever appends
holds the ledger's one lock until the commit, so that positions have no gaps and nobody sees a later entry before an
earlier one: that is the one sequencer. Because entries are committed in groups, the lock costs one commit for a group
and not one for each entry (benchmarks/ledger.py).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, make_url, select, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

_LOCK = 0x6364735F6C656467
"""The name of the lock on PostgreSQL: "cds_ledg" as a number."""
_MIGRATING = threading.Lock()
"""Alembic keeps what it is doing in its module: one at a time in a process."""
_PATIENCE_MS = 1_500
"""How long a statement, or the wait for the lock, may take."""


class LedgerUnavailable(RuntimeError):
    """Nothing can be committed now, so nothing may be answered. Carries a kind of failure, never a row.

    `told` is the failure in words for whoever called, where there is something they can do about it or pass on.
    """

    def __init__(self, kind: str, told: str | None = None) -> None:
        super().__init__(kind)
        self.told = told


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
        self._alone: AbstractContextManager[object] = threading.Lock() if in_memory else nullcontext()
        """A ledger in memory has one connection, which serves one at a time."""

    def prepare(self) -> None:
        """Bring the tables up to date. Several threads and processes may do so at once. Raises LedgerUnavailable."""
        if self.file is not None:
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise LedgerUnavailable(type(error).__name__) from None
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with _MIGRATING, self.appending() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    @contextmanager
    def appending(self) -> Iterator[Connection]:
        """A transaction that alone may append; committed at the end unless an error goes through it."""
        with self.writing() as connection:
            if self.postgresql:
                connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _LOCK})
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """The same for what stands beside the ledger; on PostgreSQL it waits for nobody who appends."""
        try:
            with self._alone, self.engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise _unavailable(error) from None

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A transaction that sees the ledger as it is now, whatever is appended meanwhile, and waits for nobody.

        It must be short: the database ends one that sits idle. What reads everything reads pages (`cds.audit.whole`).
        """
        try:
            with self._alone, self.engine.connect() as connection:
                if self.postgresql:
                    connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
                else:
                    connection.execution_options(cds_reading=True)
                with connection.begin():
                    yield connection
        except SQLAlchemyError as error:
            raise _unavailable(error) from None

    def ping(self) -> None:
        """Raise LedgerUnavailable unless the database answers."""
        with self.reading() as connection:
            connection.execute(select(1))

    def close(self) -> None:
        """Let go of every connection."""
        self.engine.dispose()


_GIVE_UP = {
    "connect_timeout": 2,
    "keepalives_idle": 2,
    "keepalives_interval": 1,
    "keepalives_count": 2,
    "tcp_user_timeout": 2_000,
}
"""So that a connection to a machine that is gone is not waited for."""


def _engine(url: Any, *, in_memory: bool) -> Engine:
    if url.get_backend_name() == "postgresql":
        options = f"-c statement_timeout={_PATIENCE_MS} -c lock_timeout={_PATIENCE_MS}"
        options += f" -c idle_in_transaction_session_timeout={2 * _PATIENCE_MS}"
        options += " -c synchronous_commit=on"  # whatever the database is set to: an answer goes out after the disk
        return create_engine(url, pool_pre_ping=True, pool_timeout=1, connect_args=_GIVE_UP | {"options": options})
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


_FULL = ("SQLITE_FULL", "DiskFull")
"""What SQLite and PostgreSQL call a disk without room."""
DISK_FULL = "the disk of the ledger is full"


def _unavailable(error: SQLAlchemyError) -> LedgerUnavailable:
    """What failed, without the statement and its values."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    kind: str = getattr(cause, "sqlite_errorname", None) or type(cause).__name__
    return LedgerUnavailable(f"{DISK_FULL} ({kind})", DISK_FULL) if kind in _FULL else LedgerUnavailable(kind)
