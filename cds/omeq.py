"""Doses of opioids as mg of oral morphine a day (OMEQ), with the interval that the source leaves open.

Pure arithmetic over content (`omeq.yaml`); decimals throughout. What cannot be computed is named and never counted as
nothing: without it there is no total, only `at_least`. Agonist treatment is kept out and reported apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from typing import Literal

from cds.omeq_table import Methadone, OmeqTable

ZERO = Decimal(0)
STEP = Decimal("0.001")
"""mg; results are rounded to three decimals, half up, once and at the end."""
_DIGITS = 60
"""Three factors of at most 12 digits each multiply exactly within this."""
_MG = {"mg": Decimal(1), "ug": Decimal("0.001")}


class Reason(StrEnum):
    """Why a dose cannot be computed."""

    UNKNOWN_DRUG = "unknown_drug"
    MISSING_ROUTE = "missing_route"
    NO_RATIO_FOR_ROUTE = "no_ratio_for_route"
    MISSING_DOSE = "missing_dose"
    MISSING_UNIT = "missing_unit"
    UNIT_NOT_CONVERTIBLE = "unit_not_convertible"
    MISSING_PER_DAY = "missing_per_day"
    BELOW_TABLE = "below_table"


@dataclass(frozen=True, slots=True)
class Dose:
    """One medicine as taken now. Of a combination, `value` is the opioid part.

    `value` in `unit` (mg, ug, or ug/h for a patch) is one dose, `per_day` how many a day (a patch needs none). `phase`
    is how it is known. `for_pain` says that a medicine of agonist treatment is prescribed for pain instead.
    """

    atc: str
    route: str | None
    value: Decimal | None
    unit: str | None
    per_day: Decimal | None
    phase: Literal["prescribed", "dispensed"] = "prescribed"
    for_pain: bool = False

    def __post_init__(self) -> None:
        for number in (self.value, self.per_day):
            if number is not None and not (number.is_finite() and number >= 0):
                raise ValueError("a dose is a number, and not below zero")


@dataclass(frozen=True, slots=True)
class NotComputable:
    """A medicine that no total can be given with, by ATC code."""

    atc: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Result:
    """mg of oral morphine a day by the named table: low <= value <= high.

    All three are None where something is not computable, or where there was nothing to compute: a total that leaves a
    medicine out would be a total too low. `at_least` is what the computable part comes to at its low end.
    """

    table: str
    version: str
    low: Decimal | None
    value: Decimal | None
    high: Decimal | None
    at_least: Decimal
    not_computable: tuple[NotComputable, ...]
    agonist_treatment: tuple[str, ...]


Interval = tuple[Decimal, Decimal, Decimal]
"""(low, value, high) in mg of oral morphine a day."""


def omeq(doses: Sequence[Dose], table: OmeqTable) -> Result:
    """Add up what is taken at the same time. `doses` are those current on one day; see `counted_once`."""
    kept_out: set[str] = set()
    failed: set[NotComputable] = set()
    parts: list[Interval] = []
    methadone: dict[str, Decimal] = {}
    with localcontext() as context:
        context.prec = _DIGITS
        for dose in counted_once(doses):
            atc = dose.atc.upper()
            if atc.startswith(table.kept_out.prefix) and not dose.for_pain:
                kept_out.add(atc)
                continue
            found = _one(dose, atc, table)
            if isinstance(found, Reason):
                failed.add(NotComputable(atc, found))
            elif isinstance(found, Decimal):
                methadone[atc] = methadone.get(atc, ZERO) + found
            else:
                parts.append(found)
        if methadone:
            total = methadone_equivalent(sum(methadone.values(), ZERO), table.methadone)
            if total is None:
                failed |= {NotComputable(drug, Reason.BELOW_TABLE) for drug in methadone}
            else:
                parts.append(total)
        low, value, high = (_rounded(sum(numbers, ZERO)) for numbers in _columns(parts))
    whole = bool(parts) and not failed
    return Result(
        table=table.name,
        version=table.version,
        low=low if whole else None,
        value=value if whole else None,
        high=high if whole else None,
        at_least=low,
        not_computable=tuple(sorted(failed, key=lambda item: (item.atc, item.reason))),
        agonist_treatment=tuple(sorted(kept_out)),
    )


def counted_once(doses: Sequence[Dose]) -> tuple[Dose, ...]:
    """The doses without the second record of any of them.

    What is prescribed is also dispensed: for each ATC code, route and strength the prescribed and the dispensed are
    paired, strongest with strongest, and each pair counts once, at its higher number of doses a day. Two prescriptions
    of the same strength are two. A missing route is a route of its own, so nothing unclear is paired away. (Of two
    records with different strengths both count; they become one, and so less, only by turning out to be the same.)
    """
    groups: dict[tuple[object, ...], tuple[list[Dose], list[Dose]]] = {}
    for dose in doses:
        key = (dose.atc.upper(), dose.route, dose.value, dose.unit, dose.for_pain)
        groups.setdefault(key, ([], []))[dose.phase == "dispensed"].append(dose)
    once: list[Dose] = []
    for prescribed, dispensed in groups.values():
        more, fewer = sorted((_by_frequency(prescribed), _by_frequency(dispensed)), key=len, reverse=True)
        for index, dose in enumerate(more):
            other = fewer[index] if index < len(fewer) else dose
            once.append(max(dose, other, key=_frequency))
    return tuple(once)


def methadone_equivalent(mg_per_day: Decimal, methadone: Methadone) -> Interval | None:
    """What a daily dose of methadone is worth, or None below the table.

    The bands are of morphine, so a methadone dose may fall in two of them: the higher reading is the value, the lower
    the low end. A reading that has passed the upper end of its band stays there until the next band takes over, which
    makes the value the running maximum over all smaller doses: more methadone is never worth less, and a gap between
    two bands is no hole.
    """
    reached = [(mg_per_day * band.ratio, band.to) for band in methadone.bands if mg_per_day * band.ratio >= band.from_]
    if not reached:
        return None
    ends = [reading if to is None else min(reading, to) for reading, to in reached]
    inside = [reading for reading, to in reached if to is None or reading <= to]
    value = max(ends)
    return (min(inside) if inside else value), value, value


def _one(dose: Dose, atc: str, table: OmeqTable) -> Interval | Decimal | Reason:
    """One dose: its equivalent, or mg of methadone a day (which are added before they are converted)."""
    by_route = {ratio.route: ratio for ratio in table.ratios if atc in ratio.drug}
    is_methadone = atc in table.methadone.drug
    if not by_route and not is_methadone:
        return Reason.UNKNOWN_DRUG
    if dose.route is None:
        return Reason.MISSING_ROUTE
    ratio = next((ratio for route, ratio in by_route.items() if route == dose.route), None)
    if ratio is None and not (is_methadone and dose.route == table.methadone.route):
        return Reason.NO_RATIO_FOR_ROUTE
    mg = _mg_per_day(dose, table)
    if isinstance(mg, Reason) or ratio is None:
        return mg
    return mg * ratio.low, mg * ratio.ratio, mg * ratio.high


def _mg_per_day(dose: Dose, table: OmeqTable) -> Decimal | Reason:
    if not dose.value:
        return Reason.MISSING_DOSE
    if dose.unit is None:
        return Reason.MISSING_UNIT
    if dose.route == "transdermal":
        if dose.unit != table.patches.unit:
            return Reason.UNIT_NOT_CONVERTIBLE
        return dose.value * table.patches.hours * _MG["ug"]
    if dose.unit not in _MG:
        return Reason.UNIT_NOT_CONVERTIBLE
    if not dose.per_day:
        return Reason.MISSING_PER_DAY
    return dose.value * _MG[dose.unit] * dose.per_day


def _frequency(dose: Dose) -> Decimal:
    return dose.per_day or ZERO


def _by_frequency(doses: Iterable[Dose]) -> list[Dose]:
    return sorted(doses, key=_frequency, reverse=True)


def _columns(parts: Sequence[Interval]) -> tuple[tuple[Decimal, ...], ...]:
    return tuple(tuple(part[column] for part in parts) for column in range(3))


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(STEP, rounding=ROUND_HALF_UP)
