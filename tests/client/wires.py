"""What stands for the network between a client and a service of the tests."""

from __future__ import annotations

import httpx2
from fastapi import FastAPI
from fastapi.testclient import TestClient

URL = "http://127.0.0.1:8080"
SENTINEL = "Zq7-kari-nordmann"
PERSON = {"as_of": "2026-11-20", "facts": {"opioid_use_now": "yes", "alcohol": "refused"}}
ACUTE = {"as_of": "2026-11-20", "facts": {"overdose_now": "yes"}}


def over(app: FastAPI) -> httpx2.Client:
    """The wire, without a wire."""
    return httpx2.Client(transport=TestClient(app, raise_server_exceptions=False)._transport)


def sent_on(wire: httpx2.Client, request: httpx2.Request) -> httpx2.Response:
    """The same request over another wire."""
    return wire.request(request.method, str(request.url), headers=request.headers, content=request.read())
