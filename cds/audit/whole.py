"""The whole ledger, as it stood at one moment, for whoever reads all of it: to verify it or to carry it away.

Reading everything takes as long as its reader takes, and a reader may be slow. So no transaction and no connection is
held meanwhile: rows come in pages, each in a short transaction of its own. They are only ever appended, so that what
stood there at the moment the first page was asked for is what the pages hold; what somebody changes between two pages
is told as any other change.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

from sqlalchemy import Connection

from cds.audit.rows import StoredCheckpoint, StoredEntry, newest_checkpoint, size, some_checkpoints, some_entries
from cds.audit.store import Store

T = TypeVar("T")
PAGE = 1_000
"""Rows of a page."""


class Whole:
    """Checkpoints and entries of one ledger. Raises LedgerUnavailable, here and while they are read."""

    def __init__(self, store: Store) -> None:
        self._store = store
        with store.reading() as connection:
            self.end = size(connection)
            """One more than the last position."""
            newest = newest_checkpoint(connection)
        self._newest = -1 if newest is None else newest.size

    def checkpoints(self) -> Iterator[StoredCheckpoint]:
        """Every checkpoint there was, by size."""
        return self._pages(
            lambda connection, after: some_checkpoints(connection, after, self._newest, PAGE), lambda read: read.size
        )

    def entries(self) -> Iterator[StoredEntry]:
        """Every entry there was, by position."""
        return self._pages(
            lambda connection, after: some_entries(connection, after, self.end, PAGE), lambda read: read.position
        )

    def _pages(self, read: Callable[[Connection, int | None], list[T]], place: Callable[[T], int]) -> Iterator[T]:
        after: int | None = None
        while True:
            with self._store.reading() as connection:
                page = read(connection, after)
            yield from page
            if len(page) < PAGE:
                return
            after = place(page[-1])
