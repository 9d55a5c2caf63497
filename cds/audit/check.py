"""One receipt, checked: one line for each thing it can prove, with the reason where it does not."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from cds.assessment import Assessment
from cds.audit import receipt as receipts
from cds.audit.canonical import canonical
from cds.audit.checkpoint import Checkpoint, read_checkpoint
from cds.audit.keys import PublishedKeys
from cds.audit.receipt import Commitment, Receipt, commitment, decided
from cds.audit.replay import Question
from cds.audit.rows import newest_checkpoint, position_of, subtree
from cds.audit.tree import (
    BadProof,
    consistency,
    inclusion,
    leaf_hash,
    verify_consistency,
    verify_inclusion,
)
from cds.errors import NoReleaseInForce, UnknownRelease
from cds.release import Release, Releases
from cds.signing import BadSignature, UnknownKey, from_base64url, read_jws

OSLO = ZoneInfo("Europe/Oslo")
Name = Literal[
    "signature", "key", "release_known", "release_approved", "release_in_force", "input", "output", "raw", "included",
    "consistent",
]  # fmt: skip
Result = Literal["ok", "failed", "not_checked"]
Approved = Callable[[Release], bool | None]
"""Whether a release is approved; None where nobody can say, as when an export is checked without a trust list."""


@dataclass(frozen=True)
class Line:
    """One thing checked."""

    name: Name
    result: Result
    because: str = ""


@dataclass(frozen=True)
class Shown:
    """The proof itself, so that anyone can follow it without this service: hashes are base64."""

    position: int
    checkpoint: str
    inclusion: list[str]
    consistency: list[str] | None = None


@dataclass
class Checked:
    """What a receipt proves."""

    receipt: Receipt | None = None
    lines: list[Line] = field(default_factory=list)
    proof: Shown | None = None

    @property
    def ok(self) -> bool:
        """Nothing failed. What was not checked stands in the lines."""
        return all(line.result != "failed" for line in self.lines)

    def add(self, name: Name, holds: bool | None, because: str) -> None:
        """Add a line; the reason is for all that is not ok."""
        result: Result = "not_checked" if holds is None else "ok" if holds else "failed"
        self.lines.append(Line(name, result, "" if holds else because))


@dataclass(frozen=True)
class Given:
    """What somebody brings along with a receipt. What is left out is not checked."""

    jws: str
    nonce: str | None = None
    assessment: Assessment | None = None
    question: Question | None = None
    raw: bytes | None = None
    checkpoint: str | None = None
    """A signed checkpoint that was kept elsewhere."""


@dataclass(frozen=True)
class Against:
    """What a receipt is checked against."""

    keys: PublishedKeys
    environment: str
    releases: Releases
    approved: Approved
    origin: str


def check_receipt(given: Given, against: Against, ledger: Connection | None) -> Checked:
    """Check everything that can be. Without a ledger, inclusion and consistency are left open."""
    checked = Checked()
    try:
        payload, kid = read_jws(given.jws, receipts.TYP, against.keys.of("receipts"))
        checked.receipt = read = Receipt.from_bytes(payload)
    except (BadSignature, UnknownKey) as error:
        checked.add("signature", False, f"UNKNOWN KEY: {error}" if isinstance(error, UnknownKey) else str(error))
        return checked
    checked.add("signature", True, "")
    key = against.keys[kid]
    if key.environment != read.env or read.env != against.environment:
        checked.add("key", False, f"made for {key.environment}; this is {against.environment}")
    else:
        checked.add("key", key.used_at(read.iat), "UNKNOWN KEY: not in use at that time")
    _release(checked, read, against)
    _commitments(checked, read, given)
    if ledger is None:
        checked.add("included", None, "no ledger at hand")
    else:
        _included(checked, read, given, against, ledger)
    return checked


def _release(checked: Checked, read: Receipt, against: Against) -> None:
    try:
        release = against.releases[read.release]
    except UnknownRelease:
        release = None
    if release is None or release.digest != read.digest:
        checked.add("release_known", False, "no release of that version and digest is here")
        checked.add("release_approved", None, "the release is not known")
        checked.add("release_in_force", None, "the release is not known")
        return
    checked.add("release_known", True, "")
    approved = against.approved(release)
    checked.add("release_approved", approved, "nobody here can say" if approved is None else "it is not approved")
    try:
        current = against.releases.in_force(day_of(read.iat)).version
    except NoReleaseInForce:
        current = "none"
    checked.add("release_in_force", current == release.version, f"in force on that day: {current}")


def _commitments(checked: Checked, read: Receipt, given: Given) -> None:
    question, assessment = given.question, given.assessment
    asked = None
    if question is not None:
        asked = canonical(receipts.question(question.as_of, question.municipality, question.facts, question.conflicts))
    texts: list[tuple[Commitment, bytes | None]] = [
        ("input", asked),
        ("output", None if assessment is None else canonical(decided(assessment))),
        ("raw", given.raw),
    ]
    try:
        nonce = None if given.nonce is None else from_base64url(given.nonce)
    except ValueError:
        nonce = b""
    for name, text in texts:
        if nonce is None or text is None:
            checked.add(name, None, "not given" if text is None else "the nonce is not given")
        else:
            same = hmac.compare_digest(commitment(nonce, name, text), getattr(read, name))
            checked.add(name, same, "not what the receipt was made for, or another nonce")


def _included(checked: Checked, read: Receipt, given: Given, against: Against, ledger: Connection) -> None:
    newest, position = newest_checkpoint(ledger), position_of(ledger, read.id)
    if position is None:
        checked.add("included", False, "the ledger has no such entry")
        return
    if newest is None or position >= newest.size:
        checked.add("included", None, "not yet under a checkpoint; try again in some seconds")
        return
    signers = tuple(against.keys.of("checkpoints").values())
    try:
        signed = read_checkpoint(newest.note, against.origin, signers)
    except (BadSignature, UnknownKey) as error:
        checked.add("included", False, f"the ledger's newest checkpoint: {error}")
        return
    leaf = leaf_hash(given.jws.encode())
    proof = None
    for shortcut in (True, False):  # a shortcut that is wrong leads nowhere; the rows themselves decide
        proof = inclusion(position, signed.size, subtree(ledger, shortcut=shortcut))
        try:
            verify_inclusion(leaf, position, signed.size, proof, signed.root)
        except BadProof:
            proof = None
            continue
        break
    if proof is None:
        checked.add("included", False, "the ledger's rows do not lead from this receipt to what was signed")
        return
    checked.add("included", True, "")
    steps = _consistent(checked, given, against, signed, ledger)
    checked.proof = Shown(position, newest.note, _text(proof), None if steps is None else _text(steps))


def _consistent(
    checked: Checked, given: Given, against: Against, signed: Checkpoint, ledger: Connection
) -> tuple[bytes, ...] | None:
    """Whether the ledger as signed now begins with what was signed then."""
    if given.checkpoint is None:
        checked.add("consistent", None, "no checkpoint given")
        return None
    try:
        held = read_checkpoint(given.checkpoint, against.origin, against.keys.of("checkpoints").values())
    except (BadSignature, UnknownKey) as error:
        checked.add("consistent", False, f"the checkpoint given: {error}")
        return None
    if held.size > signed.size:
        checked.add("consistent", False, f"SHORTER THAN CHECKPOINT {held.size}")
        return None
    for shortcut in (True, False):
        steps = consistency(held.size, signed.size, subtree(ledger, shortcut=shortcut)) if held.size else ()
        try:
            if held.size:
                verify_consistency(held.size, signed.size, held.root, signed.root, steps)
        except BadProof:
            continue
        checked.add("consistent", True, "")
        return steps
    checked.add("consistent", False, f"REWRITTEN BEFORE CHECKPOINT {held.size}")
    return None


def day_of(second: int) -> date:
    """The day in Norway at a second since 1970."""
    return datetime.fromtimestamp(second, UTC).astimezone(OSLO).date()


def _text(hashes: tuple[bytes, ...]) -> list[str]:
    return [base64.b64encode(step).decode() for step in hashes]
