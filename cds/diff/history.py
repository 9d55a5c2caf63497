"""One piece of content through all releases: where it came, changed and went."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Literal

from cds.book.words import Words
from cds.diff.content import between, guidelines_of
from cds.diff.pieces import pieces
from cds.diff.shapes import FieldChange, Shape
from cds.release.frozen import Release


class HistoryLine(Shape):
    """What one release did to a piece. `unchanged` where it has it as the release before does."""

    version: str
    in_force_from: date
    in_force_until: date | None
    change: Literal["added", "changed", "unchanged", "removed"]
    fields: tuple[FieldChange, ...] = ()


def history(releases: Iterable[Release], kind: str, id_: str) -> tuple[HistoryLine, ...]:
    """Every release that has a piece or gave it up, oldest first."""
    lines = []
    earlier: Release | None = None
    for release in releases:
        before = {} if earlier is None else pieces(earlier.content)
        after = pieces(release.content)
        old, new = before.get((kind, id_)), after.get((kind, id_))
        if old is not None or new is not None:
            words = Words((earlier or release).content), Words(release.content)
            change = between(old, new, words, guidelines_of(before))
            lines.append(
                HistoryLine(
                    version=release.version,
                    in_force_from=release.in_force_from,
                    in_force_until=release.in_force_until,
                    change="unchanged" if change is None else change.change,
                    fields=() if change is None else change.fields,
                )
            )
        earlier = release
    return tuple(lines)
