"""Small changes to one fact of an invented person: towards danger, away from it, and from open to answered."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, assume, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from cds.assess import Assessor
from cds.assessment import Assessment
from cds.facts import FACT_NAMES
from tests import people
from tests.people import Answer, Choose, Invented

LEVELS = ("low", "elevated", "high", "very_high")
Pair = tuple[Invented, Invented]
TREATMENT = "agonist_treatment"
STEPS = (1, 2, 13, 14, 30, 365)
DIRECTED = tuple(name for name in FACT_NAMES if people.content(name).direction != "none" and name not in people.ACUTE)
promise = settings(
    max_examples=int(os.environ.get("CDS_PROMISE_EXAMPLES", "500")),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)
"""How hard each promise is tried."""
HAPPENED = tuple(name for name in DIRECTED if people.content(name).direction == "closer")


def rank(level: str | None) -> int:
    """A level's place in the order; what is undetermined ranks as low."""
    return 0 if level == "undetermined" else LEVELS.index(str(level))


def bounds(assessment: Assessment) -> tuple[tuple[int, int], tuple[int, int]]:
    """Level and points, (at least, at most)."""
    assert assessment.points is not None
    least = rank(assessment.level), assessment.points.at_least
    return least, (rank(assessment.level_at_most), assessment.points.at_most)


def points(assessment: Assessment) -> dict[str, tuple[int, int]]:
    """Each factor's points, (at least, at most), by code."""
    assert assessment.factors is not None
    return {factor.code: (factor.points.at_least, factor.points.at_most) for factor in assessment.factors}


def assess(assessor: Assessor, person: Invented) -> Assessment:
    """The assessment of an invented person."""
    return assessor.assess(person.sent(), person.as_of)


# ---- towards danger and away from it ---------------------------------------------------------------------------------


def moved(name: str, answer: Answer, as_of: date, closer: bool, choose: Choose) -> Iterator[Answer]:
    """The answers that are one step more dangerous (`closer`), or one step less."""
    content = people.content(name)
    direction = content.direction
    asked = {field: said for field, said in answer.items() if field == "asked_on"}
    if answer["state"] in ("unknown", "refused"):
        return
    yes = answer["state"] == "yes"
    if direction in ("yes", "no"):
        if yes != ((direction == "yes") == closer):
            yield asked | {"state": "no" if yes else "yes"}
    elif direction in ("more", "closer"):
        if yes != closer:
            yield from _ends(name, asked, as_of, closer, choose)
        if yes:
            yield from (
                _amount(name, answer, closer) if direction == "more" else _event(name, answer, as_of, closer, choose)
            )
    elif yes and (answer["value"] != direction) == closer:  # one value of a choice is the dangerous one
        others = [value for value in content.values if value != direction]
        yield from (asked | {"state": "yes", "value": value} for value in ([direction] if closer else others))


def _amount(name: str, answer: Answer, closer: bool) -> Iterator[Answer]:
    now = Decimal(answer["value"])
    kept = {field: said for field, said in answer.items() if field != "at_least"}
    if "at_least" in answer and not closer:
        yield kept
    elif closer and now:
        yield answer | {"at_least": True}
    for value in people.AMOUNTS[name]:
        if Decimal(value) != now and (Decimal(value) > now) == closer:
            yield (answer if value != "0" else kept) | {"value": value}


def _event(name: str, answer: Answer, as_of: date, closer: bool, choose: Choose) -> Iterator[Answer]:
    return _list(name, answer, as_of, closer, choose) if people.is_list(name) else _nearer(answer, as_of, closer)


def _ends(name: str, asked: Answer, as_of: date, closer: bool, choose: Choose) -> Iterator[Answer]:
    """From "never happened" to "happened", or back."""
    if not closer:
        yield asked | {"state": "no"}
    elif people.is_list(name):
        yield asked | {"state": "yes", "items": [people.item(name, as_of, choose)]}
    else:
        yield asked | {"state": "yes"} | people.details(name, as_of, choose)


def _list(name: str, answer: Answer, as_of: date, closer: bool, choose: Choose) -> Iterator[Answer]:
    items = answer.get("items", [])
    for index, item in enumerate(items):
        others = [*items[:index], *items[index + 1 :]]
        for nearer in _nearer(item, as_of, closer):
            yield answer | {"items": [*others, nearer]}
        if others and not closer:
            yield answer | {"items": others}
    if items and closer:
        yield answer | {"items": [*items, people.item(name, as_of, choose)]}


def _nearer(said: Answer, as_of: date, closer: bool) -> Iterator[Answer]:
    """One event closer to `as_of` or further from it; lengths stay. Where opioids were taken again moves along."""
    if "within_days" in said:
        for days in people.WITHIN:
            if (days < said["within_days"]) if closer else (days > said["within_days"]):
                yield said | {"within_days": days}
    sign = 1 if closer else -1
    for step in STEPS:
        for fields in (("date",), ("resumed",), ("date", "resumed")):
            if all(field in said for field in fields):
                shifted = {field: _shifted(said[field], sign * step) for field in fields}
                if all(_earliest(text) <= as_of for text in shifted.values()):
                    yield said | shifted


def _shifted(text: str, steps: int) -> str:
    """A date so many days later; where only a month or a year is known, so many months or years, at most a few."""
    if len(text) == len("YYYY"):
        return f"{int(text) + max(-2, min(2, steps)):04}"
    if len(text) == len("YYYY-MM"):
        months = int(text[:4]) * 12 + int(text[5:]) - 1 + max(-14, min(14, steps))
        return f"{months // 12:04}-{months % 12 + 1:02}"
    return (date.fromisoformat(text) + timedelta(days=steps)).isoformat()


def _earliest(text: str) -> date:
    return date.fromisoformat(text + "-01-01"[: 10 - len(text)] if len(text) == len("YYYY") else (text + "-01")[:10])


# ---- pairs of persons ------------------------------------------------------------------------------------------------


def step(choose: Choose, closer: bool) -> Pair:
    """Two persons who differ in one fact: the second one step more dangerous (`closer`) or less.

    Where the moved answer also said whether agonist treatment is running ("no opioids now" means that it is not),
    both persons say so themselves: treatment has no dangerous direction, and one fact alone is to move.
    """
    names = choose((DIRECTED, [name for name in people.ENTANGLED if name in DIRECTED]))
    name, person = choose(names), people.invent(choose)
    if is_open(person, name):
        known = people.answer(name, person.as_of, choose)
        assume(known is not None)
        person = people.reconciled(person.having(name, known), choose)
    assume(name in person.facts)
    assume(person.facts[name]["state"] != "not_applicable")  # it is a no only where what it belongs to is absent
    options = list(moved(name, dict(person.facts[name]), person.as_of, closer, choose))
    assume(options)
    before, after = person, possible(person.having(name, choose(options)))
    if TREATMENT in people.vocabulary()[name].narrower and is_open(person, TREATMENT):
        without = next((one for one in (before, after) if one.facts[name]["state"] == "no"), before)
        said = {field: value for field, value in without.facts[name].items() if field == "asked_on"}
        if without.known(TREATMENT).state == "no":
            said |= {"state": "no"}
            before, after = possible(before.having(TREATMENT, said)), possible(after.having(TREATMENT, said))
    return before, after


def asked(choose: Choose) -> Pair:
    """Two persons: one with an open fact, and the same with that fact answered."""
    person = people.invent(choose)
    names = FACT_NAMES if choose((False, False, False, True)) else DIRECTED
    unanswered = [name for name in names if is_open(person, name)]
    assume(unanswered)
    name = choose(unanswered)
    given = people.answer(name, person.as_of, choose)
    assume(given is not None)
    return person, possible(person.having(name, given))


def dated(choose: Choose) -> Pair:
    """Two persons: one with an event of which the day is not known, and the same with a day or month that fits."""
    name, person = choose(HAPPENED), people.invent(choose)
    days, precision = choose(people.DAYS), choose((None, "year", "month"))
    blurred = {} if precision is None else {"date": people.day(person.as_of, days, precision)}
    sharp = {"date": people.day(person.as_of, days, choose(("month", "day")))}
    vague: Answer = {"state": "yes"}
    clear: Answer = {"state": "yes"}
    if people.is_list(name):
        item = people.item(name, person.as_of, choose)
        item = {field: value for field, value in item.items() if field not in ("date", "within_days", "resumed")}
        rest = [people.item(name, person.as_of, choose) for _ in range(choose((0, 1)))]
        vague["items"], clear["items"] = [item | blurred, *rest], [item | sharp, *rest]
    else:
        vague, clear = vague | blurred, clear | sharp
    person = people.reconciled(person.having(name, vague), choose)
    assume(person.facts.get(name) == vague)
    return person, possible(person.having(name, clear))


def is_open(person: Invented, name: str) -> bool:
    """Whether a fact was not sent, or sent without an answer."""
    return name not in person.facts or person.facts[name]["state"] in ("unknown", "refused")


def possible(person: Invented) -> Invented:
    """The person, unless these facts cannot be true together."""
    try:
        assume(person.refused() is None)
    except ValidationError:
        assume(False)
    return person


def pairs(pair: Callable[[Choose], Pair]) -> st.SearchStrategy[Pair]:
    """Such pairs of persons, for Hypothesis."""
    return st.composite(lambda draw: pair(people.drawn_from(draw)))()
