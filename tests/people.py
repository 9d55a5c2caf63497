"""Invented persons: the facts a caller might send about someone who may have an overdose, mostly at the edges.

One way of making them serves both kinds of chance: Hypothesis (`persons`), which makes a failing person small, and a
seeded generator (`many`), which is fast. Whatever the facts, they can be true together and at their date.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, lru_cache
from typing import Any

from hypothesis import strategies as st

from cds.bounds import Person, Status
from cds.content.conditions import SHAPES, Shape
from cds.content.factors import FactContent
from cds.content.vocabulary import Vocabulary
from cds.errors import FactError
from cds.facts import FACT_NAMES, MAY_LIE_AHEAD, Facts
from cds.release.frozen import RULES, Release

Answer = dict[str, Any]
Choose = Callable[[Sequence[Any]], Any]

DATES = (date(2026, 11, 20), date(2024, 2, 29), date(2025, 12, 31), date(2026, 1, 1), date(2026, 3, 31))
DAYS = (0, 1, 2, 3, 14, 15, 28, 29, 30, 31, 42, 43, 90, 91, 180, 181, 365, 366, 4000)
WITHIN = (0, 1, 2, 14, 30, 90, 365, 366, 3660)
AMOUNTS: Mapping[str, tuple[str, ...]] = {
    "age": ("0", "17", "34", "130"),
    "omeq_mg_per_day": ("0", "0.001", "19.999", "20", "49.999", "50", "99.999", "100", "400.5"),
    "prescribed_opioid_days": ("0", "1", "90", "90.999", "91", "366"),
    "naloxone_doses": ("0", "1", "2", "4"),
}
LENGTHS = (0, 1, 2, 3, 8, 180)
ACUTE = ("overdose_now", "overdose_last_hours", "suicidal_plan_or_intent")
ENTANGLED = (
    *("transitions", "agonist_treatment", "opioid_use_now", "opioid_use_ever", "illicit_opioid_use", "overdoses"),
    *("injecting_opioids", "prescribed_opioid", "omeq_mg_per_day", "active_cancer_or_palliative", "uses_alone"),
    *("benzodiazepine", "alcohol", "alcohol_disorder", "substance_disorder", "agonist_medicine", "agonist_started"),
)
"""Facts that count differently in each other's company."""
FEWEST_TO_MOST = (0, 1, 2, 3, 5, 8, 13, 21, 34)
YES_NO_UNKNOWN = ("unknown", "yes", "no")


@dataclass(frozen=True)
class Invented:
    """One person's facts as they would be sent, and the date they are assessed at."""

    as_of: date
    facts: Mapping[str, Answer]

    def having(self, name: str, answer: Answer | None) -> Invented:
        """The same person with one fact answered otherwise, or not sent (None)."""
        facts = {other: known for other, known in self.facts.items() if other != name}
        return Invented(self.as_of, facts if answer is None else facts | {name: answer})

    def sent(self) -> Facts:
        """The facts as the service takes them. Raises ValidationError where they have no such shape."""
        return Facts.model_validate(self.facts)

    def known(self, name: str) -> Status:
        """What is known of a fact once it is taken into account what others imply."""
        return Person(self.sent(), self.as_of, vocabulary()).status[name]

    def refused(self) -> FactError | None:
        """Why these facts cannot be true together at this date, if they cannot."""
        try:
            Person(self.sent(), self.as_of, vocabulary())
        except FactError as error:
            return error
        return None


@lru_cache
def draft() -> Release:
    """The content that is being edited, as a release that nobody froze."""
    return Release("0.0.0", "sha256:draft", date.min, RULES / "draft")


@lru_cache
def vocabulary() -> Vocabulary:
    """How the draft reads each fact."""
    content = draft().content
    return Vocabulary(content.facts.facts, content.facts.not_applicable_allowed, content.levels.parameters)


def content(name: str) -> FactContent:
    """What the draft says about a fact."""
    return draft().content.facts.facts[name]


def is_list(name: str) -> bool:
    """Whether a fact is a list of dated items."""
    return bool(content(name).items)


# ---- single answers --------------------------------------------------------------------------------------------------


def day(as_of: date, days_ago: int, precision: str = "day") -> str:
    """A date so many days before `as_of`, of which perhaps only the month or the year is known."""
    return (as_of - timedelta(days=days_ago)).isoformat()[: {"day": 10, "month": 7, "year": 4}[precision]]


def answer(name: str, as_of: date, choose: Choose, at_risk: bool = True) -> Answer | None:
    """Any answer to one fact, or None for a fact that is not sent."""
    states = ["unsent", "no", "yes", "yes", "unknown", "refused"]
    if name in may_not_apply():
        states.append("not_applicable")
    if at_risk and name in ACUTE:
        states = [state for state in states if state != "yes"]
    if SHAPES[name] is Shape.CHOICE or name == "age":
        states.remove("no")
    state = choose(states)
    if state == "unsent":
        return None
    said: Answer = {"state": state} | _asked_on(name, as_of, choose, about_now=state == "yes" and name in ACUTE)
    return said | details(name, as_of, choose, at_risk) if state == "yes" else said


@lru_cache
def may_not_apply() -> frozenset[str]:
    """The facts to which "does not apply" is an answer."""
    return frozenset(draft().content.facts.not_applicable_allowed)


def _asked_on(name: str, as_of: date, choose: Choose, about_now: bool) -> Answer:
    valid = vocabulary()[name].valid_days
    ages: tuple[int | None, ...] = (None, 0, 1) if about_now else (None, None, 0, 1)
    if valid is not None and not about_now:
        ages = (*ages, valid - 1, valid, valid + 1, valid + 400)
    age = choose(ages)
    return {} if age is None else {"asked_on": day(as_of, age)}


def details(name: str, as_of: date, choose: Choose, at_risk: bool = True) -> Answer:
    """What belongs to a yes: when, how much, which, or the items of a list."""
    if is_list(name):
        return {"items": [item(name, as_of, choose) for _ in range(choose((0, 1, 1, 2, 3)))]}
    match SHAPES[name]:
        case Shape.NUMBER:
            value = choose(AMOUNTS[name])
            return {"value": value} | (choose(({}, {}, {"at_least": True})) if value != "0" else {})
        case Shape.CHOICE:
            values = list(content(name).values)
            return {"value": "person_at_risk" if name == "role" and at_risk else choose(values)}
        case Shape.DAYS if name in MAY_LIE_AHEAD:
            return choose(({}, {"date": day(as_of, choose(DAYS) - 90)}, {"date": day(as_of, choose(DAYS), "month")}))
        case Shape.DAYS:
            return choose((_date(as_of, choose), {"within_days": choose(WITHIN)}))
        case _:
            return {}


def _date(as_of: date, choose: Choose) -> Answer:
    precision = choose(("day", "day", "day", "month", "year", None))
    return {} if precision is None else {"date": day(as_of, choose(DAYS), precision)}


def item(name: str, as_of: date, choose: Choose) -> Answer:
    """One item of a list."""
    match name:
        case "overdoses":
            when = _date(as_of, choose) if choose((True, True, False)) else {"within_days": choose(WITHIN)}
            return when | {
                "substance": choose(("opioid", "other", "unknown")),
                "intent": choose(("accident", "unknown", "suicidal", "ambivalent")),
                "care": choose(YES_NO_UNKNOWN),
            }
        case "losses":
            return {"kind": choose(("relationship_break", "bereavement", "other"))} | _date(as_of, choose)
        case _:
            return _transition(as_of, choose)


def _transition(as_of: date, choose: Choose) -> Answer:
    said: Answer = {"kind": choose(tuple(content("transitions").items["kind"].values))} | _date(as_of, choose)
    if choose((False, False, True)):
        latest = (as_of - date.fromisoformat(said["date"])).days if len(said.get("date", "")) == 10 else 0
        days = [days for days in DAYS if days <= latest]
        said["resumed"] = day(as_of, choose(days), choose(("day", "day", "month")))
    if choose((True, False)):
        said["days_without_opioids"] = choose(LENGTHS)
    for detail in ("opioids_given", "agonist_treatment_kept"):
        said[detail] = choose(YES_NO_UNKNOWN)
    said["substance"] = choose(("unknown", "opioids", "other"))
    return said


# ---- whole persons ---------------------------------------------------------------------------------------------------


@lru_cache
def with_everything(as_of: date, in_treatment: bool) -> Invented:
    """The person with all risk factors at once; of what agonist treatment decides, with one half or the other."""
    facts: dict[str, Answer] = {}
    for name in FACT_NAMES:
        match content(name).direction:
            case "yes" if name not in ACUTE:
                facts[name] = {"state": "yes"}
            case "no":
                facts[name] = {"state": "no"}
            case "more":
                facts[name] = {"state": "yes", "value": AMOUNTS[name][-1]}
            case "closer" if not is_list(name):
                facts[name] = {"state": "yes", "date": day(as_of, 0)}
    today = day(as_of, 0)
    meant = {"date": today, "substance": "opioid", "intent": "suicidal", "care": "yes"}
    facts["overdoses"] = {"state": "yes", "items": [meant, meant | {"substance": "other"}, meant]}
    facts["losses"] = {"state": "yes", "items": [{"kind": "bereavement", "date": today}]}
    stay = {"date": today, "days_without_opioids": 90, "opioids_given": "no"}
    kept = stay | {"kind": "hospital", "agonist_treatment_kept": "yes"}
    stays = [stay | {"kind": "detox", "agonist_treatment_kept": "no"}, kept]
    facts["transitions"] = {"state": "yes", "items": stays}
    facts["agonist_treatment"] = {"state": "yes" if in_treatment else "no"}
    facts["agonist_medicine"] = {"state": "yes", "value": "methadone"}
    return Invented(as_of, facts)


@lru_cache
def with_nothing(as_of: date) -> Invented:
    """The person of whom everything has been asked and nothing found."""
    negative = {name: {"state": "no"} for name in FACT_NAMES if SHAPES[name] is not Shape.CHOICE}
    return Invented(as_of, negative | {"age": {"state": "yes", "value": "34"}})


def invent(choose: Choose, at_risk: bool = True) -> Invented:
    """Any person: nothing known, all asked or everything at once, then some or all facts answered anew.

    `at_risk` leaves out emergencies and everybody but the person at risk.
    """
    as_of = choose(DATES)
    starts = (
        Invented(as_of, {}),
        with_nothing(as_of),
        with_everything(as_of, in_treatment=False),
        with_everything(as_of, in_treatment=True),
    )
    person = choose(starts)
    anew: Sequence[str] = FACT_NAMES
    if choose((True, True, True, False)):
        anew = [choose(choose((ENTANGLED, FACT_NAMES))) for _ in range(choose(FEWEST_TO_MOST))]
    for name in anew:
        person = person.having(name, answer(name, as_of, choose, at_risk))
    return reconciled(person, choose)


def reconciled(person: Invented, choose: Choose) -> Invented:
    """The person without one of each two facts that contradict each other."""
    while error := person.refused():
        named = error.path.split("/")[2]
        other = error.reason.rpartition("/")[2]
        person = person.having(choose((other, named)) if other in person.facts else named, None)
    return person


@cache
def _places(length: int) -> st.SearchStrategy[int]:
    return st.integers(0, length - 1)


def drawn_from(draw: st.DrawFn) -> Choose:
    """Chooses as Hypothesis draws. A strategy for each length is made once: a person takes hundreds of choices."""
    return lambda options: options[draw(_places(len(options)))]


@st.composite
def persons(draw: st.DrawFn, at_risk: bool = True) -> Invented:
    """Any person, for Hypothesis."""
    return invent(drawn_from(draw), at_risk)


def many(number: int, seed: int) -> Iterator[Invented]:
    """So many persons, the same ones every time; among the first are those with everything and with nothing."""
    chance = random.Random(seed)
    extremes = [
        person
        for as_of in DATES
        for person in (*(with_everything(as_of, treated) for treated in (False, True)), with_nothing(as_of))
    ]
    yield from extremes[:number]
    for _ in range(number - len(extremes)):
        yield invent(chance.choice, at_risk=chance.random() < 0.9)
