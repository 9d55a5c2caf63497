"""Signing a checkpoint: only over a ledger that begins with everything signed before.

Whoever owns the database and no key can change rows, and can take away the checkpoints that would tell. What they need
then is a new signature over what they wrote, and the service is the one that gives signatures. So it signs nothing
that does not grow from the last checkpoint it has seen itself; and where rows stand under no checkpoint at all, it
does not start to sign: the first checkpoint is made in the same transaction as the first row.

A process that was started anew has seen no checkpoint but those in the database. What was cut or rewritten before that
is told by a checkpoint that was kept elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection

from cds.audit.checkpoint import Checkpoint, read_checkpoint
from cds.audit.keys import KeyRing
from cds.audit.rows import (
    StoredCheckpoint,
    add_blocks,
    add_checkpoint,
    checkpoint_at,
    frontier_at,
    newest_checkpoint,
    size,
)
from cds.signing import BadSignature, UnknownKey


class LedgerDamaged(RuntimeError):
    """The ledger is not what was signed. Nothing more is signed over it until somebody has looked."""


@dataclass(frozen=True)
class Seal:
    """A signed checkpoint, as text and as what it says."""

    note: str
    checkpoint: Checkpoint


KnownKeys = Callable[[bool], KeyRing]
"""The keys as they are known; read anew from their folder where True is given."""


def seal(connection: Connection, origin: str, keys: KnownKeys, now: int, seen: Checkpoint | None) -> Seal:
    """The newest checkpoint where it covers all rows, else a new one. Only within `appending`.

    `now` is in seconds since 1970; `seen` is the newest checkpoint this process has seen. Raises LedgerDamaged, and
    LedgerUnavailable where the key may sign no longer.
    """
    last, rows = newest_checkpoint(connection), size(connection)
    try:
        _refuse_other_past(connection, origin, keys, last, seen)
        if last is not None:
            signed = _read(last.note, origin, keys)
            edge = frontier_at(connection, last, last.size)
            if (signed.size, signed.root) != (edge.size, edge.root()) or rows < signed.size:
                raise LedgerDamaged("the end of the ledger is not what was signed")
            if rows == last.size:
                return Seal(last.note, signed)
        frontier = frontier_at(connection, last, rows)
    except (BadSignature, UnknownKey, ValueError) as error:
        raise LedgerDamaged(f"the last checkpoint cannot be trusted: {type(error).__name__}") from None
    if frontier.size != rows:
        raise LedgerDamaged("there is a gap at the end of the ledger")
    made = Checkpoint(origin, rows, frontier.root())
    note = made.signed(keys(False).signer("checkpoints", now))
    add_blocks(connection, rows)
    add_checkpoint(connection, StoredCheckpoint(rows, now, note, frontier.as_bytes()))
    return Seal(note, made)


def _refuse_other_past(
    connection: Connection, origin: str, keys: KnownKeys, last: StoredCheckpoint | None, seen: Checkpoint | None
) -> None:
    """What was seen must still stand there: a checkpoint is never taken back."""
    if seen is None:
        return
    there = last if last is not None and last.size == seen.size else checkpoint_at(connection, seen.size)
    if there is None:
        raise LedgerDamaged(f"the checkpoint over {seen.size} rows that was signed is gone")
    if _read(there.note, origin, keys) != seen:
        raise LedgerDamaged(f"the checkpoint over {seen.size} rows is another than was signed")


def _read(note: str, origin: str, keys: KnownKeys) -> Checkpoint:
    """A stored checkpoint. One signed with a key that is not known yet is read once more with the keys as they are."""
    try:
        return read_checkpoint(note, origin, keys(False).published.of("checkpoints").values())
    except UnknownKey:
        return read_checkpoint(note, origin, keys(True).published.of("checkpoints").values())
