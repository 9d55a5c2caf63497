"""What a caller keeps so that the ledger can never be cut or rewritten behind its back: the newest signed checkpoint.

Every answer of the service carries one. A proof is followed here, on the caller's side, with the tree's own arithmetic:
what the service says of it is not believed.
"""

from __future__ import annotations

import base64
import os
from pathlib import Path

from cds.audit.check import Shown
from cds.audit.checkpoint import Checkpoint, read_checkpoint
from cds.audit.keys import PublishedKeys
from cds.audit.tree import BadProof, leaf_hash, verify_consistency, verify_inclusion
from cds.client.errors import ProofBroken
from cds.signing import BadSignature, UnknownKey


class Witness:
    """The newest checkpoint of one ledger: in a file, where one is named, else for as long as this object lives.

    The file is a C2SP signed note, which `cds verify --checkpoint FILE` takes as well.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self.note = file.read_text(encoding="utf-8") if file is not None and file.exists() else None

    def keep(self, note: str, keys: PublishedKeys) -> None:
        """Keep a checkpoint if it is signed by one of the keys and longer than the one there is.

        One that is shorter may come from a process that has not seen the newest yet, and proves nothing.
        """
        try:
            new = _read(note, keys)
            held = None if self.note is None else _read(self.note, keys)
        except (BadSignature, UnknownKey):
            return
        if held is not None and (held.origin != new.origin or new.size <= held.size):
            return
        self.note = note
        if self._file is not None:
            made = self._file.with_name(f"{self._file.name}.{os.getpid()}.new")
            made.write_text(note, encoding="utf-8")
            made.replace(self._file)

    def follow(self, jws: str, shown: Shown, keys: PublishedKeys, held: str | None) -> None:
        """Raise ProofBroken unless the receipt stands in the ledger as signed, and that begins with what was held."""
        try:
            signed = _read(shown.checkpoint, keys)
            verify_inclusion(
                leaf_hash(jws.encode()), shown.position, signed.size, _hashes(shown.inclusion), signed.root
            )
            if held is not None and (before := _read(held, keys)).size:
                if before.origin != signed.origin:
                    raise BadProof("the checkpoint of another ledger")
                steps = _hashes(shown.consistency or [])
                verify_consistency(before.size, signed.size, before.root, signed.root, steps)
        except (BadProof, BadSignature, UnknownKey, ValueError) as error:
            raise ProofBroken(f"the proof does not hold: {error}") from None
        self.keep(shown.checkpoint, keys)


def _read(note: str, keys: PublishedKeys) -> Checkpoint:
    return read_checkpoint(note, note.partition("\n")[0], keys.of("checkpoints").values())


def _hashes(steps: list[str]) -> list[bytes]:
    return [base64.b64decode(step, validate=True) for step in steps]
