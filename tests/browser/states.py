"""The states in which the page to try the service on can be, and how a reader brings them about."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

NO_ANSWER = "Bruk vanlig klinisk skjønn"


def empty(page: Page) -> None:
    """Nothing answered."""
    page.wait_for_selector(".level")


def high(page: Page) -> None:
    """The invented person that the page can load."""
    page.wait_for_selector(".level")
    page.get_by_role("button", name="Vis en oppdiktet person").click()
    page.wait_for_selector(".level-very_high")


def opened(page: Page) -> None:
    """The same with everything that was folded open."""
    high(page)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")


def acute(page: Page) -> None:
    """An overdose now."""
    page.wait_for_selector(".level")
    page.locator("#fact-overdose_now").get_by_label("Ja", exact=True).check()
    page.wait_for_selector(".acute")


def error(page: Page) -> None:
    """The service does not answer any longer."""
    page.wait_for_selector(".level")
    page.route("**/v1/assessments", lambda route: route.fulfill(status=500, json={"title": "x"}))
    page.locator("#fact-overdose_now").get_by_label("Nei", exact=True).check()
    expect(page.locator("#result")).to_contain_text(NO_ANSWER)


def mending(page: Page) -> None:
    """A date that is none."""
    page.wait_for_selector(".level")
    high(page)
    page.get_by_role("button", name="Endre Tidligere overdoser").click()
    page.get_by_label("Når overdosen skjedde").fill("i fjor")
    page.get_by_label("Når overdosen skjedde").blur()
    page.wait_for_selector(".error:not([hidden])")


STATES: dict[str, Callable[[Page], None]] = {"high": high, "acute": acute, "error": error, "mending": mending}
"""Those that differ from the page as it first stands."""
LOGS_AN_ERROR = {"error"}
"""Chromium itself logs a request that failed."""
