"""What a record says of the past is not denied, whatever became of the diagnosis or the medicine since."""

from __future__ import annotations

from typing import Any

import pytest

from cds.records.content import ValueSet
from cds.records.statements import Phase
from tests.records.conftest import Read
from tests.records.test_codes import is_denied, members, named, records

PAST = {"opioid_use_ever", "opioid_dependence_ever", "long_term_opioid_use"}
"""What was once stays so, whatever became of it."""
SAYS_NOTHING_OF_THE_PAST = {("rescue-naloxone", phase) for phase in ("prescribed", "dispensed", "stopped")}
"""Naloxone is for whoever may be beside somebody; that it was given to the person speaks of opioids."""


@pytest.mark.parametrize("value_set", records().value_sets.values(), ids=named)
def test_no_member_lets_what_it_says_of_the_past_be_denied_whatever_became_of_it(
    value_set: ValueSet, read: Read
) -> None:
    by_kind = {
        (mapping.kind, mapping.fact)
        for mapping in records().mappings.mappings
        if mapping.set == value_set.id and mapping.fact in PAST
    }
    denied = [
        (fact, said)
        for kind, fact in by_kind
        for of_set, system, code in members()
        if of_set is value_set and (kind == "medication") == (system == "atc")
        for said in whatever_became_of(kind, system, code)
        if (value_set.id, said.get("phase")) not in SAYS_NOTHING_OF_THE_PAST and is_denied(read, fact, [said])
    ]
    assert denied == []


def whatever_became_of(kind: str, system: str, code: str) -> list[dict[str, Any]]:
    """A diagnosis or a medicine of long ago, of every status and phase in which it stands."""
    said = {"kind": kind, "system": system, "code": code}
    if kind == "condition":
        return [said | {"status": status, "recorded": "2019-03-01"} for status in ("active", "resolved", "history")]
    return [
        said | {"status": status, "phase": phase} | dates
        for status in ("active", "completed", "stopped")
        for phase in Phase
        for dates in ({}, {"end": "2019-03-01"}, {"start": "2019-01-01", "end": "2019-03-01"})
    ]
