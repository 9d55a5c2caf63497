"""Releases put into service are entries of the ledger too, so that it tells which rules could answer from when on."""

from __future__ import annotations

from typing import Any

import orjson

from cds.audit.canonical import canonical
from cds.audit.keys import Environment
from cds.audit.store import Entry
from cds.audit.tree import leaf_hash
from cds.release import Release
from cds.signing import BadSignature, SigningKey

TYP = "cds-release-in-service+jws"
_SAID = {"v", "iat", "release", "digest", "in_force_from", "service", "env"}


def entry_of(release: Release, service: str, environment: Environment, now: int, key: SigningKey) -> Entry:
    """The entry that says so. Its id is the same whenever the same release is put into service again."""
    said = {
        "v": 1,
        "iat": now,
        "release": release.version,
        "digest": release.digest,
        "in_force_from": release.in_force_from.isoformat(),
        "service": service,
        "env": environment,
    }
    body = key.jws(canonical(said), TYP)
    return Entry(f"release {release.version} {release.digest[-32:]}", body, leaf_hash(body.encode()))


def read(payload: bytes) -> dict[str, Any]:
    """Read a payload whose signature was checked. Raises BadSignature for anything else."""
    try:
        said = orjson.loads(payload)
    except ValueError:
        raise BadSignature("not a release put into service") from None
    if not isinstance(said, dict) or said.keys() != _SAID:
        raise BadSignature("not a release put into service")
    return said
