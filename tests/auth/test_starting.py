"""What the service refuses to start with: no authentication, development keys, insecure settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cds.auth import issuers
from cds.auth.issuers import BadIssuers, read_issuers
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import InsecureSettings, Settings
from tests.frozen import TODAY
from tests.production import ISSUERS as GOOD
from tests.production import needs_both_evaluators, production
from tests.releases.approving import Board, board

Write = Callable[[str], Path]
CHANGED = {
    "a word misspelt": ("audience:", "audeince:"),
    "a scope that is none": ("odr:decide:gp", "odr:decide:all"),
    "a kind that is none": ("kind: entra", "kind: azure"),
    "a scheme that is none": ("scheme: Bearer", "scheme: Both"),
    "both schemes at one address": ("https://overdose.intern.example.no", "https://overdose.example.no"),
    "one address in capitals": ("https://overdose.intern.example.no", "https://OVERDOSE.example.no"),
    "a path in an address": ("https://overdose.example.no", "https://overdose.example.no/api"),
    "a name twice": ("name: maskinporten", "name: entra"),
    "an issuer twice": ("https://maskinporten.example/\n", "https://login.example/v2.0\n"),
    "a key twice": ("        kind: entra\n", "        kind: entra\n        kind: tokenx\n"),
    "no audience": ("        audience: app-1\n", ""),
    "nothing anyone may do": ('        scopes: {"ex:odr": [odr:decide:social]}\n', ""),
    "keys without TLS": ("jwks_url: https://login.example/keys", "jwks_url: http://login.example/keys"),
    "keys from a file": ("jwks_url: https://login.example/keys", "jwks_url: file:///etc/keys"),
    "symmetric algorithms": ("audience: app-1", "audience: app-1\n        algorithms: [HS256]"),
    "no algorithm": ("audience: app-1", "audience: app-1\n        algorithms: []"),
    "the algorithm none": ("audience: app-1", "audience: app-1\n        algorithms: [none]"),
    "development keys by kind": ("kind: entra", "kind: development"),
    "development keys by name": ("issuer: https://login.example/v2.0", "issuer: urn:cds-overdose:development"),
    "a person where none signs in": ("require: {idtyp: [app]}", "user_required: true"),
    "no entrance": (GOOD, "entrances: []"),
    "nothing at all": (GOOD, ""),
    "a list": (GOOD, "- a"),
}


def test_issuers_are_read_as_they_stand(issuers_file: Write) -> None:
    entrances = read_issuers(issuers_file(GOOD))
    assert [(entrance.authority, entrance.scheme) for entrance in entrances] == [
        ("overdose.example.no", "DPoP"),
        ("overdose.intern.example.no", "Bearer"),
    ]
    assert [issuer.name for entrance in entrances for issuer in entrance.issuers] == [
        "helseid",
        "entra",
        "maskinporten",
    ]


def test_the_form_in_the_docstring_is_one_that_can_be_read(issuers_file: Write) -> None:
    assert issuers.__doc__ is not None
    example = issuers.__doc__.split("\n\n")[1]
    assert len(read_issuers(issuers_file(example))) == 2


@pytest.mark.parametrize("name", CHANGED)
def test_issuers_that_are_not_read(issuers_file: Write, name: str) -> None:
    before, after = CHANGED[name]
    assert before in GOOD
    with pytest.raises(BadIssuers, match=r"issuers\.yaml"):
        read_issuers(issuers_file(GOOD.replace(before, after)))


@pytest.mark.parametrize("mode", [0o660, 0o602, 0o666])
def test_issuers_that_others_may_write(issuers_file: Write, mode: int) -> None:
    file = issuers_file(GOOD)
    file.chmod(mode)
    with pytest.raises(BadIssuers, match="others than its owner may write it"):
        read_issuers(file)


def test_issuers_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(BadIssuers, match="No such file"):
        read_issuers(tmp_path / "issuers.yaml")


def start(releases: Releases, **settings: object) -> TestClient:
    """Start the service with these settings."""
    return TestClient(create_app(Settings.model_validate(settings), releases, lambda: TODAY))


@pytest.fixture(scope="module")
def approved(releases: Releases, tmp_path_factory: pytest.TempPathFactory) -> Board:
    """The same releases, the one in force approved by two who may."""
    made = board(releases.rules, tmp_path_factory.mktemp("approved"))
    made.both()
    return made


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1", "example.org"])  # noqa: S104 - refused
@pytest.mark.parametrize("environment", ["development", "production"])
def test_not_beyond_this_machine_without_authentication(releases: Releases, host: str, environment: str) -> None:
    with pytest.raises(InsecureSettings, match="without authentication"):
        start(releases, host=host, environment=environment)


@needs_both_evaluators
def test_not_in_production_without_authentication(releases: Releases, tmp_path: Path) -> None:
    with pytest.raises(InsecureSettings, match="without authentication: set CDS_ISSUERS"):
        create_app(production(tmp_path, issuers=None), releases, lambda: TODAY)


def test_not_beyond_this_machine_in_development(releases: Releases, issuers_file: Write) -> None:
    with pytest.raises(InsecureSettings, match="CDS_ENVIRONMENT=production"):
        start(releases, host="192.0.2.1", issuers=issuers_file(GOOD))


@pytest.mark.parametrize("name", ["development keys by kind", "development keys by name", "keys without TLS"])
def test_not_with_development_keys_nor_with_keys_without_tls(
    releases: Releases, issuers_file: Write, name: str
) -> None:
    file = issuers_file(GOOD.replace(*CHANGED[name]))
    with pytest.raises(InsecureSettings, match="refusing to start with these issuers"):
        start(releases, issuers=file)


@needs_both_evaluators
@pytest.mark.parametrize("changed", [
    ("url: https://overdose.example.no", "url: http://overdose.example.no"),
    ("jwks_url: https://login.example/keys", "jwks_url: http://127.0.0.1:9999/keys"),
])  # fmt: skip
def test_not_in_production_with_what_is_good_for_one_machine(
    releases: Releases, issuers_file: Write, changed: tuple[str, str], approved: Board
) -> None:
    file = issuers_file(GOOD.replace(*changed))
    with pytest.raises(InsecureSettings, match="without TLS"):
        approved.starts(host="192.0.2.1", issuers=file)
    start(releases, issuers=file)


def test_not_with_an_end_nobody_was_told_of(releases: Releases) -> None:
    with pytest.raises(InsecureSettings, match="CDS_V1_SUNSET"):
        start(releases, v1_sunset=date(2028, 1, 1))


def test_not_with_an_end_before_its_beginning(releases: Releases) -> None:
    day = date(2028, 1, 2)
    with pytest.raises(InsecureSettings, match="lies before CDS_V1_DEPRECATED"):
        start(releases, v1_deprecated=day, v1_sunset=date(2028, 1, 1))
    start(releases, v1_deprecated=day, v1_sunset=day)


def test_the_word_of_a_proxy_is_no_authentication(releases: Releases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CDS_BEHIND_AUTHENTICATING_PROXY", "true")
    with pytest.raises(InsecureSettings, match="without authentication"):
        start(releases, host="192.0.2.1", environment="production")


def test_issuers_take_the_place_of_development_mode(releases: Releases, issuers_file: Write) -> None:
    client = start(releases, issuers=issuers_file(GOOD))
    answer = client.post("/v1/assessments", json={}, headers={"Host": "overdose.example.no"})
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("DPoP ")


@needs_both_evaluators
def test_with_all_in_order_it_starts_beyond_this_machine(approved: Board) -> None:
    client = TestClient(approved.starts(host="192.0.2.1"))
    assert client.post("/v1/assessments", json={}, headers={"Host": "overdose.example.no"}).status_code == 401
    answer = client.get("/health")
    assert answer.status_code == 200
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=31536000")
