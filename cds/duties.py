"""What follows when something happens in a district: a death, an alert, somebody bereaved or close becomes known.

About services, never about a person: nothing that is asked for here says who it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from cds import __version__
from cds.answers import Frozen
from cds.assessment import CautionLine, EvidenceLine, Provenance, SourceLine
from cds.content.advice import URGENCIES, Duty, Event, EventKind, Modality, Urgency
from cds.content.folder import Content
from cds.content.texts import Evidence, Language
from cds.dates import Day
from cds.places import in_words_of
from cds.release.frozen import Release

DutyStatus = Literal["recommended", "if_confirmed"]
CONFLICTS: dict[EventKind, tuple[str, ...]] = {"overdose_death": ("X14",)}
"""Where the sources have no recommendation or disagree about what an event asks for."""
ABOUT_SERVICES = frozenset({"sources-age", "law-is-a-pointer"})
"""Cautions that hold for advice to services too; the other general ones speak of a person's level."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DutyLine:
    """One thing to do: by whom, with what rank, how soon. `ask` names what settles an `if_confirmed`."""

    id: str
    code: str
    status: DutyStatus
    actor: str
    modality: Modality
    urgency: Urgency
    text: str
    statements: tuple[str, ...]
    evidence: tuple[EvidenceLine, ...]
    caution: str | None = None
    ask: str | None = None


class EventAnswer(Frozen):
    """The duties after one event. Its provenance names no engines: no rules are evaluated, the event says it all."""

    as_of: Day
    language: Language
    event: EventKind
    title: str
    duties: tuple[DutyLine, ...]
    cautions: tuple[CautionLine, ...]
    sources: dict[str, SourceLine]
    provenance: Provenance


def duties(
    release: Release,
    event: Event,
    as_of: date,
    *,
    usual_recipient_absent: bool | None,
    language: Language,
    oslo: bool,
) -> EventAnswer:
    """The duties after an event of the release, most urgent first, each with the rank its source gives it.

    `usual_recipient_absent` None is unknown, and unknown is never absent: what it decides is then `if_confirmed`.
    `oslo` is True only where the place is known to be Oslo.
    """
    event = in_words_of("oslo" if oslo else "elsewhere", event, release.content.phrases)
    due = [duty for duty in event.duties if duty.when is None or usual_recipient_absent is not False]
    due.sort(key=lambda duty: URGENCIES.index(duty.urgency))
    lines = tuple(_line(duty, usual_recipient_absent, language) for duty in due)
    content = release.content
    return EventAnswer(
        as_of=as_of,
        language=language,
        event=event.id,
        title=event.title.in_(language),
        duties=lines,
        cautions=(*conflicts(content, CONFLICTS.get(event.id, ()), language), *cautions(content, language, oslo)),
        sources=source_lines(content, (line for duty in lines for line in duty.evidence), language),
        provenance=provenance(release),
    )


def _line(duty: Duty, usual_recipient_absent: bool | None, language: Language) -> DutyLine:
    open_ = duty.when is not None and usual_recipient_absent is None
    return DutyLine(
        id=duty.id,
        code=duty.code,
        status="if_confirmed" if open_ else "recommended",
        actor=duty.actor.in_(language),
        modality=duty.modality,
        urgency=duty.urgency,
        text=duty.text.in_(language),
        statements=duty.statements,
        evidence=evidence_lines(duty.evidence),
        caution=None if duty.caution is None else duty.caution.in_(language),
        ask=duty.when if open_ else None,
    )


def evidence_lines(evidence: Iterable[Evidence]) -> tuple[EvidenceLine, ...]:
    """References as an answer shows them."""
    return tuple(
        EvidenceLine(source=item.source, statement=item.statement, locator=item.locator, note=item.note)
        for item in evidence
    )


def source_lines(content: Content, cited: Iterable[EvidenceLine], language: Language) -> dict[str, SourceLine]:
    """The documents behind references, each once, with how old it is."""
    found = {name: content.sources[name] for name in sorted({line.source for line in cited})}
    return {
        name: SourceLine(
            title=source.title,
            edition=source.edition,
            age=None if source.age_note is None else source.age_note.in_(language),
        )
        for name, source in found.items()
    }


def conflicts(content: Content, names: Iterable[str], language: Language) -> Iterator[CautionLine]:
    """Where the sources disagree or are silent, as far as the release says so."""
    known = content.cautions.conflicts
    return (CautionLine(id=name, text=known[name].text.in_(language)) for name in names if name in known)


def cautions(content: Content, language: Language, oslo: bool) -> Iterator[CautionLine]:
    """What must be said beside advice to services; unless the place is Oslo, also what the advice is worth elsewhere.

    Releases from before 0.4.0 say instead what exists only in Oslo.
    """
    sentences = content.cautions.sentences
    elsewhere = "outside_oslo" if any(each.applies == "outside_oslo" for each in sentences) else "oslo_only"
    for caution in sentences:
        if caution.id in ABOUT_SERVICES or (caution.applies == elsewhere and not oslo):
            yield CautionLine(id=caution.id, text=caution.text.in_(language))


def provenance(release: Release) -> Provenance:
    """What an answer rests on when no rules were evaluated."""
    return Provenance(release=release.version, digest=release.digest, engines=(), service=__version__)
