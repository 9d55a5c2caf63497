"""Where frames begin and end, however the bytes come."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.hl7v2.frames import Deframer, Frame, framed

LIMIT = 64
NO_MARKS = st.binary(max_size=LIMIT).filter(
    lambda data: b"\x1c\r" not in data and not data.endswith(b"\x1c") and b"\x0b" not in data
)


@settings(max_examples=200)
@given(st.lists(NO_MARKS, max_size=4), st.lists(st.integers(0, 400), max_size=12))
def test_frames_come_out_as_they_went_in_wherever_they_are_cut(messages: list[bytes], cuts: list[int]) -> None:
    wire = b"\r\n".join(framed(message) for message in messages)
    places = sorted({min(cut, len(wire)) for cut in cuts} | {0, len(wire)})
    deframer = Deframer(LIMIT)
    found = [frame for start, end in pairwise(places) for frame in deframer.feed(wire[start:end])]
    assert found == [Frame(message) for message in messages]
    assert deframer.junk == 0
    assert not deframer.inside


def test_a_lone_end_mark_is_data() -> None:
    assert Deframer(LIMIT).feed(framed(b"a\x1cb\x1c\x1cc")) == [Frame(b"a\x1cb\x1c\x1cc")]


def test_what_stands_between_frames_is_counted_unless_it_is_filling() -> None:
    deframer = Deframer(LIMIT)
    assert deframer.feed(b"\r\n\x00junk" + framed(b"a") + b"\n" + framed(b"b")) == [Frame(b"a"), Frame(b"b")]
    assert deframer.junk == len(b"junk")


def test_a_frame_over_the_limit_runs_through_and_the_next_is_read() -> None:
    deframer = Deframer(10_000)
    found = []
    wire = framed(b"M" * 50_000) + framed(b"next")
    for start in range(0, len(wire), 777):
        found += deframer.feed(wire[start : start + 777])
        assert len(deframer._buffer) <= 10_000 + 777
    assert [(frame.too_large, len(frame.data)) for frame in found] == [(True, 4_096), (False, 4)]


def test_an_unfinished_frame_shows_its_beginning() -> None:
    deframer = Deframer(LIMIT)
    assert deframer.unfinished() is None
    assert deframer.feed(b"\x0bMSH|") == []
    assert deframer.unfinished() == Frame(b"MSH|", unfinished=True)
