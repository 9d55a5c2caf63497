"""One frame in, its acknowledgement and result out: the order of everything, and nothing of sockets or HTTP.

The assessment is made (and its receipt committed, where there is a ledger) before anything positive is said. If that
fails the sender gets AE, which makes it send again, and no result. With a configured destination the result is
delivered before the sender gets AA. Accept acknowledgements (CA) of the enhanced mode promise safe storage; nothing is
stored here, so that they too are given only when the work is done.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import ParamSpec, TypeVar

import structlog

from cds.errors import FactError
from integrations.hl7v2 import batch, tables
from integrations.hl7v2.acknowledge import AckCode, Header, Problem, Refused, acknowledgement, header_of, salvaged
from integrations.hl7v2.answers import Assess, Case, Receipt
from integrations.hl7v2.charset import Decoded, decode, encode, name_for
from integrations.hl7v2.counts import Counts
from integrations.hl7v2.delivery import Delivery
from integrations.hl7v2.duplicates import Seen
from integrations.hl7v2.frames import Frame
from integrations.hl7v2.gate import EVENTS, acknowledgements, admit, is_acknowledgement, refuse_too_much, sender_of
from integrations.hl7v2.keys import Keys, person_of
from integrations.hl7v2.profiles import Sender, Senders
from integrations.hl7v2.reading import Reading, read, visit_number
from integrations.hl7v2.result import Ids, result
from integrations.hl7v2.settings import Hl7Settings
from integrations.hl7v2.times import stamp
from integrations.hl7v2.tokens import Message, Unreadable, lines, message

log = structlog.get_logger()
P = ParamSpec("P")
T = TypeVar("T")
_USUAL_SEGMENT = 60
_UTF_8 = "UNICODE UTF-8"
_LARGE = 262_144
"""Bytes from which a frame is read in a thread, so that other connections go on meanwhile."""


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
    acknowledges: tuple[str, str] | None = None
    """MSA-2 and MSA-1 of an acknowledgement that came in."""


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


@dataclass(frozen=True, slots=True)
class _Done:
    """One message, handled."""

    answers: tuple[str, ...]
    result: Outgoing | None = None


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

    def unfinished(self, frame: Frame) -> Reply:
        """Refuse a frame whose end never came."""
        return self._unreadable(frame, Unreadable(207, "the frame did not end in time"))

    async def receive(self, frame: Frame, certificate: frozenset[str] | None = None) -> Reply:
        """Handle one frame; never raises for what stands in it. `certificate`: names of the client's certificate."""
        try:
            if frame.too_large:
                raise Unreadable(207, f"the message is larger than {self.settings.max_frame_bytes} bytes")
            decoded = decode(frame.data, self._default(frame.data))
            of = await self._off(len(frame.data), lines, decoded.text)
            if batch.is_batch(of):
                return await self._batch(batch.split(of), decoded, certificate)
            first = await self._off(len(frame.data), message, of, decoded.charset, self.settings.max_segments)
        except Unreadable as error:
            return self._unreadable(frame, error)
        if is_acknowledgement(first):
            msa = first.first("MSA")
            return Reply(acknowledges=("", "") if msa is None else (msa.value(2), msa.value(1)))
        done = await self._one(first, frame.data, decoded, certificate)
        charset = name_for(decoded.charset)[0]
        answers = tuple(encode(answer, charset) for answer in done.answers)
        return Reply(answers, (done.result,) if done.result is not None else ())

    def _default(self, raw: bytes) -> str:
        """The sender's character set, for a message that does not name its own."""
        if raw.isascii():
            return "utf-8"
        header = salvaged(raw[:4096])
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

    def _unreadable(self, frame: Frame, error: Unreadable) -> Reply:
        header = salvaged(frame.data)
        problem = Problem(error.code, error.reason, "MSH", 1)
        self.counts.messages.labels("unknown", "unreadable", "AR").inc()
        self.counts.problems.labels(str(error.code), "E").inc()
        answer = self._acknowledgement(header, "AR", [problem], _digest(frame.data), _UTF_8)
        return Reply((encode(answer, "utf-8"),))

    async def _batch(self, found: batch.Batch, decoded: Decoded, certificate: frozenset[str] | None) -> Reply:
        answers: list[str] = []
        results: list[Outgoing] = []
        for of in found.messages:
            raw = "\r".join(of).encode()
            try:
                one = message(of, decoded.charset, self.settings.max_segments)
            except Unreadable as error:
                problem = Problem(error.code, error.reason, "MSH", 1)
                answers.append(self._acknowledgement(salvaged(raw[:4096]), "AR", [problem], _digest(raw), _UTF_8))
                continue
            if found.complaint is not None:
                problem = Problem(207, found.complaint)
                answers.append(self._acknowledgement(header_of(one.header), "AE", [problem], _digest(raw), _UTF_8))
                continue
            done = await self._one(one, raw, decoded, certificate)
            answers.extend(done.answers)
            results += [done.result] if done.result is not None else []
        own_id = self._keys.id("batch", found.header.syntax.field.join(found.header.fields))
        charset = name_for(decoded.charset)[0]
        text = batch.reply(found.header, answers, own_id, stamp(self._now()))
        return Reply((encode(text, charset),), tuple(results))

    async def _one(self, one: Message, raw: bytes, decoded: Decoded, certificate: frozenset[str] | None) -> _Done:
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
            log.error("hl7_failure", kind=type(error).__name__, at=_place(error))
            code = "AE"
            problems = [Problem(207, "no answer could be made; send again later")]
        event = got.header.event if got.header.event in _EVENTS else "other"
        self.counts.messages.labels("unknown" if sender is None else sender.name, event, code).inc()
        for problem in problems:
            self.counts.problems.labels(str(problem.code), problem.severity).inc()
        charset = name_for(decoded.charset)[1]
        due = acknowledgements(one, sender, code)
        return _Done(
            tuple(self._acknowledgement(got.header, each, problems, digest, charset) for each in due), outgoing
        )

    async def _process(self, got: _Received, sender: Sender) -> Outgoing | None:
        """Assess and deliver. Returns a result that is still to be sent."""
        one, header = got.message, got.header
        who = "\x1f".join((header.application, header.facility, header.control_id))
        receipt = self._repeated(who, got)
        size = len(one.segments) * _USUAL_SEGMENT
        reading = await self._off(size, read, one, sender, self._today())
        got.problems.extend(await self._off(size, tables.findings, one, header.version))
        for note in reading.notes:
            self.counts.not_used.labels(note.reason).inc(note.count)
        if reading.died:
            got.problems.append(Problem(0, "the person has died: no assessment is made", "PV1", 1, 36, "I"))
            return None
        place, language, client = sender.municipality, sender.language, f"hl7v2:{sender.name}"
        case = Case(reading.as_of, reading.facts, reading.statements, place, language, got.raw, client, receipt)
        try:
            async with self._room:
                answer = await self._assess(case)
        except FactError as error:
            raise Refused("AR", _impossible(error, reading)) from None
        self._seen.remember(who, got.digest, answer.receipt, self._ticks())
        for line in answer.assessment.not_used or ():
            self.counts.not_used.labels(line.reason).inc()
        python_name, hl7_name = name_for(got.charset)
        rules = answer.assessment.provenance.release
        ids = Ids(
            message=self._keys.id("result", who, got.digest.hex(), rules, reading.as_of.isoformat()),
            order=self._keys.id("order", person_of(one), visit_number(one) or header.control_id),
        )
        text = result(one, header, sender, reading, answer, ids=ids, charset=hl7_name)
        outgoing = Outgoing(ids.message, encode(text, python_name))
        if sender.destination is None:
            return outgoing
        await self._delivery.deliver(self._senders.destination(sender.destination), outgoing.id, outgoing.data)
        self.counts.results.labels("delivered").inc()
        return None

    def _repeated(self, who: str, got: _Received) -> Receipt | None:
        """The receipt this very message got before, if it came before; a reused MSH-10 is counted and warned of."""
        again, reused, receipt = self._seen.before(who, got.digest, self._ticks())
        if again or reused:
            self.counts.repeated.labels("same" if again else "other").inc()
        if reused:
            got.problems.append(Problem(205, "MSH-10 was used for another message", "MSH", 1, 10, "W"))
        return receipt

    def _acknowledgement(
        self, header: Header, code: AckCode, problems: Sequence[Problem], digest: bytes, charset: str
    ) -> str:
        own_id = self._keys.id("ack", code, header.application, header.facility, header.control_id, digest.hex())
        return acknowledgement(header, code, problems, own_id=own_id, now=stamp(self._now()), charset=charset)

    def close(self) -> None:
        """Close the connections to destinations."""
        self._delivery.close()


_EVENTS = frozenset().union(*EVENTS.values())


def _digest(raw: bytes) -> bytes:
    return hashlib.sha256(raw).digest()


def _impossible(error: FactError, reading: Reading) -> Problem:
    """What cannot be true, by its place in the message."""
    parts = error.path.split("/")
    place = ""
    if len(parts) > 2 and parts[1] == "statements" and parts[2].isdigit():  # noqa: PLR2004 - /statements/<number>
        place = reading.places[int(parts[2])]
    return Problem(207, f"cannot be assessed as it stands: {place or error.path}: {error.reason}")


def _place(error: Exception) -> str:
    """Where an error was raised. Its message is left out: it could carry what was sent."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return "unknown" if trace is None else f"{trace.tb_frame.f_code.co_name}:{trace.tb_lineno}"
