"""The auditor's pages in a real Chromium: WCAG, keyboard, without scripts, small and large."""

from __future__ import annotations

import json
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import expect

from cds.api.examples import REQUEST_EXAMPLES
from tests.browser.audited import BEFORE, MARCH
from tests.browser.conftest import Open
from tests.browser.test_every_page import violations

ADDRESSES = {
    "start": "/audit",
    "release": f"/audit/releases/{MARCH}",
    "rule": f"/audit/releases/{MARCH}/rules/P3",
    "difference": f"/audit/diff/{BEFORE}/{MARCH}",
    "waiting": "/audit/diff/0.1.0/0.2.0",
    "ledger": "/audit/ledger",
}
DARK_PHONE = {"color_scheme": "dark", "viewport": {"width": 360, "height": 740}}


@pytest.fixture(scope="module")
def answer(audit: str) -> str:
    """An answer with its receipt."""
    body = json.dumps(REQUEST_EXAMPLES["released"]["value"]).encode()
    return httpx2.post(f"{audit}/v1/assessments", content=body, timeout=30).text


@pytest.mark.parametrize("name", ADDRESSES)
def test_axe_finds_nothing_and_nothing_needs_sideways_scrolling(watched: Open, audit: str, name: str) -> None:
    """In the light at 1280, in the dark on a phone, and at 200 and 400 % of a screen of 1280."""
    page = watched(audit + ADDRESSES[name]).page
    assert violations(page) == []
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    for width in (640, 360, 320):
        page.set_viewport_size({"width": width, "height": 450})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.locator("h1").count() == 1
    dark = watched(audit + ADDRESSES[name], **DARK_PHONE).page
    assert violations(dark) == []


def test_what_changed_in_march_is_found_with_the_keyboard_alone(watched: Open, audit: str) -> None:
    page = watched(f"{audit}/audit").page
    page.keyboard.press("Tab")
    expect(page.locator(":focus")).to_have_attribute("href", "#main")
    page.keyboard.press("Enter")
    while page.evaluate("document.activeElement.id") != "month":
        page.keyboard.press("Tab")
    page.keyboard.type("Mars")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/audit?month=2027-03")
    stories = page.get_by_role("article")
    expect(stories).to_have_count(1)
    for heading in ("Hva og hvorfor", "Hvem får et annet svar", "Hvem godkjente"):
        expect(stories.get_by_text(heading, exact=True)).to_be_visible()
    expect(stories).to_contain_text("oppdiktede personer får et annet nivå")
    stories.get_by_role("link", name=f"Se alle endringer fra {BEFORE}").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Fra {BEFORE} til {MARCH}")
    expect(page.get_by_role("img", name=f"Nivå for 40 oppdiktede personer i {BEFORE} og i {MARCH}")).to_be_visible()
    expect(page.locator("table.matrix td.moved").first).to_be_visible()


def test_an_answer_is_checked_by_paste_and_by_file_without_any_script(
    watched: Open, audit: str, answer: str, tmp_path: Path
) -> None:
    made = watched(f"{audit}/audit/verify", java_script_enabled=False)
    page = made.page
    page.get_by_label("Svar eller kvittering").fill(answer)
    page.get_by_label("Lag svaret også etter utgave").select_option("0.2.0")
    page.get_by_role("button", name="Kontroller").click()
    expect(page.get_by_role("heading", name="Resultat")).to_be_visible()
    expect(page.locator(".ticks")).to_contain_text("Stemmer: Dette er det som ble svart.")
    expect(page.locator(".result")).to_contain_text("Hver byte er den samme.")
    file = tmp_path / "answer.json"
    file.write_text(answer.replace('"very_high"', '"low"', 1), encoding="utf-8")
    page.get_by_label("… eller fra en fil", exact=True).set_input_files(file)
    page.get_by_role("button", name="Kontroller").click()
    expect(page.locator(".verdict").first).to_contain_text("Noe stemmer ikke.")
    expect(page.locator(".ticks")).to_contain_text("Stemmer ikke: Dette er det som ble svart.")
    assert {address.removeprefix(audit) for address in made.asked} == {
        "/audit/verify",
        "/web/page.css",
        "/web/audit.css",
    }


@pytest.mark.parametrize("how", [{}, DARK_PHONE], ids=["light", "dark phone"])
def test_axe_finds_nothing_in_the_form_its_result_and_its_errors(
    watched: Open, audit: str, answer: str, how: dict[str, object]
) -> None:
    made = watched(f"{audit}/audit/verify", **how)
    page = made.page
    assert violations(page) == []
    page.locator("#answer").fill(answer.replace('"very_high"', '"low"', 1))
    page.get_by_role("button", name="Kontroller").click()
    page.wait_for_selector(".ticks")
    assert violations(page) == []
    page.locator("#answer").fill("{")
    page.get_by_role("button", name="Kontroller").click()
    page.wait_for_selector(".notice.wrong")
    assert violations(page) == []
    made.wrong.clear()  # Chromium itself logs a status of 422


def test_the_print_holds_what_the_page_says_and_no_form(watched: Open, audit: str) -> None:
    page = watched(f"{audit}/audit").page
    page.emulate_media(media="print")
    assert page.get_by_text("an invented review found").is_visible()
    assert page.locator("form:visible, nav:visible, button:visible").count() == 0
