"""What verifying a ledger found: how much there is, which releases it names, and every fault with its rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from cds.audit.in_service import InService
from cds.audit.receipt import Receipt

Kind = Literal[
    "ALTERED", "MISSING", "SHORTER THAN CHECKPOINT", "REWRITTEN BEFORE CHECKPOINT", "NO CHECKPOINT", "ANOTHER LEDGER",
    "UNKNOWN KEY", "RELEASE CHANGED", "RELEASE MISSING", "RELEASE DIFFERS",
    "RELEASE ALTERED", "RELEASE NOT APPROVED",
]  # fmt: skip
Signed = Receipt | InService


@dataclass(frozen=True)
class Fault:
    """One thing wrong, and the rows it concerns (both ends belong to it)."""

    kind: Kind
    first: int
    last: int
    checkpoint: int | None = None
    """The size of the checkpoint concerned, where one is."""
    about: str = ""
    """The release concerned, where one is, and what is wrong with it."""

    def __str__(self) -> str:
        rows = f"{self.first}..{self.last}" if self.last > self.first else f"row {self.first}"
        match self.kind:
            case "MISSING" | "NO CHECKPOINT":
                return f"{self.kind} {self.first}..{self.last}"
            case "SHORTER THAN CHECKPOINT" | "REWRITTEN BEFORE CHECKPOINT":
                return f"{self.kind} {self.checkpoint} ({rows})"
            case "RELEASE ALTERED":
                return f"{self.kind} {self.about}"
            case "RELEASE CHANGED":
                return f"{self.kind} {rows}: {self.about}"
            case "RELEASE MISSING" | "RELEASE DIFFERS" | "RELEASE NOT APPROVED":
                return f"{self.kind} {self.about} ({rows})"
            case _:
                return f"{self.kind} {rows}" if self.checkpoint is None else f"{self.kind} checkpoint {self.checkpoint}"


@dataclass
class Named:
    """A release as signed rows name it."""

    version: str
    digest: str
    row: int
    """The first row that names it."""
    environment: str
    in_force_from: date | None = None
    """As it was put into service; None where only receipts name it."""
    answered_at: int | None = None
    """When the first receipt under it was made, in seconds since 1970; None where there is none."""

    @property
    def called(self) -> str:
        """Version and the beginning of its digest."""
        return f"{self.version} {self.digest[:19]}…"


@dataclass
class Report:
    """What was found."""

    rows: int = 0
    checkpoints: int = 0
    held: int = 0
    """Checkpoints kept elsewhere that were compared."""
    sealed: int = 0
    """Rows under the newest signed checkpoint."""
    named: dict[tuple[str, str], Named] = field(default_factory=dict)
    """Every release that a row with a good signature names, by version and digest."""
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Whether nothing was found."""
        return not self.faults

    def lines(self) -> list[str]:
        """The report for people to read: the last line is OK, or there is one for each fault."""
        told = f"{self.rows} rows, {self.checkpoints} signed checkpoints, the newest over {self.sealed} rows"
        if self.held:
            told += f"; {self.held} checkpoints kept elsewhere"
        return [told, *(map(str, self.faults) if self.faults else ["OK"])]

    def name(self, row: int, said: Signed) -> None:
        """Note the release that a row names. A version that had another digest before was frozen anew: a fault."""
        key = (said.release, said.digest)
        named = self.named.get(key)
        if named is None:
            earlier = [digest for version, digest in self.named if version == said.release]
            named = self.named[key] = Named(*key, row, said.env)
            if earlier:
                about = f"{said.release} was {earlier[-1][:19]}… and is {said.digest[:19]}…"
                self.faults.append(Fault("RELEASE CHANGED", row, row, about=about))
        if isinstance(said, InService):
            named.in_force_from = date.fromisoformat(said.in_force_from)
        elif named.answered_at is None:
            named.answered_at = said.iat

    def compare(self, releases: Mapping[str, tuple[str, date]]) -> None:
        """Hold the releases that are at hand (digest and first day in force, by version) against those the rows name:
        one that is missing, or there with another digest or day, is a fault.
        """
        for named in self.named.values():
            digest, first_day = releases.get(named.version, ("", None))
            if not digest:
                self._about(named, "RELEASE MISSING", named.called)
            elif digest != named.digest:
                self._about(named, "RELEASE DIFFERS", f"{named.called} is here as {digest[:19]}…")
            elif named.in_force_from not in (None, first_day):
                self._about(
                    named, "RELEASE DIFFERS", f"{named.called} from {named.in_force_from} is here from {first_day}"
                )

    def altered(self, version: str) -> None:
        """A release whose files are not what its digest says."""
        self.faults.append(Fault("RELEASE ALTERED", 0, 0, about=version))

    def short_of(self, rows: int) -> None:
        """Fewer or more rows came than there should have been, and no checkpoint tells which."""
        kind: Kind = "MISSING" if self.rows < rows else "ALTERED"
        self.faults.append(Fault(kind, min(self.rows, rows), max(self.rows, rows) - 1))

    def refuse_unapproved(self, unapproved: Iterable[tuple[Named, str]]) -> None:
        """Releases that answered and were not approved when they did, each with what is wanting."""
        for named, wanting in unapproved:
            self._about(named, "RELEASE NOT APPROVED", f"{named.called}: {wanting}")

    def _about(self, named: Named, kind: Kind, about: str) -> None:
        self.faults.append(Fault(kind, named.row, named.row, about=about))
