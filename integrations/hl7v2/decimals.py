"""Numbers of a message as the plain decimals that statements take: at most three decimals, never rounded."""

from __future__ import annotations

import re
from decimal import Decimal

_NUMBER = re.compile(r"\+?(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})", re.ASCII)
_PLACES = 3


def number(text: str) -> Decimal | None:
    """A number that is not below zero, or None. A decimal comma is no HL7 number."""
    match = _NUMBER.fullmatch(text)
    return None if match is None else Decimal(match[1])


def written(value: Decimal) -> str | None:
    """A number as a statement takes it; None where it has more decimals than that."""
    exponent = value.normalize().as_tuple().exponent
    if not isinstance(exponent, int) or -exponent > _PLACES:
        return None
    return format(value.normalize(), "f")


def plain(text: str) -> str | None:
    """The number in a text, as a statement takes it."""
    value = number(text)
    return None if value is None else written(value)
