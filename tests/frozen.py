"""The draft frozen into a folder of its own, so that tests own the releases they alter, date or serve."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from datetime import date
from fcntl import LOCK_EX, flock
from pathlib import Path

from fastapi import FastAPI

from cds.main import create_app
from cds.release.freeze import freeze, write_lock
from cds.release.frozen import RULES, SUMS, LockEntry, Release, Releases, digest_of, read_lock, sums
from cds.settings import Settings

TODAY = date(2026, 11, 22)
IN_FORCE, NEXT = "0.1.0", "0.2.0"
FIRST_DAY, NEXT_DAY = date(2026, 11, 1), date(2026, 12, 1)
FEW = 40
"""People in the cohort of a release that a test freezes: ten thousand take half a minute."""


def copy_draft(rules: Path) -> Path:
    """A rules folder holding a copy of the draft and no release; its changes file speaks of no version yet."""
    shutil.copytree(RULES / "draft", rules / "draft")
    (rules / "draft" / "CHANGES.md").write_text("", encoding="utf-8")
    return rules


def heading(rules: Path, version: str) -> None:
    """What the changes file of the copied draft must say before it is frozen."""
    with (rules / "draft" / "CHANGES.md").open("a", encoding="utf-8") as changes:
        changes.write(f"# {version}\n\nA release made by a test.\n\n")


def freeze_next(rules: Path, version: str = IN_FORCE, day: date = FIRST_DAY) -> Release:
    """Freeze the copied draft after writing the heading a release needs."""
    heading(rules, version)
    return freeze(version, day, rules=rules, size=FEW)


def sealed(rules: Path, version: str, day: date) -> None:
    """The copied draft sealed as a release, unread: what freezing checks and compares is tested where freezing is."""
    (rules / "draft" / "CHANGES.md").write_text(f"# {version}\n\nA release made by a test.\n", encoding="utf-8")
    folder = rules / "releases" / version
    shutil.copytree(rules / "draft", folder)
    text = sums(folder)
    (folder / SUMS).write_text(text, encoding="utf-8")
    before = read_lock(rules)
    write_lock(rules, (*before, LockEntry(version, digest_of(text), day, before[-1].seal if before else None)))


def two_releases(rules: Path) -> Path:
    """One release in force on TODAY, and one that comes into force later."""
    copy_draft(rules)
    sealed(rules, IN_FORCE, FIRST_DAY)
    sealed(rules, NEXT, NEXT_DAY)
    return rules


def frozen_releases(rules: Path) -> Path:
    """The same two, frozen as an author freezes them."""
    return copy_of("two-releases", _freeze_two, rules)


def one_release(rules: Path) -> Path:
    """The release in force on TODAY alone, and the draft it was made from."""
    return copy_of("one-release", _freeze_one, rules)


def _freeze_one(rules: Path) -> None:
    copy_draft(rules)
    freeze_next(rules, IN_FORCE, FIRST_DAY)


def _freeze_two(rules: Path) -> None:
    one_release(rules)
    freeze_next(rules, NEXT, NEXT_DAY)


def copy_of(name: str, make: Callable[[Path], None], rules: Path) -> Path:
    """A copy of a folder that is made once in a run, even where the run has several workers: freezing takes seconds."""
    pristine = _run() / name
    with (_run() / f"{name}.lock").open("w") as lock:
        flock(lock, LOCK_EX)
        if not pristine.exists():
            making = _run() / f"{name}.new"
            making.mkdir()
            make(making)
            making.rename(pristine)
    shutil.copytree(pristine, rules, dirs_exist_ok=True)
    return rules


def _run() -> Path:
    """A folder of this run of the tests, which its workers share (tests/conftest.py names it, pytest removes it)."""
    folder = Path(os.environ["CDS_TESTS_FOLDER"]) / "frozen"
    folder.mkdir(exist_ok=True)
    return folder


def service_over(rules: Path | Releases, today: date = TODAY) -> FastAPI:
    """The service over the releases of a folder, on a day of the test's choosing."""
    releases = rules if isinstance(rules, Releases) else Releases(rules)
    return create_app(Settings(environment="development", host="127.0.0.1"), releases, lambda: today)


def without_receipt(answer: bytes) -> bytes:
    """The answer as far as it is the same whenever it is asked for: a receipt never is, and stands last."""
    return answer.partition(b',"receipt":')[0]
