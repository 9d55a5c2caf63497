"""The whole ledger as lines of JSON, with everything that is needed to check it on a machine that has nothing else.

    {"kind":"ledger","v":2,"origin":…}                       first
    {"kind":"key", …}                                        every public key there ever was (as published)
    {"kind":"release","version","digest","in_force_from","files":{name: text},"approvals":{name: text}}
    {"kind":"checkpoint","size","made_at","note","frontier"}
    {"kind":"entry","position","id","body","leaf"}           by position; bytes are base64
    {"kind":"end","rows"}                                    last; without it something is wanting behind

Whoever checks an export should have the keys from elsewhere, and in production the list of approvers too: one that
brings its own keys proves only that it agrees with itself.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import chain
from typing import Any

import orjson

from cds.audit.keys import PublishedKey, PublishedKeys
from cds.audit.rows import StoredCheckpoint, StoredEntry
from cds.audit.whole import Whole
from cds.release.approvals import Approvable
from cds.release.frozen import SUMS, Release, digest_of

_FORM = 2
"""The number of the form described above."""


class NotAnExport(ValueError):
    """A line is not what an export has there; told by its number."""


class Incomplete(NotAnExport):
    """The export breaks off. That is no sign of tampering: whoever fetched it was cut off."""

    def __init__(self) -> None:
        super().__init__("the export is incomplete: its last line is not there. Fetch it again")


@dataclass
class Export:
    """What stands before the entries, and the entries still to be read."""

    origin: str
    keys: PublishedKeys
    checkpoints: list[StoredCheckpoint]
    releases: dict[str, Approvable]
    """Each release by version, with what lies beside it."""
    altered: list[str] = field(default_factory=list)
    """Releases whose files are not what their digest says."""
    entries: Iterator[StoredEntry] = field(default_factory=lambda: iter(()))
    rows: int = 0
    """How many entries there should have been; known when all were read."""


def export(ledger: Whole, origin: str, keys: PublishedKeys, releases: Iterable[Release]) -> Iterator[bytes]:
    """The lines, each with its end of line."""
    yield _line("ledger", v=_FORM, origin=origin)
    for key in keys.all:
        yield _line("key", **key.as_json())
    for release in releases:
        files = {
            path.relative_to(release.folder).as_posix(): path.read_text(encoding="utf-8")
            for path in sorted(release.folder.rglob("*"))
            if path.is_file()
        }
        yield _line(
            "release",
            version=release.version,
            digest=release.digest,
            in_force_from=release.in_force_from.isoformat(),
            files=files,
            approvals={name: text.decode("utf-8", "replace") for name, text in Approvable.of(release).files.items()},
        )
    for checkpoint in ledger.checkpoints():
        yield _line(
            "checkpoint",
            size=checkpoint.size,
            made_at=checkpoint.made_at,
            note=checkpoint.note,
            frontier=_text(checkpoint.frontier),
        )
    rows = 0
    for entry in ledger.entries():
        rows += 1
        yield _line("entry", position=entry.position, id=entry.id, body=entry.body, leaf=_text(entry.leaf))
    yield _line("end", rows=rows)


def read_export(lines: Iterable[bytes]) -> Export:
    """Read an export up to its entries, which are read as they are asked for. Raises NotAnExport, then and later."""
    numbered = _numbered(lines)
    number, first = next(numbered, (1, {}))
    if first.get("kind") != "ledger" or not isinstance(first.get("origin"), str):
        raise NotAnExport(f"line {number}: not an export of a ledger")
    if first.get("v") != _FORM:
        raise NotAnExport(f"line {number}: an export in another form than this version writes: export it again")
    keys: list[PublishedKey] = []
    read = Export(first["origin"], PublishedKeys(()), [], {})
    for number, line in numbered:
        try:
            match line["kind"]:
                case "key":
                    keys.append(PublishedKey.from_json(line))
                case "release":
                    _release(read, line)
                case "checkpoint":
                    read.checkpoints.append(
                        StoredCheckpoint(line["size"], line["made_at"], line["note"], _bytes(line["frontier"]))
                    )
                case "entry" | "end":
                    read.entries = _entries(read, chain([(number, line)], numbered))
                    break
                case _:
                    raise NotAnExport(f"line {number}: not a line of an export")
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise NotAnExport(f"line {number}: not a line of an export") from error
    else:
        raise Incomplete
    read.keys = PublishedKeys(keys)
    return read


def _release(read: Export, line: dict[str, Any]) -> None:
    files: dict[str, str] = line["files"]
    sums = "".join(
        f"{hashlib.sha256(files[name].encode()).hexdigest()}  {name}\n" for name in sorted(files) if name != SUMS
    )
    beside = {name: text.encode() for name, text in line["approvals"].items()}
    first_day = date.fromisoformat(line["in_force_from"])
    read.releases[line["version"]] = Approvable(line["version"], line["digest"], first_day, beside)
    if _sorted(sums) != _sorted(files.get(SUMS, "")) or digest_of(files[SUMS]) != line["digest"]:
        read.altered.append(line["version"])


def _sorted(sums: str) -> list[str]:
    """Lines of sums in one order, whatever sorted them."""
    return sorted(sums.splitlines())


def _entries(read: Export, numbered: Iterator[tuple[int, dict[str, Any]]]) -> Iterator[StoredEntry]:
    for number, line in numbered:
        if line.get("kind") == "end":
            if type(line.get("rows")) is not int or next(numbered, None) is not None:
                raise NotAnExport(f"line {number}: not the end of an export")
            read.rows = line["rows"]
            return
        try:
            position, id_, body = line["position"], line["id"], line["body"]
            leaf = _bytes(line["leaf"])
        except (KeyError, TypeError, ValueError) as error:
            raise NotAnExport(f"line {number}: not an entry") from error
        if line["kind"] != "entry" or type(position) is not int or type(id_) is not str or type(body) is not str:
            raise NotAnExport(f"line {number}: not an entry")
        yield StoredEntry(position, id_, body, leaf)
    raise Incomplete


def _numbered(lines: Iterable[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        try:
            said = orjson.loads(line)
        except ValueError:
            if not line.endswith(b"\n"):
                raise Incomplete from None
            raise NotAnExport(f"line {number}: not JSON") from None
        if not isinstance(said, dict):
            raise NotAnExport(f"line {number}: not a line of an export")
        yield number, said


def _line(kind: str, **said: Any) -> bytes:
    return orjson.dumps({"kind": kind, **said}, option=orjson.OPT_APPEND_NEWLINE)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise ValueError("not base64") from None
