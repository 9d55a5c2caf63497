"""Results to a configured destination: in order, one in flight, until it is acknowledged or the deadline has passed.

Nothing is kept: the sender waits for its own acknowledgement meanwhile, so that its queue is the store. The answer must
carry the result's id in MSA-2; a late answer to an earlier result is not taken for this one's.
"""

from __future__ import annotations

import asyncio
import ssl
from dataclasses import dataclass, field

from integrations.hl7v2.acknowledge import TEXTS, Problem, Refused
from integrations.hl7v2.frames import Deframer, framed
from integrations.hl7v2.profiles import Destination
from integrations.hl7v2.tokens import Unreadable, lines, message

_MOST_ANSWER = 65_536
_READ = 65_536
_FIRST_PAUSE, _LONGEST_PAUSE = 0.2, 5.0
_GOOD, _AGAIN, _NEVER = frozenset({"AA", "CA"}), frozenset({"AE", "CE"}), frozenset({"AR", "CR"})


@dataclass(slots=True)
class _Line:
    """One connection to one destination."""

    destination: Destination
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    waiting: int = 0
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    deframer: Deframer = field(default_factory=lambda: Deframer(_MOST_ANSWER))

    async def send(self, own_id: str, data: bytes) -> tuple[str, str]:
        """Send once; the code of the answer, and why in our words. Raises OSError or TimeoutError."""
        reader, writer = self.streams or await self._connect()
        async with asyncio.timeout(self.destination.answer_seconds):
            writer.write(framed(data))
            await writer.drain()
            while True:
                got = await reader.read(_READ)
                if not got:
                    raise ConnectionResetError("the destination closed the connection")
                for frame in self.deframer.feed(got):
                    said = None if frame.unfinished else _answer(frame.data)
                    if said is not None and said[0] == own_id:
                        return said[1], said[2]

    async def _connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        tls = self.destination.tls
        context = None
        if tls is not None:
            context = ssl.create_default_context(cafile=tls.ca)
            context.minimum_version = ssl.TLSVersion.TLSv1_2
            if tls.certificate is not None:
                context.load_cert_chain(tls.certificate, tls.key)
        name = None if tls is None else tls.server_name or self.destination.host
        async with asyncio.timeout(self.destination.answer_seconds):
            host, port = self.destination.host, self.destination.port
            self.streams = await asyncio.open_connection(host, port, ssl=context, server_hostname=name)
        self.deframer = Deframer(_MOST_ANSWER)
        return self.streams

    def close(self) -> None:
        if self.streams is not None:
            self.streams[1].close()
            self.streams = None


class Delivery:
    """Delivers to the configured destinations."""

    def __init__(self) -> None:
        self._lines: dict[str, _Line] = {}

    async def deliver(self, destination: Destination, own_id: str, data: bytes) -> None:
        """Return when the destination has acknowledged. Raises Refused: AE to try again later, AR where it refuses."""
        line = self._lines.setdefault(destination.name, _Line(destination))
        if line.waiting >= destination.waiting:
            raise Refused("AE", Problem(207, "too many results wait for the destination; send again later"))
        line.waiting += 1
        try:
            async with asyncio.timeout(destination.deadline_seconds), line.lock:
                await self._until_acknowledged(line, own_id, data)
        except TimeoutError:
            raise Refused("AE", Problem(207, "the destination did not acknowledge in time; send again later")) from None
        finally:
            line.waiting -= 1

    @staticmethod
    async def _until_acknowledged(line: _Line, own_id: str, data: bytes) -> None:
        pause = _FIRST_PAUSE
        while True:
            try:
                code, why = await line.send(own_id, data)
            except (OSError, ssl.SSLError):  # a timeout of one attempt is an OSError too
                line.close()
            except asyncio.CancelledError:  # the deadline; an answer that comes after all belongs to nobody
                line.close()
                raise
            else:
                if code in _GOOD:
                    return
                if code in _NEVER:
                    raise Refused("AR", Problem(207, f"the destination refuses the result{why}"))
            await asyncio.sleep(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def close(self) -> None:
        """Close all connections."""
        for line in self._lines.values():
            line.close()


def _answer(data: bytes) -> tuple[str, str, str] | None:
    """MSA-2, MSA-1 and why, of an acknowledgement; None where it is none.

    Why is told in the words of table 0357: a destination's own text may name the person.
    """
    try:
        read = message(lines(data.decode("utf-8", "replace")), "utf-8", 1_000)
    except Unreadable:
        return None
    msa, err = read.first("MSA"), read.first("ERR")
    if msa is None:
        return None
    codes = [] if err is None else [err.value(3), err.value(1, 4)]
    why = next((TEXTS[int(code)] for code in codes if code.isdecimal() and int(code) in TEXTS), "")
    return msa.value(2), msa.value(1), f": {why}" if why else ""
