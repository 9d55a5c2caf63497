"""What NAV can find out by asking: from what everyone may read, and about a release that has no advice."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cds.api.service import seconds_now
from cds.auth.development import issuing_key, token
from cds.auth.profiles import Profile
from cds.auth.scopes import ROUTES
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings

PATIENTS = Path(__file__).parents[1] / "patients"
OF_EACH_LEVEL = {
    "low": "everything-answered-no",
    "elevated": "own-pause-of-two-days",
    "high": "own-pause-of-three-days",
    "very_high": "released-from-prison-five-days-ago",
    "undetermined": "refused-to-answer",
    "acute": "overdose-now",
    "not_applicable": "next-of-kin",
}
OPEN = sorted(path for (method, path), access in ROUTES.items() if access.open and method == "GET" and "{" not in path)
DAY = date(2026, 12, 31)
"""A day on which the newest release is in force."""
BEFORE_ADVICE = "0.3.0"
"""A release from before there was advice for NAV."""
VARIES = re.compile(r"_created ")
"""When a count began, which two services never have alike."""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """Where the service keeps its keys."""
    return tmp_path / "var"


@pytest.fixture(scope="module")
def releases() -> Releases:
    """The releases of this checkout, read once."""
    return Releases()


@pytest.fixture
def quiet(state: Path, releases: Releases) -> Iterator[TestClient]:
    """A service that nobody else asks."""
    with TestClient(create_app(Settings(state=state), releases, lambda: DAY)) as client:
        yield client


def bearing(state: Path, profile: Profile) -> dict[str, str]:
    """The token of a profile."""
    return {"Authorization": f"Bearer {token(profile, issuing_key(state), int(seconds_now()))}"}


def asked(name: str) -> dict[str, Any]:
    """What is asked about one of the invented people, as NAV can ask it."""
    read: dict[str, Any] = json.loads((PATIENTS / name / "request.json").read_bytes())
    return {field: value for field, value in read.items() if field != "include"}


def readable(client: TestClient, nav: dict[str, str]) -> dict[str, str]:
    """Every line of what NAV can read without asking about anyone: its last word as the value, the rest as the name."""
    lines: dict[str, str] = {}
    for path in OPEN:
        for number, line in enumerate(client.get(path, headers=nav).text.splitlines()):
            if not VARIES.search(line):
                name, _, value = line.rpartition(" ")
                lines[f"{path} {name or number}"] = value
    return lines


def moved(before: dict[str, str], after: dict[str, str]) -> set[str]:
    """The lines that are new or say something else."""
    return {name for name in after if before.get(name) != after[name]}


def test_nothing_that_everyone_may_read_tells_the_level_of_the_person_just_asked_about(
    quiet: TestClient, state: Path
) -> None:
    nav = bearing(state, Profile.NAV)
    assert quiet.post("/v1/assessments", json={}, headers=nav).status_code == 200
    readable(quiet, nav)
    told = {}
    for level, name in OF_EACH_LEVEL.items():
        before = readable(quiet, nav)
        answer = quiet.post("/v1/assessments", json=asked(name), headers=nav)
        assert answer.json().keys() == {"advice", "receipt"}, answer.text
        told[level] = moved(before, readable(quiet, nav))
        assert "/internal/metrics cds_assessments_total" in told[level], "operations still count"
    assert len({frozenset(lines) for lines in told.values()}) == 1, told
    everything = "".join(quiet.get(path).text for path in ("/internal/metrics", "/health"))
    assert not [level for level in OF_EACH_LEVEL if re.search(rf'"{level}"', everything)]


def test_how_long_an_answer_took_is_for_operations_alone(quiet: TestClient, state: Path) -> None:
    """An emergency is answered faster than anything else."""
    assert "/internal/metrics" in OPEN
    for profile in Profile:
        refused = quiet.get("/internal/metrics/times", headers=bearing(state, profile))
        assert refused.status_code == 403
        assert 'scope="odr:operations"' in refused.headers["WWW-Authenticate"]
    assert "seconds" not in quiet.get("/internal/metrics").text


def test_operations_still_see_how_many_how_fast_and_what_failed(quiet: TestClient, state: Path) -> None:
    nav = bearing(state, Profile.NAV)
    quiet.post("/v1/assessments", json={}, headers=nav)
    quiet.post("/v1/assessments", content=b"{", headers=nav)
    text = quiet.get("/internal/metrics").text
    assert "cds_assessments_total 1.0" in text
    assert "cds_assessment_seconds_count 1.0" in quiet.get("/internal/metrics/times").text
    assert 'cds_requests_total{route="/v1/assessments",status="400"} 1.0' in text


def test_where_a_release_has_no_advice_nothing_is_committed(quiet: TestClient, state: Path) -> None:
    nav, auditor = bearing(state, Profile.NAV), bearing(state, Profile.AUDITOR)

    def ledger() -> tuple[int, int, int]:
        told = quiet.get("/v1/ledger/health", headers=auditor).json()
        return told["size"], told["answers"], told["answers_without_entry"]

    size = ledger()[0]
    refused = quiet.post("/v1/assessments", json={"release": BEFORE_ADVICE}, headers=nav)
    assert (refused.status_code, refused.json()["type"]) == (404, "urn:cds-overdose:problem:not-in-release")
    assert ledger() == (size, 0, 0), "no answer, no receipt"
    acute = {"release": BEFORE_ADVICE, "facts": {"overdose_now": "yes"}}
    answer = quiet.post("/v1/assessments", json=acute, headers=nav).json()
    assert [block["id"] for block in answer["advice"]["acute"]] == ["overdose_now"]
    assert ledger() == (size + 1, 1, 0)
    assert quiet.post("/v1/receipts/verify", json={"receipt": answer["receipt"]}, headers=nav).status_code == 200
