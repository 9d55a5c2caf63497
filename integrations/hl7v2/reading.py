"""A message as statements: what the rules need to know of it, each with its place in the message. Pure.

Every segment is offered to its reader, and those that have none are told of. Nothing is ever said to be complete: a
message tells what it tells, and what it does not is unknown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from cds.answers import Quantity, State
from cds.facts import Facts
from cds.records.statements import Statement
from integrations.hl7v2 import diagnoses, medicines, observations
from integrations.hl7v2.draft import Draft, Note, NoteReason
from integrations.hl7v2.profiles import Sender
from integrations.hl7v2.stays import read_stays
from integrations.hl7v2.times import day
from integrations.hl7v2.tokens import Message, Segment, part

_ENVELOPE = frozenset({"MSH", "EVN", "PID", "PV1", "PV2", "SFT", "TXA", "DSC"})
"""Read elsewhere, or about the message itself."""
_ONCE = frozenset({"MSH", "EVN", "PID"})
"""Of these the first is read, and others are told of."""
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
    draft = Draft(today, sender)
    draft.as_of = _as_of(draft, message, event, today)
    taken: dict[str, list[Segment]] = {"conditions": [], "orders": [], "observations": []}
    for segment in message.segments:
        draft.offered[segment.name] += 1
        if segment.name in diagnoses.NAMES:
            taken["conditions"].append(segment)
        elif segment.name in observations.NAMES:
            taken["observations"].append(segment)
        elif segment.name in medicines.NAMES:
            taken["orders"].append(segment)
        elif segment.name not in _ENVELOPE:
            draft.unread[segment.name] += 1
        elif segment.number > 1 and segment.name in _ONCE:
            draft.note(segment.place, "not_read")
    diagnoses.read_conditions(draft, taken["conditions"])
    medicines.read_medicines(draft, taken["orders"])
    observations.read_observations(draft, taken["observations"])
    died = read_stays(draft, message, event)
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


def _as_of(draft: Draft, message: Message, event: str, today: date) -> date:
    """The day the message speaks of: the latest whole day among when it was sent, when it was written down and when
    the stays began or ended, none of them later than today.

    So a message that waited in a queue is assessed at its own day, and the same message gives the same answer. A stay
    may have begun, or ended, long before anybody wrote: where a message says of itself no day at all, and tells of no
    discharge, it is assessed today, and that is told.
    """
    said: list[date] = []
    for segment, position in ((message.header, 7), (message.first("EVN"), 2), (message.first("EVN"), 6)):
        when = None if segment is None else draft.date(segment.value(position), f"{segment.place}-{position}")
        if when is not None and when.earliest == when.latest:
            said.append(when.earliest)
    stays = message.all("PV1")
    ends = [] if event == "A13" else _days(stays, 45, today)
    if not said and not (event == "A03" and ends):
        draft.note("MSH[1]-7", "no_day")
        return today
    return max([*said, *ends, *_days(stays, 44, today)])


def _days(segments: Iterable[Segment], position: int, today: date) -> list[date]:
    """The whole days of a field in all its repetitions, none later than today."""
    return [
        found
        for segment in segments
        for repetition in segment.repetitions(position)
        if (found := day(part(repetition, segment.syntax))) is not None and found <= today
    ]


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
