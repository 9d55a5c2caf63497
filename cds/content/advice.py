"""The shapes of what follows from an assessment: recommendations, duties after events, checklist, question sets, texts.

All of it came with release 0.2.0; a release from before that has none of these files.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Annotated, Literal

from pydantic import Field, StrictBool, StrictInt, StrictStr, model_validator

from cds.answers import Role
from cds.content.conditions import Condition
from cds.content.texts import Content, Evidence, Id, Many, Text

Urgency = Literal["now", "same_day", "days", "routine"]
URGENCIES: tuple[Urgency, ...] = ("now", "same_day", "days", "routine")
Modality = Literal[
    "skal",
    "må",
    "bør",
    "kan",
    "viktig",
    "tilbys",
    "bidrar",
    "tiltakspakke",
    "anbefales",
    "oppfordres",
    "frarådes",
    "expected",
    "derived",
    "none",
]
"""The rank as the source has it, kept in its own language; `derived` where no source sentence says it as a measure."""
NO_RANK = ("derived", "expected", "none")
"""What stands in place of a rank where the source gives none."""
EventKind = Literal["overdose_death", "alert_received", "alert_ended", "bereaved_known", "next_of_kin_known"]
Area = Literal["national", "oslo"]


def ranks(modality: Iterable[Modality], words: Mapping[str, str]) -> str:
    """The ranks of a measure as the phrases of one language (`words`) write them, else as the source does."""
    return "/".join(words.get(f"rank_{word}", word) for word in modality if word not in NO_RANK) or "–"


class Wording(Content):
    """What is said to the professional, and what is said to the person."""

    clinician: Text
    patient: Text


class Places(Content):
    """Wording for Oslo, whose own offers are named, and for everywhere else."""

    oslo: Wording
    elsewhere: Wording


class UrgencyRule(Content):
    """When something is more urgent than usual."""

    urgency: Urgency
    when: Condition


class Extra(Content):
    """A sentence more, for some people."""

    when: Condition
    text: Wording


class Cadence(Content):
    """How often. A default that a service can change, not a rule."""

    days: StrictInt
    text: Text


class Recommendation(Content):
    """One measure: when it is due, who does it, with what rank, in which words."""

    id: Id
    code: StrictStr
    title: Text
    actor: Text
    modality: Annotated[Many[Modality], Field(min_length=1)]
    modality_note: Text | None = None
    derived: StrictBool = False
    urgency: Urgency
    urgency_rules: Many[UrgencyRule] = ()
    for_roles: Many[Role]
    event: Many[EventKind] = ()
    when: Condition
    area: Area
    text: Wording | None = None
    places: Places | None = None
    extra: Many[Extra] = ()
    because: Text
    cadence: Cadence | None = None
    documentation: Text | None = None
    consent: Text | None = None
    resources: Many[StrictStr] = ()
    asks: Many[StrictStr] = ()
    statements: Annotated[Many[StrictStr], Field(min_length=1)]
    reaches: Many[StrictStr] = ()
    evidence: Annotated[Many[Evidence], Field(min_length=1)]

    @model_validator(mode="after")
    def _one_wording(self) -> Recommendation:
        if (self.text is None) == (self.places is None):
            raise ValueError("either text or places is given")
        return self

    def wording(self, oslo: bool) -> Wording:
        """The wording for Oslo or for elsewhere."""
        if self.places is not None:
            return self.places.oslo if oslo else self.places.elsewhere
        assert self.text is not None
        return self.text


class MustNot(Content):
    """When a recommendation must not be made, and what becomes of it while that is not known."""

    id: Id
    code: StrictStr
    recommendation: StrictStr
    when: Condition
    if_unknown: Literal["recommended", "if_confirmed"]
    ask: Many[StrictStr]
    text: Text
    statements: Many[StrictStr]
    evidence: Many[Evidence]


class Resource(Content):
    """A card, a site, an offer or a legal pointer that recommendations name."""

    title: Text
    note: Text | None = None
    url: StrictStr | None = None
    area: Area
    statements: Many[StrictStr]
    evidence: Many[Evidence]


class Duty(Content):
    """What someone is to do after an event."""

    id: Id
    code: StrictStr
    actor: Text
    modality: Modality
    urgency: Urgency
    when: Literal["usual_recipient_absent"] | None = None
    text: Text
    statements: Many[StrictStr]
    evidence: Many[Evidence]
    caution: Text | None = None


class Event(Content):
    """Something that happened, and the duties that follow."""

    id: EventKind
    title: Text
    duties: Annotated[Many[Duty], Field(min_length=1)]


class ChecklistItem(Content):
    """One question to a district about its own organisation."""

    statement: StrictStr
    id: Id
    modality: Modality
    actor: Text
    question: Text
    measure: StrictStr
    area: Area
    elsewhere: Literal["same"] | Text | None = None
    """Of Oslo's items: how it is asked outside Oslo, in the same words or in others; None where it is not asked."""


class SetQuestion(Content):
    """One question of a conversation, and the facts its answer can fill."""

    id: Id
    code: StrictStr
    text: Text
    answers: Many[StrictStr]
    open: StrictBool
    statements: Many[StrictStr]


class QuestionSet(Content):
    """A whole conversation: why it is held, how often, what must be written down."""

    id: Id
    title: Text
    intro: Text
    cadence: Cadence
    documentation: Text
    evidence: Many[Evidence]
    questions: Many[SetQuestion]


class NoteTexts(Content):
    """Texts of the note for the record and of the text for the person; placeholders stand in braces."""

    headings: dict[StrictStr, Text]
    sentences: dict[StrictStr, Text]
    person: dict[StrictStr, Text]


class WhatIfTexts(Content):
    """Names of single changes, what must be said beside one of them, and what must be said beside all."""

    labels: dict[StrictStr, Text]
    notes: dict[StrictStr, Text] = {}
    disclaimer: Text


class OutlookTexts(Content):
    """Texts for how the level changes with time."""

    outlook: dict[StrictStr, Text]
    what_if: WhatIfTexts
