"""What pages may do, and which origins may frame the card. Needs no browser."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError

from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from cds.web.words import WORDS
from tests.frozen import TODAY

ROOT = Path(__file__).parents[2]
PAGES = sorted((*(ROOT / "cds/web/templates").rglob("*.html"), *(ROOT / "examples").glob("*.html")))
SCRIPTS = sorted((*(ROOT / "cds/web/static").rglob("*.js"), *(ROOT / "examples").glob("*.js")))
HOST = "https://record-system.example"


Ask = Callable[..., TestClient]


@pytest.fixture(scope="session")
def client(releases: Releases) -> Ask:
    """The service where these origins may show the card."""

    @cache
    def serving(*frame_ancestors: str) -> TestClient:
        return TestClient(create_app(Settings(frame_ancestors=frame_ancestors), releases, lambda: TODAY))

    return serving


def directives(policy: str) -> dict[str, str]:
    """A policy by the names of its directives."""
    return {name: value for name, _, value in (part.strip().partition(" ") for part in policy.split(";"))}


@pytest.mark.parametrize(("address", "connects"), [("/", "'self'"), ("/embed/card", None)])
def test_a_page_may_load_files_of_this_service_and_nothing_else(
    client: Ask, address: str, connects: str | None
) -> None:
    response = client().get(address)
    policy = directives(response.headers["content-security-policy"])
    assert policy == {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": "'self'",
        **({"connect-src": connects} if connects else {}),
        "frame-ancestors": "'none'",
        "form-action": "'none'",
        "base-uri": "'none'",
        "require-trusted-types-for": "'script'",
    }
    assert response.headers["referrer-policy"] == "no-referrer"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in response.headers


def test_only_the_origins_that_were_set_may_frame_the_card_and_none_the_other_pages(client: Ask) -> None:
    service = client(HOST, "http://127.0.0.1:8090")
    framed = directives(service.get("/embed/card").headers["content-security-policy"])
    assert framed["frame-ancestors"] == f"{HOST} http://127.0.0.1:8090"
    assert directives(service.get("/").headers["content-security-policy"])["frame-ancestors"] == "'none'"


def test_origins_come_from_the_environment_with_spaces_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDS_FRAME_ANCESTORS", f" {HOST}  https://nav.example:8443 https://192.0.2.1 http://localhost:1")
    assert Settings().frame_ancestors == (
        HOST, "https://nav.example:8443", "https://192.0.2.1", "http://localhost:1",
    )  # fmt: skip


@pytest.mark.parametrize(
    "origin",
    ["*", "https:", "https://*", "https://*.example", "http://record-system.example", "record-system.example", "null",
     "https://record-system.example/", "https://record-system.example/x", "https://Record.example", "'self'",
     "https://u@record-system.example", "https://record-system.example; script-src *", "file://", "https://x.example,*",
     "https://..", "https://.example", "https://a..example", "https://-a.example", "https://a.example.",
     "https://a.example:99999", "https://a.example:0", "https://a.example:", "https://a.example:080",
     "https://a.example:443", "http://127.0.0.1:80", "https://1.2.3", "https://999.1.1.1", "http://192.0.2.1"],
)  # fmt: skip
def test_anything_but_an_exact_encrypted_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValidationError):
        Settings(frame_ancestors=(origin,))


def test_the_card_may_be_loaded_by_any_origin_and_the_pages_files_by_none_other(client: Ask) -> None:
    service = client()
    card = service.get("/embed/overdose-card.js")
    assert card.headers["access-control-allow-origin"] == "*"
    assert card.headers["content-type"].startswith("text/javascript")
    assert "access-control-allow-origin" not in service.get("/web/try-it/try-it.js").headers
    assert "access-control-allow-origin" not in service.get("/").headers


@pytest.mark.parametrize("name", ["nothing.js", "../pages.py", "%2e%2e/pages.py", "try-it", "", "templates/page.html"])
def test_only_the_files_of_the_pages_are_served(client: Ask, name: str) -> None:
    assert client().get(f"/web/{name}").status_code == 404


class _Inline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = dict(attributes)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.found.append(f"<{tag}>")
        self.found += [name for name in given if name == "style" or name.startswith("on")]
        for name in ("src", "href"):
            if (given.get(name) or "").startswith(("http", "//", "javascript:", "data:")):
                self.found.append(f"{name}={given[name]}")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_holds_a_script_or_style_and_none_comes_from_a_third_party(page: Path) -> None:
    read = _Inline()
    read.feed(page.read_text(encoding="utf-8"))
    assert set(read.found) <= {"src=http://127.0.0.1:8080/embed/overdose-card.js"}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.relative_to(ROOT).as_posix())
def test_no_script_stores_evaluates_or_writes_markup(script: Path) -> None:
    text = script.read_text(encoding="utf-8")
    forbidden = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|localStorage|"
    forbidden += (
        r"sessionStorage|indexedDB|document\.cookie|history\.|location\.(hash|search)|\.style\b|setAttribute\(.style"
    )
    assert re.findall(forbidden, text) == []
    if "overdose-card" in script.name:
        assert re.findall(r"\bfetch\(|XMLHttpRequest|WebSocket|sendBeacon|^import|import\(", text, re.MULTILINE) == []


def test_the_cards_words_are_those_of_the_rules(releases: Releases) -> None:
    card = (ROOT / "cds/web/static/embed/overdose-card.js").read_text(encoding="utf-8")
    content = releases.in_force(TODAY).content
    named = {level.id: level.label for level in content.levels.levels}
    named |= {urgency: content.phrases[f"heading_{urgency}"] for urgency in ("now", "same_day", "days", "routine")}
    for name, text in named.items():
        for language in ("nb", "nn", "en"):
            assert f'{name}: "{text.in_(language)}"' in card
    assert WORDS["unavailable"].en in card


def test_the_rules_have_advice_at_every_level_but_low() -> None:
    """The card takes an answer without any for one that is not whole."""
    patients = [json.loads(file.read_bytes()) for file in (ROOT / "tests/patients").glob("*/assessment.json")]
    assert {person["level"] for person in patients if "recommendations" in person} == {
        *("low", "elevated", "high", "very_high", "undetermined", "not_applicable")
    }
    assert {person["level"] for person in patients if person.get("recommendations") == []} <= {"low"}


@pytest.mark.parametrize(
    ("wished", "language"),
    [("", "nb"), ("nn-NO,nb;q=0.8", "nn"), ("en-GB,en;q=0.9", "en"), ("no", "nb"), ("de, nn;q=0.3, en;q=0.2", "nn"),
     ("nn;q=0, en;q=0.1", "en"), ("en;q=x, nn;q=0.1", "nn"), ("fr", "nb"), ("*", "nb"), (";;q=,", "nb")],
)  # fmt: skip
def test_the_first_language_is_the_one_the_browser_asks_for(client: Ask, wished: str, language: str) -> None:
    response = client().get("/embed/card", headers={"Accept-Language": wished})
    assert f'<html lang="{language}"' in response.text
    assert response.headers["content-language"] == language


def test_every_word_stands_in_three_languages_and_keeps_its_places() -> None:
    for name, text in WORDS.items():
        places = {frozenset(re.findall(r"\{\w+\}", words)) for words in (text.nb, text.nn, text.en)}
        assert len(places) == 1, name


def test_every_word_that_is_used_exists_and_every_word_is_used(releases: Releases) -> None:
    pages = [path for path in (*SCRIPTS, *PAGES) if "overdose-card" not in path.name]
    text = "\n".join(path.read_text(encoding="utf-8") for path in pages)
    for name in WORDS:
        assert re.search(rf'["\'.]{name}["\'\s}}<]', text), f"nobody says {name}"
    phrases = releases.in_force(TODAY).content.phrases
    for name in re.findall(r'\bword\("(\w+)"', text):
        assert name in WORDS or name in phrases, name
