"""Doses of opioids as mg of oral morphine a day (OMEQ), with the interval that the source leaves open.

Pure arithmetic over content (`omeq.yaml`); decimals throughout. What cannot be computed is named and never counted as
nothing: without it there is no total, only `at_least`. Agonist treatment is kept out and reported apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from typing import Literal

from cds.records.methadone import Interval, methadone_equivalent
from cds.records.omeq_table import OmeqTable

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


Phase = Literal["prescribed", "dispensed", "administered"]
_PHASES: tuple[Phase, ...] = ("prescribed", "dispensed", "administered")


@dataclass(frozen=True, slots=True)
class Dose:
    """One medicine as taken now. Of a combination, `value` is the opioid part.

    `value` in `unit` (mg, ug, or ug/h for a patch) is one dose, `per_day` how many a day (a patch needs none). `phase`
    is how it is known. `for_pain` says that a medicine of agonist treatment is prescribed for pain instead.
    `statements` are the entries of a record it was read from.
    """

    atc: str
    route: str | None
    value: Decimal | None
    unit: str | None
    per_day: Decimal | None
    phase: Phase = "prescribed"
    for_pain: bool = False
    statements: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        for number in (self.value, self.per_day):
            if number is not None and not (number.is_finite() and number >= 0):
                raise ValueError("a dose is a number, and not below zero")


@dataclass(frozen=True, slots=True)
class NotComputable:
    """A medicine that no total can be given with, by ATC code."""

    atc: str
    reason: Reason
    statements: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Counted:
    """One medicine that counted: mg a day, its ratio, and what that comes to. Methadone's ratio depends on its dose."""

    atc: str
    route: str
    mg_per_day: Decimal
    ratio: Decimal
    low: Decimal
    value: Decimal
    high: Decimal
    statements: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """mg of oral morphine a day by the named table: low <= value <= high.

    All three are None where something is not computable, or where there was nothing to compute: a total that leaves a
    medicine out would be a total too low. `at_least` is what the computable part comes to, zero where there is none.
    """

    table: str
    version: str
    low: Decimal | None
    value: Decimal | None
    high: Decimal | None
    at_least: Decimal
    counted: tuple[Counted, ...]
    not_computable: tuple[NotComputable, ...]
    agonist_treatment: tuple[str, ...]


_NOTHING: Interval = (ZERO, ZERO, ZERO)


def omeq(doses: Sequence[Dose], table: OmeqTable) -> Result:
    """Add up what is taken at the same time. `doses` are those current on one day.

    What is prescribed is also handed out and perhaps given, often in tablets of another strength. So of one medicine
    (ATC code) the prescriptions are added up, the dispensings are, and what is given is, and the highest of the three
    sums counts. Medicines add up. A dose without a number of times a day has that of the same strength known otherwise.
    """
    kept_out: set[str] = set()
    failed: list[NotComputable] = []
    parts: list[Interval] = []
    counted: list[Counted] = []
    methadone: list[_Read] = []
    with localcontext() as context:
        context.prec = _DIGITS
        for (atc, for_pain), of_code in _by_medicine(doses).items():
            if atc.startswith(table.kept_out.prefix) and not for_pain:
                kept_out.add(atc)
                continue
            sums: dict[Phase, _Sum] = {}
            for dose in _times_a_day(of_code):
                read = _one(dose, atc, table)
                if isinstance(read, Reason):
                    failed.append(NotComputable(atc, read, dose.statements))
                    continue
                mg, total, reads = sums.get(dose.phase, (ZERO, _NOTHING, []))
                ours = _times(read.mg, read.ratio)
                sums[dose.phase] = mg + read.mg, _added(total, ours), [*reads, read]
            if not sums:
                continue
            most = _highest_phase(sums)
            if atc in table.methadone.drug:
                methadone += sums[most][2]
            else:
                parts.append(_highest(total for _, total, _ in sums.values()))
                counted += [read.counted(_times(read.mg, read.ratio)) for read in sums[most][2]]
        if methadone:
            mg = sum((read.mg for read in methadone), ZERO)
            interval = methadone_equivalent(mg, table.methadone)
            codes = "+".join(sorted({read.atc for read in methadone}))
            behind = tuple(sorted(index for read in methadone for index in read.dose.statements))
            if interval is None:
                failed += [NotComputable(read.atc, Reason.BELOW_TABLE, read.dose.statements) for read in methadone]
            else:
                parts.append(interval)
                counted.append(Counted(codes, table.methadone.route, mg, interval[1] / mg, *interval, behind))
        low, value, high = (_rounded(number) for number in _total(parts))
        lines = tuple(sorted((_rounded_line(line) for line in counted), key=_in_order))
    whole = bool(parts) and not failed
    return Result(
        table=table.name,
        version=table.version,
        low=low if whole else None,
        value=value if whole else None,
        high=high if whole else None,
        at_least=value,
        counted=lines,
        not_computable=_by_reason(failed),
        agonist_treatment=tuple(sorted(kept_out)),
    )


def mg_per_day(dose: Dose, table: OmeqTable) -> Decimal | None:
    """mg of the medicine itself that one dose comes to a day; None where that, or its ratio, cannot be told."""
    read = _one(dose, dose.atc.upper(), table)
    return None if isinstance(read, Reason) else read.mg


@dataclass(frozen=True, slots=True)
class _Read:
    """A dose that could be computed. Methadone has no ratio until it is added up."""

    dose: Dose
    atc: str
    mg: Decimal
    ratio: Interval

    def counted(self, interval: Interval) -> Counted:
        return Counted(self.atc, self.dose.route or "", self.mg, self.ratio[1], *interval, self.dose.statements)


_Sum = tuple[Decimal, Interval, list[_Read]]
"""mg a day, what that comes to, and the doses."""


def _highest_phase(sums: Mapping[Phase, _Sum]) -> Phase:
    """That of the highest sum; of equal ones the first in the order of `_PHASES`."""
    return max((phase for phase in _PHASES if phase in sums), key=lambda phase: (sums[phase][1][1], sums[phase][0]))


def _by_medicine(doses: Iterable[Dose]) -> dict[tuple[str, bool], list[Dose]]:
    medicines: dict[tuple[str, bool], list[Dose]] = {}
    for dose in doses:
        medicines.setdefault((dose.atc.upper(), dose.for_pain), []).append(dose)
    return medicines


def _times_a_day(doses: Sequence[Dose]) -> Iterator[Dose]:
    """The doses of one medicine; one without its times a day has those of the same strength known otherwise."""
    known: dict[tuple[object, ...], dict[Phase, Decimal]] = {}
    for dose in doses:
        if dose.per_day:
            often = known.setdefault((dose.route, dose.value, dose.unit), {})
            often[dose.phase] = max(often.get(dose.phase, ZERO), dose.per_day)
    for dose in doses:
        others = known.get((dose.route, dose.value, dose.unit), {})
        elsewhere = [often for phase, often in others.items() if phase != dose.phase]
        yield replace(dose, per_day=max(elsewhere)) if not dose.per_day and elsewhere else dose


def _by_reason(failed: Iterable[NotComputable]) -> tuple[NotComputable, ...]:
    """Each medicine and reason once."""
    found: dict[tuple[str, Reason], set[int]] = {}
    for line in failed:
        found.setdefault((line.atc, line.reason), set()).update(line.statements)
    return tuple(NotComputable(atc, reason, tuple(sorted(found[atc, reason]))) for atc, reason in sorted(found))


def _one(dose: Dose, atc: str, table: OmeqTable) -> _Read | Reason:
    """One dose in mg a day with its ratio."""
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
    if isinstance(mg, Reason):
        return mg
    return _Read(dose, atc, mg, _NOTHING if ratio is None else (ratio.low, ratio.ratio, ratio.high))


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


def _times(mg: Decimal, ratio: Interval) -> Interval:
    return mg * ratio[0], mg * ratio[1], mg * ratio[2]


def _added(one: Interval, other: Interval) -> Interval:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _highest(intervals: Iterable[Interval]) -> Interval:
    """End by end, so that one more entry never makes any end smaller."""
    low, value, high = zip(*intervals, strict=True)
    return max(low), max(value), max(high)


def _total(parts: Iterable[Interval]) -> Interval:
    total = _NOTHING
    for part in parts:
        total = _added(total, part)
    return total


def _rounded(number: Decimal) -> Decimal:
    return number.quantize(STEP, rounding=ROUND_HALF_UP)


def _in_order(line: Counted) -> tuple[object, ...]:
    return line.atc, line.statements, line.route, line.mg_per_day, line.value


def _rounded_line(line: Counted) -> Counted:
    return replace(
        line,
        mg_per_day=_rounded(line.mg_per_day),
        ratio=_rounded(line.ratio),
        low=_rounded(line.low),
        value=_rounded(line.value),
        high=_rounded(line.high),
    )
