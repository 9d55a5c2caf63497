"""Batches: FHS and BHS around several messages, BTS and FTS after them. One reply, with one ACK for each message.

A batch is taken apart as bytes: each of its messages has a character set of its own, and stays what was sent. A batch
whose counts do not fit has lost something on its way: none of it is processed, so that it is sent again whole.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Sequence
from dataclasses import dataclass

from integrations.hl7v2.acknowledge import ODRISK
from integrations.hl7v2.charset import encode
from integrations.hl7v2.tokens import Segment, Syntax, Unreadable, syntax_of, without_controls

_MARK = re.compile(rb"(?:\A|(?<=[\r\n]))[ \t\x00]*(FHS|BHS|MSH|BTS|FTS)(?=[^A-Za-z0-9 ]|\Z)")
_FIELDS = 12


@dataclass(frozen=True, slots=True)
class Batch:
    """The messages of a batch as they were sent, its header, and what is wrong with the number of messages."""

    messages: tuple[bytes, ...]
    header: bytes
    """The line of the first BHS, or of FHS where there is none."""
    complaint: str | None


def is_batch(raw: bytes) -> bool:
    """Whether these bytes begin as a batch."""
    return _begun(raw).startswith((b"FHS", b"BHS"))


def split(raw: bytes) -> Batch:
    """Take a batch apart. A message goes from its MSH to the next mark, its last line end included.

    Raises Unreadable where a segment belongs to no message.
    """
    raw = _begun(raw)
    marks = [(found[1].decode(), found.start(1)) for found in _MARK.finditer(raw)]
    messages: list[bytes] = []
    headers: dict[str, bytes] = {}
    complaint, begun, batches = None, 0, 0
    for (name, start), (_, end) in zip(marks, [*marks[1:], ("", len(raw))], strict=True):
        part = raw[start:end]
        if name == "MSH":
            messages.append(part)
            continue
        line, *others = re.split(rb"[\r\n]+", part.strip(b"\r\n\x00 \t"))
        if others:
            raise Unreadable(100, "a batch holds a segment that belongs to none of its messages")
        if name in ("FHS", "BHS"):
            batches += name == "BHS"
            begun = len(messages)
            headers.setdefault(name, line)
        else:
            found = len(messages) - begun if name == "BTS" else batches
            complaint = complaint or _counted(line.split(line[3:4] or b"|"), found, name)
    return Batch(tuple(messages), headers.get("BHS") or headers["FHS"], complaint)


def _begun(raw: bytes) -> bytes:
    return raw.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n\x00 \t")


def _counted(fields: Sequence[bytes], found: int, name: str) -> str | None:
    told = fields[1].strip() if len(fields) > 1 else b""
    if not told or (told.isdigit() and int(told[:9]) == found):
        return None
    return f"{name}-1 does not fit what the batch holds; nothing of it was processed"


def header_of(line: str) -> Segment:
    """The segment of a BHS or FHS line. Raises Unreadable."""
    syntax = syntax_of(line[:11])
    return Segment(line[:3], 1, line.split(syntax.field), syntax)


def reply(header: Segment, charset: str, acknowledgements: Sequence[bytes], own_id: str, now: str) -> bytes:
    """The answer to a batch: the acknowledgements between BHS and BTS, each as its message wants it.

    `charset`: in which BHS is written, by its name in Python.
    """
    syntax: Syntax = header.syntax
    raw = [_field(header, position) for position in range(_FIELDS)]
    first = syntax.field.join([
        "BHS", syntax.encoding, raw[5] or ODRISK, raw[6], raw[3], raw[4], syntax.escaped(now), "", "", "",
        own_id, raw[11],
    ])  # fmt: skip
    last = f"BTS{syntax.field}{len(acknowledgements)}\r"
    return b"".join([encode(first + "\r", charset), *acknowledgements, last.encode()])


def _field(header: Segment, position: int) -> str:
    """BHS and FHS count like MSH: the first field is the separator itself."""
    raw = header.fields[position - 1] if 1 < position <= len(header.fields) else ""
    return without_controls(raw)
