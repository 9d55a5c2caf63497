"""The HTTP interface over a frozen copy of the draft, on a day of our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from cds.release.frozen import Releases
from tests.frozen import service_over, two_releases


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A rules folder with one release in force and one to come."""
    return two_releases(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="session")
def releases(rules: Path) -> Releases:
    """The releases of that folder, made ready for deciding once."""
    return Releases(rules)


@pytest.fixture(scope="session")
def app(releases: Releases) -> FastAPI:
    """The service that most tests share."""
    return service_over(releases)


@pytest.fixture(scope="session")
def caller(app: FastAPI) -> Iterator[TestClient]:
    """Somebody who calls the service."""
    with TestClient(app) as client:
        yield client


@pytest.fixture
def fresh(releases: Releases) -> Iterator[TestClient]:
    """A service nobody has called yet; an error of its own is answered, not raised into the test."""
    with TestClient(service_over(releases), raise_server_exceptions=False) as client:
        yield client
