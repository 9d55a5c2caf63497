"""/embed/card in a frame: who may show it, and whom it listens to."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import FrameLocator, Page, Route, expect

from tests.browser.conftest import ELSEWHERE, HOST, Open, serve, until
from tests.browser.test_card import ADVICE

FRAMING = """<!doctype html><html lang="nb"><head><meta charset="utf-8"><title>Journal</title></head>
<body><main><h1>Journal</h1><iframe title="Kort" src="{service}/embed/card"></iframe></main></body></html>"""
MESSAGE = {"type": "overdose-card-assessment", "assessment": ADVICE, "lang": "nb"}
NO_ANSWER = "Bruk vanlig klinisk skjønn"


def framed(made: Any, service: str, origin: str) -> tuple[Page, FrameLocator]:
    """A page of this origin with the card in a frame; it notes what the frame tells it."""
    page: Page = made.page
    serve(page, f"{origin}/", FRAMING.format(service=service))
    page.add_init_script("window.told = []; addEventListener('message', (e) => told.push([e.origin, e.data]));")
    page.goto(f"{origin}/")
    return page, page.frame_locator("iframe[title=Kort]")


def send(page: Page, message: Any, service: str) -> None:
    """Send the frame a message, addressed to the service alone."""
    page.evaluate("([message, to]) => frames[0].postMessage(message, to)", [message, service])


def without_its_policy(route: Route) -> None:
    """The card's page as a browser without frame-ancestors would take it, so that the script alone decides."""
    response = route.fetch()
    headers = {name: value for name, value in response.headers.items() if name != "content-security-policy"}
    route.fulfill(response=response, headers=headers)


def test_an_origin_of_the_list_sends_an_answer_and_hears_the_size(watched: Open, service: str) -> None:
    page, card = framed(watched(""), service, HOST)
    expect(card.locator("article")).to_contain_text(NO_ANSWER)
    send(page, MESSAGE, service)
    expect(card.locator("article")).to_contain_text("Ta en samtale.")
    page.wait_for_function("told.length > 0")
    told = page.evaluate("told")
    assert {origin for origin, _ in told} == {service}
    assert told[-1][1]["type"] == "overdose-card-size"
    assert told[-1][1]["height"] > 200
    send(page, {**MESSAGE, "assessment": None}, service)
    expect(card.locator("article")).to_contain_text(NO_ANSWER)


def test_the_frame_passes_on_what_is_opened(watched: Open, service: str) -> None:
    page, card = framed(watched(""), service, HOST)
    line = {"id": "x", "code": "M05", "status": "recommended", "urgency": "days", "title": "Nalokson", "text": "t",
            "actor": "a", "because": "b"}  # fmt: skip
    made = {"as_of": "2026-11-20", "language": "nb", "level": "high", "level_at_most": "high", "label": "Høy"}
    send(page, {**MESSAGE, "assessment": {"assessment": {**made, "recommendations": [line]}}}, service)
    card.locator("summary").click()
    page.wait_for_function("told.some(([, data]) => data.type === 'overdose-card-recommendation-opened')")
    opened = [data for _, data in page.evaluate("told") if data["type"] != "overdose-card-size"]
    assert opened == [{"type": "overdose-card-recommendation-opened", "id": "x", "code": "M05"}]


def test_an_origin_outside_the_list_may_not_show_the_card(watched: Open, service: str) -> None:
    made = watched("")
    page, card = framed(made, service, ELSEWHERE)
    until(page, lambda: made.wrong)
    assert "frame-ancestors" in made.wrong[0]
    page.wait_for_timeout(200)
    assert card.locator("overdose-card").count() == 0
    made.wrong.clear()


def test_a_message_from_an_origin_outside_the_list_is_not_looked_at(watched: Open, service: str) -> None:
    made = watched("")
    made.page.route("**/embed/card", without_its_policy)
    page, card = framed(made, service, ELSEWHERE)
    expect(card.locator("article")).to_contain_text(NO_ANSWER)
    send(page, MESSAGE, service)
    page.wait_for_timeout(200)
    assert NO_ANSWER in card.locator("article").inner_text()
    assert page.evaluate("told") == [], "and it hears nothing"


def test_a_message_from_a_frame_beside_the_card_is_not_looked_at(watched: Open, service: str) -> None:
    made = watched("")
    page, card = framed(made, service, HOST)
    expect(card.locator("article")).to_contain_text(NO_ANSWER)
    serve(page, f"{HOST}/beside", "<!doctype html><title>x</title>")
    page.evaluate(
        "() => new Promise((done) => { const f = document.createElement('iframe'); f.onload = done; f.src = '/beside';"
        " document.body.append(f); })"
    )
    beside = page.frames[-1]
    beside.evaluate("([message, to]) => parent.frames[0].postMessage(message, to)", [MESSAGE, service])
    page.wait_for_timeout(200)
    assert NO_ANSWER in card.locator("article").inner_text()


def test_other_messages_change_nothing(watched: Open, service: str) -> None:
    page, card = framed(watched(""), service, HOST)
    send(page, MESSAGE, service)
    expect(card.locator("article")).to_contain_text("Ta en samtale.")
    for message in ("text", None, 1, {}, {"type": "overdose-card-size"}, [MESSAGE]):
        send(page, message, service)
    page.wait_for_timeout(100)
    assert "Ta en samtale." in card.locator("article").inner_text()
