"""How the rule book puts texts, conditions and evidence on the page; what stands where is decided in `cds.book`."""

from __future__ import annotations

from collections.abc import Iterable

from cds.book.markdown import Page, link
from cds.book.words import Words
from cds.content.conditions import Condition
from cds.content.factors import Factor
from cds.content.folder import Content
from cds.content.texts import Basis, Evidence, Text

BASIS: dict[Basis, str] = {
    "published": "published figure",
    "source-document": "source document",
    "local-consensus": "local consensus",
}


def factor_heading(factor: Factor) -> str:
    """The heading of a factor or an interaction, without which no link finds it."""
    return f"{factor.code} {factor.title.en}"


class Writer(Page):
    """A page of the rule book, which knows the content it speaks of."""

    def __init__(self, title: str, introduction: Iterable[str], content: Content) -> None:
        super().__init__(title, introduction)
        self.content = content
        self.words = Words(content, self._linked)

    def _linked(self, address: str, words: str) -> str:
        kind, _, name = address.partition(":")
        return link(words, factor_heading(self.content.factors[name]) if kind == "factor" else name)

    def both(self, text: Text) -> None:
        """A text in bokmål and English, in a paragraph of its own."""
        self.paragraph(f"- *nb:* {text.nb}", f"- *en:* {text.en}")

    def condition(self, head: str, condition: Condition) -> None:
        """A condition under a head: in the same line where it is a single comparison, else as a nested list."""
        lines = self.words.lines(condition)
        if len(lines) == 1:
            self.paragraph(f"**{head}:** {lines[0].removeprefix('- ')}")
        else:
            self.paragraph(f"**{head}:**")
            self.paragraph(*lines)

    def evidence(self, evidence: Iterable[Evidence], head: str = "Evidence") -> None:
        """References, one a line: source, edition, place, statement, and what it says."""
        lines = [f"- {self.reference(item)}" for item in evidence]
        if lines:
            self.paragraph(f"**{head}:**")
            self.paragraph(*lines)

    def reference(self, item: Evidence) -> str:
        """One reference. A dagger says that a note on the source's age stands under Sources."""
        source = self.content.sources[item.source]
        dagger = " †" if source.age_note is not None else ""
        statement = f" · {item.statement}" if item.statement is not None else ""
        note = f": {item.note}" if item.note is not None else ""
        return f"{link(item.source, item.source)} ({source.edition}{dagger}), {item.locator}{statement}{note}"

    def ages(self, evidence: Iterable[Evidence]) -> None:
        """What is known about the age of the sources cited, each once."""
        cited = {item.source: self.content.sources[item.source].age_note for item in evidence}
        lines = [f"- {name}: {note.en}" for name, note in cited.items() if note is not None]
        if lines:
            self.paragraph("**Age of these sources (†):**")
            self.paragraph(*lines)

    def facts(self, names: Iterable[str]) -> str:
        """The names of facts, for people, in one line."""
        return "; ".join(self.words.fact(name) for name in names)
