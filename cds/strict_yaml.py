"""YAML as content may use it: words, whole numbers, true and false, lists and mappings, and the line of each.

Read as YAML 1.2 by ruamel.yaml's parser; the values are built here, because what loaders guess is what must not be
guessed: `no` stays a word, a number with a point or something that looks like a date is a word or an error, a key
given twice, an alias or a tag is an error.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

_INTEGER = re.compile(r"-?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?|[-+]?\.(inf|nan)", re.IGNORECASE)
_WORDS = {"true": True, "false": False, "null": None, "~": None, "": None}
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
    document = Document(file)
    try:
        node = YAML(typ="safe", pure=True).compose(file.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        document.problems.append(f"{file}:{line}: {error.problem}")
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        document.problems.append(f"{file}:1: {type(error).__name__}: cannot be read as YAML")
    else:
        if node is None:
            document.problems.append(f"{file}:1: empty")
        else:
            document.value = _built(node, (), document)
    return document


def _built(node: Node, path: Path_, document: Document) -> Any:
    document.lines[path] = node.start_mark.line + 1
    if node.anchor is not None:
        document.problems.append(f"{document.at(path)}: anchors and aliases are not used here")
    if isinstance(node, MappingNode):
        return _mapping(node, path, document)
    if isinstance(node, SequenceNode):
        return [_built(item, (*path, index), document) for index, item in enumerate(node.value)]
    assert isinstance(node, ScalarNode)
    return _scalar(node, path, document)


def _mapping(node: MappingNode, path: Path_, document: Document) -> dict[str, Any]:
    built: dict[str, Any] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            document.problems.append(f"{document.file}:{line}: a key must be a word")
            continue
        key = str(key_node.value)
        if key in built:
            document.problems.append(f"{document.file}:{line}: {key} is given twice")
            continue
        built[key] = _built(value_node, (*path, key), document)
        document.lines[(*path, key)] = line
    return built


def _scalar(node: ScalarNode, path: Path_, document: Document) -> str | int | bool | None:
    text = str(node.value)
    if node.style is not None:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        document.problems.append(f"{document.at(path)}: a decimal number is written in quotes")
    return text
