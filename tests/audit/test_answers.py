"""Over HTTP: an answer with its receipt, what the receipt proves, the answer made again, and nothing kept of it.

On the day of the clock, because receipts tell the second they were made, and that is held against the release in force.
"""

from __future__ import annotations

import base64
import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import SecretStr

from cds.audit.checkpoint import read_checkpoint
from cds.audit.keys import PublishedKeys
from cds.audit.tree import leaf_hash, verify_inclusion
from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from cds.signing import SigningKey, from_base64url

ROOT = Path(__file__).parents[2]
PERSON = json.loads((ROOT / "examples" / "released-from-prison.json").read_bytes())
RECORD = json.loads((ROOT / "examples" / "coded-record.json").read_bytes())
ACUTE = {"as_of": "2026-11-20", "municipality": "4601", "facts": {"overdose_now": "yes", "alcohol": "refused"}}
CLOSE = {"as_of": "2026-11-20", "facts": {"role": {"state": "yes", "value": "next_of_kin"}}}
ASKED = {"released": PERSON, "record": RECORD, "acute": ACUTE, "next of kin": CLOSE, "nothing": {}}
NAMES = [
    "signature", "key", "release_known", "release_approved", "release_in_force", "input", "output", "raw", "included",
    "consistent",
]  # fmt: skip


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ledger") / "ledger.sqlite"


@pytest.fixture(scope="module")
def caller(database: Path) -> Iterator[TestClient]:
    settings = Settings(environment="development", host="127.0.0.1", database_url=SecretStr(f"sqlite:///{database}"))
    with TestClient(create_app(settings, Releases())) as client:
        yield client


def ask(caller: TestClient, person: dict[str, Any]) -> tuple[dict[str, Any], bytes, str]:
    """An answer, the request as it was sent, and the checkpoint that came along."""
    raw = json.dumps(person).encode()
    answer = caller.post("/v1/assessments", content=raw)
    assert answer.status_code == 200, answer.text
    return answer.json(), raw, base64.b64decode(answer.headers["CDS-Checkpoint"]).decode()


def proven(caller: TestClient, **body: Any) -> dict[str, str]:
    """What a receipt proves, by name."""
    answer = caller.post("/v1/receipts/verify", json=body)
    assert answer.status_code == 200, answer.text
    lines = {line["name"]: line["result"] for line in answer.json()["lines"]}
    assert answer.json()["ok"] == ("failed" not in lines.values())
    return lines


def question(person: dict[str, Any], answer: dict[str, Any]) -> dict[str, Any]:
    """What was asked, where the answer does not show it."""
    asked = {name: person[name] for name in ("facts", "municipality") if name in person}
    return {"as_of": answer["assessment"]["as_of"], "facts": {}} | asked


@pytest.mark.parametrize("name", ASKED)
def test_every_answer_has_a_receipt_that_proves_everything(caller: TestClient, name: str) -> None:
    answer, raw, note = ask(caller, ASKED[name])
    body = {"receipt": answer["receipt"], "assessment": answer["assessment"], "checkpoint": note}
    body |= {"raw": base64.b64encode(raw).decode()}
    if name == "acute":
        body |= {"input": question(ACUTE, answer)}
    lines = proven(caller, **body)
    assert list(lines) == NAMES
    assert lines == dict.fromkeys(NAMES, "ok")


def test_what_is_not_given_is_not_checked(caller: TestClient) -> None:
    answer, _, _ = ask(caller, PERSON)
    lines = proven(caller, receipt={"jws": answer["receipt"]["jws"]})
    opened = {name for name, result in lines.items() if result == "not_checked"}
    assert opened == {"input", "output", "raw", "consistent"}


@pytest.mark.parametrize(
    ("part", "change", "failed"),
    [
        ("level", lambda answer: answer["assessment"].update(level="low"), {"output"}),
        ("a fact", lambda answer: answer["assessment"]["facts"].update(alcohol={"state": "no"}), {"input", "output"}),
        ("place", lambda answer: answer["assessment"].update(municipality="4601"), {"input", "output"}),
        ("a measure", lambda answer: answer["assessment"]["recommendations"].pop(), {"output"}),
        ("nonce", lambda answer: answer["receipt"].update(nonce="A" * 43), {"input", "output"}),
        ("no nonce", lambda answer: answer["receipt"].update(nonce="?"), {"input", "output"}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_was_changed_since_does_not_match(caller: TestClient, part: str, change: Any, failed: set[str]) -> None:
    answer, _, _ = ask(caller, PERSON)
    change(answer)
    lines = proven(caller, receipt=answer["receipt"], assessment=answer["assessment"])
    assert {name for name, result in lines.items() if result == "failed"} == failed, part


@pytest.mark.parametrize("change", [
    lambda omeq: omeq.update(value="9"),
    lambda omeq: omeq["counted"][0].update(ratio="9"),
    lambda omeq: omeq["counted"].clear(),
])  # fmt: skip
def test_morphine_equivalents_that_were_changed_since_do_not_match(caller: TestClient, change: Any) -> None:
    answer, _, _ = ask(caller, RECORD)
    change(answer["assessment"]["omeq"])
    assert proven(caller, receipt=answer["receipt"], assessment=answer["assessment"])["output"] == "failed"


def test_the_request_must_be_the_one_that_was_sent(caller: TestClient) -> None:
    answer, raw, _ = ask(caller, PERSON)
    lines = proven(caller, receipt=answer["receipt"], raw=base64.b64encode(raw + b" ").decode())
    assert lines["raw"] == "failed"


def test_a_receipt_that_is_not_ours_fails_at_its_signature(caller: TestClient) -> None:
    answer, _, _ = ask(caller, PERSON)
    head, payload, signature = answer["receipt"]["jws"].split(".")
    forged = SigningKey.new().jws(from_base64url(payload), "cds-receipt+jws")
    altered = ("B" if signature.startswith("A") else "A") + signature[1:]
    for jws in (forged, f"{head}.{payload}.{altered}", "x", ""):
        answered = caller.post("/v1/receipts/verify", json={"receipt": {"jws": jws}}).json()
        assert [(line["name"], line["result"]) for line in answered["lines"]] == [("signature", "failed")]
        assert (answered["ok"], answered["receipt"]) == (False, None)
        assert ("UNKNOWN KEY" in answered["lines"][0]["because"]) == (jws == forged)


def test_a_receipt_that_the_ledger_does_not_hold_fails_there(caller: TestClient) -> None:
    """Signed by us, and never committed here: such a receipt must not exist."""
    with TestClient(create_app(Settings(), Releases())) as elsewhere:
        answer, _, _ = ask(elsewhere, PERSON)
    lines = proven(caller, receipt=answer["receipt"])
    assert (lines["signature"], lines["included"]) == ("ok", "failed")


def test_anyone_can_follow_the_proof_with_the_published_keys_alone(caller: TestClient) -> None:
    answer, _, _ = ask(caller, PERSON)
    shown = caller.post("/v1/receipts/verify", json={"receipt": answer["receipt"]}).json()["proof"]
    keys = PublishedKeys.from_json(caller.get("/v1/ledger/keys").json())
    signed = read_checkpoint(shown["checkpoint"], shown["checkpoint"].split("\n")[0], keys.of("checkpoints").values())
    path = [base64.b64decode(step) for step in shown["inclusion"]]
    verify_inclusion(leaf_hash(answer["receipt"]["jws"].encode()), shown["position"], signed.size, path, signed.root)


def test_a_checkpoint_that_never_was_is_told(caller: TestClient) -> None:
    answer, _, note = ask(caller, PERSON)
    other = note.replace("\n" + note.split("\n")[1] + "\n", "\n999999\n", 1)
    lines = caller.post("/v1/receipts/verify", json={"receipt": answer["receipt"], "checkpoint": other}).json()["lines"]
    assert (lines[-1]["name"], lines[-1]["result"]) == ("consistent", "failed")


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_an_answer_made_again_has_the_same_bytes(caller: TestClient, name: str, language: str) -> None:
    person = ASKED[name] | {"language": language}
    answer, _, _ = ask(caller, person)
    body = {"assessment": answer["assessment"]} | ({"input": question(ACUTE, answer)} if name == "acute" else {})
    again = caller.post("/v1/receipts/replay", json=body).json()
    assert (again["identical"], again["differences"]) == (True, [])
    assert again["assessment"] == answer["assessment"]


def test_all_questions_are_made_again_too(caller: TestClient) -> None:
    answer, _, _ = ask(caller, {**PERSON, "include": ["all_questions"]})
    assert caller.post("/v1/receipts/replay", json={"assessment": answer["assessment"]}).json()["identical"]


def test_a_word_that_was_changed_is_told_with_its_place(caller: TestClient) -> None:
    answer, _, _ = ask(caller, PERSON)
    measure = answer["assessment"]["recommendations"][2]
    was = measure["text"]
    measure["text"] = "Do nothing."
    again = caller.post("/v1/receipts/replay", json={"assessment": answer["assessment"]}).json()
    assert not again["identical"]
    assert again["differences"] == [
        {"path": ["recommendations", measure["id"], "text"], "was": "Do nothing.", "now": was}
    ]


def test_an_emergency_is_made_again_from_its_question_only(caller: TestClient) -> None:
    answer, _, _ = ask(caller, ACUTE)
    problem = caller.post("/v1/receipts/replay", json={"assessment": answer["assessment"]})
    assert (problem.status_code, problem.json()["errors"][0]["path"]) == (422, "/input")


def test_another_release_tells_what_differs() -> None:
    """The releases as they are: from 0.1.0, which had no measures, to 0.3.0."""
    with TestClient(create_app(Settings(), Releases())) as caller:
        answer, _, _ = ask(caller, {**PERSON, "release": "0.1.0"})
        again = caller.post("/v1/receipts/replay", json={"assessment": answer["assessment"], "release": "0.3.0"}).json()
    assert (again["identical"], again["release"]) == (False, "0.3.0")
    assert again["level"] == {"was": "very_high", "now": "very_high"}
    assert any(line["path"][0] == "recommendations" and "was" not in line for line in again["differences"])


def test_a_release_with_that_name_and_another_content_is_not_taken_for_it(caller: TestClient) -> None:
    answer, _, _ = ask(caller, PERSON)
    answer["assessment"]["provenance"]["digest"] = "sha256:" + "0" * 64
    assert caller.post("/v1/receipts/replay", json={"assessment": answer["assessment"]}).status_code == 404


def test_a_release_that_the_caller_named_is_told_as_such_and_is_no_fault(caller: TestClient) -> None:
    answer, _, _ = ask(caller, {**PERSON, "release": "0.2.0"})
    lines = proven(caller, receipt=answer["receipt"])
    assert (lines["release_known"], lines["release_in_force"]) == ("ok", "noted")


def test_releases_put_into_service_stand_before_every_answer(caller: TestClient, database: Path) -> None:
    ask(caller, PERSON)
    with sqlite3.connect(database) as connection:
        first = [body for (body,) in connection.execute("SELECT body FROM entries ORDER BY position LIMIT 9")]
    connection.close()
    said = [json.loads(from_base64url(body.split(".")[1])) for body in first]
    there = [(release.version, release.digest) for release in Releases()]
    assert [(line["release"], line["digest"]) for line in said[: len(there)]] == there


def test_the_condition_of_the_ledger_is_told(caller: TestClient) -> None:
    ask(caller, PERSON)
    health = caller.get("/v1/ledger/health").json()
    assert (health["gaps"], health["answers_without_entry"], health["refused"]) == (0, 0, 0)
    assert health["answers"] > 0
    assert health["size"] >= health["checkpoint_size"] > 0
    note = caller.get("/v1/ledger/checkpoint").text
    assert int(note.split("\n")[1]) == caller.get("/v1/ledger/health").json()["size"]


def test_every_answer_of_the_service_carries_the_newest_checkpoint(caller: TestClient) -> None:
    ask(caller, PERSON)
    note = caller.get("/v1/ledger/checkpoint").text
    for path in ("/v1/facts", "/health", "/nowhere"):
        assert base64.b64decode(caller.get(path).headers["CDS-Checkpoint"]).decode() == note


@pytest.mark.parametrize("path", ["/v1/receipts/verify", "/v1/receipts/replay"])
@pytest.mark.parametrize("body", [[], {}, {"receipt": 1}, {"assessment": {}}, {"assessment": {"level": "low"}}, 1])
def test_what_cannot_be_checked_is_refused_with_its_path(caller: TestClient, path: str, body: Any) -> None:
    answer = caller.post(path, json=body)
    assert answer.status_code == 422
    assert answer.json()["errors"]
