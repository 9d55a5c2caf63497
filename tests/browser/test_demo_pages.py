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
    assert Axe().run(page, options={"preload": False}).response["violations"] == []
    page.get_by_role("button", name="Tjenesten svarer ikke").click()
    expect(card).to_contain_text("Bruk vanlig klinisk skjønn")
    expect(card).not_to_contain_text("En oppfølgingssamtale")


def test_the_record_system_page_opened_as_a_file_shows_the_card_and_says_that_the_frame_is_silent(demo: Any) -> None:
    made = demo((EXAMPLES / "record-system-page.html").as_uri())
    page: Page = made.page
    card = page.locator("overdose-card article")
    expect(card).to_contain_text("Svært høy")
    page.locator("overdose-card summary").filter(has_text="M05").click()
    expect(page.locator("#told")).to_have_text("Åpnet: M05")
    expect(page.locator("#framed-told")).to_contain_text("Bruk vanlig klinisk skjønn")
    made.wrong.clear()  # a file has no origin that could be allowed, so the frame stays empty


def test_the_record_system_page_of_an_allowed_origin_shows_the_frame_as_well(watched: Open, service: str) -> None:
    page = watched("").page

    def file(route: Route) -> None:
        path = EXAMPLES / route.request.url.rsplit("/", 1)[1]
        text = path.read_text(encoding="utf-8").replace(SERVICE, service)
        route.fulfill(
            body=text, content_type={".js": "text/javascript", ".css": "text/css"}.get(path.suffix, "text/html")
        )

    page.route(f"{HOST}/**", file)
    page.goto(f"{HOST}/record-system-page.html")
    expect(page.frame_locator("iframe").locator("article")).to_contain_text("Svært høy")
    expect(page.locator("#framed-told")).to_be_empty()
    page.wait_for_function("Number(document.querySelector('iframe').height) > 300")
