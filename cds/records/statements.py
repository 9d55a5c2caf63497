"""Coded entries of a record as they are received: conditions, medicines, stays and observations.

Four kinds, told apart by `kind`. Nothing in them names a person, and free text is dropped as it is read: what a
record says in words is asked of the person instead. What a code means is content (see `cds.records.content`).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from cds.answers import DecimalText, Frozen, StaySubstance
from cds.dates import Interval, PartialDate

MAX_STATEMENTS = 10_000
System = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A code system by any name that content knows it by: URI, OID, table name or short name."""
Code = Annotated[str, StringConstraints(min_length=1, max_length=40)]
Word = Annotated[str, StringConstraints(min_length=1, max_length=40)]


def _dropped(_: Any) -> None:
    return None


Dropped = Annotated[None, BeforeValidator(_dropped, json_schema_input_type=str | None)]
"""Accepted because records hold it, and never kept."""


class ConditionStatus(StrEnum):
    """What a record says of a diagnosis. `history` is the person's own past; `family_history` is somebody else's."""

    ACTIVE = "active"
    RESOLVED = "resolved"
    HISTORY = "history"
    REFUTED = "refuted"
    ENTERED_IN_ERROR = "entered_in_error"
    FAMILY_HISTORY = "family_history"


class Phase(StrEnum):
    """How far a medicine has come on its way to the person."""

    PRESCRIBED = "prescribed"
    DISPENSED = "dispensed"
    ADMINISTERED = "administered"
    STOPPED = "stopped"


class MedicationStatus(StrEnum):
    """Where an order or a supply stands. A supply that was handed out is completed and lasts as long as it lasts."""

    ACTIVE = "active"
    COMPLETED = "completed"
    STOPPED = "stopped"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered_in_error"


class EncounterClass(StrEnum):
    """What kind of stay or contact."""

    PRISON = "prison"
    HOSPITAL = "hospital"
    INPATIENT_TREATMENT = "inpatient_treatment"
    DETOX = "detox"
    EMERGENCY = "emergency"
    OUTPATIENT = "outpatient"


_TREATMENTS = frozenset({EncounterClass.DETOX, EncounterClass.INPATIENT_TREATMENT})


class EncounterStatus(StrEnum):
    """Where a stay stands. Left out, a stay without an end is going on."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered_in_error"


class Disposition(StrEnum):
    """Where a person went after a stay. Somebody who was moved on, or taken into custody, has not come out."""

    HOME = "home"
    TRANSFERRED = "transferred"
    CUSTODY = "custody"
    LEFT_AGAINST_ADVICE = "left_against_advice"
    OTHER = "other"


class ObservationStatus(StrEnum):
    """Whether an observation stands."""

    FINAL = "final"
    PRELIMINARY = "preliminary"
    CORRECTED = "corrected"
    CANCELLED = "cancelled"
    ENTERED_IN_ERROR = "entered_in_error"


class Dose(Frozen):
    """One dose and how often a day. Without unit, route or times a day nothing is guessed."""

    value: DecimalText
    unit: Word
    route: Word | None = None
    per_day: DecimalText | None = None


class Indication(Frozen):
    """What a medicine was given for, coded like a diagnosis."""

    system: System
    code: Code


class ConditionStatement(Frozen):
    """A diagnosis, or another reason that was coded like one."""

    kind: Literal["condition"]
    system: System
    code: Code
    text: Dropped = None
    status: ConditionStatus = ConditionStatus.ACTIVE
    onset: PartialDate | None = None
    recorded: PartialDate | None = None


class MedicationStatement(Frozen):
    """A medicine that was prescribed, handed out, given or stopped. `end` may lie ahead."""

    kind: Literal["medication"]
    system: System
    code: Code
    text: Dropped = None
    phase: Phase = Phase.PRESCRIBED
    status: MedicationStatus = MedicationStatus.ACTIVE
    start: PartialDate | None = None
    end: PartialDate | None = None
    dose: Dose | None = None
    days_supply: Annotated[int, Field(strict=True, ge=0, le=3660)] | None = None
    amount_units: DecimalText | None = None
    indication: Indication | None = None

    @model_validator(mode="after")
    def _end_after_start(self) -> Self:
        return _in_order(self, self.start, self.end)


class EncounterStatement(Frozen):
    """A stay or a contact. An `end` that lies ahead is a planned one."""

    kind: Literal["encounter"]
    class_: Annotated[EncounterClass, Field(alias="class")]
    status: EncounterStatus | None = None
    start: PartialDate | None = None
    end: PartialDate | None = None
    disposition: Disposition | None = None
    substance: Annotated[
        StaySubstance | None,
        Field(
            description="What a detox or inpatient treatment was for. `other`, as alcohol alone, implies no opioids; "
            "left out it is unknown, and may have been opioids. Not for other classes."
        ),
    ] = None

    @model_validator(mode="after")
    def _end_after_start(self) -> Self:
        return _in_order(self, self.start, self.end)

    @model_validator(mode="after")
    def _substance_of_a_treatment(self) -> Self:
        if self.substance is not None and self.class_ not in _TREATMENTS:
            raise ValueError("substance belongs to the classes detox and inpatient_treatment")
        return self

    @property
    def details(self) -> dict[str, str]:
        """What it says of the item that it makes, beside its kind and date."""
        return {} if self.substance is None else {"substance": self.substance.value}


class ObservationStatement(Frozen):
    """Something measured or asked."""

    kind: Literal["observation"]
    system: System
    code: Code
    text: Dropped = None
    status: ObservationStatus = ObservationStatus.FINAL
    value: DecimalText | None = None
    unit: Word | None = None
    date: PartialDate | None = None


Statement = Annotated[
    ConditionStatement | MedicationStatement | EncounterStatement | ObservationStatement, Field(discriminator="kind")
]
SHAPES = (ConditionStatement, MedicationStatement, EncounterStatement, ObservationStatement, Dose, Indication)
KINDS = ("condition", "medication", "encounter", "observation")

Model = TypeVar("Model", bound=Frozen)


def _in_order(model: Model, start: Interval | None, end: Interval | None) -> Model:
    if start is not None and end is not None and end.latest < start.earliest:
        raise ValueError("end lies before start")
    return model
