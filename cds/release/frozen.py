"""Releases: immutable folders of content, each with its sums, chained in one lock file.

    draft/                     the only content anyone edits
    releases/0.1.0/            frozen, with SHA256SUMS, CHANGES.md, and (from 0.4.0 on) IMPACT.json and .md
    releases/0.1.0.approvals/  who approved it, beside it and outside its sums (`cds.release.approvals`)
    releases.lock.json         version, digest (of SHA256SUMS), day in force, seal of the line before, own seal

`sha256sum -c SHA256SUMS` verifies a release with none of this code. Releases follow each other without gap or overlap:
each is in force until the first day of the next. A release is withdrawn by putting the next one into force, forward in
time only and under a new number; what was frozen stays and can be replayed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import dropwhile, takewhile, zip_longest
from pathlib import Path
from typing import Any

from cds.content.folder import Content, read_content
from cds.errors import NoReleaseInForce, ReleaseAltered, UnknownRelease
from cds.ruleset import Ruleset

RULES = Path(__file__).parents[1] / "rules"
SUMS = "SHA256SUMS"
LOCK = "releases.lock.json"
CHANGES = "CHANGES.md"
IMPACT = "IMPACT.json"
APPROVALS = ".approvals"


@dataclass(frozen=True)
class LockEntry:
    """One line of the chain."""

    version: str
    digest: str
    in_force_from: date
    previous: str | None
    """The seal of the line before."""

    @property
    def seal(self) -> str:
        """SHA-256 over everything this line says, and through `previous` over every line before it."""
        text = "\n".join([self.version, self.digest, self.in_force_from.isoformat(), self.previous or ""])
        return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True)
class Release:
    """One frozen release. Its content is read when first asked for; its bytes were verified before that."""

    version: str
    digest: str
    in_force_from: date
    folder: Path
    in_force_until: date | None = None
    """The first day on which it no longer is: that of the next release. None while none follows. Where both days are
    the same it was replaced on the day it came, and is in force on no day."""

    def in_force_on(self, day: date) -> bool:
        """Whether it was in force at some hour of a day: on the day it was replaced, until the next one came."""
        return self.in_force_from <= day and (self.in_force_until is None or day <= self.in_force_until)

    @property
    def approvals(self) -> Path:
        """Where its approvals lie: beside it, because they come later than its sums."""
        return self.folder.with_name(self.folder.name + APPROVALS)

    @cached_property
    def changes(self) -> str:
        """What its changes file says of this version to clinicians, without the heading."""
        lines = (self.folder / CHANGES).read_text(encoding="utf-8").splitlines()
        own = list(dropwhile(lambda line: line != f"# {self.version}", lines))[1:]
        return "\n".join(takewhile(lambda line: not line.startswith("# "), own)).strip()

    @cached_property
    def impact(self) -> dict[str, Any] | None:
        """What it changed and whom it moved when it was frozen; None for the first, and for those from before 0.4.0."""
        file = self.folder / IMPACT
        return json.loads(file.read_text(encoding="utf-8")) if file.exists() else None

    @cached_property
    def content(self) -> Content:
        """The content as frozen models, from files that are as frozen when they are read and not only at start-up."""
        content = read_content(self.folder)
        if self.digest.startswith("sha256:") and (self.folder / SUMS).exists():
            verify(self.folder, self.digest)
        return content

    @cached_property
    def ruleset(self) -> Ruleset:
        """The content made ready for deciding, with both evaluators built and their limits proved."""
        return Ruleset(self.content)


def unfrozen(version: str, in_force_from: date, folder: Path, content: Content) -> Release:
    """Content that has been read, as the release it would be."""
    release = Release(version, "not frozen", in_force_from, folder)
    release.__dict__["content"] = content
    return release


class Releases:
    """All releases under a rules folder. Raises ReleaseAltered, naming the file, if any byte is not as frozen."""

    def __init__(self, rules: Path = RULES) -> None:
        self.rules = rules
        entries = read_lock(rules)
        folders = rules / "releases"
        found = {folder.name for folder in folders.iterdir() if folder.is_dir()} if folders.is_dir() else set()
        versions = {entry.version for entry in entries}
        for stray in sorted(found - versions - {version + APPROVALS for version in versions}):
            raise ReleaseAltered(rules / "releases" / stray, f"stands in no line of {LOCK}")
        self._by_version: dict[str, Release] = {}
        previous: LockEntry | None = None
        for entry, following in zip_longest(entries, entries[1:]):
            folder = rules / "releases" / entry.version
            if entry.previous != (previous and previous.seal):
                raise ReleaseAltered(rules / LOCK, f"the chain is broken at {entry.version}")
            if previous is not None and entry.in_force_from < previous.in_force_from:
                raise ReleaseAltered(rules / LOCK, f"{entry.version} is in force before {previous.version}")
            verify(folder, entry.digest)
            until = None if following is None else following.in_force_from
            self._by_version[entry.version] = Release(entry.version, entry.digest, entry.in_force_from, folder, until)
            previous = entry

    def __iter__(self) -> Iterator[Release]:
        return iter(self._by_version.values())

    def __getitem__(self, version: str) -> Release:
        try:
            return self._by_version[version]
        except KeyError:
            raise UnknownRelease("no release of that version") from None

    def before(self, version: str) -> Release | None:
        """The release that one replaced, or None for the first. Raises UnknownRelease."""
        earlier = None
        for release in self:
            if release.version == version:
                return earlier
            earlier = release
        raise UnknownRelease("no release of that version")

    def in_force(self, on: date) -> Release:
        """The release in force on a day: the newest that came into force on or before it."""
        candidates = [release for release in self._by_version.values() if release.in_force_from <= on]
        if not candidates:
            raise NoReleaseInForce(f"no release was in force on {on.isoformat()}")
        return candidates[-1]


def read_lock(rules: Path) -> tuple[LockEntry, ...]:
    """The chain of releases, oldest first."""
    file = rules / LOCK
    if not file.exists():
        return ()
    try:
        lines = json.loads(file.read_text(encoding="utf-8"))
        entries = tuple(
            LockEntry(line["version"], line["digest"], date.fromisoformat(line["in_force_from"]), line["previous"])
            for line in lines
        )
        seals = [line["seal"] for line in lines]
    except (ValueError, KeyError, TypeError):
        raise ReleaseAltered(file, "cannot be read") from None
    for entry, seal in zip(entries, seals, strict=True):
        if entry.seal != seal:
            raise ReleaseAltered(file, f"the line of {entry.version} differs from what was frozen")
    return entries


def sums(folder: Path) -> str:
    """The text of SHA256SUMS for a folder: every file but SHA256SUMS itself, sorted by name."""
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path != folder / SUMS)
    lines = (
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n" for path in files
    )
    return "".join(lines)


def digest_of(sums_text: str) -> str:
    """The digest of a release: SHA-256 of its SHA256SUMS."""
    return "sha256:" + hashlib.sha256(sums_text.encode()).hexdigest()


def verify(folder: Path, digest: str) -> None:
    """Compare a release folder with its sums and its digest. Raises ReleaseAltered with the file that differs."""
    try:
        frozen = (folder / SUMS).read_text(encoding="utf-8")
    except OSError:
        raise ReleaseAltered(folder / SUMS, "is missing") from None
    if digest_of(frozen) != digest:
        raise ReleaseAltered(folder / SUMS, f"does not have the digest in {LOCK}")
    then, now = _by_name(frozen), _by_name(sums(folder))
    for name in sorted(then.keys() | now.keys()):
        if name not in now:
            raise ReleaseAltered(folder / name, "is missing")
        if name not in then:
            raise ReleaseAltered(folder / name, "was not part of the release")
        if then[name] != now[name]:
            raise ReleaseAltered(folder / name, "differs from what was frozen")


def _by_name(sums_text: str) -> dict[str, str]:
    return {name: digest for digest, name in (line.split("  ", 1) for line in sums_text.splitlines())}
