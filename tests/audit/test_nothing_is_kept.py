"""Nothing of the person or of the answer stands in the database, in any byte of it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from fastapi.testclient import TestClient
from pydantic import SecretStr

from cds.main import create_app
from cds.release.frozen import Releases
from cds.settings import Settings
from cds.signing import from_base64url


def test_nothing_about_the_person_is_in_the_ledger(tmp_path: Path) -> None:
    """Every byte of the database, and of what its texts encode, is searched for what was sent and answered.

    Words of fewer than eight letters or digits turn up by chance in hashes and signatures. Those are sought as whole
    values, and between quotation marks, which no hash holds; the age only there, since it is also a position.
    """
    marked = {
        "as_of": "2026-11-20",
        "municipality": "5636",
        "facts": {
            "omeq_mg_per_day": {"state": "yes", "value": "73.125", "asked_on": "2026-10-07"},
            "prescribed_opioid": "yes",
            "age": {"state": "yes", "value": "67"},
            "overdoses": {"state": "yes", "items": [{"date": "2017-03-09"}]},
        },
        "statements": [
            {"kind": "condition", "system": "icd-10", "code": "F11.22", "onset": "2015-02"},
        ],
    }
    database = tmp_path / "ledger.sqlite"
    settings = Settings(environment="development", host="127.0.0.1", database_url=SecretStr(f"sqlite:///{database}"))
    with TestClient(create_app(settings, Releases())) as caller:
        answer = caller.post("/v1/assessments", json=marked).json()
        held, values = stored_bytes(database), stored_values(database)
    told = answer["assessment"]
    words = {"5636", "73.125", "2026-10-07", "2017-03-09", "2015-02", "F11.22", "omeq_mg_per_day", "overdoses"}
    words |= {"prescribed_opioid", "refused", "age", told["level"], told["label"], answer["receipt"]["nonce"]}
    words |= {line["id"] for line in told["factors"]} | {line["id"] for line in told["recommendations"]}
    assert b"cds-receipt" in held, "what is looked through is the ledger"
    assert {"2026-11-20", answer["receipt"]["jws"]} <= values, "and its values are those of receipts"
    assert words & values == set()
    sought = {word for word in words if len(word) >= 8 or not word.isalnum()} | {f'"{word}"' for word in {*words, "67"}}
    assert [word for word in sorted(sought) if word.encode() in held] == []
    nonce = from_base64url(answer["receipt"]["nonce"])
    assert nonce not in held
    assert nonce.hex().encode() not in held


def stored_bytes(database: Path) -> bytes:
    """Every byte of the files, and every text decoded as far as it goes."""
    files = [file.read_bytes() for file in database.parent.iterdir()]
    parts = [from_base64url(part) for body in stored_bodies(database) for part in body.split(".")]
    said = [json.loads(from_base64url(body.split(".")[1])) for body in stored_bodies(database)]
    parts += [from_base64url(line[name]) for line in said for name in ("input", "output", "raw") if name in line]
    return b"\n".join([*files, *parts])


def stored_values(database: Path) -> set[str]:
    """Every value of every table, every line of every checkpoint, and every name and value that a signed text holds."""
    with sqlite3.connect(database) as connection:
        tables = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        cells = {str(cell) for table in tables for row in connection.execute(f"SELECT * FROM {table}") for cell in row}  # noqa: S608
    connection.close()
    lines = {line for cell in cells for line in cell.split("\n")}
    signed = [json.loads(from_base64url(part)) for body in stored_bodies(database) for part in body.split(".")[:2]]
    return cells | lines | {str(leaf) for said in signed for leaf in leaves(said)}


def stored_bodies(database: Path) -> list[str]:
    with sqlite3.connect(database) as connection:
        bodies = [body for (body,) in connection.execute("SELECT body FROM entries")]
    connection.close()
    return bodies


def leaves(said: Any) -> Iterator[Any]:
    """The names and the values of JSON, however deep."""
    match said:
        case dict():
            yield from said
            yield from (leaf for value in said.values() for leaf in leaves(value))
        case list():
            yield from (leaf for value in said for leaf in leaves(value))
        case _:
            yield said
