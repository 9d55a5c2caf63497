"""What docs/callers.md shows, run as it stands there against a service of its own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds.audit.store import Store
from cds.auth.dpop import check_proof
from cds.auth.refusals import Refused
from cds.auth.replay import ReplayStore
from cds.signing import from_base64url
from tests.faults.service import ROOT, Serving

TEXT = (ROOT / "docs" / "callers.md").read_text(encoding="utf-8")
ADDRESS = "http://127.0.0.1:8080"


def snippet(language: str) -> tuple[str, str]:
    """The code in a language, and what it is said to print."""
    found = re.search(rf"```{language}\n(.*?)```\n\nprints\n\n```text\n(.*?)```", TEXT, re.DOTALL)
    assert found is not None
    return found[1], found[2]


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Serving]:
    """`cds serve`, as `make run` starts it."""
    state = tmp_path_factory.mktemp("serving")
    service = Serving(state, f"sqlite:///{state / 'ledger.sqlite'}")
    deadline = time.monotonic() + 120
    while service.get("/internal/isready")[0] != 200:
        assert time.monotonic() < deadline, "the ledger never opened"
        time.sleep(0.05)
    yield service
    service.stop()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A checkout as the snippets see it, with `cds` on the path."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    command = tmp_path / "bin" / "cds"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m cds.cli "$@"\n', encoding="utf-8")
    command.chmod(0o755)
    return tmp_path


def run(command: list[str], folder: Path, serving: Serving) -> str:
    """What a command prints."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CDS_")} | {
        "CDS_STATE": str(serving.state),
        "PATH": f"{folder / 'bin'}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "NO_COLOR": "1",
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def there(code: str, serving: Serving) -> str:
    """The same code for the service of these tests."""
    assert ADDRESS in code
    return code.replace(ADDRESS, f"http://127.0.0.1:{serving.port}")


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_curl_snippet_prints_what_it_says(folder: Path, serving: Serving) -> None:
    code, printed = snippet("sh")
    assert run(["sh", "-e", "-c", there(code, serving)], folder, serving) == printed
    assert json.loads((folder / "answer.json").read_bytes())["receipt"].keys() == {"jws", "nonce"}
    first, second, _ = (folder / "answers.ndjson").read_bytes().splitlines()
    assert (json.loads(first)["line"], json.loads(second)["line"]) == (1, 2)


def test_the_python_snippet_prints_what_it_says(folder: Path, serving: Serving) -> None:
    code, printed = snippet("python")
    assert run([sys.executable, "-W", "error", "-c", there(code, serving)], folder, serving) == printed
    assert (folder / "checkpoint.txt").read_text(encoding="utf-8").startswith("cds-overdose.invalid/development\n")


def test_the_typescript_snippet_is_typed_and_prints_what_it_says(folder: Path, serving: Serving) -> None:
    compiler = os.environ.get("CDS_TYPESCRIPT")
    if compiler is None or shutil.which("node") is None:
        reason = "CDS_TYPESCRIPT does not name TypeScript's package (npm install typescript), or there is no node"
        pytest.skip(reason)
    code, printed = snippet("ts")
    file = folder / "snippet.mts"
    file.write_text(there(code, serving), encoding="utf-8")
    options = ["--strict", "--target", "es2022", "--module", "es2022", "--moduleResolution", "bundler"]
    options += ["--lib", "es2022,dom"]
    assert run(["node", f"{compiler}/bin/tsc", *options, file.name], folder, serving) == ""
    assert run(["node", "snippet.mjs"], folder, serving) == printed


def test_the_recorded_call_is_one_the_service_believes_once() -> None:
    recorded = re.search(r"Authorization: DPoP (\S+)\nDPoP: (\S+)\n", TEXT)
    assert recorded is not None
    token, proof = recorded.groups()
    claims, said = (json.loads(from_base64url(each.split(".")[1])) for each in (token, proof))
    store = Store("sqlite://")
    asked = {"method": "POST", "url": f"{ADDRESS}/v1/assessments", "now": said["iat"], "replay": ReplayStore(store)}
    check_proof(proof, token, claims, **asked)
    with pytest.raises(Refused, match="used before"):
        check_proof(proof, token, claims, **asked)
    store.close()


def test_every_link_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", TEXT)
    assert links
    assert [link for link in links if "://" not in link and not (ROOT / "docs" / link).exists()] == []
