"""Which DPoP proofs were used, for as long as they could be used again: in the database, so that every process knows.

A line is a hash and a second. Nothing tells whose proof it was, nor what was asked with it. The table stands beside the
ledger, in the same database, and comes with the ledger's migrations; unlike the ledger it may be emptied at any time,
at the price that a proof of the last seconds could be used a second time.
"""

from __future__ import annotations

import threading

from sqlalchemy import Column, Integer, MetaData, String, Table, delete
from sqlalchemy.dialects import postgresql, sqlite

from cds.audit.store import LedgerUnavailable, Store
from cds.auth.dpop import ReplayUnknown

PRUNE_EVERY = 10
"""Seconds between two removals of what nobody can use again."""
used_proofs = Table(
    "used_proofs",
    MetaData(),
    Column("key", String(64), primary_key=True),
    Column("expires", Integer, nullable=False, index=True),
)


class ReplayStore:
    """Used proofs over the database of the ledger, which is opened when a proof first comes."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._insert = postgresql.insert if store.postgresql else sqlite.insert
        self._preparing = threading.Lock()
        self._prepared = False
        self._pruned = 0

    def first_use(self, key: str, expires: int, now: int) -> bool:
        """Remember a proof by its key until `expires`; False where it stands there already. Raises ReplayUnknown.

        The primary key decides, in one statement: of two processes that see the same proof at once, one is first.
        """
        try:
            self._prepare()
            with self._store.writing() as connection:
                if now - self._pruned >= PRUNE_EVERY:
                    self._pruned = now
                    connection.execute(delete(used_proofs).where(used_proofs.c.expires < now))
                new = self._insert(used_proofs).values(key=key, expires=expires).on_conflict_do_nothing()
                return connection.execute(new.returning(used_proofs.c.key)).one_or_none() is not None
        except (LedgerUnavailable, OSError):
            raise ReplayUnknown from None

    def _prepare(self) -> None:
        with self._preparing:
            if not self._prepared:
                self._store.prepare()
                self._prepared = True
