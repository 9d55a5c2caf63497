"""What a receipt proves of the release it was made under on its day, and against what was kept elsewhere."""

from __future__ import annotations

import base64
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from cds.audit.check import Against, Given
from cds.audit.checkpoint import Checkpoint
from cds.audit.keys import Environment, KeyRing, new_keys, open_keys
from cds.audit.prove import OSLO, check_receipt
from cds.release.approvals import Approvals
from cds.release.frozen import Release, Releases
from cds.signing import SigningKey
from tests.audit.running import Run
from tests.ledgers import ORIGIN, receipt_of

EARLY = 1_700_000_000
DAYS = [("0.1.0", 22), ("0.2.0", 22), ("0.3.0", 22), ("0.3.0", 23), ("0.4.0", 23), ("0.5.0", 23), ("0.5.0", 24)]


@pytest.fixture
def ring(tmp_path: Path, request: pytest.FixtureRequest) -> KeyRing:
    environment: Environment = getattr(request, "param", "development")
    new_keys(tmp_path / "ring", environment, EARLY)
    return open_keys(tmp_path / "ring", environment, EARLY)


def at(day: date, hour: int = 9) -> int:
    return int(datetime(day.year, day.month, day.day, hour, tzinfo=OSLO).timestamp())


def proven(
    ring: KeyRing, releases: Releases, version: str, day: date, approved_on: date | None = date(2026, 1, 1)
) -> dict[str, tuple[str, str]]:
    """Result and reason for each thing, of a receipt made on a day under a release that was approved on another."""

    def approved(_: Release) -> Approvals:
        found = approved_on is not None
        return Approvals(approved=found, approved_on=approved_on, missing=[], frozen_by=None, lines=[])

    digest = releases[version].digest
    entry = receipt_of(1, ring.receipts, iat=at(day), release=version, digest=digest, env=ring.environment)
    against = Against(ring.published, ring.environment, releases, approved, ORIGIN)
    lines = check_receipt(Given(entry.body), against, None).lines
    return {line.name: (line.result, line.because) for line in lines}


@pytest.mark.parametrize(("version", "day"), DAYS)
def test_the_day_on_which_the_rules_changed_belongs_to_both(
    ring: KeyRing, releases: Releases, version: str, day: int
) -> None:
    assert proven(ring, releases, version, date(2026, 11, day))["release_in_force"] == ("ok", "")


@pytest.mark.parametrize(
    ("version", "day", "current"), [("0.1.0", 23, "0.5.0"), ("0.5.0", 22, "0.3.0"), ("0.4.0", 24, "0.5.0"),
                                    ("0.1.0", 21, "none")]
)  # fmt: skip
def test_another_release_was_named_by_the_caller(
    ring: KeyRing, releases: Releases, version: str, day: int, current: str
) -> None:
    result, because = proven(ring, releases, version, date(2026, 11, day))["release_in_force"]
    assert (result, because) == ("noted", f"the caller named this one; in force on that day was: {current}")


@pytest.mark.parametrize("ring", ["production"], indirect=True)
@pytest.mark.parametrize(("approved", "result"), [(22, "ok"), (23, "ok"), (24, "failed"), (None, "failed")])
def test_in_production_a_release_answers_once_it_is_approved(
    ring: KeyRing, releases: Releases, approved: int | None, result: str
) -> None:
    then = None if approved is None else date(2026, 11, approved)
    found = proven(ring, releases, "0.5.0", date(2026, 11, 23), then)["release_approved"]
    assert found[0] == result
    if approved == 24:
        assert "approved after the receipt was made, on: 2026-11-24" in found[1]


@pytest.mark.parametrize(("approved", "result"), [(23, "ok"), (24, "noted"), (None, "failed")])
def test_in_development_it_is_said_that_it_was_approved_later(
    ring: KeyRing, releases: Releases, approved: int | None, result: str
) -> None:
    then = None if approved is None else date(2026, 11, approved)
    found = proven(ring, releases, "0.5.0", date(2026, 11, 23), then)["release_approved"]
    assert found[0] == result
    if approved == 24:
        assert found[1].endswith("approved later, on: 2026-11-24")


# ---- on the command line: what was kept elsewhere, and what was not checked ------------------------------------------


def notes(run: Run) -> list[str]:
    lines = map(json.loads, run("export")[1].splitlines())
    return [line["note"] for line in lines if line["kind"] == "checkpoint"]


def told(out: str, name: str) -> list[str]:
    return [line.strip() for line in out.splitlines() if f" {name}" in line]


def test_every_checkpoint_kept_elsewhere_is_compared(run: Run, answer: Path, tmp_path: Path) -> None:
    kept = notes(run)
    assert len(kept) > 1
    files = []
    for number, note in enumerate(kept):
        files += ["--checkpoint", tmp_path / f"{number}.txt"]
        (tmp_path / f"{number}.txt").write_text(note, encoding="utf-8")
    status, out, _ = run("verify", answer, *files)
    assert (status, told(out, "consistent")) == (0, ["ok          consistent"] * len(kept))


def test_a_checkpoint_over_more_than_is_signed_now_is_told(run: Run, answer: Path, tmp_path: Path) -> None:
    """Kept by somebody before the end was cut: the first of two agrees, the second does not."""
    keys = open_keys(tmp_path / "var" / "keys", "development", EARLY)
    first = notes(run)[0]
    longer = Checkpoint(first.split("\n")[0], 5_000, bytes(32)).signed(keys.checkpoints)
    held = tmp_path / "held.txt"
    held.write_text(f"{first}\n\n{longer}", encoding="utf-8")
    status, out, _ = run("verify", answer, "--checkpoint", held)
    assert status == 1
    assert told(out, "consistent") == [
        "ok          consistent",
        "failed      consistent: SHORTER THAN CHECKPOINT 5000",
    ]


def test_a_checkpoint_is_compared_even_where_the_receipt_stands_nowhere(run: Run, answer: Path, tmp_path: Path) -> None:
    held = tmp_path / "held.txt"
    held.write_text(notes(run)[-1], encoding="utf-8")
    said = json.loads(answer.read_text(encoding="utf-8"))
    jws = said["receipt"]["jws"]
    keys = open_keys(tmp_path / "var" / "keys", "development", EARLY)
    for other in (SigningKey.new().jws(b"{}", "cds-receipt+jws"), receipt_of(7, keys.receipts).body, jws[:-4] + "AAAA"):
        said["receipt"]["jws"] = other
        answer.write_text(json.dumps(said), encoding="utf-8")
        status, out, _ = run("verify", answer, "--checkpoint", held)
        assert (status, told(out, "consistent")) == (1, ["ok          consistent"])


def test_a_checkpoint_of_another_ledger_is_told_as_such(run: Run, answer: Path, tmp_path: Path) -> None:
    held = tmp_path / "held.txt"
    keys = open_keys(tmp_path / "var" / "keys", "development", EARLY)
    held.write_text(Checkpoint("somewhere.else/ledger", 4, bytes(32)).signed(keys.checkpoints), encoding="utf-8")
    status, out, _ = run("verify", answer, "--checkpoint", held)
    assert (status, told(out, "consistent")) == (
        1,
        ["failed      consistent: it is the checkpoint of another ledger"],
    )
    status, out, _ = run("verify", "--checkpoint", held)
    assert (status, out.splitlines()[-1]) == (1, "ANOTHER LEDGER checkpoint 4")


def test_checkpoints_are_taken_however_they_were_kept(run: Run, answer: Path, tmp_path: Path) -> None:
    kept = notes(run)
    headers = [base64.b64encode(note.encode()).decode() for note in kept]
    held = tmp_path / "held.txt"
    for text in (
        "\n\n\n".join(kept) + "\n\n",
        "".join(kept).replace("\n", "\r\n"),
        "\n".join(headers) + "\n",
        "".join(f"CDS-Checkpoint: {header}\r\n\r\n" for header in headers),
        kept[0].rstrip() + "\n\n" + headers[1],
    ):
        held.write_bytes(text.encode())
        status, out, _ = run("verify", "--checkpoint", held)
        assert (status, out.splitlines()[-1]) == (0, "OK"), text
        assert f"{len(kept)} checkpoints kept elsewhere" in out


def test_an_answer_of_which_nothing_was_checked_ends_with_two(run: Run, answer: Path) -> None:
    status, out, _ = run("verify", answer)
    assert (status, "no text: cds replay compares the texts" in out) == (0, True)
    said: dict[str, Any] = json.loads(answer.read_text(encoding="utf-8"))
    del said["receipt"]["nonce"]
    answer.write_text(json.dumps(said), encoding="utf-8")
    status, out, err = run("verify", answer)
    assert (status, "whether this answer is what the receipt was made for" in err) == (2, True)


@pytest.mark.parametrize("part", ["service", "engines", "digest"])
def test_a_replay_tells_what_it_cannot_prove(run: Run, answer: Path, part: str) -> None:
    said = json.loads(answer.read_text(encoding="utf-8"))
    forged = {"service": "9.9.9", "engines": ["another"], "digest": "sha256:" + "0" * 64}[part]
    said["assessment"]["provenance"][part] = forged
    answer.write_text(json.dumps(said), encoding="utf-8")
    status, out, _ = run("replay", answer)
    if part == "digest":
        assert (status, f"The digest differs: {forged}" in out) == (1, True)
        assert "; 0 differences" not in out
    else:
        assert status == 0
        assert (forged if part == "service" else "another") in out.splitlines()[0]
        assert "cds verify holds them to the receipt" in out
    assert run("verify", answer)[0] == 1
