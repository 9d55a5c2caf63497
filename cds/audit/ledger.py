"""The ledger: entries committed in groups before anything is answered, and a checkpoint signed at least every 5 s.

A commit waits for the disk (about 4 ms); what arrives meanwhile goes into the next one together. A thread does this
while there is something to do and ends when all of it stands under a signed checkpoint. Any number of processes may
share one ledger: the store's lock orders their groups, and whichever finds a checkpoint due makes it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic

import structlog
from sqlalchemy import Connection

from cds.audit.rows import Entry, append, empty_room, known, newest_checkpoint, size, try_room
from cds.audit.seal import KnownKeys, LedgerDamaged, Seal, seal
from cds.audit.store import LedgerUnavailable, Store

log = structlog.get_logger()
CHECKPOINT_SECONDS = 5.0
CHECKPOINT_ENTRIES = 1_000
MOST_IN_A_GROUP = 1_000
MOST_WAITING = 10_000
PATIENCE_SECONDS = 1.7
"""How long an answer waits for its commit. Together with the rest of a request it stays below two seconds."""


@dataclass(frozen=True)
class Condition:
    """How the ledger is, as far as this process has seen."""

    committed: int
    """Entries this process has committed."""
    refused: int
    """Entries it could not commit, for which no answer was given."""
    checkpoint: str | None
    trouble: str | None


class Ledger:
    """Appends entries and signs checkpoints. Nothing is touched before the first use."""

    def __init__(
        self,
        store: Store,
        keys: KnownKeys,
        origin: str,
        clock: Callable[[], int],
        opening: Callable[[], Sequence[Entry]] = tuple,
    ) -> None:
        """`opening` are entries that stand before all answers of this process, unless they are there already."""
        self.store = store
        self.origin = origin
        self._keys = keys
        self._clock = clock
        self._opening = opening
        self._opened = False
        self._one_at_a_time = threading.RLock()
        self._wake = threading.Condition()
        self._waiting: list[tuple[Entry, Future[None]]] = []
        self._thread: threading.Thread | None = None
        self._closing = False
        self._unsealed = 0
        self._due = 0.0
        self._committed = 0
        self._refused = 0
        self._announced: dict[str, Entry] = {}
        """What is to stand before the next entry, by id."""
        self._seal: Seal | None = None
        self._refusing = False
        """Whether the last commit failed."""
        self._commit_trouble: str | None = None
        self._seal_trouble: str | None = None

    @property
    def newest(self) -> str | None:
        """The newest signed checkpoint this process has seen."""
        return None if self._seal is None else self._seal.note

    def condition(self) -> Condition:
        """How it is."""
        return Condition(self._committed, self._refused, self.newest, self._seal_trouble or self._commit_trouble)

    def ready(self) -> None:
        """Raise LedgerUnavailable or LedgerDamaged unless entries can be committed.

        Where the last commit failed, the database must take a write again first: nobody asks a service that says it
        is not ready, so that it has to find out by itself.
        """
        try:
            self.open()
        except LedgerDamaged:
            if not self._opened:
                raise
        self.store.ping()
        if self._refusing:
            for write in (try_room, empty_room):
                with self.store.writing() as connection:
                    write(connection)
            self._refusing, self._commit_trouble = False, None

    def announce(self, entry: Entry) -> None:
        """Enter this before whatever is committed next, unless it is there already."""
        with self._wake:
            self._announced[entry.id] = entry

    async def commit(self, *entries: Entry) -> None:
        """Return once the entries are stored for good. Raises LedgerUnavailable within two seconds, and then they count
        as not stored, though they may be: nobody was answered.
        """
        stored = map(asyncio.wrap_future, self._submit(entries))
        try:
            await asyncio.wait_for(asyncio.gather(*stored), PATIENCE_SECONDS)
        except TimeoutError:
            self._refused += len(entries)
            raise LedgerUnavailable("no commit in time") from None

    def commit_now(self, entries: Sequence[Entry]) -> None:
        """Commit on the caller's thread, checkpoint included: for the command line. Raises LedgerUnavailable."""
        self.open()
        self._append(entries)
        self.checkpoint()

    def start(self) -> None:
        """Open in the background, so that the first answer need not wait."""
        with self._wake:
            self._ensure_thread()

    def close(self) -> None:
        """Commit what waits, sign a last checkpoint, let go of the database."""
        with self._wake:
            self._closing = True
            self._wake.notify()
            thread = self._thread
        if thread is not None:
            thread.join(2 * PATIENCE_SECONDS + 1)
        self.store.close()

    def open(self) -> None:
        """Bring the tables up to date and enter what stands before all answers. Raises LedgerUnavailable, and
        LedgerDamaged: either something stands there and no checkpoint, and then it stays closed, or it is open and
        nothing more is signed over it.
        """
        with self._one_at_a_time, self._noted():
            if self._opened:
                return
            self.store.prepare()
            opening = self._opening()
            with self.store.appending() as connection:
                there = known(connection, [entry.id for entry in opening])
                first = newest_checkpoint(connection) is None
                if first and size(connection) > len(there):
                    raise LedgerDamaged("rows stand here under no checkpoint: every checkpoint was taken away")
                if new := [entry for entry in opening if entry.id not in there]:
                    append(connection, new)
                made = self._sign(connection) if first else None
            self._seal, self._opened = made, True
            self.checkpoint()

    def checkpoint(self) -> None:
        """Sign the ledger as it stands, if it has grown. Raises LedgerDamaged or LedgerUnavailable."""
        with self._one_at_a_time, self._noted():
            with self.store.appending() as connection:
                made = self._sign(connection)
            self._seal, self._unsealed, self._seal_trouble = made, 0, None

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """What stands in the way of opening or signing is part of the condition, whoever asked for it."""
        try:
            yield
        except (LedgerDamaged, LedgerUnavailable) as error:
            self._seal_trouble = str(error)
            raise

    def _sign(self, connection: Connection) -> Seal:
        seen = None if self._seal is None else self._seal.checkpoint
        return seal(connection, self.origin, self._keys, self._clock(), seen)

    def _submit(self, entries: Sequence[Entry]) -> list[Future[None]]:
        with self._wake:
            if self._closing or len(self._waiting) >= MOST_WAITING:
                self._refused += len(entries)
                raise LedgerUnavailable("closing" if self._closing else "too many wait")
            stored: list[Future[None]] = [Future() for _ in entries]
            self._waiting += zip(entries, stored, strict=True)
            self._ensure_thread()
            self._wake.notify()
        return stored

    def _ensure_thread(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="ledger", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        """Commit group after group; end when nothing waits and all is under a checkpoint."""
        if (failure := self._try(self.open)) is not None:
            self._seal_trouble = self._told(failure)
        while (group := self._next()) is not None:
            if group:
                self._commit(group)
            if self._unsealed >= CHECKPOINT_ENTRIES or (self._unsealed and monotonic() >= self._due):
                self._due = monotonic() + CHECKPOINT_SECONDS
                if (failure := self._try(self.checkpoint)) is not None:
                    self._seal_trouble = self._told(failure)

    def _next(self) -> list[tuple[Entry, Future[None]]] | None:
        """What waits; empty when a checkpoint is due; None when there is nothing left to do."""
        with self._wake:
            while not self._waiting:
                if not self._unsealed or (self._closing and (self._seal_trouble or self._commit_trouble)):
                    self._thread = None
                    return None
                left = 0.0 if self._closing else self._due - monotonic()
                if left <= 0:
                    self._due = min(self._due, monotonic())
                    return []
                self._wake.wait(left)
            group, self._waiting = self._waiting[:MOST_IN_A_GROUP], self._waiting[MOST_IN_A_GROUP:]
        return [(entry, stored) for entry, stored in group if stored.set_running_or_notify_cancel()]

    def _commit(self, group: list[tuple[Entry, Future[None]]]) -> None:
        def both() -> None:
            self.open()
            self._append([entry for entry, _ in group])

        failure = self._try(both)
        if failure is None:
            for _, stored in group:
                stored.set_result(None)
            return
        kind, told = str(self._told(failure)), getattr(failure, "told", None)
        self._refusing, self._commit_trouble = True, kind
        self._refused += len(group)
        for _, stored in group:
            stored.set_exception(LedgerUnavailable(kind, told))

    def _append(self, entries: Sequence[Entry]) -> None:
        with self._one_at_a_time:
            announced = dict(self._announced)
            with self.store.appending() as connection:
                there = known(connection, list(announced)) if announced else set()
                append(connection, [*(entry for id_, entry in announced.items() if id_ not in there), *entries])
            for id_ in announced:
                self._announced.pop(id_, None)
            self._refusing, self._commit_trouble = False, None
            if not self._unsealed:
                self._due = monotonic() + CHECKPOINT_SECONDS
            self._unsealed += len(entries)
            self._committed += len(entries)

    def _try(self, what: Callable[[], object]) -> Exception | None:
        """Do it; what stood in the way. The thread outlives every failure, and the answers that wait for it are
        refused: nothing goes out without its entry.
        """
        try:
            what()
        except Exception as error:  # noqa: BLE001 - the edge of a thread; callers are refused, the message stays here
            log.error("ledger", trouble=self._told(error))
            return error
        return None

    @staticmethod
    def _told(error: Exception | None) -> str | None:
        """What kind of failure it was; of one that nobody foresaw only its kind, since its message could say more."""
        known_kind = isinstance(error, LedgerUnavailable | LedgerDamaged)
        return None if error is None else str(error) if known_kind else type(error).__name__
