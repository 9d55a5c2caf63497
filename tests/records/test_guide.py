"""docs/records.md: its tables are made from the program (`make golden`), and its examples are read as it says."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest
from fastapi.testclient import TestClient

from cds.answers import MAX_DECIMALS, MAX_DIGITS, MAX_ITEMS
from cds.api.assessments import AssessmentRequest
from cds.api.problems import MOST_ERRORS
from cds.assess import Assessor
from cds.content.factors import FactsFile
from cds.records import statements
from cds.records.calculations import UNITS
from cds.records.content import Records
from cds.records.doses import words as dose_words
from cds.records.doses.one_dose import Reason as DoseReason
from cds.records.doses.table import Route
from cds.records.reasons import NOT_COMPUTABLE, REASONS, Reason
from cds.settings import Settings
from tests.records.conftest import Read

GUIDE = Path(__file__).parents[2] / "docs" / "records.md"
REWRITE = os.environ.get("CDS_REWRITE_GOLDEN") == "1"
SHAPES = (*(get_args(get_args(statements.Statement)[0])), statements.Dose, statements.Indication)
PATCH = "ug/h"


def records_of(reader: Assessor) -> Records:
    """The content by which records are read."""
    found = reader.content.records
    assert found is not None
    return found


def table(head: str, lines: Iterable[Iterable[str]]) -> str:
    """A table; the first cell of a line is code."""
    rows = [f"| {head} |", "|" + "---|" * (head.count("|") + 1)]
    return "\n".join([*rows, *(f"| `{first}` | {' | '.join(rest)} |" for first, *rest in lines)])


def code(words: Iterable[str]) -> str:
    """Words as code."""
    return ", ".join(f"`{word}`" for word in words)


def kind_of(schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """What a field may hold, in a few words."""
    if "$ref" in schema:
        named = definitions[schema["$ref"].rpartition("/")[2]]
        return code(named["enum"]) if "enum" in named else named["title"].lower()
    if "anyOf" in schema:
        return kind_of(schema["anyOf"][0], definitions)
    if "const" in schema:
        return code([schema["const"]])
    if schema["type"] == "integer":
        return f"whole number, {schema['minimum']:.0f}–{schema['maximum']:.0f}"
    if "pattern" in schema:
        return "decimal" if "maxLength" in schema else "date"
    return "text"


def fields() -> str:
    """Every shape of a statement with its fields."""
    parts = []
    for shape in SHAPES:
        schema = shape.model_json_schema()
        required, definitions = schema["required"], schema.get("$defs", {})
        lines = []
        for name, field in schema["properties"].items():
            default = f" (left out: `{field['default']}`)" if field.get("default") is not None else ""
            needed = " **required**" if name in required else ""
            told = field.get("description", "")
            lines.append((name, kind_of(field, definitions) + default + needed, told))
        title = schema["properties"].get("kind", {}).get("const") or shape.__name__.lower()
        parts.append(f"**`{title}`** – {shape.__doc__.strip()}\n\n" + table("field | holds | meaning", lines))
    return "\n\n".join(parts)


def routes() -> dict[str, list[str]]:
    """The words that are read as each route."""
    return {route: [route, *(word for word in read if word != route)] for route, read in dose_words._ROUTES.items()}


def units() -> dict[str, list[str]]:
    """The words that are read as each unit of a dose."""
    return {
        unit: [unit, *(word for word, ours in dose_words._UNITS.items() if ours == unit and word != unit)]
        for unit in dict.fromkeys(dose_words._UNITS.values())
    }


def observed() -> dict[str, list[str]]:
    """The words that are read as each unit of an observation."""
    return {unit: [word for word, ours in UNITS.items() if ours == unit] for unit in dict.fromkeys(UNITS.values())}


def words(records: Records) -> str:
    """Systems, routes and units by every name they are read by."""
    systems = []
    for key, system in records.systems.items():
        bare = {alias for alias in system.aliases if f"urn:oid:{alias}" in system.aliases}
        names = [alias for alias in system.aliases if alias.removeprefix("urn:oid:") not in bare or alias in bare]
        systems.append((key, system.title, code(names)))
    return "\n\n".join(
        (
            table("system | | names", systems),
            table(
                "route | read from | doses",
                (
                    (route, code(read), "computed" if route in get_args(Route) else "not computable")
                    for route, read in routes().items()
                ),
            ),
            table("unit of a dose | read from", ((unit, code(read)) for unit, read in units().items())),
            table("unit of an observation | read from", ((unit, code(read)) for unit, read in observed().items())),
        )
    )


def complete(records: Records, facts: FactsFile) -> str:
    """The facts that may stand in `complete`, and what answers each."""
    kinds: dict[str, set[str]] = {}
    for mapping in records.mappings.mappings:
        kinds.setdefault(mapping.fact, set()).add(mapping.kind)
    ordered = (name for name in facts.facts if name in kinds)
    return table(
        "fact | | read from", ((name, facts.facts[name].label.en, code(sorted(kinds[name]))) for name in ordered)
    )


def limits() -> str:
    """What a request may hold at most."""
    longest = AssessmentRequest.model_json_schema()["properties"]["complete"]["maxItems"]
    held = {
        "statements": f"{statements.MAX_STATEMENTS:,} (413 beyond)",
        "complete": f"{longest} names",
        "body": f"{Settings().max_body_bytes:,} bytes unless the service is set up otherwise (413 beyond)",
        "decimal": f"a string of digits and a point: {MAX_DIGITS} characters, {MAX_DECIMALS} decimals; no sign",
        "date": "1900 to 2200; a day, a month or a year",
        "overdoses, transitions": f"the {MAX_ITEMS} newest events; the rest is `too_many`",
        "errors": f"the first {MOST_ERRORS}",
    }
    return table("what | at most", held.items())


def made(reader: Assessor) -> dict[str, str]:
    """Every part of the guide that is made from the program."""
    records = records_of(reader)
    return {
        "fields": fields(),
        "words": words(records),
        "complete": complete(records, reader.content.facts),
        "reasons": table("reason | meaning | what to do", ((name, *said) for name, said in REASONS.items())),
        "doses": table("reason | meaning", NOT_COMPUTABLE.items()),
        "limits": limits(),
    }


def test_golden_tables_of_the_guide_are_those_of_the_program(reader: Assessor) -> None:
    text = GUIDE.read_text(encoding="utf-8")
    parts = made(reader)
    for name, part in parts.items():
        text = re.sub(
            rf"(?<=<!-- {name} -->\n).*?(?=<!-- /{name} -->)", lambda _, part=part: part + "\n", text, flags=re.DOTALL
        )
    if REWRITE:
        GUIDE.write_text(text, encoding="utf-8", newline="\n")
    assert set(re.findall(r"<!-- (\w+) -->", text)) == parts.keys()
    assert GUIDE.read_text(encoding="utf-8") == text, "make golden writes them anew"


def test_every_reason_is_explained() -> None:
    assert list(REASONS) == list(get_args(Reason))
    assert list(NOT_COMPUTABLE) == list(DoseReason)


def test_every_field_and_word_of_a_statement_is_described() -> None:
    for shape in SHAPES:
        for name, field in shape.model_json_schema()["properties"].items():
            assert name == "kind" or field.get("description"), (shape, name)


@pytest.mark.parametrize("route", routes())
def test_every_word_for_a_route_is_read_as_that(route: str, read: Read, reader: Assessor) -> None:
    drugs = (ratio.drug[0] for ratio in records_of(reader).omeq.ratios if ratio.route == route)
    drug, unit = next(drugs, "N02AA01"), PATCH if route == "transdermal" else "mg"
    for word in (*routes()[route], *(word.upper() for word in routes()[route])):
        dose = {"value": "10", "unit": unit, "route": word, "per_day": "1"}
        done = read([{"kind": "medication", "system": "ATC", "code": drug, "start": "2026-11-19", "dose": dose}]).omeq
        assert done is not None
        if route in get_args(Route):
            assert [line.route for line in done.counted] == [route], word
        else:
            assert [line.reason for line in done.not_computable] == ["no_ratio_for_route"], word


@pytest.mark.parametrize(
    ("unit", "route", "mg"), [("mg", "sublingual", "1"), ("ug", "sublingual", "0.001"), (PATCH, "transdermal", "0.024")]
)
def test_every_word_for_a_unit_is_read_as_that(unit: str, route: str, mg: str, read: Read) -> None:
    for word in units()[unit]:
        dose = {"value": "1", "unit": word, "route": route, "per_day": "1"}
        done = read(
            [{"kind": "medication", "system": "ATC", "code": "N02AB03", "start": "2026-11-19", "dose": dose}]
        ).omeq
        assert done is not None
        assert [line.mg_per_day for line in done.counted] == [mg], word


def holds(shown: Any, answered: Any) -> bool:
    """Whether an answer says what is shown of it."""
    if isinstance(shown, dict):
        return all(name in answered and holds(value, answered[name]) for name, value in shown.items())
    if isinstance(shown, list):
        return len(shown) == len(answered) and all(map(holds, shown, answered))
    return bool(shown == answered)


def test_each_example_is_read_as_the_guide_says(caller: TestClient) -> None:
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", GUIDE.read_text("utf-8"), re.DOTALL)]
    assert len(blocks) == 4
    for asked, shown in zip(blocks[::2], blocks[1::2], strict=True):
        answer = caller.post("/v1/assessments", json=asked).json()["assessment"]
        assert set(shown["facts"]) == set(answer["facts"])
        assert holds(shown, answer), answer


def test_each_dose_of_the_guide_is_one(reader: Assessor) -> None:
    doses = re.findall(r"`(\{\"value\".*?\})`", GUIDE.read_text(encoding="utf-8"))
    assert len(doses) == 3
    for dose in doses:
        statements.Dose.model_validate_json(dose)
