"""A real Chromium against the real service on loopback. Every page is watched: a broken policy or an error fails it."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Route, expect, sync_playwright

from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.browser.audited import Audited, history
from tests.frozen import TODAY

HOST = "https://record-system.example"
"""An invented system that may show the card in a frame."""
ELSEWHERE = "https://elsewhere.example"
"""An invented system that may not."""
PATIENCE = 30_000
"""Milliseconds that a page may take on a machine that others use, before a test gives it up."""
expect.set_options(timeout=PATIENCE)
PLACES = ("chromium", "chromium-browser", "google-chrome")


def _chromium() -> str:
    found = os.environ.get("CDS_CHROMIUM") or next(filter(None, map(shutil.which, PLACES)), None)
    if found is not None:
        return found
    reason = "no Chromium: install Debian's chromium, or name one in CDS_CHROMIUM"
    if os.environ.get("CI", "") not in ("", "0", "false"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    path = _chromium()
    arguments = ["--disable-features=LocalNetworkAccessChecks"]  # the invented hosts frame a service on loopback
    if os.geteuid() == 0:
        arguments.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=arguments)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def releases() -> Releases:
    """The releases of this checkout, read once."""
    return Releases()


@pytest.fixture(scope="session")
def service(releases: Releases) -> Iterator[str]:
    """The address of the service, on a day that does not change."""
    with served(
        create_app(Settings(environment="development", frame_ancestors=(HOST,)), releases, lambda: TODAY)
    ) as at:
        yield at


@pytest.fixture(scope="session")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Audited]:
    """A service with a history: three releases, and one that moved people in March."""
    with history(tmp_path_factory.mktemp("audited")) as made:
        yield made


@pytest.fixture(scope="session")
def audit(audited: Audited) -> Iterator[str]:
    """Its address."""
    with served(audited.service()) as at:
        yield at


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """An app on a port of its own, and its address."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the service did not start"
        time.sleep(0.02)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join()


@dataclass
class Watched:
    """A page, and everything that went wrong on it."""

    page: Page
    wrong: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)


Open = Callable[..., Watched]
_TELL_VIOLATIONS = """addEventListener("securitypolicyviolation", (event) =>
    console.error(`policy: ${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`));"""


@pytest.fixture
def watched(browser: Browser, service: str) -> Iterator[Open]:
    """Opens pages; at the end of the test none of them may have broken a policy, logged an error or thrown one."""
    contexts: list[BrowserContext] = []
    pages: list[Watched] = []

    def open_(address: str = "/", **how: Any) -> Watched:
        context = browser.new_context(**{"locale": "nb-NO", "viewport": {"width": 1280, "height": 900}, **how})
        context.set_default_timeout(PATIENCE)
        context.add_init_script(_TELL_VIOLATIONS)
        contexts.append(context)
        made = Watched(context.new_page())
        pages.append(made)

        def told(message: ConsoleMessage) -> None:
            if message.type in ("error", "warning"):
                made.wrong.append(message.text)

        made.page.on("console", told)
        made.page.on("pageerror", lambda error: made.wrong.append(str(error)))
        made.page.on("request", lambda request: made.asked.append(request.url))
        if address:
            made.page.goto(service + address if address.startswith("/") else address)
        return made

    yield open_
    wrong = [line for made in pages for line in made.wrong]
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def page(watched: Open) -> Page:
    """The page to try the service on, after its first answer."""
    page = watched().page
    page.wait_for_selector(".level")
    return page


def serve(page: Page, address: str, body: str, content_type: str = "text/html; charset=utf-8") -> None:
    """Let an address that does not exist answer with this text."""

    def answer(route: Route) -> None:
        route.fulfill(body=body, content_type=content_type)

    page.route(address, answer)


def until(page: Page, there: Callable[[], object]) -> None:
    """Let the page go on until this is so."""
    for _ in range(PATIENCE // 10):
        if there():
            return
        page.wait_for_timeout(10)
    raise AssertionError("it never came")
