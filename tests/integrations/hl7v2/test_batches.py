"""Batches of messages in several character sets, and of acknowledgements."""

from __future__ import annotations

import base64
import json
from pathlib import Path

import pytest

from cds.audit.receipt import commitment
from tests.integrations.hl7v2.wire import Client, Server, msa, simple

HEAD = b"FHS|^~\\&|DIPS\rBHS|^~\\&|DIPS|SYKEHUSET|||20261120||||B7\r"
UTF_8 = simple(id="U8", asks="||||UNICODE UTF-8", pid="PID|1||Ærø1^^^Ås^MR")
LATIN = simple(id="L1", asks="||||8859/1", pid="PID|1||Ærø2^^^Ås^MR").decode().encode("latin-1")


def batch(*messages: bytes) -> bytes:
    return HEAD + b"".join(messages) + f"BTS|{len(messages)}\rFTS|1\r".encode()


def results(client: Client, count: int) -> dict[bytes, bytes]:
    """The results that follow, by the value of their PID-3."""
    found = [client.until(b"ORU") for _ in range(count)]
    return {result.split(b"\rPID|")[1].split(b"|")[2]: result for result in found}


def opened(result: bytes) -> tuple[str, bytes]:
    """The commitment to the message in the receipt of a result, and the nonce that opens it."""
    obx = {line.split(b"|")[3].split(b"^")[0]: line.split(b"|")[5] for line in result.split(b"\r") if b"OBX|" in line}
    payload, nonce = (
        part + b"=" * (-len(part) % 4) for part in (obx[b"RECEIPT"].split(b".")[1], obx[b"RECEIPT_NONCE"])
    )
    return json.loads(base64.urlsafe_b64decode(payload))["raw"], base64.urlsafe_b64decode(nonce)


def test_every_message_of_a_batch_keeps_its_own_character_set(client: Client) -> None:
    client.send(batch(UTF_8, LATIN))
    reply = client.frame()
    assert [line[:9] for line in reply.split(b"\r") if line.startswith(b"MSA")] == [b"MSA|AA|U8", b"MSA|AA|L1"]
    assert b"MSH^1^18" not in reply
    found = results(client, 2)
    assert set(found) == {"Ærø1^^^Ås^MR".encode(), "Ærø2^^^Ås^MR".encode("latin-1")}


@pytest.mark.parametrize("raw", [UTF_8, LATIN], ids=["UTF-8", "8859/1"])
def test_a_message_is_the_same_alone_and_in_a_batch(client: Client, raw: bytes) -> None:
    client.send(raw)
    alone = client.until(b"ORU")
    client.send(batch(simple(id="OTHER"), raw))
    client.frame()
    (together,) = (result for pid, result in results(client, 2).items() if b"r" in pid)
    assert together == alone


@pytest.mark.parametrize("raw", [UTF_8.replace(b"U8", b"U9"), LATIN.replace(b"L1", b"L9")], ids=["UTF-8", "8859/1"])
def test_the_receipt_of_a_message_in_a_batch_commits_to_the_bytes_that_were_sent(client: Client, raw: bytes) -> None:
    client.send(batch(raw))
    client.frame()
    committed, nonce = opened(client.frame())
    assert commitment(nonce, "raw", raw) == committed


def test_a_message_without_a_character_set_has_that_of_its_sender_in_a_batch_too(tmp_path: Path) -> None:
    file = tmp_path / "senders.yaml"
    file.write_text('senders:\n  - {name: dos, application: DIPS, charset: "8859/1"}\n', encoding="utf-8")
    raw = simple(id="D1", pid="PID|1||Ærø^^^Ås^MR").decode().encode("latin-1")
    with Server(senders=file, key=tmp_path / "key") as server, Client(server.port) as client:
        assert b"MSH^1^18" not in client.ask(batch(raw))
        assert "|Ærø^^^Ås^MR|".encode("latin-1") in client.frame()


def test_a_batch_of_acknowledgements_is_not_answered(server: Server, client: Client) -> None:
    before = server.count("results", outcome="unmatched")
    acks = [f"MSH|^~\\&|||||2026||ACK^R01^ACK|{n}|P|2.5.1\rMSA|AA|R{n}\r".encode() for n in range(2)]
    client.send(batch(*acks))
    assert msa(client.ask(simple(id="AFTER"))) == ("AA", "AFTER")
    assert server.count("results", outcome="unmatched") == before + 2


def test_an_acknowledgement_among_messages_of_a_batch_is_not_answered(client: Client) -> None:
    reply = client.ask(batch(b"MSH|^~\\&|||||2026||ACK|1|P|2.5.1\rMSA|AA|R1\r", simple(id="B1")))
    assert [line for line in reply.split(b"\r") if line.startswith((b"MSA", b"BTS"))] == [b"MSA|AA|B1", b"BTS|1"]


@pytest.mark.parametrize(
    "raw",
    [
        HEAD + b"NTE|1||lost\r" + simple(id="B1") + b"BTS|1\r",
        HEAD + simple(id="B1") + b"BTS|1\rDG1|1||F11.2^^ICD-10\rFTS|1\r",
    ],
    ids=["before", "after"],
)
def test_a_segment_that_belongs_to_no_message_of_a_batch_refuses_it(server: Server, client: Client, raw: bytes) -> None:
    server.cases.clear()
    assert msa(client.ask(raw))[0] == "AR"
    assert server.cases == []


def test_a_batch_that_lost_all_its_messages_is_to_be_sent_again(client: Client) -> None:
    assert msa(client.ask(HEAD + b"BTS|2\rFTS|1\r"))[0] == "AE"
