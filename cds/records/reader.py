"""A record and what was said, read together: the facts to assess, and where each of them comes from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from cds.bounds import Person
from cds.content.texts import Language
from cds.content.vocabulary import Vocabulary
from cds.errors import ContentError, FactError, refuse
from cds.facts import FACT_NAMES, Facts
from cds.records.calculations import CALCULATIONS
from cds.records.content import GivesDetail, GivesItem, Records
from cds.records.doses.lines import OmeqLine, named
from cds.records.merge import Conflict, merge
from cds.records.normalise import Normaliser
from cds.records.reasons import NotUsed
from cds.records.statements import Statement

LISTS = frozenset({"transitions", "overdoses", "losses"})


@dataclass(frozen=True, slots=True)
class Record:
    """What was read of a record: facts to use, statements behind them, statements not used, facts in conflict."""

    facts: Facts
    origins: dict[str, tuple[int, ...]] | None = None
    not_used: tuple[NotUsed, ...] = ()
    conflicts: tuple[Conflict, ...] = ()
    omeq: OmeqLine | None = None


def _unknown(records: Records) -> Iterator[str]:
    """What the mappings name that is not there; mappings that could not be computed with."""
    for mapping in records.mappings.mappings:
        what = f"records.yaml: {mapping.id}"
        if mapping.fact not in FACT_NAMES:
            yield f"{what}: there is no fact {mapping.fact}"
            continue
        if mapping.set is not None and mapping.set not in records.value_sets:
            yield f"{what}: there is no value set {mapping.set}"
        requires = mapping.requires
        together = () if requires.together is None else requires.together.sets
        for name in (
            *requires.indication,
            *requires.unless_indication,
            *requires.other_indication,
            *requires.outdated_by,
            *together,
        ):
            if name not in records.value_sets:
                yield f"{what}: there is no value set {name}"
        if mapping.gives == "computed" and mapping.fact not in CALCULATIONS:
            yield f"{what}: nothing computes {mapping.fact}"
        if isinstance(mapping.gives, GivesItem | GivesDetail) and mapping.fact not in LISTS:
            yield f"{what}: {mapping.fact} is no list"
    for name, code_system in records.systems.items():
        for system in sorted({crossing.system for crossing in code_system.crosswalk} - records.systems.keys()):
            yield f"systems.yaml: {name}: there is no system {system}"
    for value_set in records.value_sets.values():
        for system in sorted({member.system for member in value_set.members} - records.systems.keys()):
            yield f"value-sets/{value_set.id}.yaml: there is no system {system}"


class RecordReader:
    """Reads records under one release. Made once per release; safe to share between threads.

    Raises ContentError where a mapping speaks of something that does not exist.
    """

    def __init__(self, records: Records | None, vocabulary: Vocabulary) -> None:
        if records is not None and (problems := tuple(_unknown(records))):
            raise ContentError(problems)
        self.normaliser = None if records is None else Normaliser(records, vocabulary.including)
        self.vocabulary = vocabulary

    def named(self, omeq: OmeqLine | None, language: Language) -> OmeqLine | None:
        """A dose with the names that this release gives its medicines; as it is where the release has none."""
        if omeq is None or self.normaliser is None:
            return omeq
        return named(omeq, self.normaliser.mappings.labels, language)

    def read(self, sent: Facts, statements: Sequence[Statement], complete: Sequence[str], as_of: date) -> Record:
        """The facts to assess. Raises FactError with the path of everything that cannot be."""
        if not statements and not complete:
            return Record(sent)
        if self.normaliser is None:
            raise FactError("/statements" if statements else "/complete", "this release reads no records")
        wrong: list[tuple[str, str]] = []
        try:
            Person(sent, as_of, self.vocabulary)  # what contradicts itself is refused before a record could hide it
        except FactError as error:
            wrong += error.errors
        try:
            read = self.normaliser.normalise(statements, complete, as_of)
        except FactError as error:
            refuse([*wrong, *error.errors])
            raise
        refuse(wrong)
        same_event_days = self.normaliser.mappings.records.mappings.definitions.same_event_days.value
        merged = merge(sent, read.facts, read.origins, as_of, self.vocabulary, same_event_days=same_event_days)
        return Record(merged.facts, read.origins, read.not_used, merged.conflicts, read.omeq)
