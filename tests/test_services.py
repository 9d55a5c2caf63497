"""Golden answers that are about services and not about a person: events and the district checklist."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from tests.test_patients import as_text

SERVICES = Path(__file__).parent / "services"
REWRITE = os.environ.get("CDS_REWRITE_GOLDEN") == "1"


@pytest.mark.parametrize("name", sorted(folder.name for folder in SERVICES.iterdir()))
def test_golden_service_is_answered_as_recorded(name: str, client: TestClient) -> None:
    asked = json.loads((SERVICES / name / "request.json").read_text(encoding="utf-8"))
    answered = client.post(asked["path"], json=asked["body"])
    assert answered.status_code == 200
    text = as_text(answered.json())
    file = SERVICES / name / "answer.json"
    if REWRITE:
        file.write_text(text, encoding="utf-8", newline="\n")
    assert file.read_text(encoding="utf-8") == text
