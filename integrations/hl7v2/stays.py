"""PV1, PV2 and EVN: the stay or contact a message is about.

Discharge is the moment that matters: A03, or an end (PV1-45) that has come. A13 takes a discharge back: the stay goes
on. Class O, E and their like are contacts, whose end is no discharge, except where the sender is a prison or an
institution: leaving it counts whatever the class.
"""

from __future__ import annotations

from cds.dates import Interval
from cds.statements import Disposition, EncounterClass, EncounterStatement, EncounterStatus
from integrations.hl7v2.draft import Draft
from integrations.hl7v2.tokens import Message, Segment

_UNSAID = ("", "U", "N")
_OF_A_STAY = ("A01", "A03", "A13")
PREADMITTED = "P"


def read_stay(draft: Draft, message: Message, event: str) -> bool:
    """Read the stay. True: the person has died, and nothing is assessed."""
    pv1, pid = message.first("PV1"), message.first("PID")
    died = pid is not None and (pid.value(30).upper() == "Y" or bool(pid.value(29)))
    if pv1 is None and event not in _OF_A_STAY:
        return died
    disposition, dead_by_disposition = draft.sender.outcome("" if pv1 is None else pv1.value(36))
    if died or dead_by_disposition:
        return True
    patient_class = "" if pv1 is None else pv1.value(2).upper()
    kind = draft.sender.unit(_units(pv1))
    stay = draft.sender.is_stay(patient_class, kind) or (event in _OF_A_STAY and patient_class in _UNSAID)
    if not stay:
        kind = EncounterClass.EMERGENCY if patient_class == "E" else EncounterClass.OUTPATIENT
    _add(draft, message, pv1, event, kind=kind, disposition=disposition, planned=patient_class == PREADMITTED)
    return False


def _units(pv1: Segment | None) -> list[str]:
    return [] if pv1 is None else [pv1.value(3, 1), pv1.value(3, 4), pv1.value(10)]


def _add(
    draft: Draft,
    message: Message,
    pv1: Segment | None,
    event: str,
    *,
    kind: EncounterClass,
    disposition: Disposition | None,
    planned: bool,
) -> None:
    place = "EVN[1]" if pv1 is None else pv1.place
    planned = planned and event not in ("A01", "A03")
    start = None if pv1 is None else draft.date(pv1.value(44), f"{place}-44", may_lie_ahead=planned)
    end = None if pv1 is None else draft.date(pv1.value(45), f"{place}-45", may_lie_ahead=True)
    if start is not None and end is not None and end.latest < start.earliest:
        draft.note(f"{place}-44", "bad_date")
        start = None
    status = EncounterStatus.IN_PROGRESS
    if planned:
        status, end = EncounterStatus.PLANNED, None
        start = start or _expected(draft, message, 8)
    elif event == "A13":
        end, disposition = None, None
    elif event == "A03":
        if end is None:
            draft.note(f"{place}-45", "no_discharge_time")
            end = _of_event(draft, message)
        if end is None or end.earliest <= draft.as_of:
            status = EncounterStatus.FINISHED
        if start is not None and end is not None and end.latest < start.earliest:
            start = None
    elif end is not None and end.earliest <= draft.as_of:
        status = EncounterStatus.FINISHED
    if status is EncounterStatus.IN_PROGRESS and end is None:
        end = _expected(draft, message, 9)
        if end is not None and end.latest <= draft.as_of:
            end = None
    ended = status is EncounterStatus.FINISHED
    fields = {"class": kind, "status": status, "start": start, "end": end}
    draft.add(place, EncounterStatement, **fields, disposition=disposition if ended else None)


def _of_event(draft: Draft, message: Message) -> Interval | None:
    """When the event happened, else when it was written down, else when the message was sent."""
    evn = message.first("EVN")
    if evn is not None:
        for position in (6, 2):
            when = draft.date(evn.value(position), f"EVN[1]-{position}")
            if when is not None:
                return when
    return draft.date(message.header.value(7), "MSH[1]-7")


def _expected(draft: Draft, message: Message, position: int) -> Interval | None:
    """PV2-8 or PV2-9: when a stay is expected to begin or end."""
    pv2 = message.first("PV2")
    return None if pv2 is None else draft.date(pv2.value(position), f"{pv2.place}-{position}", may_lie_ahead=True)
