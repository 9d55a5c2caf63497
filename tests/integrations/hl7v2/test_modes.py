"""Enhanced acknowledgement, and batches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integrations.hl7v2.wire import Client, Server, msa, simple


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Server]:
    """A listener whose one sender uses enhanced acknowledgement."""
    file = tmp_path / "senders.yaml"
    file.write_text("senders:\n  - {name: asks, application: DIPS, acknowledgement: enhanced}\n", encoding="utf-8")
    with Server(senders=file, key=tmp_path / "key") as running:
        yield running


@pytest.mark.parametrize(
    ("asks", "good", "codes"),
    [
        ("|", True, ["AA"]), ("AL|AL", True, ["CA", "AA"]), ("AL|NE", True, ["CA"]), ("NE|AL", True, ["AA"]),
        ("NE|NE", True, []), ("ER|ER", True, []), ("SU|SU", True, ["CA", "AA"]), ("AL|AL", False, ["CR", "AR"]),
        ("ER|SU", False, ["CR"]), ("SU|ER", False, ["AR"]), ("|AL", True, ["AA"]), ("Y|", True, ["CA"]),
        ("Y|NE", False, ["CR"]), ("NE|Y", True, ["AA"]),
    ],
)  # fmt: skip
def test_enhanced_mode_gives_what_msh_15_and_16_ask_for(
    asking: Server, asks: str, good: bool, codes: list[str]
) -> None:
    with Client(asking.port) as client:
        client.send(simple(asks="|" + asks, mode="P" if good else "X"), simple(id="END", asks="|AL|NE", kind="SIU^S12"))
        found, results = [], 0
        while True:
            frame = client.frame()
            if b"ORU" in frame.split(b"\r")[0]:
                results += 1
            elif msa(frame)[1] == "END":
                break
            else:
                found.append(msa(frame)[0])
    assert (found, results) == (codes, int(good))


def batch(*messages: bytes, count: str) -> bytes:
    return (
        b"FHS|^~\\&|DIPS\rBHS|^~\\&|DIPS|SYKEHUSET|||20261120||||B7\r"
        + b"".join(messages)
        + f"BTS|{count}\rFTS|1\r".encode()
    )


def test_a_batch_gets_one_reply_with_an_acknowledgement_for_each_message(client: Client) -> None:
    client.send(batch(simple(id="B1"), simple(id="B2", kind="SIU^S12"), simple(id="B3"), count="3"))
    reply = client.frame()
    lines = reply.decode().split("\r")
    assert lines[0].startswith("BHS|^~\\&|")
    assert lines[0].split("|")[11] == "B7"
    assert [line.split("|")[1:3] for line in lines if line.startswith("MSA")] == [
        ["AA", "B1"],
        ["AR", "B2"],
        ["AA", "B3"],
    ]
    assert lines[-2] == "BTS|3"
    assert [b"ORU" in client.frame().split(b"\r")[0] for _ in range(2)] == [True, True]


def test_a_batch_that_lost_a_message_is_not_processed(server: Server, client: Client) -> None:
    server.cases.clear()
    reply = client.ask(batch(simple(id="B1"), simple(id="B2"), count="3")).decode()
    assert [line.split("|")[1] for line in reply.split("\r") if line.startswith("MSA")] == ["AE", "AE"]
    assert server.cases == []
