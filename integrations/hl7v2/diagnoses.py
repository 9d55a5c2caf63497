"""DG1 and PRB: diagnoses and problems as condition statements."""

from __future__ import annotations

from typing import Any

from cds.statements import ConditionStatement, ConditionStatus
from integrations.hl7v2 import coded
from integrations.hl7v2.draft import Draft
from integrations.hl7v2.tokens import Segment

_OVER = frozenset({"RESOLVED", "INACTIVE", "R", "I", "CLOSED", "ENDED", "COMPLETED"})
_HISTORY = frozenset({"HISTORY", "HISTORICAL", "H"})
"""PRB-13 and PRB-14 leave their words to the sites; these are the ones in use. Anything else stands as active."""


def read_diagnosis(draft: Draft, dg1: Segment) -> None:
    """DG1: code in 3 (its system, or in 2), day in 5; 21 says D where it is taken back."""
    status = ConditionStatus.ENTERED_IN_ERROR if dg1.value(21).upper() == "D" else ConditionStatus.ACTIVE
    recorded = draft.date(dg1.value(5), f"{dg1.place}-5")
    _add(draft, dg1, 3, dg1.value(2), status=status, recorded=recorded)


def read_problem(draft: Draft, prb: Segment) -> None:
    """PRB: action in 1 (DE takes it back), code in 3, established 7, resolved 9, life cycle 14, onset 16."""
    ended = draft.date(prb.value(9), f"{prb.place}-9")
    words = {prb.value(at, component).upper() for at in (13, 14) for component in (1, 2)}
    if prb.value(1).upper() == "DE":
        status = ConditionStatus.ENTERED_IN_ERROR
    elif ended is not None or words & _OVER:
        status = ConditionStatus.RESOLVED
    elif words & _HISTORY:
        status = ConditionStatus.HISTORY
    else:
        status = ConditionStatus.ACTIVE
    onset = draft.date(prb.value(16), f"{prb.place}-16")
    recorded = draft.date(prb.value(7), f"{prb.place}-7")
    _add(draft, prb, 3, "", status=status, onset=onset, recorded=recorded)


def _add(draft: Draft, segment: Segment, position: int, elsewhere: str, **fields: Any) -> None:
    place = f"{segment.place}-{position}"
    codes = coded.diagnoses(segment, position, elsewhere, draft.sender.diagnosis_system)
    if not codes:
        draft.note(place, "no_code")
    for code in codes:
        draft.add(place, ConditionStatement, system=code.system, code=code.code, **fields)
    if fields["status"] is ConditionStatus.ENTERED_IN_ERROR and codes:
        draft.note(place, "withdrawn")
