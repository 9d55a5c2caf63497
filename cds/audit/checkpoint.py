"""Checkpoints: how long the ledger was and what its root hash was, signed, in the form that witnesses read.

The text is a C2SP tlog-checkpoint (c2sp.org/tlog-checkpoint) in a C2SP signed note (c2sp.org/signed-note), signed with
Ed25519. Whoever keeps one can show later that the ledger was cut or rewritten before it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from cds.audit.tree import HASH_BYTES
from cds.signing import BadSignature, PublicKey, SigningKey, UnknownKey

_ED25519 = b"\x01"
_KEY_ID_BYTES = 4
_SIGNATURE = re.compile(r"— (\S+) ([A-Za-z0-9+/]+=*)")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")
_BODY_LINES = 3
_HEADER = "cds-checkpoint:"


class AnotherLedger(BadSignature):
    """The checkpoint of another ledger, which says nothing of this one."""


@dataclass(frozen=True)
class Checkpoint:
    """One state of the ledger."""

    origin: str
    """The ledger's own name, so that a checkpoint of one is never taken for another's."""
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def signed(self, key: SigningKey) -> str:
        """The signed note."""
        signature = base64.b64encode(key_id(self.origin, key.public) + key.sign(self.text().encode())).decode()
        return f"{self.text()}\n— {self.origin} {signature}\n"


def key_id(name: str, key: PublicKey) -> bytes:
    """Four bytes by which a note says which key signed it."""
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + key.raw).digest()[:_KEY_ID_BYTES]


def read_checkpoint(note: str, origin: str, keys: Iterable[PublicKey]) -> Checkpoint:
    """The checkpoint in a signed note.

    Raises UnknownKey where none of the keys signed it, AnotherLedger where it is no checkpoint of this one,
    BadSignature where it is not what one of the keys signed, or no checkpoint at all. Signatures of others (witnesses)
    may stand beside ours and are passed over.
    """
    text, gap, signatures = note.rpartition("\n\n")
    lines = (text + "\n").split("\n")
    if not gap or len(lines) != _BODY_LINES + 1 or not signatures.endswith("\n"):
        raise BadSignature("not a checkpoint")
    name, size, root = lines[:_BODY_LINES]
    hash_ = _base64(root)
    if not _SIZE.fullmatch(size) or len(hash_) != HASH_BYTES:
        raise BadSignature("not a checkpoint")
    if name != origin:
        raise AnotherLedger("the checkpoint of another ledger")
    by_id = {key_id(origin, key): key for key in keys}
    if not all(map(_SIGNATURE.fullmatch, signatures.splitlines())):
        raise BadSignature("not a checkpoint")
    for name, encoded in _SIGNATURE.findall(signatures):
        signature = _base64(encoded)
        if name == origin and (key := by_id.get(signature[:_KEY_ID_BYTES])) is not None:
            key.verify(signature[_KEY_ID_BYTES:], (text + "\n").encode())
            return Checkpoint(origin, int(size), hash_)
    raise UnknownKey("signed with a key that is not known here")


def notes_in(text: str) -> list[str]:
    """Every signed note in a text: one after the other, with or without lines between; a line that holds one as
    base64, as the header CDS-Checkpoint does, counts as the note. What is no note comes back as it stands.
    """
    notes: list[str] = []
    body: list[str] = []
    signatures: list[str] = []

    def end() -> None:
        while body and not body[-1]:
            body.pop()
        if body:
            notes.append("\n".join(body) + "\n" + "".join(["\n", *(f"{line}\n" for line in signatures)]))
        body.clear()
        signatures.clear()

    for line in _unwrapped(text):
        if line.startswith("— "):
            signatures.append(line)
        elif signatures and not line:
            continue
        else:
            if signatures:
                end()
            if line or body:
                body.append(line)
    end()
    return notes


def _unwrapped(text: str) -> Iterator[str]:
    """The lines of a text, with those in place of a header value that the header holds."""
    for line in text.replace("\r\n", "\n").split("\n"):
        value = line.strip().rpartition(" ")[2] if line.lower().startswith(_HEADER) else line.strip()
        try:
            inside = base64.b64decode(value, validate=True).decode()
        except (binascii.Error, ValueError):
            inside = ""
        yield from inside.split("\n") if "\n— " in inside else [line]


def _base64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise BadSignature("not a checkpoint") from None
    if base64.b64encode(data).decode() != text:
        raise BadSignature("not a checkpoint")
    return data
