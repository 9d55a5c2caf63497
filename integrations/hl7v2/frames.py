"""MLLP: where one message ends and the next begins. `VT message FS CR`; sans-IO, so that every cut can be tried.

A lone FS inside a message is data: only FS CR ends it. Line ends and NUL between frames are skipped; so is anything
else there, and it is counted. A frame over the limit is not kept: its first bytes are, to answer it, and the rest runs
through to its end, so that the sender can read the refusal and go on.
"""

from __future__ import annotations

from dataclasses import dataclass

START, END = b"\x0b", b"\x1c\x0d"
_FILL = b"\r\n\x00"
_HEAD = 4096
"""How much of a frame over the limit is kept: enough for its MSH."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stood between the marks; of a frame over the limit only its beginning."""

    data: bytes
    too_large: bool = False


class Deframer:
    """Takes bytes as they come and gives whole frames."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.inside = False
        """Whether a frame has begun and not ended."""
        self.junk = 0
        """Bytes between frames that belong to none."""
        self._buffer = bytearray()
        self._over = False

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that these bytes complete."""
        frames: list[Frame] = []
        while data:
            if not self.inside:
                start = data.find(START)
                between = data if start < 0 else data[:start]
                self.junk += len(between) - sum(between.count(fill) for fill in _FILL)
                if start < 0:
                    return frames
                data = data[start + 1 :]
                self.inside = True
            data = self._within(data, frames)
        return frames

    def _within(self, data: bytes, frames: list[Frame]) -> bytes:
        seen = max(0, len(self._buffer) - 1)
        self._buffer += data
        end = self._buffer.find(END, seen)
        if end < 0:
            if len(self._buffer) > self.limit:
                self._shorten()
            return b""
        over = self._over or end > self.limit
        rest = bytes(self._buffer[end + len(END) :])
        frames.append(Frame(bytes(self._buffer[: min(end, _HEAD) if over else end]), over))
        self._buffer.clear()
        self.inside = self._over = False
        return rest

    def _shorten(self) -> None:
        last = self._buffer[-1:]
        del self._buffer[_HEAD:]
        self._over = True
        self._buffer += last

    def unfinished(self) -> Frame | None:
        """What there is of a frame that never ended."""
        return Frame(bytes(self._buffer[:_HEAD]), too_large=self._over) if self.inside else None


def framed(data: bytes) -> bytes:
    """A message as it goes onto the wire."""
    return START + data + END
