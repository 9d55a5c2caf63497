"""Acknowledgements: MSA and ERR in the form of the version of the message that is answered.

ERR speaks of places and codes, never of values. Up to 2.4 it is one field (where, and what), from 2.5 there are
location, code, severity and text; warnings exist only there, since an older ERR has no severity and would read as a
refusal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from integrations.hl7v2.charset import decode
from integrations.hl7v2.tokens import DEFAULT, Segment, Syntax, Unreadable, syntax_of, without_controls

TEXTS = {
    0: "Message accepted", 100: "Segment sequence error", 101: "Required field missing", 102: "Data type error",
    103: "Table value not found", 200: "Unsupported message type", 201: "Unsupported event code",
    202: "Unsupported processing id", 203: "Unsupported version id", 204: "Unknown key identifier",
    205: "Duplicate key identifier", 206: "Application record locked", 207: "Application internal error",
}  # fmt: skip
"""HL7 table 0357."""
AckCode = Literal["AA", "AE", "AR", "CA", "CE", "CR"]
_VERSION = re.compile(r"2\.([1-9])(?!\d)(?:\.(\d))?", re.ASCII)
_MSH = re.compile(rb"(?:^|[\r\n])[ \t\x00]*(?:\xef\xbb\xbf)?(MSH[^\r\n]*)")
_BATCH = re.compile(rb"(?:\xef\xbb\xbf)?[\s\x00]*[FB]HS")
_MOST_PROBLEMS = 10
ODRISK = "ODRISK"
"""Our name as an application (MSH-3) and as assigner of order numbers."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing wrong with a message: what (table 0357), where, how grave, and a text that repeats nothing of it."""

    code: int
    text: str
    segment: str = ""
    sequence: int = 1
    field: int = 0
    severity: Literal["E", "W", "I"] = "E"


class Refused(Exception):
    """A message that is not processed. AR: send it otherwise or not at all; AE: send it again later."""

    def __init__(self, ack: Literal["AE", "AR"], *problems: Problem) -> None:
        super().__init__(ack)
        self.ack: Literal["AE", "AR"] = ack
        self.problems = problems


@dataclass(frozen=True, slots=True)
class Header:
    """What must be known of a message to answer it, whatever state it is in. All texts raw, without controls."""

    syntax: Syntax
    application: str = ""
    facility: str = ""
    our_application: str = ""
    our_facility: str = ""
    sent_at: str = ""
    event: str = ""
    control_id: str = ""
    processing: str = "P"
    version: str = "2.5.1"

    @property
    def number(self) -> tuple[int, int]:
        """The version as (minor, patch): 2.5.1 is (5, 1); (5, 1) too where it says none that can be read."""
        found = _VERSION.match(self.version)
        return (int(found[1]), int(found[2] or 0)) if found else (5, 1)

    @property
    def has_version(self) -> bool:
        """Whether it says a version that can be read: 2.1 to 2.9, whatever stands behind that."""
        return _VERSION.match(self.version) is not None


def header_of(msh: Segment) -> Header:
    """What an MSH says."""
    raw = [without_controls(msh.raw(position)) for position in range(13)]
    return Header(
        syntax=msh.syntax,
        application=raw[3],
        facility=raw[4],
        our_application=raw[5],
        our_facility=raw[6],
        sent_at=raw[7],
        event=without_controls(msh.value(9, 2)),
        control_id=raw[10],
        processing=raw[11],
        version=raw[12].split(msh.syntax.component)[0],
    )


def salvaged(start: bytes, *, whole: bool = True, default: str = "utf-8") -> tuple[Header, str]:
    """What can be read of the first MSH of a frame that is no readable message, and its character set in Python.

    A batch has none: what is said of it is not said of its first message. `whole`: that nothing is missing at the end
    of these bytes. Otherwise a field that nothing follows may be half a field, and half an id is another message's.
    """
    found = None if _BATCH.match(start) else _MSH.search(start)
    if found is None:
        return Header(syntax_of("MSH" + DEFAULT)), "utf-8"
    line = found[1]
    if not whole and found.end() == len(start):
        line = line.rpartition(line[3:4] or b"|")[0]
    text, charset = _decoded(line, default)
    try:
        syntax = syntax_of(text[:11])
    except Unreadable:
        syntax = syntax_of("MSH" + DEFAULT)
        if text[3:4] != syntax.field:
            return Header(syntax), charset
    return header_of(Segment("MSH", 1, text.split(syntax.field), syntax)), charset


def _decoded(line: bytes, default: str) -> tuple[str, str]:
    try:
        decoded = decode(line, default)
    except Unreadable:
        return line.decode("ascii", "replace"), "utf-8"
    return decoded.text, decoded.charset


def acknowledgement(
    header: Header,
    code: AckCode,
    problems: Sequence[Problem],
    *,
    own_id: str,
    now: str,
    charset: str,
) -> str:
    """One acknowledgement. `own_id` is its MSH-10, `now` its MSH-7 and `charset` its MSH-18.

    An accept acknowledgement (CA, CE, CR) is of the type ACK alone.
    """
    syntax, (minor, _), plain = header.syntax, header.number, code[0] == "C"
    kind = [("ACK")]
    if header.event and minor > 1 and not plain:
        kind = ["ACK", syntax.escaped(header.event)]
    if minor >= 5:  # noqa: PLR2004 - MSH-9.3 came with 2.3.1 and is always expected from 2.5
        kind = [*(kind if len(kind) > 1 else ["ACK", ""]), "ACK"] if header.event and not plain else ["ACK"]
    fields = [
        "MSH", syntax.encoding, header.our_application or ODRISK, header.our_facility, header.application,
        header.facility, syntax.escaped(now), "", syntax.component.join(kind), own_id,
        header.processing or "P", header.version,
    ]  # fmt: skip
    if minor >= 3:  # noqa: PLR2004 - MSH-18 came with 2.3
        fields += ["", "", "", "", "", syntax.escaped(charset)]
    msa = ["MSA", code, header.control_id]
    if minor < 5 and problems:  # noqa: PLR2004 - from 2.5 on ERR-8 holds the text
        msa.append(syntax.escaped(min(problems, key=lambda problem: "EIW".index(problem.severity)).text)[:80])
    lines = [syntax.field.join(fields), syntax.field.join(msa), *_errors(problems, code, header)]
    return "\r".join(lines) + "\r"


def _errors(problems: Sequence[Problem], code: AckCode, header: Header) -> Iterable[str]:
    syntax, (minor, _) = header.syntax, header.number
    join, sub = syntax.component.join, syntax.subcomponent.join
    grave = [problem for problem in problems if problem.severity == "E"]
    if minor >= 5:  # noqa: PLR2004 - the longer ERR came with 2.5
        for problem in [*grave, *(problem for problem in problems if problem.severity != "E")][:_MOST_PROBLEMS]:
            where = join(_place(problem))
            what = join([str(problem.code), TEXTS[problem.code], "HL70357"])
            yield syntax.field.join(
                ["ERR", "", where, what, problem.severity, "", "", "", syntax.escaped(problem.text)]
            )
    elif grave and code not in ("AA", "CA"):
        places = []
        for problem in grave[:_MOST_PROBLEMS]:
            what = sub([str(problem.code), TEXTS[problem.code], "HL70357"]) if minor > 1 else str(problem.code)
            places.append(join([*[*_place(problem), "", "", ""][:3], what]))
        yield syntax.field.join(["ERR", places[0] if minor <= 1 else syntax.repetition.join(places)])


def _place(problem: Problem) -> list[str]:
    if not problem.segment:
        return []
    place = [problem.segment, str(problem.sequence)]
    return [*place, str(problem.field)] if problem.field else place
