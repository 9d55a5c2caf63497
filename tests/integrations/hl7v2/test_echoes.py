"""What is said back: in the sender's character set, with its own id, and without a separator where none belongs."""

from __future__ import annotations

from pathlib import Path

import pytest

from integrations.hl7v2.times import partial
from integrations.hl7v2.tokens import lines, message
from tests.integrations.hl7v2.wire import Client, Server, simple


@pytest.mark.parametrize("person", ["12^^^X^MR", "Ærø^^^Ås^MR"], ids=["ASCII", "8859/1"])
def test_a_sender_is_answered_in_its_own_character_set_whatever_it_writes(tmp_path: Path, person: str) -> None:
    file = tmp_path / "senders.yaml"
    file.write_text('senders:\n  - {name: dos, application: DIPS, charset: "8859/1"}\n', encoding="utf-8")
    with Server(senders=file, key=tmp_path / "key") as server, Client(server.port) as client:
        client.send(simple(pid=f"PID|1||{person}").decode().encode("latin-1"))
        ack, result = client.until(b"ACK"), client.until(b"ORU")
        assert [each.split(b"\r")[0].split(b"|")[17] for each in (ack, result)] == [b"8859/1"] * 2
        assert "Poeng, høyst".encode("latin-1") in result
        refused = client.ask(simple(kind="SIU^S12"))
        assert refused.split(b"\r")[0].endswith(b"|8859/1")


@pytest.mark.parametrize("sign", ["\u00a0", "\u200b", "\u00ad", "\u3000"])
def test_an_id_comes_back_letter_for_letter(client: Client, sign: str) -> None:
    client.send(simple(id=f"A{sign}B", asks="||||UNICODE UTF-8", pid=f"PID|1||1{sign}2^^^X^MR"))
    ack, result = client.until(b"ACK").decode(), client.until(b"ORU").decode()
    assert f"MSA|AA|A{sign}B\r" in ack
    assert f"PID|1||1{sign}2^^^X^MR|" in result
    refused = client.ask(simple(id=f"A{sign}B", kind="SIU^S12", asks="||||UNICODE UTF-8")).decode()
    assert f"MSA|AR|A{sign}B\r" in refused


def test_controls_in_an_id_do_not_come_back(client: Client) -> None:
    assert b"MSA|AA|AB\r" in client.ask(simple(id="A\x07B\x85"))


def test_a_batch_is_named_letter_for_letter(client: Client) -> None:
    reply = client.ask("BHS|^~\\&|DIPS|A\u00a0B|||2026||||B\u00a01\r".encode() + simple()).decode()
    assert "|DIPS|A\u00a0B|" in reply.split("\r")[0]
    assert reply.split("\r")[0].endswith("|B\u00a01")


@pytest.mark.parametrize("separators", ["|^-\\&", "|^+\\&", "|_~\\&", "+^~\\&", "|^/\\-"])
def test_no_separator_stands_raw_in_a_value_of_ours(client: Client, separators: str) -> None:
    table = str.maketrans("|^~\\&", separators)
    client.send(simple(version="2.5.1", asks="||||UNICODE UTF-8").decode().translate(table).encode())
    for answer, structure in ((client.until(b"ACK"), "ACK"), (client.until(b"ORU"), "ORU_R01")):
        text = answer.decode()
        head = message(lines(text), "utf-8", 99_999).header
        assert head.raw(2) == separators[1:]
        assert all(len(head.repetitions(position)) <= 1 for position in (7, 9, 12, 18))
        assert [head.value(position) for position in (11, 12, 18)] == ["P", "2.5.1", "UNICODE UTF-8"]
        assert head.value(9, 3) == structure
        assert partial(head.value(7)) is not None
        assert len(head.value(10)) == 20
