"""A release with events, checklist and question sets, and one from before there were any, served to tests."""

from __future__ import annotations

import shutil
from datetime import date
from functools import lru_cache
from pathlib import Path

from fastapi import FastAPI

from cds.content.folder import Advice, Content, read_content
from cds.release.frozen import RULES
from tests.frozen import TODAY, sealed, service_over

DRAFT = RULES / "draft"
SOURCE = DRAFT
WITHOUT, WITH = "0.1.0", "0.2.0"
ADVICE_FILES = (
    "must-not.yaml",
    "resources.yaml",
    "events.yaml",
    "checklist.yaml",
    "question-sets.yaml",
    "note.yaml",
    "outlook-texts.yaml",
    "nav-advice.yaml",
)


@lru_cache
def content() -> Content:
    """The content that the release in force is made from."""
    return read_content(SOURCE)


def advice() -> Advice:
    """What the release in force says follows from events."""
    found = content().advice
    assert found is not None
    return found


def service(rules: Path, today: date = TODAY) -> FastAPI:
    """The service over two releases made in `rules`; the older has no advice, the newer is in force."""
    _freeze(rules, WITHOUT, date(2026, 11, 1), with_advice=False)
    shutil.rmtree(rules / "draft")
    _freeze(rules, WITH, date(2026, 11, 15), with_advice=True)
    return service_over(rules, today)


def _freeze(rules: Path, version: str, day: date, *, with_advice: bool) -> None:
    draft = rules / "draft"
    shutil.copytree(SOURCE, draft)
    if not with_advice:
        shutil.rmtree(draft / "recommendations")
        for name in ADVICE_FILES:
            (draft / name).unlink()
    sealed(rules, version, day)
