"""Markdown for the generated books: headings with a table of contents, links between them, tables."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

GENERATED = "Generated from the rules by `cds book`. Do not edit this page: change the rules and generate it again."
_DROPPED = re.compile(r"[^\w\- ]")


def slug(heading: str) -> str:
    """The address that Git hosts give a heading."""
    return _DROPPED.sub("", heading.lower()).strip().replace(" ", "-")


def link(words: str, heading: str) -> str:
    """A link to a heading of the same page."""
    return f"[{words}](#{slug(heading)})"


def cell(text: str) -> str:
    """A text that can stand in a table."""
    return " ".join(text.replace("|", "\\|").split())


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> Iterable[str]:
    """The lines of a table, with an empty line after it; nothing where there are no rows."""
    body = ["| " + " | ".join(cell(value) for value in row) + " |" for row in rows]
    if body:
        yield "| " + " | ".join(head) + " |"
        yield "|" + " --- |" * len(head)
        yield from body
        yield ""


class Page:
    """A page under construction. Raises ValueError for a heading given twice, since links could not tell them apart."""

    def __init__(self, title: str, introduction: Iterable[str]) -> None:
        self._head = [f"# {title}", "", *introduction, ""]
        self._contents: list[str] = []
        self._lines: list[str] = []
        self._taken = {slug(title), "contents"}

    def heading(self, level: int, words: str, listed: bool = True) -> None:
        """A heading; `listed` puts it into the table of contents."""
        if slug(words) in self._taken:
            raise ValueError(f"two headings read {words}")
        self._taken.add(slug(words))
        self._lines += [f"{'#' * level} {words}", ""]
        if listed:
            self._contents.append(f"{'  ' * (level - 2)}- {link(words, words)}")

    def add(self, *lines: str) -> None:
        """Lines as they stand."""
        self._lines += lines

    def paragraph(self, *lines: str) -> None:
        """Lines, and an empty line after them; nothing where there are no lines."""
        if lines:
            self._lines += [*lines, ""]

    def text(self) -> str:
        """The whole page, ending in one line break."""
        lines = [*self._head, "## Contents", "", *self._contents, "", *self._lines]
        return "\n".join(line.rstrip() for line in lines).rstrip("\n") + "\n"
