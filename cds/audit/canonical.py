"""One way to write a value as bytes, so that a commitment made today can be opened in ten years, in any language.

This is RFC 8785 (JSON Canonicalization Scheme) for a narrower kind of JSON: keys are ASCII; numbers are integers that
every reader holds exactly; decimals and dates are strings; there is no null. Within those bounds orjson with sorted
keys writes the same bytes as `rfc8785`, fifty times as fast; the tests prove it and this module refuses all else.
"""

from __future__ import annotations

from typing import Any

import orjson

MOST = 2**53 - 1
"""The largest integer that a reader with floats holds exactly (RFC 8785, section 3.2.2.3)."""


def canonical(value: Any) -> bytes:
    """The bytes of a value made of objects, lists, strings, integers and truth values.

    Raises ValueError for anything else: a float, null, a key that is not ASCII, an integer beyond `MOST`, half a
    surrogate pair.
    """
    try:
        _refuse_other(value)
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        raise ValueError("a string is not Unicode, or a key is no string") from None


def _refuse_other(value: Any) -> None:
    """Flat and without calls, because it stands in the way of every answer."""
    groups: list[Any] = [(value,)]
    for group in groups:
        parts = group
        if type(group) is dict:
            if not "".join(group).isascii():
                raise ValueError("a key is not ASCII")
            parts = group.values()
        for part in parts:
            kind = type(part)
            if kind is str or kind is bool:
                continue
            if kind is dict or kind is list or kind is tuple:
                groups.append(part)
            elif kind is not int:
                raise ValueError(f"{kind.__name__} has no canonical form here")
            elif not -MOST <= part <= MOST:
                raise ValueError("an integer is too large")
