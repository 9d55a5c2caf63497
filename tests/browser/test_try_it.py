"""The page to try the service on, as a reader meets it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open
from tests.browser.states import NO_ANSWER, acute, empty, high

ASSESSMENTS = "**/v1/assessments"


def answer(page: Page, fact: str, state: str) -> None:
    """Choose an answer and wait until the service has taken it."""
    with page.expect_response(ASSESSMENTS):
        page.locator(f"#fact-{fact} input[value={state}]").check()
    expect(page.locator("#result")).not_to_have_attribute("aria-busy", "true")


def topic(page: Page) -> str:
    """The topic being asked about."""
    return page.locator("#conversation h3").inner_text()


def asked(page: Page) -> list[str]:
    """The facts being asked for."""
    return page.locator("#conversation .question").evaluate_all("(all) => all.map((one) => one.id.slice(5))")


def test_only_what_could_still_change_the_answer_is_asked(page: Page) -> None:
    assert asked(page) == ["overdose_now", "overdose_last_hours"]
    page.get_by_role("button", name="Neste tema").click()
    assert "suicidal_plan_or_intent" in asked(page)
    page.get_by_role("button", name="Neste tema").click()
    assert {"opioid_use_last_12_months", "opioid_use_ever"} <= set(asked(page))
    answer(page, "opioid_use_now", "yes")
    assert not {"opioid_use_last_12_months", "opioid_use_ever"} & set(asked(page)), "a yes now answers both"


@pytest.mark.parametrize("state", ["unknown", "refused"])
def test_not_known_and_not_answered_are_answers_and_are_not_asked_again(page: Page, state: str) -> None:
    page.get_by_role("button", name="Neste tema").click()
    facts = asked(page)
    for fact in facts:
        answer(page, fact, state)
    page.get_by_role("button", name="Neste tema").click()
    assert not set(facts) & set(asked(page))
    assert page.locator(".level-name").inner_text() == "Kan ikke vurderes ennå"


def test_what_was_passed_over_comes_back_when_the_reader_wishes(page: Page) -> None:
    first = topic(page)
    for _ in range(20):
        if page.get_by_role("button", name="Still dem på nytt").count():
            break
        page.get_by_role("button", name="Neste tema").click()
    page.get_by_role("button", name="Still dem på nytt").click()
    assert topic(page) == first


def test_dates_numbers_and_things_that_happened_are_sent_as_the_service_takes_them(page: Page) -> None:
    high(page)
    with page.expect_request(lambda request: "assessments" in request.url) as sent:
        page.get_by_role("button", name="Endre Tidligere overdoser").click()
        page.get_by_label("Når overdosen skjedde").fill("3.9.2026")
        page.get_by_label("Når overdosen skjedde").blur()
    assert sent.value.post_data_json["facts"]["overdoses"] == {
        "state": "yes", "items": [{"date": "2026-09-03", "substance": "opioid", "intent": "accident"}],
    }  # fmt: skip
    page.get_by_role("button", name="Legg til en til").click()
    with page.expect_request(lambda request: "assessments" in request.url) as sent:
        page.get_by_label("Hva overdosen skyldtes").last.select_option("other")
    assert sent.value.post_data_json["facts"]["overdoses"]["items"][1] == {"substance": "other"}
    expect(page.locator("#result .level-name")).to_be_visible()


def test_a_date_that_is_none_gives_no_answer_until_it_is_mended(page: Page) -> None:
    high(page)
    page.get_by_role("button", name="Endre Tidligere overdoser").click()
    date = page.get_by_label("Når overdosen skjedde")
    date.fill("31.2.2026")
    date.blur()
    expect(page.locator("#result")).to_contain_text(NO_ANSWER)
    assert page.locator(".level").count() == 0
    assert date.get_attribute("aria-invalid") == "true"
    date.fill("1.2.2026")
    date.blur()
    expect(page.locator(".level-name")).to_be_visible()


def test_what_the_service_refuses_is_told_with_its_name_and_no_answer_stands(watched: Open) -> None:
    made = watched()
    page = made.page
    high(page)
    page.get_by_role("button", name="Endre Overganger og pauser fra opioider").click()
    date = page.get_by_label("Sluttdato")
    date.fill("1.1.2031")
    date.blur()
    expect(page.locator("#result")).to_contain_text(NO_ANSWER)
    expect(page.locator("#result")).to_contain_text("Overganger og pauser fra opioider: lies after as_of")
    for reason in page.get_by_text("lies after as_of", exact=True).all():
        assert reason.get_attribute("lang") == "en", "what the service says in English is read out as English"
    assert page.get_by_text("lies after as_of", exact=True).count() == 2, "in the list and at the field"
    assert page.locator(".level").count() == 0
    made.wrong.clear()


def _fails(route: Route) -> None:
    route.fulfill(status=500, json={"type": "urn:cds-overdose:problem:engine-failure", "title": "x", "status": 500})


def _advises_soon(route: Route) -> None:
    answer = route.fetch().json()
    for line in answer["assessment"]["recommendations"]:
        line["urgency"] = "soon"
    route.fulfill(json=answer)


FAILURES: dict[str, Any] = {
    "an urgency nobody knows": _advises_soon,
    "the service is gone": lambda route: route.abort(),
    "an evaluator failed": _fails,
    "half an answer": lambda route: route.fulfill(
        body='{"assessment": {"level": "low"', content_type="application/json"
    ),
    "an answer without a level": lambda route: route.fulfill(json={"assessment": {}}),
    "a page instead of an answer": lambda route: route.fulfill(body="<h1>Low</h1>", content_type="text/html"),
    "an answer with holes": lambda route: route.fulfill(json={"assessment": {"level": "low", "factors": [{}]}}),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failure_shows_ordinary_clinical_judgement_and_never_the_old_answer(watched: Open, failure: Any) -> None:
    made = watched()
    page = made.page
    high(page)
    page.route(ASSESSMENTS, failure)
    page.locator("#fact-overdose_now input[value=no]").check()
    expect(page.locator("#result")).to_contain_text(NO_ANSWER)
    assert page.locator(".level, .factors, .timeline, article, #note-record").count() == 0
    assert page.locator("#status").inner_text() == NO_ANSWER
    page.unroute(ASSESSMENTS)
    page.get_by_role("button", name="Prøv igjen").click()
    expect(page.locator(".level-very_high")).to_be_visible()
    made.wrong.clear()


def test_an_emergency_that_cannot_be_asked_about_leaves_no_old_emergency(watched: Open) -> None:
    made = watched()
    acute(made.page)
    made.page.route(ASSESSMENTS, _fails)
    made.page.locator("#fact-overdose_now input[value=no]").check()
    expect(made.page.locator("#result")).to_contain_text(NO_ANSWER)
    assert made.page.locator(".acute").count() == 0
    made.wrong.clear()


def test_an_answer_that_takes_long_is_not_preceded_by_the_old_one(page: Page) -> None:
    high(page)
    waiting: list[Route] = []

    def hold(route: Route) -> None:
        waiting.append(route)

    page.route(ASSESSMENTS, hold)
    page.locator("#fact-overdose_now input[value=no]").check()
    expect(page.locator("#result")).to_have_text("Spør tjenesten …")
    expect(page.locator("#status")).to_be_empty()
    for route in waiting:
        route.continue_()
    expect(page.locator(".level-very_high")).to_be_visible()


def test_an_emergency_comes_first_and_is_read_out(page: Page) -> None:
    acute(page)
    status = page.get_by_role("status").first
    expect(status).to_contain_text("Akutt nå")
    expect(status).to_contain_text("Ring 113 først")
    block, rest = page.locator("#acute").bounding_box(), page.locator(".columns").bounding_box()
    assert block is not None
    assert rest is not None
    assert block["y"] < rest["y"]
    assert page.locator(".acute li").count() == 6
    page.get_by_role("button", name="Neste tema").click()
    expect(page.locator("#conversation")).to_contain_text("Spørsmålene kan vente")


def test_the_answer_is_told_in_words_as_well_as_drawn(page: Page) -> None:
    high(page)
    expect(page.locator(".level-name")).to_have_text("Svært høy")
    for drawn in page.locator(".scale, .bar").all():
        assert drawn.get_attribute("aria-hidden") == "true"
    for factor in page.locator(".factors > li").all():
        assert re.search(r"\d poeng", factor.locator(".points").text_content() or "")
    days = page.locator(".timeline time").evaluate_all("(all) => all.map((one) => one.dateTime)")
    assert days[0] == "2026-11-20"
    assert days == sorted(days)
    assert page.locator(".timeline > li").count() == page.locator(".timeline .step strong").count() == len(days)
    headings = page.locator(".urgency h4").all_inner_texts()
    assert headings == ["Nå", "Samme dag", "Innen noen dager", "I vanlig oppfølging"]
    for article in page.locator("article").all():
        assert article.locator(".sources cite").count() > 0
    assert page.locator(".cautions li").count() > 5


def test_the_note_is_copied_whole(watched: Open) -> None:
    page = watched(permissions=["clipboard-read", "clipboard-write"]).page
    high(page)
    page.get_by_role("button", name="Kopier Notat til journalen").click()
    expect(page.get_by_text("Kopiert.")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied == page.locator("#note-record").text_content()
    assert "Svært høy" in copied


def test_the_page_speaks_three_languages_and_keeps_the_answers(page: Page) -> None:
    high(page)
    for name, level, heading, question in (
        ("Nynorsk", "Svært høg", "Spørsmål", "ein overdose akkurat no"),
        ("English", "Very high", "Questions", "an overdose right now"),
        ("Bokmål", "Svært høy", "Spørsmål", "en overdose akkurat nå"),
    ):
        page.get_by_role("button", name=name).click()
        expect(page.locator(".level-name")).to_have_text(level)
        expect(page.locator("#questions-heading")).to_have_text(heading)
        expect(page.locator("#fact-overdose_now legend")).to_contain_text(question)
    assert page.locator("html").get_attribute("lang") == "nb"
    assert page.locator("#answered dt").count() == 6


def test_next_of_kin_get_advice_and_no_level(page: Page) -> None:
    page.locator("#about summary").click()
    page.get_by_label("Hvem vurderingen gjelder").select_option("next_of_kin")
    expect(page.locator(".level-name")).to_have_text("Nivå brukes ikke her")
    assert page.locator("article").count() > 0


def test_nothing_is_stored_and_nothing_leaves_for_anywhere_else(watched: Open, service: str) -> None:
    made = watched()
    page = made.page
    high(page)
    page.get_by_role("button", name="Neste tema").click()
    answer(page, "hopelessness", "yes")
    kept = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, document.cookie,"
        " (await indexedDB.databases()).length, (await caches.keys()).length, history.state]"
    )
    assert kept == [0, 0, "", 0, 0, None]
    assert page.url == f"{service}/"
    assert page.context.cookies() == []
    assert {address.removeprefix(service).split("?")[0].split("/")[1] for address in made.asked} == {"", "v1", "web"}
    assert all(address.startswith(service) and "?" not in address for address in made.asked)
    page.reload()
    empty(page)
    assert page.locator("#answered dt").count() == 0
