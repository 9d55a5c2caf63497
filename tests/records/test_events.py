"""Codes that speak of one event, and what they add to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from cds.assess import Assessor
from cds.facts import Facts
from cds.records.content import Mapping
from cds.records.normalise import Normaliser
from tests.records.conftest import AS_OF, STATEMENTS, Ask, Read

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


def test_harm_of_unclear_intent_outweighs_an_accident(read: Read) -> None:
    (item,) = overdoses(read, HEROIN, HEROIN | {"code": "X42"}, HEROIN | {"code": "Y12"})
    assert item["intent"] == "unknown"


def coded(code: str, onset: str | None = None, **said: str) -> dict[str, Any]:
    condition = {"kind": "condition", "system": "ICD-10", "code": code}
    return condition | ({} if onset is None else {"onset": onset}) | said


@pytest.mark.parametrize(
    ("dates", "whole", "most"),
    [
        (("2026-10-03", "2026-10-25"), True, 2),
        (("2026-10-03", "2026-10-03"), True, 1),
        (("2026-10", "2026-10"), False, 2),
        ((None, None), False, 2),
        (("2026-10",), True, 1),
        ((None,), True, 1),
    ],
)
def test_overdoses_written_without_a_day_may_be_one_or_several(
    dates: tuple[str | None, ...], whole: bool, most: int, ask: Ask, reader: Assessor
) -> None:
    told = ask([coded("T40.1", day) for day in dates], "overdoses", open_=("opioid_use_ever",))["facts"]["overdoses"]
    assert told.get("complete", True) is whole
    person = reader.decide(Facts.model_validate({"overdoses": told}), AS_OF).person
    assert person.at_least("overdoses_in_a_year")[1] >= most


def test_stays_of_one_kind_are_whole_though_no_day_tells_them_apart(read: Read) -> None:
    stay = {"kind": "encounter", "class": "prison", "end": "2026-10"}
    transitions = read([stay, stay], "transitions").facts.transitions
    assert transitions is not None
    assert (len(transitions.items), transitions.complete) == (1, None)


@pytest.mark.parametrize(
    ("overdose", "cause", "intent"),
    [
        (coded("T40.1", "2026-10-02"), coded("X40", "2026-10-03"), "accident"),
        (coded("T40.1", "2026-10-02"), coded("X40", "2026-10-20"), "unknown"),
        *((coded("T40.1", day), coded("X42", day), "unknown") for day in ("2026-10", "2026", None)),
        *((coded("T40.1", day), coded("X40", day), "unknown") for day in ("2026-10", "2026", None)),
        *((coded("T40.1", day), coded("X62", day), "suicidal") for day in ("2026-10", "2026", None)),
        *((coded("T40.1", day), coded("X60", day), "suicidal") for day in ("2026-10", "2026", None)),
        (coded("X42", "2026-10"), coded("Z03"), "accident"),
        (coded("T40.1", "2026-11-02"), coded("X42", status="history", recorded="2026-11-02"), "unknown"),
        (coded("T40.1", "2026-11-02"), coded("X42", "2026-11-02", status="history"), "accident"),
        (
            coded("T40.1", status="history", recorded="2026-11-02"),
            coded("X62", status="history", recorded="2026-11-02"),
            "suicidal",
        ),
    ],
)
@pytest.mark.parametrize("order", [1, -1])
def test_a_cause_that_may_be_of_another_overdose_never_makes_one_milder(
    overdose: dict[str, Any], cause: dict[str, Any], intent: str, order: int, ask: Ask
) -> None:
    told = ask([overdose, cause][::order], "overdoses", open_=("opioid_use_ever",))["facts"]["overdoses"]
    opioid = [item for item in told["items"] if item.get("substance") == "opioid"] or told["items"]
    assert [item.get("intent", "unknown") for item in opioid] == [intent]


def test_a_cause_between_two_overdoses_makes_neither_milder(ask: Ask) -> None:
    record = [coded("T40.1", "2026-10-02"), coded("X40", "2026-10-03"), coded("T40.1", "2026-10-04")]
    assessment = ask(record, "overdoses", open_=("opioid_use_ever",))
    told = assessment["facts"]["overdoses"]
    assert {item.get("intent", "unknown") for item in told["items"]} == {"unknown"}
    assert told["complete"] is False
    assert [(line["statement"], line["reason"]) for line in assessment["not_used"]] == [(1, "date_unclear")]


def test_what_speaks_of_an_overdose_too_many_is_named_with_it(read: Read) -> None:
    days = [(AS_OF - timedelta(4 * place)).isoformat() for place in range(260)]
    codes = [coded(code, day) for day in days for code in ("T40.5", "X40")]
    made = read([*codes, *({"kind": "encounter", "class": "emergency", "start": day} for day in days)], "overdoses")
    assert [line.reason for line in made.not_used] == ["too_many"] * 180
    used = {place for places in made.origins.values() for place in places}
    assert used | {line.statement for line in made.not_used} == set(range(780))
