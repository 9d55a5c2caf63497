"""Trying it on one's own machine: without a token, with one for any profile, and never through a proxy."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cds import cli
from cds.auth.development import issuing_key, token
from cds.auth.profiles import Profile
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from tests.auth.issuing import key
from tests.frozen import TODAY


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of the test's own, for the service and for the command line."""
    monkeypatch.setenv("CDS_STATE", str(tmp_path / "var"))
    monkeypatch.delenv("CDS_DATABASE_URL", raising=False)
    return tmp_path / "var"


def service(releases: Releases, **more: object) -> TestClient:
    """The service in development."""
    settings = Settings.model_validate({"host": "127.0.0.1"} | more)
    return TestClient(create_app(settings, releases, lambda: TODAY), base_url="http://127.0.0.1:8080")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command prints."""
    assert cli.main(["dev-token", *arguments]) == 0
    return capsys.readouterr().out.strip()


@pytest.mark.usefixtures("state")
def test_without_a_token_one_is_gp_and_auditor(releases: Releases) -> None:
    client = service(releases)
    answer = client.post("/v1/assessments", json={})
    assert answer.json().keys() == {"assessment", "receipt"}
    assert answer.headers["RateLimit-Policy"] == '"development";q=600000;w=60'
    assert client.get("/v1/releases").status_code == 200
    assert client.post("/v1/assessments/batch", content=b"{}").status_code == 403


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize("profile", list(Profile))
def test_a_token_for_any_profile(releases: Releases, capsys: pytest.CaptureFixture[str], profile: Profile) -> None:
    bearer = {"Authorization": f"Bearer {printed(capsys, profile.value)}"}
    client = service(releases)
    answer = client.post("/v1/assessments", json={}, headers=bearer)
    full, advice = {Profile.GP, Profile.MUNICIPAL_HEALTH}, {Profile.NAV, Profile.MUNICIPAL_SOCIAL}
    assert answer.status_code == (200 if profile in full | advice else 403)
    if answer.status_code == 200:
        assert answer.json().keys() == {"assessment" if profile in full else "advice", "receipt"}
    assert client.post("/v1/assessments/batch", content=b"{}", headers=bearer).status_code == (
        200 if profile is Profile.ANALYST else 403
    )
    assert client.get("/v1/releases", headers=bearer).status_code == 200


@pytest.mark.usefixtures("state")
def test_a_token_under_dpop(releases: Releases, capsys: pytest.CaptureFixture[str]) -> None:
    client, other = service(releases, development_scheme="DPoP"), service(releases)  # a proof is good for seconds only
    lines = printed(capsys, "gp", "--dpop", "POST", "http://127.0.0.1:8080/v1/assessments").splitlines()
    headers = dict(line.split(": ", 1) for line in lines)
    assert list(headers) == ["Authorization", "DPoP"]
    assert client.post("/v1/assessments", json={}, headers=headers).status_code == 200
    again = client.post("/v1/assessments", json={}, headers=headers)
    assert again.status_code == 401
    assert "used before" in again.headers["WWW-Authenticate"]
    assert other.post("/v1/assessments", json={}, headers=headers).status_code == 401


def test_a_key_of_someone_else_is_none(releases: Releases, state: Path) -> None:
    client = service(releases)
    for bad in (token(Profile.GP, key("mine"), 1_795_000_000), "nonsense"):
        answer = client.post("/v1/assessments", json={}, headers={"Authorization": f"Bearer {bad}"})
        assert answer.status_code == 401
    expired = token(Profile.GP, issuing_key(state), 1_700_000_000)
    answer = client.post("/v1/assessments", json={}, headers={"Authorization": f"Bearer {expired}"})
    assert "expired" in answer.headers["WWW-Authenticate"]


def test_keys_are_made_once_and_their_owners_alone(state: Path) -> None:
    made = issuing_key(state)
    assert issuing_key(state).thumbprint() == made.thumbprint()
    (file,) = state.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize("header", ["Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP"])
def test_what_came_through_a_proxy_is_not_ones_own_machine(releases: Releases, header: str) -> None:
    answer = service(releases).post("/v1/assessments", json={}, headers={header: "192.0.2.1"})
    assert answer.status_code == 401


@pytest.mark.usefixtures("state")
@pytest.mark.parametrize(("host", "status"), [
    ("127.0.0.1:8080", 200), ("localhost:8080", 200), ("LOCALHOST", 200), ("[::1]:8080", 200), ("127.0.0.53", 200),
    ("rebound.example:8080", 401), ("rebound.example", 401), ("127.0.0.1.rebound.example", 401), ("10.0.0.5:8080", 401),
    ("localhost.rebound.example:8080", 401), ("a@127.0.0.1", 401), ("127.0.0.1/x", 401), ("", 401), ("[::1", 401),
])  # fmt: skip
def test_without_a_token_the_address_must_name_this_machine(
    releases: Releases, capsys: pytest.CaptureFixture[str], host: str, status: int
) -> None:
    """A page whose name was made to lead here would otherwise be answered as whoever sits at the machine."""
    bearer = {"Authorization": f"Bearer {printed(capsys, 'gp')}", "Host": host}
    client = service(releases)
    answer = client.post("/v1/assessments", json={}, headers={"Host": host})
    assert answer.status_code == status
    assert client.post("/v1/assessments", json={}, headers=bearer).status_code == 200, "a page elsewhere has no token"


@pytest.mark.usefixtures("state")
def test_no_development_token_where_issuers_are_configured(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("CDS_ISSUERS", "issuers.yaml"), ("CDS_ENVIRONMENT", "production"), ("CDS_HOST", "192.0.2.1")):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            assert cli.main(["dev-token", "gp"]) == 1
        out, err = capsys.readouterr()
        assert out == ""
        assert "no development tokens" in err
