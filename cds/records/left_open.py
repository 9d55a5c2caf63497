"""The facts that a record leaves open: something about them could not be read, placed in time or counted."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from collections.abc import Mapping as MappingOf

from cds.facts import NEVER_NO
from cds.records.codes import Reading
from cds.records.mappings import Mappings

Wider = MappingOf[str, Iterable[str]]
"""For each fact the wider ones: what may hold of it may hold of them."""


class LeftOpen:
    """What one record leaves open. A fact in it never becomes a no, and a list never whole."""

    def __init__(self, mappings: Mappings, wider: Wider) -> None:
        self._mappings = mappings
        self._wider = wider
        self._kinds: set[str] = set()
        self._facts: set[str] = set()
        self.uncertain: set[str] = set()
        """The facts that a statement may answer and is not sure to."""
        self.ran_out: set[str] = set()
        """The facts of what was taken until a short time ago: where nothing else answers them they are no no."""

    def add(self, *facts: str) -> None:
        """There is a reason to ask about these facts."""
        self._facts.update(facts)

    def named_by(self, purpose: Reading, over_for: int | None) -> bool:
        """Leave open what a medicine is for: it may be there, or have been until some days ago. Whether any fact is."""
        facts = self._mappings.facts_named_by(purpose.sets | purpose.below, over_for)
        self._facts |= facts
        return bool(facts)

    def unread(self, kind: str, reading: Reading) -> None:
        """What could not be read may be anything of its kind; what is too short, anything that begins like it."""
        if reading.below:
            self._facts |= self._mappings.facts_of(reading.below, kind)
        else:
            self._kinds.add(kind)

    def __contains__(self, fact: str) -> bool:
        return fact in self._facts or fact in self.uncertain or not self._mappings.facts[fact].isdisjoint(self._kinds)

    def possible(self, made: Iterable[str]) -> set[str]:
        """The facts that may hold beside those `made`: what may hold of a narrower one may hold of every wider one."""
        maybe = {fact for fact in self._mappings.facts if fact in self}.union(self.ran_out, made)
        return maybe.union(*(self._wider.get(fact, ()) for fact in maybe))


def not_answered(complete: Sequence[str], mappings: Mappings) -> list[tuple[str, str]]:
    """The path of each name in `complete` that is no fact records answer, and why that is wrong."""
    why = "is no fact that records answer; GET /v1/facts tells which are (read_from_records)"
    return [(f"/complete/{place}", why) for place, name in enumerate(complete) if name not in mappings.facts]


def never_denied(complete: Sequence[str], denied: Collection[str]) -> list[tuple[str, str]]:
    """The path of each name in `complete` that would be denied and cannot be, and why."""
    why = "everybody has one, and the record holds none"
    never = NEVER_NO.intersection(denied)
    return [(f"/complete/{place}", why) for place, name in enumerate(complete) if name in never]
