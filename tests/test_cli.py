"""The command line: what it prints, what it refuses, and that it serves."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import structlog

from cds import __version__, cli
from cds.release.frozen import Releases
from tests.frozen import IN_FORCE, NEXT, TODAY, freeze_next, two_releases
from tests.ports import port_to_keep
from tests.synthetic import ORDINARY

ROOT = Path(__file__).parents[1]
EXAMPLE = ROOT / "examples" / "released-from-prison.json"
SENTINEL = "Zq7-ola-nordmann"
NOT_YET = 503
"""While the ledger opens, which takes longer than a caller should wait where others use the machine."""
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return two_releases(tmp_path_factory.mktemp("rules"))


@pytest.fixture
def run(rules: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """Runs one command over releases of our own: its status, what it printed, and what it printed as an error."""
    for variable in os.environ:
        if variable.startswith("CDS_"):
            monkeypatch.delenv(variable)
    monkeypatch.setattr(cli, "Releases", lambda: Releases(rules))
    monkeypatch.setattr(cli, "today_in_oslo", lambda: TODAY)

    def running(*arguments: str | Path) -> tuple[int, str, str]:
        status = cli.main([str(argument) for argument in arguments])
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    yield running
    structlog.reset_defaults()


def file_of(folder: Path, content: Any) -> Path:
    """A file to assess."""
    path = folder / "person.json"
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return path


def test_assess_tells_people_the_level_its_reasons_and_its_rules(run: Run) -> None:
    status, out, err = run("assess", EXAMPLE)
    assert (status, err) == (0, "")
    assert "VERY HIGH" in out
    assert "2026-11-20" in out
    for code in ("P2", "P3", "P4", IN_FORCE, "sha256:", "compiled"):
        assert code in out


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_assess_tells_where_answers_and_record_differ_and_what_it_read(
    language: str, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    person = json.loads((ROOT / "examples" / "coded-record.json").read_text(encoding="utf-8"))
    assert cli.main(["assess", str(file_of(tmp_path, {**person, "language": language}))]) == 0
    out = capsys.readouterr().out
    assert {
        "nb": "svart nei, journalen ja → brukt ja [7]",
        "nn": "svart nei, journalen ja → brukt ja [7]",
        "en": "answered no, record yes → used yes [7]",
    }[language] in out
    assert "entered_in_error [10]" in out
    assert "not_relevant [4]" in out


def test_assess_speaks_the_language_of_the_request(run: Run, tmp_path: Path) -> None:
    person = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    assert "SVÆRT HØG" in run("assess", file_of(tmp_path, {**person, "language": "nn"}))[1]


def test_assess_tells_the_steps_of_an_emergency(run: Run, tmp_path: Path) -> None:
    status, out, _ = run("assess", file_of(tmp_path, {"language": "en", "facts": {"overdose_now": "yes"}}))
    assert status == 0
    assert out.index("113") < out.index("naloxone")


def test_assess_as_json_is_the_answer_of_the_interface(run: Run) -> None:
    status, out, _ = run("assess", EXAMPLE, "--json")
    assessment = json.loads(out)["assessment"]
    assert (status, assessment["level"], assessment["as_of"]) == (0, "very_high", "2026-11-20")
    assert assessment["provenance"]["release"] == IN_FORCE


def test_assess_under_another_release(run: Run) -> None:
    out = run("assess", EXAMPLE, "--json", "--release", NEXT)[1]
    assert json.loads(out)["assessment"]["provenance"]["release"] == NEXT
    status, out, err = run("assess", EXAMPLE, "--release", "9.9.9")
    assert (status, out) == (1, "")
    assert "no release of that version" in err


WRONG: dict[str, tuple[Any, str]] = {
    "a state nobody knows": ({"facts": {"alcohol": SENTINEL}}, "/facts/alcohol/state"),
    "a contradiction": ({"facts": {"opioid_use_now": "yes", "opioid_use_ever": "no"}}, "/facts/opioid_use_now"),
    "tomorrow": ({"as_of": "2026-11-23"}, "/as_of"),
    "an identity number": ({"facts": {"alcohol": ORDINARY}}, "/facts/alcohol"),
    "a broken file": (f'{{"facts": {SENTINEL}'.encode(), "not JSON"),
    "an empty file": (b"", "not JSON"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_cannot_be_assessed_is_told_by_its_place_only(run: Run, tmp_path: Path, what: str) -> None:
    content, told = WRONG[what]
    status, out, err = run("assess", file_of(tmp_path, content))
    assert (status, out) == (1, "")
    assert told in err
    assert SENTINEL not in err
    assert ORDINARY not in err


def test_everything_that_cannot_be_true_in_a_file_is_told(run: Run, tmp_path: Path) -> None:
    ahead = {"kind": "condition", "system": "ICD-10", "code": "T40.1", "onset": "2027"}
    content = {"as_of": "2026-11-20", "statements": [ahead, ahead], "complete": ["medications"]}
    _, _, err = run("assess", file_of(tmp_path, content))
    assert [line.partition(":")[0].strip() for line in err.splitlines()[1:]] == [
        "/statements/0/onset",
        "/statements/1/onset",
        "/complete/0",
    ]


def test_a_file_that_is_not_there_is_told_by_its_name(run: Run, tmp_path: Path) -> None:
    status, out, err = run("assess", tmp_path / "nobody.json")
    assert (status, out) == (1, "")
    assert "nobody.json" in err


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("lost-tolerance", "P3 lost-tolerance"),
        ("P3", "P3 lost-tolerance"),
        ("p3", "P3 lost-tolerance"),
        ("opioid-history", "opioid-history"),
        ("alcohol", "alcohol"),
        ("very_high", "from 10 points"),
        ("suicidal-signs-at-least-high", "at least high"),
        ("OS-R04", "Oslostandard"),
        ("X08", "3-8 days"),
    ],
)
def test_explain_finds_what_is_asked_for_by_id_code_or_statement(run: Run, name: str, told: str) -> None:
    status, out, err = run("explain", name)
    assert (status, err) == (0, "")
    assert told in out


def test_explain_tells_points_reason_and_source_of_a_rule(run: Run) -> None:
    out = run("explain", "lost-tolerance", "--language", "nb")[1]
    assert "+6 lost-tolerance/day-0-14" in out
    assert "Oslostandard" in out
    assert "OS-R04" in out


def test_explain_says_when_there_is_nothing_of_that_name(run: Run) -> None:
    status, out, err = run("explain", "luck")
    assert (status, out) == (2, "")
    assert "luck" in err


def test_check_finds_the_draft_in_order(run: Run) -> None:
    assert run("check") == (0, "The draft rules are in order\n", "")


def test_serve_refuses_to_be_reached_from_elsewhere_without_settings(run: Run) -> None:
    for host in ("0.0.0.0", "::", "192.0.2.1", "example.org"):  # noqa: S104 - refused, which is the point
        status, out, err = run("serve", "--host", host)
        assert (status, out) == (1, "")
        assert f"refusing to listen on {host}" in err
        assert "without authentication" in err
        assert "CDS_ISSUERS" in err


def test_serve_with_issuers_still_wants_to_be_told_that_it_is_production(
    run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CDS_ISSUERS", str(tmp_path / "issuers.yaml"))
    status, _, err = run("serve", "--host", "192.0.2.1")
    assert status == 1
    assert "CDS_ENVIRONMENT=production" in err


def test_serve_refuses_a_port_that_is_none_in_a_sentence(run: Run) -> None:
    status, out, err = run("serve", "--port", "99999")
    assert (status, out) == (1, "")
    assert "port" in err


@pytest.mark.parametrize("arguments", [[], ["nothing"], ["assess"], ["explain", "P1", "--language", "sv"]])
def test_what_is_no_command_is_told_with_the_usage(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        cli.main(arguments)
    assert stopped.value.code == 2
    assert "usage: cds" in capsys.readouterr().err


def test_the_installed_command_tells_its_version() -> None:
    command = Path(sys.executable).with_name("cds")
    told = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == __version__


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A copy of the service whose only release came into force long ago."""
    package = tmp_path / "cds"
    shutil.copytree(
        ROOT / "cds", package, ignore=shutil.ignore_patterns("releases", "releases.lock.json", "__pycache__")
    )
    (package / "rules" / "draft" / "CHANGES.md").write_text("", encoding="utf-8")
    freeze_next(package / "rules", IN_FORCE, date(2020, 1, 1))
    return tmp_path


def post(process: subprocess.Popen[str], port: int, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Ask the service on this machine, waiting for it to start."""
    while process.poll() is None:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("POST", "/v1/assessments", json.dumps(body))
            answer = connection.getresponse()
            if answer.status != NOT_YET:
                return answer.status, json.loads(answer.read())
        except ConnectionRefusedError:
            pass
        finally:
            connection.close()
        time.sleep(0.1)
    raise AssertionError("the service stopped before it answered")


def test_serve_answers_on_this_machine_and_stops_when_told(installed: Path) -> None:
    port = port_to_keep()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "cds.cli", "serve", "--port", str(port)],
        cwd=installed,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        status, answer = post(process, port, {"facts": {"omeq_mg_per_day": {"state": "yes", "value": "73.125"}}})
        refused, problem = post(process, port, {"facts": {"alcohol": SENTINEL}})
    finally:
        process.terminate()
        said, _ = process.communicate(timeout=60)
    assert (status, answer["assessment"]["provenance"]["release"]) == (200, IN_FORCE)
    assert (refused, problem["errors"][0]["path"]) == (422, "/facts/alcohol/state")
    assert process.returncode in (0, -signal.SIGTERM)
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert [(line["route"], line["status"]) for line in lines if line["status"] != NOT_YET] == [
        ("/v1/assessments", 200),
        ("/v1/assessments", 422),
    ]
    assert not [value for value in (SENTINEL, "73.125", "omeq") if value in said]
