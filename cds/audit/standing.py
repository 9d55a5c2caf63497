"""Where a receipt stands in the ledger, and whether the ledger begins with what was signed and kept elsewhere."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Sequence
from dataclasses import replace

from sqlalchemy import Connection

from cds.audit.check import Checked, Shown
from cds.audit.checkpoint import AnotherLedger, Checkpoint, read_checkpoint
from cds.audit.receipt import Receipt
from cds.audit.rows import newest_checkpoint, position_of, subtree
from cds.audit.tree import (
    BadProof,
    consistency,
    inclusion,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from cds.signing import BadSignature, PublicKey, UnknownKey

NO_LEDGER = "no ledger at hand"


class Standing:
    """One ledger's newest signed checkpoint, and what leads to it. Every line it adds goes to `checked`."""

    def __init__(self, checked: Checked, ledger: Connection | None, origin: str, signers: Iterable[PublicKey]) -> None:
        self._checked = checked
        self._ledger = ledger
        self._origin = origin
        self._signers = tuple(signers)
        self._note = ""
        self._signed: Checkpoint | None = None
        self._untrusted: str | None = None
        """Why the newest checkpoint cannot be trusted, where it cannot."""
        newest = None if ledger is None else newest_checkpoint(ledger)
        if newest is not None:
            self._note = newest.note
            try:
                self._signed = self._read(newest.note)
            except (BadSignature, UnknownKey) as error:
                self._untrusted = f"the ledger's newest checkpoint: {error}"

    def included(self, read: Receipt, jws: str) -> None:
        """Whether the receipt stands under the newest signed checkpoint."""
        if self._ledger is None:
            self._checked.add("included", None, NO_LEDGER)
            return
        position, signed = position_of(self._ledger, read.id), self._signed
        if position is None:
            self._checked.add("included", False, "the ledger has no such entry")
        elif self._untrusted is not None:
            self._checked.add("included", False, self._untrusted)
        elif signed is None or position >= signed.size:
            self._checked.add("included", None, "not yet under a checkpoint; try again in some seconds")
        elif (proof := self._leads(leaf_hash(jws.encode()), position, signed)) is None:
            self._checked.add("included", False, "the ledger's rows do not lead from this receipt to what was signed")
        else:
            self._checked.add("included", True, "")
            self._checked.proof = Shown(position, self._note, _text(proof))

    def consistent(self, notes: Sequence[str]) -> None:
        """Whether the ledger as signed now begins with each of what was signed then."""
        if not notes:
            self._checked.add("consistent", None, "no checkpoint given")
        for note in notes:
            self._consistent(note)

    def _consistent(self, note: str) -> None:
        try:
            held = self._read(note)
        except AnotherLedger:
            self._checked.add("consistent", False, "it is the checkpoint of another ledger")
            return
        except (BadSignature, UnknownKey) as error:
            self._checked.add("consistent", False, f"the checkpoint given: {error}")
            return
        size = 0 if self._signed is None else self._signed.size
        if self._ledger is None:
            self._checked.add("consistent", None, NO_LEDGER)
        elif self._untrusted is not None:
            self._checked.add("consistent", False, self._untrusted)
        elif held.size > size:
            self._checked.add("consistent", False, f"SHORTER THAN CHECKPOINT {held.size}")
        elif (steps := self._begins_with(held)) is None:
            self._checked.add("consistent", False, f"REWRITTEN BEFORE CHECKPOINT {held.size}")
        else:
            self._checked.add("consistent", True, "")
            if (proof := self._checked.proof) is not None and proof.consistency is None:
                self._checked.proof = replace(proof, consistency=_text(steps))

    def _leads(self, leaf: bytes, position: int, signed: Checkpoint) -> tuple[bytes, ...] | None:
        """The proof from a leaf to what was signed. A shortcut that is wrong leads nowhere; the rows decide."""
        assert self._ledger is not None
        for shortcut in (True, False):
            proof = inclusion(position, signed.size, subtree(self._ledger, shortcut=shortcut))
            try:
                verify_inclusion(leaf, position, signed.size, proof, signed.root)
            except BadProof:
                continue
            return proof
        return None

    def _begins_with(self, held: Checkpoint) -> tuple[bytes, ...] | None:
        """The proof that what was signed now begins with what was signed then."""
        if not held.size:
            return ()
        signed = self._signed
        assert self._ledger is not None
        assert signed is not None
        for shortcut in (True, False):
            steps = consistency(held.size, signed.size, subtree(self._ledger, shortcut=shortcut))
            try:
                verify_consistency(held.size, signed.size, held.root, signed.root, steps)
            except BadProof:
                continue
            return steps
        return None

    def _read(self, note: str) -> Checkpoint:
        try:
            return read_checkpoint(note, self._origin, self._signers)
        except UnknownKey:
            self._checked.unknown_key = True
            raise


def _text(hashes: tuple[bytes, ...]) -> list[str]:
    return [base64.b64encode(step).decode() for step in hashes]
