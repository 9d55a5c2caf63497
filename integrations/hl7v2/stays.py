"""PV1, PV2 and EVN: the stays or contacts a message is about.

Discharge is the moment that matters: A03, or an end (PV1-45) that has come. A13 takes a discharge back: the stay goes
on, and what was said of how it ended is void. A01 says that the person is there now, whatever fields an earlier stay
left filled. Class O, E and their like are contacts, whose end is no discharge, except where the sender is a prison or
an institution: leaving it counts whatever the class.
"""

from __future__ import annotations

from collections.abc import Sequence

from cds.dates import Interval
from cds.records.statements import Disposition, EncounterClass, EncounterStatement, EncounterStatus
from integrations.hl7v2.draft import Draft
from integrations.hl7v2.tokens import Message, Segment, part

_UNSAID = ("", "U", "N")
_OF_A_STAY = ("A01", "A03", "A13")
PREADMITTED = "P"
Stay = tuple[Segment | None, list[Segment]]
"""A PV1 and the PV2 that belong to it."""


def read_stays(draft: Draft, message: Message, event: str) -> bool:
    """Read every stay. True: the person has died, and nothing is assessed."""
    stays = _stays(message)
    if not stays and event in _OF_A_STAY:
        stays.append((None, list(message.all("PV2"))))
    elif not stays:
        for pv2 in message.all("PV2"):
            draft.note(pv2.place, "not_read")
    died = _died(draft, message.first("PID"))
    for pv1, _ in stays:
        died |= pv1 is not None and _died_there(draft, pv1, event)
    if died:
        return True
    for pv1, pv2s in stays:
        _read(draft, message, pv1, pv2s, event)
        if pv1 is not None and pv1.number > 1:
            draft.note(pv1.place, "all_read")
    return False


def _stays(message: Message) -> list[Stay]:
    """Each PV1 with the PV2 that follow it; those before the first PV1 are taken for its own."""
    pv2s: list[Segment] = []
    stays: list[Stay] = []
    for segment in message.segments:
        if segment.name == "PV1":
            pv2s = [] if stays else pv2s
            stays.append((segment, pv2s))
        elif segment.name == "PV2":
            pv2s.append(segment)
    return stays


def _died(draft: Draft, pid: Segment | None) -> bool:
    """PID-30, and a day in PID-29 that has come and that PID-30 does not deny."""
    if pid is None:
        return False
    said = pid.value(30).upper()
    when = draft.date(pid.value(29), f"{pid.place}-29")
    if when is not None and said == "N":
        draft.note(f"{pid.place}-29", "contradicted")
        return False
    return when is not None or said == "Y"


def _died_there(draft: Draft, pv1: Segment, event: str) -> bool:
    """Whether PV1-36 tells of a death that stands: no discharge that was cancelled, and no admission, can."""
    _, dead = draft.sender.outcome(pv1.value(36))
    if dead and event in ("A01", "A13"):
        draft.note(f"{pv1.place}-36", "withdrawn" if event == "A13" else "contradicted")
        return False
    return dead


def _units(pv1: Segment | None) -> list[str]:
    return [] if pv1 is None else [pv1.value(3, 1), pv1.value(3, 4), pv1.value(10)]


def _read(draft: Draft, message: Message, pv1: Segment | None, pv2s: Sequence[Segment], event: str) -> None:
    patient_class = "" if pv1 is None else pv1.value(2).upper()
    kind = draft.sender.unit(_units(pv1))
    stay = draft.sender.is_stay(patient_class, kind) or (event in _OF_A_STAY and patient_class in _UNSAID)
    if not stay:
        kind = EncounterClass.EMERGENCY if patient_class == "E" else EncounterClass.OUTPATIENT
    place = "EVN[1]" if pv1 is None else pv1.place
    planned = patient_class == PREADMITTED and event not in ("A01", "A03")
    start = None if pv1 is None else draft.date(pv1.value(44), f"{place}-44", may_lie_ahead=planned)
    end = None if pv1 is None else _end(draft, pv1, event)
    if end is not None and (planned or (event == "A01" and end.earliest <= draft.as_of)):
        draft.note(f"{place}-45", "contradicted")
        end = None
    status = EncounterStatus.IN_PROGRESS
    if planned:
        status = EncounterStatus.PLANNED
        start = start or _expected(draft, pv2s, 8)
    elif event == "A13":
        end = None
    elif event == "A03":
        if end is None:
            draft.note(f"{place}-45", "no_discharge_time")
            end = _of_event(draft, message)
        if end is None or end.earliest <= draft.as_of:
            status = EncounterStatus.FINISHED
    elif end is not None and end.earliest <= draft.as_of:
        status = EncounterStatus.FINISHED
    if start is not None and end is not None and end.latest < start.earliest:
        draft.note(f"{place}-44", "bad_date")
        start = None
    if status is EncounterStatus.IN_PROGRESS and end is None:
        end = _expected_end(draft, pv2s)
    disposition: Disposition | None = None
    if pv1 is not None and status is EncounterStatus.FINISHED:
        disposition, _ = draft.sender.outcome(pv1.value(36))
    fields = {"class": kind, "status": status, "start": start, "end": end, "disposition": disposition}
    draft.add(place, EncounterStatement, **fields)


def _end(draft: Draft, pv1: Segment, event: str) -> Interval | None:
    """PV1-45, which may be repeated: of several the last; where the person was discharged, the last that has come."""
    place = f"{pv1.place}-45"
    ends = _dates(draft, [pv1], 45)
    if len(ends) > 1:
        draft.note(place, "one_used")
    come = [end for end in ends if end.earliest <= draft.as_of]
    if event == "A03" and not come:
        return min(ends, key=lambda end: end.earliest, default=None)
    return max(come if event == "A03" else ends, key=lambda end: end.latest, default=None)


def _dates(draft: Draft, segments: Sequence[Segment], position: int) -> list[Interval]:
    """The different days of a field, its repetitions and those of other segments included."""
    found = [
        draft.date(part(repetition, segment.syntax), f"{segment.place}-{position}", may_lie_ahead=True)
        for segment in segments
        for repetition in segment.repetitions(position)
    ]
    return list(dict.fromkeys(when for when in found if when is not None))


def _of_event(draft: Draft, message: Message) -> Interval | None:
    """When the event happened, else when it was written down, else when the message was sent."""
    evn = message.first("EVN")
    if evn is not None:
        for position in (6, 2):
            when = draft.date(evn.value(position), f"EVN[1]-{position}")
            if when is not None:
                return when
    return draft.date(message.header.value(7), "MSH[1]-7")


def _expected(draft: Draft, pv2s: Sequence[Segment], position: int) -> Interval | None:
    """PV2-8 or PV2-9: when a stay is expected to begin or end; of several the next, else the last."""
    days = _dates(draft, pv2s, position)
    if len(days) > 1:
        draft.note(f"{pv2s[-1].place}-{position}", "one_used")
    ahead = [day for day in days if day.latest > draft.as_of]
    if ahead:
        return min(ahead, key=lambda day: day.earliest)
    return max(days, key=lambda day: day.latest, default=None)


def _expected_end(draft: Draft, pv2s: Sequence[Segment]) -> Interval | None:
    """PV2-9, where it has not passed."""
    end = _expected(draft, pv2s, 9)
    if end is not None and end.latest <= draft.as_of:
        draft.note(f"{pv2s[-1].place}-9", "passed")
        return None
    return end
