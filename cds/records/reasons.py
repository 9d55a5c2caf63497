"""Why a statement made no fact, or a dose could not be computed, and what a caller can do about it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Literal, get_args

from pydantic import Field

Reason = Literal[
    "unknown_system", "impossible_code", "unknown_code", "refuted", "entered_in_error", "family_history", "cancelled",
    "outside_window", "not_relevant", "date_unclear", "weak_evidence", "no_such_event", "too_many",
    "dose_not_computable", "value_unclear",
]  # fmt: skip
"""Why a statement made no fact."""
REASONS: dict[str, tuple[str, str]] = {
    "unknown_system": ("the system is not known by that name", "send one of its known names"),
    "impossible_code": ("no such code can exist in that system", "check which list the code is of"),
    "unknown_code": (
        "the code may mean something here, and it cannot be told what",
        "send the whole code, or one of another system",
    ),
    "refuted": ("the record says that it was not so", "nothing"),
    "entered_in_error": ("the record takes it back", "nothing"),
    "family_history": ("it is about somebody else", "nothing"),
    "cancelled": ("it did not come about", "nothing"),
    "outside_window": ("it is over, lies too far back, or has not begun", "send what came after it, if anything did"),
    "not_relevant": ("no fact rests on it; a stop may still have ended another entry", "nothing"),
    "date_unclear": ("it cannot be placed in time for sure", "send whole days, `end` or `days_supply`; else ask"),
    "weak_evidence": ("it is a reason to ask and no answer", "ask the person"),
    "no_such_event": ("a cause, or a contact, of no event on that day", "send the event too, with its day"),
    "too_many": ("it belongs to an event beyond the 200 newest", "nothing"),
    "dose_not_computable": ("the dose lacks something", "see `omeq.not_computable`"),
    "value_unclear": ("no value, no unit that is read, or a number that cannot be true", "correct it, or ask"),
}
"""What each reason means, and what to do."""
_FOREMOST: tuple[Reason, ...] = (
    "unknown_system", "impossible_code", "unknown_code",
    "date_unclear", "weak_evidence", "no_such_event", "outside_window", "dose_not_computable", "not_relevant",
)  # fmt: skip
"""Of several reasons, the first of these is told."""
_RANK = {reason: _FOREMOST.index(reason) if reason in _FOREMOST else len(_FOREMOST) for reason in get_args(Reason)}
NOT_COMPUTABLE: dict[str, str] = {
    "unknown_drug": "the table has no ratio for this medicine",
    "missing_route": "`dose.route` was not sent",
    "unknown_route": "`dose.route` is no word that is read",
    "no_ratio_for_route": "the table has no ratio for this medicine by this route",
    "missing_dose": "no `dose`, or one of nought",
    "missing_unit": "`dose.unit` is empty",
    "unit_not_convertible": "`dose.unit` is none that is read, or not one for this route (a patch is in ug/h)",
    "missing_per_day": "neither `dose.per_day` nor `amount_units` with `days_supply`",
    "below_table": "less methadone than the table begins with",
    "too_large": "more than an answer can hold, so value or unit must be wrong",
}
"""Why a dose could not be computed."""


def meanings(reasons: Mapping[str, str]) -> str:
    """What reasons mean, for a description."""
    return "; ".join(f"{name}: {meaning}" for name, meaning in reasons.items())


@dataclass(frozen=True, slots=True)
class NotUsed:
    """A statement that made no fact, and why; with `fact`, one that made others but not this one."""

    statement: Annotated[int, Field(description="Its place in `statements`, from 0")]
    reason: Annotated[Reason, Field(description=meanings({name: said for name, (said, _) in REASONS.items()}))]
    fact: Annotated[str | None, Field(description="The fact it could not be used for; it may have made others")] = None


def not_used(reasons: Mapping[int, Collection[Reason]], notes: Iterable[NotUsed]) -> tuple[NotUsed, ...]:
    """The lines for statements that made no fact, by their reasons, and `notes`, in the order of the statements.

    A note says more than that a statement is not relevant, and stands alone.
    """
    lines = list(notes)
    noted = {line.statement for line in lines}
    for index, why in reasons.items():
        if index not in noted or why != {"not_relevant"}:
            lines.append(NotUsed(index, min(why, key=_RANK.__getitem__)))
    return tuple(sorted(lines, key=lambda line: (line.statement, line.fact or "")))
