"""A folder of content, read into frozen models: which file holds what, and every problem with file and line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from cds.content.advice import (
    ChecklistItem,
    Event,
    MustNot,
    NoteTexts,
    OutlookTexts,
    QuestionSet,
    Recommendation,
    Resource,
)
from cds.content.factors import Case, Definition, Factor, FactsFile, QuestionPlace, Retired
from cds.content.levels import AcuteBlock, CautionsFile, LevelsFile
from cds.content.nav import NavContent
from cds.content.texts import Source, SourceStatement, Text
from cds.errors import ContentError
from cds.records.content import CodeSystem, Records, RecordsFile, ValueSet
from cds.records.doses.table import OmeqTable
from cds.strict_yaml import Document, read

M = TypeVar("M")


@dataclass(frozen=True)
class Advice:
    """What follows from an assessment. A release from before 0.2.0 has none of it."""

    recommendations: dict[str, Recommendation]
    must_not: tuple[MustNot, ...]
    resources: dict[str, Resource]
    events: tuple[Event, ...]
    checklist: tuple[ChecklistItem, ...]
    question_sets: tuple[QuestionSet, ...]
    note: NoteTexts
    outlook: OutlookTexts


@dataclass(frozen=True)
class Content:
    """All content of one release, and the document each part was read from (for problems with file and line)."""

    sources: dict[str, Source]
    statements: dict[str, SourceStatement]
    facts: FactsFile
    definitions: dict[str, Definition]
    factors: dict[str, Factor]
    levels: LevelsFile
    acute: tuple[AcuteBlock, ...]
    cautions: CautionsFile
    phrases: dict[str, Text]
    questions: tuple[QuestionPlace, ...]
    advice: Advice | None
    records: Records | None
    nav: NavContent | None
    documents: dict[str, Document] = field(compare=False, repr=False)
    retired: tuple[Retired, ...] = ()
    """Ids that the release before had and this one no longer has."""

    def where(self, file: str, *path: str | int) -> str:
        """`file:line` of a part of the content."""
        return self.documents[file].at(path)


class _Reader:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.documents: dict[str, Document] = {}
        self.problems: list[str] = []

    def document(self, name: str) -> Document | None:
        document = read(self.folder / name)
        self.documents[name] = document
        self.problems += document.problems
        return None if document.value is None else document

    def model(self, name: str, kind: Any) -> Any:
        document = self.document(name)
        if document is None:
            return None
        try:
            return TypeAdapter(kind).validate_python(document.value)
        except ValidationError as error:
            self.problems += list(problems_of(error, document))
            return None

    def named(self, folder: str, kind: Any) -> dict[str, Any]:
        """By id, one file each, named by it. The cases beside a factor are read on their own."""
        found = {}
        for path in sorted((self.folder / folder).glob("*.yaml")):
            name = f"{folder}/{path.name}"
            one = None if name.endswith(".cases.yaml") else self.model(name, kind)
            if one is not None and one.id != path.stem:
                self.problems.append(f"{self.documents[name].at(('id',))}: id differs from the file's name")
            elif one is not None:
                found[one.id] = one
        return found


def problems_of(error: ValidationError, document: Document) -> Iterator[str]:
    """A validation error as `file:line: where: what`, innermost place that exists in the file."""
    for problem in error.errors(include_url=False, include_input=False):
        path = tuple(part for part in problem["loc"] if not _is_tag(part, document, problem["loc"]))
        where = ".".join(str(part) for part in path)
        yield f"{document.at(path)}: {where}: {problem['msg'].removeprefix('Value error, ')}"


def _is_tag(part: int | str, document: Document, loc: tuple[int | str, ...]) -> bool:
    """Pydantic puts the kind of a condition into the path; the file has no such key there."""
    index = loc.index(part)
    prefix: list[int | str] = []
    for step in loc[:index]:
        if (*prefix, step) in document.lines:
            prefix.append(step)
    return (*prefix, part) not in document.lines and index + 1 < len(loc)


def read_content(folder: Path) -> Content:
    """Read a release folder. Raises ContentError with every problem of every file."""
    content, problems = try_read(folder)
    if content is None or problems:
        raise ContentError(problems)
    return content


def try_read(folder: Path) -> tuple[Content | None, list[str]]:
    """Read a release folder; the content is None where a file could not be read."""
    reader = _Reader(folder)
    factors = reader.named("factors", Factor)
    read_parts: dict[str, Any] = {
        "sources": reader.model("sources.yaml", dict[str, Source]),
        "statements": reader.model("statements.yaml", dict[str, SourceStatement]),
        "facts": reader.model("facts.yaml", FactsFile),
        "definitions": reader.model("definitions.yaml", dict[str, Definition]),
        "levels": reader.model("levels.yaml", LevelsFile),
        "acute": reader.model("acute.yaml", tuple[AcuteBlock, ...]),
        "cautions": reader.model("cautions.yaml", CautionsFile),
        "phrases": reader.model("phrases.yaml", dict[str, Text]),
        "questions": reader.model("questions.yaml", tuple[QuestionPlace, ...]),
    }
    advice = _read_advice(reader) if (folder / "recommendations").is_dir() else None
    records = _read_records(reader) if (folder / "records.yaml").exists() else None
    nav = reader.model("nav-advice.yaml", NavContent) if (folder / "nav-advice.yaml").exists() else None
    retired = reader.model("retired.yaml", tuple[Retired, ...]) if (folder / "retired.yaml").exists() else ()
    if any(part is None for part in read_parts.values()):
        return None, reader.problems
    return Content(
        factors=factors,
        advice=advice,
        records=records,
        nav=nav,
        documents=reader.documents,
        retired=retired or (),
        **read_parts,
    ), reader.problems


def _read_advice(reader: _Reader) -> Advice | None:
    recommendations = reader.named("recommendations", Recommendation)
    parts: dict[str, Any] = {
        "must_not": reader.model("must-not.yaml", tuple[MustNot, ...]),
        "resources": reader.model("resources.yaml", dict[str, Resource]),
        "events": reader.model("events.yaml", tuple[Event, ...]),
        "checklist": reader.model("checklist.yaml", tuple[ChecklistItem, ...]),
        "question_sets": reader.model("question-sets.yaml", tuple[QuestionSet, ...]),
        "note": reader.model("note.yaml", NoteTexts),
        "outlook": reader.model("outlook-texts.yaml", OutlookTexts),
    }
    return None if any(part is None for part in parts.values()) else Advice(recommendations, **parts)


def _read_records(reader: _Reader) -> Records | None:
    value_sets = reader.named("value-sets", ValueSet)
    parts: dict[str, Any] = {
        "systems": reader.model("systems.yaml", dict[str, CodeSystem]),
        "mappings": reader.model("records.yaml", RecordsFile),
        "omeq": reader.model("omeq.yaml", OmeqTable),
    }
    return None if any(part is None for part in parts.values()) else Records(value_sets=value_sets, **parts)


def read_cases(folder: Path, factor: str) -> tuple[tuple[Case, ...], list[str]]:
    """The cases beside a factor, and what is wrong with their file."""
    reader = _Reader(folder)
    cases = reader.model(f"factors/{factor}.cases.yaml", tuple[Case, ...])
    return cases or (), reader.problems


def json_schema() -> dict[str, Any]:
    """The schema editors complete a factor file from."""
    schema: dict[str, Any] = Factor.model_json_schema()
    return schema
