"""Identifiers of our own that need no memory: keyed hashes, so that nobody without the key can go back from them.

The number of an order (OBR-3) is the same for every message of one sender about one person's one stay, so that a
cancelled discharge finds the result it takes back. The id of a result (MSH-10) is the same where every byte of it is,
so that receivers can tell a repetition, and never for another.
"""

from __future__ import annotations

import base64
import hmac
import os
import secrets
from pathlib import Path

from cds.identity import looks_like_identity_number
from integrations.hl7v2.profiles import Sender
from integrations.hl7v2.tokens import Message, Segment, part

_LENGTH = 20
"""MSH-10 may have 20 characters up to 2.6, OBR-3 22: 100 bits."""
_LEAST_KEY = 32
_TYPES = {
    "2.16.578.1.12.4.1.4.1": 0,
    "2.16.578.1.12.4.1.4.2": 1,
    "2.16.578.1.12.4.1.4.3": 2,
    "NNNOR": 3,
    "MR": 5,
}
"""Which identifier of several stands for the person: national number, D-number, emergency number, then the rest."""
_HPR = "2.16.578.1.12.4.1.4.4"
"""Names a health worker, never a patient."""


class Keys:
    """Makes identifiers under one secret."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) < _LEAST_KEY:
            raise ValueError(f"the key has fewer than {_LEAST_KEY} bytes")
        self._secret = secret

    def id(self, purpose: str, *parts: str, body: bytes = b"") -> str:
        """20 letters and digits that stand for these parts and this body; `purpose` keeps uses apart."""
        text = "\x1f".join([purpose, *parts]).encode() + body
        return base64.b32encode(hmac.digest(self._secret, text, "sha256")).decode()[:_LENGTH]


def person_of(message: Message) -> str:
    """The one identifier of PID-3 that stands for the person, with its assigner, in whatever order they come."""
    pid = message.first("PID")
    if pid is None:
        return ""
    found: list[tuple[int, str, str]] = []
    for repetition in pid.repetitions(3):
        value = part(repetition, pid.syntax)
        assigner = part(repetition, pid.syntax, 4, 2) or part(repetition, pid.syntax, 4)
        kind = part(repetition, pid.syntax, 5)
        if not value or assigner == _HPR:
            continue
        rank = min(_TYPES.get(assigner, 6), _TYPES.get(kind, 6))
        if rank > 3 and looks_like_identity_number(value):  # noqa: PLR2004 - a national number without its OID
            rank = 4
        found.append((rank, value, assigner if rank > 4 else ""))  # noqa: PLR2004 - national numbers need no assigner
    if not found:
        return ""
    _, value, assigner = min(found)
    return f"{value}^{assigner}"


def place_of(message: Message, sender: Sender) -> str:
    """Who numbers persons and stays: the sender, told apart by what its profile leaves open of MSH-3 and MSH-4.

    Two senders may both have a patient 4711 with a visit 1. What the profile fixes is left out: it may be spelt by name
    or by universal id.
    """
    msh = message.header
    application = "" if sender.application is not None else _named(msh, 3)
    return "^".join([sender.name, application, "" if sender.facility is not None else _named(msh, 4)])


def _named(msh: Segment, position: int) -> str:
    return msh.value(position) or msh.value(position, 2)


def read_key(file: Path, *, may_make: bool) -> Keys:
    """The key in a file. `may_make`: one is made where there is none, for its owner's eyes only (development).

    Raises OSError, or ValueError for a key that is too short.
    """
    if may_make and not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        new = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(new, "wb") as opened:
            opened.write(base64.b64encode(secrets.token_bytes(_LEAST_KEY)))
    return Keys(base64.b64decode(file.read_bytes().strip(), validate=True))
