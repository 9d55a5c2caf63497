"""What a rule author is told: every error in the draft, in one run, with file and line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from cds.assess import Assessor
from cds.check.advice import check_advice
from cds.check.conditions import comparison_problem, rules_that_hold
from cds.check.nav import check_nav
from cds.content.conditions import (
    DERIVED,
    SHAPES,
    Condition,
    LevelReached,
    RuleHolds,
    Shape,
    leaves,
    origins,
    runs_with,
)
from cds.content.factors import Case, Factor
from cds.content.folder import Content, read_cases, try_read
from cds.errors import ContentError, FactError
from cds.facts import FACT_NAMES, Facts
from cds.release.frozen import unfrozen
from cds.strict_yaml import Document, read

DISRESPECTFUL = re.compile(
    r"misbruk|narkoman|rusfri|stoffri|junkie|addict|abus(e|er|ing)\b|\bclean\b|\bstoffmisbruk", re.IGNORECASE
)
ABRUPT = re.compile(
    r"\b(?P<stop>slutt|stopp|stans|kutt|seponer|stop|quit|discontinue)\w*\b[^.!?]{0,60}"
    r"\b(brått|umiddelbart|straks|abruptly|at once|immediately)\b",
    re.IGNORECASE,
)
NOT_ABRUPT = re.compile(r"\b(aldri|ikke|ikkje|uten|utan|never|not|without|nor)\b", re.IGNORECASE)


def check(folder: Path) -> list[str]:
    """Every problem of a folder of content, each as `file:line: what`; empty where there is none."""
    return read_and_check(folder)[1]


def read_and_check(folder: Path) -> tuple[Content | None, list[str]]:
    """The content of a folder, and every problem as `check` tells it; no content where a file cannot be read."""
    content, problems = try_read(folder)
    if content is None:
        return None, sorted(problems)
    problems += _texts(content)
    problems += _references(content)
    problems += _facts(content)
    problems += _conditions(content)
    problems += _levels(content)
    problems += check_advice(content)
    problems += check_nav(content)
    cases = {}
    for factor in content.factors:
        cases[factor], misread = read_cases(folder, factor)
        problems += misread
    if not problems:
        problems += _decides(folder, content, cases)
    return content, sorted(set(problems))


def _texts(content: Content) -> Iterator[str]:
    for document in content.documents.values():
        for path, text in _strings(document.value, ()):
            if DISRESPECTFUL.search(text) and "title" not in path[-2:]:
                yield f"{document.at(path)}: a word that does not respect people"
            if any(_advises_abruptly(sentence) for sentence in re.split(r"[.!?]\s", text)):
                yield f"{document.at(path)}: reads as advice to stop abruptly"
        for path, texts in _translations(document.value, ()):
            if texts["nb"] == texts["nn"] and len(texts["nb"].split()) > 3:  # noqa: PLR2004 - names may coincide
                yield f"{document.at(path)}: nynorsk is the same as bokmål"


def _advises_abruptly(sentence: str) -> bool:
    found = ABRUPT.search(sentence)
    return found is not None and not NOT_ABRUPT.search(sentence[: found.end()])


def _strings(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, part in value.items():
            yield from _strings(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _strings(part, (*path, index))


def _translations(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], dict[str, str]]]:
    if isinstance(value, dict):
        if value.keys() >= {"nb", "nn"} and isinstance(value["nb"], str) and isinstance(value["nn"], str):
            yield path, value
        for key, part in value.items():
            yield from _translations(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _translations(part, (*path, index))


def _references(content: Content) -> Iterator[str]:
    for document in content.documents.values():
        for path, value in _mappings(document.value, ()):
            if isinstance(value.get("locator"), str) and isinstance(value.get("source"), str) and "mark" not in value:
                yield from _evidence(value, document, path, content)
            for statement in value.get("statements") or () if isinstance(value.get("statements"), list) else ():
                if statement not in content.statements:
                    yield f"{document.at((*path, 'statements'))}: no statement is called {statement}"
    for name, statement in content.statements.items():
        if statement.source not in content.sources:
            yield f"{content.where('statements.yaml', name)}: no source is called {statement.source}"
    for factor in content.factors.values():
        for caution in factor.cautions:
            if caution not in content.cautions.conflicts:
                yield f"{content.where(f'factors/{factor.id}.yaml', 'cautions')}: no conflict is called {caution}"


def _mappings(value: Any, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], dict[str, Any]]]:
    if isinstance(value, dict):
        yield path, value
        for key, part in value.items():
            yield from _mappings(part, (*path, key))
    elif isinstance(value, list):
        for index, part in enumerate(value):
            yield from _mappings(part, (*path, index))


def _evidence(
    value: dict[str, Any], document: Document, path: tuple[str | int, ...], content: Content
) -> Iterator[str]:
    if value["source"] not in content.sources:
        yield f"{document.at(path)}: no source is called {value['source']}"
    statement = value.get("statement")
    if statement is None:
        return
    if statement not in content.statements:
        yield f"{document.at(path)}: no statement is called {statement}"
    elif content.statements[statement].source != value["source"]:
        yield f"{document.at(path)}: {statement} stands in {content.statements[statement].source}"


def _facts(content: Content) -> Iterator[str]:
    named = content.facts.facts
    for name in FACT_NAMES:
        if name not in named:
            yield f"{content.where('facts.yaml', 'facts')}: {name} is missing"
    for name, fact in named.items():
        at = content.where("facts.yaml", "facts", name)
        if name not in FACT_NAMES:
            yield f"{at}: no fact is called {name}"
        implied = (*fact.implies, *fact.implies_within)
        yield from (f"{at}: implies {other}, which is no fact" for other in implied if other not in named)
    for name in content.facts.not_applicable_allowed:
        if name not in named:
            yield f"{content.where('facts.yaml', 'not_applicable_allowed')}: no fact is called {name}"
    for name in content.levels.minimum_set.facts:
        if name not in named:
            yield f"{content.where('levels.yaml', 'minimum_set', 'facts')}: no fact is called {name}"


def _conditions(content: Content) -> Iterator[str]:
    known = rules_that_hold(content)
    for at, condition in _placed(content):
        for leaf in leaves(condition):
            if isinstance(leaf, RuleHolds):
                if leaf.rule not in known:
                    yield f"{at}: no rule is called {leaf.rule}"
            elif isinstance(leaf, LevelReached) or not hasattr(leaf, "fact"):
                yield f"{at}: a level or event cannot be part of what makes the level"
            else:
                yield from _leaf(leaf, at, content)


def _leaf(leaf: Any, at: str, content: Content) -> Iterator[str]:
    problem = comparison_problem(leaf)
    if problem is not None:
        yield f"{at}: {problem}"
        return
    directions = {
        content.facts.facts[origin].direction for origin in origins(leaf.fact) if origin in content.facts.facts
    }
    if leaf.fact in DERIVED:
        directions = {"more"} if SHAPES[leaf.fact] is Shape.COUNT else directions - {"none"}
    if directions != {"none"} and not any(runs_with(leaf, direction) for direction in directions):
        yield f"{at}: {leaf.fact} is used against its dangerous direction ({', '.join(sorted(directions))})"


def _placed(content: Content) -> Iterator[tuple[str, Condition]]:
    for name, definition in content.definitions.items():
        yield content.where("definitions.yaml", name, "when"), definition.when
    for factor in content.factors.values():
        file = f"factors/{factor.id}.yaml"
        if factor.requires is not None:
            yield content.where(file, "requires"), factor.requires
        for p, part in enumerate(factor.parts):
            for t, tier in enumerate(part.tiers):
                yield content.where(file, "parts", p, "tiers", t, "when"), tier.when
    for index, floor in enumerate(content.levels.floors):
        yield content.where("levels.yaml", "floors", index, "when"), floor.when
    for index, block in enumerate(content.acute):
        yield content.where("acute.yaml", index, "when"), block.when


def _levels(content: Content) -> Iterator[str]:
    at = content.where("levels.yaml", "levels")
    levels = content.levels.levels
    if [level.id for level in levels] != ["low", "elevated", "high", "very_high"]:
        yield f"{at}: the levels are low, elevated, high and very_high, in this order"
    edges = [level.from_points for level in levels]
    if edges != sorted(set(edges)) or edges[:1] != [0]:
        yield f"{at}: the edges must rise from 0"
    codes: dict[str, str] = {}
    for factor in content.factors.values():
        other = codes.setdefault(factor.code, factor.id)
        if other != factor.id:
            yield f"{content.where(f'factors/{factor.id}.yaml', 'code')}: {factor.code} belongs to {other}"
        yield from _tiers(factor, content)


def _tiers(factor: Factor, content: Content) -> Iterator[str]:
    at = content.where(f"factors/{factor.id}.yaml", "parts")
    ids = [rule for rule, _ in factor.tiers]
    yield from (f"{at}: {rule} is given twice" for rule in sorted({rule for rule in ids if ids.count(rule) > 1}))
    for _, tier in factor.tiers:
        for named in tier.counted_once_with:
            other = content.factors.get(named.partition("/")[0])
            if other is None or named not in {rule for rule, _ in other.tiers}:
                yield f"{at}: no tier is called {named}"
        if len({named.partition("/")[0] for named in tier.counted_once_with}) > 1:
            yield f"{at}: counted once with steps of more than one factor"


def _decides(folder: Path, content: Content, cases_of: Mapping[str, Sequence[Case]]) -> Iterator[str]:
    try:
        assessor = Assessor(unfrozen("0.0.0", date.min, folder, content))
    except ContentError as error:
        for problem in error.problems:
            rule, _, what = problem.partition(": ")
            yield f"{_where(content, rule)}: {what}"
        return
    for factor, cases in cases_of.items():
        path = folder / "factors" / f"{factor}.cases.yaml"
        for outcome in ("present", "absent", "unknown"):
            if cases and outcome not in {case.outcome for case in cases}:
                yield f"{path}:1: no case is {outcome}"
        for index, case in enumerate(cases):
            wrong = judge(assessor, factor, case)
            if wrong:
                yield f"{read(path).at((index,))}: case {index + 1} ({case.case}): {wrong}"


def _where(content: Content, rule: str) -> str:
    """Where a rule stands, from its id."""
    kind, _, name = rule.rpartition(":")
    factor = rule.partition("/")[0]
    if factor in content.factors:
        return content.where(f"factors/{factor}.yaml")
    files = {"floor": "levels.yaml", "acute": "acute.yaml", "must-not": "must-not.yaml"}
    if kind.partition(":")[0] in ("recommend", "urgency", "extra"):
        return content.where(f"recommendations/{rule.split(':')[1]}.yaml")
    return content.where(files.get(kind, "definitions.yaml"), name)


def judge(assessor: Assessor, factor: str, case: Case) -> str | None:
    """What is wrong with a case, or None where the factor comes out as it says."""
    try:
        facts = Facts.model_validate(case.facts)
        assessment = assessor.assess(facts, date.fromisoformat(case.as_of))
    except (ValidationError, FactError, ValueError) as error:
        return f"cannot be assessed: {type(error).__name__}: {error}"
    line = next((line for line in assessment.factors or () if line.id == factor), None)
    if line is None:
        return f"the answer is {assessment.level}, without factors"
    points = (line.points.at_least, line.points.at_most)
    if (line.outcome, points) != (case.outcome, case.points):
        return f"expected {case.outcome} {case.points}, came out {line.outcome} {points}"
    return None
