"""A message as statements: what the rules need to know of it, each with its place in the message. Pure.

Every segment is offered to its reader, and those that have none are told of. Nothing is ever said to be complete: a
message tells what it tells, and what it does not is unknown.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cds.answers import Quantity, State
from cds.facts import Facts
from cds.statements import Statement
from integrations.hl7v2.diagnoses import read_diagnosis, read_problem
from integrations.hl7v2.draft import Draft, Note, NoteReason
from integrations.hl7v2.medicines import NAMES, read_medicines
from integrations.hl7v2.observations import read_observations
from integrations.hl7v2.profiles import Sender
from integrations.hl7v2.stays import read_stay
from integrations.hl7v2.times import day
from integrations.hl7v2.tokens import Message, Segment

_ENVELOPE = frozenset({"MSH", "EVN", "PID", "PV1", "PV2", "OBR", "SFT", "TXA", "DSC"})
"""Read elsewhere, or about the message itself."""
_UNREAD: dict[str, NoteReason] = {"AL1": "no_risk_factor", "NTE": "text_only"}
_CORRECTIONS = frozenset({"A08", "A13"})


@dataclass(frozen=True, slots=True)
class Reading:
    """What one message says."""

    event: str
    """MSH-9.2."""
    as_of: date
    facts: Facts
    """The age, which no statement can tell."""
    statements: tuple[Statement, ...]
    places: tuple[str, ...]
    """Where each statement stands."""
    notes: tuple[Note, ...]
    died: bool
    offered: Counter[str]

    @property
    def corrects(self) -> bool:
        """Whether its answer replaces an earlier one."""
        return self.event in _CORRECTIONS

    @property
    def retracts(self) -> bool:
        """Whether it takes a discharge back."""
        return self.event == "A13"


def read(message: Message, sender: Sender, today: date) -> Reading:
    """Read a message. `today` is the latest day it can speak of."""
    event = message.header.value(9, 2)
    draft = Draft(_as_of(message, event, today), sender)
    of_orders: list[Segment] = []
    observations: list[Segment] = []
    for segment in message.segments:
        draft.offered[segment.name] += 1
        if segment.name == "DG1":
            read_diagnosis(draft, segment)
        elif segment.name == "PRB":
            read_problem(draft, segment)
        elif segment.name == "OBX":
            observations.append(segment)
        elif segment.name in NAMES:
            of_orders.append(segment)
        elif segment.name not in _ENVELOPE:
            draft.unread[segment.name] += 1
    read_medicines(draft, of_orders)
    read_observations(draft, observations)
    died = read_stay(draft, message, event)
    if event == "A13" and not visit_number(message):
        draft.note("PV1[1]-19", "no_visit_number")
    for name, count in sorted(draft.unread.items()):
        draft.notes.append(Note(name, _UNREAD.get(name, "not_read"), count))
    return Reading(
        event=event,
        as_of=draft.as_of,
        facts=_age(message, draft),
        statements=tuple(draft.statements),
        places=tuple(draft.places),
        notes=tuple(draft.notes),
        died=died,
        offered=draft.offered,
    )


def visit_number(message: Message) -> str:
    """PV1-19 as it was sent: number and assigner."""
    pv1 = message.first("PV1")
    return "" if pv1 is None else "^".join(filter(None, (pv1.value(19, 1), pv1.value(19, 4), pv1.value(19, 4, 2))))


def _as_of(message: Message, event: str, today: date) -> date:
    """The day the message speaks of: the latest whole day among when it was sent, when it was written down and when
    the stay began or ended, none of them later than today; today where it names none.

    So a message that waited in a queue is assessed at its own day, and the same message gives the same answer.
    """
    texts = [message.header.value(7)]
    evn, pv1 = message.first("EVN"), message.first("PV1")
    if evn is not None:
        texts += [evn.value(2), evn.value(6)]
    if pv1 is not None:
        texts += [pv1.value(44), "" if event == "A13" else pv1.value(45)]
    days = [found for text in texts if text and (found := day(text)) is not None and found <= today]
    return max(days, default=today)


def _age(message: Message, draft: Draft) -> Facts:
    pid = message.first("PID")
    if pid is None or not draft.sender.assess_age or not pid.value(7):
        return Facts()
    born = day(pid.value(7))
    if born is None or born > draft.as_of:
        draft.note("PID[1]-7", "bad_date")
        return Facts()
    had_birthday = (draft.as_of.month, draft.as_of.day) >= (born.month, born.day)
    years = draft.as_of.year - born.year - (not had_birthday)
    return Facts(age=Quantity(state=State.YES, value=Decimal(years)))
