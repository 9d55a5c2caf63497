"""The Python client against the service: typed answers, batches, and proofs that are followed on the caller's side."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from cds import client as calls
from cds.api.assessments import AssessmentRequest
from cds.api.batch import BatchLine, BatchProblem
from cds.api.receipts import QuestionGiven
from cds.api.service import seconds_now
from cds.audit.keys import PublishedKeys
from cds.auth.development import issuing_key, token
from cds.auth.profiles import Profile
from cds.client import Client, Witness
from cds.facts import Facts
from cds.release.frozen import Releases
from tests.client.conftest import Calling
from tests.client.wires import ACUTE, PERSON, SENTINEL, URL, over, sent_on, service
from tests.frozen import IN_FORCE, NEXT, TODAY


def test_an_assessment_comes_typed_with_its_receipt(gp: Client) -> None:
    answer = gp.assess(AssessmentRequest(facts=Facts.model_validate(PERSON["facts"]), include=("note",)))
    assert answer.assessment.level == "undetermined"
    assert answer.assessment.as_of == TODAY
    assert answer.note is not None
    assert answer.receipt is not None
    assert gp.assess(PERSON).assessment.provenance.release == IN_FORCE


def test_an_answer_is_verified_with_its_request_and_made_again(gp: Client) -> None:
    answer = gp.assess(PERSON)
    gp.assess({})
    checked = gp.verify(answer, PERSON)
    lines = {line.name: line.result for line in checked.lines}
    assert checked.ok
    assert lines == dict.fromkeys(lines, "ok")
    assert lines.keys() >= {"raw", "input", "output", "included", "consistent"}
    assert gp.verify(answer, PERSON | {"language": "nn"}).ok is False
    again = gp.replay(answer)
    assert again.identical
    assert again.proven is not None
    assert again.proven.ok
    assert gp.replay(answer, release=NEXT).release == NEXT
    acute = gp.assess(ACUTE)
    asked = QuestionGiven.model_validate(ACUTE)
    assert gp.verify(acute, ACUTE, asked).ok
    assert gp.replay(acute, asked).identical


def test_nav_gets_advice_that_can_be_verified_and_no_assessment(calling: Calling) -> None:
    nav = calling(Profile.NAV)
    answer = nav.advice(PERSON)
    assert answer.advice.items
    assert answer.receipt is not None
    assert nav.verify(answer, PERSON).ok
    with pytest.raises(calls.NotUnderstood):
        nav.assess(PERSON)
    with pytest.raises(calls.Forbidden) as refused:
        nav._call("POST", "/v1/receipts/replay", b"{}")
    assert refused.value.status == 403


def test_a_batch_is_answered_in_order_and_each_answer_has_a_receipt(calling: Calling) -> None:
    analyst = calling(Profile.ANALYST)
    one, wrong, two = analyst.batch([PERSON, {"facts": {"alcohol": SENTINEL}}, ACUTE])
    assert isinstance(one, BatchLine)
    assert isinstance(two, BatchLine)
    assert isinstance(wrong, BatchProblem)
    assert (one.line, wrong.line, two.line) == (1, 2, 3)
    assert two.assessment.level == "acute"
    assert wrong.problem.type == "urn:cds-overdose:problem:invalid-input"
    assert analyst.verify(one, PERSON).ok
    assert list(analyst.batch([])) == []


@pytest.mark.parametrize("kept", [1, 2, 3], ids=["half a line", "no count", "another count"])
def test_a_batch_that_was_cut_off_is_told(app: FastAPI, state: Path, kept: int) -> None:
    with over(app) as wire:
        bearer = token(Profile.ANALYST, issuing_key(state), int(seconds_now()))
        headers = {"Authorization": f"Bearer {bearer}", "Content-Type": "application/x-ndjson"}
        whole = wire.post(f"{URL}/v1/assessments/batch", content=b"{}\n{}\n", headers=headers).content
    lines = whole.splitlines(keepends=True)
    cut = {1: whole[: len(lines[0]) + 40], 2: b"".join(lines[:2]), 3: lines[0] + lines[2]}[kept]
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, content=cut))
    client = Client(URL, http=httpx2.Client(transport=transport))
    with pytest.raises(calls.NotUnderstood if kept == 1 else calls.CutOff):
        list(client.batch([{}, {}]))


def test_releases_and_what_differs_between_them(gp: Client) -> None:
    assert [line.version for line in gp.releases().releases] == [IN_FORCE, NEXT]
    assert gp.release(NEXT).previous == IN_FORCE
    impact = Releases()["0.4.0"].impact
    asked: list[str] = []

    def difference(request: httpx2.Request) -> httpx2.Response:
        asked.append(request.url.path)
        return httpx2.Response(200, json=impact)

    found = Client(URL, http=httpx2.Client(transport=httpx2.MockTransport(difference))).diff("0.3.0", "0.4.0")
    assert (found.old.version, found.new.version) == ("0.3.0", "0.4.0")
    assert asked == ["/v1/releases/0.3.0/diff/0.4.0"]
    with pytest.raises(calls.NotFound) as missing:
        gp.release("9.9.9")
    assert missing.value.type == "urn:cds-overdose:problem:unknown-release"
    for name in ("../x", "0.1.0/rules", "", "0.1.0?x=1"):
        with pytest.raises(ValueError, match="version"):
            gp.release(name)


def size_of(note: str | None) -> int:
    """How many entries a checkpoint is over."""
    assert note is not None
    return int(note.split("\n")[1])


def test_a_checkpoint_is_kept_as_a_witness_over_restarts_and_moved_on_by_proofs(
    calling: Calling, tmp_path: Path
) -> None:
    file = tmp_path / "witness.txt"
    first = calling(Profile.GP, witness=Witness(file))
    answer = first.assess(PERSON)
    held = file.read_text()
    assert first.witness.note == held
    for _ in range(3):
        first.assess({})
    assert size_of(first.checkpoint()) >= size_of(held) + 3
    assert file.read_text() == held, "what nobody has proven replaces nothing"
    second = calling(Profile.GP, witness=Witness(file))
    second.assess({})
    assert second.witness.note == held
    assert second.verify(answer).ok
    assert size_of(file.read_text()) >= size_of(held) + 4
    assert second.witness.note == file.read_text()
    assert first.verify(answer).ok, "another process has moved the file on meanwhile"
    assert first.witness.note == file.read_text() == second.witness.note
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("held_of", [1, 4])
def test_a_longer_ledger_under_the_same_keys_replaces_nothing(
    releases: Releases, state: Path, held_of: int, tmp_path: Path
) -> None:
    """Whoever has the keys and the database can write another ledger and sign it. What was held shows it."""
    true, rewritten = (over(service(releases, state)) for _ in range(2))
    file = tmp_path / "witness.txt"

    def caller(wire: httpx2.Client, **more: Any) -> Client:
        return Client(URL, lambda: token(Profile.GP, issuing_key(state), int(seconds_now())), http=wire, **more)

    for _ in range(held_of):
        caller(true).assess({})
    held = caller(true).checkpoint()
    for _ in range(held_of + 3):
        caller(rewritten).assess({})
    file.write_text(held)
    client = caller(rewritten, witness=Witness(file))
    answer = client.assess(PERSON)
    assert size_of(client.checkpoint()) > size_of(held)
    assert client.witness.note == file.read_text() == held
    with pytest.raises(calls.ProofBroken, match="the proof does not hold"):
        client.verify(answer)
    assert client.witness.note == file.read_text() == held
    assert caller(rewritten).verify(answer).ok, "who held nothing cannot know"


@pytest.fixture
def rewritten(releases: Releases, state: Path) -> httpx2.Client:
    """The wire to another ledger under the same keys."""
    return over(service(releases, state))


def test_a_witness_whose_file_has_gone_is_held_and_written_again(
    calling: Calling, tmp_path: Path, rewritten: httpx2.Client
) -> None:
    file = tmp_path / "witness.txt"
    client = calling(Profile.GP, witness=Witness(file))
    client.assess({})
    answer = client.assess(PERSON)
    assert client.verify(answer).ok
    held = client.witness.note
    file.unlink()
    assert client.verify(answer).ok, "nothing was added since"
    assert client.witness.note == file.read_text() == held
    file.unlink()
    answer = client.assess(PERSON)
    assert client.verify(answer).ok
    assert size_of(client.witness.note) > size_of(held)
    assert client.witness.note == file.read_text()
    held = client.witness.note
    file.unlink()
    client._http = rewritten
    for _ in range(size_of(held)):
        answer = client.assess(PERSON)
    with pytest.raises(calls.ProofBroken):
        client.verify(answer)
    assert client.witness.note == held, "a signature alone replaces nothing, file or no file"


def test_what_another_wrote_into_the_file_replaces_nothing_without_a_proof(
    calling: Calling, tmp_path: Path, rewritten: httpx2.Client
) -> None:
    file = tmp_path / "witness.txt"
    client = calling(Profile.GP, witness=Witness(file))
    client.assess({})
    other = calling(Profile.GP)
    other._http = rewritten
    other.assess({})
    foreign = other.checkpoint()
    file.write_text(foreign)
    answer = client.assess(PERSON)
    assert client.verify(answer).ok
    held = client.witness.note
    assert held != foreign
    assert file.read_text() == foreign, "nor is it replaced: the proof was not about it"
    assert client.verify(client.assess({})).ok
    assert size_of(client.witness.note) == size_of(held) + 1, "the proofs go on from what is held"


def altered(gp: Client, change: Callable[[dict[str, Any]], object]) -> None:
    """Let the service say something else of a proof than it did."""
    wire = gp._http

    def answer(request: httpx2.Request) -> httpx2.Response:
        got = sent_on(wire, request)
        said = got.json()
        if request.url.path == "/v1/receipts/verify":
            change(said)
        return httpx2.Response(got.status_code, json=said)

    gp._http = httpx2.Client(transport=httpx2.MockTransport(answer))


@pytest.mark.parametrize("change", [
    lambda said: said.update(proof=None),
    lambda said: said.update(proof=None, lines=[line for line in said["lines"] if line["name"] != "included"]),
    lambda said: said.update(proof=None, receipt=None, lines=[{"name": "signature", "result": "ok", "because": ""}]),
    lambda said: said.update(proof=None, receipt=None, lines=[]),
    lambda said: said["proof"].update(position=said["proof"]["position"] - 1),
    lambda said: said["proof"]["inclusion"].reverse(),
    lambda said: said["proof"].update(consistency=None),
    lambda said: said["proof"].update(checkpoint=said["proof"]["checkpoint"].replace("\n", "\n1", 1)),
], ids=[
    "no proof", "no word of it", "a signature alone", "nothing at all",
    "another place", "another way", "no consistency", "another checkpoint",
])  # fmt: skip
def test_a_service_that_says_ok_and_cannot_show_it_is_not_believed(gp: Client, change: Callable[..., object]) -> None:
    answer = gp.assess(PERSON)
    for _ in range(4):
        gp.assess({})
    gp.checkpoint()
    gp.assess({})
    altered(gp, change)
    with pytest.raises(calls.ProofBroken):
        gp.verify(answer)


def test_keys_from_elsewhere_are_not_replaced_by_the_services_own(calling: Calling) -> None:
    client = calling(Profile.GP, keys=PublishedKeys(()))
    answer = client.assess(PERSON)
    assert client.witness.note is None
    with pytest.raises(calls.ProofBroken):
        client.verify(answer)
