"""What a caller keeps so that the ledger can never be cut or rewritten behind its back: one signed checkpoint.

Every answer of the service carries one. The first is held as it is; after that a held one gives way to a longer one
along a proof that the ledger merely grew, and never without. A signature alone is no such proof: whoever has the keys
can sign another ledger, and make it the longer one. A proof is followed here, on the caller's side, with the tree's own
arithmetic: what the service says of it is not believed.
"""

from __future__ import annotations

import base64
import os
import threading
from pathlib import Path

from cds.audit.check import Shown
from cds.audit.checkpoint import Checkpoint, read_checkpoint
from cds.audit.keys import PublishedKeys
from cds.audit.tree import BadProof, leaf_hash, verify_consistency, verify_inclusion
from cds.client.errors import ProofBroken
from cds.signing import BadSignature, UnknownKey


class Witness:
    """The checkpoint held of one ledger: in a file, where one is named, else for as long as this object lives.

    The file is a C2SP signed note, which `cds verify --checkpoint FILE` takes as well.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._replacing = threading.Lock()
        self.note = self._stored()

    def keep(self, note: str, keys: PublishedKeys) -> None:
        """Hold a checkpoint if it is signed by one of the keys and none is held yet. One that comes later is let go."""
        if self.note is not None:
            return
        try:
            _read(note, keys)
        except (BadSignature, UnknownKey):
            return
        self._replace(None, note)

    def follow(self, jws: str, shown: Shown, keys: PublishedKeys, held: str | None) -> None:
        """Raise ProofBroken unless the receipt stands in the ledger as signed, and that begins with what was held.

        Then hold the ledger's checkpoint instead of that.
        """
        try:
            signed = _read(shown.checkpoint, keys)
            verify_inclusion(
                leaf_hash(jws.encode()), shown.position, signed.size, _hashes(shown.inclusion), signed.root
            )
            before = None if held is None else _read(held, keys)
            if before is not None and before.origin != signed.origin:
                raise BadProof("the checkpoint of another ledger")
            if before is not None and before.size:
                steps = _hashes(shown.consistency or [])
                verify_consistency(before.size, signed.size, before.root, signed.root, steps)
        except (BadProof, BadSignature, UnknownKey, ValueError) as error:
            raise ProofBroken(f"the proof does not hold: {error}") from None
        self._replace(held, shown.checkpoint if before is None or before.size < signed.size else held)

    def _replace(self, held: str | None, note: str | None) -> None:
        """Hold a note instead of the one it was proven against, or that one still.

        What is held is let go along a proof and for no other reason. Where another thread holds another note by now,
        that one stays; where another process has filled the file, the file stays, and is read at the next start: the
        proof was about neither. A file that has gone is written again.
        """
        with self._replacing:
            if self.note != held or note is None:
                return
            stored = self._stored()
            if held is None and stored is not None:
                self.note = stored  # as at the start: nothing was held that could speak against it
                return
            self.note = note
            if self._file is not None and stored in (held, None) and stored != note:
                made = self._file.with_name(f"{self._file.name}.{os.getpid()}.new")
                made.write_text(note, encoding="utf-8")
                made.replace(self._file)

    def _stored(self) -> str | None:
        return self._file.read_text(encoding="utf-8") if self._file is not None and self._file.exists() else None


def _read(note: str, keys: PublishedKeys) -> Checkpoint:
    return read_checkpoint(note, note.partition("\n")[0], keys.of("checkpoints").values())


def _hashes(steps: list[str]) -> list[bytes]:
    return [base64.b64decode(step, validate=True) for step in steps]
