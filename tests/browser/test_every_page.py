"""WCAG 2.1 A and AA on every page in every state, by axe; and what axe does not see."""

from __future__ import annotations

from itertools import pairwise

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import Open
from tests.browser.states import LOGS_AN_ERROR, STATES, high, opened

PAGES = {"/": "h1", "/embed/card": "overdose-card"}
"""Every page for people, and what stands on it when it is ready."""
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"], "resultTypes": ["violations"]}


def violations(page: Page) -> list[str]:
    """What axe finds, each as rule and place."""
    found = Axe().run(page, options=RULES).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]


@pytest.mark.parametrize("address", PAGES)
def test_axe_finds_nothing(watched: Open, address: str) -> None:
    page = watched(address).page
    page.wait_for_selector(PAGES[address])
    assert violations(page) == []


@pytest.mark.parametrize("state", STATES)
def test_axe_finds_nothing_in_any_state(watched: Open, state: str) -> None:
    made = watched()
    STATES[state](made.page)
    assert violations(made.page) == []
    if state in LOGS_AN_ERROR:
        made.wrong.clear()


def test_axe_finds_nothing_in_the_dark_on_a_phone(watched: Open) -> None:
    page = watched(color_scheme="dark", viewport={"width": 360, "height": 740}).page
    opened(page)
    assert violations(page) == []


NO_DIAGNOSIS = {"nb": "verken en diagnose", "nn": "verken ein diagnose", "en": "neither a diagnosis"}


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("language", NO_DIAGNOSIS)
def test_every_page_says_its_language_and_has_a_title_and_landmarks(watched: Open, address: str, language: str) -> None:
    page = watched(address, locale=language).page
    page.wait_for_selector(PAGES[address])
    if address != "/embed/card":  # the card says it beside each answer
        assert NO_DIAGNOSIS[language] in page.locator("footer").inner_text()
    assert page.locator("html").get_attribute("lang") == language
    assert page.title()
    assert page.locator("main").count() == 1
    assert page.locator("h1").count() == 1


def test_headings_make_no_jump(page: Page) -> None:
    high(page)
    levels = page.locator("h1, h2, h3, h4, h5, h6").evaluate_all("(all) => all.map((one) => Number(one.tagName[1]))")
    assert levels[0] == 1
    assert levels.count(1) == 1
    jumps = [pair for pair in pairwise(levels) if pair[1] > pair[0] + 1]
    assert jumps == []


def test_the_first_stop_of_the_keyboard_leads_to_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    skip = page.locator(":focus")
    assert skip.get_attribute("href") == "#main"
    box = skip.bounding_box()
    assert box is not None
    assert box["y"] >= 0, "a skip link is seen when it has the focus"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_nothing_needs_sideways_scrolling_when_zoomed_or_on_a_phone(page: Page) -> None:
    """A screen of 1280 at 200 and 400 %, and a phone; with everything open and a list of things being changed."""
    opened(page)
    page.get_by_role("button", name="Endre Overganger og pauser fra opioider").click()
    for width in (640, 360, 320):
        page.set_viewport_size({"width": width, "height": 450})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_text_at_twice_the_size_still_fits(page: Page) -> None:
    opened(page)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280


def test_the_print_holds_the_answer_and_its_sources_and_not_the_form(page: Page) -> None:
    high(page)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for printed in (".level-name", "#answered", "#note-record", "#all-sources cite >> nth=0", ".timeline", ".cautions"):
        assert page.locator(printed).is_visible(), printed
    assert not page.locator("#conversation").is_visible()
    assert page.locator("details.more").count() >= 4
    for line in page.locator("article h5, .factors .title").all():
        assert line.is_visible(), "what may turn out to apply stands on paper too"
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator("details.more[open]").count() == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator("button:visible").count() == 0
    assert page.locator("pre").evaluate_all("(all) => all.every((one) => one.scrollHeight <= one.clientHeight + 1)")
