"""Issuers' keys: kept, renewed, used on when the issuer is away, and never asked for in a flood."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from cds.auth import jwks
from cds.auth.jwks import AT_MOST_EVERY, FRESH_FOR, MOST_UNKNOWN, FetchedKeys, KeysUnavailable, public_keys
from tests.auth.guarding import Clock
from tests.auth.issuing import SHARED, key, rsa


class Issuer:
    """An issuer that can be away, and counts how often it is asked."""

    def __init__(self, *names: str) -> None:
        self.names = list(names)
        self.asked = 0
        self.away = False

    def __call__(self, _: str) -> Any:
        self.asked += 1
        if self.away:
            raise httpx2.ConnectError("away")
        return {"keys": [key(name).as_dict(private=False) for name in self.names]}


def test_keys_are_fetched_once_and_kept() -> None:
    issuer, clock = Issuer("a"), Clock()
    keys = FetchedKeys("u", clock, issuer)
    for _ in range(50):
        found = keys.find("a")
        assert found is not None
        assert found.thumbprint() == key("a").thumbprint()
    clock.now += FRESH_FOR - 1
    keys.find("a")
    assert issuer.asked == 1


def test_a_new_key_is_found_as_soon_as_it_may_be_asked_for() -> None:
    issuer, clock = Issuer("old"), Clock()
    keys = FetchedKeys("u", clock, issuer)
    assert keys.find("old") is not None
    issuer.names = ["old", "new"]
    clock.now += AT_MOST_EVERY
    assert keys.find("new") is not None
    assert issuer.asked == 2


def test_a_new_key_that_came_too_early_is_not_held_to_be_unknown() -> None:
    issuer, clock = Issuer("old"), Clock()
    keys = FetchedKeys("u", clock, issuer)
    assert keys.find("old") is not None
    issuer.names = ["new"]
    clock.now += 1
    assert keys.find("new") is None, "asked a moment ago"
    clock.now += AT_MOST_EVERY
    assert keys.find("new") is not None
    assert keys.find("old") is None, "withdrawn"


def test_keys_are_renewed_when_they_are_old_and_withdrawn_ones_go() -> None:
    issuer, clock = Issuer("a", "b"), Clock()
    keys = FetchedKeys("u", clock, issuer)
    assert keys.find("b") is not None
    issuer.names = ["a"]
    clock.now += FRESH_FOR + 1
    assert keys.find("b") is None
    assert issuer.asked == 2


def test_old_keys_are_used_on_while_the_issuer_is_away() -> None:
    issuer, clock = Issuer("a"), Clock()
    keys = FetchedKeys("u", clock, issuer)
    assert keys.find("a") is not None
    issuer.away = True
    for _ in range(100):
        clock.now += FRESH_FOR / 10
        assert keys.find("a") is not None
    issuer.away, issuer.names = False, ["b"]
    clock.now += AT_MOST_EVERY
    assert keys.find("b") is not None


def test_without_any_key_nothing_is_judged_and_the_issuer_is_not_pressed() -> None:
    issuer, clock = Issuer("a"), Clock()
    issuer.away = True
    keys = FetchedKeys("u", clock, issuer)
    for _ in range(200):
        with pytest.raises(KeysUnavailable):
            keys.find("a")
        clock.now += 0.1
    assert issuer.asked == 1
    issuer.away = False
    clock.now += AT_MOST_EVERY
    assert keys.find("a") is not None


def test_a_flood_of_invented_keys_does_not_reach_the_issuer() -> None:
    issuer, clock = Issuer("a"), Clock()
    keys = FetchedKeys("u", clock, issuer)
    for number in range(5_000):
        assert keys.find(f"invented-{number}") is None
        clock.now += 0.1
    assert issuer.asked <= 500 / AT_MOST_EVERY + 2
    assert keys.find("a") is not None


def test_one_invented_key_is_remembered() -> None:
    issuer, clock = Issuer("a"), Clock()
    keys = FetchedKeys("u", clock, issuer)
    keys.find("a")
    clock.now += AT_MOST_EVERY
    for _ in range(100):
        keys.find("invented")
        clock.now += 1
    assert issuer.asked == 2


def test_what_is_remembered_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jwks, "AT_MOST_EVERY", 0)
    clock = Clock()
    keys = FetchedKeys("u", clock, Issuer("a"))
    for number in range(MOST_UNKNOWN + 50):
        keys.find(f"invented-{number}")
    assert len(keys._unknown) <= MOST_UNKNOWN


def test_an_empty_or_broken_key_set_does_not_take_the_keys_away() -> None:
    clock = Clock()
    documents: list[Any] = [{"keys": [key("a").as_dict(private=False)]}, {"keys": []}, [], {"keys": "x"}, {}]
    keys = FetchedKeys("u", clock, lambda _: documents.pop(0))
    while documents:
        assert keys.find("a") is not None
        clock.now += FRESH_FOR + 1


def test_only_keys_that_can_check_signatures_count() -> None:
    short = rsa("short", 1024).as_dict(private=False)
    document = {
        "keys": [
            key("good").as_dict(private=False),
            key("private").as_dict(private=True),
            SHARED.as_dict(private=True) | {"kid": "shared"},
            rsa("enc").as_dict(private=False) | {"use": "enc"},
            short,
            {"kty": "EC", "kid": "broken", "crv": "P-256", "x": "AA", "y": "AA"},
            {name: value for name, value in key("nameless").as_dict(private=False).items() if name != "kid"},
            key("good").as_dict(private=False) | {"x": key("private").as_dict(private=False)["x"]},
            "not a key",
        ]
    }
    found = public_keys(document)
    assert set(found) == {"good"}
    assert found["good"].thumbprint() == key("good").thumbprint()


def test_many_threads_fetch_once() -> None:
    issuer = Issuer("a")
    keys = FetchedKeys("u", Clock(), issuer)
    found: list[object] = []
    threads = [threading.Thread(target=lambda: found.append(keys.find("a"))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 16
    assert None not in found
    assert issuer.asked == 1


@pytest.fixture
def server() -> Iterator[tuple[str, dict[str, tuple[int, bytes]]]]:
    """A web server of one's own, and what it answers."""
    answers: dict[str, tuple[int, bytes]] = {}

    class Answering(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answers[self.path]
            self.send_response(status)
            self.send_header("Location", "/keys")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answering)
    thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{running.server_address[1]}", answers
    running.shutdown()
    thread.join()
    running.server_close()


def test_keys_are_fetched_over_http(server: tuple[str, dict[str, tuple[int, bytes]]]) -> None:
    url, answers = server
    answers["/keys"] = (200, json.dumps({"keys": [key("a").as_dict(private=False)]}).encode())
    assert FetchedKeys(f"{url}/keys", Clock()).find("a") is not None


@pytest.mark.parametrize(("status", "body"), [
    (302, b""),
    (404, b"{}"),
    (500, b"{}"),
    (200, b"no json"),
    (200, b" " * 300_000),
    (200, b"[[["),
])  # fmt: skip
def test_what_is_no_key_set_is_no_key(
    server: tuple[str, dict[str, tuple[int, bytes]]], status: int, body: bytes
) -> None:
    url, answers = server
    answers["/keys"] = (200, json.dumps({"keys": [key("a").as_dict(private=False)]}).encode())
    answers["/other"] = (status, body)
    with pytest.raises(KeysUnavailable):
        FetchedKeys(f"{url}/other", Clock()).find("a")
