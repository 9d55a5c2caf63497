"""Which mappings of a release may apply to a statement, looked up in dictionaries made once."""

from __future__ import annotations

from collections.abc import Iterable

from cds.codes import CodeBook
from cds.entries import Entry
from cds.morphine import Labels
from cds.records import Mapping, Records
from cds.statements import EncounterStatement


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
        self._found: dict[tuple[frozenset[str], str, bool], tuple[Mapping, ...]] = {}
        """What was found once; there are no more of them than combinations of sets that one code belongs to."""
        for mapping in records.mappings.mappings:
            if mapping.encounter is not None:
                self._by_class.setdefault(mapping.encounter, []).append(mapping)
            elif mapping.set is not None:
                self._by_set.setdefault((mapping.set, mapping.kind), []).append(mapping)
            self.facts.setdefault(mapping.fact, set()).add(mapping.kind)

    def of(self, entry: Entry) -> Iterable[Mapping]:
        """The mappings that may apply to a statement."""
        if isinstance(entry.statement, EncounterStatement):
            return self._by_class.get(entry.statement.class_.value, ())
        if not entry.sets:
            return ()
        what = entry.sets, entry.statement.kind, entry.given_for is None
        found = self._found.get(what)
        if found is None:
            mappings = (mapping for name in sorted(entry.sets) for mapping in self._by_set.get((name, what[1]), ()))
            found = tuple(m for m in mappings if entry.given_for is not None or not m.requires.indication)
            self._found[what] = found
        return found
