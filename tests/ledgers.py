"""Ledgers full of receipts about nobody, and hands that alter them as somebody with the database could."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from cds.audit.checkpoint import Checkpoint
from cds.audit.keys import KeyRing, new_keys, open_keys
from cds.audit.ledger import Ledger
from cds.audit.receipt import TYP, Receipt
from cds.audit.report import Report
from cds.audit.rows import Entry, StoredCheckpoint, StoredEntry, all_checkpoints, all_entries
from cds.audit.store import Store
from cds.audit.tree import Frontier, leaf_hash
from cds.audit.verify import verify_ledger
from cds.signing import SigningKey, base64url

NOW = 1_795_000_000
ORIGIN = "ledger.test/one"


def fresh_keys(folder: Path, now: int = NOW) -> KeyRing:
    """A ring made in a folder."""
    new_keys(folder / "keys", "development", now)
    return open_keys(folder / "keys", "development", now)


def a_ledger(url: str, keys: KeyRing, opening: Sequence[Entry] = ()) -> Ledger:
    """A ledger over a database."""
    return Ledger(Store(url), lambda _: keys, ORIGIN, lambda: NOW + 60, lambda: opening)


def receipt_of(number: int, key: SigningKey, **other: Any) -> Entry:
    """The entry of an invented answer."""
    id_ = f"00000000-0000-4000-8000-{number:012d}"
    commitment = base64url(hashlib.sha256(str(number).encode()).digest())
    said = {
        "id": id_,
        "iat": NOW + 10,
        "as_of": "2026-11-20",
        "release": "0.3.0",
        "digest": "sha256:" + "0" * 64,
        "service": "0.3.0",
        "engines": ["durable-rules", "compiled"],
        "client": "test",
        "env": "development",
        "input": commitment,
        "output": commitment,
        "raw": commitment,
    } | other
    jws = key.jws(Receipt(**said).as_bytes(), TYP)
    return Entry(id_, jws, leaf_hash(jws.encode()))


def fill(ledger: Ledger, keys: KeyRing, sizes: Iterable[int]) -> list[str]:
    """Commit receipts with a checkpoint at each of these sizes; the checkpoints."""
    notes, there = [], 0
    for size in sizes:
        ledger.commit_now([receipt_of(number, keys.receipts) for number in range(there, size)])
        notes.append(ledger.newest or "")
        there = size
    return notes


def verified(ledger: Ledger, keys: KeyRing, held: Sequence[str] = (), *, signatures: bool = True) -> Report:
    """Recompute it."""
    with ledger.store.reading() as connection:
        return verify_ledger(
            all_entries(connection),
            all_checkpoints(connection),
            ORIGIN,
            keys.published,
            held,
            signatures=signatures,
        )


def told(report: Report) -> list[str]:
    """The faults as people read them."""
    return [str(fault) for fault in report.faults]


def disarm(connection: Connection) -> None:
    """Take the guards off, as whoever owns the database can."""
    if connection.dialect.name == "postgresql":
        for table in ("entries", "checkpoints"):
            connection.execute(text(f"ALTER TABLE {table} DISABLE TRIGGER USER"))
    else:
        for table in ("entries", "checkpoints"):
            for action in ("update", "delete"):
                connection.execute(text(f"DROP TRIGGER IF EXISTS {table}_no_{action}"))


class Copy:
    """The rows of a ledger, to be altered at will: what is verified is rows, wherever they stand."""

    def __init__(self, ledger: Ledger, keys: KeyRing) -> None:
        self.keys = keys
        with ledger.store.reading() as connection:
            self.entries = list(all_entries(connection))
            self.checkpoints = list(all_checkpoints(connection))

    def verify(
        self,
        rows: Sequence[StoredEntry],
        checkpoints: Sequence[StoredCheckpoint] | None = None,
        held: Sequence[str] = (),
    ) -> list[str]:
        """What is told of these rows."""
        signed = self.checkpoints if checkpoints is None else checkpoints
        return told(verify_ledger(rows, signed, ORIGIN, self.keys.published, held))


def rewritten(
    copy: Copy, keys: KeyRing, row: int, sizes: Sequence[int]
) -> tuple[list[StoredEntry], list[StoredCheckpoint]]:
    """The ledger as the owner of all keys would forge it."""
    forged = receipt_of(row, keys.receipts, input="another")
    rows = list(copy.entries)
    rows[row] = StoredEntry(row, forged.id, forged.body, forged.leaf)
    frontier, signed = Frontier(), []
    for entry in rows:
        frontier.append(entry.leaf)
        if frontier.size in sizes:
            note = Checkpoint(ORIGIN, frontier.size, frontier.root()).signed(keys.checkpoints)
            signed.append(StoredCheckpoint(frontier.size, NOW, note, frontier.as_bytes()))
    return rows, signed
