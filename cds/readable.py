"""An assessment on a terminal, for people."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from cds.assessment import Assessment, FactorLine
from cds.content_files import Content

_COLOURS = {
    "low": "green", "elevated": "yellow", "high": "dark_orange", "very_high": "red", "acute": "bold white on red",
}  # fmt: skip


def print_assessment(assessment: Assessment, content: Content, console: Console | None = None) -> None:
    """Print level, reasons, factors, questions, cautions and provenance. Colour repeats what words already say."""
    out = console or Console(width=110, highlight=False)
    words = {name: text.in_(assessment.language) for name, text in content.phrases.items()}
    out.print()
    head = Line(f"{words['heading_level']}: ", "bold")
    head.append(assessment.label.upper(), _COLOURS.get(assessment.level, "cyan"))
    if assessment.level_at_most is not None and assessment.level_at_most != assessment.level:
        label = next(level.label for level in content.levels.levels if level.id == assessment.level_at_most)
        head.append("  " + words["heading_at_most"].format(level=label.in_(assessment.language)))
    out.print(head, f"  {assessment.as_of.isoformat()}")
    if assessment.points is not None:
        out.print(words["heading_points"].format(**assessment.points.model_dump()), style="dim")
    if assessment.meaning:
        out.print(assessment.meaning)
    for reason in assessment.level_because or ():
        out.print(f"→ {reason.text}")
    for block in assessment.acute or ():
        out.print(f"\n{block.title}", style="bold")
        for number, step in enumerate(block.steps, 1):
            out.print(f"  {number}. {step}")
    _print_factors(assessment, words, out)
    _print_questions(assessment, words, out)
    if assessment.cautions:
        out.print(f"\n{words['heading_cautions']}", style="bold")
        for caution in assessment.cautions:
            out.print(Padding(f"· {caution.text}", (0, 0, 0, 2)), style="dim")
    made = assessment.provenance
    out.print(
        f"\n{words['heading_rules']} {made.release} {made.digest[:19]}… · {' + '.join(made.engines)} · {made.service}",
        style="dim",
    )


def _print_factors(assessment: Assessment, words: dict[str, str], out: Console) -> None:
    lines = assessment.factors or ()
    for outcome in ("present", "unknown"):
        shown = [line for line in lines if line.outcome == outcome]
        if shown:
            out.print(f"\n{words[f'heading_{outcome}']}", style="bold")
            table = Table(box=None, show_header=False, padding=(0, 1), pad_edge=False)
            table.add_column(width=4, style="cyan", no_wrap=True)
            table.add_column(width=6, justify="right", no_wrap=True)
            table.add_column(ratio=1)
            for line in shown:
                table.add_row(line.code, _points(line), _told(line))
            out.print(Padding(table, (0, 0, 0, 2)))
    absent = [f"{line.code} {line.title}" for line in lines if line.outcome == "absent"]
    if absent:
        out.print(f"\n{words['heading_absent']}", style="bold")
        out.print(Padding(" · ".join(absent), (0, 0, 0, 2)), style="dim")


def _points(line: FactorLine) -> str:
    least, most = line.points.at_least, line.points.at_most
    return f"+{least}" if least == most else f"+{least}–{most}"


def _told(line: FactorLine) -> Line:
    told = Line(line.title, "bold" if line.outcome == "present" else "")
    if line.outcome == "present":
        told.append(f"\n{line.because}", "not bold")
    dates = [f"{fact.label}: {', '.join(fact.dates)}" for fact in line.facts if fact.dates]
    sources = sorted({item.statement or item.source for item in line.evidence})
    if line.outcome == "present":
        told.append("\n" + " · ".join([*dates, ", ".join(sources[:8])]), "not bold dim")
    return told


def _print_questions(assessment: Assessment, words: dict[str, str], out: Console) -> None:
    if not assessment.questions:
        return
    out.print(f"\n{words['heading_questions']}", style="bold")
    for number, question in enumerate(assessment.questions, 1):
        out.print(f"  {number}. {question.topic}", style="bold")
        for ask in question.asks:
            out.print(Padding(f"– {ask.question}", (0, 0, 0, 5)))
