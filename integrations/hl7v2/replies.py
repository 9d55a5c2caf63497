"""What goes back for one frame."""

from __future__ import annotations

from dataclasses import dataclass

_MSH_10 = 9
"""Counted in separators: MSH-1 is the first of them."""


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A result to be sent as a message of its own; `id` is what its acknowledgement must carry in MSA-2."""

    id: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Reply:
    """What goes back for one frame: acknowledgements first, then results. Nothing for an acknowledgement of ours."""

    answers: tuple[bytes, ...] = ()
    results: tuple[Outgoing, ...] = ()
    acknowledges: tuple[tuple[str, str], ...] = ()
    """MSA-2 and MSA-1 of each acknowledgement that came in."""


def numbered(body: bytes, separator: bytes, own_id: bytes) -> bytes:
    """A result with its MSH-10, which was left empty: it stands for all the rest."""
    parts = body.split(separator, _MSH_10)
    return separator.join([*parts[:-1], own_id + parts[-1]])
