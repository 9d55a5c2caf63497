"""Invented records, what each must make of its entries, from which of them, and which it must name as not used.

Every file of `golden/` was written, or gone through, by hand with the value sets, mappings and ratios beside it; no
program rewrites them. `omeq` stands where a record holds opioids that may be current: numbers, and what was counted
and not counted by which statements.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cds.dates import Interval
from cds.facts import Facts
from cds.records.doses.lines import OmeqLine
from tests.records.conftest import Read

GOLDEN = sorted(Path(__file__).with_name("golden").glob("*.json"))


def dose(line: OmeqLine) -> dict[str, Any]:
    """What a dose comes to and from what, without table and names; what it does not have is left out."""
    numbers = {"low": line.low, "value": line.value, "high": line.high, "at_least": line.at_least}
    parts: dict[str, Any] = {
        "counted": [
            {
                "drug": one.drug,
                "route": one.route,
                "mg_per_day": one.mg_per_day,
                "value": one.value,
                "statements": list(one.statements),
            }
            for one in line.counted
        ],
        "not_computable": [
            {"drug": one.drug, "reason": one.reason, "statements": list(one.statements)} for one in line.not_computable
        ],
        "agonist_treatment": list(line.agonist_treatment),
    }
    return {name: part for name, part in (numbers | parts).items() if part}


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_a_record_makes_these_facts_and_names_what_it_did_not_use(file: Path, read: Read) -> None:
    record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    as_of = Interval.parse(record["as_of"]).earliest
    made = read(record["statements"], *record.get("complete", []), as_of=as_of)
    assert dict(made.facts.known()) == dict(Facts.model_validate(record["expect"]).known())
    assert {name: list(places) for name, places in made.origins.items()} == record["origins"]
    assert (None if made.omeq is None else dose(made.omeq)) == record.get("omeq")
    not_used = [
        {"statement": line.statement, "reason": line.reason} | ({} if line.fact is None else {"fact": line.fact})
        for line in made.not_used
    ]
    assert not_used == record["not_used"]


def test_there_are_forty_golden_records_or_more() -> None:
    assert len(GOLDEN) >= 40
