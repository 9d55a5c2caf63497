"""Whoever reads the whole ledger may take their time, and knows when it was not the whole."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import event, text

from cds.api.service import proofs_of, second
from cds.audit import whole
from cds.audit.proofs import Proofs
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.audit.running import Run
from tests.ledgers import receipt_of

ANSWERS = 60
PATIENCE, PAUSE = 1, 1.5
"""Seconds after which the database ends a transaction that sits idle, and that a reader then takes."""


@pytest.fixture
def proofs(url: str, tmp_path: Path, releases: Releases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proofs]:
    """A ledger of several pages whose database ends a transaction that sits idle for a second."""
    monkeypatch.setattr(whole, "PAGE", 10)
    made = proofs_of(Settings(state=tmp_path, database_url=SecretStr(url)), releases)
    digest = releases["0.3.0"].digest
    now, key = second(), made.keys.receipts
    made.ledger.commit_now([receipt_of(number, key, iat=now, digest=digest) for number in range(ANSWERS)])
    store = made.ledger.store
    store.engine.dispose()
    if store.postgresql:

        @event.listens_for(store.engine, "connect")
        def _impatient(connection: Any, _: object) -> None:
            connection.execute(f"SET idle_in_transaction_session_timeout = '{PATIENCE}s'")
            connection.commit()

    yield made
    made.ledger.close()


def test_a_slow_reader_gets_the_whole_export(proofs: Proofs) -> None:
    kinds = []
    for line in map(json.loads, proofs.export()):
        kinds.append(line["kind"])
        if kinds.count("entry") in (1, 25) and line["kind"] == "entry":
            time.sleep(PAUSE)
    rows = ANSWERS + len(list(proofs.releases))
    assert (kinds.count("entry"), kinds[-1], line["rows"]) == (rows, "end", rows)


def test_a_verifier_that_takes_its_time_finds_nothing_wrong(proofs: Proofs, monkeypatch: pytest.MonkeyPatch) -> None:
    read, calls = whole.some_entries, itertools.count()

    def slowly(*arguments: Any) -> Any:
        if next(calls) == 1:
            time.sleep(PAUSE)
        return read(*arguments)

    monkeypatch.setattr(whole, "some_entries", slowly)
    report = proofs.verify()
    assert (report.rows, report.lines()[-1]) == (ANSWERS + len(list(proofs.releases)), "OK")


def test_what_is_appended_while_somebody_reads_stands_in_the_next_export(proofs: Proofs) -> None:
    lines = proofs.export()
    first = [json.loads(next(lines)) for _ in range(20)]
    proofs.ledger.commit_now([receipt_of(900, proofs.keys.receipts, iat=second())])
    rest = [json.loads(line) for line in lines]
    sizes = [line["size"] for line in [*first, *rest] if line["kind"] == "checkpoint"]
    assert rest[-1]["rows"] == max(sizes) == ANSWERS + len(list(proofs.releases))


def test_a_reader_who_never_comes_back_holds_nothing(proofs: Proofs) -> None:
    """Twenty of them would otherwise hold every connection there is, and nothing more could be answered."""
    waiting = []
    for _ in range(20):
        lines = proofs.export()
        waiting.append((lines, next(line for line in lines if b'"kind":"entry"' in line)))
    proofs.ledger.commit_now([receipt_of(901, proofs.keys.receipts, iat=second())])
    with proofs.ledger.store.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM entries")).scalar_one() > ANSWERS


@pytest.mark.parametrize("left", [0.3, 0.9, 0.999])
def test_an_export_that_breaks_off_is_incomplete_and_no_sign_of_tampering(
    run: Run, answer: Path, tmp_path: Path, left: float
) -> None:
    whole_, cut = run("export")[1].encode(), tmp_path / "cut.ndjson"
    cut.write_bytes(whole_[: int(len(whole_) * left)])
    status, out, err = run("verify", cut)
    assert (status, "the export is incomplete" in err) == (2, True)
    cut.write_bytes(whole_[: whole_.rindex(b'{"kind":"end"')])
    status, out, err = run("verify", cut)
    assert (status, "incomplete" in err, "SHORTER" in out, "MISSING" in out) == (2, True, False, False)


def test_an_export_that_names_more_rows_than_it_holds_is_at_fault(run: Run, answer: Path, tmp_path: Path) -> None:
    lines = [json.loads(line) for line in run("export")[1].splitlines()]
    rows = lines[-1]["rows"]
    lines[-1]["rows"] = rows + 3
    file = tmp_path / "export.ndjson"
    file.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines), encoding="utf-8")
    status, out, _ = run("verify", file)
    assert (status, out.splitlines()[-1]) == (1, f"MISSING {rows}..{rows + 2}")
