"""<overdose-card> in the page of another system."""

from __future__ import annotations

import json
from typing import Any

import httpx2
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from cds.api.examples import REQUEST_EXAMPLES
from tests.browser.conftest import HOST, Open, serve

UNAVAILABLE = {
    "nb": "Bruk vanlig klinisk skjønn",
    "nn": "Bruk vanleg klinisk skjønn",
    "en": "Use ordinary clinical judgement",
}
ADVICE = {
    "advice": {
        "as_of": "2026-11-20",
        "language": "nb",
        "urgency": "same_day",
        "when": "Samme dag",
        "items": [
            {"code": "N01", "urgency": "same_day", "when": "Samme dag", "title": "Prat", "text": "Ta en samtale."},
            {"code": "N06", "urgency": "routine", "when": "Ved neste kontakt", "title": "Mat", "text": "Spør om mat."},
        ],
        "contacts": [{"id": "out-of-hours", "name": "Legevakt", "phone": "116 117", "text": "Hele døgnet."}],
        "about": "Dette er råd om hjelp.",
        "provenance": {"release": "0.4.0", "digest": "sha256:0", "service": "0.4.0"},
    }
}  # fmt: skip


@pytest.fixture(scope="session")
def answers(service: str) -> dict[str, Any]:
    """What the service answers about invented people."""
    bodies = {name: {**example["value"], "language": "nb"} for name, example in REQUEST_EXAMPLES.items()}
    bodies["next of kin"] = {"facts": {"role": {"state": "yes", "value": "next_of_kin"}}}
    bodies["nothing known"] = {"facts": {}}
    return {name: httpx2.post(f"{service}/v1/assessments", json=body).json() for name, body in bodies.items()}


HOST_PAGE = """<!doctype html><html lang="nb"><head><meta charset="utf-8"><title>Journal</title>
<meta http-equiv="Content-Security-Policy"
  content="default-src 'none'; script-src {service}; require-trusted-types-for 'script'">
<script type="module" src="{service}/embed/overdose-card.js"></script></head>
<body><main><h1>Journal</h1><overdose-card {attributes}></overdose-card></main></body></html>"""


@pytest.fixture
def host(watched: Open, service: str) -> Any:
    """Opens a host system's page with a card, under a policy that allows the card's script and nothing else."""

    def open_(attributes: str = "", **how: Any) -> Page:
        made = watched("", **how)
        serve(made.page, f"{HOST}/", HOST_PAGE.format(service=service, attributes=attributes))
        made.page.goto(f"{HOST}/")
        made.page.evaluate("customElements.whenDefined('overdose-card').then(() => true)")
        return made.page

    return open_


def give(page: Page, answer: Any) -> None:
    """Hand the card an answer."""
    page.evaluate("(answer) => { document.querySelector('overdose-card').assessment = answer; }", answer)


def text(page: Page) -> str:
    """What the card shows, folded parts left out."""
    return page.locator("overdose-card article").inner_text()


def test_without_an_answer_the_card_says_ordinary_clinical_judgement(host: Any) -> None:
    page = host()
    for language, words in UNAVAILABLE.items():
        page.locator("overdose-card").evaluate("(card, language) => { card.lang = language; }", language)
        assert words in text(page)
        assert page.locator("overdose-card article").get_attribute("lang") == language


def test_the_card_shows_level_range_and_recommendations(host: Any, answers: dict[str, Any]) -> None:
    page = host()
    give(page, answers["released"])
    shown = text(page)
    assert "Nivå Svært høy" in shown
    assert "Det ukjente kan ikke gjøre nivået høyere." in shown
    assert "Naloksonspray" in shown
    assert "Verken en diagnose eller en sannsynlighet" in shown
    give(page, answers["nothing known"])
    assert "Kan ikke vurderes ennå" in text(page)
    assert "Kan være så høyt som svært høy." in text(page)
    give(page, answers["next of kin"])
    assert "Nivå brukes ikke her" in text(page)
    give(page, answers["emergency"])
    assert "Ring 113 først" in text(page)


def test_only_a_low_level_stands_without_advice(host: Any, answers: dict[str, Any]) -> None:
    page = host()
    low = {**answers["released"]["assessment"], "level": "low", "level_at_most": "low", "label": "Lav"}
    give(page, {"assessment": {**low, "recommendations": [], "factors": []}})
    assert "Nivå Lav" in text(page)
    assert "undefined" not in text(page)


@pytest.mark.parametrize("language", UNAVAILABLE)
def test_a_release_that_has_no_advice_is_shown_with_its_level_and_says_so(
    host: Any, service: str, language: str
) -> None:
    page = host()
    said = {
        "nb": "Denne utgaven av reglene har ingen anbefalinger",
        "nn": "Denne utgåva av reglane har ingen tilrådingar",
        "en": "This release of the rules holds no recommendations",
    }[language]
    asked = {**REQUEST_EXAMPLES["released"]["value"], "language": language}
    bodies = [asked, {"facts": {}}, {"facts": {"role": {"state": "yes", "value": "next_of_kin"}}}]
    for body in bodies:
        first = {"release": "0.1.0", "language": language}
        answer = httpx2.post(f"{service}/v1/assessments", json=body | first).json()
        assert answer["assessment"]["recommendations"] == []
        give(page, answer)
        assert answer["assessment"]["label"] in text(page)
        assert said in text(page)
        answer["assessment"]["provenance"]["release"] = "0.2.0"
        give(page, answer)
        assert UNAVAILABLE["nb"] in text(page), "later rules have advice at these levels"


def test_advice_for_nav_shows_advice_contacts_and_nothing_about_why(host: Any, answers: dict[str, Any]) -> None:
    page = host()
    give(page, ADVICE)
    shown = text(page)
    assert "Ta en samtale." in shown
    assert "Ved neste kontakt" in shown
    assert page.get_by_role("link", name="116 117").get_attribute("href") == "tel:116117"
    assert "overdose" not in shown.lower()
    acute = {"advice": {**ADVICE["advice"], "items": None, "acute": answers["emergency"]["assessment"]["acute"]}}
    del acute["advice"]["items"]
    give(page, acute)
    assert "Ring 113 først" in text(page)


def broken(answers: dict[str, Any]) -> dict[str, Any]:
    """Answers that are none."""
    whole = answers["released"]["assessment"]

    def advising(**change: Any) -> dict[str, Any]:
        """The same with one of its recommendations otherwise: a part that is None is left out."""
        line = {part: value for part, value in (whole["recommendations"][-1] | change).items() if value is not None}
        return {"assessment": {**whole, "recommendations": [*whole["recommendations"][:-1], line]}}

    return {
        "null": None,
        "a text": "low",
        "a problem": {"type": "urn:cds-overdose:problem:engine-failure", "status": 500},
        "no assessment": {},
        "an unknown level": {"assessment": {**whole, "level": "safe"}},
        "no recommendations": {"assessment": {key: value for key, value in whole.items() if key != "recommendations"}},
        "an empty list of recommendations": {"assessment": {**whole, "recommendations": []}},
        "nothing known and nothing to do": {
            "assessment": {**answers["nothing known"]["assessment"], "recommendations": []}
        },
        "next of kin and nothing to do": {
            "assessment": {**answers["next of kin"]["assessment"], "recommendations": []}
        },
        "an urgency left out": advising(urgency=None),
        "a recommendation whose urgency nobody knows": advising(urgency="soon"),
        "a status left out": advising(status=None),
        "a status nobody knows": advising(status="perhaps"),
        **{f"a recommendation without {part}": advising(**{part: None}) for part in ("id", "code", "title", "text")},
        **{f"a recommendation without {part}": advising(**{part: None}) for part in ("actor", "because")},
        "a reason that is none": advising(because=" "),
        "a recommendation that is none": {"assessment": {**whole, "recommendations": [None]}},
        "a factor without a name": {"assessment": {**whole, "factors": [{"outcome": "present"}]}},
        "rules without a number": {"assessment": {**whole, "provenance": {}}},
        "somebody to call without a name": {"advice": {**ADVICE["advice"], "contacts": [{"phone": "113"}]}},
        "no range": {"assessment": {key: value for key, value in whole.items() if key != "level_at_most"}},
        "an empty emergency": {"assessment": {**answers["emergency"]["assessment"], "acute": []}},
        "advice without items": {"advice": {**ADVICE["advice"], "items": []}},
        "an item without text": {"advice": {**ADVICE["advice"], "items": [{"code": "N01", "urgency": "days"}]}},
        "an urgency nobody knows": {"advice": {**ADVICE["advice"], "items": [{"text": "x", "urgency": "soon"}]}},
    }


def test_whatever_is_no_whole_answer_takes_the_old_one_away(host: Any, answers: dict[str, Any]) -> None:
    page = host('lang="en"')
    for name, answer in broken(answers).items():
        give(page, answers["released"])
        assert "Svært høy" in text(page)
        give(page, answer)
        assert UNAVAILABLE["en"] in text(page), name
        assert "Svært høy" not in text(page), name
        assert "undefined" not in page.locator("overdose-card article").text_content()


def test_an_answer_given_before_the_script_came_is_shown(host: Any, answers: dict[str, Any]) -> None:
    page = host()
    page.evaluate(
        """(answer) => {
          const card = document.createElement("overdose-card");
          Object.defineProperty(card, "assessment", { value: answer, configurable: true, writable: true });
          document.querySelector("overdose-card").replaceWith(card);
        }""",
        answers["released"],
    )
    assert "Svært høy" in text(page)


def test_the_card_tells_its_page_what_is_opened_shown_and_unavailable(host: Any, answers: dict[str, Any]) -> None:
    page = host()
    page.evaluate(
        """() => {
          window.told = [];
          for (const name of ["shown", "unavailable", "recommendation-opened"]) {
            document.addEventListener(`overdose-card-${name}`, (event) => told.push([name, event.detail]));
          }
        }"""
    )
    give(page, answers["released"])
    page.locator("overdose-card summary").filter(has_text="M05").click()
    page.wait_for_function("told.length === 2")
    give(page, None)
    assert page.evaluate("told") == [
        ["shown", {"kind": "assessment", "level": "very_high"}],
        ["recommendation-opened", {"id": "naloxone-first-issue", "code": "M05"}],
        ["unavailable", {}],
    ]


def test_colours_follow_the_host_then_aksel_then_punkt(host: Any) -> None:
    page = host()
    given = ""
    for token, ink in (
        ("", "rgb(23, 34, 43)"),
        ("--pkt-color-text-body-default: rgb(42, 40, 89)", "rgb(42, 40, 89)"),
        ("--ax-text-neutral: rgb(1, 2, 3)", "rgb(1, 2, 3)"),
        ("--overdose-card-ink: rgb(4, 5, 6)", "rgb(4, 5, 6)"),
    ):
        given += f"{token};"
        page.evaluate("(tokens) => { document.documentElement.style.cssText = tokens; }", given)
        assert page.locator("overdose-card article").evaluate("(one) => getComputedStyle(one).color") == ink


@pytest.mark.parametrize(
    "how",
    [{}, {"color_scheme": "dark"}, {"contrast": "more"}, {"forced_colors": "active"}],
    ids=["light", "dark", "more contrast", "forced colours"],
)
def test_axe_finds_nothing_in_the_card(host: Any, answers: dict[str, Any], how: dict[str, Any]) -> None:
    page = host('theme="light"' if not how else "", **how)
    for answer in (answers["released"], answers["emergency"], ADVICE, None) if not how else (answers["released"],):
        give(page, answer)
        page.locator("overdose-card details").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")
        assert Axe().run(page).response["violations"] == []


def test_the_card_calls_nobody(watched: Open, host: Any, service: str, answers: dict[str, Any]) -> None:
    page = host()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    give(page, json.loads(json.dumps(answers["released"])))
    page.locator("overdose-card summary").first.click()
    expect(page.locator("overdose-card details[open]").first).to_be_visible()
    assert asked == []
