"""Releases put into service are entries of the ledger too, so that it tells which rules could answer from when on."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, ValidationError

from cds.audit.canonical import canonical
from cds.audit.keys import Environment
from cds.audit.rows import Entry
from cds.audit.tree import leaf_hash
from cds.release.frozen import Release
from cds.signing import BadSignature, SigningKey

TYP = "cds-release-in-service+jws"


class InService(BaseModel):
    """What such an entry says."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    v: Literal[1] = 1
    iat: int
    """Seconds since 1970, when a service first started with it."""
    release: str
    digest: str
    in_force_from: str
    service: str
    env: Environment

    @property
    def entry_id(self) -> str:
        """The id of its entry: the same whenever the same release is put into service again."""
        return f"release {self.release} {self.digest[-32:]}"

    @classmethod
    def from_bytes(cls, payload: bytes) -> Self:
        """Read a payload whose signature was checked. Raises BadSignature for anything else."""
        try:
            return cls.model_validate_json(payload)
        except ValidationError:
            raise BadSignature("not a release put into service") from None


def entry_of(release: Release, service: str, environment: Environment, now: int, key: SigningKey) -> Entry:
    """The entry that says so."""
    said = InService(
        iat=now,
        release=release.version,
        digest=release.digest,
        in_force_from=release.in_force_from.isoformat(),
        service=service,
        env=environment,
    )
    body = key.jws(canonical(said.model_dump()), TYP)
    return Entry(said.entry_id, body, leaf_hash(body.encode()))
