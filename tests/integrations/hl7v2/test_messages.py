"""Norwegian messages of our own: what each is understood to say, through a real socket."""

from __future__ import annotations

from typing import Any

import pytest

from cds.facts import Facts
from integrations.hl7v2.wording import why
from tests.integrations.hl7v2.wire import Client, Server, msa, own

OWN = list(own())


def in_short(facts: Facts) -> dict[str, Any]:
    """Facts as the expectations write them: a state, a value, a date, or a line for each item."""
    short: dict[str, Any] = {}
    for name, answer in facts.known():
        said = answer.model_dump(mode="json", exclude_none=True)
        if said.get("items"):
            short[name] = [_item(item) for item in said["items"]]
        else:
            short[name] = said.get("value") or said.get("date") or said["state"]
    return short


def _item(item: dict[str, str]) -> str:
    intent = item.get("intent")
    parts = [item.get("kind") or item.get("substance"), item.get("date"), None if intent == "unknown" else intent]
    return " ".join(part for part in parts if part)


def made_in(ack: bytes) -> str:
    """The character set an answer names (MSH-18); 2.1 names none."""
    fields = ack.split(b"\r")[0].split(ack[3:4])
    named = fields[17].decode() if len(fields) > 17 else ""
    return {"8859/1": "latin-1", "UNICODE UTF-8": "utf-8", "": "utf-8"}[named]


def control_id(raw: bytes) -> str:
    return raw.split(b"\r")[0].split(raw[3:4])[9].decode()


@pytest.mark.parametrize(("name", "raw", "expected"), OWN, ids=[name for name, _, _ in OWN])
def test_what_a_message_says(server: Server, client: Client, name: str, raw: bytes, expected: dict[str, Any]) -> None:
    server.cases.clear()
    ack = client.ask(raw)
    assert msa(ack) == (expected["ack"], control_id(raw))
    warned = [line.split(b"|")[3].split(b"^")[0].decode() for line in ack.split(b"\r") if line.startswith(b"ERR")]
    assert [int(code) for code in warned] == expected.get("warnings", [])
    if expected["facts"] is None:
        assert server.cases == []
        return
    _, made = server.cases[0]
    result = client.frame().decode(made_in(ack))
    assert result.split(raw[3:4].decode())[8].startswith("ORU")
    assert in_short(made.assessment.facts or Facts()) == expected["facts"]
    unused = [line for line in result.split("\r") if line.startswith("NTE") and "Ikke vurdert: " in line]
    told = [tuple(line.split("Ikke vurdert: ")[1].split(": ")) for line in unused]
    assert sorted(told) == sorted((place, why(reason, "nb")) for place, reason in expected["not_used"])
