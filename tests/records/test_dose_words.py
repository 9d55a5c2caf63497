"""Units and routes by the words in use: what cannot be read is named, and never guessed at."""

from __future__ import annotations

import pytest
from fastapi.testclient import TestClient

from tests.records.test_morphine import MORPHINE, ask, medicine

UNITS = [
    *(
        ("mcg/hr", "TD"),
        ("ug/h", "transdermal"),
        ("µg/h", "td"),
        ("UG/HR", "Transdermal"),
        ("mcg/time", "transdermalt"),
    ),
    *(("mikrog/t", "Transdermal bruk"), ("mikrogram per time", "gjennom huden"), ("mikrogram / t.", "transdermal use")),
    ("micrograms/hour", "transdermally"),
]
ORAL = ("PO", "p.o.", "peroral", "Peroralt", "per os", "oralt", "by mouth", "gjennom munnen", "Oral use", "oral bruk")
LOST = [
    *((route, "no_ratio_for_route") for route in ("buccal", "B", "IV", "intravenøst", "subkutant", "rektalt")),
    *((route, "unknown_route") for route in ("mouth", "munn", "oral?", "or al", "tablett", "per")),
]


@pytest.mark.parametrize(("unit", "route"), UNITS)
def test_units_and_routes_of_patches_by_the_names_in_use(unit: str, route: str, caller: TestClient) -> None:
    patch = medicine("N02AB03", dose={"value": "12.5", "unit": unit, "route": route})
    assert ask(caller, patch)["omeq"]["value"] == "30"


@pytest.mark.parametrize("route", ORAL)
@pytest.mark.parametrize(("value", "unit"), [("100", "milligram"), ("100", "MG"), ("100000", "mikrogram")])
def test_units_and_routes_by_the_names_in_use(value: str, unit: str, route: str, caller: TestClient) -> None:
    said = medicine("N02AA01", dose={"value": value, "unit": unit, "route": route, "per_day": "3"})
    assert ask(caller, said)["omeq"]["value"] == "300"


@pytest.mark.parametrize(("route", "reason"), LOST)
def test_a_route_that_cannot_be_read_is_unknown_and_never_oral(route: str, reason: str, caller: TestClient) -> None:
    lost = ask(caller, medicine("N02AA01", dose=MORPHINE["dose"] | {"route": route}))
    assert "omeq_mg_per_day" not in lost["facts"]
    assert [line["reason"] for line in lost["omeq"]["not_computable"]] == [reason]


def test_micrograms_a_day_are_none_an_hour(caller: TestClient) -> None:
    for unit in ("ug/24h", "mg/h", "ug/d", "mikrogram per dag"):
        patch = medicine("N02AB03", dose={"value": "12.5", "unit": unit, "route": "transdermal"})
        assert ask(caller, patch)["omeq"]["not_computable"][0]["reason"] == "unit_not_convertible"
