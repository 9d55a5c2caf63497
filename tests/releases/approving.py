"""Releases with approvers of their own: keys made for one test, a list that trusts them, a service in production."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from fastapi import FastAPI

from cds.api.access import Door
from cds.main import create_app
from cds.release.approvals import Approvals, Approvers, approve, frozen_by, name_author
from cds.release.approvers import Role
from cds.release.frozen import Release, Releases
from cds.signing import SigningKey
from tests.frozen import IN_FORCE, TODAY
from tests.production import production

TYP = "cds-approval+jws"


@dataclass
class Board:
    """Who may approve here, and the releases they approve."""

    rules: Path
    clinical: SigningKey = field(default_factory=SigningKey.new)
    technical: SigningKey = field(default_factory=SigningKey.new)
    lines: list[str] = field(default_factory=list)
    today: date = TODAY

    def __post_init__(self) -> None:
        """Trust the two keys; what nobody has approved was frozen by a third."""
        self.trust(self.clinical, "clinical")
        self.trust(self.technical, "technical")
        for release in Releases(self.rules):
            if not release.approvals.exists():
                name_author(release.approvals, SigningKey.new().public)

    def trust(
        self,
        key: SigningKey,
        *roles: Role,
        days: tuple[str, str] = ("2026-01-01", "2027-12-31"),
        demonstration: bool = False,
    ) -> None:
        """Put a key on the list, in place of what the list says of it."""
        said = {
            "function": f"Approver ({', '.join(roles)})",
            "roles": roles,
            "key": {name: key.public.as_jwk()[name] for name in ("kty", "crv", "x")},
            "valid_from": days[0],
            "valid_until": days[1],
            "demonstration": demonstration,
        }
        self.forget(key)
        self.lines.append(f"- {json.dumps(said)}\n")

    def forget(self, key: SigningKey) -> None:
        """Take a key off the list."""
        self.lines = [line for line in self.lines if key.public.as_jwk()["x"] not in line]

    @property
    def list(self) -> Path:
        """The list as a file."""
        file = self.rules.parent / "approvers.yaml"
        file.write_text("".join(self.lines) or "[]\n", encoding="utf-8")
        return file

    @property
    def release(self) -> Release:
        """The release in force."""
        return Releases(self.rules)[IN_FORCE]

    def sign(self, key: SigningKey, role: str, name: str = "", **otherwise: object) -> Path:
        """An approval beside the release in force, as it should be but for what is said otherwise."""
        said = {
            "version": self.release.version,
            "digest": self.release.digest,
            "in_force_from": self.release.in_force_from.isoformat(),
            "role": role,
            "approved_on": TODAY.isoformat(),
            "frozen_by": frozen_by(self.release),
        }
        self.release.approvals.mkdir(exist_ok=True)
        file = self.release.approvals / f"{name or role}.jws"
        file.write_text(key.jws(json.dumps(said | otherwise).encode(), TYP) + "\n", encoding="utf-8")
        return file

    def sign_release(self, version: str, key: SigningKey, role: Role) -> None:
        """An approval of any of the releases, as it should be."""
        approve(Releases(self.rules)[version], role, key, self.today)

    def both(self) -> None:
        """The two approvals that suffice."""
        self.sign(self.clinical, "clinical")
        self.sign(self.technical, "technical")

    def starts(self, guard: Door | None = None, **otherwise: object) -> FastAPI:
        """The service in production, on the board's day, which may go on while it runs."""
        settings = production(self.rules.parent, approvers=self.list, **otherwise)
        return create_app(settings, Releases(self.rules), lambda: self.today, guard)

    def approvals(self) -> Approvals:
        """What production says of the approvals of the release in force."""
        return Approvers.of(self.list, production=True, rules=self.rules).approvals(self.release, self.today)


def board(pristine: Path, folder: Path) -> Board:
    """A board over a copy of some releases."""
    return Board(Path(shutil.copytree(pristine, folder / "rules")))
