"""The same question again: under the same release every byte must come back; under another, what differs is told.

An answer is replayed from itself: its `facts`, `as_of`, `municipality` and what it says of the record they were read
from. An acute answer shows no facts, so its question must be given.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import orjson

from cds.assess import Assessor
from cds.assessment import Assessment, Provenance
from cds.facts import Facts
from cds.records.merge import Conflict
from cds.records.reader import Record

Path = tuple[str, ...]


class NothingToReplay(ValueError):
    """The answer shows no facts, and the question was not given."""


@dataclass(frozen=True)
class Question:
    """What was asked, as it was used: what the commitment `input` is over."""

    as_of: date
    facts: Facts
    municipality: str | None = None
    conflicts: tuple[Conflict, ...] = ()


@dataclass(frozen=True)
class Difference:
    """One place where two answers differ: names and ids from the outside in. None where one has nothing there."""

    path: Path
    was: Any
    now: Any


@dataclass(frozen=True)
class Replay:
    """A replayed answer beside the one given."""

    given: Assessment
    replayed: Assessment
    identical: bool
    """Every byte is the same."""
    provenance_now: Provenance
    """Service and evaluators of the replay. They may be newer; apart from them the answers are compared whole."""

    def differences(self) -> Iterator[Difference]:
        """Every place where the two differ; lines are matched by their ids."""
        return _differences(_json(self.given), _json(self.replayed), ())


def question_of(given: Assessment) -> Question:
    """What an answer says it was asked. Raises NothingToReplay for an acute answer."""
    if given.facts is None:
        raise NothingToReplay("an acute answer shows no facts: its question is needed")
    return Question(given.as_of, given.facts, given.municipality, given.conflicts or ())


def replay(given: Assessment, question: Question, assessor: Assessor) -> Replay:
    """Assess again, in the answer's own language. Raises as `Assessor.decide`."""
    replayed = _again(given, question, assessor, all_questions=False)
    if _asks(given) > _asks(replayed):
        replayed = _again(given, question, assessor, all_questions=True)
    now = replayed.provenance
    then = replace(now, service=given.provenance.service, engines=given.provenance.engines)
    replayed = replayed.model_copy(update={"provenance": then})
    return Replay(given, replayed, replayed.as_json() == given.as_json(), now)


def _again(given: Assessment, question: Question, assessor: Assessor, *, all_questions: bool) -> Assessment:
    return assessor.assess(
        question.facts,
        question.as_of,
        given.language,
        municipality=question.municipality,
        all_questions=all_questions,
        record=Record(question.facts, given.origins, given.not_used or (), question.conflicts, given.omeq),
    )


def _asks(assessment: Assessment) -> int:
    return len(assessment.questions or ())


def _json(assessment: Assessment) -> Any:
    return orjson.loads(assessment.as_json())


def _differences(was: Any, now: Any, path: Path) -> Iterator[Difference]:
    if isinstance(was, list) and isinstance(now, list):
        by_id = [_by_id(was), _by_id(now)]
        if by_id[0] is not None and by_id[1] is not None:
            was, now = by_id
    if isinstance(was, dict) and isinstance(now, dict):
        for name in [*was, *(name for name in now if name not in was)]:
            yield from _differences(was.get(name), now.get(name), (*path, name))
    elif was != now:
        yield Difference(path, was, now)


def _by_id(lines: list[Any]) -> dict[str, Any] | None:
    """Lines by what names them; None where they have no names, or two the same."""
    for key in ("id", "fact", "topic"):
        if all(isinstance(line, dict) and isinstance(line.get(key), str) for line in lines):
            named = {line[key]: line for line in lines}
            return named if len(named) == len(lines) else None
    return None
