"""MLLP: where one message ends and the next begins. `VT message FS CR`; sans-IO, so that every cut can be tried.

A lone FS inside a message is data: only FS CR ends it. A VT is never data: inside a frame it says that the sender gave
this one up, or lost its line, and begins another. Line ends and NUL between frames are skipped; so is anything else
there, and it is counted. A frame over the limit is not kept: its first bytes are, to answer it, and the rest runs
through to its end, so that the sender can read the refusal and go on.
"""

from __future__ import annotations

from dataclasses import dataclass

START, END = b"\x0b", b"\x1c\x0d"
_FILL = b"\r\n\x00"
_HEAD = 4096
"""How much of a frame over the limit, or of one that did not end, is kept: enough for its MSH."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stood between the marks; of a frame over the limit, or without an end, only its beginning."""

    data: bytes
    too_large: bool = False
    unfinished: bool = False


class Deframer:
    """Takes bytes as they come and gives frames."""

    def __init__(self, limit: int) -> None:
        self.limit = limit
        self.inside = False
        """Whether a frame has begun and not ended."""
        self.junk = 0
        """Bytes between frames that belong to none."""
        self._buffer = bytearray()
        self._over = False
        self._ending = False
        """Whether the last byte was FS, so that a CR would end the frame. It is in the buffer until then."""

    def feed(self, data: bytes) -> list[Frame]:
        """The frames that these bytes complete, or break off by beginning another."""
        frames: list[Frame] = []
        at = 0
        while at < len(data):
            if self.inside:
                at = self._within(data, at, frames)
                continue
            start = data.find(START, at)
            between = data[at : start if start >= 0 else len(data)]
            self.junk += len(between) - sum(between.count(fill) for fill in _FILL)
            if start < 0:
                break
            self.inside, at = True, start + 1
        return frames

    def _within(self, data: bytes, at: int, frames: list[Frame]) -> int:
        """Take what belongs to this frame; where the rest begins."""
        if self._ending and data[at] == END[1]:
            if self._buffer.endswith(END[:1]):
                del self._buffer[-1:]
            frames.append(self._done())
            return at + 1
        start = data.find(START, at)
        until = start if start >= 0 else len(data)
        end = data.find(END, at, until)
        self._ending = False
        self._buffer += data[at : end if end >= 0 else until]
        if end >= 0:
            frames.append(self._done())
            return end + len(END)
        if start >= 0:
            if (broken := self.unfinished()) is not None and broken.data:
                frames.append(broken)
            self._clear()
            self.inside = True
            return start + 1
        self._ending = data.endswith(END[:1])
        self._over = self._over or len(self._buffer) - self._ending > self.limit
        if self._over:
            del self._buffer[_HEAD:]
        return until

    def _done(self) -> Frame:
        self._over = self._over or len(self._buffer) > self.limit
        frame = Frame(bytes(self._buffer[:_HEAD] if self._over else self._buffer), too_large=self._over)
        self._clear()
        return frame

    def _clear(self) -> None:
        self._buffer.clear()
        self.inside = self._over = self._ending = False

    def unfinished(self) -> Frame | None:
        """What there is of a frame that has not ended."""
        over = self._over or len(self._buffer) > self.limit
        return Frame(bytes(self._buffer[:_HEAD]), too_large=over, unfinished=True) if self.inside else None


def framed(data: bytes) -> bytes:
    """A message as it goes onto the wire."""
    return START + data + END
