"""Production starts under a release that a clinical and a technical approver signed, and under no other."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from joserfc import jws
from joserfc.jwk import OKPKey

from cds.errors import ContentError, ReleaseAltered, ReleaseNotApproved
from cds.release.approvals import AUTHOR, Approvers, approve, name_author
from cds.release.approvers import read_approvers
from cds.release.frozen import RULES, Releases
from tests.frozen import FIRST_DAY, IN_FORCE, NEXT, NEXT_DAY, TODAY, service_over, two_releases
from tests.production import OpenDoor, needs_both_evaluators
from tests.releases.approving import Board, board

ROOT = RULES.parents[1]


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_releases(tmp_path_factory.mktemp("pristine"))


@pytest.fixture
def approvers(pristine: Path, tmp_path: Path) -> Board:
    return board(pristine, tmp_path)


@needs_both_evaluators
def test_two_approvals_by_two_keys_in_two_roles_suffice(approvers: Board) -> None:
    approvers.both()
    with TestClient(approvers.starts(OpenDoor())) as caller:
        assert caller.post("/v1/assessments", json={"facts": {}}).status_code == 200
        lines = {line["version"]: line["approvals"] for line in caller.get("/v1/releases").json()["releases"]}
    assert lines[IN_FORCE]["approved"]
    assert {line["role"] for line in lines[IN_FORCE]["lines"]} == {"clinical", "technical"}
    assert lines[NEXT]["missing"] == ["a clinical approval", "a technical approval"]


def none(approvers: Board) -> None:
    pass


def one(approvers: Board) -> None:
    approvers.sign(approvers.clinical, "clinical")


def same_key_twice(approvers: Board) -> None:
    approvers.trust(approvers.clinical, "clinical", "technical")
    approvers.sign(approvers.clinical, "clinical")
    approvers.sign(approvers.clinical, "technical")


def one_approval_copied(approvers: Board) -> None:
    file = approvers.sign(approvers.clinical, "clinical")
    shutil.copy(file, file.with_name("technical.jws"))


def two_of_one_role(approvers: Board) -> None:
    approvers.trust(approvers.technical, "clinical", "technical")
    approvers.sign(approvers.clinical, "clinical")
    approvers.sign(approvers.technical, "clinical", "another")


def a_role_not_held(approvers: Board) -> None:
    approvers.sign(approvers.clinical, "clinical")
    approvers.sign(approvers.clinical, "technical")


def an_unknown_key(approvers: Board) -> None:
    approvers.both()
    approvers.forget(approvers.technical)


def an_altered_byte(approvers: Board) -> None:
    approvers.both()
    file = approvers.release.approvals / "technical.jws"
    text = bytearray(file.read_bytes())
    text[len(text) // 2] ^= 1
    file.write_bytes(text)


def other_content(approvers: Board) -> None:
    approvers.sign(approvers.clinical, "clinical")
    approvers.sign(approvers.technical, "technical", digest="sha256:" + "0" * 64)


def another_version(approvers: Board) -> None:
    approvers.sign(approvers.clinical, "clinical")
    approvers.sign(approvers.technical, "technical", version=NEXT)


def another_first_day(approvers: Board) -> None:
    approvers.sign(approvers.clinical, "clinical")
    approvers.sign(approvers.technical, "technical", in_force_from=NEXT_DAY.isoformat())


def an_expired_key(approvers: Board) -> None:
    approvers.both()
    approvers.trust(approvers.technical, "technical", days=("2025-01-01", "2026-11-21"))


def a_key_not_valid_yet(approvers: Board) -> None:
    approvers.both()
    approvers.trust(approvers.technical, "technical", days=("2026-11-23", "2027-01-01"))


def signed_tomorrow(approvers: Board) -> None:
    approvers.sign(approvers.clinical, "clinical")
    approvers.sign(approvers.technical, "technical", approved_on="2026-11-23")


def a_demonstration_key(approvers: Board) -> None:
    approvers.both()
    approvers.trust(approvers.technical, "technical", demonstration=True)


def a_demonstration_key_said_to_be_real(approvers: Board) -> None:
    """The bundled list knows the key for what it is, whatever the operator's list says."""
    approvers.both()
    approvers.trust(approvers.technical, "technical", demonstration=True)
    shutil.copy(approvers.list, approvers.rules / "approvers.yaml")
    approvers.trust(approvers.technical, "technical")


def the_author(approvers: Board) -> None:
    (approvers.release.approvals / AUTHOR).unlink()
    name_author(approvers.release.approvals, approvers.technical.public)
    approvers.both()


def an_unknown_author(approvers: Board) -> None:
    """Nobody said who froze it, so that nobody can say that its author did not approve it."""
    (approvers.release.approvals / AUTHOR).unlink()
    approvers.both()


def the_author_unnamed(approvers: Board) -> None:
    """Taking the author's name away does not help: the other approver signed it."""
    the_author(approvers)
    (approvers.release.approvals / AUTHOR).unlink()


def no_approval_at_all(approvers: Board) -> None:
    approvers.sign(approvers.clinical, "clinical")
    approvers.sign(approvers.technical, "technical", colour="red")


def another_kind_of_text(approvers: Board) -> None:
    approvers.both()
    file = approvers.release.approvals / "technical.jws"
    file.write_text(approvers.technical.jws(b"{}", "cds-receipt+jws"), encoding="utf-8")


REFUSED: dict[Callable[[Board], None], str] = {
    none: "a clinical approval; a technical approval",
    one: "a technical approval",
    same_key_twice: "one alone gave both",
    one_approval_copied: "a technical approval",
    two_of_one_role: "a technical approval",
    a_role_not_held: "may not approve in this role",
    an_unknown_key: "on no list",
    an_altered_byte: "not what the key signed",
    other_content: "other content",
    another_version: "another version",
    another_first_day: "another first day",
    an_expired_key: "not valid on the day",
    a_key_not_valid_yet: "not valid on the day",
    signed_tomorrow: "has not come",
    a_demonstration_key: "demonstration key",
    a_demonstration_key_said_to_be_real: "demonstration key",
    the_author: "whoever froze",
    an_unknown_author: "nobody says who froze it",
    the_author_unnamed: "another author",
    no_approval_at_all: "no approval",
    another_kind_of_text: "not what the key signed",
}


@needs_both_evaluators
@pytest.mark.parametrize("wrong", REFUSED, ids=lambda wrong: wrong.__name__)
def test_production_refuses_to_start(approvers: Board, wrong: Callable[[Board], None]) -> None:
    wrong(approvers)
    with pytest.raises(ReleaseNotApproved, match=REFUSED[wrong]):
        approvers.starts()


@needs_both_evaluators
def test_every_altered_byte_of_an_approval_counts(approvers: Board) -> None:
    approvers.both()
    release, trusted = approvers.release, Approvers.of(approvers.list, production=True, rules=approvers.rules)
    file = release.approvals / "clinical.jws"
    whole = file.read_bytes()
    for place in range(len(whole) - 1):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 1]) + whole[place + 1 :])
        assert not trusted.approvals(release, TODAY).approved, place
    file.write_bytes(whole)
    assert trusted.approvals(release, TODAY).approved


@needs_both_evaluators
def test_production_trusts_nobody_until_an_operator_says_whom(approvers: Board) -> None:
    approvers.both()
    approvers.lines.clear()
    with pytest.raises(ReleaseNotApproved, match="on no list"):
        approvers.starts()


@needs_both_evaluators
def test_a_release_that_comes_into_force_unapproved_is_not_used(approvers: Board) -> None:
    """The service has been running since the day before; it says that it cannot answer, and goes on telling why."""
    approvers.both()
    with TestClient(approvers.starts(OpenDoor())) as caller:
        assert caller.post("/v1/assessments", json={"facts": {}}).status_code == 200
        named = caller.post("/v1/assessments", json={"facts": {}, "release": NEXT})
        assert (named.status_code, named.json()["type"].rpartition(":")[2]) == (503, "release-not-approved")
        approvers.today = NEXT_DAY
        assert caller.post("/v1/assessments", json={"facts": {}}).status_code == 503
        assert caller.get("/v1/releases").json()["releases"][1]["in_force"]
    with pytest.raises(ReleaseNotApproved):
        approvers.starts()


def test_development_shows_approvals_and_needs_none(approvers: Board) -> None:
    approvers.trust(approvers.clinical, "clinical", demonstration=True)
    approvers.sign(approvers.clinical, "clinical")
    shutil.copy(approvers.list, approvers.rules / "approvers.yaml")
    with TestClient(service_over(approvers.rules)) as caller:
        assert caller.post("/v1/assessments", json={"facts": {}}).status_code == 200
        (line,) = caller.get("/v1/releases").json()["releases"][0]["approvals"]["lines"]
    assert (line["valid"], line["demonstration"], line["fault"]) == (True, True, None)


def test_approvals_of_a_release_nobody_knows_are_refused(approvers: Board) -> None:
    stray = approvers.rules / "releases" / "9.9.9.approvals"
    stray.mkdir()
    with pytest.raises(ReleaseAltered) as altered:
        Releases(approvers.rules)
    assert Path(altered.value.file) == stray


def test_an_approver_signs_what_another_library_can_read(approvers: Board) -> None:
    release = approvers.release
    file = approve(release, "clinical", approvers.clinical, TODAY)
    key = OKPKey.import_key(approvers.clinical.public.as_jwk())
    said = json.loads(jws.deserialize_compact(file.read_text().strip(), key, algorithms=["Ed25519"]).payload)
    assert (said["version"], said["digest"], said["role"]) == (IN_FORCE, release.digest, "clinical")
    assert (said["in_force_from"], said["approved_on"]) == (FIRST_DAY.isoformat(), TODAY.isoformat())
    assert approvers.approvals().lines[0].valid
    with pytest.raises(FileExistsError):
        approve(release, "clinical", approvers.clinical, TODAY)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- {function: A}", "roles"),
        ('- {function: A, roles: [clinical], key: {kty: OKP, crv: Ed25519, x: "short"}, valid_from: "2026-01-01", '
         'valid_until: "2027-01-01", demonstration: false}', "approvers.yaml:1"),
        ("clinical", "tuple"),
    ],
)  # fmt: skip
def test_a_list_that_cannot_be_read_is_told_with_its_line(tmp_path: Path, text: str, told: str) -> None:
    file = tmp_path / "approvers.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=told):
        read_approvers(file)


def test_a_key_stands_in_the_list_once(approvers: Board, tmp_path: Path) -> None:
    file = tmp_path / "twice.yaml"
    file.write_text(approvers.lines[0] * 2, encoding="utf-8")
    with pytest.raises(ContentError, match="once"):
        read_approvers(file)


def test_the_bundled_list_holds_demonstration_keys_only_and_no_private_half_lies_here() -> None:
    approvers = read_approvers(RULES / "approvers.yaml")
    assert approvers
    assert all(approver.demonstration and "demonstration" in approver.function for approver in approvers)
    folders = ("cds", "integrations", "tests", "examples", "docs")
    ours = [path for folder in folders for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
    assert not [path for path in ours if path.is_file() and b"PRIVATE KEY-----\n" in path.read_bytes()]


def test_every_release_here_is_approved_with_the_demonstration_keys() -> None:
    with TestClient(service_over(Releases(), date(2026, 12, 31))) as caller:
        lines = caller.get("/v1/releases").json()["releases"]
    for line in lines:
        assert line["approvals"]["approved"], line["version"]
        assert all(each["demonstration"] for each in line["approvals"]["lines"])
