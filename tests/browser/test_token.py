"""The page to try the service on, where the service answers nobody without a token."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from cds.api.access import Door
from cds.api.service import seconds_now
from cds.audit.store import Store
from cds.auth.callers import Callers
from cds.auth.development import DevelopmentKeys, entrance, issuing_key, token
from cds.auth.issuers import Entrance, Scheme
from cds.auth.profiles import Profile
from cds.auth.quotas import Quotas
from cds.auth.replay import ReplayStore
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.browser.conftest import Open, Watched, served
from tests.browser.states import NO_ANSWER
from tests.browser.test_every_page import violations
from tests.frozen import TODAY

Guarded = Callable[[Scheme], str]


class AnyAddress(Callers):
    """Asks for a token at whatever port the service was given."""

    def _entrance(self, host: str) -> Entrance | None:
        return self._entrances[0]


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the key is that tokens are signed with."""
    return tmp_path_factory.mktemp("issuer")


@pytest.fixture(scope="module")
def guarded(releases: Releases, state: Path) -> Iterator[Guarded]:
    """The address of a service that wants tokens shown in this way."""
    running: dict[Scheme, str] = {}
    with ExitStack() as open_:

        def at(scheme: Scheme) -> str:
            if scheme not in running:
                keys = {"development": DevelopmentKeys(state)}
                replay = ReplayStore(Store("sqlite://"))
                callers = AnyAddress((entrance("http://127.0.0.1", scheme),), keys, replay, seconds_now)
                plenty = Quotas("client", 1_000_000, seconds_now)
                app = create_app(Settings(state=state), releases, lambda: TODAY, Door(callers, plenty, plenty))
                running[scheme] = open_.enter_context(served(app))
            return running[scheme]

        yield at


@pytest.fixture
def opened(watched: Open, guarded: Guarded) -> Iterator[Watched]:
    """The page of a service that takes Bearer tokens, before any was given. Chromium itself logs what was refused."""
    made = watched(guarded("Bearer"))
    expect(made.page.locator("#result")).to_contain_text(NO_ANSWER)
    yield made
    made.wrong = [line for line in made.wrong if "401" not in line and "403" not in line]


def bearer(state: Path, profile: Profile) -> str:
    """A token of a profile."""
    return token(profile, issuing_key(state), int(seconds_now()))


def give(page: Page, text: str) -> None:
    """Paste a token and use it."""
    page.get_by_label("Tilgangstoken").fill(text)
    page.get_by_label("Tilgangstoken").press("Enter")


def test_the_page_asks_for_a_token_and_no_button_is_dead(opened: Watched) -> None:
    page = opened.page
    expect(page.get_by_label("Tilgangstoken")).to_be_visible()
    expect(page.locator("#result")).to_contain_text("tilgangstoken som gjelder nå")
    assert page.locator("#status").inner_text() == NO_ANSWER
    assert violations(page) == []
    for name in ("Begynn på nytt", "Vis en oppdiktet person", "Prøv igjen", "Nynorsk", "Bokmål"):
        with page.expect_response("**/v1/facts"):
            page.get_by_role("button", name=name).click()
        expect(page.locator("#result .notice")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_label("Access token")).to_be_visible()
    expect(page.locator("#result")).to_contain_text("valid now")


def test_with_a_token_it_answers_and_the_token_is_kept_in_memory_alone(opened: Watched, state: Path) -> None:
    page, good = opened.page, bearer(state, Profile.GP)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.headers.get("authorization", "")))
    give(page, f" Bearer {good}\n")
    expect(page.locator(".level-undetermined")).to_be_visible()
    expect(page.locator("#entry")).to_be_hidden()
    page.get_by_role("button", name="Vis en oppdiktet person").click()
    expect(page.locator(".level-very_high")).to_be_visible()
    assert f"Bearer {good}" in sent
    kept = page.evaluate(
        "async () => [localStorage.length, sessionStorage.length, document.cookie,"
        " (await indexedDB.databases()).length, (await caches.keys()).length, history.state]"
    )
    assert kept == [0, 0, "", 0, 0, None]
    assert page.locator("#token").input_value() == ""
    assert good not in page.content()
    assert all(good not in address and "?" not in address for address in opened.asked)
    page.reload()
    expect(page.get_by_label("Tilgangstoken")).to_be_visible()


def test_the_invented_person_waits_for_the_token(opened: Watched, state: Path) -> None:
    page = opened.page
    with page.expect_response("**/v1/facts"):
        page.get_by_role("button", name="Vis en oppdiktet person").click()
    give(page, bearer(state, Profile.MUNICIPAL_HEALTH))
    expect(page.locator(".level-very_high")).to_be_visible()
    assert page.locator("#answered dt").count() == 6


def test_a_token_that_is_none_is_not_sent(opened: Watched) -> None:
    page = opened.page
    before = len(opened.asked)
    for text in ("", "not a token", "æøå", "a\tb"):
        give(page, text)
        expect(page.get_by_text("Dette er ikke et tilgangstoken.")).to_be_visible()
    assert page.locator("#token").get_attribute("aria-invalid") == "true"
    assert len(opened.asked) == before
    assert violations(page) == []


def test_what_is_wrong_with_a_token_is_said_in_the_language_of_the_page(opened: Watched) -> None:
    page = opened.page
    give(page, "not a token")
    for name, words in (("English", "This is not an access token."), ("Nynorsk", "Dette er ikkje eit tilgangstoken.")):
        with page.expect_response("**/v1/facts"):
            page.get_by_role("button", name=name).click()
        expect(page.get_by_role("alert")).to_have_text(words)
    assert page.locator("#token").get_attribute("aria-invalid") == "true"


def test_a_token_that_is_turned_away_is_said_aloud_at_its_field(opened: Watched, state: Path) -> None:
    page = opened.page
    expect(page.locator("#token-error")).to_be_hidden()
    assert page.locator("#token").get_attribute("aria-invalid") is None, "nobody has shown one yet"
    for text, words in (
        ("a.b.c", "Tjenesten svarer bare den som viser et tilgangstoken som gjelder nå"),
        (bearer(state, Profile.NAV), "Tokenet gir ikke tilgang til det denne siden viser"),
    ):
        give(page, text)
        expect(page.get_by_role("alert")).to_contain_text(words)
        expect(page.locator("#token")).to_have_accessible_description(re.compile(words))
        assert page.locator("#token").get_attribute("aria-invalid") == "true"
        assert page.evaluate("document.activeElement.id") == "token"
    assert violations(page) == []
    give(page, bearer(state, Profile.GP))
    expect(page.locator(".level-undetermined")).to_be_visible()
    expect(page.locator("#token-error")).to_be_hidden()


@pytest.mark.parametrize("profile", [Profile.NAV, Profile.ANALYST])
def test_a_token_that_is_not_enough_is_told_and_another_one_may_follow(
    opened: Watched, state: Path, profile: Profile
) -> None:
    page = opened.page
    give(page, bearer(state, profile))
    expect(page.locator("#result")).to_contain_text("token for fastlege")
    assert page.locator(".level").count() == 0
    give(page, bearer(state, Profile.GP))
    expect(page.locator(".level-undetermined")).to_be_visible()


def test_when_the_token_has_expired_the_answer_goes_and_what_was_told_stays(opened: Watched, state: Path) -> None:
    page = opened.page
    give(page, bearer(state, Profile.GP))
    expect(page.locator(".level-undetermined")).to_be_visible()
    page.get_by_role("button", name="Vis en oppdiktet person").click()
    expect(page.locator(".level-very_high")).to_be_visible()
    told = {"WWW-Authenticate": 'Bearer realm="cds-overdose", error="invalid_token"'}
    page.route("**/v1/assessments", lambda route: route.fulfill(status=401, headers=told, json={"status": 401}))
    page.locator("#fact-overdose_now input[value=no]").check()
    expect(page.get_by_label("Tilgangstoken")).to_be_visible()
    assert page.locator(".level").count() == 0
    page.unroute("**/v1/assessments")
    give(page, bearer(state, Profile.GP))
    expect(page.locator(".level-very_high")).to_be_visible()


def test_an_address_for_dpop_says_that_a_page_needs_another(watched: Open, guarded: Guarded) -> None:
    made = watched(guarded("DPoP"))
    expect(made.page.locator("#result")).to_contain_text("der tjenesten tar imot Bearer-token")
    expect(made.page.locator("#entry")).to_be_hidden()
    assert violations(made.page) == []
    made.wrong.clear()
