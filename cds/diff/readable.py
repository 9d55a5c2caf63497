"""A difference as text: what `cds diff` prints, and IMPACT.md in a release. Markdown that reads as it is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from cds.diff.shapes import AdviceMoves, Behaviour, CaseMove, Difference, Matrix, Outcome, PieceChange

_PLURALS = {"must-not": "must-nots", "facts": "facts", "texts": "texts", "left out": "left out", "OMEQ": "OMEQ"}


def as_markdown(difference: Difference) -> str:
    """The whole difference, for people who approve or read a release."""
    lines = [f"# {difference.old.version} → {difference.new.version}", "", *_step(difference), ""]
    lines += ["## What changed", "", *_content(difference.content), "## Whom it moves", ""]
    return "\n".join([*lines, *_behaviour(difference.behaviour)]) + "\n"


def _step(difference: Difference) -> Iterator[str]:
    old, new = difference.old, difference.new
    yield f"{new.version} is in force from {new.in_force_from}, {old.version} from {old.in_force_from}."
    yield f"The step this needs: {difference.least}."


def _content(changes: Sequence[PieceChange]) -> Iterator[str]:
    if not changes:
        yield from ("Nothing.", "")
        return
    counts = {change: sum(piece.change == change for piece in changes) for change in ("changed", "added", "removed")}
    yield f"{counts['changed']} pieces of content changed, {counts['added']} are new, {counts['removed']} are gone."
    yield ""
    for kind, group in groupby(changes, key=lambda piece: piece.kind):
        pieces = list(group)
        yield f"### {kind[0].upper()}{_PLURALS.get(kind, f'{kind}s')[1:]}"
        yield ""
        for piece in pieces:
            if piece.change == "changed":
                yield from _changed(piece)
        for change, said in (("added", "new"), ("removed", "gone")):
            names = [_name(piece) for piece in pieces if piece.change == change]
            if names:
                yield f"- {said} ({len(names)}): {', '.join(names)}"
        yield ""


def _changed(piece: PieceChange) -> Iterator[str]:
    title = f" ({piece.title.en})" if piece.title is not None and len(piece.title.en) < 80 else ""  # noqa: PLR2004
    yield f"- {_name(piece)}{title}"
    yield from (f"  - {field.words}" for field in piece.fields)
    if piece.sources_before == piece.sources_after:
        if piece.sources_after:
            yield f"  - rests on, as before: {'; '.join(piece.sources_after)}"
    else:
        yield f"  - rested on: {'; '.join(piece.sources_before) or 'nothing named'}"
        yield f"  - rests on: {'; '.join(piece.sources_after) or 'nothing named'}"


def _name(piece: PieceChange) -> str:
    return piece.id if piece.code in (None, piece.id) else f"{piece.code} {piece.id}"


def _behaviour(behaviour: Behaviour) -> Iterator[str]:
    size, cases = behaviour.cohort.size, behaviour.cases_compared
    yield f"Shown on {size} {behaviour.cohort.basis} (seed {behaviour.cohort.seed}, {behaviour.cohort.fingerprint})."
    yield f"Also on the {cases} cases that stand beside the rules of the two releases."
    yield ""
    if not behaviour.moves_somebody:
        yield "Nobody comes out otherwise."
        return
    share = f" ({behaviour.share_moved} %)" if behaviour.level_moved else ""
    yield f"- another level: {_of(behaviour.level_moved, size)}{share}"
    yield f"- another upper bound of the level: {_of(behaviour.level_at_most_moved, size)}"
    yield f"- other points: {_of(behaviour.points_moved, size)}"
    yield f"- another recommendation, status or urgency: {_of(behaviour.advice_moved, size)}"
    yield f"- cases that come out otherwise: {_of(len(behaviour.cases), cases)}"
    yield from ("", "Level, from each row to each column:", "")
    yield from table(behaviour.level)
    if behaviour.level_at_most_moved:
        yield from ("", "Level at most:", "")
        yield from table(behaviour.level_at_most)
    if behaviour.advice:
        yield from ("", "Recommendations (recommended + if confirmed):", "")
        yield from (f"- {_advice(line)}" for line in behaviour.advice)
    if behaviour.cases:
        yield from ("", "Cases:", "")
        for case in behaviour.cases:
            yield from _case(case)


def _of(part: int, whole: int) -> str:
    return f"{part} of {whole}" if part else f"none of {whole}"


def table(matrix: Matrix) -> Iterator[str]:
    """A matrix as an aligned table. Where nobody is, no row or column stands; who stays stands in brackets."""
    used = [
        index
        for index in range(len(matrix.states))
        if any(matrix.counts[index]) or any(row[index] for row in matrix.counts)
    ]
    names = [matrix.states[index].replace("_", " ") for index in used]
    rows = [["from \\ to", *names]]
    for index, name in zip(used, names, strict=True):
        rows.append([name, *(_cell(matrix.counts[index][column], stays=index == column) for column in used)])
    widths = [max(len(row[column]) for row in rows) for column in range(len(used) + 1)]
    first, *others = widths
    for number, row in enumerate(rows):
        cells = [cell.rjust(width) for cell, width in zip(row[1:], others, strict=True)]
        yield f"| {' | '.join([row[0].ljust(first), *cells])} |"
        if number == 0:
            yield f"|{'|'.join(['-' * (first + 2), *('-' * (width + 1) + ':' for width in others)])}|"


def _cell(count: int, *, stays: bool) -> str:
    if not count:
        return "·"
    return f"({count})" if stays else str(count)


def _advice(line: AdviceMoves) -> str:
    changes = (
        (line.appears, "new for"),
        (line.vanishes, "gone for"),
        (line.becomes_certain, "certain instead of if confirmed for"),
        (line.becomes_conditional, "if confirmed instead of certain for"),
        (line.urgency_changes, "of another urgency for"),
    )
    told = ", ".join(f"{said} {count}" for count, said in changes if count)
    before, after = (f"{line.recommended[side]} + {line.if_confirmed[side]}" for side in (0, 1))
    return f"{line.code} {line.title.en}: {before} → {after}; {told}"


def _case(case: CaseMove) -> Iterator[str]:
    only = {"both": "", "old": " (only in the older)", "new": " (only in the newer)"}[case.stands_in]
    came = "" if case.before == case.after else f": {_outcome(case.before)} → {_outcome(case.after)}"
    yield f"- {case.file}, {case.case}{only}{came}"
    for advice in case.advice:
        yield f"  - {advice.code} {advice.id}: {advice.before or 'not made'} → {advice.after or 'not made'}"


def _outcome(outcome: Outcome) -> str:
    said = outcome.level.replace("_", " ")
    if outcome.level_at_most is not None and outcome.level_at_most != outcome.level:
        said += f", at most {outcome.level_at_most.replace('_', ' ')}"
    if outcome.points is not None:
        said += f" ({outcome.points[0]}–{outcome.points[1]} points)"
    return said
