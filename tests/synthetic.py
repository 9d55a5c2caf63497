"""Identity numbers that belong to nobody: synthetic ones, with 80 added to the month."""

from __future__ import annotations

_FIRST = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_SECOND = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)


def _control(digits: list[int], weights: tuple[int, ...]) -> int | None:
    rest = (11 - sum(digit * weight for digit, weight in zip(digits, weights, strict=True)) % 11) % 11
    return None if rest == 10 else rest


def synthetic_number(day: int, month: int, year: int) -> str:
    """A number with the first serial number from 900 on that has both control digits."""
    for serial in range(900, 1000):
        digits = [int(digit) for digit in f"{day:02}{month + 80:02}{year:02}{serial}"]
        first = _control(digits, _FIRST)
        second = None if first is None else _control([*digits, first], _SECOND)
        if first is not None and second is not None:
            return "".join(map(str, [*digits, first, second]))
    raise AssertionError("no serial number has control digits on this day")


ORDINARY = synthetic_number(15, 5, 90)
LEAP_DAY = synthetic_number(29, 2, 96)
D_NUMBER = synthetic_number(15 + 40, 5, 90)
