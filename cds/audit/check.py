"""What a receipt is checked with and against, and what came out: a line for each thing it can prove, with the reason
where it does not.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

from cds.assessment import Assessment
from cds.audit.keys import PublishedKeys
from cds.audit.receipt import Receipt
from cds.audit.replay import Question
from cds.release.approvals import Approvals
from cds.release.frozen import Release, Releases

Approved = Callable[[Release], Approvals]
"""Who approved a release, and whether that suffices."""
Name = Literal[
    "signature", "key", "release_known", "release_approved", "release_in_force", "input", "output", "raw", "included",
    "consistent",
]  # fmt: skip
Result = Literal["ok", "noted", "failed", "not_checked"]
"""`noted` is no fault, and not as it usually is: `because` says how."""


@dataclass(frozen=True)
class Line:
    """One thing checked. `because` may end with a value of its own, behind the last colon."""

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
    """From the first checkpoint given that the ledger begins with."""


@dataclass
class Checked:
    """What a receipt proves."""

    receipt: Receipt | None = None
    lines: list[Line] = field(default_factory=list)
    proof: Shown | None = None
    unknown_key: bool = False
    """Whether something was signed with a key that is not known."""

    @property
    def ok(self) -> bool:
        """Nothing failed. What was not checked stands in the lines."""
        return all(line.result != "failed" for line in self.lines)

    @property
    def left_open(self) -> list[Name]:
        """What was not checked and without which nothing is said of the answer: that it is the one, and is in the
        ledger.
        """
        needed: tuple[Name, ...] = ("output", "included")
        return [line.name for line in self.lines if line.name in needed and line.result == "not_checked"]

    def add(self, name: Name, holds: bool | None, because: str) -> None:
        """Add a line; the reason is for all that is not ok."""
        result: Result = "not_checked" if holds is None else "ok" if holds else "failed"
        self.lines.append(Line(name, result, "" if holds else because))

    def note(self, name: Name, because: str) -> None:
        """Add a line that is no fault and must be known."""
        self.lines.append(Line(name, "noted", because))


@dataclass(frozen=True)
class Given:
    """What somebody brings along with a receipt. What is left out is not checked."""

    jws: str
    nonce: str | None = None
    assessment: Assessment | None = None
    question: Question | None = None
    raw: bytes | None = None
    checkpoints: tuple[str, ...] = ()
    """Signed checkpoints that were kept elsewhere."""


@dataclass(frozen=True)
class Against:
    """What a receipt is checked against."""

    keys: PublishedKeys
    environment: str
    releases: Releases
    approved: Approved
    origin: str
