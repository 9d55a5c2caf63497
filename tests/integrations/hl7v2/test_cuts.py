"""A line that breaks off in the middle of a message, and messages run together: never a word for the wrong one."""

from __future__ import annotations

import pytest

from integrations.hl7v2.frames import Deframer, Frame, framed
from tests.integrations.hl7v2.test_wire import quick  # noqa: F401 - the fixture
from tests.integrations.hl7v2.wire import END, START, Client, Server, errors, msa, own, simple

A03 = next(raw for name, raw, _ in own() if "prison-release" in name)
NEXT = simple(id="NEXT", kind="ORU^R01", pid="PID|1||77^^^X^MR", more="OBR|1")


def test_a_message_cut_off_anywhere_is_never_mixed_with_the_next(quick: Server) -> None:  # noqa: F811
    quick.cases.clear()
    known = A03.index(b"|N001|") + len(b"|N001|")
    with Client(quick.port) as client:
        for cut in range(1, len(A03) + 2):
            client.write((START + A03 + END)[: cut + 1])
            client.send(NEXT)
            assert msa(client.until(b"ACK")) == ("AE", "N001" if cut >= known else ""), cut
            assert msa(client.until(b"ACK")) == ("AA", "NEXT"), cut
    assert {case.raw for case, _ in quick.cases} <= {NEXT}


def test_a_frame_begun_again_at_once_is_one_message(quick: Server) -> None:  # noqa: F811
    with Client(quick.port) as client:
        client.write(START * 3 + NEXT + END)
        assert msa(client.frame()) == ("AA", "NEXT")


def test_a_new_beginning_ends_a_frame_however_the_bytes_come() -> None:
    wire = b"\x0bMSH|one" + framed(b"two") + b"\x0b\x0bMSH|three\x1c" + framed(b"four\x1c")
    expected = [
        Frame(b"MSH|one", unfinished=True), Frame(b"two"), Frame(b"MSH|three\x1c", unfinished=True), Frame(b"four\x1c"),
    ]  # fmt: skip
    for size in range(1, len(wire) + 1):
        deframer = Deframer(64)
        found = [frame for at in range(0, len(wire), size) for frame in deframer.feed(wire[at : at + size])]
        assert found == expected, size


@pytest.mark.parametrize("size", [63, 64, 65])
@pytest.mark.parametrize("step", [1, 7, 66, 100])
def test_the_limit_is_the_same_however_the_bytes_come(size: int, step: int) -> None:
    wire, deframer = framed(b"M" * size), Deframer(64)
    found = [frame for at in range(0, len(wire), step) for frame in deframer.feed(wire[at : at + step])]
    assert [(frame.too_large, frame.data) for frame in found] == [(size > 64, b"M" * size)]


def test_a_second_message_in_one_frame_is_refused_and_nothing_of_it_assessed(quick: Server) -> None:  # noqa: F811
    quick.cases.clear()
    for between in (b"", b"\r\n", b" "):
        with Client(quick.port) as client:
            ack = client.ask(simple(id="MM1") + between + simple(id="MM2", kind="ADT^A13"))
            assert msa(ack) == ("AR", "MM1")
            assert errors(ack) == [("MSH^2", "100", "E")]
            assert msa(client.ask(NEXT)) == ("AA", "NEXT")
    assert [case.raw for case, _ in quick.cases] == [NEXT] * 3


def test_an_acknowledgement_in_one_frame_with_a_message_does_not_hide_it(quick: Server) -> None:  # noqa: F811
    with Client(quick.port) as client:
        ack = client.ask(b"MSH|^~\\&|||||2026||ACK|1|P|2.5.1\rMSA|AA|X\r" + simple(id="MM2"))
    assert msa(ack) == ("AR", "MM2")


def test_what_cannot_be_read_is_refused_under_its_own_id(quick: Server) -> None:  # noqa: F811
    with Client(quick.port) as client:
        assert msa(client.ask(b"HELLO\r" + simple(id="LATER"))) == ("AR", "LATER")
        huge = simple(id="BLÅ", more="NTE|1||" + "x" * 1_100_000)
        assert "|BLÅ".encode() in client.ask(huge)
        latin = simple(id="BLÅ", asks="||||8859/1", more="NTE|1||" + "x" * 1_100_000).decode().encode("latin-1")
        refused = client.ask(latin)
        assert "|BLÅ".encode("latin-1") in refused
        assert b"|8859/1" in refused.split(b"\r")[0]
