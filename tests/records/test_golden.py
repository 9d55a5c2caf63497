"""Invented records, what each must make of its entries, and which of them it must name as not used.

Every file of `golden/` was written by hand from the value sets and mappings; no program rewrites them.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from cds.dates import Interval
from cds.facts import Facts
from tests.records.conftest import Read

GOLDEN = sorted(Path(__file__).with_name("golden").glob("*.json"))


@pytest.mark.parametrize("file", GOLDEN, ids=lambda file: file.stem)
def test_a_record_makes_these_facts_and_names_what_it_did_not_use(file: Path, read: Read) -> None:
    record: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    as_of = Interval.parse(record["as_of"]).earliest
    made = read(record["statements"], *record.get("complete", []), as_of=as_of)
    assert dict(made.facts.known()) == dict(Facts.model_validate(record["expect"]).known())
    not_used = [
        {"statement": line.statement, "reason": line.reason} | ({} if line.fact is None else {"fact": line.fact})
        for line in made.not_used
    ]
    assert not_used == record["not_used"]


def test_there_are_forty_golden_records_or_more() -> None:
    assert len(GOLDEN) >= 40
