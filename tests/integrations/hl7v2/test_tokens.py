"""The tokenizer and the character sets: what goes in comes out."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.hl7v2.charset import decode, encode
from integrations.hl7v2.tokens import Unreadable, lines, message, part, syntax_of

SYNTAX = syntax_of("MSH|^~\\&|")
TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp", "Zs")) | st.sampled_from(" |^~\\&\n")
)


@given(TEXT)
def test_escaping_and_unescaping_gives_the_text_back(text: str) -> None:
    for syntax in (SYNTAX, syntax_of("MSH$%~!@$"), syntax_of("MSH|^~\\&#|")):
        written = syntax.escaped(text)
        assert not {syntax.field, syntax.component, syntax.repetition, "\r", "\n"} & set(written)
        assert syntax.unescaped(written) == text


@given(TEXT)
def test_an_escaped_value_stays_one_value(text: str) -> None:
    msh = "MSH|^~\\&|A|B"
    read = message([msh, f"NTE|1||{SYNTAX.escaped(text)}|end"], "utf-8", 9).all("NTE")[0]
    assert read.value(4) == "end"
    assert part(read.raw(3), SYNTAX) == text.strip(" ")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("\\T\\", "&"), ("\\F\\\\S\\\\R\\\\E\\", "|^~\\"), ("a\\.br\\b", "a\nb"), ("\\XC3A6\\", "æ"), ("\\XE6\\", "æ"),
        ("\\H\\bold\\N\\", "bold"), ("\\Zlocal\\", "\\Zlocal\\"), ("50\\ % ", "50\\ % "), ("\\XZZ\\", "\\XZZ\\"),
        ("\\E\\T\\E\\", "\\T\\"),
    ],
)  # fmt: skip
def test_escapes_are_undone_once(sent: str, meant: str) -> None:
    assert SYNTAX.unescaped(sent) == meant


@pytest.mark.parametrize("start", ["MSH|^~\\", "MSH|^~^&|", "MSH||^~\\&|", "MSH|^~\\&#%|", "MSHA^~\\&|", "MSH|"])
def test_separators_that_are_none_are_refused(start: str) -> None:
    with pytest.raises(Unreadable) as refused:
        syntax_of(start)
    assert refused.value.code == 102


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_every_line_end_ends_a_segment(end: str) -> None:
    assert lines(end.join(["MSH|^~\\&", "", "PID|1", "ZZZ|x", ""])) == ["MSH|^~\\&", "PID|1", "ZZZ|x"]


def test_a_line_feed_inside_a_text_stays_there_and_one_before_a_segment_ends_it() -> None:
    assert lines("MSH|^~\\&\rNTE|1||first\nsecond\nDG1|1\rPID|1") == [
        "MSH|^~\\&",
        "NTE|1||first\nsecond",
        "DG1|1",
        "PID|1",
    ]


def head(charset: str) -> bytes:
    return b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5.1||||||" + charset.encode() + b"\rPID|1||1||"


@pytest.mark.parametrize(
    ("said", "codec", "warned"),
    [
        ("UNICODE UTF-8", "utf-8", False), ("8859/1", "latin-1", False), ("8859/15", "iso8859-15", False),
        ("", "utf-8", False), ("", "latin-1", True), ("UNICODE UTF-8", "latin-1", True), ("8859/1", "utf-8", True),
        ("ASCII", "utf-8", True), ("ASCII", "latin-1", True), ("UNICODE", "utf-8", False), ("GREEK", "utf-8", True),
    ],
)  # fmt: skip
def test_norwegian_letters_are_read_whatever_the_message_says_of_itself(said: str, codec: str, warned: bool) -> None:
    decoded = decode(head(said) + "Bjørnøy^Åse Sæther".encode(codec))
    assert decoded.text.endswith("Bjørnøy^Åse Sæther")
    assert (decoded.warning is not None) is warned


def test_bytes_that_are_nothing_are_refused() -> None:
    with pytest.raises(Unreadable):
        decode(head("UNICODE UTF-8") + b"\xc3\x81\x8d\xff")
    with pytest.raises(Unreadable):
        decode("MSH|^~\\&|".encode("utf-16"))


def test_answers_in_8859_1_write_typographic_signs_plainly() -> None:
    assert encode("Kåre – «nå» ≥ 5", "iso8859-1") == "Kåre - «nå» >= 5".encode("latin-1")
