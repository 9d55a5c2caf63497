"""Freezing the draft as a release: the only code that writes under `releases/`."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from cds.check import check
from cds.errors import ContentError
from cds.release import LOCK, RULES, SUMS, LockEntry, Release, Releases, digest_of, read_lock, sums

_VERSION = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")


def freeze(version: str, in_force_from: date, rules: Path = RULES) -> Release:
    """Freeze the draft as a release and append it to the chain.

    Raises ContentError if the draft has any problem, or if the version or its day does not follow the last one, or if
    `draft/CHANGES.md` does not speak of this version.
    """
    if not _VERSION.fullmatch(version):
        raise ContentError([f"{version}: a version is three numbers, as in 0.2.0"])
    entries = read_lock(rules)
    if entries:
        newest = entries[-1]
        if _numbers(version) <= _numbers(newest.version):
            raise ContentError([f"{version}: does not follow {newest.version}; a release is never frozen again"])
        if in_force_from < newest.in_force_from:
            raise ContentError([f"{version}: would be in force before {newest.version}"])
    draft = rules / "draft"
    changes = draft / "CHANGES.md"
    if not changes.exists() or f"# {version}" not in changes.read_text(encoding="utf-8").splitlines():
        raise ContentError([f"{changes}:1: has no heading for {version}; clinicians read there what changes for whom"])
    problems = check(draft)
    if problems:
        raise ContentError(problems)
    folder = rules / "releases" / version
    shutil.copytree(draft, folder)
    text = sums(folder)
    (folder / SUMS).write_text(text, encoding="utf-8", newline="\n")
    entry = LockEntry(version, digest_of(text), in_force_from, entries[-1].seal if entries else None)
    _write_lock(rules, (*entries, entry))
    return Releases(rules)[version]


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _write_lock(rules: Path, entries: Iterable[LockEntry]) -> None:
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
    (rules / LOCK).write_text(json.dumps(lines, indent=2) + "\n", encoding="utf-8", newline="\n")
