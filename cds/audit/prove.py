"""One receipt, checked: everything it can prove, from its signature to its place in the ledger."""

from __future__ import annotations

import hmac
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from cds.audit import receipt as receipts
from cds.audit.canonical import canonical
from cds.audit.check import Against, Checked, Given
from cds.audit.receipt import Commitment, Receipt, commitment, decided
from cds.audit.standing import Standing
from cds.errors import NoReleaseInForce, UnknownRelease
from cds.release.approvals import Approvals
from cds.signing import BadSignature, UnknownKey, from_base64url, read_jws

OSLO = ZoneInfo("Europe/Oslo")


def check_receipt(given: Given, against: Against, ledger: Connection | None) -> Checked:
    """Check everything that can be. Without a ledger, inclusion and consistency are left open."""
    checked = Checked()
    standing = Standing(checked, ledger, against.origin, against.keys.of("checkpoints").values())
    try:
        payload, kid = read_jws(given.jws, receipts.TYP, against.keys.of("receipts"))
        checked.receipt = read = Receipt.from_bytes(payload)
    except (BadSignature, UnknownKey) as error:
        checked.unknown_key |= isinstance(error, UnknownKey)
        checked.add("signature", False, f"UNKNOWN KEY: {error}" if isinstance(error, UnknownKey) else str(error))
        if given.checkpoints:
            standing.consistent(given.checkpoints)
        return checked
    checked.add("signature", True, "")
    key = against.keys[kid]
    if key.environment != read.env or read.env != against.environment:
        checked.add("key", False, f"made for {key.environment}; this is {against.environment}")
    else:
        checked.add("key", key.used_at(read.iat), "UNKNOWN KEY: not in use at that time")
    _release(checked, read, against)
    _commitments(checked, read, given)
    standing.included(read, given.jws)
    standing.consistent(given.checkpoints)
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
    day = day_of(read.iat)
    _approved(checked, against.approved(release), day, read.env)
    if release.in_force_on(day):
        checked.add("release_in_force", True, "")
        return
    try:
        current = against.releases.in_force(day).version
    except NoReleaseInForce:
        current = "none"
    # A service answers under a release that is not in force only where a caller names it, which a caller may.
    checked.note("release_in_force", f"the caller named this one; in force on that day was: {current}")


def _approved(checked: Checked, found: Approvals, day: date, environment: str) -> None:
    """Approved on the day of the receipt, to the day: an approval tells no hour."""
    if found.approved_on is None:
        checked.add("release_approved", False, "it is not approved")
    elif found.approved_on <= day:
        checked.add("release_approved", True, "")
    elif environment == "production":
        checked.add("release_approved", False, f"it was approved after the receipt was made, on: {found.approved_on}")
    else:
        because = f"development answers without approval; it was approved later, on: {found.approved_on}"
        checked.note("release_approved", because)


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


def day_of(second: int) -> date:
    """The day in Norway at a second since 1970."""
    return datetime.fromtimestamp(second, UTC).astimezone(OSLO).date()
