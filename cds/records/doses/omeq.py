"""Doses of opioids as mg of oral morphine a day (OMEQ), with the interval that the source leaves open.

Pure arithmetic over content (`omeq.yaml`); decimals throughout. What cannot be computed is named and never counted as
nothing: without it there is no total, only `at_least`. Agonist treatment is kept out and reported apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

from cds.records.doses.methadone import Interval, methadone_equivalent
from cds.records.doses.one_dose import EXACT, LARGEST, NOTHING, ZERO, Dose, Orders, Phase, Read, Reason, read_dose
from cds.records.doses.table import OmeqTable

STEP = Decimal("0.001")
"""mg; results are rounded to three decimals, half up, once and at the end."""
_ALIKE = Decimal("1e-30")
"""mg: three thirds that were divided and added up are one again."""
_PHASES: tuple[Phase, ...] = ("prescribed", "dispensed", "administered")


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


def omeq(doses: Sequence[Dose], table: OmeqTable) -> Result:
    """Add up what is taken at the same time. `doses` are those current on one day.

    What is prescribed is also handed out and perhaps given, often in tablets of another strength. So of one medicine
    (ATC code and route) the prescriptions are added up, the dispensings are, and what is given is, and the highest of
    the three sums counts. Medicines add up. What was handed out without a number of times a day is what is ordered,
    where the same strength is and where all that was handed out comes to no more.
    """
    kept_out: set[str] = set()
    failed: list[NotComputable] = []
    parts: list[Interval] = []
    counted: list[Counted] = []
    methadone: list[Read] = []
    with localcontext(EXACT):
        for (atc, _), of_one in _by_medicine(doses, table, kept_out).items():
            sums: dict[Phase, _Sum] = {}
            unclear: list[tuple[Dose, Reason]] = []
            for dose in of_one:
                read = read_dose(dose, table)
                if isinstance(read, Reason):
                    unclear.append((dose, read))
                    continue
                mg, total, reads = sums.get(dose.phase, (ZERO, NOTHING, []))
                ours = _times(read.mg, read.ratio)
                sums[dose.phase] = mg + read.mg, _added(total, ours), [*reads, read]
            if unclear:
                failed += _not_ordered(unclear, Orders(of_one), sums, table)
            if not sums:
                continue
            most = _highest_phase(sums)
            if atc in table.methadone.drug:
                methadone += sums[most][2]
            else:
                parts.append(_highest(total for _, total, _ in sums.values()))
                counted += [_counted(read) for read in sums[most][2]]
        if methadone:
            mg = sum((read.mg for read in methadone), ZERO).quantize(_ALIKE)
            interval = methadone_equivalent(mg, table.methadone)
            codes = "+".join(sorted({read.dose.atc for read in methadone}))
            behind = tuple(sorted(index for read in methadone for index in read.dose.statements))
            if interval is None:
                failed += [NotComputable(read.dose.atc, Reason.BELOW_TABLE, read.dose.statements) for read in methadone]
            else:
                parts.append(interval)
                counted.append(Counted(codes, table.methadone.route, mg, interval[1] / mg, *interval, behind))
        low, value, high = (_rounded(number) for number in _total(parts))
        lines = tuple(_rounded_line(line) for line in sorted(counted, key=_in_order))
    whole = bool(parts) and not failed and high <= LARGEST
    return Result(
        table=table.name,
        version=table.version,
        low=low if whole else None,
        value=value if whole else None,
        high=high if whole else None,
        at_least=min(value, LARGEST),
        counted=lines,
        not_computable=_by_reason(failed),
        agonist_treatment=tuple(sorted(kept_out)),
    )


def worth(dose: Dose, table: OmeqTable) -> Decimal | None:
    """The value of `omeq` for one dose alone, mg of oral morphine a day; None where there is none."""
    if _is_kept_out(dose, table):
        return None
    with localcontext(EXACT):
        read = read_dose(dose, table)
        if isinstance(read, Reason):
            return None
        mg = read.mg.quantize(_ALIKE)
        methadone = dose.atc in table.methadone.drug
        interval = methadone_equivalent(mg, table.methadone) if methadone else _times(read.mg, read.ratio)
        if interval is None or _rounded(interval[2]) > LARGEST:
            return None
        return _rounded(interval[1])


_Sum = tuple[Decimal, Interval, list[Read]]
"""mg a day, what that comes to, and the doses."""


def _counted(read: Read) -> Counted:
    dose = read.dose
    worth = _times(read.mg, read.ratio)
    return Counted(dose.atc, dose.route or "", read.mg, read.ratio[1], *worth, dose.statements)


def _highest_phase(sums: Mapping[Phase, _Sum]) -> Phase:
    """That of the highest sum; of equal ones the first in the order of `_PHASES`."""
    return max((phase for phase in _PHASES if phase in sums), key=lambda phase: (sums[phase][1][1], sums[phase][0]))


def _by_medicine(
    doses: Iterable[Dose], table: OmeqTable, kept_out: set[str]
) -> dict[tuple[str, str | None], list[Dose]]:
    """The doses of each medicine by each route; what is kept out goes to `kept_out`."""
    medicines: dict[tuple[str, str | None], list[Dose]] = {}
    for dose in doses:
        if _is_kept_out(dose, table):
            kept_out.add(dose.atc)
        else:
            medicines.setdefault((dose.atc, dose.route), []).append(dose)
    return medicines


def _is_kept_out(dose: Dose, table: OmeqTable) -> bool:
    return dose.atc.startswith(table.kept_out.prefix) and not dose.for_pain


def _not_ordered(
    unclear: Sequence[tuple[Dose, Reason]], orders: Orders, sums: Mapping[Phase, _Sum], table: OmeqTable
) -> list[NotComputable]:
    """What could not be computed, without supplies of what is ordered where they come to no more than that."""
    read = [orders.read(dose, table) for dose, _ in unclear]
    in_all = {phase: sums[phase][0] for phase in sums}
    for supply in read:
        if supply is not None:
            in_all[supply.dose.phase] = in_all.get(supply.dose.phase, ZERO) + supply.mg
    return [
        NotComputable(dose.atc, why, dose.statements)
        for (dose, why), supply in zip(unclear, read, strict=True)
        if supply is None or in_all[dose.phase] > in_all["prescribed"]
    ]


def _by_reason(failed: Iterable[NotComputable]) -> tuple[NotComputable, ...]:
    """Each medicine and reason once."""
    found: dict[tuple[str, Reason], set[int]] = {}
    for line in failed:
        found.setdefault((line.atc, line.reason), set()).update(line.statements)
    return tuple(NotComputable(atc, reason, tuple(sorted(found[atc, reason]))) for atc, reason in sorted(found))


def _times(mg: Decimal, ratio: Interval) -> Interval:
    return mg * ratio[0], mg * ratio[1], mg * ratio[2]


def _added(one: Interval, other: Interval) -> Interval:
    return one[0] + other[0], one[1] + other[1], one[2] + other[2]


def _highest(intervals: Iterable[Interval]) -> Interval:
    """End by end, so that one more entry never makes any end smaller."""
    low, value, high = zip(*intervals, strict=True)
    return max(low), max(value), max(high)


def _total(parts: Iterable[Interval]) -> Interval:
    total = NOTHING
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
