"""Observations and diagnoses: several of a kind, spellings of units, what is taken back; and the words of it all."""

from __future__ import annotations

from typing import get_args

import pytest

from cds.content.advice import Urgency
from cds.records.reasons import Reason
from integrations.hl7v2.draft import NoteReason
from integrations.hl7v2.wording import WHY, WORDS
from tests.integrations.hl7v2.asking import OXYCODONE, Ask


def test_every_reason_and_every_urgency_has_words_in_three_languages() -> None:
    reasons_known = {*get_args(NoteReason), *get_args(Reason)}
    assert set(WHY) == reasons_known
    said = [*WHY.values(), *(WORDS[urgency] for urgency in get_args(Urgency))]
    assert all(set(words) == {"nb", "nn", "en"} and all(words.values()) for words in said)


def test_a_fact_is_named_in_words_and_never_by_its_name_in_the_rules(ask: Ask) -> None:
    said = ask("ORC|NW|R1|||||||20261102", f"RXE||{OXYCODONE}|10||mg", "DG1|1||F1120^^ICD-10||20260101")
    settle = [line for line in said.result.split("\r") if "Avklar først" in line]
    assert settle
    assert [line for line in said.result.split("\r") if line.startswith("NTE") and "_" in line] == []


@pytest.mark.parametrize("edition", ["I10C", "ICD-10-CM", "ICD10CM", "2.16.840.1.113883.6.90"])
def test_a_code_of_the_united_states_makes_no_treatment(ask: Ask, edition: str) -> None:
    """F11.22 is intoxication there and maintenance treatment here."""
    said = ask(f"DG1|1||F11.22^x^{edition}||20261115|F", event="ADT^A04")
    assert "agonist_treatment" not in said.facts
    assert ("DG1[1]-3", "unknown_code") in said.told
    assert ask("DG1|1||F11.22^x^ICD-10||20261115|F", event="ADT^A04").facts["agonist_treatment"] == "yes"


BMI = [
    ("NM", "17.2", ""), ("NM", "17.2", "kg/m2"), ("NM", "17.2", "kg/m²"), ("NM", "17.2", "KG/M2"),
    ("NM", "17.2", "kg/m\\S\\2"), ("NM", "17.2", "kg/m^2"), ("SN", "^17.2", ""), ("SN", "=^17.2", "kg/m2"),
    ("NM", "17.2~30", "kg/m2"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "value", "unit"), BMI)
def test_a_low_body_mass_index_is_read_however_its_unit_is_spelled(ask: Ask, kind: str, value: str, unit: str) -> None:
    said = ask("PV1|1|I", f"OBX|1|{kind}|39156-5^BMI^LN||{value}|{unit}|||||F|||20261119", event="ADT^A03")
    assert said.ack == "AA"
    assert said.facts["underweight"] == "yes"


@pytest.mark.parametrize(
    ("observed", "why"),
    [
        ("NM||kg/m2|F", "value_unclear"),
        ("NM|17.2|kg|F", "value_unclear"),
        ("NM||kg/m2|I", "value_unclear"),
        ("SN|<^17|kg/m2|F", "value_unclear"),
        ("SN|^17^-^18|kg/m2|F", "value_unclear"),
        ("CWE|L^Lav^99X||F", "value_unclear"),
        ("NM|lav|kg/m2|F", "not_a_number"),
        ("NM|17.2|kg/m2|x", "withdrawn"),
        ("NM|17.2|kg/m2|d", "withdrawn"),
    ],
)
def test_a_value_that_is_none_is_told_and_answered(ask: Ask, observed: str, why: str) -> None:
    kind, value, unit, status = observed.split("|")
    said = ask("PV1|1|I", f"OBX|1|{kind}|39156-5^BMI^LN||{value}|{unit}|||||{status}|||20261119", event="ADT^A03")
    assert said.ack == "AA"
    assert "underweight" not in said.facts
    assert why in [reason for place, reason in said.told if place.startswith("OBX[1]")]


@pytest.mark.parametrize("unit", ["a", "år", "ÅR", "Y", "years"])
def test_an_age_in_years_is_read_however_they_are_spelled(ask: Ask, unit: str) -> None:
    assert ask(f"OBX|1|NM|30525-0^Alder^LN||71|{unit}|||||F|||20261120", event="ORU^R01").facts["age"] == "71"


@pytest.mark.parametrize("unit", ["", "mo"])
def test_an_age_in_no_years_is_not_guessed(ask: Ask, unit: str) -> None:
    said = ask(f"OBX|1|NM|30525-0^Alder^LN||71|{unit}|||||F|||20261120", event="ORU^R01")
    assert (said.ack, said.facts) == ("AA", {})
    assert ("OBX[1]-5 (age)", "value_unclear") in said.told


def test_of_several_values_of_one_observation_none_vanishes(ask: Ask) -> None:
    said = ask("OBX|1|NM|39156-5^BMI^LN||30~lav~17|kg/m2|||||F|||20261119", event="ORU^R01")
    assert said.facts == {"underweight": "yes"}
    assert said.told == [("OBX[1]-5", "not_relevant"), ("OBX[1]-5", "not_a_number")]


def test_an_observation_has_the_day_of_its_request_where_it_has_none_of_its_own(ask: Ask) -> None:
    lines = "OBR|1|||X^Y^L|||20261119", "OBX|1|NM|39156-5^BMI^LN||17.2|kg/m2|||||F"
    assert ask(*lines, event="ORU^R01").facts == {"underweight": "yes"}


def test_a_final_value_replaces_no_preliminary_one_of_another_day(ask: Ask) -> None:
    first = "OBX|1|NM|39156-5^BMI^LN||17.2|kg/m2|||||{}|||20261119"
    second = "OBX|2|NM|39156-5^BMI^LN||24|kg/m2|||||F|||20260101"
    assert ask(first.format("p"), second, event="ORU^R01").facts == {"underweight": "yes"}
    same_day = second.replace("20260101", "20261119")
    assert ("OBX[1]-11", "superseded") in ask(first.format("p"), same_day, event="ORU^R01").told


def test_the_code_that_is_known_is_read_wherever_it_stands(ask: Ask) -> None:
    line = "OBX|1|NM|KMI^Kroppsmasseindeks^L^39156-5^BMI^LN||17.2|kg/m2|||||F|||20261119"
    assert ask(line, event="ORU^R01").facts == {"underweight": "yes"}


def test_every_diagnosis_of_a_repeated_field_is_read(ask: Ask) -> None:
    line = "DG1|1||X60^Selvpåført^ICD-10~J449^Kols^ICD-10~||20261119"
    alone = ask("DG1|1||J449^Kols^ICD-10||20261119", event="ADT^A08")
    assert alone.facts
    assert alone.facts.items() <= ask(line, event="ADT^A08").facts.items()
    assert ask(line.replace("DG1|1|", "PRB|AD|20261119"), event="PPR^PC1").facts.items() >= alone.facts.items()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("PRB|AD|20261118|R95^Kols^ICPC2|P2", "PRB|DE|20261119|R95^Kols^ICPC2|P2"),
        ("PRB|AD|20261118|R95^Kols^ICPC2", "PRB|DE|20261119|R95^Kols^ICPC2|P2"),
        ("PRB|AD|20261118|R95^Kols^ICPC2|P2", "PRB|DE|20261119||P2"),
        ("DG1|1||R95^Kols^ICPC2||20261118" + "|" * 15 + "D1|A", "DG1|1||R95^Kols^ICPC2||20261118" + "|" * 15 + "D1|D"),
    ],
)
def test_what_is_added_and_then_taken_back_does_not_stand(ask: Ask, first: str, second: str) -> None:
    said = ask(first, second, event="PPR^PC1")
    name = first[:3]
    assert said.facts == {}
    assert (f"{name}[1]-3", "withdrawn") in said.told
    assert ask(second, first, event="PPR^PC1").facts.keys() == {"lung_disease"}
    other = first.replace("P2", "P3").replace("D1", "D2").replace("R95", "R96")
    assert ask(other, second, event="PPR^PC1").facts.keys() == {"lung_disease"}


@pytest.mark.parametrize("word", ["RULED OUT", "Ruled-out", "RULED_OUT", "Refuted", "X^Avkreftet^L"])
def test_a_problem_that_was_ruled_out_is_none(ask: Ask, word: str) -> None:
    said = ask(f"PRB|AD|20261118|R95^Kols^ICPC2|P2|||||||||{word}", event="PPR^PC1")
    assert said.facts == {}
    assert said.told == [("PRB[1]-3", "refuted")]


@pytest.mark.parametrize("when", ["19000101000000+0200", "22001231235959-0500"])
def test_a_date_that_its_offset_moves_out_of_all_years_is_told(ask: Ask, when: str) -> None:
    said = ask(f"DG1|1||F11.2^x^ICD-10||{when}", event="ADT^A04")
    assert (said.ack, said.facts) == ("AA", ask("DG1|1||F11.2^x^ICD-10", event="ADT^A04").facts)
    assert ("DG1[1]-5", "bad_date") in said.told
    stay = ask(f"PV1|1|I{'|' * 42}{when}", event="ADT^A01")
    assert stay.ack == "AA"
    assert ("PV1[1]-44", "bad_date") in stay.told
