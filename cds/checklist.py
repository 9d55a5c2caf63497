"""A district asks itself where it stands: what is missing, ranked as the source ranks it. Nothing is kept.

About a district's organisation, never about a person, and never mixed into a person's answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from cds.answers import Frozen
from cds.assessment import CautionLine, EvidenceLine, Provenance, SourceLine
from cds.content.advice import Area, ChecklistItem, Modality
from cds.content.folder import Content
from cds.content.texts import Language, Text
from cds.duties import cautions, provenance, source_lines
from cds.places import Place, in_words_of
from cds.release.frozen import Release

ItemAnswer = Literal["yes", "partly", "no", "unknown"]
Missing = Literal["no", "partly", "unknown"]
ANSWERS: tuple[ItemAnswer, ...] = get_args(ItemAnswer)
MISSING: tuple[Missing, ...] = get_args(Missing)
RANKS: tuple[Modality, ...] = ("skal", "må", "bør", "viktig", "kan", "oppfordres", "frarådes", "none")
"""The ranks of the sources, strongest first."""
CAUTIONS = {
    "about_a_district": "not-about-a-person",
    "good_practice_outside_oslo": "good-practice-outside-oslo",
    "left_out_outside_oslo": "left-out-outside-oslo",
}
"""What is said beside an answer: the phrase, and what the caution is called. Older releases have the first only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GapLine:
    """One item that is not wholly in place, or of which nobody knows.

    `rank_in_oslo` stands where a question of the Oslo standard is asked elsewhere, where it has no rank.
    """

    id: str
    statement: str
    status: Missing
    actor: str
    question: str
    measure: str
    area: Area
    rank_in_oslo: Modality | None = None
    evidence: tuple[EvidenceLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class GapGroup:
    """The gaps of one rank, answered no first, then partly, then unknown."""

    modality: Modality
    items: tuple[GapLine, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemQuestion:
    """An item and its question: one that nobody has answered yet, or one that is not asked here."""

    id: str
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many of the items asked about got which answer."""

    yes: int
    partly: int
    no: int
    unknown: int


class ChecklistAnswer(Frozen):
    """Where a district stands. Its provenance names no engines: answers are sorted, no rules are evaluated."""

    language: Language
    counts: Counts
    gaps: tuple[GapGroup, ...]
    to_settle: tuple[ItemQuestion, ...]
    left_out: tuple[ItemQuestion, ...] | None = None
    cautions: tuple[CautionLine, ...]
    sources: dict[str, SourceLine]
    provenance: Provenance


def asked_of(items: Iterable[ChecklistItem], oslo: bool | None) -> tuple[ChecklistItem, ...]:
    """The items asked: all of Oslo's districts and where the place is unknown; else without what is Oslo's own."""
    return tuple(item for item in items if item.area == "national" or oslo is not False or item.elsewhere is not None)


def by_item(
    items: Iterable[ChecklistItem], asked: Iterable[ChecklistItem], sent: Mapping[str, object]
) -> tuple[Mapping[str, ItemAnswer], tuple[tuple[str, str], ...]]:
    """Answers under an item's id or its statement's code, sorted to the items asked; and what is wrong with them.

    The second part names each wrong answer by its key where the key is an item's, and repeats nothing else.
    """
    keys = {key: item.id for item in items for key in (item.id, item.statement)}
    wanted = {item.id for item in asked}
    found: dict[str, ItemAnswer] = {}
    wrong: list[tuple[str, str]] = []
    for key, value in sent.items():
        item, answer = keys.get(key), _answer(value)
        if item is None:
            wrong.append(("/answers/?", "the checklist has no such item"))
        elif answer is None:
            wrong.append((f"/answers/{key}", f"is none of {', '.join(ANSWERS)}"))
        elif item not in wanted:
            wrong.append((f"/answers/{key}", "is asked of districts in Oslo only"))
        elif item in found:
            wrong.append((f"/answers/{key}", "this item is answered twice"))
        else:
            found[item] = answer
    return found, tuple(dict.fromkeys(wrong))


def _answer(value: object) -> ItemAnswer | None:
    return next((answer for answer in ANSWERS if answer == value), None)


def assess_district(
    release: Release,
    items: Iterable[ChecklistItem],
    answers: Mapping[str, ItemAnswer],
    language: Language,
    oslo: bool | None,
) -> ChecklistAnswer:
    """Gaps by rank, counts, open questions, and what was left out.

    An item without an answer is unknown, and unknown is never in place. Outside Oslo (False) the items of the Oslo
    standard have no rank: what it asks of Oslo's districts is good practice there.
    """
    items = tuple(items)
    place: Place = "either" if oslo is None else "oslo" if oslo else "elsewhere"
    asked = in_words_of(place, asked_of(items, oslo), release.content.phrases)
    answered = [(_elsewhere(item) if oslo is False else item, answers.get(item.id, "unknown")) for item in asked]
    ranks = {item.id: item.modality for item in asked if oslo is False and item.area == "oslo"}
    left_out = [item for item in items if item.id not in {one.id for one in asked}]
    given = [answer for _, answer in answered]
    gaps = tuple(_groups(release.content, answered, ranks, language))
    told = ["about_a_district", *(["good_practice_outside_oslo"] if ranks else [])]
    told += ["left_out_outside_oslo"] if left_out else []
    return ChecklistAnswer(
        language=language,
        counts=Counts(
            yes=given.count("yes"),
            partly=given.count("partly"),
            no=given.count("no"),
            unknown=given.count("unknown"),
        ),
        gaps=gaps,
        to_settle=tuple(
            ItemQuestion(id=item.id, question=item.question.in_(language))
            for item, answer in answered
            if answer == "unknown"
        ),
        left_out=tuple(
            ItemQuestion(id=item.id, question=item.question.in_(language))
            for item in in_words_of("oslo", tuple(left_out), release.content.phrases)
        )
        or None,
        cautions=(
            *(
                CautionLine(id=CAUTIONS[name], text=release.content.phrases[name].in_(language))
                for name in told
                if name in release.content.phrases
            ),
            *cautions(release.content, language, oslo is True),
        ),
        sources=source_lines(
            release.content, (line for group in gaps for gap in group.items for line in gap.evidence), language
        ),
        provenance=provenance(release),
    )


def evidence_of(content: Content, item: ChecklistItem) -> tuple[EvidenceLine, ...]:
    """Where the source says what an item asks about."""
    statement = content.statements[item.statement]
    return (EvidenceLine(source=statement.source, statement=item.statement, locator=statement.locator),)


def _elsewhere(item: ChecklistItem) -> ChecklistItem:
    """An item as it is asked outside Oslo."""
    if item.area == "national":
        return item
    question = item.elsewhere if isinstance(item.elsewhere, Text) else item.question
    return item.model_copy(update={"question": question, "modality": "none"})


def _groups(
    content: Content,
    answered: Iterable[tuple[ChecklistItem, ItemAnswer]],
    ranks: Mapping[str, Modality],
    language: Language,
) -> Iterator[GapGroup]:
    by_rank: dict[Modality, list[GapLine]] = {}
    for item, answer in answered:
        if answer != "yes":
            by_rank.setdefault(item.modality, []).append(_gap(content, item, answer, ranks.get(item.id), language))
    for modality in sorted(by_rank, key=_rank):
        items = sorted(by_rank[modality], key=lambda line: MISSING.index(line.status))
        yield GapGroup(modality=modality, items=tuple(items))


def _rank(modality: Modality) -> int:
    return RANKS.index(modality)


def _gap(
    content: Content, item: ChecklistItem, status: Missing, rank_in_oslo: Modality | None, language: Language
) -> GapLine:
    return GapLine(
        id=item.id,
        statement=item.statement,
        status=status,
        actor=item.actor.in_(language),
        question=item.question.in_(language),
        measure=item.measure,
        area=item.area,
        rank_in_oslo=rank_in_oslo,
        evidence=evidence_of(content, item),
    )
