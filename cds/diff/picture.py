"""A difference as a small picture: two bars of levels, and a ribbon for everybody who goes from one to another.

Plain SVG to be put into a page, in the page's own text colour, without style or script. Everything it shows stands in
its description too; nothing is told by colour alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

from cds.content.folder import Content
from cds.content.texts import Language
from cds.diff.shapes import Behaviour, Difference, State

_WIDTH, _LEFT, _RIGHT, _BAR = 640, 190, 436, 14
_TOP, _TALL, _GAP, _LEAST = 34, 260, 8, 10
_WORDS: Mapping[str, Mapping[Language, str]] = {
    "title": {
        "nb": "Nivå for {size} oppdiktede personer i {old} og i {new}",
        "nn": "Nivå for {size} oppdikta personar i {old} og i {new}",
        "en": "Level of {size} invented people under {old} and under {new}",
    },
    "nobody": {
        "nb": "Ingen får et annet nivå.",
        "nn": "Ingen får eit anna nivå.",
        "en": "Nobody gets another level.",
    },
    "moves": {
        "nb": "{count} går fra {before} til {after}.",
        "nn": "{count} går frå {before} til {after}.",
        "en": "{count} go from {before} to {after}.",
    },
    "stays": {
        "nb": "{count} blir på {before}.",
        "nn": "{count} blir verande på {before}.",
        "en": "{count} stay at {before}.",
    },
    "refused": {"nb": "avvist", "nn": "avvist", "en": "refused"},
}


def state_names(content: Content, language: Language) -> Mapping[State, str]:
    """What every way of coming out is called, in the words of a release."""
    levels = content.levels
    names: dict[State, str] = {level.id: level.label.in_(language) for level in levels.levels}
    names |= {name: outside.label.in_(language) for name, outside in levels.outside.items()}
    return names | {"refused": _WORDS["refused"][language]}


def picture(difference: Difference, names: Mapping[State, str], language: Language) -> str:
    """The picture as an `svg` element, with a title and a description in the same language."""
    behaviour = difference.behaviour
    counts = behaviour.level.counts
    versions = {"old": difference.old.version, "new": difference.new.version}
    title = _WORDS["title"][language].format(size=behaviour.cohort.size, **versions)
    mark = f"moves-{versions['old']}-{versions['new']}".replace(".", "-")
    parts = [
        f'<text x="{_LEFT + _BAR}" y="18" text-anchor="end" font-weight="bold">{escape(versions["old"])}</text>',
        f'<text x="{_RIGHT}" y="18" font-weight="bold">{escape(versions["new"])}</text>',
        *_drawn(behaviour, names, language),
    ]
    seen = sum(any(row[index] for row in counts) or any(counts[index]) for index in range(len(counts)))
    height = _TOP + _TALL + (_GAP + _LEAST) * seen
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img" lang="{language}" '
        f'aria-labelledby="{mark}-title {mark}-text" fill="currentColor" font-family="inherit" font-size="13">'
        f'<title id="{mark}-title">{escape(title)}</title>'
        f'<desc id="{mark}-text">{escape(description(behaviour, names, language))}</desc>{"".join(parts)}</svg>'
    )


def description(behaviour: Behaviour, names: Mapping[State, str], language: Language) -> str:
    """The picture in words: first who moves, then who stays."""
    moves: list[str] = []
    stays: list[str] = []
    for before, row in zip(behaviour.level.states, behaviour.level.counts, strict=True):
        for after, count in zip(behaviour.level.states, row, strict=True):
            if count:
                said = _WORDS["stays" if before == after else "moves"][language]
                text = said.format(count=count, before=names[before], after=names[after])
                (stays if before == after else moves).append(text)
    return " ".join([*(moves or [_WORDS["nobody"][language]]), *stays])


def _drawn(behaviour: Behaviour, names: Mapping[State, str], language: Language) -> list[str]:
    states, counts = behaviour.level.states, behaviour.level.counts
    size = max(behaviour.cohort.size, 1)
    totals = {
        "old": [sum(row) for row in counts],
        "new": [sum(row[column] for row in counts) for column in range(len(states))],
    }
    starts = {side: _stacked(totals[side], size) for side in totals}
    bars, ribbons = [], []
    for side, x, label_x, anchor in (("old", _LEFT, _LEFT - 8, "end"), ("new", _RIGHT, _RIGHT + _BAR + 8, "start")):
        for state, total, (top, tall) in zip(states, totals[side], starts[side], strict=True):
            if total:
                bars.append(f'<rect x="{x}" y="{top}" width="{_BAR}" height="{tall}"/>')
                text = f"{escape(names[state])} {total}"
                bars.append(f'<text x="{label_x}" y="{top + tall // 2 + 4}" text-anchor="{anchor}">{text}</text>')
    used = {side: [0] * len(states) for side in totals}
    for row, before in enumerate(states):
        for column, after in enumerate(states):
            count = counts[row][column]
            if not count:
                continue
            ends = []
            for side, index in (("old", row), ("new", column)):
                top, tall = starts[side][index]
                first, last = used[side][index], used[side][index] + count
                used[side][index] = last
                whole = totals[side][index]
                ends.append(
                    (top + tall * first // whole, max(top + tall * last // whole, top + tall * first // whole + 1))
                )
            kind = "stays" if before == after else "moves"
            said = _WORDS[kind][language].format(count=count, before=names[before], after=names[after])
            ribbons.append(_ribbon(ends, said, moves=before != after))
    return [*ribbons, *bars]


def _stacked(totals: list[int], size: int) -> list[tuple[int, int]]:
    """Top and height of each part of a bar; nobody gets no place, and few get enough to be seen."""
    places, top = [], _TOP
    for total in totals:
        tall = _LEAST + _TALL * total // size if total else 0
        places.append((top, tall))
        top += tall + _GAP if total else 0
    return places


def _ribbon(ends: list[tuple[int, int]], said: str, *, moves: bool) -> str:
    (left_top, left_end), (right_top, right_end) = ends
    start, stop, middle = _LEFT + _BAR, _RIGHT, (_LEFT + _BAR + _RIGHT) // 2
    path = (
        f"M{start} {left_top}C{middle} {left_top} {middle} {right_top} {stop} {right_top}"
        f"V{right_end}C{middle} {right_end} {middle} {left_end} {start} {left_end}Z"
    )
    return f'<path d="{path}" fill-opacity="{"0.6" if moves else "0.12"}"><title>{escape(said)}</title></path>'
