"""A release altered by hand into the next one, as an author would: a copy of its files with some words replaced."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path

from cds.content.folder import read_content
from cds.release.frozen import Release, Releases, unfrozen

Edits = Mapping[str, tuple[tuple[str, str], ...]]
BEFORE = "0.3.0"
"""A frozen release, so that no edit of the draft changes what the tests say."""


@lru_cache
def releases() -> Releases:
    """The releases of this checkout, each read once."""
    return Releases()


def before() -> Release:
    """The release that is altered."""
    return releases()[BEFORE]


def edit(folder: Path, edits: Edits) -> None:
    """Replace words in files, each once; a word that is not there is a mistake of the test."""
    for file, pairs in edits.items():
        path = folder / file
        text = path.read_text(encoding="utf-8")
        for old, new in pairs:
            assert old in text, f"{file}: {old}"
            text = text.replace(old, new, 1)
        path.write_text(text, encoding="utf-8")


def altered(folder: Path, edits: Edits, version: str = "0.4.0") -> Release:
    """The release with these edits, not frozen."""
    shutil.copytree(before().folder, folder)
    edit(folder, edits)
    return unfrozen(version, date(2027, 1, 1), folder, read_content(folder))
