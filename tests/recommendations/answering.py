"""Really answering a question: the least and the most dangerous answer to each fact that was asked for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from cds.content.conditions import SHAPES, Shape
from cds.dates import Interval
from tests import people
from tests.people import Answer, Invented

BEST_OTHERWISE: dict[str, Answer] = {
    "agonist_treatment": {"state": "yes"},
    "agonist_medicine": {"state": "yes", "value": "buprenorphine"},
    "naloxone": {"state": "yes"},
    "naloxone_expires": {"state": "yes", "date": "2030-01"},
    "age": {"state": "yes", "value": "40"},
    "role": {"state": "yes", "value": "person_at_risk"},
    "consent_gp": {"state": "no"},
}
WORST_OTHERWISE: dict[str, Answer] = {
    "agonist_treatment": {"state": "no"},
    "agonist_medicine": {"state": "yes", "value": "methadone"},
    "naloxone": {"state": "no"},
    "naloxone_expires": {"state": "yes", "date": "2020-01"},
    "age": {"state": "yes", "value": "16"},
    "role": {"state": "yes", "value": "bereaved"},
    "consent_gp": {"state": "yes"},
}
TODAY_AND_WORST: dict[str, Answer] = {
    "overdoses": {"substance": "opioid", "intent": "suicidal", "care": "yes"},
    "transitions": {
        "kind": "detox", "days_without_opioids": 90, "opioids_given": "no", "agonist_treatment_kept": "no",
        "substance": "opioids",
    },
    "losses": {"kind": "bereavement"},
}  # fmt: skip
SETTLED: dict[str, tuple[Answer, Answer]] = {
    "overdoses": ({"intent": "accident", "care": "no"}, {"intent": "suicidal", "care": "yes"}),
    "transitions": (
        {"days_without_opioids": 0, "opioids_given": "yes", "agonist_treatment_kept": "yes", "substance": "other"},
        {"days_without_opioids": 90, "opioids_given": "no", "agonist_treatment_kept": "no", "substance": "opioids"},
    ),
    "losses": ({}, {}),
}
"""What an open detail of an item becomes: least dangerous, most dangerous."""


def answered(person: Invented, names: Iterable[str], *, worst: bool) -> Invented:
    """The person once these questions have been answered, all in the more or all in the less dangerous way.

    What was recorded and only grew old is said again when the answer is the harmless one.
    """
    for name in names:
        known = person.facts.get(name, {"state": "unknown"})
        if known["state"] == "yes":
            said = _again(name, known, person.as_of, worst)
        elif known["state"] == "no" and not worst:
            said = {"state": "no"}
        else:
            said = _anew(name, person.as_of, worst)
        person = person.having(name, said)
    return person


def _anew(name: str, as_of: date, worst: bool) -> Answer:
    otherwise = WORST_OTHERWISE if worst else BEST_OTHERWISE
    if name in otherwise:
        return otherwise[name]
    direction = people.content(name).direction
    if people.is_list(name):
        item = TODAY_AND_WORST[name] | {"date": as_of.isoformat()}
        return {"state": "yes", "items": [item, item]} if worst else {"state": "no"}
    if SHAPES[name] is Shape.NUMBER:
        return {"state": "yes", "value": people.AMOUNTS[name][-1]} if worst else {"state": "no"}
    if SHAPES[name] is Shape.DAYS:
        return {"state": "yes", "date": as_of.isoformat()} if worst else {"state": "no"}
    return {"state": "yes" if worst is (direction != "no") else "no"}


def _again(name: str, known: Answer, as_of: date, worst: bool) -> Answer:
    said = {key: value for key, value in known.items() if key != "asked_on"}
    if people.is_list(name):
        items = [_settled(name, item, as_of, worst) for item in known.get("items", ())]
        stale = people.Invented(as_of, {name: known}).known(name).stale
        if worst and (stale or not items):
            items.append(TODAY_AND_WORST[name] | {"date": as_of.isoformat()})
        return said | {"items": items}
    if SHAPES[name] is Shape.DAYS:
        return {"state": "yes", "date": _day(known, as_of, worst)}
    return _anew(name, as_of, worst) if worst else said


def _settled(name: str, item: Answer, as_of: date, worst: bool) -> Answer:
    said = dict(item)
    for detail, value in SETTLED[name][worst].items():
        if said.get(detail, "unknown") == "unknown":
            said[detail] = value
    if "within_days" not in said:
        said["date"] = _day(item, as_of, worst)
    if "resumed" in said:
        said["resumed"] = _day({"date": item["resumed"]}, as_of, worst)
        said["date"] = min(said["date"], said["resumed"])
    elif name == "transitions":
        said["resumed"] = as_of.isoformat() if worst else said["date"]
    return said


def _day(known: Answer, as_of: date, worst: bool) -> str:
    if "date" not in known:
        return (as_of if worst else as_of - timedelta(days=4000)).isoformat()
    interval = Interval.parse(known["date"])
    return (min(interval.latest, as_of) if worst else interval.earliest).isoformat()
