"""An assessment as ORU^R01, in the separators and the character set of the message it answers.

One OBR for the assessment; OBX for points, level, each acute block, each measure, the rules and the receipt, with NTE
for reasons, sources and everything in the message that was not assessed. Nothing in it depends on when it is made: the
same message under the same rules gives the same bytes. The person is named by PID-3 alone, exactly as it was sent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property, lru_cache

from cds.assessment import Assessment, EvidenceLine, FactUsed, RecommendationLine
from cds.content.texts import Language
from cds.records.reasons import Reason
from integrations.hl7v2.acknowledge import ODRISK, Header
from integrations.hl7v2.answers import Answer
from integrations.hl7v2.draft import NoteReason
from integrations.hl7v2.profiles import Sender
from integrations.hl7v2.reading import Reading
from integrations.hl7v2.times import partial
from integrations.hl7v2.tokens import Message, Syntax, without_controls
from integrations.hl7v2.wording import why, word

SYSTEM = "99ODR"
"""Our own codes. No LOINC code exists for this score, and that of another score would be a false claim."""
_FLAGS = {"low": "N", "elevated": "A", "high": "H", "very_high": "HH", "acute": "HH", "undetermined": "A"}
"""OBX-8, table 0078. Undetermined is marked as abnormal, so that nobody reads it as normal."""
_CODED_FROM = "2.5"
"""CWE is called CE before."""
_MOST_TEXT = 30_000
_MOST_MADE = 2_000


@dataclass(frozen=True, slots=True)
class Ids:
    """The identifiers of one result: MSH-10 and OBR-3."""

    message: str
    order: str


def result(
    message: Message, header: Header, sender: Sender, reading: Reading, answer: Answer, *, ids: Ids, charset: str
) -> str:
    """The ORU^R01 for one message. `charset`: its MSH-18."""
    return _Result(message, header, sender, reading, answer, ids, charset).text()


@lru_cache(maxsize=512)
def _named(syntax: Syntax, code: str, name: str, language: Language) -> str:
    return syntax.component.join(map(syntax.escaped, (code, word(name, language), SYSTEM)))


@lru_cache(maxsize=16)
def _made(syntax: Syntax, language: Language, digest: str) -> dict[tuple[object, ...], str]:
    """The notes of measures already written, under the texts of the release they come from. Nothing of a message."""
    return {}


@dataclass
class _Result:
    message: Message
    header: Header
    sender: Sender
    reading: Reading
    answer: Answer
    ids: Ids
    charset: str
    lines: list[str] = field(default_factory=list)
    obx: int = 0
    nte: int = 0

    @property
    def assessment(self) -> Assessment:
        return self.answer.assessment

    @cached_property
    def _made(self) -> dict[tuple[object, ...], str]:
        return _made(self.header.syntax, self.language, self.assessment.provenance.digest)

    @cached_property
    def _day(self) -> str:
        return self.assessment.as_of.strftime("%Y%m%d")

    @property
    def language(self) -> Language:
        return self.sender.language

    @property
    def status(self) -> str:
        """OBX-11 and OBR-25: corrected, preliminary while the minimum is not known, else final."""
        if self.reading.corrects:
            return "C"
        return "P" if self.assessment.level == "undetermined" else "F"

    def text(self) -> str:
        self._head()
        self._points_and_level()
        for number, block in enumerate(self.assessment.acute or (), 1):
            self._coded("ACUTE", "acute", number, value=block.id, text=block.title, flag="HH")
            self._notes([*block.steps, self._sources(block.evidence)])
        for number, line in enumerate(self.assessment.recommendations or (), 1):
            self._measure(number, line)
        self._provenance()
        return "\r".join(self.lines) + "\r"

    def _line(self, *fields: str) -> None:
        self.lines.append(self.header.syntax.field.join(fields).rstrip(self.header.syntax.field))

    def _components(self, *values: str) -> str:
        syntax = self.header.syntax
        return syntax.component.join(map(syntax.escaped, values))

    def _head(self) -> None:
        header, syntax = self.header, self.header.syntax
        asks = ["AL", "NE"] if self.sender.acknowledgement == "enhanced" else ["", ""]
        sent = self.message.header.value(7)
        when = syntax.escaped(sent) if partial(sent) is not None else self._day
        kind, version, charset = map(self._components, ("ORU_R01", self.sender.result_version, self.charset))
        self._line(
            "MSH", syntax.encoding, header.our_application or ODRISK, header.our_facility, header.application,
            header.facility, when, "", syntax.component.join(("ORU", "R01", kind)), self.ids.message,
            header.processing or "P", version, "", "", *asks, "", charset,
        )  # fmt: skip
        pid = self.message.first("PID")
        echo = "" if pid is None else without_controls(pid.raw(3))
        self._line("PID", "1", "", echo, "", syntax.component * 6 + "U")
        battery = self._components(ODRISK, word("battery", self.language), SYSTEM)
        order = self._components(self.ids.order, ODRISK)
        self._line("OBR", "1", "", order, battery, "", "", self._day, *[""] * 14, when, "", "", self.status)
        self.nte = 0
        if self.reading.corrects:
            self._notes([word("retracted" if self.reading.retracts else "corrected", self.language)])

    def _points_and_level(self) -> None:
        said = self.assessment
        if said.points is not None:
            self._number("SCORE", "score", said.points.at_least)
            self._number("SCORE_AT_MOST", "score_at_most", said.points.at_most)
        self._coded("LEVEL", "level", 1, value=said.level, text=said.label, flag=_FLAGS.get(said.level, ""))
        present = (factor for factor in said.factors or () if factor.outcome == "present")
        self._notes(
            [
                said.meaning or "",
                *(reason.text for reason in said.level_because or ()),
                *(f"{one.code} {one.title}: {one.because}{self._from(one.facts)}" for one in present),
                *(caution.text for caution in said.cautions or ()),
            ]
        )
        if said.level_at_most is not None:
            label = self.answer.at_most_label or said.level_at_most
            self._coded(
                "LEVEL_AT_MOST",
                "level_at_most",
                1,
                value=said.level_at_most,
                text=label,
                flag=_FLAGS[said.level_at_most],
            )

    def _measure(self, number: int, line: RecommendationLine) -> None:
        sure = line.status == "recommended"
        code, name = ("MEASURE", "measure") if sure else ("MEASURE_IF_CONFIRMED", "measure_if")
        self._coded(code, name, number, value=line.code, text=line.title, flag="")
        asks = " ".join([self.answer.questions.get(fact, fact) for fact in line.ask or ()])
        key = (line.urgency, line.actor, line.modality, line.text, line.because, asks, line.evidence)
        if key not in self._made:
            begun = len(self.lines)
            self._notes(
                [
                    f"{word(line.urgency, self.language)}. {line.actor} ({'/'.join(line.modality)})",
                    line.text,
                    word("because", self.language, text=line.because),
                    word("ask", self.language, text=asks) if asks else "",
                    self._sources(line.evidence),
                ]
            )
            if len(self._made) >= _MOST_MADE:
                self._made.clear()
            self._made[key] = "\r".join(self.lines[begun:])
            return
        self.lines.append(self._made[key])

    def _provenance(self) -> None:
        rules = self.assessment.provenance
        engines = "+".join(rules.engines)
        self._value("ST", "RULES", "rules", f"{rules.release} {rules.digest} {engines} {rules.service}")
        self._notes(self._unused())
        receipt = self.answer.receipt
        if receipt is not None:
            self._value("TX", "RECEIPT", "receipt", receipt.jws)
            if receipt.nonce is not None:
                self._value("TX", "RECEIPT_NONCE", "nonce", receipt.nonce)

    def _unused(self) -> Iterator[str]:
        for line in self.assessment.not_used or ():
            place = self.reading.places[line.statement]
            about = f" ({self.answer.labels.get(line.fact, line.fact)})" if line.fact else ""
            yield self._not_assessed(f"{place}{about}", line.reason)
        for note in self.reading.notes:
            place = f"{note.place} x{note.count}" if note.count > 1 else note.place
            yield self._not_assessed(place, note.reason)

    def _not_assessed(self, place: str, reason: NoteReason | Reason) -> str:
        return word("unused", self.language, place=place, why=why(reason, self.language))

    def _from(self, facts: Iterable[FactUsed]) -> str:
        origins = self.assessment.origins or {}
        places = dict.fromkeys(self.reading.places[index] for used in facts for index in origins.get(used.fact, ()))
        return f" ({word('from', self.language, text=', '.join(places))})" if places else ""

    def _sources(self, evidence: Iterable[EvidenceLine]) -> str:
        titles = self.assessment.sources or {}
        found: dict[str, list[str]] = {}
        for line in evidence:
            title = titles[line.source].title if line.source in titles else line.source
            places = found.setdefault(title, [])
            if line.locator not in places:
                places.append(line.locator)
        text = "; ".join(f"{title}: {', '.join(places)}" for title, places in found.items())
        return word("sources", self.language, text=text) if text else ""

    def _number(self, code: str, name: str, value: int) -> None:
        units = self._components("{score}", "score", "UCUM")
        self._observed("NM", code, name, "1", value=str(value), units=units)

    def _coded(self, code: str, name: str, sub: int, *, value: str, text: str, flag: str) -> None:
        kind = "CWE" if self.sender.result_version >= _CODED_FROM else "CE"
        self._observed(kind, code, name, str(sub), value=self._components(value, text, SYSTEM), flag=flag)

    def _value(self, kind: str, code: str, name: str, value: str) -> None:
        self._observed(kind, code, name, "1", value=self.header.syntax.escaped(value))

    def _observed(
        self, kind: str, code: str, name: str, sub: str, *, value: str, units: str = "", flag: str = ""
    ) -> None:
        self.obx += 1
        self.nte = 0
        what = _named(self.header.syntax, code, name, self.language)
        self._line(
            "OBX", str(self.obx), kind, what, sub, value, units, "", flag, "", "", self.status, "", "", self._day
        )

    def _notes(self, texts: Iterable[str]) -> None:
        for text in texts:
            if text:
                self.nte += 1
                self._line("NTE", str(self.nte), "", self.header.syntax.escaped(text[:_MOST_TEXT]))
