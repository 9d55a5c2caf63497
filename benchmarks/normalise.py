"""How long it takes to read a record, and that it grows with the record and no faster: `make bench`.

The record is invented: opioids, other medicines, diagnoses and stays over five years, a third of it irrelevant. Beside
it one of nothing but opioids and benzodiazepines that share days, and one of current orders of one opioid, each of
another dose. The number is the middle one of several rounds,
without and with the checking of what was sent.
"""

from __future__ import annotations

import json
import os
import platform
import random
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from itertools import product
from statistics import median
from time import perf_counter_ns
from typing import Any

from pydantic import TypeAdapter

from cds.assess import Assessor
from cds.records.statements import Statement
from cds.release.frozen import RULES, Release

AS_OF = date(2026, 11, 20)
SIZES = (100, 1_000, 10_000)
TARGET_MS = 1
MEDICINES = ("N02AA05", "N02AX02", "N05BA01", "N05CF01", "N07BC51", "N02BE01", "C07AB02", "V03AB15")
DIAGNOSES = (("ICPC-2", "A84"), ("ICPC-2", "P19"), ("ICD-10", "T40.1"), ("ICD-10", "X62"), ("ICD-10", "S82"))
STAYS = ("prison", "hospital", "detox", "emergency", "outpatient")


def record(size: int, seed: int = 1) -> list[dict[str, Any]]:
    """So many statements, the same ones every time."""
    chance = random.Random(seed)  # noqa: S311 - an invented record
    return [_statement(chance) for _ in range(size)]


def taken_together(size: int) -> list[dict[str, Any]]:
    """So many supplies that share days, half of them opioids; all but a few have run out."""
    supply = {"kind": "medication", "system": "ATC", "phase": "dispensed", "status": "completed", "days_supply": 30}
    days = [(AS_OF - timedelta(90 + place % 30)).isoformat() for place in range(size)]
    return [supply | {"code": ("N02AA05", "N05BA01")[place % 2], "start": day} for place, day in enumerate(days)]


def ordered(size: int) -> list[dict[str, Any]]:
    """So many orders of one opioid that all go on, each of another dose, begun within a month."""
    dose = {"unit": "mg", "route": "oral", "per_day": "2"}
    order = {"kind": "medication", "system": "ATC", "code": "N02AA05"}
    days = [(AS_OF - timedelta(place % 30)).isoformat() for place in range(size)]
    return [order | {"start": day, "dose": dose | {"value": str(5 + place)}} for place, day in enumerate(days)]


RECORDS: dict[str, Callable[[int], list[dict[str, Any]]]] = {
    "mixed": record,
    "together": taken_together,
    "ordered": ordered,
}


def _statement(chance: random.Random) -> dict[str, Any]:
    day = (AS_OF - timedelta(chance.randrange(1, 1_800))).isoformat()
    kind = chance.choice(("medication", "medication", "condition", "encounter"))
    if kind == "encounter":
        return {"kind": kind, "class": chance.choice(STAYS), "end": day}
    if kind == "condition":
        system, code = chance.choice(DIAGNOSES)
        return {"kind": kind, "system": system, "code": code, "onset": day}
    dose = {"value": "10", "unit": "mg", "route": "oral", "per_day": "3"}
    supply = {"phase": "dispensed", "status": "completed", "days_supply": 30, "dose": dose}
    return {"kind": kind, "system": "ATC", "code": chance.choice(MEDICINES), "start": day} | supply


def p50_ms(call: Callable[[], object], rounds: int) -> float:
    """Milliseconds for one call."""
    call()
    taken = []
    for _ in range(rounds):
        start = perf_counter_ns()
        call()
        taken.append(perf_counter_ns() - start)
    return median(taken) / 1_000_000


def main(content: str | None = None) -> None:
    """Print the table."""
    folder = RULES / "draft" if content is None else RULES.parent / content
    normaliser = Assessor(Release("0.0.0", "sha256:draft", date.min, folder)).reader.normaliser
    if normaliser is None:
        sys.exit("this content reads no records")
    records = normaliser.mappings.records
    shape: TypeAdapter[tuple[Statement, ...]] = TypeAdapter(tuple[Statement, ...])
    today = datetime.now(UTC)  # noqa: TID251 - a measurement says when it was made
    write = sys.stdout.write
    write(f"{today:%Y-%m-%d} · {os.cpu_count()} cores · Python {platform.python_version()} · ")
    write(f"{len(records.value_sets)} value sets, {len(records.mappings.mappings)} mappings\n\n")
    write(f"{'record':<10}{'statements':>10}{'normalise ms':>14}{'µs each':>10}{'with checking ms':>18}{'bytes':>12}\n")
    for (name, make), size in product(RECORDS.items(), SIZES):
        sent = make(size)
        statements = shape.validate_python(sent)
        rounds = max(5, 20_000 // size)
        alone = p50_ms(lambda: normaliser.normalise(statements, (), AS_OF), rounds)  # noqa: B023 - called at once
        checked = p50_ms(
            lambda: normaliser.normalise(shape.validate_python(sent), (), AS_OF),  # noqa: B023 - called at once
            rounds,
        )
        each = alone * 1_000 / size
        told = f"{name:<10}{size:>10}{alone:>14.2f}{each:>10.2f}{checked:>18.2f}{len(json.dumps(sent)):>12,}"
        write(f"{told}\n")
    write(f"\ntarget: {TARGET_MS} ms for {SIZES[0]} statements\n")


if __name__ == "__main__":
    main(*sys.argv[1:2])
