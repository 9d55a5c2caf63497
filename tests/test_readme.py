"""The README speaks of the program as it is."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from cds.cli import main

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_printed_assessment_is_what_the_command_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines may be left out at `…`; those that stand there stand in the output, in that order."""
    printed = re.search(r"```\n\nLevel: (.*?)```", README, re.DOTALL)
    assert printed is not None
    assert main(["assess", str(ROOT / "examples" / "released-from-prison.json")]) == 0
    actual = iter(line.rstrip() for line in capsys.readouterr().out.splitlines())
    shown = [f"Level: {printed[1]}".splitlines()[0], *printed[1].splitlines()[1:]]
    for line in (line.rstrip() for line in shown):
        if line.strip() != "…":
            assert line in actual, line


def test_every_link_into_the_repository_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / link).exists()] == []
