"""OBX: what was measured or asked. OBX-2 rules how OBX-5 is read, OBX-11 whether it stands."""

from __future__ import annotations

from collections.abc import Sequence

from cds.statements import ObservationStatement, ObservationStatus
from integrations.hl7v2 import coded
from integrations.hl7v2.decimals import plain
from integrations.hl7v2.draft import Draft
from integrations.hl7v2.tokens import Segment

_RANK = {"C": 3, "F": 2, "R": 1, "S": 1, "P": 1, "": 2}
_VOID = frozenset({"X", "W", "D"})
"""Cannot be had, wrong patient, deleted."""
_TEXT = frozenset({"TX", "FT", "ST", "ED", "RP"})
_STATUS = {"C": ObservationStatus.CORRECTED, "P": ObservationStatus.PRELIMINARY}


def read_observations(draft: Draft, all_obx: Sequence[Segment]) -> None:
    """All OBX of a message. Of several with one code and sub-id, a corrected one goes before a final, before others."""
    best: dict[tuple[str, str, str], int] = {}
    for obx in all_obx:
        key = _key(obx)
        best[key] = max(best.get(key, 0), _RANK.get(obx.value(11), 1))
    for obx in all_obx:
        status = obx.value(11)
        if status in _VOID:
            draft.note(f"{obx.place}-11", "withdrawn")
        elif _RANK.get(status, 1) < best[_key(obx)]:
            draft.note(f"{obx.place}-11", "superseded")
        else:
            _read(draft, obx, _STATUS.get(status, ObservationStatus.FINAL))


def _key(obx: Segment) -> tuple[str, str, str]:
    return obx.value(3), obx.value(3, 3), obx.raw(4)


def _read(draft: Draft, obx: Segment, status: ObservationStatus) -> None:
    place, kind = f"{obx.place}-5", obx.value(2).upper()
    code = coded.observation(obx, 3)
    if code is None:
        draft.note(f"{obx.place}-3", "no_code")
        return
    value = None
    if kind == "NM":
        value = plain(obx.value(5))
        if value is None and obx.value(5):
            draft.note(place, "not_a_number")
            return
    elif kind in _TEXT and obx.raw(5):
        draft.note(place, "text_only")
        return
    unit = obx.value(6) or None if value is not None else None
    when = draft.date(obx.value(14), f"{obx.place}-14")
    draft.add(
        place,
        ObservationStatement,
        system=code.system,
        code=code.code,
        status=status,
        value=value,
        unit=unit,
        date=when,
    )
