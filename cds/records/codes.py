"""What a code means: its system under any name, whether it can exist there, and the value sets it belongs to.

Everything is looked up in dictionaries made once for a release, so that one statement costs the same whatever the
number of sets. A code is compared without dots and blanks and without regard to case: `T4n`, `t4N` and `T4N` are one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from cds.records.content import CodeSystem, ValueSet

Problem = Literal["unknown_system", "impossible_code", "unknown_code"]
"""unknown_code: possible, but what it means is not known well enough to say that it means nothing: a code of a system
of which only single codes are known, or one so general that it stands above codes of a set (F11 above F11.2)."""
_NOTHING: frozenset[str] = frozenset()
_IGNORED = str.maketrans("", "", ". \t\u00a0")


def numbers_of(text: str) -> frozenset[str]:
    """The numbers of `01-03 18 191`, each as it is written: 01, 02, 03, 18, 191."""
    found: set[str] = set()
    for part in text.split():
        first, _, last = part.partition("-")
        found |= {f"{number:0{len(first)}}" for number in range(int(first), int(last or first) + 1)}
    return frozenset(found)


Purpose = frozenset[str]
"""The value sets of an indication; none where it means nothing here or cannot be read."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A code as understood: its system by our own name, and its sets. `problem` says why it could not be."""

    system: str | None
    code: str
    sets: frozenset[str]
    problem: Problem | None = None
    below: frozenset[str] = frozenset()
    """The other sets that hold codes below it: it is too short to tell whether one of those is meant."""


def plain_code(code: str) -> str:
    """A code as it is compared."""
    return code.translate(_IGNORED).upper()


def plain_name(system: str) -> str:
    """The name of a system as it is compared."""
    return system.strip().rstrip("/").casefold()


class CodeBook:
    """The systems and value sets of one release."""

    def __init__(self, systems: Mapping[str, CodeSystem], value_sets: Iterable[ValueSet]) -> None:
        named = [(name, key) for key, system in systems.items() for name in (key, *system.aliases)]
        self._names = dict(named) | {plain_name(name): key for name, key in named}
        self._possible = {key: re.compile(system.code_pattern, re.IGNORECASE) for key, system in systems.items()}
        exact: dict[tuple[str, str], set[str]] = {}
        prefixes: dict[tuple[str, str], set[str]] = {}
        above: dict[tuple[str, str], set[str]] = {}
        listed: set[str] = set()
        for value_set in value_sets:
            for member in value_set.members:
                if member.code is not None:
                    exact.setdefault((member.system, plain_code(member.code)), set()).add(value_set.id)
                if member.prefix is not None:
                    prefixes.setdefault((member.system, plain_code(member.prefix)), set()).add(value_set.id)
                below = plain_code(member.code or member.prefix or "")
                for length in range(1, len(below)):
                    above.setdefault((member.system, below[:length]), set()).add(value_set.id)
                if not member.crosswalk:
                    listed.add(member.system)
        self._crossing = {
            (key, plain_code(crossing.code)): (crossing.system, plain_code(crossing.to))
            for key, system in systems.items()
            for crossing in system.crosswalk
        }
        self._exact = {key: frozenset(sets) for key, sets in exact.items()}
        self._prefixes = {key: frozenset(sets) for key, sets in prefixes.items()}
        lengths: dict[str, set[int]] = {}
        for system, prefix in self._prefixes:
            lengths.setdefault(system, set()).add(len(prefix))
        self._lengths = {system: tuple(sorted(found)) for system, found in lengths.items()}
        self._above = {key: frozenset(sets) for key, sets in above.items()}
        self._extending = frozenset(key for key, system in systems.items() if system.extends is not None)
        self._listed = {key: codes for key in systems if (codes := self._codes_of(key, systems))}
        self._partly = frozenset(systems.keys() - listed)

    def _codes_of(self, key: str, systems: Mapping[str, CodeSystem]) -> frozenset[str]:
        """The codes of a system that lists them: its own, or those it goes on from."""
        system = systems[systems[key].extends or key]
        own = {f"{start}{number}" for start, text in system.listed.items() for number in numbers_of(text)}
        if system.procedures is not None:
            done = {f"{start}{number}" for start in system.listed for number in numbers_of(system.procedures)}
            others = [name for name, other in systems.items() if not other.listed and other.extends is None]
            own |= {code for code in done if not any(self._means_something(other, code) for other in others)}
        return frozenset(own)

    def _is_possible(self, key: str, plain: str) -> bool:
        if self._possible[key].fullmatch(plain) is None:
            return False
        listed = self._listed.get(key)
        if listed is None or plain in listed:
            return True
        return key in self._extending and any(plain[:length] in listed for length in range(1, len(plain)))

    def _means_something(self, key: str, plain: str) -> bool:
        return bool(self._sets_of(key, plain)) or (key, plain) in self._above

    def _sets_of(self, key: str, plain: str) -> frozenset[str]:
        sets = self._exact.get((key, plain), _NOTHING)
        for length in self._lengths.get(key, ()):
            if length <= len(plain):
                sets |= self._prefixes.get((key, plain[:length]), _NOTHING)
        return sets

    def system(self, name: str) -> str | None:
        """Our own name of a system, or None."""
        return self._names.get(name) or self._names.get(plain_name(name))

    def read(self, system: str, code: str) -> Reading:
        """Everything known about one code."""
        key = self.system(system)
        if key is None:
            return Reading(None, code, _NOTHING, "unknown_system")
        plain = plain_code(code)
        if not self._is_possible(key, plain):
            return Reading(key, plain, _NOTHING, "impossible_code")
        key, plain = self._crossing.get((key, plain), (key, plain))
        sets = self._sets_of(key, plain)
        below = _NOTHING if key in self._partly else self._above.get((key, plain), _NOTHING) - sets
        unknown: Problem | None = None if sets or not (key in self._partly or below) else "unknown_code"
        return Reading(key, plain, sets, unknown, below)
