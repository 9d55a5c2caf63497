"""Batches: FHS and BHS around several messages, BTS and FTS after them. One reply, with one ACK for each message.

A batch whose counts do not fit has lost something on its way: none of it is processed, so that it is sent again whole.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from integrations.hl7v2.acknowledge import ODRISK
from integrations.hl7v2.tokens import Segment, Syntax, Unreadable, syntax_of

_STARTS = ("FHS", "BHS")
_ENDS = ("BTS", "FTS")


@dataclass(frozen=True, slots=True)
class Batch:
    """The messages of a batch, each as its lines, and what is wrong with their number."""

    messages: tuple[list[str], ...]
    header: Segment
    complaint: str | None


def is_batch(lines: Sequence[str]) -> bool:
    """Whether these lines begin as a batch."""
    return bool(lines) and lines[0].startswith(_STARTS)


def split(lines: Sequence[str]) -> Batch:
    """Take a batch apart. Raises Unreadable where it holds something that belongs to no message."""
    syntax = syntax_of(lines[0][:11])
    messages: list[list[str]] = []
    header: Segment | None = None
    complaint, begun, batches = None, 0, 0
    for line in lines:
        name = line[:3]
        if name in _STARTS:
            batches += name == "BHS"
            begun = len(messages)
            if header is None or name == "BHS":
                header = Segment(name, 1, line.split(syntax.field), syntax)
        elif name in _ENDS:
            found = len(messages) - begun if name == "BTS" else batches
            complaint = complaint or _counted(line.split(syntax.field), found, name)
        elif name == "MSH":
            messages.append([line])
        elif not messages:
            raise Unreadable(100, "a batch holds a segment before its first MSH")
        else:
            messages[-1].append(line)
    assert header is not None
    return Batch(tuple(messages), header, complaint)


def _counted(fields: Sequence[str], found: int, name: str) -> str | None:
    told = fields[1].strip() if len(fields) > 1 else ""
    if not told or (told.isascii() and told.isdigit() and int(told[:9]) == found):
        return None
    return f"{name}-1 does not fit what the batch holds; nothing of it was processed"


def reply(header: Segment, acknowledgements: Sequence[str], own_id: str, now: str) -> str:
    """The answer to a batch: the acknowledgements between BHS and BTS."""
    syntax: Syntax = header.syntax
    raw = [_field(header, position) for position in range(12)]
    first = syntax.field.join([
        "BHS", syntax.encoding, raw[5] or ODRISK, raw[6], raw[3], raw[4], now, "", "", "", own_id, raw[11],
    ])  # fmt: skip
    return "".join([first + "\r", *acknowledgements, f"BTS{syntax.field}{len(acknowledgements)}\r"])


def _field(header: Segment, position: int) -> str:
    """BHS and FHS count like MSH: the first field is the separator itself."""
    raw = header.fields[position - 1] if 1 < position <= len(header.fields) else ""
    return "".join(letter for letter in raw if letter.isprintable())
