"""The content of a release taken apart: every piece that has an id, and every field of it as one comparable leaf."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, get_args

from pydantic import BaseModel

from cds.content.conditions import (
    AllOf,
    AnyOf,
    AtLeast,
    Condition,
    EventHappened,
    Is,
    LessThan,
    LevelReached,
    OverDays,
    RuleHolds,
    WithinDays,
)
from cds.content.folder import Advice, Content
from cds.content.levels import Steps
from cds.content.nav import NavContent
from cds.content.texts import LANGUAGES, Evidence, Language, Text, label_in
from cds.records.content import Gives, Records
from cds.records.doses.table import Ratio

_CONDITIONS = (AllOf, AnyOf, Is, AtLeast, LessThan, WithinDays, OverDays, RuleHolds, LevelReached, EventHappened)
_GIVES = tuple(kind for kind in get_args(Gives) if isinstance(kind, type) and issubclass(kind, BaseModel))
Path = tuple[str, ...]


@dataclass(frozen=True)
class Leaf:
    """One field: a word or number, a text in one language, a list of words, or a condition."""

    value: str | tuple[str, ...]
    language: Language | None = None
    condition: Condition | None = None


@dataclass(frozen=True)
class Piece:
    """One piece of content by kind and id."""

    kind: str
    id: str
    model: Any
    code: str | None = None
    title: Text | None = None

    @cached_property
    def leaves(self) -> Mapping[Path, Leaf]:
        """Every field by its path."""
        return dict(_leaves(self.model, ()))

    @cached_property
    def evidence(self) -> tuple[Evidence, ...]:
        """Every place it rests on, its parts included, each once."""
        return tuple(dict.fromkeys(_evidence(self.model)))


Pieces = Mapping[tuple[str, str], Piece]


def pieces(content: Content) -> Pieces:
    """Every piece of a release by kind and id, in the order in which people read about them."""
    found = [*_rules(content), *_sayings(content)]
    if content.advice is not None:
        found += _advice(content.advice)
    if content.nav is not None:
        found += _nav(content.nav)
    if content.records is not None:
        found += _records(content.records)
    found += [Piece("source", name, source) for name, source in content.sources.items()]
    found += [Piece("source statement", name, statement) for name, statement in content.statements.items()]
    return {(piece.kind, piece.id): piece for piece in found}


def _rules(content: Content) -> Iterator[Piece]:
    levels = content.levels
    for factor in content.factors.values():
        yield Piece("factor", factor.id, factor, factor.code, factor.title)
    for level in levels.levels:
        yield Piece("level", level.id, level, title=level.label)
    for outside, said in levels.outside.items():
        yield Piece("level", outside, said, title=said.label)
    for floor in levels.floors:
        yield Piece("floor", floor.id, floor, floor.code, floor.text)
    yield Piece("cap", "single-family", levels.cap, title=levels.cap.text)
    yield Piece("minimum set", "before-low", levels.minimum_set)
    yield Piece("scope", "level", levels.scope, title=levels.scope.text)
    for name, parameter in levels.parameters:
        yield Piece("parameter", name, parameter)
    for block in content.acute:
        yield Piece("acute block", block.id, block, title=block.title)
    for name, definition in content.definitions.items():
        yield Piece("definition", name, definition, title=definition.text)


def _sayings(content: Content) -> Iterator[Piece]:
    for name, fact in content.facts.facts.items():
        yield Piece("fact", name, fact, title=fact.label)
    yield Piece("facts", "may-not-apply", content.facts.not_applicable_allowed)
    for name, text in content.facts.states.items():
        yield Piece("state", name, text)
    for caution in content.cautions.sentences:
        yield Piece("caution", caution.id, caution)
    for name, conflict in content.cautions.conflicts.items():
        yield Piece("conflict", name, conflict)
    for name, phrase in content.phrases.items():
        yield Piece("phrase", name, phrase)
    for place in content.questions:
        yield Piece("question order", str(place.order), place, title=place.topic)


def _advice(advice: Advice) -> Iterator[Piece]:
    for it in advice.recommendations.values():
        yield Piece("recommendation", it.id, it, it.code, it.title)
    for must_not in advice.must_not:
        yield Piece("must-not", must_not.id, must_not, must_not.code, must_not.text)
    for name, resource in advice.resources.items():
        yield Piece("resource", name, resource, title=resource.title)
    for event in advice.events:
        yield Piece("event", event.id, event, title=event.title)
    for item in advice.checklist:
        yield Piece("checklist", item.id, item, item.statement, item.question)
    for questions in advice.question_sets:
        yield Piece("question set", questions.id, questions, title=questions.title)
    yield Piece("texts", "note", advice.note)
    yield Piece("texts", "outlook", advice.outlook)


def _nav(nav: NavContent) -> Iterator[Piece]:
    for item in nav.items:
        yield Piece("NAV advice", item.id, item, item.code, item.title)
    for contact in nav.contacts:
        yield Piece("NAV contact", contact.id, contact, title=contact.name)
    yield Piece("texts", "nav-about", nav.about)
    yield Piece("texts", "nav-urgencies", nav.urgencies)
    yield Piece("texts", "nav-left-out", nav.not_for_nav)


def _records(records: Records) -> Iterator[Piece]:
    for name, system in records.systems.items():
        yield Piece("code system", name, system)
    for value_set in records.value_sets.values():
        yield Piece("value set", value_set.id, value_set, title=value_set.title)
    for mapping in records.mappings.mappings:
        yield Piece("mapping", mapping.id, mapping)
    for name, number in records.mappings.definitions:
        yield Piece("record definition", name, number)
    for left_out in records.mappings.left_out:
        yield Piece("left out", left_out.fact, left_out)
    yield Piece("OMEQ", "table", records.omeq)


def _leaves(value: Any, path: Path) -> Iterator[tuple[Path, Leaf]]:
    match value:
        case None:
            return
        case Text() | Steps():
            for language in LANGUAGES:
                said = value.in_(language)
                yield (*path, language), Leaf(said if isinstance(said, str) else " / ".join(said), language)
        case BaseModel() if isinstance(value, _CONDITIONS):
            yield path, Leaf(value.model_dump_json(by_alias=True), condition=value)
        case BaseModel() if isinstance(value, _GIVES):
            yield path, Leaf(", ".join(f"{key} {said}" for key, said in value.model_dump().items()))
        case BaseModel():
            for name, part in value:
                if name != "id":
                    yield from _leaves(part, (*path, name.rstrip("_")))
        case dict():
            for name, part in value.items():
                yield from _leaves(part, (*path, str(name)))
        case tuple() | list():
            yield from _listed(value, path)
        case _:
            yield path, Leaf(_plain(value))


def _listed(values: Iterable[Any], path: Path) -> Iterator[tuple[Path, Leaf]]:
    """A list of words is one leaf; parts with names of their own are told apart by them, others by their place."""
    parts = tuple(values)
    if not any(isinstance(part, BaseModel) for part in parts):
        yield path, Leaf(tuple(_plain(part) for part in parts))
    elif all(isinstance(part, Evidence) for part in parts):
        yield path, Leaf(tuple(place(part) for part in parts))
    else:
        names = [_name(part) for part in parts]
        for index, (name, part) in enumerate(zip(names, parts, strict=True), 1):
            own = name if name is not None and names.count(name) == 1 else str(index)
            yield from _leaves(part, (*path, own))


def _name(part: Any) -> str | None:
    """What a part of a list is called: its id, its code, or the medicine and route it is about."""
    own = next((getattr(part, name) for name in ("id", "prefix", "code") if getattr(part, name, None)), None)
    if own is not None:
        prefixed = getattr(part, "prefix", None) is not None
        return f"{part.system} {own}{'…' if prefixed else ''}" if hasattr(part, "system") else str(own)
    if isinstance(part, Ratio):
        return f"{label_in(part.label, 'en')}, {part.route}"
    return None


def place(evidence: Evidence) -> str:
    """A place in a source, short: document, place, and the catalogued statement."""
    statement = f" [{evidence.statement}]" if evidence.statement is not None else ""
    return f"{evidence.source}, {evidence.locator}{statement}"


def _evidence(value: Any) -> Iterator[Evidence]:
    if isinstance(value, Evidence):
        yield value
    elif isinstance(value, BaseModel):
        for _, part in value:
            yield from _evidence(part)
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _evidence(part)
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _evidence(part)


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
