"""The content half: what came, went and changed between two releases, piece by piece and field by field."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from cds.book.words import Words
from cds.content.conditions import AllOf, AnyOf, AtLeast, Condition, LessThan, OverDays, WithinDays, leaves
from cds.content.folder import Content
from cds.diff.pieces import Leaf, Path, Piece, Pieces, pieces
from cds.diff.shapes import WEIGHTS, FieldChange, PieceChange, Weight

_CORRECTIONS = frozenset(
    {
        *("why", "note", "evidence", "url", "read", "publisher", "locator", "gist", "mark"),
        *("evidence_only", "near_misses", "examples", "statements", "statement"),
    }
)
"""Fields a patch may correct: where a claim comes from and why an author made it; never what is decided or said."""
_CODE_LISTS = frozenset({"value set", "code system", "mapping"})
_STEPS = {
    "parts": "part", "tiers": "step", "members": "code", "near_misses": "near miss", "duties": "duty",
    "questions": "question", "urgency_rules": "urgency rule", "extra": "extra sentence", "ratios": "OMEQ of",
    "bands": "band", "items": "detail", "values": "value",
}  # fmt: skip
"""Names of lists whose parts have names: the two are read together, as in "step at-least-100"."""
_FIELDS = {
    "when": "condition", "from_points": "from points", "evidence": "sources", "requires": "counts only when",
    "valid_days": "days an answer stays valid", "not_applicable_roles": "roles outside the level",
    "for_roles": "for", "asks": "asks also", "combine": "how steps combine", "modality": "rank",
    "direction": "dangerous direction", "statements": "source statements", "facts": "facts",
}  # fmt: skip


def compare(old: Content, new: Content) -> tuple[PieceChange, ...]:
    """Everything that differs in content, in reading order; what came and went stands at its place."""
    before, after = pieces(old), pieces(new)
    words = Words(old), Words(new)
    guidelines = guidelines_of(before)
    found = []
    for key in dict.fromkeys([*after, *before]):
        change = between(before.get(key), after.get(key), words, guidelines)
        if change is not None:
            found.append(change)
    return tuple(found)


def between(
    old: Piece | None, new: Piece | None, words: tuple[Words, Words], guidelines: frozenset[str]
) -> PieceChange | None:
    """What happened to one piece between two releases that have it or not; None where nothing did."""
    piece = new or old
    assert piece is not None
    if old is not None and new is not None:
        if old.model == new.model:
            return None
        fields = tuple(_fields(old, new, words, guidelines))
        if not fields:
            return None
        weight = heaviest(field.weight for field in fields)
    else:
        fields, weight = (), _whole(piece, old is not None, guidelines)
    return PieceChange(
        kind=piece.kind,
        id=piece.id,
        code=piece.code,
        title=piece.title,
        change="removed" if new is None else "added" if old is None else "changed",
        weight=weight,
        fields=fields,
        sources_before=() if old is None else _sources(old),
        sources_after=() if new is None else _sources(new),
    )


def heaviest(weights: Iterator[Weight]) -> Weight:
    """The heaviest of some weights; patch where there is none."""
    return max(weights, key=WEIGHTS.index, default="patch")


def _sources(piece: Piece) -> tuple[str, ...]:
    return tuple(
        f"{each.source}, {each.locator}" + (f" [{each.statement}]" if each.statement else "") for each in piece.evidence
    )


def guidelines_of(found: Pieces) -> frozenset[str]:
    """The source documents and guidance that rules rest on. A code list is none: new codes come out every year."""
    cited = {each.source for piece in found.values() if piece.kind not in _CODE_LISTS for each in piece.evidence}
    return frozenset(id_ for (kind, id_), piece in found.items() if kind == "source" and _guides(piece)) & cited


def _guides(source: Piece) -> bool:
    return source.model.kind in ("seed", "guidance")


def _whole(piece: Piece, removed: bool, guidelines: frozenset[str]) -> Weight:
    """What it weighs that a whole piece came or went."""
    if piece.kind == "level" or (removed and piece.kind == "source" and piece.id in guidelines):
        return "major"
    return "patch" if piece.kind in ("source", "source statement", "left out") else "minor"


def _weight(piece: Piece, path: Path, leaf: Leaf, guidelines: frozenset[str]) -> Weight:
    if piece.kind == "source" and path == ("edition",) and piece.id in guidelines:
        return "major"
    if (piece.kind, path[0]) in (("level", "from_points"), ("scope", "not_applicable_roles")):
        return "major"
    if piece.kind == "source statement":
        return "patch"
    if leaf.language is not None:
        return "minor"
    if piece.kind == "source" and path in (("title",), ("edition",)):
        return "patch"
    return "patch" if not _CORRECTIONS.isdisjoint(path) else "minor"


def _fields(old: Piece, new: Piece, words: tuple[Words, Words], guidelines: frozenset[str]) -> Iterator[FieldChange]:
    before, after = old.leaves, new.leaves
    told: set[Path] = set()
    for path in dict.fromkeys([*after, *before]):
        was, now = before.get(path), after.get(path)
        if was == now:
            continue
        leaf = now or was
        assert leaf is not None
        if was is not None and now is not None:
            yield FieldChange(
                change="changed",
                path=".".join(path),
                words=f"{where(path)}: {_changed(was, now, words)}",
                language=leaf.language,
                before=said_in_words(was, words[0]),
                after=said_in_words(now, words[1]),
                weight=_weight(new, path, leaf, guidelines),
            )
            continue
        mine, other = (after, before) if was is None else (before, after)
        part = path if leaf.language is not None else _part(path, other)
        if part in told:
            continue
        told.add(part)
        text = _together(part, mine, words[was is None])
        yield FieldChange(
            change="added" if was is None else "removed",
            path=".".join(part),
            words=f"{where(part)}: {'new' if was is None else 'gone'}: {text}",
            language=leaf.language,
            before=None if was is None else text,
            after=text if was is None else None,
            weight=_weight(new, part, leaf, guidelines),
        )


def _part(path: Path, other: Mapping[Path, Leaf]) -> Path:
    """The largest part around a field that the other release has nothing of: a whole step, a whole code."""
    for length in range(1, len(path)):
        if path[length - 1] in _STEPS:
            continue
        if not any(found[:length] == path[:length] for found in other):
            return path[:length]
    return path


def _together(part: Path, mine: Mapping[Path, Leaf], words: Words) -> str:
    """Everything a part says, in one line: texts in English unless the part is one text."""
    if part in mine:
        return said_in_words(mine[part], words)
    said = [
        (path, said_in_words(leaf, words))
        for path, leaf in mine.items()
        if path[: len(part)] == part and leaf.language in (None, "en")
    ]
    return "; ".join(text if path[-1] == "label" else f"{where(path[len(part) :])} {text}" for path, text in said)


def said_in_words(leaf: Leaf, words: Words) -> str:
    """What a field says, conditions as English sentences."""
    if leaf.condition is not None:
        return words.sentence(leaf.condition)
    return leaf.value if isinstance(leaf.value, str) else ", ".join(leaf.value)


def where(path: Path) -> str:
    """A path in English words: `parts.main.tiers.at-least-100.points` is "step at-least-100, points"."""
    said: list[str] = []
    steps = iter(path)
    for step in steps:
        if step in _STEPS:
            named = next(steps, None)
            if step != "parts" and named is not None:
                said.append(f"{_STEPS[step]} {named}")
        else:
            said.append(_FIELDS.get(step, step.replace("_", " ")))
    return ", ".join(said)


def _changed(was: Leaf, now: Leaf, words: tuple[Words, Words]) -> str:
    if was.condition is not None and now.condition is not None:
        return _condition_changed(was.condition, now.condition, words)
    if isinstance(was.value, tuple) and isinstance(now.value, tuple):
        gone = [f"− {value}" for value in was.value if value not in now.value]
        come = [f"+ {value}" for value in now.value if value not in was.value]
        return "; ".join([*come, *gone]) or f"other order: {', '.join(now.value)}"
    return f"{said_in_words(was, words[0])} → {said_in_words(now, words[1])}"


def _condition_changed(was: Condition, now: Condition, words: tuple[Words, Words]) -> str:
    """Where only numbers differ, those alone: "mg of oral morphine a day: at least 100 → 90"."""
    if _built(was) == _built(now):
        pairs = zip(leaves(was), leaves(now), strict=True)
        return "; ".join(f"{words[0].sentence(old)} → {_number(new)}" for old, new in pairs if old != new)
    many = isinstance(was, AnyOf | AllOf) and isinstance(now, AnyOf | AllOf) and type(was) is type(now)
    if not many:
        return f"{words[0].sentence(was)} → {words[1].sentence(now)}"
    gone = [part for part in _parts(was) if part not in _parts(now)]
    come = [part for part in _parts(now) if part not in _parts(was)]
    if len(gone) == len(come) == 1:
        return _condition_changed(gone[0], come[0], words)
    wider = isinstance(now, AnyOf)
    said = [f"{'or also' if wider else 'and only if'}: {words[1].sentence(part)}" for part in come]
    said += [f"{'no longer' if wider else 'no longer needed'}: {words[0].sentence(part)}" for part in gone]
    return "; ".join(said) or f"other order: {words[1].sentence(now)}"


def _parts(condition: Condition) -> tuple[Condition, ...]:
    return condition.all if isinstance(condition, AllOf) else condition.any if isinstance(condition, AnyOf) else ()


def _built(condition: Condition) -> object:
    """How a condition is put together, without its numbers."""
    match condition:
        case AllOf():
            return "all", tuple(_built(part) for part in condition.all)
        case AnyOf():
            return "any", tuple(_built(part) for part in condition.any)
        case AtLeast() | LessThan() | WithinDays() | OverDays():
            return type(condition).__name__, condition.fact
    return condition


def _number(leaf: Condition) -> str:
    match leaf:
        case AtLeast():
            return str(leaf.at_least)
        case LessThan():
            return str(leaf.less_than)
        case WithinDays():
            return f"{leaf.within_days} days"
        case OverDays():
            return f"{leaf.over_days} days"
    raise TypeError(f"{type(leaf).__name__} has no number")
