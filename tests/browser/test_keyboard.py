"""The page to try the service on, for whoever has a keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open, until
from tests.browser.states import error

ASSESSMENTS = "**/v1/assessments"


def test_keyboard_alone_leads_from_the_first_question_to_an_answer(page: Page) -> None:
    """Tab to the form; in every topic choose an answer with the arrows, Enter for the next, until none is left."""
    page.locator("h1").evaluate("(one) => { one.tabIndex = -1; one.focus(); }")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name ?? ''") == "overdose_now":
            break
    assert page.evaluate("document.activeElement.name") == "overdose_now"
    topics = []
    for _ in range(14):
        if page.locator("#conversation button[type=submit]").count() == 0:
            break
        topics.append(page.locator("#conversation h3").inner_text())
        for _ in range(30):  # through the questions of one topic, some of which come and go with the answers
            place = page.evaluate("[document.activeElement.type ?? '', document.activeElement.name ?? '']")
            if place[0] == "submit":
                break
            if place[0] == "radio" and page.locator(f"input[name={place[1]}]:checked").count() == 0:
                with page.expect_response(ASSESSMENTS):
                    page.keyboard.press("ArrowRight")  # from the first, yes, to the second: no
                expect(page.locator("#result")).not_to_have_attribute("aria-busy", "true")
            page.keyboard.press("Tab")
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.tagName") == "H3", "the focus follows to the next topic"
        page.keyboard.press("Tab")
    assert len(topics) == len(set(topics)) >= 5
    assert page.locator(".level-name").inner_text() == "Lav"
    assert "Nivå: Lav" in page.locator("#status").inner_text()


def test_whoever_tries_again_by_keyboard_keeps_the_place(watched: Open) -> None:
    """Without an answer the focus is on the way to ask once more; with one it goes to the page's own beginning."""
    made = watched()
    page = made.page
    error(page)
    again = page.get_by_role("button", name="Prøv igjen")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    def focused() -> str:
        told: str = page.evaluate("document.activeElement.id || document.activeElement.textContent")
        return told

    page.unroute(ASSESSMENTS)
    page.route(ASSESSMENTS, hold)
    page.evaluate("() => { window.later = setTimeout; window.setTimeout = () => 0; }")
    for hung, place in (
        (False, "Prøv igjen"),
        (True, "main"),
    ):  # before the moment that takes the old answer, and after
        if hung:
            page.evaluate("() => { window.setTimeout = later; }")
        again.focus()
        page.keyboard.press("Enter")
        until(page, lambda: held)
        if hung:
            expect(page.locator("#result")).to_have_text("Spør tjenesten …")
        held.pop().fulfill(status=500, json={"title": "x"})
        expect(page.locator("#result")).not_to_have_attribute("aria-busy", "true")
        expect(again).to_be_visible()
        assert focused() == place
    page.unroute(ASSESSMENTS)
    again.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".level")).to_be_visible()
    assert focused() == "main"
    made.wrong.clear()
