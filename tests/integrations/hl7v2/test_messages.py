"""Norwegian messages of our own: what each is understood to say, through a real socket."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from cds.facts import Facts
from integrations.hl7v2.wording import WHY
from tests.integrations.hl7v2.wire import RELEASES, TODAY, Client, Server, msa, own

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


def reasons(result: str, today: date = TODAY) -> list[tuple[str, str]]:
    """Place and reason of everything a result calls not assessed; reasons and facts by their names in the rules."""
    facts = RELEASES.in_force(today).content.facts.facts
    of_words = {words["nb"]: reason for reason, words in WHY.items()}
    assert len(of_words) == len(WHY)
    told = []
    for line in result.split("\r"):
        if line.startswith("NTE") and "Ikke vurdert: " in line:
            place, words = line.split("Ikke vurdert: ")[1].rsplit(": ", 1)
            for name, fact in facts.items():
                place = place.replace(f"({fact.label.in_('nb')})", f"({name})")
            told.append((place, of_words[words]))
    return told


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
    assert sorted(reasons(result)) == sorted((place, reason) for place, reason in expected["not_used"])
