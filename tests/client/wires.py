"""What stands for the network between a client and a service of the tests."""

from __future__ import annotations

from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cds.api import service as edge
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.frozen import TODAY

URL = "http://127.0.0.1:8080"
SENTINEL = "Zq7-kari-nordmann"
PERSON = {"as_of": "2026-11-20", "facts": {"opioid_use_now": "yes", "alcohol": "refused"}}
ACUTE = {"as_of": "2026-11-20", "facts": {"overdose_now": "yes"}}


def service(releases: Releases, state: Path, **settings: Any) -> FastAPI:
    """A service on TODAY. Its receipts are of that day too: they are held against the release in force on their own."""
    noon = int(datetime.combine(TODAY, time(12), UTC).timestamp())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(edge, "second", lambda: noon)
        return create_app(Settings(state=state, **settings), releases, lambda: TODAY)


def over(app: FastAPI) -> httpx2.Client:
    """The wire, without a wire."""
    return httpx2.Client(transport=TestClient(app, raise_server_exceptions=False)._transport)


def sent_on(wire: httpx2.Client, request: httpx2.Request) -> httpx2.Response:
    """The same request over another wire."""
    return wire.request(request.method, str(request.url), headers=request.headers, content=request.read())
