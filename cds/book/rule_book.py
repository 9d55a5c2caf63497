"""The rule book: the whole content of one folder for clinicians to read and dispute, made from what runs.

It is written in English with the Norwegian texts beside; nynorsk stands in the YAML. Nothing in it is kept by hand.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from cds.book.advice import advice_chapters
from cds.book.levels import levels_chapter
from cds.book.markdown import GENERATED, table
from cds.book.nav import nav_chapter
from cds.book.traceability import traceability
from cds.book.words import COMPUTED
from cds.book.writer import BASIS, Writer, factor_heading
from cds.content.conditions import DERIVED
from cds.content.factors import Case, Definition, Factor, Tier
from cds.content.folder import Content, read_cases, read_content
from cds.errors import ContentError

Cases = Mapping[str, tuple[Case, ...]]
"""The cases beside each factor, by the factor's id."""

HOW_TO_READ = (
    "- **Not validated.** Nothing here has been tested on patients. Most weights are judgement; each says what it rests"
    " on.",
    "- **Not a probability.** Points order urgency. A level does not say who will have an overdose, and no level means"
    " safe.",
    "- **Unknown is never absent.** A condition is present, absent or unknown. The lower bound counts what is unknown"
    " as nothing, the upper one as the most dangerous it could be.",
    "- **Conditions** are written out by machine from the rules that run. Each line compares one fact; *all of* and"
    " *any of* join the lines set in below them. Days are counted back from the date of the assessment.",
    "- **Steps** of a factor are thresholds that lie inside each other: who meets a strong step meets the weaker ones"
    " too. Where the highest counts, only the strongest step that holds gives points.",
    "- **Anchor** marks a step strong enough to carry a high level although nothing else scores.",
    "- **Basis** says what a number rests on: a *published figure*, a *source document*, or *local consensus*, which is"
    " judgement.",
    "- **Modality** is the rank as the source has it, in Norwegian: *skal* (duty), *må* (required), *bør*"
    " (recommended), *kan* (permitted), *viktig* (stressed). *derived*: no source says it as a measure of its own.",
    "- **†** beside a source: a note on its age stands in the list of sources.",
    "- **nb** is bokmål, **en** English; each text exists in nynorsk too. Quote the code of what you disagree with.",
)


def rule_book(content: Content, release: str, cases: Cases | None = None) -> str:
    """The rule book as Markdown. `release` says which content this is; without `cases` their tables are left out."""
    page = Writer("Rule book", (GENERATED, "", f"Content: {release}."), content)
    page.heading(2, "How to read this")
    page.paragraph(*HOW_TO_READ)
    levels_chapter(page)
    _definitions(page)
    factors = sorted(content.factors.values(), key=_by_code)
    page.heading(2, "Factors")
    for factor in factors:
        if factor.family is not None:
            _factor(page, factor, (cases or {}).get(factor.id, ()))
    page.heading(2, "Interactions")
    page.paragraph("Points on top when factors meet. An interaction belongs to no family.")
    for factor in factors:
        if factor.family is None:
            _factor(page, factor, (cases or {}).get(factor.id, ()))
    _acute(page)
    if content.advice is not None:
        advice_chapters(page, content.advice)
    if content.nav is not None:
        nav_chapter(page, content.nav)
    _facts(page)
    _honesty(page)
    _sources(page)
    return page.text()


def _by_code(factor: Factor) -> tuple[str, int]:
    letters = factor.code.rstrip("0123456789")
    return letters, int(factor.code.removeprefix(letters) or 0)


def _definitions(page: Writer) -> None:
    page.heading(2, "Definitions")
    page.paragraph("Conditions with a name, which other rules refer to.")
    for name, definition in page.content.definitions.items():
        _definition(page, name, definition)


def _definition(page: Writer, name: str, definition: Definition) -> None:
    page.heading(3, name)
    page.both(definition.text)
    page.condition("Holds when", definition.when)
    if definition.note is not None:
        page.paragraph(f"**Note:** {definition.note}")
    page.paragraph(f"*Basis: {BASIS[definition.basis]}.*")
    page.evidence(definition.evidence)


def _factor(page: Writer, factor: Factor, cases: tuple[Case, ...]) -> None:
    page.heading(3, factor_heading(factor))
    also = f" Also known as {', '.join(factor.also)}." if factor.also else ""
    page.paragraph(f"*{factor.title.nb}.* Rule `{factor.id}`.{also}")
    page.both(factor.rationale)
    if factor.requires is not None:
        page.condition("Counts only when", factor.requires)
    page.paragraph(f"**How steps combine:** {_combining(factor)}")
    for rule, tier in factor.tiers:
        _tier(page, rule, tier)
    page.evidence(factor.evidence, "Evidence for the factor")
    page.ages((*factor.evidence, *(item for _, tier in factor.tiers for item in tier.evidence)))
    if factor.cautions:
        page.paragraph("**Where sources disagree:**")
        conflicts = page.content.cautions.conflicts
        page.paragraph(*(f"- {name}: {conflicts[name].text.en}" for name in factor.cautions))
    if cases:
        page.paragraph(f"**Cases** (facts and dates in `factors/{factor.id}.cases.yaml`):")
        page.add(*table(("Case", "Outcome", "Points"), ((case.case, case.outcome, _points(case)) for case in cases)))


def _combining(factor: Factor) -> str:
    if len(factor.tiers) == 1:
        return "there is one step."
    parts = [f"{part.id}: {_rule_of_counting(part.combine, part.cap)}" for part in factor.parts if len(part.tiers) > 1]
    if len(factor.parts) > 1:
        parts.append(f"the parts together: {_rule_of_counting(factor.combine, factor.cap)}")
    elif factor.cap is not None:
        parts.append(f"{factor.cap} points at most")
    return "; ".join(parts) + "."


def _rule_of_counting(combine: str, cap: int | None) -> str:
    counted = "the highest counts" if combine == "highest" else "points are added"
    return counted if cap is None else f"{counted}, {cap} at most"


def _tier(page: Writer, rule: str, tier: Tier) -> None:
    points = "1 point" if tier.points == 1 else f"{tier.points} points"
    anchor = " · anchor" if tier.anchor else ""
    page.paragraph(f"**{points} · `{rule}`{anchor} · basis: {BASIS[tier.basis]}**")
    page.both(tier.text)
    page.condition("Holds when", tier.when)
    if tier.counted_once_with:
        named = ", ".join(f"`{rule}`" for rule in tier.counted_once_with)
        page.paragraph(
            f"Counted once with {named}: if this step is the factor's only reason, what is added there is taken off."
        )
    page.paragraph(f"**Why {points}:** {tier.why}")
    page.evidence(tier.evidence)


def _points(case: Case) -> str:
    least, most = case.points
    return str(least) if least == most else f"{least} to {most}"


def _acute(page: Writer) -> None:
    page.heading(2, "Emergencies")
    page.paragraph("What to do now. While one of these holds nothing is scored.")
    for block in page.content.acute:
        page.heading(3, f"{block.id}: {block.title.en}")
        page.paragraph(f"*{block.title.nb}*")
        page.condition("Holds when", block.when)
        page.add(*table(("nb", "en"), zip(block.steps.nb, block.steps.en, strict=True)))
        if block.why is not None:
            page.paragraph(f"**Why:** {block.why}")
        if block.note is not None:
            page.paragraph(f"**Note:** {block.note}")
        page.paragraph(f"*Basis: {BASIS[block.basis]}.*")
        page.evidence(block.evidence)


def _facts(page: Writer) -> None:
    page.heading(2, "Facts")
    page.paragraph("What may be asked about one person, and for how many days an answer holds.")
    page.add(
        *table(
            ("Fact", "Name", "Question", "More dangerous when", "Days valid"),
            (
                (
                    name,
                    f"{fact.label.en} ({fact.label.nb})",
                    fact.question.en,
                    fact.direction,
                    _validity(fact.valid_days),
                )
                for name, fact in page.content.facts.facts.items()
            ),
        )
    )
    page.paragraph("Facts that are computed from these:")
    page.add(
        *table(
            ("Fact", "Name in conditions", "What it is", "Computed from"),
            ((name, *COMPUTED[name], page.facts(from_)) for name, (_, from_) in DERIVED.items()),
        )
    )


def _validity(days: int | None) -> str:
    return "always" if days is None else "the same day" if days == 0 else str(days)


def _honesty(page: Writer) -> None:
    cautions = page.content.cautions
    page.heading(2, "What an answer says about itself")
    page.add(
        *table(
            ("Sentence", "Said", "nb", "en"),
            ((each.id, each.applies.replace("_", " "), each.text.nb, each.text.en) for each in cautions.sentences),
        )
    )
    page.heading(2, "Where sources disagree")
    page.add(
        *table(
            ("Code", "About", "What this service does"),
            ((name, ", ".join(each.about), each.text.en) for name, each in cautions.conflicts.items()),
        )
    )


def _sources(page: Writer) -> None:
    page.heading(2, "Sources")
    for name, source in page.content.sources.items():
        page.heading(3, name, listed=False)
        publisher = f" {source.publisher}." if source.publisher is not None else ""
        page.paragraph(f"{source.title}.{publisher} {source.edition}. *{source.kind}; read: {source.read}.*")
        if source.url is not None:
            page.paragraph(f"<{source.url}>")
        if source.age_note is not None:
            page.paragraph(f"† {source.age_note.en}")


def books(folder: Path, release: str) -> dict[str, str]:
    """The generated pages of a content folder by file name. Raises ContentError with every problem of its files."""
    content = read_content(folder)
    cases, problems = {}, []
    for factor in content.factors:
        cases[factor], found = read_cases(folder, factor)
        problems += found
    if problems:
        raise ContentError(problems)
    return {"rule-book.md": rule_book(content, release, cases), "traceability.md": traceability(content)}
