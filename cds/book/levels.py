"""The chapter of the rule book on what makes a level out of points."""

from __future__ import annotations

from cds.book.markdown import table
from cds.book.writer import BASIS, Writer
from cds.content.levels import Days, Floor, Kinds
from cds.content.texts import Evidence


def levels_chapter(page: Writer) -> None:
    """Levels with their edges, cap, floors, minimum set, scope and parameters."""
    levels = page.content.levels
    page.heading(2, "Levels")
    page.paragraph("Points are added up, then the cap on a single family applies, then the floors lift the level.")
    edges = [level.from_points for level in levels.levels]
    lasts = [f"to {edge - 1}" for edge in edges[1:]] + ["and more"]
    page.add(
        *table(
            ("Level", "Points", "What it means", "Why this edge", "Basis"),
            (
                (
                    f"{level.label.en} ({level.label.nb})",
                    f"{level.from_points} {last}",
                    level.meaning.en,
                    level.why,
                    BASIS[level.basis],
                )
                for level, last in zip(levels.levels, lasts, strict=True)
            ),
        )
    )
    for level in levels.levels:
        page.evidence(level.evidence, f"Evidence for {level.label.en.lower()}")
    page.paragraph("Levels that no number of points leads to:")
    page.add(
        *table(
            ("Level", "What it means"),
            ((f"{each.label.en} ({each.label.nb})", each.meaning.en) for each in levels.outside.values()),
        )
    )
    page.heading(3, "Cap")
    page.paragraph(
        f"One factor family alone lifts the level to {levels.cap.level} at most, unless a step is an anchor."
    )
    page.both(levels.cap.text)
    _rests(page, levels.cap.why, BASIS[levels.cap.basis], levels.cap.evidence)
    page.heading(3, "Floors")
    for floor in levels.floors:
        _floor(page, floor)
    page.heading(3, "Minimum set")
    page.paragraph("The word low is used only when all of these are known and fresh:")
    page.paragraph(*(f"- {page.words.fact(fact)}" for fact in levels.minimum_set.facts))
    _rests(page, levels.minimum_set.why, BASIS[levels.minimum_set.basis], levels.minimum_set.evidence)
    page.heading(3, "Scope")
    page.both(levels.scope.text)
    _rests(page, levels.scope.why, BASIS[levels.scope.basis], levels.scope.evidence)
    page.heading(3, "Parameters")
    parameters = levels.parameters
    _parameter(page, "Days without opioids that cost tolerance", parameters.tolerance_pause_days)
    _parameter(page, "Taken to have lasted at least so long when nobody knows", parameters.presumed_pause)
    _parameter(page, "Taken to tell of opioid use by themselves", parameters.presumed_opioid_history)


def _rests(page: Writer, why: str, basis: str, evidence: tuple[Evidence, ...]) -> None:
    page.paragraph(f"**Why:** {why} *Basis: {basis}.*")
    page.evidence(evidence)


def _floor(page: Writer, floor: Floor) -> None:
    code = f" ({floor.code})" if floor.code is not None else ""
    page.heading(4, f"{floor.id}{code}", listed=False)
    page.paragraph(f"At least **{floor.level.replace('_', ' ')}**.")
    page.both(floor.text)
    page.condition("Holds when", floor.when)
    _rests(page, floor.why, BASIS[floor.basis], floor.evidence)


def _parameter(page: Writer, name: str, parameter: Days | Kinds) -> None:
    value = (
        str(parameter.value)
        if isinstance(parameter, Days)
        else ", ".join(kind.value.replace("_", " ") for kind in parameter.kinds)
    )
    page.paragraph(f"**{name}:** {value}.")
    _rests(page, parameter.why, BASIS[parameter.basis], parameter.evidence)
