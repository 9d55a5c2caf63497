"""The benchmarks measure what there is: each starts, and each but one measures a little."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from cds.engine import durable

FILES = {file.stem: file for file in sorted((Path(__file__).parents[1] / "benchmarks").glob("*.py"))}
LITTLE: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "assess": ({"ROUNDS": 1, "CALLS": 2, "WARM_UP": 1}, [], "the whole assessment"),
    "ledger": (
        {"CALLS": 3, "WARM_UP": 1, "ONE_EACH": 3, "IN_GROUPS": 40, "WAITING": 8, "SIGNED": 5},
        ["--rows", "100"],
        "tree over 100 rows verified in",
    ),
    "normalise": ({"SIZES": (5,)}, [], "5"),
    "outlook": ({"ROUNDS": 1, "AHEAD": 1, "CHANGED": 1}, [], "released from prison"),
}
"""For each benchmark: sizes in place of its own, arguments, and what it must have told. That of HL7 v2 starts a
listener, which its own tests do too.
"""


@contextmanager
def loaded(name: str) -> Iterator[ModuleType]:
    """A benchmark with all it imports, up to where it begins to measure."""
    spec = importlib.util.spec_from_file_location(f"benchmark_{name}", FILES[name])
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
        yield module
    finally:
        del sys.modules[spec.name]


@pytest.mark.parametrize("name", FILES)
def test_every_benchmark_finds_what_it_imports(name: str) -> None:
    with loaded(name) as module:
        assert callable(module.main)


@pytest.mark.parametrize("name", LITTLE)
def test_what_it_measures_is_there(
    name: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "assess" and not durable.available():
        pytest.skip("durable-rules is not installed: its part of an assessment cannot be measured")
    sizes, arguments, told = LITTLE[name]
    monkeypatch.setattr(sys, "argv", [f"{name}.py", *arguments])
    with loaded(name) as module:
        for constant, value in sizes.items():
            assert hasattr(module, constant)
            monkeypatch.setattr(module, constant, value)
        monkeypatch.setattr(module, "write", sys.stdout.write, raising=False)
        module.main()
    assert told in capsys.readouterr().out
