"""A service with a history to audit: the releases of this checkout, and one by an invented author that moves people."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI

from cds.api import differences
from cds.cohort import SIZE
from cds.content.folder import read_content
from cds.diff import diff
from cds.diff.shapes import Difference
from cds.main import create_app
from cds.release.approvals import approve
from cds.release.freeze import write_impact, write_lock
from cds.release.frozen import RULES, SUMS, LockEntry, Release, Releases, digest_of, read_lock, sums, unfrozen
from cds.settings import Settings
from cds.signing import SigningKey
from tests.frozen import FEW
from tests.releases.altered import edit
from tests.releases.approving import Board

BEFORE, MARCH = read_lock(RULES)[-1].version, "9.0.0"
FIRST_DAY, TODAY = date(2027, 3, 1), date(2027, 3, 20)
CHANGES = """# 9.0.0

For clinicians. An invented step: the level high begins two points lower.

- Who is affected: people with few points short of the level high.
- Why: an invented review found that help came too late for them.
"""
CASES = ("factors/lost-tolerance.cases.yaml", "factors/injecting.cases.yaml")
"""On all of them the difference would take ten times as long."""
EDITS = {"levels.yaml": (("from: 6", "from: 4"),)}


@dataclass
class Audited:
    """The releases, and what the newest of them changed."""

    releases: Releases
    settings: Settings
    difference: Difference

    def service(self) -> FastAPI:
        """A service over them, with a ledger of its own."""
        return create_app(self.settings, self.releases, lambda: TODAY)


@contextmanager
def history(folder: Path) -> Iterator[Audited]:
    """The service over such releases on a day in March. Real differences but for size; one asked for waits."""
    rules = folder / "rules"
    shutil.copytree(RULES, rules, ignore=shutil.ignore_patterns("draft"))
    made = _moving_people(rules)
    board = Board(rules)
    newest = Releases(rules)[MARCH]
    approve(newest, "clinical", board.clinical, FIRST_DAY)
    for key in (board.technical, SigningKey.new()):
        approve(newest, "technical", key, FIRST_DAY)
    counted = threading.Event()

    def waiting(old: Release, new: Release, size: int = SIZE) -> Difference:
        counted.wait()
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(differences, "diff", waiting)
        releases = Releases(rules)
        for release in releases:
            _ = release.content  # read before a browser waits for it
        yield Audited(releases, Settings(environment="development", approvers=board.list), made)
        counted.set()


def _moving_people(rules: Path) -> Difference:
    """Put the invented release there, frozen as `cds release` would but for the size of its cohort."""
    old, folder = Releases(rules)[BEFORE], rules / "releases" / MARCH
    shutil.copytree(old.folder, folder)
    (folder / SUMS).unlink()
    edit(folder, EDITS)
    (folder / "CHANGES.md").write_text(CHANGES, encoding="utf-8")
    few = rules.parent / "few-cases"
    few.mkdir()
    for file in CASES:
        shutil.copy(old.folder / file, few)
    before, after = old.content, read_content(folder)
    made = diff(unfrozen(BEFORE, old.in_force_from, few, before), unfrozen(MARCH, FIRST_DAY, few, after), FEW)
    write_impact(made, folder)
    text = sums(folder)
    (folder / SUMS).write_text(text, encoding="utf-8")
    lock = read_lock(rules)
    write_lock(rules, (*lock, LockEntry(MARCH, digest_of(text), FIRST_DAY, lock[-1].seal)))
    return made
