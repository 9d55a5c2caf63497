"""An assessment as a note for the caller's own record, and as a text to give the person. The service keeps neither."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cds.answers import Answer, Choice, DatedAnswer, Happened, Quantity, State
from cds.assessment import Assessment
from cds.content.advice import NoteTexts, ranks
from cds.content.folder import Content
from cds.records.merge import Conflict


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """Plain text, one for the record and one for the person, and what must be said beside them."""

    record: str
    person: str
    caution: str


def note(assessment: Assessment, content: Content) -> Note | None:
    """Both texts in the assessment's language. None where the release has no texts for it."""
    if content.advice is None:
        return None
    writer = _Writer(assessment, content, content.advice.note)
    drafts = (caution.text for caution in content.cautions.sentences if caution.applies == "note")
    caution = " ".join(text.in_(assessment.language) for text in drafts)
    return Note(record="\n".join(writer.record()), person="\n".join(writer.person()), caution=caution)


class _Writer:
    def __init__(self, assessment: Assessment, content: Content, texts: NoteTexts) -> None:
        self.assessment = assessment
        self.content = content
        language = assessment.language
        self.headings = {name: text.in_(language) for name, text in texts.headings.items()}
        self.sentences = {name: text.in_(language) for name, text in texts.sentences.items()}
        self.words = {name: text.in_(language) for name, text in texts.person.items()}
        self.labels = {name: fact.label.in_(language) for name, fact in content.facts.facts.items()}
        self.states = {name: text.in_(language) for name, text in content.facts.states.items()}
        self.phrases = {name: text.in_(language) for name, text in content.phrases.items()}
        self.conflicts = {conflict.fact: conflict for conflict in assessment.conflicts or ()}

    def record(self) -> Iterator[str]:
        """What was known, found, missing and advised, by which release."""
        made, sentences = self.assessment, self.sentences
        yield sentences["as_of_line"].format(as_of=made.as_of.isoformat())
        yield from self._level()
        for block in made.acute or ():
            yield block.title
            yield from (f"- {step}" for step in block.steps)
        if made.acute is None:
            yield from self._part("known", self._known(), "nothing_known")
            if made.level != "not_applicable":  # nobody looked for what raises the danger where no level applies
                yield from self._part("found", self._found(), "nothing_found")
            yield from self._part("missing", self._missing(), None)
            yield from self._part("advised", self._advised(), None)
        yield ""
        yield self.headings["provenance"]
        yield sentences["release_line"].format(
            release=made.provenance.release,
            digest_short=made.provenance.digest.removeprefix("sha256:")[:12],
            as_of=made.as_of.isoformat(),
        )
        yield ""
        yield self.headings["not_a_diagnosis"]
        yield from (sentences[name] for name in ("not_a_diagnosis", "no_reason_to_refuse", "low_does_not_protect"))
        yield from (sentences[name] for name in ("consent_line", "nothing_kept"))

    def _level(self) -> Iterator[str]:
        made, sentences = self.assessment, self.sentences
        special = {
            "acute": "acute_line", "undetermined": "undetermined_line", "not_applicable": "not_applicable_line",
        }  # fmt: skip
        if made.level in special:
            yield sentences[special[made.level]]
        else:
            yield sentences["level_line"].format(level=made.label)
        if made.level_at_most is not None and made.level_at_most != made.level:
            labels = {level.id: level.label.in_(made.language) for level in self.content.levels.levels}
            yield sentences["could_be_line"].format(level_at_most=labels[made.level_at_most])
        yield from (reason.text for reason in made.level_because or ())

    def _part(self, heading: str, lines: Iterator[str], otherwise: str | None) -> Iterator[str]:
        told = list(lines)
        if told or otherwise is not None:
            yield ""
            yield self.headings[heading]
            yield from (f"- {line}" for line in told)
            if not told and otherwise is not None:
                yield self.sentences[otherwise]

    def _known(self) -> Iterator[str]:
        facts = self.assessment.facts
        for name, answer in facts.known() if facts is not None else ():
            if answer.state in (State.YES, State.NO):
                details = [
                    *self._details(name, answer),
                    *([] if answer.asked_on is None else [answer.asked_on.isoformat()]),
                ]
                told = f" ({', '.join(dict.fromkeys(details))})" if details else ""
                yield f"{self.labels[name]}: {self.states[answer.state].lower()}{told}{self._differs(name)}"

    def _differs(self, name: str) -> str:
        """What each side says where they differ, as a sentence to stand behind what is used of it."""
        conflict = self.conflicts.get(name)
        sentence = "differs_line" if conflict is None or conflict.implied_by is None else "differs_from_date_line"
        if conflict is None or sentence not in self.sentences:
            return ""
        sides = {"sent": self._side(conflict, conflict.sent), "derived": self._side(conflict, conflict.derived)}
        because_of = self.labels.get(conflict.implied_by or "", "")
        return ". " + self.sentences[sentence].format(fact=because_of, **sides)

    def _side(self, conflict: Conflict, told: str) -> str:
        """A state or a value of a choice in words; a number or dates as they are."""
        values = self.content.facts.facts[conflict.fact].values
        if told in self.states:
            return self.states[told].lower()
        return values[told].in_(self.assessment.language) if told in values else told

    def _found(self) -> Iterator[str]:
        for line in self.assessment.factors or ():
            if line.outcome == "present":
                dates = dict.fromkeys(date for fact in line.facts for date in fact.dates or ())
                when = f" ({', '.join(dates)})" if dates else ""
                yield f"{line.title}: {'; '.join(tier.text for tier in line.tiers)}{when}"

    def _missing(self) -> Iterator[str]:
        facts = self.assessment.facts
        outdated = {fact.fact for line in self.assessment.factors or () for fact in line.facts if fact.state == "stale"}
        for name, answer in facts.known() if facts is not None else ():
            if answer.state is State.REFUSED:
                yield f"{self.labels[name]}: {self.sentences['declined']}"
            elif answer.state is State.UNKNOWN and (differs := self._differs(name)):
                yield f"{self.labels[name]}: {self.states[answer.state].lower()}{differs}"
            elif name in outdated and answer.asked_on is not None:
                yield self.sentences["stale_line"].format(fact=self.labels[name], asked_on=answer.asked_on.isoformat())
        for question in self.assessment.questions or ():
            yield f"{question.topic}: " + ", ".join(self.labels[ask.fact] for ask in question.asks)

    def _advised(self) -> Iterator[str]:
        for line in self.assessment.recommendations or ():
            if line.urgency == "now" and line.status == "if_confirmed":
                continue  # what is due in an emergency belongs into the record of an emergency
            rank = ranks(line.modality, self.phrases)
            advice = self.sentences["advice_line"].format(advice=line.text, actor=line.actor, modality=rank)
            if line.status == "if_confirmed":
                asked = ", ".join(self.labels[fact] for fact in line.ask or ())
                advice = self.sentences["if_confirmed_line"].format(question=asked) + " " + advice
            yield f"{line.title}. {advice}"

    def _topics(self) -> list[str]:
        """What is worth talking about, by the places of the questions: no factor and no diagnosis by name."""
        places = {place.order: place.topic.in_(self.assessment.language) for place in self.content.questions}
        found = {
            self.content.facts.facts[fact.fact].order
            for line in self.assessment.factors or ()
            if line.outcome == "present"
            for fact in line.facts
            if fact.state != "unknown"
        }
        return [places[order].lower() for order in sorted(found & places.keys())]

    def person(self) -> Iterator[str]:
        """What the person can take home: no level, no points, no diagnosis."""
        made, words = self.assessment, self.words
        for block in made.acute or ():
            yield block.title
            yield from (f"- {step}" for step in block.steps)
        if made.acute is not None:
            return
        yield words["greeting"]
        topics = self._topics()
        if topics:
            yield words["what_we_talked_about"].format(topics=", ".join(topics))
        due = [line for line in made.recommendations or () if line.status == "recommended"]
        if due:
            yield words["what_you_can_do"].format(advice="").rstrip()
            yield from (f"- {line.text_for_person}" for line in due)
        for name in ("keep_medicines", "when_to_ring_113", "more_information", "closing"):
            yield words[name]

    def _details(self, name: str, answer: Answer) -> Iterator[str]:
        match answer:
            case Quantity(value=value) if value is not None:
                yield answer.told
            case Choice(value=value) if value is not None:
                yield self.content.facts.facts[name].values[value.value].in_(self.assessment.language)
            case DatedAnswer(date=date) if date is not None:
                yield date.text
            case Happened(items=items):
                yield from (item.date.text for item in items if item.date is not None)
