"""The content that reads records, and ways to let it read invented ones."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter

from cds.assess import Assessor
from cds.records.normalise import Normalised
from cds.records.statements import Statement
from cds.release.frozen import RULES, Release
from tests.frozen import FIRST_DAY, IN_FORCE, copy_draft, sealed, service_over

AS_OF = date(2026, 11, 20)
STATEMENTS: TypeAdapter[tuple[Statement, ...]] = TypeAdapter(tuple[Statement, ...])

EVERYTHING_ANSWERED_NO = Path(__file__).parents[1] / "patients" / "everything-answered-no" / "request.json"

Read = Callable[..., Normalised]
Ask = Callable[..., Any]


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


@pytest.fixture(scope="session")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Somebody who calls a service under the content being written."""
    rules = copy_draft(tmp_path_factory.mktemp("rules"))
    sealed(rules, IN_FORCE, FIRST_DAY)
    with TestClient(service_over(rules)) as caller:
        yield caller


@pytest.fixture
def ask(caller: TestClient) -> Ask:
    """Sends statements beside the answers of somebody who answered no to everything, but for the facts `open_`."""
    answered: dict[str, Any] = json.loads(EVERYTHING_ANSWERED_NO.read_text(encoding="utf-8"))["facts"]

    def asking(statements: list[dict[str, Any]], *complete: str, open_: tuple[str, ...] = ()) -> Any:
        facts = {name: answer for name, answer in answered.items() if name not in {*complete, *open_}}
        sent = {"as_of": AS_OF.isoformat(), "facts": facts, "statements": statements, "complete": list(complete)}
        answer = caller.post("/v1/assessments", json=sent)
        return answer.json()["assessment"] if answer.status_code == 200 else answer.json()

    return asking
