"""One MLLP connection: frames in, acknowledgements and results out, within its deadlines.

One frame is handled at a time, and nothing is read meanwhile: a sender that is faster than we are waits in its own
socket. Results are sent without waiting for theirs to be acknowledged; what is not acknowledged in time is counted and
logged by our own id, and the same message sent again gives the identical result.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict

import structlog

from integrations.hl7v2.channel import Channel
from integrations.hl7v2.frames import Deframer, Frame, framed
from integrations.hl7v2.replies import Outgoing, Reply

log = structlog.get_logger()
_READ = 65_536
_MOST_WAITING = 1_000
_MOST_LOGGED = 20
_GOOD = frozenset({"AA", "CA"})
_LINGER = 2.0
"""Seconds in which a client that was refused may read why, before the connection is torn down."""


class Connection:
    """Serves one client until it leaves or is cut off."""

    def __init__(
        self,
        channel: Channel,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        certificate: frozenset[str] | None,
    ) -> None:
        self._channel = channel
        self._settings = channel.settings
        self._reader = reader
        self._writer = writer
        self._certificate = certificate
        self._deframer = Deframer(self._settings.max_frame_bytes)
        self._waiting: OrderedDict[str, float] = OrderedDict()
        self._clock = asyncio.get_running_loop().time
        self._deadline: float | None = None

    async def serve(self) -> None:
        """Until the client closes, idles too long, is too slow, or does not read."""
        try:
            while (data := await self._read()) is not None:
                junk = self._deframer.junk
                frames = self._deframer.feed(data)
                if self._deframer.junk > junk:
                    self._channel.counts.frames.labels("junk_between").inc()
                if frames:
                    self._deadline = None
                for frame in frames:
                    await self._handle(frame)
            await self._refuse_unfinished()
        except (OSError, TimeoutError):
            self._channel.counts.frames.labels("connection_lost").inc()
        finally:
            self._give_up(self._clock(), everything=True)

    async def _read(self) -> bytes | None:
        """The next bytes; None when the client has closed or its time is up.

        Between frames the idle limit holds; within one the frame's own deadline, counted from its first byte.
        """
        began = self._clock()
        if not self._deframer.inside:
            self._deadline = None
        elif self._deadline is None:
            self._deadline = began + self._settings.frame_seconds
        until = began + self._settings.idle_seconds if self._deadline is None else self._deadline
        while True:
            wake = min([until, *list(self._waiting.values())[:1]])
            try:
                async with asyncio.timeout_at(wake):
                    data = await self._reader.read(_READ)
            except TimeoutError:
                now = self._clock()
                self._give_up(now)
                if now >= until:
                    self._channel.counts.frames.labels("too_slow" if self._deframer.inside else "idle").inc()
                    return None
                continue
            return data or None

    async def _handle(self, frame: Frame) -> None:
        if frame.unfinished:
            self._channel.counts.frames.labels("begun_again").inc()
        reply = await self._channel.receive(frame, self._certificate)
        for own_id, code in reply.acknowledges:
            self._acknowledged(own_id, code)
        await self._send(reply)

    async def _send(self, reply: Reply) -> None:
        async with asyncio.timeout(self._settings.write_seconds):
            waiting = b"".join(map(framed, reply.answers))
            for outgoing in reply.results:
                self._expect(outgoing)
                self._writer.write(waiting + framed(outgoing.data))
                waiting = b""
                await self._writer.drain()
            if waiting:
                self._writer.write(waiting)
                await self._writer.drain()

    def _expect(self, outgoing: Outgoing) -> None:
        self._channel.counts.results.labels("sent").inc()
        self._waiting[outgoing.id] = self._clock() + self._settings.acknowledgement_seconds
        self._waiting.move_to_end(outgoing.id)  # those that wait are looked through from the earliest deadline on
        if len(self._waiting) > _MOST_WAITING:
            self._missing(self._waiting.popitem(last=False)[0])

    def _acknowledged(self, own_id: str, code: str) -> None:
        known = self._waiting.pop(own_id, None) is not None
        outcome = "unmatched" if not known else "acknowledged" if code in _GOOD else "refused"
        self._channel.counts.results.labels(outcome).inc()
        if outcome == "refused":
            log.warning("hl7_result_refused", result=own_id)

    def _give_up(self, now: float, *, everything: bool = False) -> None:
        missing = []
        while self._waiting and (everything or next(iter(self._waiting.values())) <= now):
            missing.append(self._waiting.popitem(last=False)[0])
        self._missing(*missing)

    def _missing(self, *own_ids: str) -> None:
        if own_ids:
            self._channel.counts.results.labels("unacknowledged").inc(len(own_ids))
            log.warning("hl7_results_unacknowledged", count=len(own_ids), results=own_ids[:_MOST_LOGGED])

    async def _refuse_unfinished(self) -> None:
        """A frame that never ended is answered with AE, and the client is given time to read it."""
        frame = self._deframer.unfinished()
        if frame is None or not frame.data:
            return
        self._channel.counts.frames.labels("unfinished").inc()
        reply = await self._channel.receive(frame, self._certificate)
        async with asyncio.timeout(_LINGER):
            for answer in reply.answers:
                self._writer.write(framed(answer))
            await self._writer.drain()
            if self._writer.can_write_eof():
                self._writer.write_eof()
            while await self._reader.read(_READ):
                pass
