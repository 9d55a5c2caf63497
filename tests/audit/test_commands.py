"""cds verify, replay, export and keys: what they print, and the status with which they end."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from tests.audit.running import EXAMPLE, ROW, Run


def ledger(tmp_path: Path) -> Path:
    return tmp_path / "var" / "ledger.sqlite"


def test_assess_writes_no_state_unless_a_receipt_is_wanted(run: Run, tmp_path: Path) -> None:
    assert run("assess", EXAMPLE)[0] == 0
    assert not (tmp_path / "var").exists()


def test_an_answer_is_verified_with_its_request(run: Run, answer: Path) -> None:
    status, out, _ = run("verify", answer, "--request", EXAMPLE)
    assert status == 0
    for name in (
        "signature",
        "key",
        "release known",
        "release approved",
        "release in force",
        "input",
        "output",
        "raw",
        "included",
    ):
        assert f"ok          {name}" in out


def test_an_answer_that_was_changed_fails(run: Run, answer: Path) -> None:
    said = json.loads(answer.read_text(encoding="utf-8"))
    said["assessment"]["level"] = "low"
    answer.write_text(json.dumps(said), encoding="utf-8")
    status, out, _ = run("verify", answer)
    assert status == 1
    assert "failed      output" in out


def test_the_ledger_is_ok_and_its_faults_are_told(run: Run, answer: Path, tmp_path: Path) -> None:
    assert (run("verify")[0], run("verify")[1].splitlines()[-1]) == (0, "OK")
    with sqlite3.connect(ledger(tmp_path)) as connection:
        connection.execute("DROP TRIGGER entries_no_update")
        connection.execute("UPDATE entries SET body = body || 'A' WHERE position = ?", (ROW,))
    connection.close()
    status, out, _ = run("verify")
    assert (status, out.splitlines()[-1]) == (1, f"ALTERED row {ROW}")


def test_a_checkpoint_kept_elsewhere_tells_a_cut_end(run: Run, answer: Path, tmp_path: Path) -> None:
    _, out, _ = run("export")
    notes = [line["note"] for line in map(json.loads, out.splitlines()) if line["kind"] == "checkpoint"]
    held = tmp_path / "kept.txt"
    held.write_text("".join(notes), encoding="utf-8")
    assert run("verify", "--checkpoint", held)[0] == 0
    with sqlite3.connect(ledger(tmp_path)) as connection:
        for table in ("entries", "checkpoints"):
            connection.execute(f"DROP TRIGGER {table}_no_delete")
        connection.execute("DELETE FROM entries WHERE position = ?", (ROW,))
        connection.execute("DELETE FROM checkpoints WHERE size = ?", (ROW + 1,))
    connection.close()
    assert run("verify")[0] == 0, "the ledger alone cannot tell"
    status, out, _ = run("verify", "--checkpoint", held)
    assert (status, out.splitlines()[-1]) == (1, f"SHORTER THAN CHECKPOINT {ROW + 1} (row {ROW})")


def test_an_export_is_checked_on_a_machine_that_has_nothing_else(
    run: Run, answer: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export, keys = tmp_path / "export.ndjson", tmp_path / "keys.json"
    export.write_text(run("export")[1], encoding="utf-8")
    keys.write_text(run("keys", "published")[1], encoding="utf-8")
    monkeypatch.setenv("CDS_STATE", str(tmp_path / "elsewhere"))
    status, out, _ = run("verify", export)
    assert (status, out.splitlines()[-1]) == (0, "OK")
    assert "compare them" in out.splitlines()[0]
    assert "compare them" not in run("verify", export, "--keys", keys)[1]
    assert not (tmp_path / "elsewhere").exists()


def test_an_export_that_was_altered_anywhere_is_not_believed(run: Run, answer: Path, tmp_path: Path) -> None:
    keys = tmp_path / "keys.json"
    keys.write_text(run("keys", "published")[1], encoding="utf-8")
    lines = [json.loads(line) for line in run("export")[1].splitlines()]
    export = tmp_path / "export.ndjson"

    def status_with(only: str, **changed: object) -> tuple[int, str]:
        altered = [line | changed if line["kind"] == only else line for line in lines]
        export.write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in altered), encoding="utf-8")
        status, out, err = run("verify", export, "--keys", keys)
        return status, (out or err).splitlines()[-1]

    assert status_with("nothing")[0] == 0
    assert status_with("ledger", origin="another")[0] == 1
    assert status_with("release", files={"a": "b", "SHA256SUMS": ""})[0] == 1
    assert status_with("checkpoint", size=7)[0] == 1
    assert status_with("entry", leaf="AAAA") == (1, f"ALTERED row {ROW}")
    assert status_with("entry", position="x")[0] == 2
    assert status_with("entry", kind="other")[0] == 2
    lines = [line for line in lines if line["kind"] != "entry"]
    assert status_with("nothing")[1].startswith("SHORTER THAN CHECKPOINT")


def test_verifying_makes_neither_keys_nor_a_ledger(run: Run, tmp_path: Path) -> None:
    for command in (["verify"], ["export"], ["keys", "published"]):
        status, _, err = run(*command)
        assert (status, bool(err)) == (2, True)
    assert not (tmp_path / "var" / "keys").exists()
    assert not ledger(tmp_path).exists()


def test_an_answer_is_replayed(run: Run, answer: Path) -> None:
    status, out, _ = run("replay", answer)
    assert status == 0
    assert "Identical" in out
    status, out, _ = run("replay", answer, "--release", "0.2.0")
    assert "Replayed under 0.2.0" in out


def test_an_emergency_is_replayed_with_its_request(run: Run, tmp_path: Path) -> None:
    request, answer = tmp_path / "request.json", tmp_path / "answer.json"
    request.write_text('{"as_of": "2026-11-20", "facts": {"overdose_now": "yes"}}', encoding="utf-8")
    answer.write_text(run("assess", request, "--receipt", "--json")[1], encoding="utf-8")
    assert run("replay", answer)[0] == 2
    assert run("replay", answer, "--request", request)[0] == 0
    status, out, _ = run("verify", answer, "--request", request)
    assert status == 0
    assert "ok          input" in out


@pytest.mark.parametrize(
    "content",
    ["", "{}", "[]", '{"assessment": {}}', '{"kind":"ledger"}\n', '{"kind":"ledger","v":1,"origin":"a"}\nx\n'],
)
def test_what_cannot_be_checked_ends_with_two(run: Run, tmp_path: Path, content: str) -> None:
    file = tmp_path / "file"
    file.write_text(content, encoding="utf-8")
    assert run("verify", file)[0] == 2
    assert run("verify", tmp_path / "none")[0] == 2
    assert run("replay", file)[0] == 2


def test_keys_for_production_are_made_and_rotated(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "production"
    assert run("keys", "new", folder)[0] == 0
    assert run("keys", "new", folder)[0] == 2
    before = {file.name for file in folder.glob("*.pem")}
    assert run("keys", "rotate", folder)[0] == 0
    assert before.isdisjoint({file.name for file in folder.glob("*.pem")})
    listed = json.loads((folder / "keys.json").read_text(encoding="utf-8"))["keys"]
    assert sorted("until" in key for key in listed) == [False, False, True, True]
    assert run("keys", "rotate", tmp_path / "none")[0] == 2
