"""The page to try the service on, when somebody or something else is asked about: nothing of before stays."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import until
from tests.browser.states import acute, high

ASSESSMENTS = "**/v1/assessments"


def another_role(page: Page) -> None:
    """The same page, asked about somebody's next of kin."""
    page.locator("#about").evaluate("(one) => { one.open = true; }")
    page.get_by_label("Hvem vurderingen gjelder").select_option("next_of_kin")


OTHERS: dict[str, Any] = {
    "start over": lambda page: page.get_by_role("button", name="Begynn på nytt").click(),
    "load example": lambda page: page.get_by_role("button", name="Vis en oppdiktet person").click(),
    "another role": another_role,
}


@pytest.mark.parametrize("state", [high, acute])
@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_nothing_of_the_last_person_stays_while_the_service_hangs(page: Page, state: Any, other: Any) -> None:
    """Not even for a moment: at the end of the very click nothing is left."""
    state(page)
    assert page.locator("#status").inner_text() != ""
    for held in (ASSESSMENTS, "**/example.json"):
        page.route(held, lambda _: None)  # never answered
    page.evaluate(
        """() => {
          const texts = () => ["status", "acute", "result"].map((id) => document.getElementById(id).textContent);
          for (const event of ["click", "change"]) document.addEventListener(event, () => { window.left = texts(); });
        }"""
    )
    other(page)
    assert page.evaluate("left") == ["", "", "Spør tjenesten …"]
    page.wait_for_timeout(600)
    assert page.locator("#status").inner_text() == ""
    assert page.locator(".level, .acute, article, #note-record").count() == 0


@pytest.mark.parametrize("name", ["Begynn på nytt", "Vis en oppdiktet person"])
def test_nothing_that_was_told_of_the_last_person_stays_while_the_service_hangs(page: Page, name: str) -> None:
    high(page)
    another_role(page)
    page.get_by_role("checkbox", name="Oslo").check()
    expect(page.locator(".level-not_applicable")).to_be_visible()
    assert page.locator("#answered dt").count() > 1
    for held in (ASSESSMENTS, "**/example.json"):
        page.route(held, lambda _: None)  # never answered
    page.evaluate(
        """() => document.addEventListener("click", () => {
          const text = (id) => document.getElementById(id).textContent;
          const value = (id) => document.getElementById(id).value;
          const oslo = document.getElementById("in-oslo").checked;
          window.left = [text("conversation"), text("answered"), value("role"), value("as-of"), oslo];
        })"""
    )
    page.get_by_role("button", name=name).click()
    assert page.evaluate("left") == ["", "", "", "", False]


def test_a_person_who_is_loaded_late_does_not_come_after_a_new_beginning(page: Page) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/example.json", hold)
    page.get_by_role("button", name="Vis en oppdiktet person").click()
    until(page, lambda: held)
    page.get_by_role("button", name="Begynn på nytt").click()
    expect(page.locator(".level-undetermined")).to_be_visible()
    (late,) = held
    late.continue_()
    page.wait_for_timeout(300)
    assert page.locator(".level-undetermined").is_visible()
    assert page.locator("#answered dt").count() == 0


def test_a_late_answer_to_an_older_question_is_never_shown(page: Page) -> None:
    held: list[Route] = []
    page.route(ASSESSMENTS, lambda route: route.continue_() if held else held.append(route))
    page.locator("#fact-overdose_now input[value=yes]").check()
    until(page, lambda: held)
    with page.expect_response(ASSESSMENTS):
        page.locator("#fact-overdose_now input[value=no]").check()
    expect(page.locator("#result")).not_to_have_attribute("aria-busy", "true")
    expect(page.locator(".level-undetermined")).to_be_visible()
    held[0].continue_()
    page.wait_for_timeout(300)
    assert page.locator(".acute").count() == 0


def test_start_over_forgets_everything(page: Page) -> None:
    high(page)
    page.get_by_role("button", name="Begynn på nytt").click()
    expect(page.locator(".level-undetermined")).to_be_visible()
    assert page.locator("#answered dt").count() == 0
    assert page.get_by_label("Dato for vurderingen").input_value() == ""
