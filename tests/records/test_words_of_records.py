"""What people read where a record was read: conflicts in the note, each day once, names in their own language."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cds.assess import Assessor
from cds.audit.canonical import canonical
from cds.audit.receipt import decided
from cds.audit.replay import question_of, replay
from cds.content.texts import LANGUAGES, label_in
from cds.facts import Facts
from cds.release.frozen import Releases
from tests.records.conftest import AS_OF, STATEMENTS

OXYCODONE = {
    "kind": "medication",
    "system": "ATC",
    "code": "N02AA05",
    "start": "2026-11-01",
    "dose": {"value": "10", "unit": "mg", "route": "oral", "per_day": "3"},
}
LEFT_DETOX = {"kind": "encounter", "class": "detox", "start": "2026-11-01", "end": "2026-11-10"}
DIFFERS = {
    "nb": "Svar og journal er ulike: svart {sent}, journalen {derived}.",
    "nn": "Svar og journal er ulike: svart {sent}, i journalen {derived}.",
    "en": "Answer and record differ: answered {sent}, record {derived}.",
}
YES_NO = {"nb": ("ja", "nei"), "nn": ("ja", "nei"), "en": ("yes", "no")}


def told(caller: TestClient, *statements: dict[str, Any], language: str = "nb", **sent: Any) -> Any:
    body = {"as_of": "2026-11-20", "language": language, "include": ["note"], "statements": list(statements)} | sent
    answer = caller.post("/v1/assessments", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def lines(answer: Any, label: str) -> list[str]:
    return [line for line in answer["note"]["record"].split("\n") if line.startswith(f"- {label}: ")]


def label(caller: TestClient, fact: str, language: str) -> str:
    (found,) = [each for each in caller.get("/v1/facts").json()["facts"] if each["name"] == fact]
    said: str = found["label"][language]
    return said


@pytest.mark.parametrize("language", DIFFERS)
def test_the_note_says_where_the_person_and_the_record_differ(language: str, caller: TestClient) -> None:
    denied = {"opioid_use_now": "no", "prescribed_opioid": "no", "opioid_use_ever": "yes"}
    answer = told(caller, OXYCODONE, language=language, facts=denied)
    yes, no = YES_NO[language]
    for conflict in answer["assessment"]["conflicts"]:
        (line,) = lines(answer, label(caller, conflict["fact"], language))
        assert line.endswith(DIFFERS[language].format(sent=no, derived=yes))
        assert f": {yes}" in line
    assert {"opioid_use_now", "prescribed_opioid"} <= {line["fact"] for line in answer["assessment"]["conflicts"]}
    (agreed,) = lines(answer, label(caller, "opioid_use_ever", language))
    assert agreed.endswith(f": {yes}")


@pytest.mark.parametrize("language", DIFFERS)
def test_the_note_says_where_neither_side_is_used(language: str, caller: TestClient) -> None:
    methadone = OXYCODONE | {"code": "N07BC51"}
    sent = {"agonist_treatment": "yes", "agonist_medicine": {"state": "yes", "value": "other"}}
    answer = told(caller, methadone, language=language, facts=sent)
    (conflict,) = answer["assessment"]["conflicts"]
    assert conflict["used"] == "unknown"
    (line,) = lines(answer, label(caller, "agonist_medicine", language))
    assert DIFFERS[language].split("{")[0] in line
    assert "buprenor" in line.lower()
    assert "other" not in line or language == "en"


@pytest.mark.parametrize("language", DIFFERS)
def test_the_note_says_which_numbers_differ(language: str, caller: TestClient) -> None:
    sent = {"omeq_mg_per_day": {"state": "yes", "value": "120"}}
    answer = told(caller, OXYCODONE, language=language, facts=sent)
    (line,) = lines(answer, label(caller, "omeq_mg_per_day", language))
    assert line.endswith(DIFFERS[language].format(sent="120", derived="45"))


@pytest.mark.parametrize("language", DIFFERS)
def test_the_note_says_where_answers_differ_among_themselves(language: str, caller: TestClient) -> None:
    sent = {"injecting_opioids": {"state": "yes", "date": "2026-11-10"}, "opioid_use_now": "no"}
    answer = told(caller, language=language, facts=sent, statements=[])
    (line,) = lines(answer, label(caller, "opioid_use_now", language))
    assert label(caller, "injecting_opioids", language) in line


def test_each_day_is_said_once(caller: TestClient) -> None:
    two = [{"date": "2026-11-10", "substance": kind} for kind in ("opioid", "unknown")]
    answer = told(caller, facts={"overdoses": {"state": "yes", "items": two}}, statements=[])
    naming = [line for line in answer["note"]["record"].split("\n") if "2026-11-10" in line]
    assert len(naming) > 1
    assert [line.count("2026-11-10") for line in naming] == [1] * len(naming)


@pytest.mark.parametrize(
    ("language", "in_part", "not_known"),
    [
        ("nb", "Bare delvis kjent: ", "Ikke kjent: "),
        ("nn", "Berre delvis kjent: ", "Ikkje kjent: "),
        ("en", "Known in part only: ", "Not known: "),
    ],
)
def test_a_list_that_is_not_whole_is_not_called_unknown(
    language: str, in_part: str, not_known: str, caller: TestClient
) -> None:
    answer = told(caller, LEFT_DETOX, language=language)
    name = label(caller, "transitions", language)
    (factor,) = [line for line in answer["assessment"]["factors"] if line["id"] == "lost-tolerance"]
    sentences = [each for each in factor["because"].split(". ") if name in each]
    assert [each.startswith(in_part) for each in sentences] == [True]
    others = [line["because"] for line in answer["assessment"]["factors"] if not_known in line["because"]]
    assert others
    assert not any(name in each.split(not_known)[1].split(". ")[0] for each in others)


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("nb", ["oksykodon, alene eller oksykodonet i en kombinasjon", "opioid mot smerte", "folkodin, mot hoste"]),
        ("nn", ["oksykodon, åleine eller oksykodonet i ein kombinasjon", "opioid mot smerte", "folkodin, mot hoste"]),
        (
            "en",
            ["oxycodone, alone or the oxycodone of a combination", "opioid against pain", "pholcodine, against cough"],
        ),
    ],
)
def test_medicines_are_named_in_the_language_of_the_answer(language: str, names: list[str], caller: TestClient) -> None:
    record = [OXYCODONE | {"code": code} for code in ("N02AA05", "N02AC04", "R05DA08")]
    omeq = told(caller, *record, language=language)["assessment"]["omeq"]
    assert [line["label"] for line in (*omeq["counted"], *omeq["not_computable"])] == names
    assert "read" not in omeq["version"]


def test_no_name_of_a_medicine_that_counts_is_left_in_one_language(reader: Assessor) -> None:
    records = reader.content.records
    assert records is not None
    of_opioids = {line.set for line in records.mappings.mappings if line.fact == "omeq_mg_per_day" and line.set}
    members = [member for name in of_opioids for member in records.value_sets[name].members if member.system == "atc"]
    labels = [*(member.label for member in members), *(ratio.label for ratio in records.omeq.ratios)]
    same = {label_in(label, "en") for label in labels if label_in(label, "nb") == label_in(label, "en")}
    assert same == {"tapentadol"}


def test_a_receipt_is_over_the_same_bytes_in_every_language(reader: Assessor) -> None:
    said = STATEMENTS.validate_python([OXYCODONE, OXYCODONE | {"code": "R05DA08"}])
    record = reader.reader.read(Facts(), said, (), AS_OF)
    answers = [reader.assess(record.facts, AS_OF, language, record=record) for language in LANGUAGES]
    assert len({answer.omeq for answer in answers}) == len(LANGUAGES)
    assert len({canonical(decided(answer)) for answer in answers}) == 1
    for answer in answers:
        assert replay(answer, question_of(answer), reader).identical


def test_a_name_that_was_changed_in_an_answer_does_not_come_back(reader: Assessor) -> None:
    record = reader.reader.read(Facts(), STATEMENTS.validate_python([OXYCODONE]), (), AS_OF)
    given = reader.assess(record.facts, AS_OF, "nn", record=record)
    assert given.omeq is not None
    (line,) = given.omeq.counted
    altered = given.model_copy(update={"omeq": replace(given.omeq, counted=(replace(line, label="paracetamol"),))})
    made = replay(altered, question_of(altered), reader)
    assert not made.identical
    assert [(one.was, one.now) for one in made.differences() if "omeq" in one.path] != []


def test_a_name_that_a_release_has_in_one_language_serves_all(reader: Assessor) -> None:
    records = Releases()["0.7.0"].content.records
    assert records is not None
    label = records.omeq.ratios[0].label
    assert {label_in(label, language) for language in LANGUAGES} == {"morphine"}
