"""The language a page is first shown in."""

from __future__ import annotations

from cds.content import Language

_OURS: dict[str, Language] = {"nb": "nb", "no": "nb", "nn": "nn", "en": "en"}


def preferred(accept_language: str) -> Language:
    """The best of our languages for an `Accept-Language` header (RFC 9110 §12.5.4); bokmål where it names none."""
    wishes = [_wish(part) for part in accept_language.split(",")]
    known = [(quality, _OURS[name]) for name, quality in wishes if name in _OURS and quality > 0]
    return max(known, key=lambda wish: wish[0], default=(0.0, _OURS["nb"]))[1]


def _wish(part: str) -> tuple[str, float]:
    tag, _, parameter = part.partition(";")
    name, quality = tag.strip().lower().split("-")[0], parameter.strip().removeprefix("q=")
    try:
        return name, float(quality or "1")
    except ValueError:
        return name, 0.0
