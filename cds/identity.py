"""Norwegian identity numbers, recognised so that they can be refused. None is ever kept, logged or repeated.

Eleven digits: a date (day + 40 in a D-number, month + 40 in an emergency number, month + 80 in a synthetic one), a
serial number and two control digits by modulus 11 with the published weights.
"""

from __future__ import annotations

import re
from calendar import monthrange

_RUN = re.compile(r"(?<!\d)\d{11}(?!\d)", re.ASCII)
_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2, 1)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2, 1)
_D_NUMBER = 40
_LEAP_YEAR = 2024
_MONTHS = 12


def looks_like_identity_number(text: str) -> bool:
    """Whether a run of exactly eleven digits in `text` has a plausible date and both control digits."""
    return any(_plausible(run) for run in _RUN.findall(text))


def _plausible(run: str) -> bool:
    digits = [int(digit) for digit in run]
    day, month = int(run[:2]), int(run[2:4])
    day -= _D_NUMBER if day > _D_NUMBER else 0
    month -= 80 if month > 80 else 40 if month > 40 else 0  # noqa: PLR2004 - the numbers of the docstring
    if not 1 <= month <= _MONTHS or not 1 <= day <= monthrange(_LEAP_YEAR, month)[1]:
        return False
    first = sum(digit * weight for digit, weight in zip(digits[:10], _FIRST, strict=True))
    second = sum(digit * weight for digit, weight in zip(digits, _SECOND, strict=True))
    return first % 11 == 0 and second % 11 == 0
