"""Public messages nobody here wrote: no segment lost, and every frame answered. Read where they are present."""

from __future__ import annotations

import os
import re
from collections import Counter
from pathlib import Path

import pytest

from integrations.hl7v2.charset import decode
from integrations.hl7v2.profiles import UNKNOWN
from integrations.hl7v2.reading import read
from integrations.hl7v2.tokens import Unreadable, lines, message
from tests.integrations.hl7v2.wire import TODAY, Client, Server, msa, own

CORPORA = Path(os.environ.get("CDS_CORPORA") or Path(__file__).parents[4] / "shared" / "corpora") / "hl7v2"
LEAST = 800
PARTS = 4


def corpus() -> list[tuple[str, bytes]]:
    """Every message of the corpora; files may hold several."""
    found = []
    for file in sorted(CORPORA.rglob("*.hl7")):
        raw = file.read_bytes()
        for number, text in enumerate(re.split(rb"(?=(?:^|(?<=\n)|(?<=\r))(?:\xef\xbb\xbf)?MSH[^A-Za-z0-9\s])", raw)):
            if text.strip():
                found.append((f"{file.relative_to(CORPORA)}#{number}", text))
    return found


@pytest.fixture(scope="module")
def messages() -> list[tuple[str, bytes]]:
    """The public messages, or a skipped test that says why."""
    if not CORPORA.is_dir():
        pytest.skip(f"no public messages in {CORPORA} (set CDS_CORPORA to read them from elsewhere)")
    found = corpus()
    assert len(found) >= LEAST
    return found


def by_hand(raw: bytes) -> Counter[str]:
    """The segments of a message counted by other means: what stands at the start of each line."""
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
    return Counter(re.findall(r"(?m)(?:^|(?<=\r))([A-Z][A-Z0-9]{2})(?=[^A-Za-z0-9\s]|\s*$)", text.replace("\r", "\n")))


def offered(raw: bytes) -> Counter[str]:
    """What the readers were offered."""
    decoded = decode(raw)
    return read(message(lines(decoded.text), decoded.charset, 5_000), UNKNOWN, TODAY).offered


def test_no_segment_of_a_public_message_is_lost(messages: list[tuple[str, bytes]]) -> None:
    lost = {}
    for name, raw in messages:
        try:
            found = offered(raw)
        except Unreadable as error:
            lost[name] = error.reason
            continue
        if found != by_hand(raw):
            lost[name] = f"{by_hand(raw) - found} {found - by_hand(raw)}"
    assert lost == {}


@pytest.mark.parametrize(("name", "raw", "_"), list(own()), ids=[name for name, _, _ in own()])
def test_no_segment_of_our_own_messages_is_lost(name: str, raw: bytes, _: object) -> None:
    assert offered(raw) == by_hand(raw)


def control_id(raw: bytes) -> str:
    line = re.split(rb"[\r\n]", raw.removeprefix(b"\xef\xbb\xbf").lstrip())[0]
    return line.split(line[3:4])[9].decode("latin-1").strip()


@pytest.mark.parametrize("share", range(PARTS))
def test_every_public_message_is_answered(server: Server, messages: list[tuple[str, bytes]], share: int) -> None:
    codes: Counter[str] = Counter()
    with Client(server.port) as client:
        for name, raw in messages[share::PARTS]:
            client.send(raw)
            ack = client.until(b"ACK")
            code, answered = msa(ack)
            assert answered == control_id(raw), name
            assert code == "AA" or b"ERR" in ack, name
            codes[code] += 1
    assert codes.total() == len(messages[share::PARTS])
    assert codes["AA"] > 0
    assert codes["AR"] > 0
