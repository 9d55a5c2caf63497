"""What goes back for one frame."""

from __future__ import annotations

from dataclasses import dataclass


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
