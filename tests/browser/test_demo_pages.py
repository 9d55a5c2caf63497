"""The two invented host systems in examples/, opened as files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import HOST, Open

EXAMPLES = Path(__file__).parents[2] / "examples"
SERVICE = "http://127.0.0.1:8080"
"""Where the demo pages look for the service."""


@pytest.fixture
def demo(watched: Open, service: str) -> Any:
    """Opens a demo page, with the service of the tests where the page expects one."""

    def open_(address: str) -> Page:
        made = watched("")

        def instead(route: Route) -> None:
            route.fulfill(response=route.fetch(url=route.request.url.replace(SERVICE, service)))

        made.page.route(f"{SERVICE}/**", instead)
        made.page.goto(address)
        return made

    return open_


def test_the_nav_page_shows_advice_and_loses_it_when_the_service_is_gone(demo: Any) -> None:
    page: Page = demo((EXAMPLES / "nav-page.html").as_uri()).page
    card = page.locator("overdose-card article")
    expect(card).to_contain_text("En oppfølgingssamtale")
    assert Axe().run(page).response["violations"] == []
    page.get_by_role("button", name="Tjenesten svarer ikke").click()
    expect(card).to_contain_text("Bruk vanlig klinisk skjønn")
    expect(card).not_to_contain_text("En oppfølgingssamtale")


def test_the_record_system_page_shows_the_card_in_the_page_and_in_a_frame(demo: Any) -> None:
    made = demo((EXAMPLES / "record-system-page.html").as_uri())
    page: Page = made.page
    card = page.locator("overdose-card article")
    expect(card).to_contain_text("Svært høy")
    page.locator("overdose-card summary").filter(has_text="M05").click()
    expect(page.locator("#told")).to_have_text("Åpnet: M05")
    made.wrong.clear()  # a file has no origin that could be allowed, so the frame stays empty
