"""Orders: several medicines, ranges of doses, several times of the day, stops, and what was given meanwhile."""

from __future__ import annotations

import pytest

from tests.integrations.hl7v2.asking import DIAZEPAM, MORPHINE, OXYCODONE, Ask, Said, order

LOCAL = "4711^Preparat^LOKAL"


def dose(said: Said) -> str | None:
    value: str | None = said.facts.get("omeq_mg_per_day")
    return value


def test_each_of_several_medicines_of_one_order_counts(ask: Ask) -> None:
    rxe = [f"RXE||{code}|10||mg" for code in (OXYCODONE, DIAZEPAM, "N03AX12^Gabapentin^ATC")]
    said = ask(order(), *[line for each in rxe for line in (each, "TQ1|1||BID", "RXR|PO")])
    assert {"prescribed_opioid", "benzodiazepine", "gabapentinoid"} <= said.facts.keys()
    rxo = [line.replace("RXE||", "RXO|").replace("|10||mg", "|10||mg") for line in rxe]
    assert {"prescribed_opioid", "benzodiazepine", "gabapentinoid"} <= ask(order(), *rxo, event="OMP^O09").facts.keys()


def test_two_strengths_of_one_medicine_add_up(ask: Ask) -> None:
    lines = [f"RXE||{OXYCODONE}|10||mg", "TQ1|1||BID", "RXR|PO", f"RXE||{OXYCODONE}|20||mg", "TQ1|1||QD", "RXR|PO"]
    assert dose(ask(order(), *lines)) == "60"


def test_a_medicine_of_several_says_only_its_own_times_and_route(ask: Ask) -> None:
    said = ask(order(), f"RXE||{MORPHINE}|10||mg", f"RXE||{OXYCODONE}|10||mg", "TQ1|1||BID", "RXR|PO")
    assert dose(said) == "30"
    assert ("RXE[1]-2 (omeq_mg_per_day)", "dose_not_computable") in said.told


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (f"RXE||{OXYCODONE}|10|{{}}|mg", "RXE[1]-4"),
        (f"RXE||{OXYCODONE}|1|{{}}|TAB||||||||||||||||||||10|mg", "RXE[1]-4"),
        (f"RXO|{OXYCODONE}|10|{{}}|mg", "RXO[1]-3"),
    ],
)
def test_a_range_of_doses_is_its_least_or_more(ask: Ask, line: str, place: str) -> None:
    least = line.split("|")[3 if line.startswith("RXE") else 2]
    said = ask(order(), line.format(int(least) * 12), "TQ1|1||QID", "RXR|PO")
    assert (place, "dose_range") in said.told
    assert dose(said) == "60"
    exactly = ask(order(), line.format(least), "TQ1|1||QID", "RXR|PO")
    assert (dose(exactly), exactly.told) == ("60", [])
    highest = ask(order(), f"RXE||{OXYCODONE}|120||mg", "TQ1|1||QID", "RXR|PO")
    assert said.least >= exactly.least
    assert said.most >= highest.most > exactly.most


@pytest.mark.parametrize("most", ["5", "x", "10~20", "~20", '""~20'])
def test_a_range_that_is_none_is_no_exact_dose(ask: Ask, most: str) -> None:
    said = ask(order(), f"RXE||{OXYCODONE}|10|{most}|mg", "TQ1|1||QID", "RXR|PO")
    assert ("RXE[1]-4", "dose_range") in said.told
    assert said.most >= ask(order(), f"RXE||{OXYCODONE}|200||mg", "TQ1|1||QID", "RXR|PO").most


TWICE_A_DAY = [
    [order(), f"RXE||{OXYCODONE}|10||mg", "TQ1|1||QAM", "TQ1|2||QHS", "RXR|PO"],
    [order(), "TQ1|1||QAM", "TQ1|2||QHS", f"RXE||{OXYCODONE}|10||mg", "RXR|PO"],
    [order(), f"RXE||{OXYCODONE}|10||mg", "TQ1|1||QAM~QHS", "RXR|PO"],
    [order(), f"RXE|^QAM^^20261102~^QHS^^20261102|{OXYCODONE}|10||mg", "RXR|PO"],
    ["ORC|NW|R1|||||^QAM^^20261102~^QHS^^20261102||20261102", f"RXE||{OXYCODONE}|10||mg", "RXR|PO"],
    [order(), f"RXE||{OXYCODONE}|10||mg", "TQ1|1|||0800~2000", "RXR|PO"],
    [order(), f"RXE||{OXYCODONE}|10||mg", "TQ1|1|10^mg|BID", "RXR|PO"],
]


@pytest.mark.parametrize("lines", TWICE_A_DAY)
def test_all_times_of_the_day_add_up(ask: Ask, lines: list[str]) -> None:
    said = ask(*lines)
    assert (dose(said), said.told) == ("30", [])


@pytest.mark.parametrize(
    ("timing", "place", "at_least"),
    [
        (["TQ1|1||BID", "TQ1|2||PRN"], "TQ1[2]-3", "30"),
        (["TQ1|1||BID", "TQ1|2||QAM||||||PRN"], "TQ1[2]-9", "30"),
        (["TQ1|1||BID~WHENEVER"], "TQ1[1]-3", "30"),
        (["TQ1|1|3|BID"], "TQ1[1]-2", "30"),
        (["TQ1|1||BID|0600~1200~1800"], "TQ1[1]-4", "30"),
        (["TQ1|1||QID|||||||||S", "TQ1|2||BID"], "TQ1[1]-12", "30"),
        (["TQ1|1|0.5|BID"], "TQ1[1]-2", None),
        (["TQ1|1||BID||||||PRN"], "TQ1[1]-9", None),
        (["TQ1|1||Q7H"], "TQ1[1]-3", None),
    ],
)
def test_times_that_are_not_certain_make_no_exact_dose(
    ask: Ask, timing: list[str], place: str, at_least: str | None
) -> None:
    said = ask(order(), f"RXE||{OXYCODONE}|10||mg", *timing, "RXR|PO")
    assert (place, "as_needed") in said.told
    assert dose(said) == at_least
    assert said.most >= ask(order(), f"RXE||{OXYCODONE}|200||mg", "TQ1|1||QID", "RXR|PO").most


@pytest.mark.parametrize(
    ("amount", "timing", "exact"),
    [("1|", "TQ1|1||Q72H", True), ("1|", "TQ1|1|1|Q72H", True), ("1|", "TQ1|1|2|Q72H", False), ("1|2", "", False)],
)
def test_a_patch_gives_what_it_gives_however_seldom_it_is_changed(
    ask: Ask, amount: str, timing: str, exact: bool
) -> None:
    rxe = f"RXE||N02AB03^Fentanyl^ATC|{amount}|PLASTER||||||||||||||||||12|ug/h"
    said = ask(order(), rxe, timing, "RXR|TD")
    assert dose(said) == "28.8"
    assert (("RXE[1]-2 (omeq_mg_per_day)", "dose_not_computable") in said.told) is not exact


def test_times_that_are_told_twice_and_differently_are_not_certain(ask: Ask) -> None:
    said = ask(order(), f"RXE|^QID|{OXYCODONE}|10||mg", "TQ1|1||BID", "RXR|PO")
    assert ("RXE[1]-1", "as_needed") in said.told
    assert dose(said) == "30"
    assert said.most >= ask(order(), f"RXE||{OXYCODONE}|10||mg", "TQ1|1||QID", "RXR|PO").most


def test_a_local_word_for_the_same_times_changes_nothing(ask: Ask) -> None:
    said = ask(order(), f"RXE|^D2K|{OXYCODONE}|10||mg", "TQ1|1||BID", "RXR|PO")
    assert (dose(said), said.told) == ("30", [("RXE[1]-1", "as_needed")])
    needed = ask(order(), f"RXE|^PRN|{OXYCODONE}|10||mg", "TQ1|1||BID", "RXR|PO")
    assert dose(needed) is None


def test_the_steps_of_a_plan_count_each_on_its_own_days(ask: Ask) -> None:
    steps = "TQ1|1||QID||||20261101|20261110", "TQ1|2||BID||||20261111|20261130", "TQ1|3||QD||||20261201"
    said = ask(order(), f"RXE||{OXYCODONE}|10||mg", *steps, "RXR|PO")
    assert dose(said) == "30"
    assert ("RXE[1]-2", "lies_ahead") in said.told


def test_the_timing_of_what_is_no_medicine_is_told(ask: Ask) -> None:
    said = ask(order(), "TQ1|1||BID", "OBR|1|||X^Y^L", event="ORU^R01")
    assert said.told == [("TQ1[1]", "not_read")]
    given = f"RXA|0|1|20261120080000|20261120080000|{OXYCODONE}|10|mg|||||||||||||CP"
    assert ("TQ1[1]", "not_read") in ask(order(), given, "TQ1|1||BID", event="RAS^O17").told


def test_routes_that_differ_are_no_route(ask: Ask) -> None:
    said = ask(order(), f"RXE||{OXYCODONE}|10||mg", "TQ1|1||BID", "RXR|PO", "RXR|PR")
    assert ("RXR[2]-1", "as_needed") in said.told
    assert dose(said) is None


@pytest.mark.parametrize("control", ["DC", "CA", "OC"])
@pytest.mark.parametrize("stop", ["ORC|{}|R1|||||||20261119", "ORC|{}|R1|||||||||||||20261119", "ORC|{}|R1"])
def test_a_stop_is_a_stop_wherever_its_day_stands(ask: Ask, control: str, stop: str) -> None:
    said = ask(stop.format(control), f"RXE||{MORPHINE}|30||mg")
    day = "2026-11-19" if "20261119" in stop else "2026-11-20"
    assert said.facts == {"transitions": [f"prescription_stop {day}"]}
    assert said.least >= ask(f"ORC|{control}|R1", f"RXE||{MORPHINE}|30||mg").least


def test_an_order_that_will_be_stopped_is_still_running(ask: Ask) -> None:
    said = ask("ORC|DC|R1|||||||20261119||||||20261201", f"RXE||{MORPHINE}|30||mg")
    assert said.facts["prescribed_opioid"] == "yes"
    assert ("ORC[1]-15", "lies_ahead") in said.told


def test_the_day_of_the_stop_goes_before_the_end_that_was_planned(ask: Ask) -> None:
    said = ask("ORC|DC|R1|||||||20261119", f"RXE|^^^20260101^20260601|{MORPHINE}|30||mg")
    assert said.facts == {"transitions": ["prescription_stop 2026-11-19"]}


def test_a_start_after_the_stop_is_told(ask: Ask) -> None:
    said = ask("ORC|DC|R1|||||||20261110", f"RXE|^^^20261115|{MORPHINE}|30||mg")
    assert said.facts == {"transitions": ["prescription_stop 2026-11-10"]}
    assert ("RXE[1]-2", "contradicted") in said.told


def test_the_code_that_is_known_counts_though_the_pharmacy_has_its_own(ask: Ask) -> None:
    lines = [f"RXO|{OXYCODONE}|10||mg", f"RXE||{LOCAL}|10||mg", "TQ1|1||BID", "RXR|PO"]
    said = ask(order(), *lines)
    assert (dose(said), said.told) == ("30", [("RXE[1]-2", "unknown_system")])
    assert dose(ask(order(), f"RXO|{OXYCODONE}", *lines[1:])) == "30"


def test_what_the_pharmacy_made_of_an_order_goes_first_and_the_rest_is_told(ask: Ask) -> None:
    said = ask(order(), f"RXO|{OXYCODONE}|20||mg", f"RXE||{OXYCODONE}|10||mg", "TQ1|1||BID", "RXR|PO")
    assert (dose(said), said.told) == ("30", [("RXO[1]-2", "superseded")])
    said = ask(order(), f"RXO|{OXYCODONE}|20||mg", f"RXE||{MORPHINE}|10||mg", "TQ1|1||BID", "RXR|PO")
    assert (dose(said), said.told) == ("20", [("RXO[1]-1", "superseded")])
    said = ask(order(), f"RXO|{OXYCODONE}", f"RXO|{DIAZEPAM}", f"RXE||{OXYCODONE}|10||mg")
    assert said.facts.keys() == {"prescribed_opioid", "benzodiazepine", "benzodiazepine_prescribed"}


def test_an_order_is_read_though_the_pharmacy_names_only_what_it_is_mixed_with(ask: Ask) -> None:
    said = ask(order(), f"RXO|{OXYCODONE}|10||mg", f"RXE||{LOCAL}|1||pose", "RXC|B|B05BB01^NaCl^ATC|1|L")
    assert said.facts.keys() == {"prescribed_opioid"}


def test_every_code_of_a_medicine_that_is_named_several_times_is_read(ask: Ask) -> None:
    said = ask(order(), f"RXE||{OXYCODONE}~{DIAZEPAM}~{LOCAL}|10||mg", "TQ1|1||BID", "RXR|PO")
    assert said.facts.keys() == {"prescribed_opioid", "benzodiazepine", "benzodiazepine_prescribed"}
    reasons_told = {reason for place, reason in said.told if place.startswith("RXE[1]-2")}
    assert reasons_told == {"all_read", "dose_not_computable", "unknown_system"}


def test_a_component_of_the_same_medicine_is_counted_once(ask: Ask) -> None:
    lines = [f"RXE||{MORPHINE}|1||bag", "TQ1|1||BID", "RXR|PO", f"RXC|A|{MORPHINE}|20|mg", "RXC|B|B05BB01^NaCl^ATC|1|L"]
    said = ask(order(), *lines)
    assert dose(said) == "40"


@pytest.mark.parametrize(
    "planned", ["ORC|NW|R1|||||||20261120\rRXE|^^^20261125|{}|10||mg", "ORC|RE|R1||CM\rRXE||{}|10||mg"]
)
def test_a_dose_given_today_is_read_though_its_order_is_not_running(ask: Ask, planned: str) -> None:
    given = f"RXA|0|1|20261120080000|20261120080000|{OXYCODONE}|10|mg|||||||||||||CP"
    said = ask(*planned.format(OXYCODONE).split("\r"), given, event="RAS^O17")
    assert said.facts["prescribed_opioid"] == "yes"


@pytest.mark.parametrize("amount", ["999999999.999||mg", f"999999999||TAB{'|' * 20}999999|mg"])
def test_an_amount_that_can_be_no_dose_is_answered_and_told(ask: Ask, amount: str) -> None:
    said = ask(order(), f"RXE||{OXYCODONE}|{amount}", "TQ1|1||BID", "RXR|PO")
    assert (said.ack, said.facts) == ("AA", {"prescribed_opioid": "yes"})
    assert said.told == [("RXE[1]-2 (omeq_mg_per_day)", "dose_not_computable")]
    assert said.most >= ask(order(), f"RXE||{OXYCODONE}|200||mg", "TQ1|1||QID", "RXR|PO").most
