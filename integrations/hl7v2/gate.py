"""What lets a message in: type, event, processing id, version, control id, sender and a person it is about."""

from __future__ import annotations

from collections.abc import Mapping

from integrations.hl7v2.acknowledge import AckCode, Header, Problem, Refused
from integrations.hl7v2.profiles import Sender, Senders
from integrations.hl7v2.settings import Hl7Settings
from integrations.hl7v2.tables import CHECKED
from integrations.hl7v2.tokens import Message, Segment, part

EVENTS: Mapping[str, frozenset[str]] = {
    "ADT": frozenset({"A01", "A03", "A04", "A08", "A13"}),
    "ORU": frozenset({"R01"}),
    "RDE": frozenset({"O11", "O01"}),
    "OMP": frozenset({"O09"}),
    "RAS": frozenset({"O17", "O01"}),
    "PPR": frozenset({"PC1", "PC2", "PC3"}),
    "MDM": frozenset({"T02"}),
}
"""What is understood. O01: RDE^O11 and RAS^O17 before 2.4. PC2 and PC3 change and end what PC1 began."""
_DOCUMENT = ("OBX", 5)
"""Texts and documents are not read, and may be long."""
_TEXTS = frozenset({"TX", "FT", "ST", "ED", "RP"})
"""OBX-2 where OBX-5 is one: its repetitions are lines."""
_ACKNOWLEDGEMENTS = frozenset({"ACK", "MCF"})
_ACCEPT: dict[str, AckCode] = {"AA": "CA", "AE": "CE", "AR": "CR"}


def waiting_for_answers(message: Message) -> list[Segment]:
    """Each MSH whose sender waits for an answer. What answers something of ours is never answered.

    An MSA alone does not make an answer: an event that holds one is an event.
    """
    headers = message.all("MSH")
    return [
        msh for msh in headers if (kind := msh.value(9)) not in _ACKNOWLEDGEMENTS and (kind or not message.all("MSA"))
    ]


def sender_of(message: Message, senders: Senders, certificate: frozenset[str] | None) -> Sender:
    """Who sent it. `certificate`: the names of the client certificate of the connection, None without one."""
    msh = message.header
    sender = senders.find(_parts(msh, 3), _parts(msh, 4))
    if sender is None:
        raise Refused("AR", Problem(103, "no sender is configured with this MSH-3 and MSH-4", "MSH", 1, 3))
    if sender.certificates and not (certificate or frozenset()) & set(sender.certificates):
        raise Refused(
            "AR", Problem(103, "this connection may not speak for the sender of MSH-3 and MSH-4", "MSH", 1, 3)
        )
    return sender


def _parts(msh: Segment, position: int) -> frozenset[str]:
    return frozenset(found for component in (1, 2) if (found := msh.value(position, component)))


def admit(message: Message, header: Header) -> None:
    """Raises Refused for what is not processed here."""
    msh = message.header
    kind, event = msh.value(9, 1), msh.value(9, 2)
    if not header.control_id:
        raise Refused("AE", Problem(101, "MSH-10 is empty", "MSH", 1, 10))
    if kind not in EVENTS:
        raise Refused("AR", Problem(200, "this message type is not handled here", "MSH", 1, 9))
    if event not in EVENTS[kind]:
        raise Refused("AR", Problem(201, "this event is not handled here", "MSH", 1, 9))
    if msh.value(11) not in ("P", "T", "D"):
        raise Refused("AR", Problem(202, "MSH-11 is none of P, T and D", "MSH", 1, 11))
    if not header.has_version:
        raise Refused("AR", Problem(203, "versions 2.1 to 2.9 are read here", "MSH", 1, 12))
    pid = message.first("PID")
    if pid is None:
        raise Refused("AE", Problem(100, "there is no PID", "PID", 1))
    if not any(part(repetition, pid.syntax) for repetition in pid.repetitions(3)):
        raise Refused("AE", Problem(101, "PID-3 holds no identifier", "PID", 1, 3))
    if len(message.all("PID")) > 1:
        raise Refused("AR", Problem(100, "there are several PID; send one message for each person", "PID", 2))


def refuse_too_much(message: Message, settings: Hl7Settings) -> None:
    """Raises Refused where a field that is read is longer, or repeated more often, than is allowed."""
    harmless = min(settings.max_repetitions, settings.max_field_chars)
    for segment in message.segments:
        if segment.name not in CHECKED:
            continue
        for position, raw in enumerate(segment.fields):
            if len(raw) < harmless:
                continue
            much, document = None, (segment.name, position) == _DOCUMENT
            if raw.count(segment.syntax.repetition) >= settings.max_repetitions and not (
                document and _is_text(segment)
            ):
                much = f"more than {settings.max_repetitions} repetitions"
            elif len(raw) > settings.max_field_chars and not document:
                much = f"more than {settings.max_field_chars} characters"
            if much is not None:
                raise Refused("AR", Problem(207, much, segment.name, segment.number, position))


def _is_text(obx: Segment) -> bool:
    return obx.value(2).upper() in _TEXTS


def acknowledgements(message: Message, sender: Sender | None, code: AckCode) -> list[AckCode]:
    """Which acknowledgements are due. One in original mode; in enhanced mode what MSH-15 and MSH-16 ask for.

    A value that table 0155 does not list is AL: one acknowledgement too many is passed over, a missing one waited for.
    """
    accept, application = message.header.value(15).upper(), message.header.value(16).upper()
    if sender is None or sender.acknowledgement == "original" or not (accept or application):
        return [code]
    asked = {"": False, "NE": False, "ER": code != "AA", "SU": code == "AA"}
    due: list[AckCode] = [_ACCEPT[code]] if asked.get(accept, True) else []
    return [*due, code] if asked.get(application, True) else due
