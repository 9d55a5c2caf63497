"""What a proof costs: the receipt itself, commits in groups beside one at a time, and verification of a large tree.

    python benchmarks/ledger.py [postgresql://…] [--rows 1000000]

Without a database a file in a temporary folder is used. The database must be empty; fsync must be on, or the numbers
say nothing. Each line of the comparison is measured in the same run.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import secrets
import sys
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, perf_counter_ns

from cds.assess import Assessor
from cds.audit.keys import KeyRing, new_keys, open_keys
from cds.audit.ledger import Ledger
from cds.audit.receipt import Receipts
from cds.audit.rows import Entry, append, size
from cds.audit.store import Store
from cds.audit.tree import Frontier, leaf_hash
from cds.audit.verify import verify_ledger
from cds.audit.whole import Whole
from cds.facts import Facts
from cds.release.frozen import RULES, Release
from cds.signing import from_base64url

PATIENT = Path(__file__).with_name("quarter_unknown.json")
ORIGIN = "cds-overdose.invalid/benchmark"
CALLS, WARM_UP = 500, 100
ONE_EACH, IN_GROUPS, WAITING = 300, 20_000, 400
SIGNED, AT_ONCE = 2_000, 10_000
write = sys.stdout.write


def receipt(keys: KeyRing) -> tuple[float, float]:
    """Microseconds for receipt and commitments, and for the assessment they belong to; the middle of 500 calls."""
    asked = json.loads(PATIENT.read_text(encoding="utf-8"))
    assessor = Assessor(Release("0.0.0", "sha256:draft", date.min, RULES / "draft"))
    facts, as_of = Facts.model_validate(asked["facts"]), date.fromisoformat(asked["as_of"])
    maker = Receipts(keys.receipts, "development", "bench", lambda: 1_795_000_000, secrets.token_bytes)
    raw = PATIENT.read_bytes()
    receipts, assessments = [], []
    for _ in range(WARM_UP + CALLS):
        start = perf_counter_ns()
        assessment = assessor.assess(facts, as_of, municipality=asked["municipality"])
        middle = perf_counter_ns()
        maker.make(assessment, facts, municipality=asked["municipality"], conflicts=(), raw=raw, client="bench")
        receipts.append(perf_counter_ns() - middle)
        assessments.append(middle - start)
    return median(receipts[WARM_UP:]) / 1_000, median(assessments[WARM_UP:]) / 1_000


def entry(number: int, keys: KeyRing) -> Entry:
    """A signed text as long as a receipt; signing is not what is measured here."""
    body = keys.receipts.jws(b"%0440d" % number, "cds-receipt+jws")
    return Entry(f"{number:036d}", body, leaf_hash(body.encode()))


async def in_groups(ledger: Ledger, entries: list[Entry]) -> None:
    """So many callers at a time, each waiting for its commit before the next."""
    left = iter(entries)

    async def caller() -> None:
        for one in left:
            await ledger.commit(one)

    await asyncio.gather(*(caller() for _ in range(WAITING)))


def throughput(url: str, keys: KeyRing) -> tuple[float, float]:
    """Entries a second: one commit each, and in groups, over the same database."""
    ledger = Ledger(Store(url), lambda _: keys, ORIGIN, lambda: 1_795_000_000)
    ledger.open()
    singly = [entry(number, keys) for number in range(ONE_EACH)]
    together = [entry(ONE_EACH + number, keys) for number in range(IN_GROUPS)]
    start = perf_counter()
    for one in singly:
        asyncio.run(ledger.commit(one))
    each = ONE_EACH / (perf_counter() - start)
    start = perf_counter()
    asyncio.run(in_groups(ledger, together))
    groups = IN_GROUPS / (perf_counter() - start)
    ledger.close()
    return each, groups


def tree(url: str, keys: KeyRing, many: int) -> tuple[float, float]:
    """Seconds to verify the tree over so many rows, read from the database; and seconds for a signature of each."""
    bodies = [keys.receipts.jws(b"%0440d" % number, "cds-receipt+jws") for number in range(100)]
    store = Store(url)
    store.prepare()
    with store.reading() as connection:
        there = size(connection)
    for first in range(there, many, AT_ONCE):
        with store.appending() as connection:
            texts = [(number, f"{bodies[number % 100]}{number}") for number in range(first, min(first + AT_ONCE, many))]
            append(connection, [Entry(f"t{number}", text, leaf_hash(text.encode())) for number, text in texts])
    start = perf_counter()
    whole = Whole(store)
    report = verify_ledger(whole.entries(), whole.checkpoints(), ORIGIN, keys.published, signatures=False)
    seconds = perf_counter() - start
    assert report.ok
    assert report.rows >= many
    store.close()
    head, payload, signature = bodies[0].split(".")
    start = perf_counter()
    for _ in range(SIGNED):
        keys.receipts.public.verify(from_base64url(signature), f"{head}.{payload}".encode())
    return seconds, (perf_counter() - start) / SIGNED * report.rows


def append_cost(many: int) -> float:
    """Microseconds to append one leaf to the edge of the tree."""
    frontier, leaf = Frontier(), leaf_hash(b"")
    start = perf_counter()
    for _ in range(many):
        frontier.append(leaf)
    return (perf_counter() - start) / many * 1e6


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("url", nargs="?")
    parser.add_argument("--rows", type=int, default=1_000_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        new_keys(Path(folder) / "keys", "development", 1)
        keys = open_keys(Path(folder) / "keys", "development", 1)
        url = options.url or f"sqlite:///{folder}/ledger.sqlite"
        today = datetime.now(UTC)  # noqa: TID251 - a measurement says when it was made
        write(f"{today:%Y-%m-%d} · {os.cpu_count()} cores · Python {platform.python_version()}\n\n")
        proof, assessment = receipt(keys)
        write(
            f"receipt and commitments          {proof:>10,.0f} µs p50, beside an assessment of {assessment:,.0f} µs\n"
        )
        each, groups = throughput(url, keys)
        kind = url.partition(":")[0]
        write(f"{kind}, one commit each {each:,.0f} a second\n")
        write(f"{kind}, in groups {groups:,.0f} a second, {groups / each:.0f} times as many\n")
        seconds, signatures = tree(url, keys, options.rows)
        write(f"tree over {options.rows:,} rows verified in {seconds:,.1f} s ({append_cost(200_000):.1f} µs a leaf); ")
        write(f"their signatures would take {signatures:,.0f} s on one core\n")


if __name__ == "__main__":
    main()
