"""YAML as content may use it: words, whole numbers, true and false, lists and mappings, and the line of each.

Read as YAML 1.2 by ruamel.yaml's parser; the values are built here, because what loaders guess is what must not be
guessed: `no` stays a word, a number with a point or something that looks like a date is a word or an error, a key
given twice, an alias or a tag is an error.
"""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|nan)", re.IGNORECASE)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
_MOST_TEXTS = 1_000
"""Kept parsed. Releases share most of their files, and parsing is most of what reading one takes."""
Path_ = tuple[str | int, ...]


@dataclass
class Document:
    """The value of a file, where each part of it stands, and what is wrong with it."""

    file: Path
    value: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)

    def at(self, path: Path_) -> str:
        """`file:line` of the innermost part of `path` that exists."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.file}:{self.lines.get(path, 1)}"


def read(file: Path) -> Document:
    """Read one file. What is wrong stands in `problems`, each as `file:line: what`; nothing is raised."""
    try:
        text = file.read_text(encoding="utf-8")
    except (UnicodeDecodeError, OSError) as error:
        return Document(file, problems=[f"{file}:1: {type(error).__name__}: cannot be read as YAML"])
    parsed = _parsed(text)
    problems = [f"{file}:{line}: {what}" for line, what in parsed.problems]
    return Document(file, deepcopy(parsed.value), parsed.lines, problems)


@dataclass
class _Parsed:
    """A text, read; shared by every file that holds the same. What it says is copied for each."""

    value: Any = None
    lines: dict[Path_, int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)


@lru_cache(maxsize=_MOST_TEXTS)
def _parsed(text: str) -> _Parsed:
    parsed = _Parsed()
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        parsed.problems.append((error.problem_mark.line + 1 if error.problem_mark else 1, str(error.problem)))
    except YAMLError as error:
        parsed.problems.append((1, f"{type(error).__name__}: cannot be read as YAML"))
    else:
        if node is None:
            parsed.problems.append((1, "empty"))
        else:
            parsed.value = _built(node, (), parsed)
    return parsed


def _built(node: Node, path: Path_, parsed: _Parsed) -> Any:
    line = parsed.lines[path] = node.start_mark.line + 1
    if node.anchor is not None:
        parsed.problems.append((line, "anchors and aliases are not used here"))
    if isinstance(node, MappingNode):
        return _mapping(node, path, parsed)
    if isinstance(node, SequenceNode):
        return [_built(item, (*path, index), parsed) for index, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    return _scalar(node, line, parsed)


def _mapping(node: MappingNode, path: Path_, parsed: _Parsed) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            parsed.problems.append((line, "a key must be a word"))
            continue
        key = str(key_node.value)
        if key in built:
            parsed.problems.append((line, f"{key} is given twice"))
            continue
        built[key] = _built(value_node, (*path, key), parsed)
        parsed.lines[(*path, key)] = line
    return built


def _scalar(node: ScalarNode, line: int, parsed: _Parsed) -> str | int | bool | None:
    text = str(node.value)
    if node.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        parsed.problems.append((line, "a decimal number is written in quotes"))
    return text
