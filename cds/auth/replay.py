"""Which DPoP proofs were used, for as long as they could be used again: in the database, so that every process knows.

A line is a hash and a second. Nothing tells whose proof it was, nor what was asked with it.
"""

from __future__ import annotations

import threading

from sqlalchemy import Column, Engine, Integer, MetaData, String, Table, create_engine, delete, insert
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.pool import StaticPool

from cds.auth.dpop import ReplayUnknown

PRUNE_EVERY = 10
"""Seconds between two removals of what nobody can use again."""
metadata = MetaData()
used_proofs = Table(
    "used_proofs",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("expires", Integer, nullable=False, index=True),
)


class ReplayStore:
    """Used proofs over SQLite or PostgreSQL. The table is made when the store is first asked."""

    def __init__(self, database: str) -> None:
        self._database = database
        self._engine: Engine | None = None
        self._opening = threading.Lock()
        self._pruned = 0

    def first_use(self, key: str, expires: int, now: int) -> bool:
        """Remember a proof by its key until `expires`; False where it stands there already. Raises ReplayUnknown.

        The primary key decides, in one statement: of two processes that see the same proof at once, one is first.
        """
        try:
            engine = self._open()
            with engine.begin() as connection:
                if now - self._pruned >= PRUNE_EVERY:
                    self._pruned = now
                    connection.execute(delete(used_proofs).where(used_proofs.c.expires < now))
                connection.execute(insert(used_proofs).values(key=key, expires=expires))
        except IntegrityError:
            return False
        except SQLAlchemyError:
            raise ReplayUnknown from None
        return True

    def close(self) -> None:
        """Give back the connections."""
        if self._engine is not None:
            self._engine.dispose()

    def _open(self) -> Engine:
        with self._opening:
            if self._engine is None:
                engine = _engine(self._database)
                metadata.create_all(engine)
                self._engine = engine
            return self._engine


def _engine(database: str) -> Engine:
    if database in ("sqlite://", "sqlite:///:memory:"):
        # One connection for all threads, else every thread would have a memory of its own.
        return create_engine(database, poolclass=StaticPool, connect_args={"check_same_thread": False})
    if database.startswith("sqlite"):
        return create_engine(database, connect_args={"timeout": 5})
    return create_engine(database, pool_pre_ping=True)
