"""Asking a listener with a message of a few segments, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from cds.facts import Facts
from tests.integrations.hl7v2.test_messages import in_short, reasons
from tests.integrations.hl7v2.wire import Client, Server, msa

LATER = date(2026, 11, 24)
"""A day whose rules read observations."""
PID = "PID|1||4711^^^SYKEHUS^MR"
OXYCODONE, MORPHINE, DIAZEPAM = "N02AA05^Oksykodon^ATC", "N02AA01^Morfin^ATC", "N05BA01^Diazepam^ATC"


@dataclass
class Said:
    """What came back for one message. Without a result all but `ack` is empty."""

    ack: str
    as_of: str
    facts: dict[str, Any]
    told: list[tuple[str, str]]
    """Place and reason of everything that was not assessed."""
    least: int
    most: int
    result: str


class Ask(Protocol):
    """Sends a message of these segments (its MSH and, if there is none among them, its PID are added)."""

    def __call__(self, *lines: str, event: str = ..., sent: str = ...) -> Said: ...


def asker(server: Server, client: Client) -> Ask:
    """Asks this listener over this connection."""

    def send(*lines: str, event: str = "RDE^O11", sent: str = "20261120101500") -> Said:
        server.cases.clear()
        msh = f"MSH|^~\\&|DIPS|SYKEHUSET ØST|CDS|ODRISK|{sent}||{event}|T1|P|2.5.1||||||UNICODE UTF-8"
        pid = [] if any(line.startswith("PID") for line in lines) else [PID]
        code = msa(client.ask("\r".join([msh, *pid, *lines, ""]).encode()))[0]
        if not server.cases:
            return Said(code, "", {}, [], 0, 0, "")
        case, made = server.cases[0]
        result = client.frame().decode()
        points = made.assessment.points
        assert points is not None
        facts = in_short(made.assessment.facts or Facts())
        told = reasons(result, LATER)
        return Said(code, case.as_of.isoformat(), facts, told, points.at_least, points.at_most, result)

    return send


def order(control: str = "NW", dated: str = "20261102") -> str:
    """An ORC."""
    return f"ORC|{control}|R1|||||||{dated}"
