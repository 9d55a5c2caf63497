"""Persons for the tests of what follows from an assessment: written in a few words, or taken from tests/patients."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

from cds.assess import Assessor
from cds.assessment import Assessment, RecommendationLine
from cds.content.texts import Language
from cds.facts import Facts
from cds.strict_yaml import read
from tests import people
from tests.people import Invented

AS_OF = date(2026, 11, 20)
LANGUAGES: tuple[Language, ...] = ("nb", "nn", "en")
CASES = Path(__file__).parent / "cases"
PATIENTS = Path(__file__).parents[1] / "patients"
RECENTLY = {"state": "yes", "date": "2026-11-01"}


@lru_cache
def cases(file: str = "*.yaml") -> dict[str, dict[str, Any]]:
    """The table of a file of `cases`, or of all of them together."""
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(CASES.glob(file)):
        document = read(path)
        assert not document.problems
        assert not found.keys() & document.value.keys()
        found |= document.value
    return found


def asked() -> Invented:
    """Somebody aged forty: everything was asked today, nothing was found, talk and mapping were this month."""
    return (
        people.with_nothing(AS_OF)
        .having("age", {"state": "yes", "value": "40"})
        .having("last_prevention_talk", RECENTLY)
        .having("last_nutrition_mapping", RECENTLY)
    )


def person(facts: Mapping[str, Any] | None = None, *, unasked: bool = False) -> Invented:
    """Somebody of whom these facts are known beside what `asked` says, or beside nothing.

    A yes needs no yes to what it implies; where something is unknown, what it would imply is unknown too, and so is
    what it contradicts of all that `asked` answers no.
    """
    made = Invented(AS_OF, {}) if unasked else asked()
    given = facts or {}
    for name, said in given.items():
        for wider in people.vocabulary()[name].wider:
            if wider not in given and not _is_no(said):
                made = made.having(wider, None)
    for name, said in given.items():
        made = made.having(name, _spelt_out(said))
    while error := made.refused():
        contradicted = error.reason.rpartition("/")[2]
        assert contradicted not in given
        assert contradicted in made.facts
        made = made.having(contradicted, None)
    return made


def _is_no(said: Any) -> bool:
    return said == "no" or (isinstance(said, dict) and said.get("state") == "no")


def _spelt_out(said: Any) -> dict[str, Any] | None:
    if said is None:
        return None
    if isinstance(said, str):
        return {"state": said}
    if isinstance(said, list):
        return {"state": "yes", "items": said}
    return {"state": "yes"} | said


def assess(draft: Assessor, who: Invented, language: Language = "nb", municipality: str | None = None) -> Assessment:
    """The answer, with every question."""
    return draft.assess(who.sent(), who.as_of, language, municipality=municipality, all_questions=True)


def line(draft: Assessor, who: Invented, code: str, language: Language = "nb") -> RecommendationLine | None:
    """What the answer says of one measure, if it names it."""
    found = [each for each in assess(draft, who, language).recommendations or () if each.code == code]
    assert len(found) <= 1
    return found[0] if found else None


def golden() -> list[str]:
    """The invented people of tests/patients, by name."""
    return sorted(folder.name for folder in PATIENTS.iterdir() if folder.is_dir())


@lru_cache
def golden_person(name: str) -> Invented:
    """One of them, as sent."""
    body = json.loads((PATIENTS / name / "request.json").read_text(encoding="utf-8"))
    facts = {fact: {"state": said} if isinstance(said, str) else said for fact, said in body["facts"].items()}
    return Invented(date.fromisoformat(body["as_of"]), facts)


def scored(draft: Assessor) -> Iterator[str]:
    """Those of them who get a level."""
    for name in golden():
        if draft.decide(golden_person(name).sent(), golden_person(name).as_of).level not in ("acute", "not_applicable"):
            yield name


def pinned(facts: Facts, as_of: date) -> Facts:
    """The facts with the day they were asked written out."""
    undated = {name: said for name, said in facts.known() if said.asked_on is None}
    return facts.model_copy(
        update={name: said.model_copy(update={"asked_on": as_of}) for name, said in undated.items()}
    )
