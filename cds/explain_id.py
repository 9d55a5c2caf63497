"""One piece of content in words: what `cds explain` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds.content import Evidence, FactContent, Factor, Language
from cds.content_files import Content


def explained(content: Content, name: str, language: Language) -> str | None:
    """A factor, fact, definition, floor, level, statement or conflict by id or code; None if there is none."""
    wanted = name.casefold()
    for names, lines in _entries(content, language):
        if wanted in {each.casefold() for each in names}:
            return "\n".join(lines)
    return None


def _entries(content: Content, language: Language) -> Iterator[tuple[tuple[str, ...], Iterable[str]]]:
    for factor in content.factors.values():
        yield (factor.id, factor.code, *factor.also), _factor(factor, content, language)
    for name, fact in content.facts.facts.items():
        yield (name,), _fact(name, fact, language)
    for name, definition in content.definitions.items():
        yield (name,), (name, definition.text.in_(language), *_evidence(definition.evidence, content, language))
    for floor in content.levels.floors:
        head = f"{floor.id}: at least {floor.level}"
        yield (floor.id,), (head, floor.text.in_(language), *_evidence(floor.evidence, content, language))
    for level in content.levels.levels:
        head = f"{level.label.in_(language)}: from {level.from_points} points"
        yield (level.id,), (head, level.meaning.in_(language), *_evidence(level.evidence, content, language))
    for name, statement in content.statements.items():
        head = f"{name} ({content.sources[statement.source].title}, {statement.locator})"
        yield (name,), (head, statement.gist.en)
    for name, conflict in content.cautions.conflicts.items():
        yield (name,), (name, conflict.text.in_(language))


def _fact(name: str, fact: FactContent, language: Language) -> Iterator[str]:
    yield name
    yield from (fact.label.in_(language), fact.question.in_(language), fact.why.in_(language))
    valid = "always" if fact.valid_days is None else f"{fact.valid_days} days"
    yield f"Dangerous direction: {fact.direction}. Valid: {valid}."
    yield from (f"  {statement}" for statement in fact.statements)


def _factor(factor: Factor, content: Content, language: Language) -> Iterator[str]:
    yield f"{factor.code} {factor.id}: {factor.title.in_(language)}"
    yield factor.rationale.in_(language)
    for rule, tier in factor.tiers:
        yield f"  +{tier.points} {rule}: {tier.text.in_(language)} [{tier.basis}]"
        yield f"     {tier.why}"
        yield from (f"   {line}" for line in _evidence(tier.evidence, content, language))
    yield from _evidence(factor.evidence, content, language)
    for caution in factor.cautions:
        yield f"  {caution}: {content.cautions.conflicts[caution].text.in_(language)}"


def _evidence(evidence: Iterable[Evidence], content: Content, language: Language) -> Iterator[str]:
    for item in evidence:
        source = content.sources[item.source]
        place = f"{item.statement}, {item.locator}" if item.statement else item.locator
        note = f": {item.note}" if item.note else ""
        age = f" ({source.age_note.in_(language)})" if source.age_note else ""
        yield f"  {source.title}, {source.edition}{age}, {place}{note}"
