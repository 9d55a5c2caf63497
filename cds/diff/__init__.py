"""Two releases compared: what differs in content, whom that moves, and how large a step of the version it needs."""

from __future__ import annotations

from cds.assess import Assessor
from cds.cohort import SIZE
from cds.diff.behaviour import behave
from cds.diff.content import compare
from cds.diff.shapes import WEIGHTS, Behaviour, Difference, PieceChange, Version, Weight
from cds.release.frozen import Release

_MOST_REASONS = 12


def diff(old: Release, new: Release, size: int = SIZE) -> Difference:
    """Everything that differs between two releases; the same bytes every time. Takes half a minute at full size.

    Raises ContentError where one of them cannot be decided. `size` is how many invented people it is shown on.
    """
    content = compare(old.content, new.content)
    behaviour = behave(Assessor(old), Assessor(new), size)
    least, because = _least(content, behaviour)
    return Difference(
        old=_version(old),
        new=_version(new),
        least=least,
        because=because,
        content=content,
        behaviour=behaviour,
    )


def _version(release: Release) -> Version:
    frozen = release.digest.startswith("sha256:")
    return Version(
        version=release.version, digest=release.digest if frozen else None, in_force_from=release.in_force_from
    )


def _least(content: tuple[PieceChange, ...], behaviour: Behaviour) -> tuple[Weight, tuple[str, ...]]:
    """The least step of the version number, and what needs it."""
    least: Weight = max((piece.weight for piece in content), key=WEIGHTS.index, default="patch")
    if least == "patch" and behaviour.moves_somebody:
        least = "minor"
    if least == "patch":
        return least, ()
    because = [line for piece in content for line in _needing(piece, least)]
    if least == "minor":
        because += _moved(behaviour)
    more = len(because) - _MOST_REASONS
    return least, (*because[:_MOST_REASONS], *([f"and {more} more"] if more > 0 else []))


def _needing(piece: PieceChange, least: Weight) -> list[str]:
    if piece.weight != least:
        return []
    name = f"{piece.kind} {piece.code or ''} {piece.id}".replace("  ", " ")
    if not piece.fields:
        return [f"{name}: {'new' if piece.change == 'added' else 'gone'}"]
    return [f"{name}: {field.words}" for field in piece.fields if field.weight == least]


def _moved(behaviour: Behaviour) -> list[str]:
    size = behaviour.cohort.size
    counts = (
        (len(behaviour.cases), f"of {behaviour.cases_compared} cases come out otherwise"),
        (behaviour.level_moved, f"of {size} people have another level"),
        (behaviour.points_moved, f"of {size} people have other points"),
        (behaviour.advice_moved, f"of {size} people are advised otherwise"),
    )
    return [f"{count} {what}" for count, what in counts if count]
