"""One piece of content in words: what `cds explain` prints."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cds.book.traceability import by_kind, uses
from cds.book.words import Words
from cds.content.advice import ChecklistItem, Duty, Event, MustNot, QuestionSet, Recommendation, Resource, Wording
from cds.content.conditions import Condition
from cds.content.factors import FactContent, Factor
from cds.content.folder import Advice, Content
from cds.content.nav import NavItem
from cds.content.texts import Evidence, Language, SourceStatement
from cds.places import in_words_of


def explained(content: Content, name: str, language: Language) -> str | None:
    """What is called or coded `name`, with its texts and sources; None if nothing is.

    A name may stand for several things (a recommendation and the duties that carry it out); they follow each other.
    """
    wanted = name.casefold()
    found = [lines for names, lines in _entries(content, language) if wanted in {each.casefold() for each in names}]
    return "\n\n".join("\n".join(lines) for lines in found) or None


def _entries(content: Content, language: Language) -> Iterator[tuple[tuple[str, ...], Iterable[str]]]:
    for factor in content.factors.values():
        yield (factor.id, factor.code, *factor.also), _factor(factor, content, language)
    for name, fact in content.facts.facts.items():
        yield (name,), _fact(name, fact, language)
    for name, definition in content.definitions.items():
        lines = (name, definition.text.in_(language), *_when("Holds when", definition.when, content))
        yield (name,), (*lines, *_evidence(definition.evidence, content, language))
    for floor in content.levels.floors:
        head = (f"{floor.id}: at least {floor.level}", floor.text.in_(language))
        lines = (*head, *_when("Holds when", floor.when, content), *_evidence(floor.evidence, content, language))
        yield (floor.id, floor.code or floor.id), lines
    for level in content.levels.levels:
        head = (f"{level.label.in_(language)}: from {level.from_points} points", level.meaning.in_(language))
        yield (level.id,), (*head, *_evidence(level.evidence, content, language))
    for name, statement in content.statements.items():
        yield (name,), _statement(name, statement, content)
    for name, conflict in content.cautions.conflicts.items():
        yield (name,), (name, conflict.text.in_(language))
    if content.advice is not None:
        yield from _advice(content.advice, content, language)
    for item in () if content.nav is None else content.nav.items:
        yield (item.id, item.code), _nav(item, content, language)


def _advice(advice: Advice, content: Content, language: Language) -> Iterator[tuple[tuple[str, ...], Iterable[str]]]:
    phrases = content.phrases
    for recommendation in in_words_of("either", tuple(advice.recommendations.values()), phrases):
        yield (recommendation.id, recommendation.code), _recommendation(recommendation, advice, content, language)
    for must_not in advice.must_not:
        lines = (*_must_not(must_not, content, language), *_evidence(must_not.evidence, content, language))
        yield (must_not.id, must_not.code), lines
    for name, resource in advice.resources.items():
        yield (name,), _resource(name, resource, content, language)
    for event in in_words_of("either", advice.events, phrases):
        yield (event.id,), _event(event, content, language)
        for duty in event.duties:
            yield (duty.id, duty.code), _duty(duty, event, content, language)
    for item in in_words_of("either", advice.checklist, phrases):
        yield (item.id, item.statement), _checklist(item, language)
    for questions in in_words_of("either", advice.question_sets, phrases):
        yield (questions.id,), _questions(questions, language)


def _nav(item: NavItem, content: Content, language: Language) -> Iterator[str]:
    yield f"{item.code} {item.id}: {item.title.in_(language)}"
    yield item.text.in_(language)
    yield f"Given by: {', '.join(sorted(item.measures)) or 'the absence of other advice'}"
    yield from _evidence(item.evidence, content, language)


def _fact(name: str, fact: FactContent, language: Language) -> Iterator[str]:
    yield name
    yield from (fact.label.in_(language), fact.question.in_(language), fact.why.in_(language))
    valid = "always" if fact.valid_days is None else f"{fact.valid_days} days"
    yield f"Dangerous direction: {fact.direction}. Valid: {valid}."
    yield from (f"  {statement}" for statement in fact.statements)


def _factor(factor: Factor, content: Content, language: Language) -> Iterator[str]:
    yield f"{factor.code} {factor.id}: {factor.title.in_(language)}"
    yield factor.rationale.in_(language)
    if factor.requires is not None:
        yield from _when("Counts only when", factor.requires, content)
    for rule, tier in factor.tiers:
        yield f"  +{tier.points} {rule}: {tier.text.in_(language)} [{tier.basis}]"
        yield f"     {tier.why}"
        yield from (f"     {line}" for line in _when("Holds when", tier.when, content))
        yield from (f"   {line}" for line in _evidence(tier.evidence, content, language))
    yield from _evidence(factor.evidence, content, language)
    for caution in factor.cautions:
        yield f"  {caution}: {content.cautions.conflicts[caution].text.in_(language)}"


def _statement(name: str, statement: SourceStatement, content: Content) -> Iterator[str]:
    yield f"{name} ({content.sources[statement.source].title}, {statement.locator})"
    yield statement.gist.en
    yield from (f"Used in {kind}: {items}" for kind, items in by_kind(uses(content).get(name, ())).items())
    if statement.evidence_only is not None:
        yield f"Evidence only: {statement.evidence_only.en}"


def _recommendation(
    recommendation: Recommendation, advice: Advice, content: Content, language: Language
) -> Iterator[str]:
    yield f"{recommendation.code} {recommendation.id}: {recommendation.title.in_(language)}"
    note = f" ({recommendation.modality_note.in_(language)})" if recommendation.modality_note is not None else ""
    yield f"Who: {recommendation.actor.in_(language)}"
    yield f"Modality: {', '.join(recommendation.modality)}{note}"
    yield from _when("Recommended when", recommendation.when, content)
    yield f"Urgency: {recommendation.urgency}"
    for rule in recommendation.urgency_rules:
        yield from _when(f"Urgency {rule.urgency} when", rule.when, content)
    for must_not in advice.must_not:
        if must_not.recommendation == recommendation.code:
            yield from _must_not(must_not, content, language)
    if recommendation.places is None:
        yield from _wording(recommendation.wording(oslo=False), "", language)
    else:
        yield from _wording(recommendation.places.oslo, " in Oslo", language)
        yield from _wording(recommendation.places.elsewhere, " elsewhere", language)
    for extra in recommendation.extra:
        yield from _when("Said as well when", extra.when, content)
        yield from _wording(extra.text, "", language)
    yield f"Because: {recommendation.because.in_(language)}"
    for head, text in (("Documentation", recommendation.documentation), ("Consent", recommendation.consent)):
        if text is not None:
            yield f"{head}: {text.in_(language)}"
    if recommendation.cadence is not None:
        yield f"How often: {recommendation.cadence.text.in_(language)} ({recommendation.cadence.days} days)"
    yield from (f"Resource {name}: {advice.resources[name].title.in_(language)}" for name in recommendation.resources)
    yield from _evidence(recommendation.evidence, content, language)


def _must_not(must_not: MustNot, content: Content, language: Language) -> Iterator[str]:
    yield from _when(f"{must_not.code}: {must_not.recommendation} must not be recommended when", must_not.when, content)
    yield f"  {must_not.text.in_(language)} (while unknown: {must_not.if_unknown})"


def _wording(wording: Wording, place: str, language: Language) -> Iterator[str]:
    yield f"To the professional{place}: {wording.clinician.in_(language)}"
    yield f"To the person{place}: {wording.patient.in_(language)}"


def _resource(name: str, resource: Resource, content: Content, language: Language) -> Iterator[str]:
    yield f"{name}: {resource.title.in_(language)} [{resource.area}]"
    if resource.note is not None:
        yield resource.note.in_(language)
    if resource.url is not None:
        yield resource.url
    yield from _evidence(resource.evidence, content, language)


def _event(event: Event, content: Content, language: Language) -> Iterator[str]:
    yield f"{event.id}: {event.title.in_(language)}"
    for duty in event.duties:
        yield from _duty(duty, event, content, language)


def _duty(duty: Duty, event: Event, content: Content, language: Language) -> Iterator[str]:
    only = "" if duty.when is None else ", only when the usual recipient is absent"
    yield f"{duty.code} {duty.id}: after {event.title.in_(language)}{only}"
    yield f"Who: {duty.actor.in_(language)}. Modality: {duty.modality}. Urgency: {duty.urgency}."
    yield duty.text.in_(language)
    if duty.caution is not None:
        yield f"Caution: {duty.caution.in_(language)}"
    yield from _evidence(duty.evidence, content, language)


def _checklist(item: ChecklistItem, language: Language) -> Iterator[str]:
    yield f"{item.id}: {item.question.in_(language)}"
    yield f"Who: {item.actor.in_(language)}. Modality: {item.modality}. Measure {item.measure}, {item.area}."
    yield f"  {item.statement}"


def _questions(questions: QuestionSet, language: Language) -> Iterator[str]:
    yield f"{questions.id}: {questions.title.in_(language)}"
    yield questions.intro.in_(language)
    yield from (f"  {each.code} {each.id}: {each.text.in_(language)}" for each in questions.questions)


def _when(head: str, condition: Condition, content: Content) -> Iterator[str]:
    """A condition in words; these are English whatever the language, as the words in the rules are."""
    lines = Words(content).lines(condition)
    if len(lines) == 1:
        yield f"{head}: {lines[0].removeprefix('- ')}"
    else:
        yield f"{head}:"
        yield from (f"  {line}" for line in lines)


def _evidence(evidence: Iterable[Evidence], content: Content, language: Language) -> Iterator[str]:
    for item in evidence:
        source = content.sources[item.source]
        place = f"{item.statement}, {item.locator}" if item.statement else item.locator
        note = f": {item.note}" if item.note else ""
        age = f" ({source.age_note.in_(language)})" if source.age_note else ""
        yield f"  {source.title}, {source.edition}{age}, {place}{note}"
