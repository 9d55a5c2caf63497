"""What all tests share: the content as it stands, and the service as callers meet it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import date
from functools import partialmethod

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, settings

from cds.assess import Assessor
from cds.engine import Engine, durable
from cds.main import create_app
from cds.release.frozen import Releases
from tests import people

TODAY = date(2026, 11, 22)

# A pipeline tries the same cases each time, so that it tells of the change before it; elsewhere new ones are tried.
# How long a case takes is no fault of it: others use the machine.
settings.register_profile(
    "tests", deadline=None, derandomize="CI" in os.environ, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("tests")


@pytest.fixture(scope="session", autouse=True)
def _no_state_in_the_checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Services made by tests sign with keys of this run, and keep their ledgers in memory."""
    with pytest.MonkeyPatch.context() as patch:
        shared = tmp_path_factory.getbasetemp()
        patch.setenv("CDS_TESTS_FOLDER", str(shared.parent if "PYTEST_XDIST_WORKER" in os.environ else shared))
        patch.setenv("CDS_STATE", str(tmp_path_factory.mktemp("state")))
        patch.setenv("CDS_DATABASE_URL", "sqlite://")
        patch.setenv("CDS_HL7_KEY", str(tmp_path_factory.mktemp("keys") / "hl7.key"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _callers_sit_at_this_machine() -> Iterator[None]:
    """Requests of tests name the machine they are sent to, as a browser's do; a test of other names gives its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TestClient, "__init__", partialmethod(TestClient.__init__, base_url="http://127.0.0.1:8080"))
        yield


@pytest.fixture(scope="session", autouse=True)
def _the_ledger_has_time() -> Iterator[None]:
    """It gives up after a second or two, so that no caller waits: on a machine that others use that comes by chance.

    That it does give up is tested on processes of their own, which this leaves alone (tests/faults).
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("cds.audit.ledger.PATIENCE_SECONDS", 60)
        patch.setattr("cds.audit.store._PATIENCE_MS", 60_000)
        yield


@pytest.fixture(scope="session")
def draft() -> Assessor:
    """Assesses under the content that is being edited."""
    return Assessor(people.draft())


@pytest.fixture
def client() -> Iterator[TestClient]:
    """The service with the releases of this checkout, on a day that does not change."""
    with TestClient(create_app(rules=Releases(), today=lambda: TODAY), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="session")
def both(draft: Assessor) -> Engine:
    """The draft's two evaluators. Where durable-rules could not be built there is nothing to compare."""
    if not durable.available():
        reason = "durable-rules is not installed (see tools/install-engine.sh): the two evaluators cannot be compared"
        if os.environ.get("CI", "") not in ("", "0", "false"):
            pytest.fail(reason)
        pytest.skip(reason)
    return draft.ruleset.engine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests with a browser come last: the browser's driver keeps an event loop running in the process that used it."""
    items.sort(key=lambda item: "/browser/" in item.path.as_posix())
