"""What goes between the channel and whoever assesses: one case in, one answer out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from cds.assessment import Assessment
from cds.content.texts import Language
from cds.facts import Facts
from cds.records.statements import Statement


@dataclass(frozen=True, slots=True)
class Receipt:
    """The proof a caller keeps: a compact JWS, and the nonce that belongs to it. Names no person."""

    jws: str
    nonce: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """What is to be assessed. `receipt`: this message was answered before and has its receipt; no other is made."""

    as_of: date
    facts: Facts
    statements: tuple[Statement, ...]
    municipality: str | None
    language: Language
    raw: bytes
    """The message as it came; only a commitment to it goes into the receipt."""
    client: str
    """The sending system, as the operator calls it."""
    receipt: Receipt | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """The assessment and its receipt, where there is a ledger. Whoever gives it has committed the receipt."""

    assessment: Assessment
    at_most_label: str | None = None
    """`level_at_most` in the language of the case."""
    receipt: Receipt | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    """What each fact of the rules is called, in the language of the case."""
    questions: Mapping[str, str] = field(default_factory=dict)
    """How each is asked for, likewise."""


Assess = Callable[[Case], Awaitable[Answer]]
"""Assesses one case. Raises FactError where it cannot be true, and anything else where no answer may be given."""
