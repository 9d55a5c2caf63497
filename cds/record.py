"""A record and what was said, read together: the facts to assess, and where each of them comes from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from cds.bounds import Person
from cds.entries import NotUsed
from cds.errors import FactError
from cds.facts import Facts
from cds.merge import Conflict, merge
from cds.normalise import Normaliser
from cds.records import Records
from cds.statements import Statement
from cds.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Record:
    """What was read of a record: facts to use, statements behind them, statements not used, facts in conflict."""

    facts: Facts
    origins: dict[str, tuple[int, ...]] | None = None
    not_used: tuple[NotUsed, ...] = ()
    conflicts: tuple[Conflict, ...] = ()


class RecordReader:
    """Reads records under one release. Made once per release; safe to share between threads."""

    def __init__(self, records: Records | None, vocabulary: Vocabulary) -> None:
        self.normaliser = None if records is None else Normaliser(records)
        self.vocabulary = vocabulary

    def read(self, sent: Facts, statements: Sequence[Statement], complete: Sequence[str], as_of: date) -> Record:
        """The facts to assess. Raises FactError with the path of what cannot be."""
        if not statements and not complete:
            return Record(sent)
        if self.normaliser is None:
            raise FactError("/statements" if statements else "/complete", "this release reads no records")
        Person(sent, as_of, self.vocabulary)  # what contradicts itself is refused before a record could hide it
        read = self.normaliser.normalise(statements, complete, as_of)
        merged = merge(sent, read.facts, read.origins, as_of, self.vocabulary)
        return Record(merged.facts, read.origins, read.not_used, merged.conflicts)
