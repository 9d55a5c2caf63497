"""Which mappings of a release may apply to a statement, looked up in dictionaries made once."""

from __future__ import annotations

from collections.abc import Iterable

from cds.records.codes import CodeBook
from cds.records.content import GivesDetail, Mapping, Records
from cds.records.doses.lines import Labels
from cds.records.entries import Entry
from cds.records.statements import EncounterStatement

Seen = tuple[frozenset[str] | str, str, str, str | None, bool]
"""Of a statement: value sets or class of stay, kind, status, phase, and whether it is told what a medicine is for."""


class Mappings:
    """What one release makes of records: codes, names of medicines, and mappings by value set and class of stay."""

    def __init__(self, records: Records) -> None:
        self.records = records
        self.codes = CodeBook(records.systems, records.value_sets.values())
        self.labels = Labels(records)
        self.facts: dict[str, set[str]] = {}
        """The facts that records can answer, with the kinds of statement that do."""
        self._by_set: dict[tuple[str, str], list[Mapping]] = {}
        self._by_class: dict[str, list[Mapping]] = {}
        self.stays: dict[str, list[Mapping]] = {}
        """The mappings by which stays of a class answer a fact by themselves."""
        self._found: dict[Seen, tuple[Mapping, ...]] = {}
        """What was found once; there are no more of them than combinations of sets that one code belongs to."""
        for mapping in records.mappings.mappings:
            if mapping.encounter is not None:
                self._by_class.setdefault(mapping.encounter, []).append(mapping)
                if not isinstance(mapping.gives, GivesDetail):
                    self.stays.setdefault(mapping.encounter, []).append(mapping)
            elif mapping.set is not None:
                self._by_set.setdefault((mapping.set, mapping.kind), []).append(mapping)
            self.facts.setdefault(mapping.fact, set()).add(mapping.kind)
        self.medicines = frozenset(name for name, kind in self._by_set if kind == "medication")
        """The value sets whose medicines answer facts."""

    def of(self, entry: Entry) -> tuple[Mapping, ...]:
        """The mappings that may apply to a statement: those for its set or class that want its status and phase."""
        statement = entry.statement
        if isinstance(statement, EncounterStatement):
            what: Seen = statement.class_, "encounter", entry.status, None, False
        elif entry.sets:
            tells = entry.given_for is not None or bool(entry.may_be_for)
            what = entry.sets, statement.kind, entry.status, entry.phase, tells
        else:
            return ()
        found = self._found.get(what)
        if found is None:
            found = self._found[what] = tuple(mapping for mapping in self._about(what) if _wants(mapping, what))
        return found

    def facts_of(self, sets: Iterable[str], kind: str) -> set[str]:
        """The facts that statements of a kind about these sets answer."""
        return {mapping.fact for name in sets for mapping in self._by_set.get((name, kind), ())}

    def facts_named_by(self, sets: Iterable[str], over_for: int | None) -> set[str]:
        """The facts that a diagnosis of these sets answers: an active one, or one that has been over for some days."""
        what: Seen = frozenset(sets), "condition", "active" if over_for is None else "resolved", None, False
        wanted = (mapping for mapping in self._about(what) if _wants(mapping, what))
        return {
            mapping.fact for mapping in wanted if (over_for or 0) <= (mapping.requires.within_days or over_for or 0)
        }

    def _about(self, what: Seen) -> Iterable[Mapping]:
        about, kind = what[:2]
        if isinstance(about, str):
            return self._by_class.get(about, ())
        return [mapping for name in sorted(about) for mapping in self._by_set.get((name, kind), ())]


def _wants(mapping: Mapping, what: Seen) -> bool:
    """Whether a mapping wants such a status and phase. Observations have no status of their own."""
    _, kind, status, phase, told_what_for = what
    requires = mapping.requires
    if requires.phase and phase not in requires.phase:
        return False
    if requires.indication and not told_what_for:
        return False
    return kind == "observation" or status in requires.status
