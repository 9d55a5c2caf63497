"""Codes that speak of one event, and what they add to it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds.assess import Assessor
from cds.records.content import Mapping
from cds.records.normalise import Normaliser
from tests.records.conftest import AS_OF, STATEMENTS, Read

HEROIN = {"kind": "condition", "system": "ICD-10", "code": "T40.1", "onset": "2026-11-02"}
CARE = Mapping.model_validate(
    {
        "id": "test-emergency",
        "encounter": "emergency",
        "kind": "encounter",
        "fact": "overdoses",
        "gives": {"detail": {"care": "yes"}},
        "requires": {"status": ["finished", "in_progress"]},
        "dated_by": ["start", "end"],
        "why": "Seen in an emergency department on the day of the overdose.",
        "basis": "local-consensus",
        "evidence": [{"source": "local-consensus", "locator": "a test"}],
    }
)


def overdoses(read: Read, *statements: dict[str, Any]) -> list[dict[str, Any]]:
    answer = read(list(statements)).facts.overdoses
    return [] if answer is None else [item.model_dump(mode="json", exclude_none=True) for item in answer.items]


@pytest.mark.parametrize(("day", "care"), [("2026-11-02", "yes"), ("2026-11-03", "yes"), ("2026-11-04", "unknown")])
def test_an_emergency_contact_at_the_time_of_an_overdose_is_care(day: str, care: str, reader: Assessor) -> None:
    records = reader.content.records
    assert records is not None
    file = records.mappings
    others = tuple(mapping for mapping in file.mappings if mapping.encounter != "emergency")
    changed = replace(records, mappings=file.model_copy(update={"mappings": (*others, CARE)}))
    normaliser = Normaliser(changed, reader.ruleset.vocabulary.including)
    said = STATEMENTS.validate_python([HEROIN, {"kind": "encounter", "class": "emergency", "start": day}])
    made = normaliser.normalise(said, (), AS_OF)
    assert made.facts.overdoses is not None
    assert [item.care for item in made.facts.overdoses.items] == [care]
    assert [line.reason for line in made.not_used] == ([] if care == "yes" else ["no_such_event"])


def test_a_cause_without_an_event_is_a_reason_to_ask(read: Read) -> None:
    cause = {"kind": "condition", "system": "ICD-10", "code": "X60", "onset": "2026-11-02"}
    made = read([cause], "overdoses")
    assert made.facts.overdoses is None


@pytest.mark.parametrize(
    ("other", "items"), [("2026-11-02", 1), ("2026-11-03", 1), ("2026-11-04", 2), ("2026-11", 2), (None, 2)]
)
def test_codes_of_one_day_or_the_next_are_one_overdose(other: str | None, items: int, read: Read) -> None:
    again = {name: value for name, value in HEROIN.items() if name != "onset"}
    assert len(overdoses(read, HEROIN, again | ({} if other is None else {"onset": other}))) == items


def test_days_in_a_row_are_not_all_one_overdose(read: Read) -> None:
    row = [HEROIN | {"onset": f"2026-11-0{day}"} for day in (1, 2, 3, 4)]
    assert [item["date"] for item in overdoses(read, *row)] == ["2026-11-04", "2026-11-02"]


@pytest.mark.parametrize(
    ("cause", "intent"), [("X42", "accident"), ("X62", "suicidal"), ("Y12", "unknown"), ("X6n", "suicidal")]
)
def test_a_cause_tells_what_was_meant(cause: str, intent: str, read: Read) -> None:
    (item,) = overdoses(read, HEROIN, HEROIN | {"code": cause})
    assert (item["substance"], item["intent"]) == ("opioid", intent)


def test_a_meant_overdose_outweighs_an_accident_of_the_same_day(read: Read) -> None:
    (item,) = overdoses(read, HEROIN, HEROIN | {"code": "X42"}, HEROIN | {"code": "X62"})
    assert item["intent"] == "suicidal"
