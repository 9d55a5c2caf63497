"""One dose of an opioid: what it comes to in mg a day and by which ratio it counts, or why that cannot be told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Context, Decimal
from enum import StrEnum
from typing import Literal

from cds.records.doses.methadone import Interval
from cds.records.doses.table import OmeqTable
from cds.records.doses.words import ROUTES

ZERO = Decimal(0)
NOTHING: Interval = (ZERO, ZERO, ZERO)
ENDLESS = Decimal("Infinity")
LARGEST = Decimal("99999999.999")
"""mg of oral morphine a day: the largest number an answer can hold, and far above any dose."""
EXACT = Context(prec=60)
"""Four factors of at most 12 digits each multiply exactly within this."""
MG = {"mg": Decimal(1), "ug": Decimal("0.001")}


class Reason(StrEnum):
    """Why a dose cannot be computed."""

    UNKNOWN_DRUG = "unknown_drug"
    MISSING_ROUTE = "missing_route"
    UNKNOWN_ROUTE = "unknown_route"
    NO_RATIO_FOR_ROUTE = "no_ratio_for_route"
    MISSING_DOSE = "missing_dose"
    MISSING_UNIT = "missing_unit"
    UNIT_NOT_CONVERTIBLE = "unit_not_convertible"
    MISSING_PER_DAY = "missing_per_day"
    BELOW_TABLE = "below_table"
    TOO_LARGE = "too_large"


Phase = Literal["prescribed", "dispensed", "administered"]
AsWritten = tuple[Decimal | None, str | None, Decimal | None]
Sureness = Literal["exact", "packs", "more"]
"""Whether a dose is the whole of what is taken. `packs`: its amount may be one of packs, and times a day are not told.
`more`: it may be more, and nobody tells how much."""


@dataclass(frozen=True, slots=True)
class Dose:
    """One medicine as taken now. Of a combination, `value` is the opioid part.

    `value` in `unit` (mg, ug, or ug/h for a patch) is one dose, `per_day` how many a day (a patch needs none), or how
    many in so many `days`. `phase` is how it is known, `sureness` whether it is all. `for_pain` says that a medicine of
    agonist treatment is prescribed for pain instead. `statements` are the entries of a record it was read from.
    """

    atc: str
    route: str | None
    value: Decimal | None
    unit: str | None
    per_day: Decimal | None
    phase: Phase = "prescribed"
    for_pain: bool = False
    statements: tuple[int, ...] = ()
    days: int = 1
    sureness: Sureness = "exact"
    written: AsWritten = field(init=False, repr=False, compare=False)
    """Value, unit and times a day, as far as they are told."""

    def __post_init__(self) -> None:
        for number in (self.value, self.per_day):
            if number is not None and not (number.is_finite() and number >= 0):
                raise ValueError("a dose is a number, and not below zero")
        often = self.per_day if self.days == 1 or not self.per_day else self.per_day / self.days
        object.__setattr__(self, "written", (self.value, self.unit, often))

    @property
    def a_day(self) -> AsWritten:
        """As written, of a patch without how often it is changed: a day it is one patch."""
        return (self.value, self.unit, None) if self.route == "transdermal" else self.written

    @property
    def said_twice(self) -> bool:
        """Whether several statements say it: one that was sent twice, or two of the same."""
        return len(self.statements) > 1


@dataclass(frozen=True, slots=True)
class Read:
    """A dose that could be computed: mg a day. Methadone has no ratio until it is added up."""

    dose: Dose
    mg: Decimal
    ratio: Interval


def read_dose(dose: Dose, table: OmeqTable) -> Read | Reason:
    """One dose in mg a day with its ratio. Exact only in the context `EXACT`."""
    by_route = table.ratios_of.get(dose.atc)
    is_methadone = dose.atc in table.methadone.drug
    if by_route is None and not is_methadone:
        return Reason.UNKNOWN_DRUG
    if not dose.value:
        return Reason.MISSING_DOSE
    if dose.route is None:
        return Reason.MISSING_ROUTE
    ratio = None if by_route is None else by_route.get(dose.route)
    if ratio is None and not (is_methadone and dose.route == table.methadone.route):
        return Reason.NO_RATIO_FOR_ROUTE if dose.route in ROUTES else Reason.UNKNOWN_ROUTE
    mg = _mg_per_day(dose, dose.value, table)
    if isinstance(mg, Reason):
        return mg
    if mg * (table.methadone.bands[-1].ratio if ratio is None else ratio.high) > LARGEST:
        return Reason.TOO_LARGE
    return Read(dose, mg, NOTHING if ratio is None else (ratio.low, ratio.ratio, ratio.high))


def _mg_per_day(dose: Dose, value: Decimal, table: OmeqTable) -> Decimal | Reason:
    if dose.unit is None:
        return Reason.MISSING_UNIT
    if dose.route == "transdermal":
        if dose.unit != table.patches.unit:
            return Reason.UNIT_NOT_CONVERTIBLE
        return value * table.patches.hours * MG["ug"]
    if dose.unit not in MG:
        return Reason.UNIT_NOT_CONVERTIBLE
    if not dose.per_day:
        return Reason.MISSING_PER_DAY
    return value * MG[dose.unit] * dose.per_day / dose.days  # divided last: a third of 45 is 15


class Orders:
    """What is ordered, with its times a day, beside what was handed out without any."""

    def __init__(self, doses: Iterable[Dose]) -> None:
        self._often: dict[tuple[object, ...], Dose] = {}
        self._a_day: set[tuple[object, ...]] = set()
        for dose in doses:
            if dose.phase != "prescribed":
                continue
            self._a_day.add((dose.atc, dose.route, dose.a_day))
            if dose.per_day:
                same = dose.atc, dose.route, dose.value, dose.unit
                known = self._often.get(same)
                if known is None or dose.per_day * known.days > (known.per_day or ZERO) * dose.days:
                    self._often[same] = dose

    def hold(self, dose: Dose) -> bool:
        """Whether what was handed out is of the very dose that is ordered."""
        return dose.phase != "prescribed" and (dose.atc, dose.route, dose.a_day) in self._a_day

    def read(self, dose: Dose, table: OmeqTable) -> Read | None:
        """What a supply comes to that lacks its times a day, taken as often as the same strength is ordered."""
        order = self._often.get((dose.atc, dose.route, dose.value, dose.unit))
        if dose.phase == "prescribed" or dose.per_day or order is None:
            return None
        read = read_dose(replace(dose, per_day=order.per_day, days=order.days), table)
        return None if isinstance(read, Reason) else read
