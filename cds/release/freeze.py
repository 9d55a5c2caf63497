"""Freezing the draft as a release: the only code that writes under `releases/`.

A release appears whole or not at all: the draft is copied beside the others, and the copy is what is checked, compared
and then given its name; whoever edits the draft meanwhile edits the next one. What it changes and whom it moves is
computed against the release before it and becomes part of it, and a version number that promises less than that is
refused.

A release may come into force on the day it is frozen, and then two were in force on that day: the receipts of both
hold (`Release.in_force_on`). Into the past it cannot come.
"""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from cds.check.draft import read_and_check
from cds.cohort import SIZE
from cds.content.folder import Content
from cds.diff import diff
from cds.diff.readable import as_markdown
from cds.diff.shapes import WEIGHTS, Difference, Weight
from cds.errors import ContentError
from cds.release.approvals import name_author
from cds.release.frozen import (
    APPROVALS,
    CHANGES,
    IMPACT,
    LOCK,
    RULES,
    SUMS,
    LockEntry,
    Release,
    Releases,
    digest_of,
    read_lock,
    sums,
    unfrozen,
    verify,
)
from cds.release.retired import retired_wrongly
from cds.signing import PublicKey

IMPACT_TEXT = "IMPACT.md"
_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


def freeze(
    version: str, in_force_from: date, rules: Path = RULES, *, author: PublicKey | None = None, size: int = SIZE
) -> Release:
    """Freeze the draft as a release and append it to the chain.

    `author` is the key of whoever freezes it, named beside the release before it is there to be used; production takes
    none without. `size` is how many invented people the difference is shown on.

    Raises ContentError if the draft has any problem or holds a file that is no content; if the version or its day does
    not follow the last one; if `draft/CHANGES.md` does not speak of this version; if an id is gone without a word or
    used again; or if the version promises less than what moved.
    """
    releases = Releases(rules)
    newest = _newest(version, in_force_from, releases)
    draft = rules / "draft"
    with TemporaryDirectory(prefix=".freezing-", dir=rules) as beside, _told_of(draft, Path(beside) / version):
        folder = Path(beside) / version
        shutil.copytree(draft, folder, ignore=_left_by_an_editor)
        changes = folder / CHANGES
        if not changes.exists() or f"# {version}" not in changes.read_text(encoding="utf-8").splitlines():
            told = f"{changes}:1: has no heading for {version}; clinicians read there what changes for whom"
            raise ContentError([told])
        content, problems = read_and_check(folder)
        if content is None or problems:
            raise ContentError(problems)
        _refuse_strays(folder, content)
        problems = list(retired_wrongly(content, [release.content for release in releases]))
        if problems:
            raise ContentError(problems)
        if newest is not None:
            difference = diff(newest, unfrozen(version, in_force_from, folder, content), size)
            refuse_too_small(difference)
            write_impact(difference, folder)
        text = sums(folder)
        (folder / SUMS).write_text(text, encoding="utf-8", newline="\n")
        verify(folder, digest_of(text))
        (rules / "releases").mkdir(exist_ok=True)
        if author is not None:
            name_author(rules / "releases" / f"{version}{APPROVALS}", author)
        folder.rename(rules / "releases" / version)
    entries = read_lock(rules)
    entry = LockEntry(version, digest_of(text), in_force_from, entries[-1].seal if entries else None)
    write_lock(rules, (*entries, entry))
    return Releases(rules)[version]


def step(old: str, new: str) -> Weight:
    """Which part of the version number moved: major, minor or patch."""
    before, after = _numbers(old), _numbers(new)
    return "major" if after[0] > before[0] else "minor" if after[1] > before[1] else "patch"


def refuse_too_small(difference: Difference) -> None:
    """Raise ContentError, naming what moved, where the new version promises less than what it brings."""
    old, new = difference.old.version, difference.new.version
    if WEIGHTS.index(step(old, new)) < WEIGHTS.index(difference.least):
        head = f"{new}: a {step(old, new)} after {old}, and this needs a {difference.least}:"
        raise ContentError([head, *(f"  {line}" for line in difference.because)])


def write_impact(difference: Difference, folder: Path) -> None:
    """What a release changes and whom it moves, for programs and for people."""
    (folder / IMPACT).write_text(difference.model_dump_json(indent=1) + "\n", encoding="utf-8", newline="\n")
    (folder / IMPACT_TEXT).write_text(as_markdown(difference), encoding="utf-8", newline="\n")


def _newest(version: str, in_force_from: date, releases: Releases) -> Release | None:
    """The release before this one. Raises ContentError where this one cannot follow it."""
    if not _VERSION.fullmatch(version):
        raise ContentError([f"{version}: a version is three numbers, as in 0.2.0"])
    *_, newest = (None, *releases)
    if newest is not None:
        if _numbers(version) <= _numbers(newest.version):
            raise ContentError([f"{version}: does not follow {newest.version}; a release is never frozen again"])
        if in_force_from < newest.in_force_from:
            raise ContentError([f"{version}: would be in force before {newest.version}"])
    return newest


@contextmanager
def _told_of(draft: Path, copy: Path) -> Iterator[None]:
    """What is wrong with the copy is wrong with the draft, where its author finds it."""
    try:
        yield
    except ContentError as error:
        raise ContentError(problem.replace(str(copy), str(draft)) for problem in error.problems) from None


def _refuse_strays(copy: Path, content: Content) -> None:
    """Raise ContentError where a file of the draft is no content."""
    cases = {f"factors/{factor}.cases.yaml" for factor in content.factors}
    known = {CHANGES, "acute.cases.yaml", *cases, *content.documents}
    found = {path.relative_to(copy).as_posix() for path in copy.rglob("*") if path.is_file()}
    if strays := sorted(found - known):
        raise ContentError(f"{copy / name}:1: is no content of a release; remove it" for name in strays)


def _left_by_an_editor(_: str, names: list[str]) -> set[str]:
    """What editors leave in a folder is passed over."""
    return {name for name in names if name.startswith(".") or name.endswith(("~", ".swp"))}


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def write_lock(rules: Path, entries: Iterable[LockEntry]) -> None:
    lines = [
        {
            "version": entry.version,
            "digest": entry.digest,
            "in_force_from": entry.in_force_from.isoformat(),
            "previous": entry.previous,
            "seal": entry.seal,
        }
        for entry in entries
    ]
    beside = rules / f".{LOCK}.new"
    beside.write_text(json.dumps(lines, indent=2) + "\n", encoding="utf-8", newline="\n")
    beside.replace(rules / LOCK)
