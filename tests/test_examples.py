"""The answers that the two invented host systems in examples/ show are those of the service, under the newest release.

`make golden` writes them anew.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cds.auth.profiles import SCOPES, Caller, Profile
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.production import OpenDoor

EXAMPLES = Path(__file__).parents[1] / "examples"
DAY = date(2026, 12, 31)
"""A day on which the newest release is in force."""
REWRITE = os.environ.get("CDS_REWRITE_GOLDEN") == "1"
SHOWN = re.compile(r"(?<=\nconst answer = ).*?(?=;\n\n)", re.DOTALL)


def whole(answer: dict[str, Any]) -> dict[str, Any]:
    """The answer as it came, without its receipt."""
    return {"advice": answer["advice"]}


def as_the_card_reads_it(answer: dict[str, Any]) -> dict[str, Any]:
    """Of an answer, what the card reads."""

    def only(names: str, line: dict[str, Any]) -> dict[str, Any]:
        return {name: line[name] for name in names.split()}

    made = answer["assessment"]
    return {
        "assessment": {
            **only("as_of language level label meaning level_at_most", made),
            "factors": [
                only("id code title outcome", factor) for factor in made["factors"] if factor["outcome"] == "present"
            ],
            "recommendations": [
                only("id code status urgency title actor text because", line) for line in made["recommendations"]
            ],
            "provenance": only("release", made["provenance"]),
        }
    }


PAGES: dict[str, tuple[Profile, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    "nav-page.js": (Profile.NAV, whole),
    "record-system-page.js": (Profile.GP, as_the_card_reads_it),
}


@pytest.mark.parametrize("name", PAGES)
def test_golden_demo_page_shows_what_the_service_gives(name: str) -> None:
    profile, kept = PAGES[name]
    asked = json.loads((EXAMPLES / "released-from-prison.json").read_bytes()) | {"language": "nb"}
    guard = OpenDoor(Caller("demo", SCOPES[profile]))
    with TestClient(create_app(Settings(), Releases(), lambda: DAY, guard)) as client:
        answer = kept(client.post("/v1/assessments", json=asked).json())
    file = EXAMPLES / name
    text = file.read_text(encoding="utf-8")
    if REWRITE:
        made = json.dumps(answer, ensure_ascii=False, indent=2)
        text = SHOWN.sub(lambda _: made, text, count=1)
        file.write_text(text, encoding="utf-8", newline="\n")
    (found,) = SHOWN.findall(text)
    shown = json.loads(found)
    if "advice" in shown:  # which build answered may differ; under which rules may not
        shown["advice"]["provenance"]["service"] = answer["advice"]["provenance"]["service"]
    assert shown == answer
