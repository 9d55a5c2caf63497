"""One way to write a value: `rfc8785` is the oracle, and what it would write otherwise is refused."""

from __future__ import annotations

from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from cds.audit.canonical import MOST, canonical

KEYS = st.text(st.characters(max_codepoint=127))
SCALARS = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"])), st.integers(min_value=-MOST, max_value=MOST), st.booleans()
)
VALUES = st.recursive(SCALARS, lambda inner: st.one_of(st.lists(inner), st.dictionaries(KEYS, inner)), max_leaves=40)


@given(VALUES)
def test_the_bytes_are_those_of_rfc_8785(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)


@given(st.dictionaries(KEYS, SCALARS))
def test_the_order_of_the_keys_does_not_matter(value: dict[str, Any]) -> None:
    assert canonical(dict(reversed(value.items()))) == canonical(value)


def test_every_control_character_is_written_the_one_way() -> None:
    text = "".join(map(chr, range(0x80))) + "\u2028\u2029\ufffd\U0001f600é"
    assert canonical({"a": text}) == rfc8785.dumps({"a": text})


@pytest.mark.parametrize(
    "value",
    [1.0, float("nan"), None, MOST + 1, -MOST - 1, 2**63, {"é": 1}, {1: "a"}, "\ud800", {"a": {"b": [1, None]}},
     {"\ud800": 1}, b"bytes", {1, 2}, object(), [{"a": [0.5]}]],
)  # fmt: skip
def test_what_has_no_one_form_is_refused(value: Any) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - any reason will do
        canonical(value)


def test_a_truth_value_is_not_a_number() -> None:
    assert canonical([True, 1, "1"]) == b'[true,1,"1"]'
