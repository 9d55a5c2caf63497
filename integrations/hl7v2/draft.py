"""What is being read of one message: statements with their places, and a note for everything that became none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from pydantic import ValidationError

from cds.dates import Interval
from cds.records.statements import (
    MAX_STATEMENTS,
    ConditionStatement,
    EncounterStatement,
    MedicationStatement,
    ObservationStatement,
    Statement,
)
from integrations.hl7v2.acknowledge import Problem, Refused
from integrations.hl7v2.profiles import Sender
from integrations.hl7v2.times import partial

NoteReason = Literal[
    "no_code", "bad_date", "lies_ahead", "not_a_number", "text_only", "not_read", "invalid", "withdrawn", "superseded",
    "no_discharge_time", "no_visit_number", "no_risk_factor", "not_given", "as_needed", "dose_range", "all_read",
    "one_used", "contradicted", "passed", "no_day",
]  # fmt: skip
"""Why something in a message counted for nothing, or for less than it seems to say."""
Shape = type[ConditionStatement] | type[MedicationStatement] | type[EncounterStatement] | type[ObservationStatement]
_KINDS: dict[Shape, str] = {
    ConditionStatement: "condition",
    MedicationStatement: "medication",
    EncounterStatement: "encounter",
    ObservationStatement: "observation",
}


@dataclass(frozen=True, slots=True)
class Note:
    """One thing that was not used as it stands: where (`DG1[2]-5`), why, and how many of the kind."""

    place: str
    reason: NoteReason
    count: int = 1


@dataclass(slots=True)
class Draft:
    """Collects what one message says."""

    as_of: date
    sender: Sender
    statements: list[Statement] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    offered: Counter[str] = field(default_factory=Counter)
    """Every segment that was offered to the readers, by name."""
    unread: Counter[str] = field(default_factory=Counter)
    _said: set[tuple[str, NoteReason]] = field(default_factory=set)

    def note(self, place: str, reason: NoteReason) -> None:
        """Say that something was not used; the same thing is said once."""
        if (place, reason) not in self._said:
            self._said.add((place, reason))
            self.notes.append(Note(place, reason))

    def date(self, text: str, place: str, *, may_lie_ahead: bool = False) -> Interval | None:
        """A time of a message as a partial date. What is none, or lies ahead where it cannot, is noted and left out."""
        if not text:
            return None
        known = partial(text)
        if known is None:
            self.note(place, "bad_date")
            return None
        when = Interval.parse(known)
        if when.earliest > self.as_of and not may_lie_ahead:
            self.note(place, "lies_ahead")
            return None
        return when

    def add(self, place: str, shape: Shape, **fields: Any) -> bool:
        """Keep a statement; False, with a note, where it is not one. Raises Refused where there are too many."""
        if len(self.statements) == MAX_STATEMENTS:
            raise Refused("AR", Problem(207, f"the message says more than {MAX_STATEMENTS} things; divide it"))
        try:
            made = shape.model_validate({"kind": _KINDS[shape], **fields})
        except ValidationError:
            self.note(place, "invalid")
            return False
        self.statements.append(made)
        self.places.append(place)
        return True
