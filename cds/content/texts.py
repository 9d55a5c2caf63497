"""Texts in three languages, and the sources that a claim rests on: what every piece of content is made of."""

from __future__ import annotations

from functools import cached_property
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BeforeValidator, ConfigDict, Field, StrictStr

from cds.answers import Frozen

Language = Literal["nb", "nn", "en"]
LANGUAGES: tuple[Language, ...] = ("nb", "nn", "en")
Basis = Literal["published", "source-document", "local-consensus"]
Id = Annotated[StrictStr, Field(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=80)]


class Content(Frozen):
    """A piece of content; strict, so that YAML never turns a word into something else."""

    model_config = ConfigDict(frozen=True, extra="forbid", ignored_types=(cached_property,))


class Text(Content):
    """One text in bokmål, nynorsk and English."""

    nb: Annotated[StrictStr, Field(min_length=1)]
    nn: Annotated[StrictStr, Field(min_length=1)]
    en: Annotated[StrictStr, Field(min_length=1)]

    def in_(self, language: Language) -> str:
        """The text in one language."""
        text: str = getattr(self, language)
        return text


Label = Text | StrictStr
"""A short name; one that is given in one language only serves all."""


def label_in(label: Label, language: Language) -> str:
    """A name in one language."""
    return label if isinstance(label, str) else label.in_(language)


def _tuple(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _one_or_more(value: Any) -> Any:
    return (value,) if isinstance(value, str) else _tuple(value)


T = TypeVar("T")
Many = Annotated[tuple[T, ...], BeforeValidator(_tuple)]
OneOrMore = Annotated[tuple[T, ...], BeforeValidator(_one_or_more)]
"""As `Many`; a single word may stand without brackets."""


class English(Content):
    """A text only authors and auditors read."""

    en: StrictStr


class Evidence(Content):
    """Where a claim comes from: a document, the place in it, and the catalogued statement where there is one."""

    source: StrictStr
    statement: StrictStr | None = None
    locator: StrictStr
    note: StrictStr | None = None


class Source(Content):
    """A document, and how it was read."""

    title: StrictStr
    publisher: StrictStr | None = None
    edition: StrictStr
    kind: Literal["seed", "study", "guidance", "consensus"]
    url: StrictStr | None = None
    read: Literal["full", "abstract", "secondary", "page"]
    age_note: Text | None = None


class SourceStatement(Content):
    """One thing a source document says, catalogued so that its use can be traced."""

    source: StrictStr
    locator: StrictStr
    mark: StrictStr
    modality: Any = None
    track: Many[StrictStr] = ()
    gist: English
    evidence_only: English | None = None
