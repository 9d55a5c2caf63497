"""What auditors see of releases over REST and on the command line."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from cds import cli
from cds.api import differences
from cds.api.differences import Differences
from cds.commands import releases as commands
from cds.release.frozen import RULES, Release, Releases
from cds.signing import PublicKey
from tests.frozen import FIRST_DAY, IN_FORCE, NEXT, NEXT_DAY, TODAY, frozen_releases, service_over

FEW = 20
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return frozen_releases(tmp_path_factory.mktemp("rules"))


@pytest.fixture(scope="module")
def known(rules: Path) -> Releases:
    return Releases(rules)


@pytest.fixture
def found(known: Releases) -> Differences:
    """The differences that the service has found, shown on few people."""
    return Differences(known, FEW)


@pytest.fixture
def caller(known: Releases, found: Differences, monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """Somebody who asks about releases."""
    monkeypatch.setattr("cds.api.service.Differences", lambda _: found)
    with TestClient(service_over(known), raise_server_exceptions=False) as client:
        yield client


def test_releases_follow_each_other_without_gap_or_overlap(caller: TestClient) -> None:
    first, second = caller.get("/v1/releases").json()["releases"]
    assert (first["in_force_from"], first["in_force_until"]) == (FIRST_DAY.isoformat(), NEXT_DAY.isoformat())
    assert (second["in_force_from"], second["in_force_until"]) == (NEXT_DAY.isoformat(), None)
    assert (first["in_force"], second["in_force"]) == (True, False)


def test_a_release_tells_what_it_changed_what_it_holds_and_whom_it_moved(caller: TestClient) -> None:
    said = caller.get(f"/v1/releases/{NEXT}").json()
    assert (said["version"], said["previous"], said["changes"]) == (NEXT, IN_FORCE, "A release made by a test.")
    named = {(piece["kind"], piece["id"], piece["code"]) for piece in said["content"]}
    assert {("factor", "lost-tolerance", "P3"), ("recommendation", "switch", "M09")} <= named
    first = caller.get(f"/v1/releases/{IN_FORCE}").json()
    assert (first["previous"], first["impact"]) == (None, None)


def test_what_was_computed_when_it_was_frozen_is_told_of_a_release() -> None:
    with TestClient(service_over(Releases())) as caller:
        impacts = {version: caller.get(f"/v1/releases/{version}").json()["impact"] for version in ("0.3.0", "0.4.0")}
    assert impacts["0.3.0"] is None
    assert (impacts["0.4.0"]["old"]["version"], impacts["0.4.0"]["new"]["version"]) == ("0.3.0", "0.4.0")


def test_a_rule_comes_with_its_sources_cases_and_history(caller: TestClient) -> None:
    by_id, by_code, by_step = (
        caller.get(f"/v1/releases/{NEXT}/rules/{name}").json()
        for name in ("lost-tolerance", "p3", "lost-tolerance/day-0-14")
    )
    assert by_id == by_code == by_step
    (rule,) = by_id["rules"]
    assert (rule["kind"], rule["code"]) == ("factor", "P3")
    assert {place["source"] for place in rule["sources"]} >= {"oslo-2023"}
    assert all(place["title"] and place["edition"] and place["locator"] for place in rule["sources"])
    assert {case["outcome"] for case in rule["cases"]} == {"present", "absent", "unknown"}
    assert [(line["version"], line["change"]) for line in rule["history"]] == [(IN_FORCE, "added"), (NEXT, "unchanged")]


def test_a_name_that_stands_for_several_things_brings_them_all(caller: TestClient) -> None:
    kinds = [rule["kind"] for rule in caller.get(f"/v1/releases/{NEXT}/rules/release-package").json()["rules"]]
    assert {"recommendation", "resource"} <= set(kinds)
    only = caller.get(f"/v1/releases/{NEXT}/rules/release-package", params={"kind": "resource"}).json()["rules"]
    assert [rule["kind"] for rule in only] == ["resource"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("9.9.9", 404),
        ("9.9.9/rules/switch", 404),
        (f"{NEXT}/rules/luck", 404),
        (f"{NEXT}/diff/9.9.9", 404),
        ("latest", 404),
        (f"{NEXT}/diff/draft", 404),
    ],
)
def test_what_is_not_there_is_a_problem(caller: TestClient, path: str, status: int) -> None:
    answer = caller.get(f"/v1/releases/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_the_history_of_the_real_releases() -> None:
    with TestClient(service_over(Releases(), date(2026, 12, 31))) as caller:
        (rule,) = caller.get("/v1/releases/0.3.0/rules/M26").json()["rules"]
    changes = [(line["version"], line["change"]) for line in rule["history"]]
    assert changes[:2] == [("0.2.0", "added"), ("0.3.0", "changed")]
    assert rule["history"][1]["fields"][0]["words"] == "rank: + frarådes; − anbefales"


def test_a_difference_is_told_whole_and_kept(caller: TestClient, found: Differences) -> None:
    path = f"/v1/releases/{IN_FORCE}/diff/{NEXT}"
    first = caller.get(path).json()
    assert (first["old"]["version"], first["new"]["version"], first["least"]) == (IN_FORCE, NEXT, "patch")
    assert first["behaviour"]["cohort"]["size"] == FEW
    assert caller.get(path).json() == json.loads(found.between(IN_FORCE, NEXT).result().model_dump_json()) == first
    assert len(found._found) == 1
    tag = caller.get(path).headers["ETag"]
    assert caller.get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("path", ["", f"/{NEXT}", f"/{NEXT}/rules/lost-tolerance"])
def test_who_has_it_already_is_told_so(caller: TestClient, path: str) -> None:
    tag = caller.get(f"/v1/releases{path}").headers["ETag"]
    again = caller.get(f"/v1/releases{path}", headers={"If-None-Match": tag})
    assert (again.status_code, again.content, again.headers["ETag"]) == (304, b"", tag)


def test_differences_wait_for_each_other_and_nobody_waits_for_them(
    caller: TestClient, found: Differences, monkeypatch: pytest.MonkeyPatch
) -> None:
    go = threading.Event()
    computed = []

    def slow(old: object, new: object, size: int) -> object:
        computed.append((old, new))
        assert go.wait(120)
        return diff_of_nothing

    diff_of_nothing = type("Nothing", (), {"model_dump_json": lambda self: "{}"})()
    monkeypatch.setattr(differences, "diff", slow)
    pairs = [(IN_FORCE, NEXT), (NEXT, IN_FORCE), (IN_FORCE, IN_FORCE)]
    answers: list[int] = []

    def ask(pair: tuple[str, str]) -> None:
        answers.append(caller.get(f"/v1/releases/{pair[0]}/diff/{pair[1]}").status_code)

    threads = [threading.Thread(target=ask, args=(pair,)) for pair in [*pairs, pairs[0]]]
    for thread in threads:
        thread.start()
    try:
        while len(found._found) < len(pairs):
            assert caller.get("/v1/releases").status_code == 200
        busy = caller.get(f"/v1/releases/{NEXT}/diff/{NEXT}")
        assert (busy.status_code, busy.headers["retry-after"]) == (503, "30")
        assert caller.post("/v1/assessments", json={"facts": {}}).status_code == 200
        assert len(computed) == 1
    finally:
        go.set()
        for thread in threads:
            thread.join()
    assert answers == [200] * 4
    assert len(computed) == len(pairs)
    assert caller.get(f"/v1/releases/{NEXT}/diff/{NEXT}").status_code == 200


# ---- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def run(rules: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs one command over a copy of the releases, with the bundled list of approvers."""
    mine = Path(shutil.copytree(rules, tmp_path / "rules"))
    shutil.copy(RULES / "approvers.yaml", mine)
    monkeypatch.setattr(commands, "Releases", lambda: Releases(mine))
    monkeypatch.setattr(commands, "RULES", mine)
    monkeypatch.setattr(commands, "today_in_oslo", lambda: TODAY)
    monkeypatch.delenv("CDS_APPROVERS", raising=False)

    def running(*arguments: str | Path) -> tuple[int, str, str]:
        status = cli.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return running


def test_diff_prints_both_halves_and_draws_the_picture(run: Run, tmp_path: Path) -> None:
    drawn = tmp_path / "moves.svg"
    status, out, err = run("diff", IN_FORCE, "draft", "--people", FEW, "--picture", drawn, "--language", "nb")
    assert (status, err) == (0, "")
    assert out.startswith(f"# {IN_FORCE} → draft\n")
    assert "## What changed" in out
    assert "## Whom it moves" in out
    assert drawn.read_text(encoding="utf-8").startswith("<svg ")


def test_diff_of_a_release_nobody_knows_is_told(run: Run) -> None:
    status, out, err = run("diff", "9.9.9", NEXT)
    assert (status, out) == (1, "")
    assert "no release of that version" in err


def test_a_key_approves_once_it_is_trusted(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    key = tmp_path / "key.pem"
    status, out, _ = run("key", key)
    public = json.loads(out)
    assert (status, key.stat().st_mode & 0o777) == (0, 0o600)
    assert "d" not in public
    approve = ("approve", IN_FORCE, "--key", key, "--role")
    status, _, err = run(*approve, "clinical")
    assert (status, "on no list" in err) == (1, True)
    listed = {name: public[name] for name in ("kty", "crv", "x")}
    line = {"function": "Medical director", "roles": ["clinical"], "key": listed}
    days = {"valid_from": "2026-01-01", "valid_until": "2027-01-01", "demonstration": False}
    (tmp_path / "approvers.yaml").write_text(json.dumps([line | days]), encoding="utf-8")
    monkeypatch.setenv("CDS_APPROVERS", str(tmp_path / "approvers.yaml"))
    assert "may not approve in the role technical" in run(*approve, "technical")[2]
    assert run(*approve, "clinical")[0] == 0
    assert "Medical director (clinical, 2026-11-22)" in run("releases")[1]
    assert "missing: a technical approval" in run("releases")[1]
    status, _, err = run(*approve, "clinical")
    assert (status, "exists" in err) == (1, True)


def test_a_release_comes_into_force_tomorrow_unless_another_day_is_said(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the day itself two releases are in force, so that has to be wanted. The very first replaces none."""
    frozen: list[tuple[date, str]] = []
    some = next(iter(Releases(RULES)))

    def freeze(_: str, day: date, rules: Path, *, author: PublicKey) -> Release:
        frozen.append((day, author.kid))
        return some

    monkeypatch.setattr(commands, "freeze", freeze)
    kid = json.loads(run("key", tmp_path / "author.pem")[1])["kid"]
    author = ("--author-key", tmp_path / "author.pem")
    assert run("release", "9.0.0", *author)[0] == 0
    assert run("release", "9.0.0", *author, "--in-force-from", TODAY.isoformat())[0] == 0
    monkeypatch.setattr(commands, "Releases", lambda: ())
    assert run("release", "0.1.0", *author)[0] == 0
    assert frozen == [(TODAY + timedelta(days=1), kid), (TODAY, kid), (TODAY, kid)]


def test_a_release_without_the_key_of_its_author_is_not_frozen(run: Run) -> None:
    with pytest.raises(SystemExit) as end:
        run("release", "9.0.0")
    assert end.value.code == 2


def test_who_froze_a_release_is_told_and_that_nobody_said_so(run: Run) -> None:
    assert run("releases")[1].count("frozen by an author unknown") == 2


def test_a_release_does_not_come_into_force_in_the_past(run: Run, tmp_path: Path) -> None:
    run("key", tmp_path / "author.pem")
    status, _, err = run("release", "9.0.0", "--in-force-from", "2026-11-21", "--author-key", tmp_path / "author.pem")
    assert (status, "in the past" in err) == (1, True)
