"""An assessment as NAV and municipal social services may see it: the closed set of advice, and nothing else.

Rendered from the frozen assessment and never computed again: an item is given by the measures the assessment already
holds, with their urgency. Level, points, factors, facts, questions, sources and reasons are left out by building a new
object that has no place for them. Acute blocks stand unmasked: in an emergency everyone gets the same help.

What the answer still lets a reader infer, and why so little: measures of the health service all become one item
(N02), urgency says how soon and never why, and what NAV offers anyone stands beside every talk. NAV gets no more out
than can be inferred from what NAV itself has sent.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from cds.answers import Frozen
from cds.assessment import AcuteLines, Assessment, RecommendationLine
from cds.content.advice import URGENCIES, Urgency
from cds.content.folder import Content
from cds.content.nav import NavContent, NavItem
from cds.content.texts import Language
from cds.dates import Day

_LEAST: Urgency = "routine"
_URGENT = ("now", "same_day")


class NotInRelease(LookupError):
    """The release has no advice for NAV."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NavAcute:
    """What to do now, in order; the words are those everyone gets."""

    id: str
    title: str
    steps: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NavLine:
    """One piece of advice."""

    code: str
    id: str
    urgency: Urgency
    when: str
    """The urgency in words."""
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NavContactLine:
    """Someone to call."""

    id: str
    name: str
    phone: str | None = None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NavProvenance:
    """What produced the answer."""

    release: str
    digest: str
    service: str


class NavAdvice(Frozen):
    """The answer. An acute one holds its blocks, whom to call, and what produced it."""

    as_of: Day
    language: Language
    urgency: Urgency
    when: str | None = None
    acute: tuple[NavAcute, ...] | None = None
    items: tuple[NavLine, ...] | None = None
    contacts: tuple[NavContactLine, ...] | None = None
    about: str | None = None
    provenance: NavProvenance


def nav_advice(assessment: Assessment, content: Content) -> NavAdvice:
    """The assessment as NAV may see it, in its language.

    Raises NotInRelease where the release has no such advice; an emergency is told even then.
    """
    provenance = NavProvenance(
        release=assessment.provenance.release,
        digest=assessment.provenance.digest,
        service=assessment.provenance.service,
    )
    as_of, language, nav = assessment.as_of, assessment.language, content.nav
    acute = None if assessment.acute is None else tuple(_block(block) for block in assessment.acute)
    if nav is None:
        if acute is None:
            raise NotInRelease("this release has no advice for NAV")
        return NavAdvice(as_of=as_of, language=language, urgency="now", acute=acute, provenance=provenance)
    items = None if acute is not None else tuple(_items(nav, assessment.recommendations or (), language))
    urgency = "now" if items is None else min((item.urgency for item in items), key=URGENCIES.index)
    return NavAdvice(
        as_of=as_of,
        language=language,
        urgency=urgency,
        when=nav.urgencies[urgency].in_(language),
        acute=acute,
        items=items,
        contacts=tuple(
            NavContactLine(id=it.id, name=it.name.in_(language), phone=it.phone, text=it.text.in_(language))
            for it in nav.contacts
        ),
        about=nav.about.in_(language),
        provenance=provenance,
    )


def _block(block: AcuteLines) -> NavAcute:
    return NavAcute(id=block.id, title=block.title, steps=block.steps)


def _items(nav: NavContent, lines: tuple[RecommendationLine, ...], language: Language) -> Iterator[NavLine]:
    """What the measures give, the most urgent first; else the item that says there is none."""
    due = [(urgency, item) for item in nav.items if (urgency := _urgency(item, lines)) is not None]
    due = due or [(_LEAST, item) for item in nav.items if item.otherwise]
    for urgency, item in sorted(due, key=lambda pair: (URGENCIES.index(pair[0]), pair[1].code)):
        yield NavLine(
            code=item.code,
            id=item.id,
            urgency=urgency,
            when=nav.urgencies[urgency].in_(language),
            title=item.title.in_(language),
            text=item.text.in_(language),
        )


def _urgency(item: NavItem, lines: tuple[RecommendationLine, ...]) -> Urgency | None:
    """How urgent the item is for a person with these measures; None where none of them gives it."""
    given: list[Urgency] = [line.urgency for line in lines if _gives(item, line)]
    given = [urgency for urgency in given if URGENCIES.index(urgency) <= URGENCIES.index(item.at_least)]
    if not given and any(line.code in item.beside for line in lines):
        given = [_LEAST]
    return min(given, key=URGENCIES.index, default=None)


def _gives(item: NavItem, line: RecommendationLine) -> bool:
    if line.status == "recommended":
        return line.code in item.from_
    urgent = line.urgency in _URGENT and line.code in item.if_confirmed_urgent
    return urgent or line.code in item.if_confirmed
