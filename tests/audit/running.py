"""Commands about proofs as an auditor runs them, over a state of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cds import cli
from cds.commands import proofs
from cds.release.frozen import Releases

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "released-from-prison.json"
Run = Callable[..., tuple[int, str, str]]


ROW = len(list(Releases()))
"""Where the first answer stands: after the releases put into service."""


@pytest.fixture(scope="module")
def releases() -> Releases:
    """The real ones, read once."""
    return Releases()


@pytest.fixture
def run(releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command with a state of its own."""
    monkeypatch.chdir(tmp_path)
    for variable in ("CDS_DATABASE_URL", "CDS_KEYS"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("CDS_STATE", str(tmp_path / "var"))
    for module in (cli, proofs):
        monkeypatch.setattr(module, "Releases", lambda: releases)

    def running(*arguments: str | Path) -> tuple[int, str, str]:
        try:
            status = cli.main([str(argument) for argument in arguments])
        except SystemExit as end:
            status = int(end.code or 0)
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return running


@pytest.fixture
def answer(run: Run, tmp_path: Path) -> Path:
    """An answer with its receipt, as a caller keeps it."""
    status, out, _ = run("assess", EXAMPLE, "--receipt", "--json")
    assert status == 0
    file = tmp_path / "answer.json"
    file.write_text(out, encoding="utf-8")
    return file
