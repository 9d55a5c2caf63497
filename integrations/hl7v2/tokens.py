"""HL7 v2 text taken apart by its own separators; nothing is dropped, moved or rewritten.

Why not a library: to take apart an invented 9 kB discharge message of 108 segments, hl7apy's `parse_message` needs
91 ms of processor time and python-hl7 3.9 ms, where this takes 0.14, character set included (1 : 29 : 665 in one run of
`benchmarks/hl7v2.py` on a busy machine; the ratio is what carries over). hl7apy also drops segments that its tables do
not expect (a DG1 in an ORU is gone, with a positive acknowledgement), refuses five separators before 2.7 and rewrites
escapes; python-hl7 reads hexadecimal escapes byte by byte and loses text on unbalanced ones. hl7apy's tables are used
for checking (`tables`), and its validator on everything that is sent (tests).

Fields are split at once, repetitions and components only when somebody asks. Escapes are undone in one pass, after
splitting. Positions are those of the standard: MSH-1 is the field separator.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple
from unicodedata import category

DEFAULT = "|^~\\&"
_NAME = 3
_FEWEST, _MOST = 4, 5
_SHORTEST = len("MSH|^~\\&")
DELETED = '""'
"""Two quotes: the sender deletes the value. For one message by itself that is an empty field."""


class Unreadable(ValueError):
    """The text is no message. `code` is of HL7 table 0357; `reason` repeats nothing that was sent."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Syntax:
    """The separators a message declares, and the character set in which its hexadecimal escapes are to be read."""

    field: str
    component: str
    repetition: str
    escape: str
    subcomponent: str
    truncation: str
    charset: str

    special: re.Pattern[str] = dataclasses.field(init=False, repr=False, compare=False)
    """What a value may not contain: a separator."""

    def __post_init__(self) -> None:
        """Compile once; a syntax is made once for all messages that use it."""
        signs = self.field + self.component + self.repetition + self.escape + self.subcomponent
        object.__setattr__(self, "special", re.compile(f"[{re.escape(signs)}]"))

    @property
    def encoding(self) -> str:
        """MSH-2 as we write it: always four characters, which every version allows."""
        return self.component + self.repetition + self.escape + self.subcomponent

    def unescaped(self, text: str) -> str:
        """Undo escapes, once. What cannot be read as an escape stays as it was sent."""
        if self.escape not in text:
            return text
        return _escapes(self.escape).sub(self._plain, text)

    def _plain(self, match: re.Match[str]) -> str:
        said = match[1]
        known = {
            "F": self.field, "S": self.component, "R": self.repetition, "E": self.escape, "T": self.subcomponent,
            "P": self.truncation or "#", "H": "", "N": "", ".br": "\n", ".sp": "\n",
        }  # fmt: skip
        if said in known:
            return known[said]
        if said[:1] == "X" and len(said) > 1 and len(said) % 2 == 1:
            return _hexadecimal(said[1:], self.charset) or match[0]
        return match[0]

    def escaped(self, text: str) -> str:
        """Text as one value: no separator and no line end of ours can come out of it. Other controls are left out."""
        if text.isprintable() and self.special.search(text) is None:  # most texts, at a tenth of the cost
            return text
        return text.replace("\r\n", "\n").translate(_safe(self))


@lru_cache(maxsize=64)
def _safe(syntax: Syntax) -> dict[int, str]:
    """What each letter that cannot stand in a value is written as."""
    escape = syntax.escape
    table = dict.fromkeys((*range(32), *range(127, 160)), "")
    table |= {ord(end): f"{escape}.br{escape}" for end in "\r\n\u2028\u2029"}
    named = {escape: "E", syntax.field: "F", syntax.component: "S", syntax.repetition: "R", syntax.subcomponent: "T"}
    return table | {ord(letter): f"{escape}{name}{escape}" for letter, name in named.items()}


@lru_cache(maxsize=64)
def _escapes(letter: str) -> re.Pattern[str]:
    sign = re.escape(letter)
    return re.compile(f"{sign}([^{sign}\\r]{{1,64}}){sign}")


def _hexadecimal(digits: str, charset: str) -> str:
    try:
        raw = bytes.fromhex(digits)
    except ValueError:
        return ""
    for name in (charset, "cp1252"):
        try:
            return raw.decode(name)
        except UnicodeDecodeError:
            continue
    return ""


class Segment(NamedTuple):
    """One segment as it was sent. `number` counts the segments of its name from 1.

    A tuple, because a long message has hundreds and a frozen dataclass takes three times as long to make.
    """

    name: str
    number: int
    fields: Sequence[str]
    syntax: Syntax

    @property
    def place(self) -> str:
        """Where it stands, for people: `DG1[2]`."""
        return f"{self.name}[{self.number}]"

    def raw(self, position: int) -> str:
        """A field as it was sent; empty where there is none."""
        if self.name == "MSH":
            if position == 1:
                return self.syntax.field
            position -= 1
        return self.fields[position] if position < len(self.fields) else ""

    def repetitions(self, position: int) -> list[str]:
        """The repetitions of a field that hold something, as they were sent."""
        raw = self.raw(position)
        return [part for part in raw.split(self.syntax.repetition) if part] if raw else []

    def value(self, position: int, component: int = 1, subcomponent: int = 1) -> str:
        """One part of the first repetition, unescaped and without blanks around it."""
        raw = self.raw(position)
        if not raw:
            return ""
        return part(raw.split(self.syntax.repetition, 1)[0], self.syntax, component, subcomponent)


def part(repetition: str, syntax: Syntax, component: int = 1, subcomponent: int = 1) -> str:
    """One part of one repetition, counted from 1, unescaped and without blanks around it."""
    components = repetition.split(syntax.component, component)
    if component > len(components):
        return ""
    text = components[component - 1]
    if subcomponent > 1 or syntax.subcomponent in text:
        subcomponents = text.split(syntax.subcomponent, subcomponent)
        if subcomponent > len(subcomponents):
            return ""
        text = subcomponents[subcomponent - 1]
    text = text.strip()
    if not text or text == DELETED:
        return ""
    return syntax.unescaped(text) if syntax.escape in text else text


def without_controls(text: str) -> str:
    """Text that is said back: all of it but controls, since an id that lost a letter is another's."""
    return text if text.isprintable() else "".join(letter for letter in text if category(letter) != "Cc")


@dataclass(frozen=True, slots=True)
class Message:
    """All segments of one message, in order."""

    syntax: Syntax
    segments: Sequence[Segment]
    named: dict[str, list[Segment]] = dataclasses.field(repr=False)

    @property
    def header(self) -> Segment:
        """MSH."""
        return self.segments[0]

    def all(self, name: str) -> Sequence[Segment]:
        """The segments of a name."""
        return self.named.get(name, ())

    def first(self, name: str) -> Segment | None:
        """The first segment of a name."""
        found = self.named.get(name)
        return found[0] if found else None


@lru_cache(maxsize=256)
def syntax_of(start: str, charset: str = "utf-8") -> Syntax:
    """The separators that the start of an MSH, FHS or BHS segment declares. Raises Unreadable."""
    if len(start) < _SHORTEST:
        raise Unreadable(102, "MSH-2 does not name four separators")
    separator = start[_NAME]
    encoding = start[_NAME + 1 :].split(separator, 1)[0]
    if not _FEWEST <= len(encoding) <= _MOST or len({separator, *encoding}) != 1 + len(encoding):
        raise Unreadable(102, "MSH-2 does not name four or five different separators")
    if any(letter.isalnum() or letter in ' "\x00' or not letter.isprintable() for letter in separator + encoding):
        raise Unreadable(102, "MSH-1 or MSH-2 names a letter, a digit or a blank as a separator")
    component, repetition, escape, subcomponent, *rest = list(encoding)
    return Syntax(separator, component, repetition, escape, subcomponent, "".join(rest), charset)


def lines(text: str) -> list[str]:
    """The lines of a message: ended by CR, CR LF or LF; empty ones are left out.

    In a message that ends its segments with CR, a bare LF ends one only where a segment name follows; elsewhere it is
    part of a text, as some senders write it.
    """
    text = text.replace("\r\n", "\r")
    if "\r" not in text:
        found = text.split("\n")
    elif "\n" in text:
        found = re.split(r"\r|\n(?=[A-Z][A-Z0-9]{2}[^A-Za-z0-9\s])", text)
    else:
        found = text.split("\r")
    return [line for line in found if line.strip(" \t\n\x00")]


def message(of: Sequence[str], charset: str, most_segments: int) -> Message:
    """The message of these lines, the first of which is its MSH. Raises Unreadable."""
    if len(of) > most_segments:
        raise Unreadable(207, f"more than {most_segments} segments")
    if not of or of[0][:_NAME] != "MSH":
        raise Unreadable(100, "the message does not begin with MSH")
    syntax = syntax_of(of[0][: _SHORTEST + 2], charset)
    named: dict[str, list[Segment]] = {}
    segments: list[Segment] = []
    for line in of:
        fields = line.split(syntax.field)
        name = fields[0] if len(fields[0]) == _NAME and fields[0].isalnum() else _name(fields[0], line)
        same = named.setdefault(name, [])
        segment = Segment(name, len(same) + 1, fields, syntax)
        same.append(segment)
        segments.append(segment)
    return Message(syntax, segments, named)


def _name(first: str, line: str) -> str:
    """The name of a segment whose first field is not simply one."""
    name = first.strip()
    return name if len(name) <= _NAME else line[:_NAME]
