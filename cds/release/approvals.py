"""Who approved a release: two people in two functions, neither of whom froze it.

    releases/0.3.0.approvals/clinical.jws    one approver's signature over version, digest, first day in force and role
    releases/0.3.0.approvals/author.json     the public key of whoever froze the release
    approvers.yaml                           the keys that may approve, by function; never by a person's name

The list in the repository holds demonstration keys only. Production trusts the list that CDS_APPROVERS names, which is
empty until an operator writes one, and no key that is a demonstration key in either list. A release of which nobody
says who froze it has an author unknown; production takes none, because then nobody can say that its author did not
approve it.

A key that ran out approves nothing after its last day; what it approved before stays approved, or a service would stop
when a key does. The day of signing is the signer's own word. So a key that can no longer be trusted is taken off the
list, and what it approved is approved anew.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from cds.errors import ContentError, ReleaseNotApproved
from cds.release.approvers import ROLES, Approver, Role, read_approvers
from cds.release.frozen import RULES, Release
from cds.signing import BadSignature, PublicKey, SigningKey, UnknownKey, read_jws

TYP = "cds-approval+jws"
AUTHOR = "author.json"
APPROVERS = "approvers.yaml"
Fault = Literal[
    "bad-signature", "unknown-key", "not-an-approval", "another-version", "another-digest", "another-date",
    "another-author", "role-not-held", "key-not-valid-then", "signed-in-the-future", "demonstration-key", "author-key",
]  # fmt: skip
BECAUSE: Mapping[Fault, str] = {
    "bad-signature": "it is not what the key signed",
    "unknown-key": "the key is on no list of approvers here",
    "not-an-approval": "what is signed is no approval",
    "another-version": "it approves another version",
    "another-digest": "it approves other content",
    "another-date": "it approves another first day in force",
    "another-author": "it names another author than the release does",
    "role-not-held": "the key may not approve in this role",
    "key-not-valid-then": "the key was not valid on the day it was signed",
    "signed-in-the-future": "the day it was signed has not come",
    "demonstration-key": "a demonstration key approves nothing in production",
    "author-key": "whoever froze a release does not approve it",
}


class Approval(BaseModel):
    """What an approver signs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    version: str
    digest: str
    in_force_from: date
    role: Role
    approved_on: date
    frozen_by: str | None
    """The `kid` of whoever froze the release, as the approver was told; None where no key was named."""


class ApprovalLine(BaseModel):
    """One approval as found beside a release. `fault` says why it does not count."""

    file: str
    valid: bool
    fault: Fault | None = None
    because: str | None = None
    role: Role | None = None
    function: str | None = None
    approved_on: date | None = None
    kid: str | None = None
    demonstration: bool | None = None


class Approvals(BaseModel):
    """Whether a release is approved: one clinical and one technical approval that count, by two keys."""

    approved: bool
    approved_on: date | None
    """The day on which the second of the two approvals that suffice was signed; None where it is not approved."""
    missing: list[str]
    """What is still wanted, in words; empty where it is approved."""
    frozen_by: str | None
    """The `kid` of whoever froze it; None where the author is unknown."""
    lines: list[ApprovalLine]


@dataclass(frozen=True)
class Approvable:
    """What approvals are about, and the files beside it: those of a release here, or of one in an export."""

    version: str
    digest: str
    in_force_from: date
    files: Mapping[str, bytes]
    """Approvals and the author's key, by name."""

    @classmethod
    def of(cls, release: Release) -> Approvable:
        """A release here, with the files that lie beside it now."""
        files = {file.name: file.read_bytes() for file in sorted(release.approvals.glob("*")) if file.is_file()}
        return cls(release.version, release.digest, release.in_force_from, files)

    @property
    def frozen_by(self) -> str | None:
        """The `kid` of whoever froze it; None where nobody said. Raises ContentError for a file that names none."""
        said = self.files.get(AUTHOR)
        if said is None:
            return None
        try:
            return PublicKey.from_jwk(json.loads(said)).kid
        except (ValueError, AttributeError):
            raise ContentError([f"{self.version}, {AUTHOR}: not the public key of an author"]) from None


class Approvers:
    """A list of keys that may approve. `demonstration` says whether demonstration keys do."""

    def __init__(self, approvers: tuple[Approver, ...], demonstration: bool, known_as_demonstration: frozenset[str]):
        self.by_kid = {approver.public.kid: approver for approver in approvers}
        self._keys = {kid: approver.public for kid, approver in self.by_kid.items()}
        self._demonstration = demonstration
        self._known_as_demonstration = known_as_demonstration

    @classmethod
    def of(cls, file: Path | None, *, production: bool, rules: Path = RULES) -> Approvers:
        """The keys trusted in an environment. Raises ContentError where a list cannot be read.

        Production trusts `file` alone, or nobody; elsewhere the demonstration keys of the repository count too.
        """
        bundled = read_approvers(rules / APPROVERS) if (rules / APPROVERS).exists() else ()
        own = () if file is None else read_approvers(file)
        known = frozenset(approver.public.kid for approver in bundled if approver.demonstration)
        return cls(own if production else (*bundled, *own), not production, known)

    def approvals(self, release: Release, today: date) -> Approvals:
        """Every approval that lies beside a release, and whether they suffice."""
        return self.judged(Approvable.of(release), today)

    def judged(self, release: Approvable, today: date) -> Approvals:
        """The same, wherever it lies."""
        author = release.frozen_by
        names = sorted(name for name in release.files if name.endswith(".jws"))
        lines = [self._line(name, release, author, today) for name in names]
        valid = [line for line in lines if line.valid]
        missing = list(_missing(valid))
        if author is None and not self._demonstration:
            missing.append("the author's key: nobody says who froze it")
        return Approvals(
            approved=not missing,
            approved_on=None if missing else _approved_on(valid),
            missing=missing,
            frozen_by=author,
            lines=lines,
        )

    def refuse_unapproved(self, release: Release, today: date) -> None:
        """Raise ReleaseNotApproved, saying what is missing and what does not count."""
        found = self.approvals(release, today)
        if not found.approved:
            faults = [f"{line.file}: {line.because}" for line in found.lines if line.because is not None]
            raise ReleaseNotApproved(release.version, [*found.missing, *faults])

    def _line(self, file: str, release: Approvable, author: str | None, today: date) -> ApprovalLine:
        try:
            payload, kid = read_jws(release.files[file].decode().strip(), TYP, self._keys)
        except UnknownKey:
            return _invalid(ApprovalLine(file=file, valid=False), "unknown-key")
        except (BadSignature, UnicodeDecodeError):
            return _invalid(ApprovalLine(file=file, valid=False), "bad-signature")
        approver = self.by_kid[kid]
        line = ApprovalLine(
            file=file,
            valid=True,
            function=approver.function,
            kid=kid,
            demonstration=approver.demonstration or kid in self._known_as_demonstration,
        )
        try:
            approval = Approval.model_validate_json(payload)
        except ValidationError:
            return _invalid(line, "not-an-approval")
        line = line.model_copy(update={"role": approval.role, "approved_on": approval.approved_on})
        wrong = {
            "another-version": approval.version != release.version,
            "another-digest": approval.digest != release.digest,
            "another-date": approval.in_force_from != release.in_force_from,
            "another-author": approval.frozen_by != author,
            "author-key": kid == author,
            "role-not-held": approval.role not in approver.roles,
            "key-not-valid-then": not approver.valid_on(approval.approved_on),
            "signed-in-the-future": approval.approved_on > today,
            "demonstration-key": bool(line.demonstration) and not self._demonstration,
        }
        fault = next((fault for fault in BECAUSE if wrong.get(fault)), None)
        return line if fault is None else _invalid(line, fault)


def _invalid(line: ApprovalLine, fault: Fault) -> ApprovalLine:
    return line.model_copy(update={"valid": False, "fault": fault, "because": BECAUSE[fault]})


def _missing(valid: list[ApprovalLine]) -> Iterator[str]:
    for role in ROLES:
        if not any(line.role == role for line in valid):
            yield f"a {role} approval"
    if Counter(line.role for line in valid).keys() == set(ROLES) and len({line.kid for line in valid}) == 1:
        yield "a second key: one alone gave both approvals"


def _approved_on(valid: list[ApprovalLine]) -> date | None:
    """The first day on which approvals that suffice had been signed."""
    days = sorted({line.approved_on for line in valid if line.approved_on is not None})
    signed = ([line for line in valid if line.approved_on is not None and line.approved_on <= day] for day in days)
    return next((day for day, then in zip(days, signed, strict=True) if not list(_missing(then))), None)


def frozen_by(release: Release) -> str | None:
    """The `kid` of the key named as that of whoever froze a release. Raises ContentError for a file that names none."""
    return Approvable.of(release).frozen_by


def name_author(approvals: Path, key: PublicKey) -> None:
    """Say beside a release whose key froze it. Raises FileExistsError: an author is named once."""
    approvals.mkdir(exist_ok=True)
    with (approvals / AUTHOR).open("x", encoding="utf-8", newline="\n") as file:
        file.write(json.dumps(key.as_jwk(), indent=2, sort_keys=True) + "\n")


def approve(release: Release, role: Role, key: SigningKey, today: date) -> Path:
    """Sign a release in a role; the file written. Raises FileExistsError where that key approved in it before."""
    approval = Approval(
        version=release.version,
        digest=release.digest,
        in_force_from=release.in_force_from,
        role=role,
        approved_on=today,
        frozen_by=frozen_by(release),
    )
    release.approvals.mkdir(exist_ok=True)
    file = release.approvals / f"{role}-{key.public.kid[:8]}.jws"
    with file.open("x", encoding="utf-8", newline="\n") as opened:
        opened.write(key.jws(approval.model_dump_json().encode(), TYP) + "\n")
    return file
