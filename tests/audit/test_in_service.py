"""The ledger says which rules could answer from when on, and of no other rules that they could."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cds.signing import from_base64url
from tests.frozen import IN_FORCE, NEXT, NEXT_DAY, two_releases
from tests.production import OpenDoor, needs_both_evaluators
from tests.releases.approving import Board, board


@pytest.fixture
def approvers(tmp_path: Path) -> Board:
    return board(two_releases(tmp_path / "pristine"), tmp_path)


def entered(caller: TestClient) -> list[tuple[str, bool]]:
    """The rows: which release each names, and whether it says that it was put into service."""
    lines: list[dict[str, Any]] = [json.loads(line) for line in caller.get("/v1/ledger/export").text.splitlines()]
    said = [json.loads(from_base64url(line["body"].split(".")[1])) for line in lines if line["kind"] == "entry"]
    return [(each["release"], "in_force_from" in each) for each in said]


@needs_both_evaluators
def test_only_what_production_allows_is_put_into_service_and_when_it_first_does(approvers: Board) -> None:
    approvers.both()
    ask = {"facts": {}}
    with TestClient(approvers.starts(OpenDoor())) as caller:
        assert caller.post("/v1/assessments", json=ask).status_code == 200
        assert caller.post("/v1/assessments", json=ask | {"release": NEXT}).status_code == 503
        assert entered(caller) == [(IN_FORCE, True), (IN_FORCE, False)]
        for key, role in ((approvers.clinical, "clinical"), (approvers.technical, "technical")):
            approvers.sign_release(NEXT, key, role)
        assert caller.post("/v1/assessments", json=ask | {"release": NEXT}).status_code == 200
        approvers.today = NEXT_DAY
        assert caller.post("/v1/assessments", json=ask).status_code == 200
        assert entered(caller)[2:] == [(NEXT, True), (NEXT, False), (NEXT, False)]
