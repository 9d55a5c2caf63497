"""Timings told in several places: days in one, times a day in another, and what is said without a pattern."""

from __future__ import annotations

import pytest

from tests.integrations.hl7v2.asking import OXYCODONE, Ask, order

PAUSED = ["TQ1|1||||||20261001|20261010", "TQ1|2||||||20261101"]
METHADONE = "N07BC02^Metadon^ATC"


def oxycodone(often: str = "", amount: str = "10", unit: str = "mg") -> str:
    return f"RXE|{often}|{OXYCODONE}|{amount}||{unit}"


@pytest.mark.parametrize("steps", [PAUSED, ["TQ1|1|||||||20261010", "TQ1|2||||||20261101"]])
@pytest.mark.parametrize(
    ("orc", "often"), [(order(), "^BID"), ("ORC|NW|R1|||||^BID||20261102", ""), (order(), "^BID^^20261001")]
)
def test_a_medicine_begun_again_is_running_wherever_its_times_stand(
    ask: Ask, steps: list[str], orc: str, often: str
) -> None:
    said = ask(orc, oxycodone(often), *steps, "RXR|PO")
    assert said.facts == {"prescribed_opioid": "yes", "omeq_mg_per_day": "30"}
    treated = ask(orc, f"RXE|{often}|{METHADONE}|100||mg", *steps, "RXR|PO")
    assert treated.facts["agonist_treatment"] == "yes"


def test_a_plan_whose_last_step_has_ended_is_not_running(ask: Ask) -> None:
    said = ask(order(), oxycodone("^BID"), PAUSED[0], "TQ1|2||||||20261101|20261110", "RXR|PO")
    assert "omeq_mg_per_day" not in said.facts


def test_days_that_meet_are_counted_once(ask: Ask) -> None:
    said = ask(order(), oxycodone("^BID"), "TQ1|1||||||20261101|20261130", "TQ1|2||||||20261110", "RXR|PO")
    assert said.facts["omeq_mg_per_day"] == "30"


def test_what_the_order_says_beside_its_steps_is_heard(ask: Ask) -> None:
    steps = ["TQ1|1||QID||||20261101|20261110", "TQ1|2||BID||||20261111"]
    same = ask(order(), oxycodone("^QID"), *steps, "RXR|PO")
    assert same.facts["omeq_mg_per_day"] == "30"
    both = "^QID^^20261101^20261110~^BID^^20261111"
    assert ask(order(), oxycodone(both), *steps, "RXR|PO").facts["omeq_mg_per_day"] == "30"
    needed = ask(order(), oxycodone("^PRN"), *steps, "RXR|PO")
    assert "omeq_mg_per_day" not in needed.facts
    assert ("RXE[1]-1", "as_needed") in needed.told


@pytest.mark.parametrize(
    ("often", "timing", "place"),
    [
        ("^BID", "TQ1|1|4", "TQ1[1]-2"),
        ("^BID", "TQ1|1|0.5", "TQ1[1]-2"),
        ("^BID", "TQ1|1||||||||PRN", "TQ1[1]-9"),
        ("^BID", "TQ1|1||||||20261101||PRN", "TQ1[1]-9"),
        ("4^X3DAG", "TQ1|1||BID", "RXE[1]-1"),
        ("4", "TQ1|1||BID", "RXE[1]-1"),
        ("^^^^^PRN", "TQ1|1||BID", "RXE[1]-1"),
    ],
)
def test_a_quantity_or_a_need_without_a_pattern_is_heard(ask: Ask, often: str, timing: str, place: str) -> None:
    said = ask(order(), oxycodone(often), timing, "RXR|PO")
    assert "omeq_mg_per_day" not in said.facts
    assert (place, "as_needed") in said.told
    assert said.most >= ask(order(), oxycodone("^QID", "200"), "RXR|PO").most


@pytest.mark.parametrize("timing", ["TQ1|1|1", "TQ1|1|10^mg", "TQ1|1||||||20261101"])
def test_a_timing_that_adds_nothing_leaves_the_dose_exact(ask: Ask, timing: str) -> None:
    said = ask(order(), oxycodone("^BID"), timing, "RXR|PO")
    assert (said.facts["omeq_mg_per_day"], said.told) == ("30", [])


def test_several_patches_at_once_are_no_exact_dose(ask: Ask) -> None:
    patch = "RXE||N02AB03^Fentanyl^ATC|1||PLASTER||||||||||||||||||12|ug/h"
    one, two = (ask(order(), patch, f"TQ1|1|{number}", "RXR|TD") for number in (1, 2))
    assert (one.facts["omeq_mg_per_day"], one.told) == ("28.8", [])
    assert ("TQ1[1]-2", "as_needed") in two.told
    assert two.most > one.most


@pytest.mark.parametrize("often", ["", "BID"])
def test_an_end_before_the_nearer_start_ends_nothing(ask: Ask, often: str) -> None:
    said = ask(order(), oxycodone("^BID^^20261001^20261010"), f"TQ1|1||{often}||||20261101", "RXR|PO")
    assert said.facts["prescribed_opioid"] == "yes"
    assert ("RXE[1]-1", "contradicted") in said.told
