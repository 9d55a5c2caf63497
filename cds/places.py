"""Words for the place an answer is for: Oslo has districts, elsewhere the municipality itself answers.

Texts of a release hold `{place}` (`{Place}` at the start of a sentence) and `{chief_physician}`; the words that stand
there are content too (phrases.yaml). Releases from before 0.4.0 have neither, and their texts stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, TypeVar

from pydantic import BaseModel

from cds.content.texts import LANGUAGES, Text

OSLO = "0301"
Place = Literal["oslo", "elsewhere", "either"]
NAMES = ("place", "chief_physician")
T = TypeVar("T")


def place_of(municipality: str | None) -> Place:
    """Where a municipality number is; what is not known to be Oslo is spoken of as anywhere in the country."""
    return "oslo" if municipality == OSLO else "elsewhere"


def in_words_of(place: Place, thing: T, phrases: Mapping[str, Text]) -> T:
    """The same content with the words of a place in all its texts. Takes models, and tuples and dicts of them."""
    words = {name: phrases[f"{name}_{place}"] for name in NAMES if f"{name}_{place}" in phrases}
    filled: T = _filled(thing, words) if words else thing
    return filled


def _filled(thing: Any, words: Mapping[str, Text]) -> Any:
    if isinstance(thing, Text):
        said = {language: _said(thing.in_(language), words, language) for language in LANGUAGES}
        return thing if all(said[language] == thing.in_(language) for language in LANGUAGES) else Text(**said)
    if isinstance(thing, BaseModel):
        parts = {name: getattr(thing, name) for name in type(thing).model_fields}
        changed = {name: new for name, part in parts.items() if (new := _filled(part, words)) is not part}
        return thing.model_copy(update=changed) if changed else thing
    if isinstance(thing, tuple):
        filled = tuple(_filled(part, words) for part in thing)
        return thing if all(new is part for new, part in zip(filled, thing, strict=True)) else filled
    return thing


def _said(text: str, words: Mapping[str, Text], language: Any) -> str:
    for name, word in words.items():
        said = word.in_(language)
        text = text.replace(f"{{{name}}}", said).replace(f"{{{name.capitalize()}}}", said[0].upper() + said[1:])
    return text
