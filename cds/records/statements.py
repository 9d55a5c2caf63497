"""Coded entries of a record as they are received: conditions, medicines, stays and observations.

Four kinds, told apart by `kind`. Nothing in them names a person, and free text is dropped as it is read: what a
record says in words is asked of the person instead. What a code means is content (see `cds.records.content`).
docs/records.md tells callers the same as the descriptions here, and takes its tables from them.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BeforeValidator, Field, StringConstraints, model_validator

from cds.answers import DecimalText, Frozen, StaySubstance
from cds.dates import Interval, PartialDate

MAX_STATEMENTS = 10_000
System = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    Field(description="The code system by any name it is known by: FHIR URI, OID or short name, in any case"),
]
Code = Annotated[
    str,
    StringConstraints(min_length=1, max_length=40),
    Field(description="The code as the record holds it, whole; dots, blanks and case do not matter"),
]
Word = Annotated[str, StringConstraints(min_length=1, max_length=40)]


def _dropped(_: Any) -> None:
    return None


Dropped = Annotated[
    None,
    BeforeValidator(_dropped, json_schema_input_type=str | None),
    Field(description="Words of the record: dropped as they are read, so leave them out"),
]
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

    value: Annotated[
        DecimalText,
        Field(
            description="ONE dose: one tablet, one patch. Of a combination the opioid part alone: 30 for codeine 30 mg "
            "with paracetamol 400 mg"
        ),
    ]
    unit: Annotated[Word, Field(description="mg, ug (microgram) or ug/h (a patch); never ml or tablets")]
    route: Annotated[
        Word | None,
        Field(description="oral, rectal, sublingual, nasal or transdermal; also in Norwegian or short"),
    ] = None
    per_day: Annotated[
        DecimalText | None,
        Field(
            description="How many such doses a day, rounded up where more decimals are needed. A patch needs none. "
            "Leave it out where it is not fixed, as for a medicine taken as needed"
        ),
    ] = None


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
    status: Annotated[
        ConditionStatus,
        Field(description="resolved: over; history: earlier in the person's own life; the last three never count"),
    ] = ConditionStatus.ACTIVE
    onset: Annotated[PartialDate | None, Field(description="When it began or happened")] = None
    recorded: Annotated[
        PartialDate | None, Field(description="When it was written down; stands in where no onset is known")
    ] = None


class MedicationStatement(Frozen):
    """A medicine that was prescribed, handed out, given or stopped. `end`, and a prescription, may lie ahead."""

    kind: Literal["medication"]
    system: System
    code: Code
    text: Dropped = None
    phase: Annotated[
        Phase,
        Field(
            description="prescribed: ordered; dispensed: handed out, to be taken later; administered: given by staff; "
            "stopped: ended by decision"
        ),
    ] = Phase.PRESCRIBED
    status: Annotated[
        MedicationStatus,
        Field(
            description="Of an order: active, completed (over) or stopped (by decision). What was handed out is "
            "completed, and a single dose; a course given day by day is active. The last two never count"
        ),
    ] = MedicationStatus.ACTIVE
    start: Annotated[
        PartialDate | None,
        Field(description="First day of an order; the day it was handed out or given. Only an order may begin later"),
    ] = None
    end: Annotated[
        PartialDate | None,
        Field(
            description="The last day it was or will be taken; of a stop, its day. Never the day on which a "
            "prescription ceases to be valid"
        ),
    ] = None
    dose: Annotated[Dose | None, Field(description="One dose and how often a day; needed of opioids")] = None
    days_supply: Annotated[
        Annotated[int, Field(strict=True, ge=0, le=3660)] | None,
        Field(description="For how many days it lasts from `start`"),
    ] = None
    amount_units: Annotated[
        DecimalText | None,
        Field(
            description="How many single doses were handed out in all: tablets, patches; never packs, never mg. With "
            "`days_supply` it tells how many of `dose` a day, where `per_day` is not sent"
        ),
    ] = None
    indication: Annotated[
        Indication | None,
        Field(description="What it is given for. N07BC without it is agonist treatment; for pain or cancer it is not"),
    ] = None

    @model_validator(mode="after")
    def _end_after_start(self) -> Self:
        return _in_order(self, self.start, self.end)


class EncounterStatement(Frozen):
    """A stay or a contact. An `end` that lies ahead is a planned one."""

    kind: Literal["encounter"]
    class_: Annotated[
        EncounterClass,
        Field(alias="class", description="Stays are prison, hospital, inpatient_treatment (for drug use) and detox"),
    ]
    status: Annotated[
        EncounterStatus | None,
        Field(description="Left out: a stay without an end is going on, one with an end that has come is over"),
    ] = None
    start: Annotated[PartialDate | None, Field(description="The first day; lies ahead only of a planned one")] = None
    end: Annotated[PartialDate | None, Field(description="The last day; one that lies ahead is planned")] = None
    disposition: Annotated[
        Disposition | None, Field(description="Where the person went; whoever is moved or in custody has not come out")
    ] = None
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
    status: Annotated[ObservationStatus, Field(description="The last two never count")] = ObservationStatus.FINAL
    value: Annotated[
        DecimalText | None, Field(description="The number, with at most three decimals: cut off the rest")
    ] = None
    unit: Annotated[Word | None, Field(description="a (years) or kg/m2; without a unit nothing is guessed")] = None
    date: Annotated[PartialDate | None, Field(description="The day it was measured")] = None


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
