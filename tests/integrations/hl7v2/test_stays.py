"""Stays, deaths and days: several of a kind and contradictions; nothing is dropped without a word."""

from __future__ import annotations

import pytest

from tests.integrations.hl7v2.asking import OXYCODONE, PID, Ask, order

OLD = "PV1|1|I|AVD|||||||||||||||||||||||||||||||||||||||||20250105"


@pytest.mark.parametrize("sent", ["", "2026-11-20", "99999999"])
def test_a_message_without_a_day_is_assessed_today(ask: Ask, sent: str) -> None:
    said = ask(OLD, order(), f"RXE||{OXYCODONE}|10||mg", event="ADT^A08", sent=sent)
    assert said.as_of == "2026-11-24"
    assert said.facts["prescribed_opioid"] == "yes"
    assert ("MSH[1]-7", "no_day") in said.told
    assert said.result.split("|")[6] == "20261124"


def test_the_time_a_message_was_sent_is_echoed_as_it_is(ask: Ask) -> None:
    said = ask("EVN|A08|20261119", OLD, event="ADT^A08", sent="20261120995999")
    assert (said.as_of, said.result.split("|")[6]) == ("2026-11-19", "20261119")
    assert ("MSH[1]-7", "bad_date") in said.told
    assert ask(OLD, event="ADT^A08", sent="20261120101500+0100").result.split("|")[6] == "20261120101500+0100"


def stay(number: int = 1, unit: str = "AVD", came: str = "20260901", left: str = "", how: str = "") -> str:
    return f"PV1|{number}|I|{unit}|{'|' * 15}OPPH|{'|' * 16}{how}|{'|' * 7}{came}|{left}"


def test_each_of_several_stays_is_read(ask: Ask) -> None:
    said = ask(stay(left="20261119"), stay(2, unit="AVRUS", left="20261120"), event="ADT^A03")
    assert sorted(said.facts["transitions"]) == ["detox 2026-11-20", "hospital 2026-11-19"]
    assert ("PV1[2]", "all_read") in said.told


def test_each_expected_end_belongs_to_its_stay(ask: Ask) -> None:
    said = ask(stay(), "PV2|||||||||20261201", "PV2|||||||||20261130", event="ADT^A01")
    assert said.facts["planned_exit"] == "2026-11-30"
    assert ("PV2[2]-9", "one_used") in said.told


def test_a_second_event_is_told(ask: Ask) -> None:
    said = ask("EVN|A08|20261119", "EVN|A03|20261118", stay(), event="ADT^A08")
    assert ("EVN[2]", "not_read") in said.told


def test_of_several_ends_the_last_that_has_come_counts(ask: Ask) -> None:
    said = ask(stay(left="20261001~20261120"), event="ADT^A03")
    assert said.facts["transitions"] == ["hospital 2026-11-20"]
    assert ("PV1[1]-45", "one_used") in said.told
    said = ask(stay(left="20261001~20261225"), event="ADT^A03")
    assert said.facts["transitions"] == ["hospital 2026-10-01"]
    said = ask(stay(left="20261001~20261225"), event="ADT^A08")
    assert said.facts["planned_exit"] == "2026-12-25"


@pytest.mark.parametrize("left", ["20250301", "20261120"])
def test_somebody_who_is_admitted_is_there_whatever_an_earlier_stay_left_behind(ask: Ask, left: str) -> None:
    said = ask(stay(unit="AVRUS", came="20261120", left=left, how="20"), event="ADT^A01")
    assert said.facts == {"in_institution_now": "yes"}
    assert {("PV1[1]-45", "contradicted"), ("PV1[1]-36", "contradicted")} <= set(said.told)


def test_a_cancelled_discharge_cancels_the_death_it_told_of(ask: Ask) -> None:
    said = ask(stay(unit="AVRUS", left="20261119", how="20"), event="ADT^A13")
    assert said.facts == {"in_institution_now": "yes"}
    assert said.told == [("PV1[1]-36", "withdrawn")]
    assert ask(stay(unit="AVRUS", left="20261119", how="20"), event="ADT^A03").result == ""


@pytest.mark.parametrize(
    ("fields", "dead", "told"),
    [
        ("|N", False, None), ("|Y", True, None), ("20261119|", True, None), ("20261119|Y", True, None),
        ("|y", True, None),
        ("00000000|N", False, "bad_date"), ("00000000|", False, "bad_date"), ("20261119|N", False, "contradicted"),
        ("20270101|", False, "lies_ahead"),
    ],
)  # fmt: skip
def test_death_needs_a_day_or_a_yes(ask: Ask, fields: str, dead: bool, told: str | None) -> None:
    said = ask(f"{PID}{'|' * 26}{fields}", stay(left="20261119"), event="ADT^A03")
    assert said.ack == "AA"
    assert (said.result == "") is dead
    assert [reason for place, reason in said.told if place == "PID[1]-29"] == ([told] if told else [])


def test_an_expected_end_that_has_passed_is_told(ask: Ask) -> None:
    said = ask(stay(), "PV2|||||||||20261101", event="ADT^A01")
    assert "planned_exit" not in said.facts
    assert ("PV2[1]-9", "passed") in said.told


@pytest.mark.parametrize(
    ("time", "read"),
    [
        ("20261119235959", True), ("2026111923", True), ("20261119", True), ("202611190000+0100", True),
        ("20261119995999", False), ("2026111924", False), ("202611191060", False), ("20261119101061", False),
        ("20261119+9900", False),
    ],
)  # fmt: skip
def test_a_time_that_is_no_time_is_told(ask: Ask, time: str, read: bool) -> None:
    said = ask(stay(left=time), event="ADT^A03", sent="20261120")
    assert (("PV1[1]-45", "bad_date") in said.told) is not read
    assert said.facts["transitions"] == ["hospital 2026-11-19" if read else "hospital 2026-11-20"]
