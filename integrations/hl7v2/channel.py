"""One frame in, its acknowledgement and result out: the order of everything, and nothing of sockets or HTTP.

The assessment is made (and its receipt committed, where there is a ledger) before anything positive is said. If that
fails the sender gets AE, which makes it send again, and no result. With a configured destination the result is
delivered before the sender gets AA. Accept acknowledgements (CA) of the enhanced mode promise safe storage; nothing is
stored here, so that they too are given only when the work is done.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import ParamSpec, TypeVar

from cds.errors import FactError
from integrations.hl7v2 import batch, tables
from integrations.hl7v2.acknowledge import AckCode, Header, Problem, Refused, acknowledgement, header_of, salvaged
from integrations.hl7v2.answers import Answer, Assess, Case
from integrations.hl7v2.charset import NAMES, Decoded, declared, decode, encode, name_for
from integrations.hl7v2.counts import Counts
from integrations.hl7v2.delivery import Delivery
from integrations.hl7v2.duplicates import Given, Seen
from integrations.hl7v2.failures import failed, impossible
from integrations.hl7v2.frames import Frame
from integrations.hl7v2.gate import (
    EVENTS,
    acknowledgements,
    admit,
    refuse_too_much,
    sender_of,
    waiting_for_answers,
)
from integrations.hl7v2.keys import Keys, person_of, place_of
from integrations.hl7v2.profiles import Sender, Senders
from integrations.hl7v2.reading import Reading, read, visit_number
from integrations.hl7v2.replies import Outgoing, Reply, numbered
from integrations.hl7v2.result import Ids, result
from integrations.hl7v2.settings import Hl7Settings
from integrations.hl7v2.times import stamp
from integrations.hl7v2.tokens import Message, Unreadable, lines, message

P = ParamSpec("P")
T = TypeVar("T")
_USUAL_SEGMENT = 60
_HEAD = 4_096
_LARGE = 262_144
"""Bytes from which a frame is read in a thread, so that other connections go on meanwhile."""


@dataclass(frozen=True, slots=True)
class _Received:
    """One message, with what is needed to answer it."""

    message: Message
    header: Header
    raw: bytes
    digest: bytes
    charset: str
    problems: list[Problem]
    """Warnings so far; more are added as it is handled."""

    @property
    def who(self) -> str:
        """Sender and control id: what a sender takes for the name of a message."""
        return "\x1f".join((self.header.application, self.header.facility, self.header.control_id))


class Channel:
    """The HL7 v2 channel. Made once; serves every connection of one event loop."""

    def __init__(
        self,
        settings: Hl7Settings,
        senders: Senders,
        keys: Keys,
        assess: Assess,
        counts: Counts,
        *,
        today: Callable[[], date],
        now: Callable[[], datetime],
        ticks: Callable[[], float],
    ) -> None:
        self.settings = settings
        self.counts = counts
        self._senders = senders
        self._keys = keys
        self._assess = assess
        self._today = today
        self._now = now
        self._ticks = ticks
        self._seen = Seen(settings.duplicate_messages, settings.duplicate_seconds)
        self._delivery = Delivery()
        self._room = asyncio.Semaphore(settings.queue)

    def bind_senders(self) -> None:
        """Take messages of senders bound to a client certificate only. Raises InvalidSenders where one is not."""
        self._senders = self._senders.bound()

    async def receive(self, frame: Frame, certificate: frozenset[str] | None = None) -> Reply:
        """Handle one frame; never raises for what stands in it. `certificate`: names of the client's certificate."""
        try:
            if frame.too_large:
                raise Unreadable(207, f"the message is larger than {self.settings.max_frame_bytes} bytes")
            if frame.unfinished:
                return self._unreadable(frame, Unreadable(207, "the end of the message did not come; send again"), "AE")
            if batch.is_batch(frame.data):
                return await self._batch(frame, certificate)
            return await self._single(frame.data, certificate)
        except Unreadable as error:
            return self._unreadable(frame, error)
        except Exception as error:  # noqa: BLE001 - the edge: every frame is answered, whatever went wrong here
            return self._unreadable(frame, Unreadable(207, failed(error)), "AE")

    def _default(self, raw: bytes) -> str:
        """The sender's character set, for a message that does not name its own."""
        if declared(raw) in NAMES:
            return "utf-8"
        header, _ = salvaged(raw[:_HEAD])
        parts = [
            frozenset(filter(None, name.split(header.syntax.component)[:2]))
            for name in (header.application, header.facility)
        ]
        sender = self._senders.find(parts[0], parts[1])
        return "utf-8" if sender is None else sender.codec

    @staticmethod
    async def _off(size: int, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if size < _LARGE:
            return call(*args, **kwargs)
        return await asyncio.to_thread(call, *args, **kwargs)

    def _unreadable(self, frame: Frame, error: Unreadable, code: AckCode = "AR") -> Reply:
        whole = not (frame.too_large or frame.unfinished)
        header, codec = salvaged(frame.data, whole=whole, default=self._default(frame.data))
        self.counts.messages.labels("unknown", "unreadable", code).inc()
        self.counts.problems.labels(str(error.code), "E").inc()
        return Reply((self._refusal(header, code, Problem(error.code, error.reason, "MSH", 1), frame.data, codec),))

    def _refusal(self, header: Header, code: AckCode, problem: Problem, raw: bytes, codec: str) -> bytes:
        python_name, hl7_name = name_for(codec)
        return encode(self._acknowledgement(header, code, [problem], _digest(raw), hl7_name), python_name)

    async def _batch(self, frame: Frame, certificate: frozenset[str] | None) -> Reply:
        found = await self._off(len(frame.data), batch.split, frame.data)
        if found.complaint is not None and not found.messages:
            return self._unreadable(frame, Unreadable(207, found.complaint), "AE")
        decoded = decode(found.header, self._default(b"".join(found.messages[:1])))
        header = batch.header_of(decoded.text)
        replies = [await self._single(raw, certificate, found.complaint) for raw in found.messages]
        acknowledges = tuple(pair for one in replies for pair in one.acknowledges)
        if acknowledges and len(acknowledges) == len(found.messages):
            return Reply(acknowledges=acknowledges)
        text = batch.reply(
            header,
            name_for(decoded.charset)[0],
            [answer for one in replies for answer in one.answers],
            self._keys.id("batch", decoded.text),
            stamp(self._now()),
        )
        return Reply((text,), tuple(outgoing for one in replies for outgoing in one.results), acknowledges)

    async def _single(self, raw: bytes, certificate: frozenset[str] | None, complaint: str | None = None) -> Reply:
        """One message, alone or of a batch. `complaint`: why nothing of its batch is processed."""
        try:
            decoded = decode(raw, self._default(raw))
            of = await self._off(len(raw), lines, decoded.text)
            one = await self._off(len(raw), message, of, decoded.charset, self.settings.max_segments)
        except Unreadable as error:
            return self._unreadable(Frame(raw), error)
        waiting = waiting_for_answers(one)
        if not waiting:
            return Reply(acknowledges=tuple((msa.value(2), msa.value(1)) for msa in one.all("MSA")) or (("", ""),))
        refusal: tuple[AckCode, Problem] | None = None
        if complaint is not None:
            refusal = "AE", Problem(207, complaint)
        elif len(one.all("MSH")) > 1:
            refusal = "AR", Problem(100, "a frame holds several messages; send each in its own, or a batch", "MSH", 2)
        if refusal is not None:
            code, problem = refusal
            self.counts.messages.labels("unknown", "unreadable", code).inc()
            self.counts.problems.labels(str(problem.code), "E").inc()
            return Reply((self._refusal(header_of(waiting[0]), code, problem, raw, decoded.charset),))
        return await self._one(one, raw, decoded, certificate)

    async def _one(self, one: Message, raw: bytes, decoded: Decoded, certificate: frozenset[str] | None) -> Reply:
        problems = [] if decoded.warning is None else [Problem(102, decoded.warning, "MSH", 1, 18, "W")]
        digest = _digest(raw)
        got = _Received(one, header_of(one.header), raw, digest, decoded.charset, problems)
        sender: Sender | None = None
        outgoing: Outgoing | None = None
        code: AckCode = "AA"
        try:
            sender = sender_of(one, self._senders, certificate)
            admit(one, got.header)
            refuse_too_much(one, self.settings)
            outgoing = await self._process(got, sender)
        except Refused as refused:
            code = refused.ack
            problems += refused.problems
        except Exception as error:  # noqa: BLE001 - the edge: a failure is AE and no result, and leaves without its message
            code = "AE"
            problems = [Problem(207, failed(error))]
        event = got.header.event if got.header.event in _EVENTS else "other"
        self.counts.messages.labels("unknown" if sender is None else sender.name, event, code).inc()
        for problem in problems:
            self.counts.problems.labels(str(problem.code), problem.severity).inc()
        python_name, hl7_name = name_for(decoded.charset)
        answers = (
            encode(self._acknowledgement(got.header, each, problems, digest, hl7_name), python_name)
            for each in acknowledgements(one, sender, code)
        )
        return Reply(tuple(answers), () if outgoing is None else (outgoing,))

    async def _process(self, got: _Received, sender: Sender) -> Outgoing | None:
        """Assess and deliver. Returns a result that is still to be sent."""
        one, header = got.message, got.header
        size = len(one.segments) * _USUAL_SEGMENT
        reading = await self._off(size, read, one, sender, self._today())
        got.problems.extend(await self._off(size, tables.findings, one, header.version))
        for note in reading.notes:
            self.counts.not_used.labels(note.reason).inc(note.count)
        if reading.died:
            got.problems.append(Problem(0, "the person has died: no assessment is made", "PV1", 1, 36, "I"))
            return None
        async with self._seen.alone(got.who, got.digest):
            answer = await self._assessed(got, sender, reading)
        for reason, count in Counter(line.reason for line in answer.assessment.not_used or ()).items():
            self.counts.not_used.labels(reason).inc(count)
        python_name, hl7_name = name_for(got.charset)
        order = self._keys.id("order", place_of(one, sender), person_of(one), visit_number(one) or header.control_id)
        text = result(one, header, sender, reading, answer, ids=Ids("", order), charset=hl7_name)
        body = encode(text, python_name)
        own_id = self._keys.id("result", got.who, got.digest.hex(), "", body=body)
        outgoing = Outgoing(
            own_id, numbered(body, encode(header.syntax.field, python_name), encode(own_id, python_name))
        )
        if sender.destination is None:
            return outgoing
        await self._delivery.deliver(self._senders.destination(sender.destination), outgoing.id, outgoing.data)
        self.counts.results.labels("delivered").inc()
        return None

    async def _assessed(self, got: _Received, sender: Sender, reading: Reading) -> Answer:
        """The assessment, with the receipt this very message got before where that was for this day and these rules."""
        given = self._repeated(got)
        receipt = given.receipt if given is not None and given.as_of == reading.as_of else None
        place, language, client = sender.municipality, sender.language, f"hl7v2:{sender.name}"
        case = Case(reading.as_of, reading.facts, reading.statements, place, language, got.raw, client, receipt)
        try:
            async with self._room:
                answer = await self._assess(case)
                if receipt is not None and given is not None and given.rules != _rules(answer):
                    answer = await self._assess(replace(case, receipt=None))
        except FactError as error:
            raise Refused("AR", impossible(error, reading)) from None
        given = Given(reading.as_of, _rules(answer), answer.receipt)
        self._seen.remember(got.who, got.digest, given, self._ticks())
        return answer

    def _repeated(self, got: _Received) -> Given | None:
        """What this very message was given before; a reused MSH-10 is counted and warned of."""
        given, reused = self._seen.before(got.who, got.digest, self._ticks())
        if given is not None or reused:
            self.counts.repeated.labels("other" if reused else "same").inc()
        if reused:
            got.problems.append(Problem(205, "MSH-10 was used for another message", "MSH", 1, 10, "W"))
        return given

    def _acknowledgement(
        self, header: Header, code: AckCode, problems: Sequence[Problem], digest: bytes, charset: str
    ) -> str:
        own_id = self._keys.id("ack", code, header.application, header.facility, header.control_id, digest.hex())
        return acknowledgement(header, code, problems, own_id=own_id, now=stamp(self._now()), charset=charset)

    def close(self) -> None:
        """Close the connections to destinations."""
        self._delivery.close()


_EVENTS = frozenset().union(*EVENTS.values())


def _rules(answer: Answer) -> str:
    said = answer.assessment.provenance
    return f"{said.release} {said.digest}"


def _digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()
