"""The content that reads records, and ways to let it read invented ones."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from pydantic import TypeAdapter

from cds.assess import Assessor
from cds.normalise import Normalised
from cds.release import RULES, Release
from cds.statements import Statement

AS_OF = date(2026, 11, 20)
STATEMENTS: TypeAdapter[tuple[Statement, ...]] = TypeAdapter(tuple[Statement, ...])

Read = Callable[..., Normalised]


@pytest.fixture(scope="session")
def reader() -> Assessor:
    """Assesses under content that reads records."""
    folder = RULES / "draft"
    return Assessor(Release("0.0.0", "sha256:draft", date.min, folder))


@pytest.fixture(scope="session")
def read(reader: Assessor) -> Read:
    """Reads statements as they are sent."""
    normaliser = reader.reader.normaliser
    assert normaliser is not None

    def reading(statements: list[dict[str, Any]], *complete: str, as_of: date = AS_OF) -> Normalised:
        return normaliser.normalise(STATEMENTS.validate_python(statements), complete, as_of)

    return reading
