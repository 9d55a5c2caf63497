"""Whether a ledger is what was signed: recomputed from the rows as they stand, never from what they say of themselves.

Every fault is named with its rows:

    ALTERED row 17                          the row is not what was signed
    MISSING 5..9                            rows are gone from the middle
    SHORTER THAN CHECKPOINT 500             rows are gone from the end (490..499)
    REWRITTEN BEFORE CHECKPOINT 500         rows were replaced by others that are signed too (400..499)
    UNKNOWN KEY row 17                      signed with a key that is not known, or not in use at that time
    NO CHECKPOINT 0..99                     rows stand there and no checkpoint at all: every one was taken away
    RELEASE CHANGED row 17                  it names a release by the number of an earlier one with other content
    RELEASE MISSING, RELEASE DIFFERS        a release that rows name is not at hand, or is another (`Report.compare`)
    RELEASE NOT APPROVED                    it answered in production before two had approved it
    ANOTHER LEDGER checkpoint 500           what was kept elsewhere is of another ledger and says nothing of this one

A cut end, and a history that somebody with all the keys wrote anew, can be seen only with a checkpoint that was kept
elsewhere (`held`): every answer carries one in its headers.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from cds.audit import in_service, receipt
from cds.audit.checkpoint import AnotherLedger, Checkpoint, read_checkpoint
from cds.audit.keys import PublishedKeys
from cds.audit.report import Fault, Kind, Report, Signed
from cds.audit.rows import StoredCheckpoint, StoredEntry
from cds.audit.tree import Frontier, leaf_hash
from cds.signing import BadSignature, UnknownKey, from_base64url, read_jws


def read_entry(body: str, keys: PublishedKeys) -> Signed:
    """What an entry says, its signature checked by a key that was in use then. Raises BadSignature or UnknownKey."""
    typ = _typ(body)
    if typ not in (receipt.TYP, in_service.TYP):
        raise BadSignature("neither a receipt nor a release put into service")
    payload, kid = read_jws(body, typ, keys.of("receipts"))
    said: Signed = (
        receipt.Receipt.from_bytes(payload) if typ == receipt.TYP else in_service.InService.from_bytes(payload)
    )
    key = keys[kid]
    if not key.used_at(said.iat) or key.environment != said.env:
        raise UnknownKey("signed with a key that was not in use then")
    return said


def verify_ledger(
    entries: Iterable[StoredEntry],
    checkpoints: Iterable[StoredCheckpoint],
    origin: str,
    keys: PublishedKeys,
    held: Iterable[str] = (),
    *,
    signatures: bool = True,
) -> Report:
    """Recompute a ledger from its rows, in order of position.

    `held` are signed checkpoints that were kept elsewhere. Without `signatures` only the tree is recomputed, which
    finds every change to what a checkpoint covers; a row that was altered together with its hash is then told as
    REWRITTEN with the rows around it, and not by itself.
    """
    seen = _Seen(origin, keys, signatures)
    seen.expect(checkpoints, held)
    for entry in entries:
        seen.row(entry)
    return seen.end()


class _Seen:
    """One pass over the rows."""

    def __init__(self, origin: str, keys: PublishedKeys, signatures: bool) -> None:
        self._origin = origin
        self._keys = keys
        self._signatures = signatures
        self._report = Report()
        self._tree: Frontier | None = Frontier()
        """None after rows that are missing, until a signed checkpoint says how the tree goes on."""
        self._own: dict[int, Frontier] = {}
        """For each size the edge whose root the ledger signed."""
        self._held: dict[int, list[bytes]] = {}
        """For each size the signed roots that were kept elsewhere."""
        self._checkpoints = 0
        """How many stand there, as signed or not."""
        self._next = 0
        self._since = self._held_since = 0
        """The size of the last checkpoint that agreed: of the ledger's own, of those kept elsewhere."""
        self._explained = False
        """Whether rows since then were found to be at fault, so that the root cannot agree."""
        self._rewritten = False

    def expect(self, checkpoints: Iterable[StoredCheckpoint], held: Iterable[str]) -> None:
        """Read the signed roots; those that are not as signed are faults, and nothing is compared with them."""
        for stored in checkpoints:
            self._checkpoints += 1
            read = self._read(stored.note, stored.size)
            if read is None:
                continue
            edge = _edge(read, stored.frontier) if read.size == stored.size else None
            if edge is None:
                self._fault("ALTERED", 0, 0, stored.size)
                continue
            self._own[read.size] = edge
        self._report.checkpoints = len(self._own)
        self._report.sealed = max(self._own, default=0)
        for note in held:
            if (read := self._read(note, None)) is not None:
                self._report.held += 1
                self._held.setdefault(read.size, []).append(read.root)

    def row(self, entry: StoredEntry) -> None:
        """One row."""
        if entry.position < self._next:
            self._fault("ALTERED", entry.position, entry.position)
            return
        if entry.position > self._next:
            self._missing(entry.position)
        leaf = leaf_hash(entry.body.encode())
        signed = self._signed(entry)
        if signed and leaf != entry.leaf:
            self._fault("ALTERED", entry.position, entry.position)
        self._next += 1
        self._report.rows += 1
        if self._tree is not None:
            self._tree.append(leaf if signed and self._signatures else entry.leaf)
        self._compare()

    def end(self) -> Report:
        """The report, once all rows were seen."""
        if self._report.rows and not self._checkpoints:
            self._report.faults.append(Fault("NO CHECKPOINT", 0, self._next - 1))
        size = max([*self._own, *self._held], default=0)
        if size > self._next:
            self._report.faults.append(Fault("SHORTER THAN CHECKPOINT", self._next, size - 1, size))
        return self._report

    def _signed(self, entry: StoredEntry) -> bool:
        if not self._signatures:
            return True
        try:
            said = read_entry(entry.body, self._keys)
            if said.entry_id == entry.id:
                self._report.name(entry.position, said)
                return True
            self._fault("ALTERED", entry.position, entry.position)
        except UnknownKey:
            self._fault("UNKNOWN KEY", entry.position, entry.position)
        except BadSignature:
            self._fault("ALTERED", entry.position, entry.position)
        return False

    def _missing(self, position: int) -> None:
        """Rows up to `position` are gone. What was signed over them still says how the tree goes on."""
        self._fault("MISSING", self._next, position - 1)
        first = self._next
        for size in sorted({size for size in (*self._own, *self._held) if first < size <= position}):
            self._next, self._tree = size, None
            self._compare()
        if self._next < position or position not in self._own:
            self._next, self._tree, self._explained = position, None, True

    def _compare(self) -> None:
        """Where a checkpoint was signed over just these rows, its root must be that of the tree."""
        size = self._next
        if (edge := self._own.get(size)) is not None:
            if self._tree is not None and self._tree.root() != edge.root() and not self._explained:
                self._fault("REWRITTEN BEFORE CHECKPOINT", self._since, size - 1, size)
            self._tree = Frontier(edge.size, edge.roots)
            self._since, self._explained = size, False
        for root in self._held.get(size, ()):
            if self._tree is None or self._rewritten:
                continue
            if self._tree.root() == root:
                self._held_since = size
            else:
                self._fault("REWRITTEN BEFORE CHECKPOINT", self._held_since, size - 1, size)
                self._rewritten = True

    def _read(self, note: str, size: int | None) -> Checkpoint | None:
        kind: Kind = "ALTERED"
        try:
            return read_checkpoint(note, self._origin, self._keys.of("checkpoints").values())
        except UnknownKey:
            kind = "UNKNOWN KEY"
        except AnotherLedger:
            kind = "ANOTHER LEDGER"
        except BadSignature:
            pass
        self._fault(kind, 0, 0, _claimed_size(note) if size is None else size)
        return None

    def _fault(self, kind: Kind, first: int, last: int, checkpoint: int | None = None) -> None:
        self._report.faults.append(Fault(kind, first, last, checkpoint))
        if checkpoint is None:
            self._explained = True


def _edge(read: Checkpoint, data: bytes) -> Frontier | None:
    """The edge stored beside a checkpoint, if it is the one whose root was signed."""
    try:
        edge = Frontier.from_bytes(read.size, data)
    except ValueError:
        return None
    return edge if edge.root() == read.root else None


def _claimed_size(note: str) -> int:
    """The size a checkpoint claims that cannot be trusted; 0 where it claims none."""
    line = note.split("\n", 2)[1:2]
    return int(line[0]) if line and line[0].isascii() and line[0].isdigit() else 0


def _typ(jws: str) -> object:
    try:
        header = orjson.loads(from_base64url(jws.partition(".")[0]))
    except ValueError:
        raise BadSignature("not a compact JWS") from None
    return header.get("typ") if isinstance(header, dict) else None
