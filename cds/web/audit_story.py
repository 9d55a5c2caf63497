"""What the auditor's pages tell of a release, made ready to be shown: its changes in words, its days, whom it moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from typing import Literal

from cds.api.releases import ReleaseLine, line_of
from cds.api.service import Service
from cds.book.words import Words
from cds.content.texts import Language
from cds.diff.content import compare, said_in_words, where
from cds.diff.pieces import Piece
from cds.diff.shapes import Behaviour, Difference, FieldChange, PieceChange
from cds.release.frozen import Release

_FOR_WHOM = "For clinicians. "
_AFFECTED = "Who is affected: "
_ELSEWHERE = frozenset({("code",), ("also",), ("title",), ("evidence",), ("label",)})
"""Fields that a page shows in its heading or under sources."""


@dataclass(frozen=True)
class Changes:
    """What the authors of a release say of it."""

    summary: str
    affected: str | None
    points: tuple[str, ...]


def read_changes(text: str) -> Changes:
    """The own part of a changes file: a first paragraph, then points; one of them says who is affected."""
    blocks: list[str] = []
    for line in text.splitlines():
        if not line.strip() or line.startswith("- ") or not blocks:
            blocks.append(line.removeprefix("- "))
        else:
            blocks[-1] = f"{blocks[-1]} {line.strip()}".strip()
    said = [block for block in blocks if block]
    summary = said[0].removeprefix(_FOR_WHOM) if said else ""
    affected = next((point.removeprefix(_AFFECTED) for point in said[1:] if point.startswith(_AFFECTED)), None)
    if affected:
        affected = affected[0].upper() + affected[1:]
    return Changes(summary, affected, tuple(point for point in said[1:] if not point.startswith(_AFFECTED)))


State = Literal["in_force_now", "to_come", "earlier", "no_day"]


@dataclass(frozen=True)
class Story:
    """One release on the timeline."""

    line: ReleaseLine
    state: State
    changes: Changes
    previous: str | None
    counts: Mapping[str, int]
    """How many pieces of content changed, are new, are gone."""
    moved: Behaviour | None
    """Whom it moves, where that was frozen with it or has been counted since."""


def story(service: Service, release: Release) -> Story:
    """A release in short. Counts nobody anew."""
    before = service.releases.before(release.version)
    line = line_of(service, release)
    known = None if before is None else known_difference(service, before, release)
    pieces: Sequence[PieceChange] = ()
    if before is not None:
        pieces = compare(before.content, release.content) if known is None else known.content
    return Story(
        line=line,
        state=_state(line, service.today()),
        changes=read_changes(release.changes),
        previous=None if before is None else before.version,
        counts={change: sum(piece.change == change for piece in pieces) for change in ("changed", "added", "removed")},
        moved=None if known is None else known.behaviour,
    )


def known_difference(service: Service, old: Release, new: Release) -> Difference | None:
    """A difference that is there: frozen with the newer release, or computed since the service started."""
    before = service.releases.before(new.version)
    if new.impact is not None and before is not None and before.version == old.version:
        return Difference.model_validate(new.impact)
    return service.differences.known(old.version, new.version)


def _state(line: ReleaseLine, today: date) -> State:
    if line.in_force:
        return "in_force_now"
    if line.in_force_from > today:
        return "to_come"
    return "no_day" if line.in_force_until == line.in_force_from else "earlier"


@dataclass(frozen=True)
class KindChanges:
    """What happened to the pieces of one kind."""

    kind: str
    changed: tuple[PieceChange, ...]
    added: tuple[PieceChange, ...]
    removed: tuple[PieceChange, ...]


def by_kind(changes: Sequence[PieceChange]) -> list[KindChanges]:
    """Changes of content in reading order, kind by kind."""
    found = []
    for kind, group in groupby(changes, key=lambda piece: piece.kind):
        pieces = tuple(group)
        parts = [
            tuple(piece for piece in pieces if piece.change == change) for change in ("changed", "added", "removed")
        ]
        found.append(KindChanges(kind, *parts))
    return found


def in_language(fields: Sequence[FieldChange], language: Language) -> tuple[list[FieldChange], list[FieldChange]]:
    """Changes of fields for a reader: those without or in the reader's language, and those in the other two."""
    own = [field for field in fields if field.language in (None, language)]
    return own, [field for field in fields if field.language not in (None, language)]


@dataclass(frozen=True)
class Field:
    """One field of a piece, to be read."""

    name: str
    value: str
    language: Language


def fields_of(piece: Piece, words: Words, language: Language) -> list[tuple[str, list[Field]]]:
    """Everything a piece says, texts in one language, conditions as sentences; what says nothing is left out.

    Steps and other parts that say at least two things come as groups under their own names.
    """
    found: list[tuple[str, str, Field]] = []
    for path, leaf in piece.leaves.items():
        if leaf.language not in (None, language) or path[:1] in _ELSEWHERE or path[-1:] == ("evidence",):
            continue
        told = said_in_words(leaf, words)
        whole = where(path[:-1] if leaf.language is not None else path) or piece.kind
        group, _, name = whole.rpartition(", ")
        if told:
            found.append((group, whole, Field(name, told, leaf.language or "en")))
    sizes = Counter(group for group, _, _ in found)
    groups: list[tuple[str, list[Field]]] = []
    for group, whole, field in found:
        alone = sizes[group] == 1
        heading = "" if alone else group
        if not groups or groups[-1][0] != heading:
            groups.append((heading, []))
        groups[-1][1].append(replace(field, name=whole) if alone else field)
    return groups


def months_of(stories: Sequence[Story], today: date) -> list[tuple[date, int]]:
    """Every month from the first release to today or the last one, newest first, with how many came into force."""
    days = [story.line.in_force_from for story in stories]
    if not days:
        return []
    first, last = min(days), max([*days, today])
    count = (last.year - first.year) * 12 + last.month - first.month
    found = []
    for back in range(count, -1, -1):
        year, month = divmod(first.year * 12 + first.month - 1 + back, 12)
        start = date(year, month + 1, 1)
        found.append((start, sum((day.year, day.month) == (start.year, start.month) for day in days)))
    return found
