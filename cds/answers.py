"""The shapes in which a fact can be answered: a state, a date, a number, a choice, or dated things that happened."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Generic, Self, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StrictBool,
    StrictInt,
    model_validator,
)

from cds.dates import Day, PartialDate


class State(StrEnum):
    """How much is known about a fact."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"
    REFUSED = "refused"
    NOT_APPLICABLE = "not_applicable"

    __hash__ = str.__hash__  # that of Enum runs as Python, and states are looked up hundreds of times in each answer


class Tri(StrEnum):
    """A detail of a dated item."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Frozen(BaseModel):
    """Immutable, and a misspelt key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Answer(Frozen):
    """Yes, no, unknown, refused or not applicable, and the day it was asked (left out: the day of the assessment)."""

    state: State
    asked_on: Day | None = None


class DatedAnswer(Answer):
    """An answer about something that happened (or will), with the day, month or year of the last time.

    `within_days` says "in the last n days", counted back from `asked_on`; it and `date` exclude each other.
    """

    date: PartialDate | None = None
    within_days: Annotated[StrictInt, Field(ge=0, le=3660)] | None = None

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Self:
        if self.date is not None and self.within_days is not None:
            raise ValueError("date and within_days exclude each other")
        if self.state is not State.YES and (self.date is not None or self.within_days is not None):
            raise ValueError("a date belongs to the state yes only")
        return self


MAX_DECIMALS = 3
MAX_DIGITS = 12


def _decimal(value: Any) -> Decimal:
    if isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise ValueError('a decimal is sent as a string, for example "52.5"')
    whole, _, decimals = value.partition(".")
    if (
        len(value) > MAX_DIGITS
        or not value.isascii()
        or not whole.isdigit()
        or ("." in value and not decimals.isdigit())
    ):
        raise ValueError("not a plain decimal number")
    if len(decimals) > MAX_DECIMALS:
        raise ValueError(f"at most {MAX_DECIMALS} decimals")
    return Decimal(value)


_DecimalInput = Annotated[
    str, Field(pattern=rf"^[0-9]+(\.[0-9]{{1,{MAX_DECIMALS}}})?$", max_length=MAX_DIGITS, examples=["52.5"])
]
DecimalText = Annotated[
    Decimal,
    BeforeValidator(_decimal, json_schema_input_type=_DecimalInput),
    PlainSerializer(str, return_type=str),
]


class Quantity(Answer):
    """A number in the unit that the fact's name carries, sent as a decimal string of at most three decimals.

    With `at_least` it is so much or more: what counts above is unknown.
    """

    value: DecimalText | None = None
    at_least: Annotated[
        StrictBool | None, Field(description="true: it is `value` or more, as where one of several doses is not known")
    ] = None

    @model_validator(mode="after")
    def _value_with_yes(self) -> Self:
        if (self.state is State.YES) != (self.value is not None):
            raise ValueError("value is given with the state yes, and only then")
        if self.at_least is not None and not self.value:
            raise ValueError("at_least belongs to a value above zero")
        return self

    @property
    def open_above(self) -> bool:
        """Whether it may be more than `value`."""
        return self.at_least is True

    @property
    def told(self) -> str:
        """The number in a few characters; empty where there is none."""
        return "" if self.value is None else f"{'≥ ' if self.open_above else ''}{self.value}"


class Role(StrEnum):
    """Who the person is in relation to the risk."""

    PERSON_AT_RISK = "person_at_risk"
    NEXT_OF_KIN = "next_of_kin"
    BEREAVED = "bereaved"


class AgonistMedicine(StrEnum):
    """What agonist treatment is given with."""

    METHADONE = "methadone"
    BUPRENORPHINE = "buprenorphine"
    OTHER = "other"


Value = TypeVar("Value", Role, AgonistMedicine)


class Choice(Answer, Generic[Value]):
    """One value of a closed list."""

    value: Value | None = None

    @model_validator(mode="after")
    def _value_with_yes(self) -> Self:
        if (self.state is State.YES) != (self.value is not None):
            raise ValueError("value is given with the state yes, and only then")
        return self


class Stay(StrEnum):
    """What a person came out of, or stopped with. A pause is from opioids."""

    PRISON = "prison"
    INPATIENT_TREATMENT = "inpatient_treatment"
    DETOX = "detox"
    HOSPITAL = "hospital"
    AGONIST_TREATMENT_STOP = "agonist_treatment_stop"
    PRESCRIPTION_STOP = "prescription_stop"
    OWN_PAUSE = "own_pause"


class StaySubstance(StrEnum):
    """What a detoxification or treatment was for."""

    OPIOIDS = "opioids"
    OTHER = "other"
    UNKNOWN = "unknown"


class Transition(Frozen):
    """The end of a stay, a treatment or a pause, and whether opioids have been taken again."""

    kind: Stay
    date: PartialDate | None = None
    resumed: PartialDate | None = None
    days_without_opioids: Annotated[StrictInt, Field(ge=0, le=36500)] | None = None
    opioids_given: Tri = Tri.UNKNOWN
    agonist_treatment_kept: Tri = Tri.UNKNOWN
    substance: StaySubstance = StaySubstance.UNKNOWN

    @model_validator(mode="after")
    def _resumed_after_the_end(self) -> Self:
        if self.date is not None and self.resumed is not None and self.resumed.latest < self.date.earliest:
            raise ValueError("resumed lies before date")
        return self


class OverdoseSubstance(StrEnum):
    """What caused an overdose."""

    OPIOID = "opioid"
    OTHER = "other"
    UNKNOWN = "unknown"


class Intent(StrEnum):
    """Whether an overdose was meant."""

    ACCIDENT = "accident"
    SUICIDAL = "suicidal"
    AMBIVALENT = "ambivalent"
    UNKNOWN = "unknown"


class Overdose(Frozen):
    """One overdose that the person survived. `within_days` is counted back from the day the list was asked for."""

    date: PartialDate | None = None
    within_days: Annotated[StrictInt, Field(ge=0, le=3660)] | None = None
    substance: OverdoseSubstance = OverdoseSubstance.UNKNOWN
    intent: Intent = Intent.UNKNOWN
    care: Tri = Tri.UNKNOWN
    may_be_same: Annotated[
        StrictBool | None,
        Field(description="true: it may be one of the others, told of twice, so it counts above only"),
    ] = None

    @model_validator(mode="after")
    def _one_way_to_say_when(self) -> Self:
        if self.date is not None and self.within_days is not None:
            raise ValueError("date and within_days exclude each other")
        return self


class LossKind(StrEnum):
    """What was lost."""

    RELATIONSHIP_BREAK = "relationship_break"
    BEREAVEMENT = "bereavement"
    OTHER = "other"


class Loss(Frozen):
    """A break or a death that the person lives with."""

    kind: LossKind
    date: PartialDate | None = None


Item = TypeVar("Item", Transition, Overdose, Loss)
MAX_ITEMS = 200


class Happened(Answer, Generic[Item]):
    """Things that happened, each with its date. `yes` without items says that something of the kind did."""

    items: Annotated[tuple[Item, ...], Field(max_length=MAX_ITEMS)] = ()
    complete: Annotated[
        StrictBool | None, Field(description="false: there may be others that nobody has told of, as in a record")
    ] = None

    @model_validator(mode="after")
    def _items_with_yes(self) -> Self:
        if self.items and self.state is not State.YES:
            raise ValueError("items belong to the state yes only")
        if self.complete is not None and self.state is not State.YES:
            raise ValueError("complete belongs to the state yes only")
        return self
