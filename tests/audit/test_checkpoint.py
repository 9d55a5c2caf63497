"""Checkpoints in the form that witnesses read: the signed note's own published example is the oracle for the form."""

from __future__ import annotations

import base64

import pytest

from cds.audit.checkpoint import Checkpoint, key_id, read_checkpoint
from cds.audit.tree import EMPTY
from cds.signing import BadSignature, PublicKey, SigningKey, UnknownKey

KEY = SigningKey.new()
ORIGIN = "ledger.test/one"
NOTE = Checkpoint(ORIGIN, 12, EMPTY).signed(KEY)
# Published with the Go module database, whose notes have the same form.
PUBLISHED = {
    "PeterNeumann": ("c74f20a3", "ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"),
    "sum.golang.org": ("033de0ae", "Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"),
}
SAID = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
SIGNATURE = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="


@pytest.mark.parametrize("name", PUBLISHED)
def test_a_key_is_named_as_published_notes_name_theirs(name: str) -> None:
    id_, key = PUBLISHED[name]
    assert key_id(name, PublicKey(base64.b64decode(key)[1:])).hex() == id_


def test_a_published_note_is_signed_as_ours_are() -> None:
    public = PublicKey(base64.b64decode(PUBLISHED["PeterNeumann"][1])[1:])
    signature = base64.b64decode(SIGNATURE)
    assert signature[:4] == key_id("PeterNeumann", public)
    public.verify(signature[4:], SAID.encode())


def test_a_checkpoint_is_three_lines_a_gap_and_a_signature() -> None:
    lines = NOTE.split("\n")
    assert lines[:4] == [ORIGIN, "12", base64.b64encode(EMPTY).decode(), ""]
    assert lines[4].startswith(f"— {ORIGIN} ")
    assert lines[5:] == [""]
    assert read_checkpoint(NOTE, ORIGIN, [KEY.public]) == Checkpoint(ORIGIN, 12, EMPTY)


def test_signatures_of_witnesses_may_stand_beside_ours() -> None:
    witness = "— witness.test/w " + base64.b64encode(bytes(68)).decode() + "\n"
    assert read_checkpoint(NOTE + witness, ORIGIN, [KEY.public]).size == 12


def test_another_key_another_ledger_and_no_signature_are_told_apart() -> None:
    with pytest.raises(UnknownKey):
        read_checkpoint(NOTE, ORIGIN, [SigningKey.new().public])
    with pytest.raises(BadSignature, match="another ledger"):
        read_checkpoint(NOTE, "ledger.test/two", [KEY.public])


@pytest.mark.parametrize("place", range(len(NOTE)))
def test_one_changed_character_is_found(place: int) -> None:
    other = "A" if NOTE[place] != "A" else "B"
    with pytest.raises((BadSignature, UnknownKey)):
        read_checkpoint(NOTE[:place] + other + NOTE[place + 1 :], ORIGIN, [KEY.public])


@pytest.mark.parametrize(
    "note",
    ["", "\n", "\n\n", NOTE[:-1], NOTE.replace("\n12\n", "\n012\n"), NOTE.replace("\n12\n", "\n12\nextra\n"),
     NOTE + "text\n", NOTE.split("\n\n")[0], NOTE.split("\n\n")[0] + "\n\n", "\n".join(["a"] * 9)],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(note: str) -> None:
    with pytest.raises((BadSignature, UnknownKey)):
        read_checkpoint(note, ORIGIN, [KEY.public])
