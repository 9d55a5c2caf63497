"""DG1 and PRB: diagnoses and problems as condition statements."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from cds.records.statements import ConditionStatement, ConditionStatus
from integrations.hl7v2 import coded
from integrations.hl7v2.draft import Draft
from integrations.hl7v2.tokens import Segment, part

NAMES = frozenset({"DG1", "PRB"})
_OVER = frozenset({"RESOLVED", "INACTIVE", "R", "I", "CLOSED", "ENDED", "COMPLETED"})
_HISTORY = frozenset({"HISTORY", "HISTORICAL", "H"})
_REFUTED = frozenset(
    {
        "RULED OUT", "RULEDOUT", "REFUTED", "EXCLUDED", "NOT PRESENT", "KNOWN ABSENT", "AVKREFTET", "AVKREFTA",
        "UTELUKKET", "UTELUKKA",
    }
)  # fmt: skip
"""PRB-13 and PRB-14 leave their words to the sites; these are the ones in use. Anything else stands as active."""
_ACTION = {"DG1": (21, "D"), "PRB": (1, "DE")}
"""Where a segment says what is done, and the word that takes it back."""
_CODE = 3
_INSTANCE = {"DG1": 20, "PRB": 4}
"""Where a segment says which of several entries of one code it is about."""


def read_conditions(draft: Draft, segments: Sequence[Segment]) -> None:
    """All DG1 and PRB of a message, in order. What is taken back later in the message does not stand."""
    taken_back = _TakenBack()
    lost: set[int] = set()
    for index in range(len(segments) - 1, -1, -1):
        segment = segments[index]
        position, word = _ACTION[segment.name]
        if segment.value(position).upper() == word:
            taken_back.add(segment)
            lost.add(index)
        elif segment in taken_back:
            lost.add(index)
    for index, segment in enumerate(segments):
        _READERS[segment.name](draft, segment, index in lost)


class _TakenBack:
    """Entries that are taken back: known by their number where both sides have one, else by their code."""

    def __init__(self) -> None:
        self._numbers: set[tuple[str, str]] = set()
        self._codes: set[tuple[str, str]] = set()
        self._codes_alone: set[tuple[str, str]] = set()

    def add(self, segment: Segment) -> None:
        number, code = self._of(segment)
        self._codes.add(code)
        if number[1]:
            self._numbers.add(number)
        else:
            self._codes_alone.add(code)

    def __contains__(self, segment: Segment) -> bool:
        number, code = self._of(segment)
        if number[1] and number in self._numbers:
            return True
        return code[1] != "" and code in (self._codes_alone if number[1] else self._codes)

    @staticmethod
    def _of(segment: Segment) -> tuple[tuple[str, str], tuple[str, str]]:
        number = segment.value(_INSTANCE[segment.name])
        return (segment.name, number), (segment.name, segment.value(_CODE).upper())


def _diagnosis(draft: Draft, dg1: Segment, withdrawn: bool) -> None:
    """DG1: code in 3 (its system, or in 2), day in 5, which entry in 20; 21 says D where it is taken back."""
    status = ConditionStatus.ENTERED_IN_ERROR if withdrawn else ConditionStatus.ACTIVE
    recorded = draft.date(dg1.value(5), f"{dg1.place}-5")
    _add(draft, dg1, dg1.value(2), status=status, recorded=recorded)


def _problem(draft: Draft, prb: Segment, withdrawn: bool) -> None:
    """PRB: action in 1 (DE takes it back), code in 3, which entry in 4, established 7, resolved 9, confirmed or not 13,
    life cycle 14, onset 16."""
    ended = draft.date(prb.value(9), f"{prb.place}-9")
    words = set(_words(prb, 13)) | set(_words(prb, 14))
    if withdrawn:
        status = ConditionStatus.ENTERED_IN_ERROR
    elif words & _REFUTED:
        status = ConditionStatus.REFUTED
    elif ended is not None or words & _OVER:
        status = ConditionStatus.RESOLVED
    elif words & _HISTORY:
        status = ConditionStatus.HISTORY
    else:
        status = ConditionStatus.ACTIVE
    onset = draft.date(prb.value(16), f"{prb.place}-16")
    recorded = draft.date(prb.value(7), f"{prb.place}-7")
    _add(draft, prb, "", status=status, onset=onset, recorded=recorded)


def _words(segment: Segment, position: int) -> Iterator[str]:
    for repetition in segment.repetitions(position):
        for component in (1, 2, 4, 5):
            yield " ".join(
                part(repetition, segment.syntax, component).upper().replace("_", " ").replace("-", " ").split()
            )


_READERS = {"DG1": _diagnosis, "PRB": _problem}


def _add(draft: Draft, segment: Segment, elsewhere: str, **fields: Any) -> None:
    place = f"{segment.place}-{_CODE}"
    codes = coded.diagnoses(segment, _CODE, elsewhere, draft.sender.diagnosis_system)
    if not codes:
        draft.note(place, "no_code")
    for code in codes:
        draft.add(place, ConditionStatement, system=code.system, code=code.code, **fields)
    if fields["status"] is ConditionStatus.ENTERED_IN_ERROR and codes:
        draft.note(place, "withdrawn")
