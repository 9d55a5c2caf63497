"""The promises about the socket: cuts, packets, slow and huge senders; no acknowledgement is lost, nobody stalls."""

from __future__ import annotations

import random
import resource
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from cds.assess import Assessor
from cds.facts import Facts
from integrations.hl7v2.answers import Answer, Case
from tests.integrations.hl7v2.wire import END, HERE, RELEASES, START, TODAY, Client, Server, msa, own

A03 = next(raw for name, raw, _ in own() if "prison-release" in name)
MUTANTS, AT_ONCE = 10_000, 50


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A listener that answers every case with one short assessment, so that the socket is what is tried."""
    with answering_at_once(tmp_path_factory.mktemp("quick")) as running:
        yield running


@contextmanager
def answering_at_once(folder: Path, **changes: Any) -> Iterator[Server]:
    """Such a listener. Its limits of time are those of a machine that others use, but for the changes."""
    limits = {"frame_seconds": 120, "idle_seconds": 300} | changes
    with Server(senders=HERE / "senders.yaml", key=folder / "hl7.key", **limits) as running:
        with Client(running.port) as client:
            assert msa(client.ask(A03)) == ("AA", "N001")
        acute = Assessor(RELEASES.in_force(TODAY)).assess(Facts.model_validate({"overdose_now": "yes"}), TODAY)
        made = Answer(acute)

        async def at_once(_: Case) -> Answer:
            return made

        running.assess = at_once
        yield running


def with_id(raw: bytes, name: str) -> bytes:
    return raw.replace(b"|N001|", f"|{name}|".encode())


def test_a_frame_may_be_cut_anywhere(quick: Server) -> None:
    with Client(quick.port) as client:
        for cut in range(len(A03) + 3):
            raw = START + with_id(A03, f"C{cut}") + END
            client.write(raw[:cut])
            client.write(raw[cut:])
            assert msa(client.until(b"ACK")) == ("AA", f"C{cut}")


def test_one_byte_at_a_time(quick: Server) -> None:
    with Client(quick.port) as client:
        for byte in START + with_id(A03, "BYTES") + END:
            client.write(bytes([byte]))
        assert msa(client.frame()) == ("AA", "BYTES")


def test_two_frames_in_a_packet_are_two_messages(quick: Server) -> None:
    with Client(quick.port) as client:
        client.send(with_id(A03, "FIRST"), with_id(A03, "SECOND"))
        assert [msa(client.until(b"ACK")) for _ in range(2)] == [("AA", "FIRST"), ("AA", "SECOND")]


def mutants() -> Iterator[bytes]:
    """Our own messages, each damaged in one to four places."""
    chance = random.Random(2575)
    originals = [raw for _, raw, _ in own()]
    signs = b'|^~\\&\r\n\x00\x1c\xff\xe6"0A'
    for _ in range(MUTANTS):
        raw = bytearray(chance.choice(originals))
        for _ in range(chance.randint(1, 4)):
            place, kind = chance.randrange(len(raw)), chance.randrange(5)
            if kind == 0:
                del raw[place : place + chance.randint(1, 12)]
            elif kind == 1:
                raw[place:place] = bytes(chance.choices(signs, k=chance.randint(1, 6)))
            elif kind == 2:
                raw[place] = chance.choice(signs)
            elif kind == 3:
                del raw[place:]
            else:
                start = chance.randrange(len(raw))
                raw[place:place] = raw[start : start + chance.randint(1, 60)]
            raw = raw or bytearray(b"M")
        yield bytes(raw).replace(END, b"\x1c").rstrip(b"\x1c").replace(b"\x0b", b"")


def is_answerable(raw: bytes) -> bool:
    """A frame that reads as an acknowledgement is never answered."""
    return b"|ACK" not in raw


def test_ten_thousand_mutants_are_all_answered(quick: Server) -> None:
    sent = [raw for raw in mutants() if is_answerable(raw)]
    failures = quick.count("messages", code="AE")
    codes: dict[str, int] = {}
    with Client(quick.port) as client:
        for start in range(0, len(sent), AT_ONCE):
            some = sent[start : start + AT_ONCE]
            client.send(*some)
            for _ in some:
                code, _ = msa(client.until(b"ACK"))
                codes[code] = codes.get(code, 0) + 1
        client.send(with_id(A03, "AFTER"))
        assert msa(client.until(b"ACK"))[0] in ("AA", "AE", "AR")
    assert sum(codes.values()) == len(sent) > MUTANTS * 0.99
    assert codes["AA"] > MUTANTS / 3
    assert codes["AR"] > 100
    assert quick.count("messages", code="AE") - failures == codes["AE"]


def test_slow_senders_are_cut_off_and_stall_nobody(tmp_path: Path) -> None:
    with answering_at_once(tmp_path, frame_seconds=3) as hurried:
        slow = [Client(hurried.port) for _ in range(150)]
        for client in slow:
            client.write(START + A03[:60])
        with Client(hurried.port) as ordinary:
            answered = []
            began = time.monotonic()
            turn = 0
            while time.monotonic() < began + 3.5:
                ordinary.send(with_id(A03, f"S{turn}"))
                assert msa(ordinary.until(b"ACK")) == ("AA", f"S{turn}")
                answered.append(time.monotonic() - began)
                for client in slow[turn % 5 :: 5]:
                    try:
                        client.write(b"x")
                    except OSError:
                        continue
                turn += 1
        assert sum(moment < 2.5 for moment in answered) > 3, "none of whom waited until the slow ones were cut off"
        for client in slow:
            assert msa(client.frame())[0] == "AE"
            client.socket.close()
        assert hurried.count("frames", reason="too_slow") == 150


def test_frames_of_20_megabytes_are_refused_and_cost_little(quick: Server) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    huge = A03 + b"ZZZ|" + b"x" * 65_536 * 16
    with Client(quick.port) as client:
        for number in range(3):
            client.write(START + with_id(huge, f"H{number}"))
            for _ in range(18):
                client.write(b"y" * 1_048_576)
            client.write(END)
            ack = client.frame()
            assert msa(ack) == ("AR", f"H{number}")
            assert b"larger than 1048576 bytes" in ack
        assert msa(client.ask(with_id(A03, "THEN"))) == ("AA", "THEN")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 120_000


def test_a_frame_that_never_ends_is_answered_before_the_connection_closes(quick: Server) -> None:
    with Client(quick.port) as client:
        client.write(START + with_id(A03, "NOEND"))
        client.socket.shutdown(socket.SHUT_WR)
        assert msa(client.frame()) == ("AE", "NOEND")
        with pytest.raises(EOFError):
            client.frame()


def test_connections_over_the_limit_are_closed(tmp_path: Path) -> None:
    with Server(key=tmp_path / "k", max_connections_per_peer=2) as few:
        kept = [Client(few.port), Client(few.port)]
        assert [msa(client.ask(A03))[0] for client in kept] == ["AA", "AA"]
        with Client(few.port) as third, pytest.raises((EOFError, ConnectionError)):
            third.ask(A03)
        assert few.count("refused", limit="per_peer") == 1
        for client in kept:
            client.socket.close()


def test_a_result_that_nobody_acknowledges_is_counted_and_the_same_message_gives_it_again(tmp_path: Path) -> None:
    with Server(key=tmp_path / "k", senders=HERE / "senders.yaml", acknowledgement_seconds=60) as server:
        with Client(server.port) as client:
            client.send(A03)
            first = client.until(b"ORU")
            client.send(A03)
            assert client.until(b"ORU") == first
            own_id = first.split(b"|")[9]
            client.send(b"MSH|^~\\&|||||2026||ACK|9|P|2.5.1\rMSA|AA|" + own_id + b"\r")
            assert msa(client.ask(with_id(A03, "LAST"))) == ("AA", "LAST")
        assert server.count("results", outcome="acknowledged") == 1
        assert server.count("repeated", what="same") == 1
    assert server.count("results", outcome="unacknowledged") == 1


def test_a_result_that_is_sent_again_hides_no_other_that_nobody_acknowledges(tmp_path: Path) -> None:
    def unacknowledged() -> float:
        return server.count("results", outcome="unacknowledged")

    with (
        Server(key=tmp_path / "k", senders=HERE / "senders.yaml", acknowledgement_seconds=4) as server,
        Client(server.port) as client,
    ):
        for name, pause in (("TWICE", 0.0), ("ONCE", 2.0), ("TWICE", 0.0)):
            client.send(with_id(A03, name))
            client.until(b"ORU")
            time.sleep(pause)
        until = time.monotonic() + 60
        while not unacknowledged() and time.monotonic() < until:
            time.sleep(0.01)
        assert unacknowledged() == 1
