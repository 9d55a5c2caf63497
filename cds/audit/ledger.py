"""The ledger: entries committed in groups before anything is answered, and a checkpoint signed at least every 5 s.

A commit waits for the disk (about 4 ms); what arrives meanwhile goes into the next one together. A thread does this
while there is something to do and ends when all of it stands under a signed checkpoint. Any number of processes may
share one ledger: the store's lock orders their groups, and whichever finds a checkpoint due makes it.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from time import monotonic

import structlog
from sqlalchemy import Connection

from cds.audit.checkpoint import Checkpoint, read_checkpoint
from cds.audit.keys import KeyRing
from cds.audit.rows import (
    Entry,
    StoredCheckpoint,
    add_blocks,
    add_checkpoint,
    append,
    frontier_at,
    known,
    newest_checkpoint,
    size,
)
from cds.audit.store import LedgerUnavailable, Store
from cds.signing import BadSignature, UnknownKey

log = structlog.get_logger()
CHECKPOINT_SECONDS = 5.0
CHECKPOINT_ENTRIES = 1_000
MOST_IN_A_GROUP = 1_000
MOST_WAITING = 10_000
PATIENCE_SECONDS = 1.7
"""How long an answer waits for its commit. Together with the rest of a request it stays below two seconds."""


class LedgerDamaged(RuntimeError):
    """The end of the ledger is not what was signed. Nothing more is signed over it until somebody has looked."""


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
        keys: Callable[[], KeyRing],
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
        self._newest: str | None = None
        self._trouble: str | None = None

    @property
    def newest(self) -> str | None:
        """The newest signed checkpoint this process has seen."""
        return self._newest

    def condition(self) -> Condition:
        """How it is."""
        return Condition(self._committed, self._refused, self._newest, self._trouble)

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
        """Bring the tables up to date and enter what stands before all answers. Raises LedgerUnavailable."""
        with self._one_at_a_time:
            if self._opened:
                return
            self.store.prepare()
            with self.store.appending() as connection:
                opening = self._opening()
                there = known(connection, [entry.id for entry in opening])
                if new := [entry for entry in opening if entry.id not in there]:
                    append(connection, new)
            self._opened = True
            self.checkpoint()

    def checkpoint(self) -> None:
        """Sign the ledger as it stands, if it has grown. Raises LedgerDamaged or LedgerUnavailable."""
        with self._one_at_a_time:
            with self.store.appending() as connection:
                self._newest = self._sign(connection)
            self._unsealed, self._trouble = 0, None

    def _sign(self, connection: Connection) -> str:
        """The last signed checkpoint is checked first: its root must be that of the edge we grow from."""
        keys = self._keys()
        last, now = newest_checkpoint(connection), size(connection)
        try:
            if last is not None:
                signed = read_checkpoint(last.note, self.origin, keys.published.of("checkpoints").values())
                edge = frontier_at(connection, last, last.size)
                if (signed.size, signed.root) != (edge.size, edge.root()) or now < signed.size:
                    raise LedgerDamaged("the end of the ledger is not what was signed")
                if now == last.size:
                    return last.note
            frontier = frontier_at(connection, last, now)
        except (BadSignature, UnknownKey, ValueError) as error:
            raise LedgerDamaged(f"the last checkpoint cannot be trusted: {type(error).__name__}") from None
        if frontier.size != now:
            raise LedgerDamaged("there is a gap at the end of the ledger")
        note = Checkpoint(self.origin, now, frontier.root()).signed(keys.checkpoints)
        add_blocks(connection, now)
        add_checkpoint(connection, StoredCheckpoint(now, self._clock(), note, frontier.as_bytes()))
        return note

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
        self._try(self.open)
        while (group := self._next()) is not None:
            if group:
                self._commit(group)
            if self._unsealed >= CHECKPOINT_ENTRIES or (self._unsealed and monotonic() >= self._due):
                self._due = monotonic() + CHECKPOINT_SECONDS
                self._try(self.checkpoint)

    def _next(self) -> list[tuple[Entry, Future[None]]] | None:
        """What waits; empty when a checkpoint is due; None when there is nothing left to do."""
        with self._wake:
            while not self._waiting:
                if not self._unsealed or (self._closing and self._trouble):
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
        for _, stored in group:
            if failure is None:
                stored.set_result(None)
            else:
                stored.set_exception(LedgerUnavailable(failure))
        if failure is not None:
            self._refused += len(group)

    def _append(self, entries: Sequence[Entry]) -> None:
        with self._one_at_a_time:
            with self.store.appending() as connection:
                append(connection, entries)
            if not self._unsealed:
                self._due = monotonic() + CHECKPOINT_SECONDS
            self._unsealed += len(entries)
            self._committed += len(entries)

    def _try(self, what: Callable[[], object]) -> str | None:
        """Do it; what kind of failure stood in the way. The thread outlives every failure, and the answers that wait
        for it are refused: nothing goes out without its entry.
        """
        try:
            what()
        except Exception as error:  # noqa: BLE001 - the edge of a thread; callers are refused, the message stays here
            known_kind = isinstance(error, LedgerUnavailable | LedgerDamaged)
            self._trouble = str(error) if known_kind else type(error).__name__
            log.error("ledger", trouble=self._trouble)
            return self._trouble
        return None
