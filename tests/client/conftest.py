"""A service with releases that are approved, and clients of any profile over it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI

from cds.api.service import seconds_now
from cds.auth.development import issuing_key, token
from cds.auth.profiles import Profile
from cds.client import Client
from cds.release.frozen import Releases
from tests.client.wires import URL, over, service
from tests.frozen import frozen_releases
from tests.releases.approving import Board

Calling = Callable[..., Client]


@pytest.fixture(scope="session")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the service and its clients find the development keys."""
    return tmp_path_factory.mktemp("state")


@pytest.fixture(scope="session")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Releases:
    """The draft, frozen and approved."""
    board = Board(frozen_releases(tmp_path_factory.mktemp("client") / "rules"))
    board.both()
    shutil.copy(board.list, board.rules / "approvers.yaml")
    return Releases(board.rules)


@pytest.fixture(scope="session")
def app(releases: Releases, state: Path) -> FastAPI:
    """The service."""
    return service(releases, state)


@pytest.fixture(scope="session")
def calling(app: FastAPI, state: Path) -> Calling:
    """Make a client of some profile."""

    def made(profile: Profile, **more: Any) -> Client:
        return Client(URL, lambda: token(profile, issuing_key(state), int(seconds_now())), http=over(app), **more)

    return made


@pytest.fixture
def gp(calling: Calling) -> Iterator[Client]:
    """A general practice."""
    with calling(Profile.GP) as client:
        yield client
