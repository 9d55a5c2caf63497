"""The table of scopes against the routes there are: every route, with every scope."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient
from starlette.routing import Mount

from cds.auth.profiles import SCOPES as OF_PROFILE
from cds.auth.profiles import Caller, Profile
from cds.auth.scopes import ROUTES, Scope, access_to
from cds.main import create_app
from tests.auth.guarding import Send
from tests.auth.issuing import BEARER_URL, ENTRA, ENTRANCES, Asking, issuer
from tests.frozen import service_over

NAMES = {scope: f"test/{scope.value}" for scope in Scope}


def routes(app: Any, prefix: str = "") -> list[tuple[str, str]]:
    """Every method and path an app answers, below included routers too."""
    found = []
    for route in app.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            found += routes(inner)
        elif isinstance(route, Mount):
            found.append(("MOUNT", route.path))
        else:
            found += [(method, prefix + route.path) for method in route.methods or ()]
    return found


def every_route() -> list[tuple[str, str]]:
    """The routes of the service."""
    return sorted(set(routes(create_app())))


ALL = every_route()


def test_the_routes_were_found() -> None:
    assert len(ALL) > 12
    assert ("POST", "/v1/assessments/batch") in ALL


@pytest.mark.parametrize(("method", "path"), ALL, ids=[" ".join(route) for route in ALL])
def test_every_route_stands_in_the_table(method: str, path: str) -> None:
    assert access_to(method, path) is not None, "add it to cds/auth/scopes.py"


def test_a_route_that_does_not_stand_there_answers_nobody(releases: Any) -> None:
    app = service_over(releases)

    @app.get("/v1/forgotten")
    async def forgotten() -> str:
        return "secret"

    answer = TestClient(app).get("/v1/forgotten")
    assert answer.status_code == 403
    assert "secret" not in answer.text


@pytest.fixture
def granting() -> Iterator[None]:
    """Entra, whose tokens grant each scope by a name of its own, for as long as a test runs."""
    entrance = ENTRANCES[1]
    before = entrance.issuers
    told = {name: [scope.value] for scope, name in NAMES.items()}
    object.__setattr__(
        entrance, "issuers", (issuer("entra", "entra", ENTRA, audience="app-1", scopes=told), *before[1:])
    )
    yield
    object.__setattr__(entrance, "issuers", before)


def with_scopes(*scopes: Scope) -> Asking:
    """A token that grants these scopes."""
    return Asking(iss=ENTRA, header={"typ": "JWT"}, claims={"roles": [NAMES[scope] for scope in scopes], "azp": "any"})


@pytest.mark.usefixtures("granting")
@pytest.mark.parametrize(("method", "path"), ALL, ids=[" ".join(route) for route in ALL])
def test_every_route_with_every_scope(send: Send, method: str, path: str) -> None:
    access = access_to(method, path)
    assert access is not None
    url = path.replace("{", "").replace("}", "")
    for scope in Scope:
        answer = send(with_scopes(scope), method, url, url=BEARER_URL, content=b"{" if method == "POST" else None)
        if access.open or scope in access.any_of:
            assert answer.status_code not in (401, 403), (scope, answer.text)
        else:
            assert answer.status_code == 403, (scope, answer.text)
            assert 'error="insufficient_scope"' in answer.headers["WWW-Authenticate"]
            wanted = " ".join(sorted(NAMES[each] for each in access.any_of))
            assert f'scope="{wanted}"' in answer.headers["WWW-Authenticate"]
    if not access.open:
        assert send(with_scopes(), method, url, url=BEARER_URL).status_code == 403
        assert send(None, method, url, url=BEARER_URL).status_code == 401


@pytest.mark.usefixtures("granting")
def test_a_token_of_two_profiles_is_asked_which(send: Send) -> None:
    both = with_scopes(Scope.DECIDE_GP, Scope.DECIDE_NAV)
    answer = send(both, "POST", "/v1/assessments", url=BEARER_URL, json={})
    assert answer.status_code == 403
    assert "more than one profile" in answer.headers["WWW-Authenticate"]


def test_who_is_turned_away_has_nothing_read(send: Send) -> None:
    """The body of a caller who may not ask is not looked at, however wrong or large it is."""
    for body in (b"{", b"x" * 20_000_000):
        assert send(None, "POST", "/v1/assessments", content=body).status_code == 401


@pytest.mark.parametrize("profile", list(Profile))
def test_what_each_profile_may_do(profile: Profile) -> None:
    caller = Caller("c", OF_PROFILE[profile])
    may = {path for (method, path), access in ROUTES.items() if access.any_of & caller.scopes}
    persons = {"/v1/assessments", "/v1/assessments/batch", "/hl7/v2", "/fhir/$assess-overdose-risk"}
    expected = {
        Profile.GP: persons - {"/v1/assessments/batch"},
        Profile.MUNICIPAL_HEALTH: persons - {"/v1/assessments/batch"},
        Profile.MUNICIPAL_SOCIAL: {"/v1/assessments"},
        Profile.NAV: {"/v1/assessments"},
        Profile.AUDITOR: set(),
        Profile.ANALYST: {"/v1/assessments/batch"},
    }
    assert may & persons == expected[profile]
    assert may >= {"/v1/receipts/verify", "/v1/ledger/checkpoint"}
    assert ("/v1/receipts/replay" in may) == (profile not in (Profile.NAV, Profile.MUNICIPAL_SOCIAL))
    assert ({"/v1/ledger/health", "/v1/ledger/export"} <= may) == (profile is Profile.AUDITOR)
    assert caller.advice_only == (profile in (Profile.NAV, Profile.MUNICIPAL_SOCIAL))


def test_nothing_in_a_request_changes_the_profile(send: Send) -> None:
    nav = Asking(claims={"scope": "example:overdose/nav"})
    wishes = {"X-Profile": "gp", "X-Forwarded-User": "gp", "Profile": "gp", "X-HTTP-Method-Override": "GET"}
    answer = send(nav, "POST", "/v1/assessments?profile=gp&scope=odr:decide:gp", json={}, headers=wishes)
    assert answer.json().keys() == {"advice", "receipt"}
    assert send(nav, "POST", "/v1/assessments", json={"profile": "gp"}).status_code == 422
    included = send(nav, "POST", "/v1/assessments", json={"include": ["note"]})
    assert (included.status_code, included.json()["type"]) == (403, "urn:cds-overdose:problem:not-for-this-caller")


def test_a_route_that_is_open_asks_for_nothing(send: Send) -> None:
    assert send(path="/health").status_code == 200
    assert send(path="/health", headers={"Authorization": "DPoP nonsense"}).status_code == 200


def test_what_is_not_there_is_not_there_for_anyone(send: Send) -> None:
    assert send(path="/v1/nowhere").status_code == 404
    assert send(Asking(), path="/v1/nowhere").status_code == 404
