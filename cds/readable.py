"""An assessment on a terminal, for people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Protocol

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as Line

from cds.assessment import Assessment, FactorLine
from cds.content.advice import ranks
from cds.content.folder import Content
from cds.note import Note
from cds.outlook import Outlook, WhatIf
from cds.records.doses.lines import OmeqLine


class Answer(Protocol):
    """What can be printed: an assessment and what was asked for beside it."""

    @property
    def assessment(self) -> Assessment: ...
    @property
    def outlook(self) -> Outlook | None: ...
    @property
    def what_if(self) -> WhatIf | None: ...
    @property
    def note(self) -> Note | None: ...


_COLOURS = {
    "low": "green", "elevated": "yellow", "high": "dark_orange", "very_high": "red", "acute": "bold white on red",
}  # fmt: skip


def print_answer(made: Answer, content: Content, console: Console | None = None) -> None:
    """Print level, reasons, factors, what to do, what to ask, what will change, and what it all rests on.

    Colour repeats what words already say.
    """
    assessment = made.assessment
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
        out.print(
            words["heading_points"].format(at_least=assessment.points.at_least, at_most=assessment.points.at_most),
            style="dim",
        )
    if assessment.meaning:
        out.print(assessment.meaning)
    for reason in assessment.level_because or ():
        out.print(f"→ {reason.text}")
    for block in assessment.acute or ():
        out.print(f"\n{block.title}", style="bold")
        for number, step in enumerate(block.steps, 1):
            out.print(f"  {number}. {step}")
    _print_factors(assessment, words, out)
    _print_recommendations(assessment, words, out)
    _print_questions(assessment, words, out)
    _print_record(assessment, content, out)
    _print_time(made, {level.id: level.label.in_(assessment.language) for level in content.levels.levels}, out)
    if made.note is not None:
        out.print(Padding(made.note.record, (1, 0, 0, 2)))
        out.print(Padding(made.note.person, (1, 0, 0, 2)))
    if assessment.cautions:
        out.print(f"\n{words['heading_cautions']}", style="bold")
        for caution in assessment.cautions:
            out.print(Padding(f"· {caution.text}", (0, 0, 0, 2)), style="dim")
    rules = assessment.provenance
    out.print(
        f"\n{words['heading_rules']} {rules.release} {rules.digest[:19]}… · "
        f"{' + '.join(rules.engines)} · {rules.service}",
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


def _print_recommendations(assessment: Assessment, words: dict[str, str], out: Console) -> None:
    """What is recommended in full; what depends on an answer by name."""
    lines = assessment.recommendations or ()
    for urgency in ("now", "same_day", "days", "routine"):
        mine = [line for line in lines if line.urgency == urgency]
        if not mine:
            continue
        out.print(f"\n{words[f'heading_{urgency}']}", style="bold")
        for line in mine:
            if line.status == "recommended":
                head = Line(f"{line.code} {line.title} ", "bold")
                head.append(f"({ranks(line.modality, words)}; {line.actor})", "not bold dim")
                out.print(Padding(head, (0, 0, 0, 2)))
                out.print(Padding(line.text, (0, 0, 0, 6)))
        open_ones = [f"{line.code} {line.title}" for line in mine if line.status == "if_confirmed"]
        if open_ones:
            out.print(Padding(f"{words['heading_if_confirmed']}: {' · '.join(open_ones)}", (0, 0, 0, 2)), style="dim")


_RECORD = {
    "nb": {
        "conflicts": "Svar og journal er uenige; det som øker faren mest, gjelder",
        "line": "{fact}: svart {sent}, journalen {derived} → brukt {used}",
        "origins": "Lest av journalen (opplysning nummer)",
        "not_used": "Ikke brukt",
        "omeq": "Opioider per døgn, som mg morfin gjennom munnen",
        "omeq_whole": "{value} (mellom {low} og {high})",
        "omeq_at_least": "minst {value}; noe lot seg ikke regne ut",
        "omeq_more": "minst {value}; det kan være mer",
        "omeq_none": "lot seg ikke regne ut",
        "omeq_counted": "{label} ({drug}): {mg} mg per døgn × {ratio} = {value} ({low}–{high})",
        "omeq_missing": "{label} ({drug}): ikke regnet ut, {reason}",
        "omeq_kept_out": "holdt utenfor, gitt i substitusjonsbehandling: {drugs}",
        "unknown_drug": "medisinen står ikke i tabellen", "missing_route": "veien inn i kroppen mangler",
        "unknown_route": "veien inn i kroppen er ikke til å lese",
        "no_ratio_for_route": "tabellen har ikke denne veien", "missing_dose": "dosen mangler",
        "missing_unit": "enheten mangler", "unit_not_convertible": "enheten kan ikke regnes om",
        "missing_per_day": "antall ganger per døgn mangler", "below_table": "dosen er under det tabellen dekker",
        "too_large": "dosen er umulig stor",
        "yes": "ja", "no": "nei", "unknown": "ukjent", "refused": "ville ikke svare", "not_applicable": "ikke aktuelt",
    },
    "nn": {
        "conflicts": "Svar og journal er usamde; det som aukar faren mest, gjeld",
        "line": "{fact}: svart {sent}, journalen {derived} → brukt {used}",
        "origins": "Lese av journalen (opplysning nummer)",
        "not_used": "Ikkje brukt",
        "omeq": "Opioid i døgnet, som mg morfin gjennom munnen",
        "omeq_whole": "{value} (mellom {low} og {high})",
        "omeq_at_least": "minst {value}; noko lét seg ikkje rekne ut",
        "omeq_more": "minst {value}; det kan vere meir",
        "omeq_none": "lét seg ikkje rekne ut",
        "omeq_counted": "{label} ({drug}): {mg} mg i døgnet × {ratio} = {value} ({low}–{high})",
        "omeq_missing": "{label} ({drug}): ikkje rekna ut, {reason}",
        "omeq_kept_out": "halde utanfor, gjeve i substitusjonsbehandling: {drugs}",
        "unknown_drug": "medisinen står ikkje i tabellen", "missing_route": "vegen inn i kroppen manglar",
        "unknown_route": "vegen inn i kroppen er ikkje til å lese",
        "no_ratio_for_route": "tabellen har ikkje denne vegen", "missing_dose": "dosen manglar",
        "missing_unit": "eininga manglar", "unit_not_convertible": "eininga kan ikkje reknast om",
        "missing_per_day": "talet på gonger i døgnet manglar", "below_table": "dosen er under det tabellen dekkjer",
        "too_large": "dosen er umogleg stor",
        "yes": "ja", "no": "nei", "unknown": "ukjent", "refused": "ville ikkje svare",
        "not_applicable": "ikkje aktuelt",
    },
    "en": {
        "conflicts": "Answers and record differ; the more dangerous counts",
        "line": "{fact}: answered {sent}, record {derived} → used {used}",
        "origins": "Read from the record (number of the statement)",
        "not_used": "Not used",
        "omeq": "Opioids a day, as mg of oral morphine",
        "omeq_whole": "{value} (between {low} and {high})",
        "omeq_at_least": "at least {value}; something could not be computed",
        "omeq_more": "at least {value}; it may be more",
        "omeq_none": "could not be computed",
        "omeq_counted": "{label} ({drug}): {mg} mg a day × {ratio} = {value} ({low}–{high})",
        "omeq_missing": "{label} ({drug}): not computed, {reason}",
        "omeq_kept_out": "kept out, given in agonist treatment: {drugs}",
        "unknown_drug": "the table does not hold this medicine", "missing_route": "the route is missing",
        "unknown_route": "the route cannot be read",
        "no_ratio_for_route": "the table does not hold this route", "missing_dose": "the dose is missing",
        "missing_unit": "the unit is missing", "unit_not_convertible": "the unit cannot be converted",
        "missing_per_day": "how often a day is missing", "below_table": "the dose is below what the table covers",
        "too_large": "the dose is impossibly large",
        "yes": "yes", "no": "no", "unknown": "unknown", "refused": "declined", "not_applicable": "not applicable",
    },
}  # fmt: skip
"""Words for what was read of a record. They stand here since the releases that read records first hold none."""
_MOST_PLACES = 20


def _print_record(assessment: Assessment, content: Content, out: Console) -> None:
    """Where answers and record differ, which statements made which fact, and which made none, with the reason."""
    words = _RECORD[assessment.language]
    label = {name: fact.label.in_(assessment.language) for name, fact in content.facts.facts.items()}
    if assessment.conflicts:
        out.print(f"\n{words['conflicts']}", style="bold")
        for line in assessment.conflicts:
            sides = {"sent": line.sent, "derived": line.derived, "used": line.used}
            told = {side: words.get(value, value) for side, value in sides.items()}
            out.print(
                Padding(words["line"].format(fact=label[line.fact], **told) + _places(line.statements), (0, 0, 0, 2))
            )
    if assessment.omeq is not None:
        out.print(f"\n{words['omeq']}", style="bold")
        for sentence in _omeq(assessment.omeq, words):
            out.print(Padding(sentence, (0, 0, 0, 2)))
        out.print(Padding(f"{assessment.omeq.table}, {assessment.omeq.version}", (0, 0, 0, 2)), style="dim")
    if assessment.origins:
        out.print(f"\n{words['origins']}", style="bold")
        for fact, statements in assessment.origins.items():
            out.print(Padding(f"{label[fact]}{_places(statements)}", (0, 0, 0, 2)), style="dim")
    if assessment.not_used:
        out.print(f"\n{words['not_used']}", style="bold")
        by_reason: dict[str, list[int]] = {}
        for unused in assessment.not_used:
            about = "" if unused.fact is None else f" ({label[unused.fact]})"
            by_reason.setdefault(unused.reason + about, []).append(unused.statement)
        for reason, statements_of in sorted(by_reason.items()):
            out.print(Padding(f"{reason}{_places(statements_of)}", (0, 0, 0, 2)), style="dim")


def _omeq(omeq: OmeqLine, words: Mapping[str, str]) -> Iterator[str]:
    """The dose, what made it, and what could not be counted."""
    if omeq.value is not None:
        yield words["omeq_whole"].format(value=omeq.value, low=omeq.low, high=omeq.high)
    elif omeq.at_least is not None:
        yield words["omeq_at_least" if omeq.not_computable else "omeq_more"].format(value=omeq.at_least)
    elif omeq.not_computable:
        yield words["omeq_none"]
    for line in omeq.counted:
        numbers = {"mg": line.mg_per_day, "ratio": line.ratio, "value": line.value, "low": line.low, "high": line.high}
        yield words["omeq_counted"].format(label=line.label, drug=line.drug, **numbers) + _places(line.statements)
    for missing in omeq.not_computable:
        told = words["omeq_missing"].format(label=missing.label, drug=missing.drug, reason=words[missing.reason])
        yield told + _places(missing.statements)
    if omeq.agonist_treatment:
        yield words["omeq_kept_out"].format(drugs=", ".join(omeq.agonist_treatment))


def _places(statements: Iterable[int]) -> str:
    """Places in the request, counted from 0 as in the JSON answer."""
    all_places = [str(place) for place in statements]
    rest = f" … +{len(all_places) - _MOST_PLACES}" if len(all_places) > _MOST_PLACES else ""
    return f" [{', '.join(all_places[:_MOST_PLACES])}{rest}]" if all_places else ""


def _print_time(made: Answer, labels: Mapping[str, str], out: Console) -> None:
    if made.outlook is not None:
        out.print(f"\n{made.outlook.look_again}", style="bold")
        for step in made.outlook.steps:
            points = f"{step.points.at_least}–{step.points.at_most}"
            out.print(f"  {step.date.isoformat()}  {labels.get(step.level, step.level)} ({points})")
            for reason in step.because:
                out.print(Padding(reason, (0, 0, 0, 14)))
            if step.caution:
                out.print(Padding(step.caution, (0, 0, 0, 14)), style="dim")
    if made.what_if is not None:
        out.print(f"\n{made.what_if.disclaimer}", style="bold")
        for change in made.what_if.changes:
            points = f"{change.points.at_least}–{change.points.at_most}"
            out.print(f"  {labels.get(change.level, change.level)} ({points})  {change.label}")


def _points(line: FactorLine) -> str:
    least, most = line.points.at_least, line.points.at_most
    return f"+{least}" if least == most else f"+{least}–{most}"


def _told(line: FactorLine) -> Line:
    told = Line(line.title, "bold" if line.outcome == "present" else "")
    if line.outcome == "present":
        told.append(f"\n{line.because}", "not bold")
    dates = [f"{fact.label}: {', '.join(dict.fromkeys(fact.dates))}" for fact in line.facts if fact.dates]
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
