"""Receipts: what they say, what opens them, and that they are the same whoever asked and in whatever language."""

from __future__ import annotations

import itertools
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from joserfc import jws as joserfc_jws
from joserfc.jwk import OKPKey

from cds.api.assessments import AssessmentRequest, read
from cds.assess import Assessor
from cds.assessment import Assessment
from cds.audit.canonical import canonical
from cds.audit.keys import KeyRing
from cds.audit.receipt import TYP, Proof, Receipt, Receipts, commitment, decided, question
from cds.records.reader import Record
from cds.signing import BadSignature, from_base64url, read_jws
from tests.ledgers import NOW

PATIENTS = sorted((Path(__file__).parents[1] / "patients").glob("*/request.json"))
RECORD = Path(__file__).parents[2] / "examples" / "coded-record.json"
TODAY = date(2026, 11, 22)


def request_of(file: Path) -> AssessmentRequest:
    return AssessmentRequest.model_validate_json(file.read_bytes())


def assessed(draft: Assessor, request: AssessmentRequest, **other: Any) -> tuple[Assessment, Record]:
    """One person's assessment and the record it was made from."""
    as_of = request.as_of or TODAY
    record = read(request, as_of, draft)
    arguments = {"language": request.language, "municipality": request.municipality, "record": record} | other
    return draft.assess(record.facts, as_of, **arguments), record


def receipts(keys: KeyRing) -> Receipts:
    """Made with bytes that can be told beforehand: 0 0 0 …, then 1 1 1 …"""
    numbers = itertools.count()
    return Receipts(keys.receipts, "development", "0.3.0+test", lambda: NOW, lambda size: bytes([next(numbers)]) * size)


def made(keys: KeyRing, assessment: Assessment, record: Record, request: AssessmentRequest, raw: bytes) -> Proof:
    """The proof of one answer."""
    _, proof = receipts(keys).make(
        assessment,
        record.facts,
        municipality=request.municipality,
        conflicts=record.conflicts,
        raw=raw,
        client="a record system",
    )
    return proof


@pytest.mark.parametrize("file", PATIENTS, ids=lambda file: file.parent.name)
def test_every_invented_person_gets_a_receipt_that_opens_to_what_was_asked_and_answered(
    file: Path, draft: Assessor, keys: KeyRing
) -> None:
    request = request_of(file)
    assessment, record = assessed(draft, request)
    proof = made(keys, assessment, record, request, file.read_bytes())
    receipt = Receipt.from_bytes(read_jws(proof.jws, TYP, keys.published.of("receipts"))[0])
    nonce = from_base64url(proof.nonce)
    asked = canonical(question(assessment.as_of, request.municipality, record.facts, record.conflicts))
    assert receipt.input == commitment(nonce, "input", asked)
    assert receipt.raw == commitment(nonce, "raw", file.read_bytes())
    told = Assessment.model_validate_json(assessment.as_json())
    assert receipt.output == commitment(nonce, "output", canonical(decided(told)))
    assert (receipt.release, receipt.digest) == (draft.release.version, draft.release.digest)
    assert (receipt.iat, receipt.as_of, receipt.client) == (NOW, assessment.as_of.isoformat(), "a record system")


@pytest.mark.parametrize("file", [*PATIENTS[::7], RECORD], ids=lambda file: file.parent.name)
def test_what_was_decided_is_the_same_bytes_in_every_language(file: Path, draft: Assessor) -> None:
    request = request_of(file)
    told = {canonical(decided(assessed(draft, request, language=language)[0])) for language in ("nb", "nn", "en")}
    assert len(told) == 1


def test_every_text_of_an_answer_is_left_out(draft: Assessor) -> None:
    """What differs between two languages is a text; nothing else may be missing but the evidence behind it."""
    assessment, _ = assessed(draft, request_of(RECORD))
    said = canonical(decided(assessment)).decode()
    for line in assessment.recommendations or ():
        assert line.text not in said
        assert line.id in said
    assert all(line.because not in said and line.id in said for line in assessment.factors or ())


def test_each_part_of_what_was_decided_moves_the_commitment(draft: Assessor) -> None:
    assessment, _ = assessed(draft, request_of(RECORD))
    answer = json.loads(assessment.as_json())
    before = canonical(decided(assessment))
    changes: list[tuple[str, Any]] = [
        ("level", "low"), ("level_at_most", "low"), ("as_of", "2026-11-19"), ("municipality", "4601"),
        ("points", {"at_least": 0, "at_most": 1}), ("cautions", []), ("factors", answer["factors"][1:]),
        ("recommendations", answer["recommendations"][1:]), ("questions", answer["questions"][1:]),
        ("facts", {}), ("not_used", [{"statement": 9, "reason": "refuted"}]), ("origins", {"alcohol": [1]}),
        ("provenance", answer["provenance"] | {"digest": "sha256:0"}),
        ("factors", [{**answer["factors"][0], "outcome": "absent"}, *answer["factors"][1:]]),
        ("recommendations", [{**answer["recommendations"][0], "urgency": "routine"}, *answer["recommendations"][1:]]),
    ]  # fmt: skip
    for name, other in changes:
        assert answer.get(name) != other, name
        assert canonical(decided(Assessment.model_validate(answer | {name: other}))) != before, name


def test_joserfc_reads_a_receipt(draft: Assessor, keys: KeyRing) -> None:
    request = request_of(RECORD)
    proof = made(keys, *assessed(draft, request), request, b"raw")
    key = OKPKey.import_key(keys.receipts.public.as_jwk())
    read = joserfc_jws.deserialize_compact(proof.jws, key, ["Ed25519"])
    assert read.protected["typ"] == TYP
    assert json.loads(read.payload)["schema"] == "assessment/1"
    assert read.payload == canonical(json.loads(read.payload))


def test_equal_answers_have_unequal_receipts(draft: Assessor, keys: KeyRing) -> None:
    request = request_of(RECORD)
    assessment, record = assessed(draft, request)
    maker = receipts(keys)
    told = [
        maker.make(assessment, record.facts, municipality=None, conflicts=(), raw=b"", client="x")[0] for _ in range(2)
    ]
    for name in ("id", "input", "output", "raw"):
        assert getattr(told[0], name) != getattr(told[1], name)


def test_a_commitment_for_one_thing_does_not_open_another() -> None:
    nonce = bytes(32)
    assert len({commitment(nonce, name, b"text") for name in ("input", "output", "raw")}) == 3
    assert commitment(nonce, "raw", b"text") != commitment(b"\1" * 32, "raw", b"text")


@pytest.mark.parametrize("payload", [b"", b"{}", b"[]", b"null", b'{"v":2}', b'{"id":"a","v":1}', b"\xff"], ids=repr)
def test_what_is_no_receipt_is_refused(payload: bytes) -> None:
    with pytest.raises(BadSignature):
        Receipt.from_bytes(payload)


def test_a_receipt_has_one_form(draft: Assessor, keys: KeyRing) -> None:
    request = request_of(RECORD)
    proof = made(keys, *assessed(draft, request), request, b"raw")
    payload, _ = read_jws(proof.jws, TYP, keys.published.of("receipts"))
    with pytest.raises(BadSignature, match="canonical"):
        Receipt.from_bytes(payload.replace(b'"v":1', b'"v": 1'))
