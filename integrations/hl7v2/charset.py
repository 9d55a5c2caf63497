"""Which characters the bytes of a message are. Strict: no byte is ever replaced or skipped.

Order: a byte order mark, then the first repetition of MSH-18, then the sender's configured default. Bytes that are
valid UTF-8 beyond ASCII are UTF-8 whatever the message says: Norwegian text in ISO 8859-1 never is by chance (an æ, ø
or å there is a lead byte that no continuation byte follows). What is not what it says is tried once as windows-1252,
with a warning in the acknowledgement; so is ISO 8859-1 with bytes that are letters only there.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass

from integrations.hl7v2.tokens import Unreadable

_MSH = re.compile(rb"(?:^|[\r\n])MSH([^\r\n]*)")
_MSH_18 = 17
"""The 18th field, counted in what follows the letters MSH: MSH-1 is the separator itself."""
_CONTROLS = re.compile(rb"[\x80-\x9f]")
"""Controls in ISO 8859-1 that nobody writes; letters and signs in windows-1252, which is often called by its name."""
NAMES = {
    "ASCII": "ascii",
    "UNICODE": "utf-8",
    "UNICODE UTF-8": "utf-8",
    "UTF-8": "utf-8",
    "UTF8": "utf-8",
    **{f"8859/{part}": f"iso8859-{part}" for part in (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 15, 16)},
}
"""HL7 table 0211 as far as it is spoken here, with the usual misspellings, to the names Python knows."""
_WRITTEN = {"utf-8": "UNICODE UTF-8", **{f"iso8859-{part}": f"8859/{part}" for part in (1, 4, 9, 10, 13, 14, 15)}}
"""What answers are written in: the sets that hold æ, ø and å. A message in another is answered in UTF-8."""
_PLAIN = str.maketrans({
    "–": "-", "—": "-", "‑": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": "...", "≥": ">=", "≤": "<=", "→": "->",
    "•": "*", "\u202f": " ", "\u2009": " ", "€": "EUR", "−": "-", "č": "c", "š": "s", "ž": "z",
})  # fmt: skip
"""Typographic signs that a set lacks, as they were written before there were any."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """The text of a message, what its bytes turned out to be, and what was wrong with what it said of itself."""

    text: str
    charset: str
    warning: str | None = None


def declared(raw: bytes) -> str:
    """MSH-18, first repetition, of the first MSH in these bytes; empty where there is none."""
    found = _MSH.search(raw)
    if found is None or not found[1]:
        return ""
    fields = found[1].split(found[1][:1])
    if len(fields) <= _MSH_18:
        return ""
    repetition = found[1][2:3] or b"~"
    return fields[_MSH_18].split(repetition)[0].strip().decode("ascii", "replace").upper()


def decode(raw: bytes, default: str = "utf-8") -> Decoded:
    """The text of a message. `default`: a Python name. Raises Unreadable where no honest reading exists."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Unreadable(102, "UTF-16 is not read here")
    if raw.startswith(codecs.BOM_UTF8):
        raw, said, default = raw[len(codecs.BOM_UTF8) :], "UTF-8", "utf-8"
    else:
        said = declared(raw)
    name = NAMES.get(said)
    warning = None
    if name is None:
        name = default
        if said:
            warning = "MSH-18 names a character set that is not known here"
    if raw.isascii():
        return Decoded(raw.decode("ascii"), name if name in _WRITTEN else "utf-8", warning)
    if name != "utf-8":
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            pass
        else:
            return Decoded(text, "utf-8", "the message is UTF-8, which MSH-18 does not say")
    strange = name == "iso8859-1" and _CONTROLS.search(raw) is not None
    for attempt in ("cp1252", name) if strange else (name, "cp1252"):
        try:
            text = raw.decode(attempt)
        except UnicodeDecodeError:
            continue
        if attempt == name:
            return Decoded(text, attempt, warning)
        return Decoded(
            text, _answerable(text), "the message is not in the character set of MSH-18; read as windows-1252"
        )
    raise Unreadable(102, "the bytes are neither what MSH-18 says nor windows-1252")


def _answerable(text: str) -> str:
    """In what to answer windows-1252, so that what is echoed comes back as it was sent."""
    try:
        text.encode("iso8859-1")
    except UnicodeEncodeError:
        return "utf-8"
    return "iso8859-1"


def name_for(charset: str) -> tuple[str, str]:
    """In which character set to answer a message, by its names in Python and in HL7."""
    return (charset, _WRITTEN[charset]) if charset in _WRITTEN else ("utf-8", _WRITTEN["utf-8"])


def encode(text: str, charset: str) -> bytes:
    """An answer as bytes. Signs that the set lacks are written plainly; a letter it lacks becomes a question mark."""
    if charset == "utf-8":
        return text.encode()
    return text.encode(charset, _PLAINLY)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    assert isinstance(error, UnicodeEncodeError)
    letter = error.object[error.start]
    return _PLAIN.get(ord(letter), "?"), error.start + 1


_PLAINLY = "integrations.hl7v2.plainly"
codecs.register_error(_PLAINLY, _plainly)
