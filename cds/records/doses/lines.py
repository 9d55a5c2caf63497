"""How a dose in morphine equivalents came about, as an answer shows it. Numbers are decimal strings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated

from pydantic import Field

from cds.content.texts import Label, Language, label_in
from cds.records.content import Records
from cds.records.doses.omeq import Result
from cds.records.doses.table import OmeqTable
from cds.records.doses.together import told
from cds.records.entries import Entry
from cds.records.reasons import NOT_COMPUTABLE, meanings


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLine:
    """One medicine that counted: mg a day, mg of oral morphine for each of them, and what that comes to."""

    drug: str
    label: str
    """As `named` fills it in, in the language of the answer; until then empty."""
    route: str
    mg_per_day: str
    ratio: str
    low: str
    value: str
    high: str
    statements: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NotComputableLine:
    """One medicine that could not be counted, and what was missing."""

    drug: str
    label: str
    reason: Annotated[str, Field(description=meanings(NOT_COMPUTABLE))]
    statements: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class OmeqLine:
    """mg of oral morphine a day read of a record, by the named table and version.

    low, value and high are given where every medicine could be read, placed in time and computed; `at_least` where only
    some could, or more of one may be taken: the sum of what is sure. `agonist_treatment` names medicines kept
    out, since thresholds made for pain do not judge them.
    """

    table: str
    version: str
    low: str | None = None
    value: str | None = None
    high: str | None = None
    at_least: str | None = None
    counted: tuple[CountedLine, ...] = ()
    not_computable: tuple[NotComputableLine, ...] = ()
    agonist_treatment: tuple[str, ...] = ()


class Labels:
    """What content calls medicines, by ATC code: in the table of ratios, in a value set, or as one of a group."""

    def __init__(self, records: Records) -> None:
        members = [m for value_set in records.value_sets.values() for m in value_set.members if m.system == "atc"]
        self._groups = {member.prefix: member.label for member in members if member.prefix is not None}
        self._codes = {member.code: member.label for member in members if member.code is not None}
        self._routes: dict[tuple[str, str], Label] = {}
        for ratio in records.omeq.ratios:
            for drug in ratio.drug:
                self._routes[drug, ratio.route] = ratio.label
                self._codes.setdefault(drug, ratio.label)

    def of(self, drug: str, language: Language, route: str = "") -> str:
        """The name of one medicine; of several joined by `+`, theirs."""
        return " + ".join(self._of_one(code, language, route) for code in drug.split("+"))

    def _of_one(self, code: str, language: Language, route: str) -> str:
        known = self._routes.get((code, route)) or self._codes.get(code)
        groups = (self._groups[code[:length]] for length in range(len(code), 0, -1) if code[:length] in self._groups)
        label = known or next(groups, None)
        return code if label is None else label_in(label, language)


def named(line: OmeqLine, labels: Labels, language: Language) -> OmeqLine:
    """The line with the names of its medicines in one language. Numbers and codes are the same in all."""
    return replace(
        line,
        counted=tuple(replace(one, label=labels.of(one.drug, language, one.route)) for one in line.counted),
        not_computable=tuple(replace(one, label=labels.of(one.drug, language)) for one in line.not_computable),
    )


def omeq_line(result: Result | None, beside: Iterable[Entry], whole: bool, table: OmeqTable) -> OmeqLine | None:
    """The line for what was computed; None where a record holds no current opioid. `whole`: nothing else may count.

    Of the entries that did not enter, current medicines of agonist treatment are named, and opioids given for what they
    are given for. One of their ATC group that belongs to no value set (lofexidine) is no opioid.
    """
    kept_out = {
        entry.code
        for entry in beside
        if entry.sets and entry.current[1] and (entry.code.startswith(table.kept_out.prefix) or _kept_out(entry, table))
    }
    if result is None:
        if not kept_out:
            return None
        return OmeqLine(table=table.name, version=table.version, agonist_treatment=tuple(sorted(kept_out)))

    whole = whole and result.low is not None and result.value is not None and result.high is not None
    return OmeqLine(
        table=result.table,
        version=result.version,
        low=told(result.low) if whole and result.low is not None else None,
        value=told(result.value) if whole and result.value is not None else None,
        high=told(result.high) if whole and result.high is not None else None,
        at_least=told(result.at_least) if not whole and result.counted else None,
        counted=tuple(
            CountedLine(
                drug=line.atc,
                label="",
                route=line.route,
                mg_per_day=told(line.mg_per_day),
                ratio=told(line.ratio),
                low=told(line.low),
                value=told(line.value),
                high=told(line.high),
                statements=line.statements,
            )
            for line in result.counted
        ),
        not_computable=tuple(
            NotComputableLine(drug=line.atc, label="", reason=line.reason.value, statements=line.statements)
            for line in result.not_computable
        ),
        agonist_treatment=tuple(sorted({*kept_out, *result.agonist_treatment})),
    )


def _kept_out(entry: Entry, table: OmeqTable) -> bool:
    """Whether an opioid was given for dependence, as slow-release morphine may be."""
    given_for = entry.given_for or frozenset()
    return entry.code in table.ratios_of and not given_for.isdisjoint(table.kept_out.also_indication)
