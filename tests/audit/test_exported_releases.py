"""An export brings the rules and who approved them; the signed rows say which rules those must be."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cds.audit.keys import KeyRing
from cds.release.frozen import SUMS
from tests.audit.running import Run
from tests.frozen import IN_FORCE, TODAY, two_releases
from tests.ledgers import Copy, a_ledger, fill, receipt_of
from tests.production import OpenDoor, needs_both_evaluators
from tests.releases.approving import Board, board

Lines = list[dict[str, Any]]


@pytest.fixture
def export(run: Run, answer: Path) -> Lines:
    """The export of a ledger with one answer."""
    return [json.loads(line) for line in run("export")[1].splitlines()]


def verify(run: Run, folder: Path, lines: Lines, *also: str | Path) -> tuple[int, str]:
    file = folder / "export.ndjson"
    file.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines), encoding="utf-8")
    status, out, err = run("verify", file, *also)
    return status, out + err


def in_force(lines: Lines) -> dict[str, Any]:
    return [line for line in lines if line["kind"] == "release"][-1]


def reseal(release: dict[str, Any]) -> None:
    """Sums and digest made to fit, as somebody who swaps the rules would."""
    files = release["files"]
    sums = "".join(f"{hashlib.sha256(files[n].encode()).hexdigest()}  {n}\n" for n in sorted(files) if n != SUMS)
    files[SUMS] = sums
    release["digest"] = "sha256:" + hashlib.sha256(sums.encode()).hexdigest()


def other_rules(lines: Lines) -> None:
    release = in_force(lines)
    release["files"]["factors/injecting.yaml"] += "\n# another\n"
    reseal(release)


def no_rules(lines: Lines) -> None:
    lines[:] = [line for line in lines if line["kind"] != "release"]


def one_gone(lines: Lines) -> None:
    lines.remove(in_force(lines))


def another_day(lines: Lines) -> None:
    in_force(lines)["in_force_from"] = "2026-01-01"


def a_byte_altered(lines: Lines) -> None:
    in_force(lines)["files"]["factors/injecting.yaml"] += "\n"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (other_rules, "RELEASE DIFFERS"),
        (no_rules, "RELEASE MISSING"),
        (one_gone, "RELEASE MISSING"),
        (another_day, "RELEASE DIFFERS"),
        (a_byte_altered, "RELEASE ALTERED"),
    ],
)
def test_rules_that_are_not_those_the_rows_name_are_at_fault(
    run: Run, export: Lines, tmp_path: Path, change: Callable[[Lines], None], told: str
) -> None:
    version = in_force(export)["version"]
    assert verify(run, tmp_path, export)[0] == 0
    change(export)
    status, said = verify(run, tmp_path, export)
    assert status == 1
    assert any(line.startswith(f"{told} {version}") for line in said.splitlines()), said


def test_who_approved_a_release_is_checked_without_the_service(run: Run, export: Lines, tmp_path: Path) -> None:
    said = verify(run, tmp_path, export)[1]
    version = in_force(export)["version"]
    (line,) = (line for line in said.splitlines() if line.startswith(f"release {version}"))
    assert "OK, approved on 20" in line
    assert "with demonstration keys" in line
    in_force(export)["approvals"].clear()
    status, said = verify(run, tmp_path, export)
    assert (status, "not approved: a clinical approval, a technical approval" in said) == (0, True), "as it may be here"


def test_the_tree_alone_says_that_releases_were_not_compared(run: Run, export: Lines, tmp_path: Path) -> None:
    status, said = verify(run, tmp_path, export, "--tree-only")
    assert (status, "Releases are not compared" in said) == (0, True)


@pytest.fixture
def approvers(tmp_path: Path) -> Board:
    return board(two_releases(tmp_path / "pristine"), tmp_path)


@pytest.fixture
def of_production(approvers: Board, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """The export of a production service that gave one answer, on the day on which it was approved."""
    approvers.both()
    noon = int(datetime.combine(TODAY, time(12), UTC).timestamp())
    monkeypatch.setattr("cds.api.service.second", lambda: noon)
    with TestClient(approvers.starts(OpenDoor())) as caller:
        assert caller.post("/v1/assessments", json={"facts": {}}).status_code == 200
        return [json.loads(line) for line in caller.get("/v1/ledger/export").text.splitlines()]


@needs_both_evaluators
def test_what_answered_in_production_must_have_been_approved_by_those_who_may(
    run: Run, approvers: Board, of_production: Lines, tmp_path: Path
) -> None:
    status, said = verify(run, tmp_path, of_production, "--approvers", approvers.list)
    assert (status, "by two others than its author" in said) == (0, True), said
    assert "approval not checked: give --approvers" in verify(run, tmp_path, of_production)[1]
    (release,) = (line for line in of_production if line.get("version") == IN_FORCE)
    clinical = release["approvals"].pop("clinical.jws")
    status, said = verify(run, tmp_path, of_production, "--approvers", approvers.list)
    assert (status, f"RELEASE NOT APPROVED {IN_FORCE}" in said) == (1, True), said
    release["approvals"]["clinical.jws"] = clinical
    approvers.sign(approvers.clinical, "clinical", "late", approved_on="2026-11-23")
    release["approvals"]["clinical.jws"] = (approvers.release.approvals / "late.jws").read_text()
    status, said = verify(run, tmp_path, of_production, "--approvers", approvers.list)
    assert (status, f"RELEASE NOT APPROVED {IN_FORCE}" in said) == (1, True), said
    assert "answered on 2026-11-22, approved on 2026-11-23" in said


def test_one_number_with_two_contents_is_told_with_the_row(keys: KeyRing) -> None:
    ledger = a_ledger("sqlite://", keys)
    fill(ledger, keys, [5])
    ledger.commit_now([receipt_of(5, keys.receipts, digest="sha256:" + "1" * 64), receipt_of(6, keys.receipts)])
    copy = Copy(ledger, keys)
    ledger.close()
    assert copy.verify(copy.entries) == [
        "RELEASE CHANGED row 5: 0.3.0 was sha256:000000000000… and is sha256:111111111111…"
    ]
