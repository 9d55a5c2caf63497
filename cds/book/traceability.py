"""Where each statement of the source documents is used, found by walking the content itself.

A statement is accounted for when a piece of content refers to it, or when it says why it is evidence only.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel

from cds.book.markdown import GENERATED, Page, table
from cds.content.folder import Content

REFERRING = {"statement": "evidence", "statements": "statements", "reaches": "reaches"}
"""Fields that name statements, and what a reference by them is called."""
EVIDENCE_ONLY, UNACCOUNTED = "evidence only", "unaccounted"


class Use(NamedTuple):
    """One reference: from what kind of content, from which item, and by which field."""

    kind: str
    item: str
    how: str


def uses(content: Content) -> dict[str, tuple[Use, ...]]:
    """Every statement that is referred to, with each reference once, in the order of the content."""
    found: dict[str, dict[Use, None]] = {}
    for kind, item, value in _items(content):
        for statement, how in references(value):
            found.setdefault(statement, {})[Use(kind, item, how)] = None
    return {statement: tuple(references) for statement, references in found.items()}


def references(value: Any) -> Iterator[tuple[str, str]]:
    """Every (statement, how) that a piece of content refers to, at any depth."""
    if isinstance(value, BaseModel):
        for name in type(value).model_fields:
            part = getattr(value, name)
            if name in REFERRING:
                named = (part,) if isinstance(part, str) else part or ()
                how = REFERRING[name] if _is_evidence(value) or name != "statement" else "statements"
                yield from ((statement, how) for statement in named)
            else:
                yield from references(part)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from references(part)
    elif isinstance(value, tuple):
        for part in value:
            yield from references(part)


def _is_evidence(value: BaseModel) -> bool:
    """An evidence line names its source beside the statement; a checklist question is about the statement itself."""
    return "locator" in type(value).model_fields


def unaccounted(content: Content) -> list[str]:
    """The statements that nothing refers to and that are not evidence only, in the order of the catalogue."""
    used = uses(content)
    return [
        name for name, statement in content.statements.items() if name not in used and statement.evidence_only is None
    ]


def reached_how(content: Content) -> dict[str, int]:
    """How many statements each kind of content refers to; a statement counts once for each kind that does."""
    used = uses(content)
    counts = Counter(kind for name in content.statements for kind in {use.kind for use in used.get(name, ())})
    missing = unaccounted(content)
    only = sum(name not in used and name not in missing for name in content.statements)
    kinds = {kind: counts[kind] for kind in dict.fromkeys(kind for kind, _, _ in _items(content)) if counts[kind]}
    return kinds | {EVIDENCE_ONLY: only, UNACCOUNTED: len(missing)}


def _items(content: Content) -> Iterator[tuple[str, str, Any]]:
    """Every piece of content that may refer to statements, as (kind, name for people, content)."""
    for factor in content.factors.values():
        yield "factors", factor.code, factor.evidence
        yield from (("factors", f"{factor.code}/{tier.id}", tier) for _, tier in factor.tiers)
    yield from (("definitions", *named) for named in content.definitions.items())
    yield from _of_levels(content)
    yield from (("acute", block.id, block) for block in content.acute)
    yield from (("facts", *named) for named in content.facts.facts.items())
    advice = content.advice
    if advice is None:
        return
    yield from (("recommendations", each.code, each) for each in advice.recommendations.values())
    yield from (("must-nots", each.code, each) for each in advice.must_not)
    yield from (("resources", *named) for named in advice.resources.items())
    for event in advice.events:
        yield from (("events", f"{event.id}/{duty.id}", duty) for duty in event.duties)
    yield from (("checklist", each.id, each) for each in advice.checklist)
    for questions in advice.question_sets:
        yield "question sets", questions.id, questions.evidence
        yield from (("question sets", f"{questions.id}/{each.code}", each) for each in questions.questions)


def _of_levels(content: Content) -> Iterator[tuple[str, str, Any]]:
    levels = content.levels
    yield from (("levels", each.id, each) for each in levels.levels)
    yield from (("levels", *named) for named in levels.outside.items())
    yield "levels", "cap", levels.cap
    yield from (("levels", floor.id, floor) for floor in levels.floors)
    yield "levels", "minimum set", levels.minimum_set
    yield "levels", "scope", levels.scope
    for name in type(levels.parameters).model_fields:
        yield "levels", name, getattr(levels.parameters, name)


def by_kind(references: Iterable[Use]) -> dict[str, str]:
    """References by kind of content: each item once, with how it refers."""
    kinds: dict[str, dict[str, dict[str, None]]] = {}
    for use in references:
        kinds.setdefault(use.kind, {}).setdefault(use.item, {})[use.how] = None
    return {
        kind: ", ".join(f"{item} ({' + '.join(sorted(hows))})" for item, hows in items.items())
        for kind, items in kinds.items()
    }


def traceability(content: Content) -> str:
    """The table of all statements as Markdown: what each says, and where it is used or why it is evidence only."""
    page = Page(
        "Traceability",
        (
            GENERATED,
            "",
            f"The source documents were read as {len(content.statements)} statements. Here is where each went.",
            "Marks: **P** record, **Q** question, **O** district checklist, **E** event, **I** information only.",
        ),
    )
    used, missing = uses(content), unaccounted(content)
    _counts(page, content, used)
    for source in dict.fromkeys(statement.source for statement in content.statements.values()):
        page.heading(2, source)
        page.paragraph(f"{content.sources[source].title}, {content.sources[source].edition}.")
        page.add(
            *table(
                ("Statement", "Place", "Mark", "What it says", "Where it is used"),
                (
                    (name, each.locator, each.mark, each.gist.en, _fate(name, content, used))
                    for name, each in content.statements.items()
                    if each.source == source
                ),
            )
        )
    if missing:
        page.heading(2, "Unaccounted")
        page.paragraph(*(f"- {name}" for name in missing))
    return page.text()


def _counts(page: Page, content: Content, used: Mapping[str, tuple[Use, ...]]) -> None:
    page.heading(2, "Reached how")
    page.paragraph("A statement counts once for each kind of content that refers to it.")
    page.add(*table(("Kind of content", "Statements"), ((kind, str(n)) for kind, n in reached_how(content).items())))
    page.paragraph("Referred to as the statement an item makes, as one that it also reaches, or as evidence:")
    hows = Counter(how for name in content.statements for how in {use.how for use in used.get(name, ())})
    page.add(
        *table(("Reference", "Statements"), ((how, str(hows[how])) for how in ("statements", "reaches", "evidence")))
    )
    page.add(
        *table(
            ("Mark", "Statements", "Used", "Not used"),
            (
                (
                    mark,
                    str(len(names)),
                    str(sum(name in used for name in names)),
                    str(sum(name not in used for name in names)),
                )
                for mark, names in _by_mark(content).items()
            ),
        )
    )


def _by_mark(content: Content) -> dict[str, list[str]]:
    marks: dict[str, list[str]] = {}
    for name, statement in content.statements.items():
        marks.setdefault(statement.mark, []).append(name)
    return marks


def _fate(name: str, content: Content, used: Mapping[str, tuple[Use, ...]]) -> str:
    only = content.statements[name].evidence_only
    where = [f"**{kind}** {items}" for kind, items in by_kind(used.get(name, ())).items()]
    reason = [f"**{EVIDENCE_ONLY}:** {only.en}"] if only is not None else []
    return "; ".join(where + reason) or f"**{UNACCOUNTED}**"
