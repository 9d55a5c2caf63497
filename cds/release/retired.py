"""Ids and codes are never reused: what is given up is said in retired.yaml, and never comes back as something else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from cds.content.folder import Content
from cds.diff.pieces import Piece, pieces

_NO_ID_OF_THEIR_OWN = frozenset({"question order", "left out"})
"""Pieces that are called by a place in a row, or by the fact that records do not answer: either may change freely."""
Named = Mapping[tuple[str, str], Any]


def named(content: Content) -> Named:
    """Everything with a lasting id, by kind and id, with what it means.

    A step is called as its rule is: `lost-tolerance/day-0-14`.
    """
    steps = {("step", rule): tier for factor in content.factors.values() for rule, tier in factor.tiers}
    lasting = {key: piece.model for key, piece in pieces(content).items() if key[0] not in _NO_ID_OF_THEIR_OWN}
    return lasting | steps


def retired_wrongly(draft: Content, releases: Sequence[Content]) -> Iterator[str]:
    """What is wrong with the ids and codes of a draft, given every release before it, oldest first."""
    now = named(draft)
    said = {(line.kind, line.id) for line in draft.retired}
    for kind, id_ in sorted(said & now.keys()):
        yield f"{kind} {id_}: is retired and is still there"
    if not releases:
        return
    last: dict[tuple[str, str], Any] = {}
    for release in releases:
        last |= named(release)
    newest = named(releases[-1])
    ids = {id_ for _, id_ in now}
    for kind, id_ in sorted(newest.keys() - now.keys() - said):
        if kind == "step" and ("factor", id_.partition("/")[0]) in said:
            continue
        yield f"{kind} {id_}: is gone, and retired.yaml does not say why and what takes its place"
    for line in draft.retired:
        if line.successor != "none" and line.successor not in ids:
            yield f"{line.kind} {line.id}: nothing is called {line.successor}, which is to take its place"
    for key in sorted(now.keys() & last.keys() - newest.keys()):
        if now[key] != last[key]:
            yield f"{key[0]} {key[1]}: was retired and comes back as something else; choose another id"
    yield from _codes_of_others(draft, releases)


def _codes_of_others(draft: Content, releases: Sequence[Content]) -> Iterator[str]:
    """Codes that another id of the same kind had in some release, gone or not: people and systems speak in codes."""
    owners: dict[tuple[str, str], set[str]] = {}
    for release in releases:
        for piece in pieces(release).values():
            for code in _codes(piece):
                owners.setdefault((piece.kind, code), set()).add(piece.id)
    for piece in pieces(draft).values():
        for code in _codes(piece):
            others = owners.get((piece.kind, code), set())
            if others and piece.id not in others:
                yield f"{piece.kind} {piece.id}: {code} is the code of {', '.join(sorted(others))}; choose another"


def _codes(piece: Piece) -> tuple[str, ...]:
    own = () if piece.code is None else (piece.code,)
    return (*own, *getattr(piece.model, "also", ()))
