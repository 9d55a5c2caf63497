"""What may know what: the arrows between the parts, read from the source itself."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from cds.identity import looks_like_identity_number
from tests.synthetic import D_NUMBER, LEAP_DAY, ORDINARY

ROOT = Path(__file__).parents[1]
CODE = sorted(path for folder in ("cds", "integrations") for path in (ROOT / folder).rglob("*.py"))
HTTP = {"fastapi", "starlette"}
CLOCKS = {"today", "now", "utcnow", "time", "time_ns", "localtime", "gmtime"}
STOPWATCHES = {"perf_counter", "perf_counter_ns", "monotonic", "monotonic_ns", "process_time"}
MAY_READ_THE_CLOCK = {"cds/api/service.py", "integrations/hl7v2/edge.py"}
MAY_TIME = {"cds/api/service.py", "cds/main.py", "cds/audit/ledger.py", "integrations/hl7v2/edge.py"}
MOST_LINES = 300


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported(path: Path) -> set[str]:
    """Every module a file imports, wherever in the file."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name(path)} imports relatively"
            assert node.module is not None
            found |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return found


IMPORTS = {name(path): imported(path) for path in CODE}


def importing(*modules: str) -> set[str]:
    """The files that import one of these modules, or something below it."""
    return {
        file
        for file, names in IMPORTS.items()
        if any(found == module or found.startswith(f"{module}.") for found in names for module in modules)
    }


def below(*folders: str) -> set[str]:
    """The files in these folders."""
    return {file for file in IMPORTS if any(file.startswith(f"{folder}/") for folder in folders)}


def test_only_one_file_knows_durable_rules() -> None:
    assert importing("durable_rules_engine", "durable") == {"cds/engine/durable.py"}


def test_http_is_known_at_the_edge_only() -> None:
    edges = {file for file in below("integrations") if file.endswith("/edge.py")}
    allowed = below("cds/api", "cds/web") | edges | {"cds/main.py", "cds/openapi.py"}
    assert importing(*HTTP) <= allowed


def test_the_interface_description_takes_only_the_type_of_the_app() -> None:
    tree = ast.parse((ROOT / "cds/openapi.py").read_text(encoding="utf-8"))
    taken = {
        alias.name
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in HTTP
        for alias in node.names
    }
    assert taken <= {"FastAPI"}


def test_nothing_below_the_edge_knows_the_interface() -> None:
    assert importing("cds.api") <= below("cds/api", "cds/client", "cds/web", "cds/commands", "integrations") | {
        "cds/main.py",
        "cds/cli.py",
        "cds/openapi.py",
    }


def test_the_client_knows_what_is_said_over_the_wire_and_nothing_of_the_service_itself() -> None:
    known = {module for file in below("cds/client") for module in IMPORTS[file]}
    assert not importing("cds.main", "cds.release", "cds.engine", "cds.assess", "sqlalchemy") & below("cds/client")
    assert importing("cds.client") <= below("cds/client")
    assert not {module for module in known if module.startswith("cds.") and module.split(".")[1] in ("rules", "web")}


def test_only_the_command_line_serves() -> None:
    assert importing("uvicorn") == {"cds/cli.py"}


def test_everything_is_put_together_in_one_place_that_nobody_imports() -> None:
    assert importing("cds.main") <= {"cds/cli.py"} | below("cds/commands")
    assert importing("cds.cli") == set()


def test_the_integrations_know_the_core_and_never_the_other_way() -> None:
    assert importing("integrations") - below("integrations") <= {"cds/main.py"}


def test_pages_are_known_to_the_place_where_everything_is_put_together_only() -> None:
    assert importing("cds.web") - below("cds/web") == {"cds/main.py"}
    assert importing("jinja2") == {"cds/web/pages.py"}


def test_hl7apy_is_known_to_its_tables_only() -> None:
    assert importing("hl7apy", "hl7") <= {"integrations/hl7v2/tables.py"}


def test_a_database_is_known_to_the_audit_and_the_replay_store_only() -> None:
    assert importing("sqlalchemy", "alembic", "psycopg") <= below("cds/audit") | {"cds/auth/replay.py"}
    assert importing("cds.audit") & below("cds/auth") == {"cds/auth/replay.py"}


def test_who_is_calling_is_told_without_http_and_without_persons() -> None:
    known = {module for file in below("cds/auth") for module in IMPORTS[file] if module.startswith("cds.")}
    modules = {".".join(module.split(".")[:2]) for module in known}
    assert modules <= {"cds.auth", "cds.audit", "cds.content", "cds.signing", "cds.strict_yaml"}


def test_what_nav_sees_is_rendered_and_never_computed() -> None:
    known = {".".join(module.split(".")[:2]) for module in IMPORTS["cds/nav.py"] if module.startswith("cds.")}
    assert not known & {"cds.assess", "cds.bounds", "cds.engine", "cds.recommend", "cds.ruleset", "cds.records"}


def test_the_proofs_know_neither_the_edge_nor_how_an_answer_is_made() -> None:
    known = {module for file in below("cds/audit") for module in IMPORTS[file] if module.startswith("cds.")}
    assert not known & {"cds.main", "cds.cli", "cds.settings"}
    assert not [module for module in known if module.startswith(("cds.api", "cds.web", "cds.auth", "cds.commands"))]


def test_the_engine_knows_conditions_and_neither_persons_nor_files() -> None:
    known = {module for file in below("cds/engine") for module in IMPORTS[file] if module.startswith("cds.")}
    known -= {module for module in known if module.startswith("cds.engine")}
    paths = {module: ROOT / module.replace(".", "/") for module in known}
    modules = {module for module, path in paths.items() if path.is_dir() or path.with_suffix(".py").exists()}
    assert modules == {
        "cds.content.conditions",
        "cds.errors",
    }


def test_records_become_facts_before_anything_is_decided() -> None:
    known = {module for file in below("cds/records") for module in IMPORTS[file] if module.startswith("cds.")}
    modules = {".".join(module.split(".")[:2]) for module in known}
    assert not modules & {"cds.assess", "cds.engine", "cds.recommend", "cds.release", "cds.ruleset", "cds.scoring"}


def test_the_shapes_of_facts_know_no_content() -> None:
    for file in ("cds/answers.py", "cds/facts.py", "cds/dates.py", "cds/errors.py", "cds/identity.py"):
        known = {module.split(".")[1] for module in IMPORTS[file] if module.startswith("cds.")}
        assert known <= {"answers", "facts", "dates", "errors"}, file


def clocks(path: Path) -> Iterator[tuple[str, int]]:
    """Every mention of a clock in a file, by name and line."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name | ast.Attribute):
            owner = node.value.id if isinstance(node.value, ast.Name) else node.value.attr
            if owner in {"date", "datetime", "time"} and node.attr in CLOCKS | STOPWATCHES:
                yield node.attr, node.lineno
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            yield from ((alias.name, node.lineno) for alias in node.names)


def test_no_clock_is_read_below_the_edge() -> None:
    read = {
        f"{name(path)}:{line} {clock}"
        for path in CODE
        for clock, line in clocks(path)
        if name(path) not in (MAY_TIME if clock in STOPWATCHES else MAY_READ_THE_CLOCK)
    }
    assert not read


@pytest.mark.parametrize("folder", ["cds", "integrations", "tests"])
def test_no_file_is_too_long_to_read(folder: str) -> None:
    lengths = {name(path): len(path.read_bytes().splitlines()) for path in (ROOT / folder).rglob("*.py")}
    assert {file: length for file, length in lengths.items() if length > MOST_LINES} == {}


@pytest.mark.parametrize("number", [ORDINARY, LEAP_DAY, D_NUMBER], ids=["ordinary", "leap day", "D-number"])
def test_identity_numbers_are_recognised_in_any_text(number: str) -> None:
    for text in (number, f" {number}\n", f"nr.{number},", f"født{number}x", f"{number}-{number}", f"1 {number} 2"):
        assert looks_like_identity_number(text), text


@pytest.mark.parametrize("number", [ORDINARY, LEAP_DAY, D_NUMBER], ids=["ordinary", "leap day", "D-number"])
def test_a_digit_less_more_or_other_is_no_identity_number(number: str) -> None:
    assert not looks_like_identity_number(number[:-1])
    assert not looks_like_identity_number(f"{number}1")
    assert not looks_like_identity_number(f"7{number}")
    for place in (9, 10):
        for digit in set("0123456789") - {number[place]}:
            assert not looks_like_identity_number(number[:place] + digit + number[place + 1 :])


@pytest.mark.parametrize("text", ["", "2026-11-20", "52.5", "00000000000", "99999999999", "12345678901", "3" * 22])
def test_other_numbers_are_no_identity_numbers(text: str) -> None:
    assert not looks_like_identity_number(text)
