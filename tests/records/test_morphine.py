"""How a dose came about is told in the answer: what counted, with which ratio, by which table, and what did not."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console

from cds.assess import Assessor
from cds.facts import Facts
from cds.note import Note
from cds.readable import print_answer
from tests.records.conftest import AS_OF, STATEMENTS

TODAY = date(2026, 11, 22)
PAIN = {"system": "ICD-10", "code": "R52.2"}
NOT_CANCER = {"active_cancer_or_palliative": "no"}


def medicine(code: str, value: str = "10", per_day: str | None = "3", **said: Any) -> dict[str, Any]:
    dose = {"value": value, "unit": "mg", "route": "oral"} | ({} if per_day is None else {"per_day": per_day})
    return {"kind": "medication", "system": "ATC", "code": code, "start": "2026-11-10", "dose": dose} | said


MORPHINE = medicine("N02AA01", "100")
UNCLEAR = medicine("N02AA05", per_day=None)


def ask(caller: TestClient, *statements: dict[str, Any], **sent: Any) -> Any:
    answer = caller.post("/v1/assessments", json={"as_of": "2026-11-20", "statements": list(statements)} | sent)
    assert answer.status_code == 200, answer.text
    return answer.json()["assessment"]


def points(assessment: Any) -> tuple[int, int]:
    return assessment["points"]["at_least"], assessment["points"]["at_most"]


def test_the_answer_tells_how_the_dose_came_about(caller: TestClient, reader: Assessor) -> None:
    assert reader.content.records is not None
    table = reader.content.records.omeq
    omeq = ask(caller, medicine("N02AA05", "10", "3"), medicine("N02BE01"))["omeq"]
    (line,) = omeq.pop("counted")
    assert omeq == {
        "table": table.name,
        "version": table.version,
        "low": "39",
        "value": "45",
        "high": "60",
        "not_computable": [],
        "agonist_treatment": [],
    }
    assert line == {
        "drug": "N02AA05",
        "label": "oksykodon, alene eller oksykodonet i en kombinasjon",
        "route": "oral",
        "mg_per_day": "30",
        "ratio": "1.5",
        "low": "39",
        "value": "45",
        "high": "60",
        "statements": [0],
    }


def test_it_holds_neither_floats_nor_nulls(caller: TestClient) -> None:
    def leaves(value: Any) -> Iterator[Any]:
        parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else None
        if parts is None:
            yield value
        for part in parts or ():
            yield from leaves(part)

    told = ask(caller, MORPHINE, UNCLEAR, medicine("N07BC02"))["omeq"]
    assert {type(leaf) for leaf in leaves(told)} == {str, int}


def test_a_known_dose_beside_an_unclear_one_is_a_lower_bound(caller: TestClient) -> None:
    assessment = ask(caller, MORPHINE, UNCLEAR, facts=NOT_CANCER)
    assert assessment["facts"]["omeq_mg_per_day"] == {"state": "yes", "value": "300", "at_least": True}
    omeq = assessment["omeq"]
    assert omeq["at_least"] == "300"
    assert not {"low", "value", "high"} & omeq.keys()
    assert [(line["drug"], line["reason"], line["statements"]) for line in omeq["not_computable"]] == [
        ("N02AA05", "missing_per_day", [1])
    ]
    assert assessment["not_used"] == [{"statement": 1, "reason": "dose_not_computable", "fact": "omeq_mg_per_day"}]
    alone, unclear = ask(caller, MORPHINE, facts=NOT_CANCER), ask(caller, UNCLEAR, facts=NOT_CANCER)
    assert points(assessment)[0] == points(alone)[0] > points(unclear)[0]
    assert points(assessment)[1] == points(unclear)[1]


def test_a_small_known_dose_beside_an_unclear_one_may_be_a_large_one_and_is_asked(
    caller: TestClient, reader: Assessor
) -> None:
    small = medicine("N02AA01", "10")
    alone, both = ask(caller, small, facts=NOT_CANCER), ask(caller, small, UNCLEAR, facts=NOT_CANCER)
    assert points(both)[0] == points(alone)[0]
    assert points(both)[1] > points(alone)[1]
    read = Facts.model_validate(both["facts"])
    assert reader.decide(read, AS_OF).person.is_open("omeq_mg_per_day")
    large = ask(caller, MORPHINE, UNCLEAR, facts=NOT_CANCER)
    assert not reader.decide(Facts.model_validate(large["facts"]), AS_OF).person.is_open("omeq_mg_per_day")


def test_a_lower_bound_is_replayed_from_the_facts_of_its_answer(caller: TestClient) -> None:
    first = ask(caller, MORPHINE, UNCLEAR, facts=NOT_CANCER)
    again = ask(caller, facts=first["facts"])
    assert again["facts"] == first["facts"]
    assert (again["level"], again["points"]) == (first["level"], first["points"])


@pytest.mark.parametrize(
    ("sent", "used", "conflict"),
    [
        ({"value": "400"}, {"state": "yes", "value": "400"}, False),
        ({"value": "300"}, {"state": "yes", "value": "300"}, False),
        ({"value": "50"}, {"state": "yes", "value": "300", "at_least": True}, True),
        ({"value": "50", "at_least": True}, {"state": "yes", "value": "300", "at_least": True}, False),
        ({"value": "350", "at_least": True}, {"state": "yes", "value": "350", "at_least": True}, False),
    ],
)
def test_what_is_answered_fills_what_the_record_leaves_open(
    sent: dict[str, Any], used: dict[str, Any], conflict: bool, caller: TestClient
) -> None:
    assessment = ask(caller, MORPHINE, UNCLEAR, facts={"omeq_mg_per_day": {"state": "yes"} | sent})
    assert assessment["facts"]["omeq_mg_per_day"] == used
    assert ("conflicts" in assessment) is conflict
    if conflict:
        (line,) = assessment["conflicts"]
        assert (line["sent"], line["derived"], line["used"]) == ("50", "≥ 300", "≥ 300")


@pytest.mark.parametrize("answer", [{"state": "no"}, {"state": "unknown"}, {"state": "yes", "value": "0"}])
def test_nothing_is_no_lower_bound(answer: dict[str, Any], caller: TestClient) -> None:
    sent = {"as_of": "2026-11-20", "facts": {"omeq_mg_per_day": answer | {"at_least": True}}}
    refused = caller.post("/v1/assessments", json=sent)
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["path"].startswith("/facts/omeq_mg_per_day")


OPIOIDS = ("N02AA01", "N02AA05", "N02AX02", "N02AA04")
SUPPLIES = st.builds(
    medicine,
    st.sampled_from(OPIOIDS),
    st.sampled_from(("5", "10", "40", "100")),
    st.sampled_from((None, "1", "3")),
    phase=st.sampled_from(("prescribed", "dispensed", "administered")),
    start=st.sampled_from(("2026-10-25", "2026-11-10")),
    days_supply=st.just(30),
)


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(record=st.lists(SUPPLIES, min_size=1, max_size=4), drawn=st.data())
def test_an_unclear_dose_beside_others_lowers_no_bound(record: list[Any], drawn: Any, reader: Assessor) -> None:
    """Neither adding one of another medicine without times a day, nor taking them out of one that no other tells."""
    more = [*record, medicine("N02AA03", per_day=None)]
    before, after = _bounds(reader, record), _bounds(reader, more)
    assert all(then >= now for now, then in zip(before, after, strict=True))
    place = drawn.draw(st.integers(0, len(record) - 1))
    told = [(said["code"], said["dose"]["value"]) for said in record if said["phase"] != record[place]["phase"]]
    if (record[place]["code"], record[place]["dose"]["value"]) in told:
        return
    vague = [*record]
    vague[place] = record[place] | {"dose": {k: v for k, v in record[place]["dose"].items() if k != "per_day"}}
    assert _bounds(reader, vague)[1] >= _bounds(reader, record)[1]


def _bounds(reader: Assessor, record: list[Any]) -> tuple[int, int]:
    read = reader.reader.read(Facts.model_validate(NOT_CANCER), STATEMENTS.validate_python(record), (), AS_OF)
    decision = reader.decide(read.facts.model_copy(update={"opioid_dose_reduced": None}), AS_OF)
    return decision.low.total, decision.high.total


def test_methadone_is_agonist_treatment_unless_it_was_given_for_pain(caller: TestClient) -> None:
    treatment = ask(caller, medicine("N07BC02", "60", "1"))
    assert treatment["facts"]["agonist_treatment"]["state"] == "yes"
    assert "omeq_mg_per_day" not in treatment["facts"]
    assert treatment["omeq"]["agonist_treatment"] == ["N07BC02"]
    for_pain = ask(caller, medicine("N07BC02", "60", "1", indication=PAIN), complete=["agonist_treatment"])
    assert "agonist_treatment" not in for_pain["facts"]
    assert for_pain["facts"]["omeq_mg_per_day"]["value"] == "600"
    assert for_pain["facts"]["prescribed_opioid"]["state"] == "yes"
    assert (for_pain["omeq"]["low"], for_pain["omeq"]["agonist_treatment"]) == ("480", [])


@pytest.mark.parametrize(
    "indication",
    [{"system": "ICD-10", "code": "F11.2"}, {"system": "ICD-10", "code": "F19.2"}, {"system": "ICPC-2", "code": "P19"}],
)
def test_an_indication_that_is_dependence_changes_nothing(indication: dict[str, str], caller: TestClient) -> None:
    plain, told = ask(caller, medicine("N07BC02")), ask(caller, medicine("N07BC02", indication=indication))
    assert plain["facts"] == told["facts"]


@pytest.mark.parametrize(
    ("days", "sent", "sure"),
    [
        (0, {}, True),
        (90, {}, True),
        (91, {}, False),
        (4_000, {}, False),
        (4_000, {"end": "2027-01-01"}, True),
        (59, {"days_supply": 60}, True),
        (60, {"days_supply": 60}, False),
        (None, {}, False),
    ],
)
def test_an_order_without_an_end_is_sure_for_ninety_days_from_its_start(
    days: int | None, sent: dict[str, Any], sure: bool, caller: TestClient
) -> None:
    order = medicine("N07BC51") | sent
    del order["start"]
    if days is not None:
        order["start"] = (AS_OF - timedelta(days)).isoformat()
    facts = ask(caller, order, complete=["agonist_treatment", "agonist_medicine"])["facts"]
    for fact in ("agonist_treatment", "agonist_medicine"):
        assert facts.get(fact, {}).get("state") == ("yes" if sure else None)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("nb", ("minst 300; noe lot seg ikke regne ut", "antall ganger per døgn mangler", "holdt utenfor")),
        ("nn", ("minst 300; noko lét seg ikkje rekne ut", "talet på gonger i døgnet manglar", "halde utanfor")),
        ("en", ("at least 300; something could not be computed", "how often a day is missing", "kept out")),
    ],
)
def test_a_terminal_shows_how_the_dose_came_about(
    language: Any, words: tuple[str, ...], reader: Assessor, capsys: pytest.CaptureFixture[str]
) -> None:
    statements = STATEMENTS.validate_python([MORPHINE, UNCLEAR, medicine("N07BC02")])
    record = reader.reader.read(Facts(), statements, (), AS_OF)
    made = reader.assess(record.facts, AS_OF, language, record=record)

    shown = _shown(made, reader, capsys)
    assert all(word in shown for word in (*words, "N02AA01", "N07BC02", made.omeq.table if made.omeq else "?"))


@pytest.mark.parametrize(
    ("language", "more", "lost"),
    [
        ("nb", "minst 30; det kan være mer", "veien inn i kroppen er ikke til å lese"),
        ("nn", "minst 30; det kan vere meir", "vegen inn i kroppen er ikkje til å lese"),
        ("en", "at least 30; it may be more", "the route cannot be read"),
    ],
)
def test_a_terminal_tells_what_may_be_more_and_what_cannot_be_read(
    language: Any, more: str, lost: str, reader: Assessor, capsys: pytest.CaptureFixture[str]
) -> None:
    unread = medicine("N02AA01", dose=MORPHINE["dose"] | {"route": "munn"})
    for sent, words in (([medicine("N02AA01", "10")] * 2, more), ([MORPHINE, unread], lost)):
        record = reader.reader.read(Facts(), STATEMENTS.validate_python(sent), (), AS_OF)
        shown = _shown(reader.assess(record.facts, AS_OF, language, record=record), reader, capsys)
        assert words in shown


def _shown(made: Any, reader: Assessor, capsys: pytest.CaptureFixture[str]) -> str:
    class Answer:
        assessment, outlook, what_if = made, None, None
        note: Note | None = None

    print_answer(Answer(), reader.content, Console(width=200, highlight=False))
    return capsys.readouterr().out


def test_cds_assess_shows_it_of_a_file(tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text(json.dumps({"as_of": "2026-11-20", "language": "en", "statements": [MORPHINE, UNCLEAR]}))
    command = [sys.executable, "-m", "cds.cli", "assess", str(file)]
    shown = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "at least 300" in shown
    assert "how often a day is missing" in shown
