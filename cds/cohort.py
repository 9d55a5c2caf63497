"""Ten thousand invented people, always the same ones, on whom the difference between two releases is shown.

The mix is a judgement of this project and no measure of any population: it is chosen so that every kind of person the
rules speak of is there in numbers, with as much left unasked as records usually leave. A share of this cohort says
whether a change moves few or many, never how many people there are. Basis: local consensus.

Nobody is drawn from data, and nothing here depends on when or where it runs.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from cds.answers import State
from cds.bounds import Person
from cds.content.conditions import SHAPES, Shape
from cds.content.factors import FactContent
from cds.content.vocabulary import Vocabulary
from cds.errors import FactError
from cds.facts import MAY_LIE_AHEAD, Facts

SEED = 20261120
SIZE = 10_000
AS_OF = date(2026, 11, 20)
OLD_DAYS = 400
"""An answer so old is stale wherever answers grow old."""
_UNASKED, _REFUSED, _STALE = 0.25, 0.02, 0.04

Chances = dict[str, float]


@dataclass(frozen=True)
class Life:
    """A kind of life: its weight in the mix, what is likely in it, and how much of it nobody has asked about."""

    weight: float
    likely: Chances
    unasked: float = _UNASKED
    otherwise: float = 0.06
    """How often somebody has what this kind of life does not make likely."""
    role: str | None = None


_USE: Chances = {
    "opioid_use_now": 0.85, "opioid_use_last_12_months": 0.95, "opioid_use_ever": 1, "illicit_opioid_use": 0.8,
    "opioid_dependence_ever": 0.8, "substance_disorder": 0.6, "uses_alone": 0.4, "unknown_strength": 0.35,
    "benzodiazepine": 0.5, "alcohol": 0.4, "gabapentinoid": 0.25, "stimulant_use": 0.4, "other_illegal_drug_use": 0.5,
    "overdoses": 0.35, "naloxone": 0.4, "naloxone_trained": 0.4, "lacks_network": 0.35, "lonely": 0.4,
    "unstable_housing": 0.35, "dental_problem": 0.5, "nutrition_problem": 0.35, "lung_disease": 0.2,
    "liver_disease": 0.3, "mental_disorder": 0.4, "early_onset": 0.4, "losses": 0.3, "hopelessness": 0.2,
    "indifference_to_living": 0.15, "suicidal_thoughts": 0.12, "last_prevention_talk": 0.4, "consent_gp": 0.5,
}  # fmt: skip
_PAIN: Chances = {
    "prescribed_opioid": 1, "opioid_use_now": 1, "opioid_use_last_12_months": 1, "opioid_use_ever": 1,
    "omeq_mg_per_day": 0.9, "prescribed_opioid_days": 0.9, "long_term_opioid_use": 0.6, "opioid_dose_reduced": 0.15,
    "active_cancer_or_palliative": 0.12, "benzodiazepine": 0.25, "benzodiazepine_prescribed": 0.2, "z_hypnotic": 0.25,
    "gabapentinoid": 0.2, "sedating_psychotropic": 0.2, "alcohol": 0.3, "lung_disease": 0.2, "heart_disease": 0.25,
    "kidney_disease": 0.12, "medicine_dependence_suspected": 0.15, "mental_disorder": 0.25, "has_home": 0.97,
}  # fmt: skip
_INJECTS: Chances = {"injecting_opioids": 0.9, "injecting_other": 0.4}
_TREATED: Chances = {"agonist_treatment": 1, "agonist_medicine": 0.9, "agonist_started": 0.8}

LIVES: Mapping[str, Life] = {
    "long-term pain, opioids on prescription": Life(0.24, _PAIN),
    "agonist treatment, stable": Life(0.13, _TREATED | {"opioid_use_ever": 1, "opioid_dependence_ever": 1}),
    "agonist treatment, other use beside it": Life(0.08, _USE | _TREATED | {"injecting_opioids": 0.4}),
    "opioids without prescription, injecting": Life(0.12, _USE | _INJECTS),
    "opioids without prescription, smoking or swallowing": Life(0.08, _USE | {"smokes_opioids": 0.7}),
    "just out of prison, hospital or treatment": Life(
        0.1, _USE | {"opioid_use_now": 0.4, "transitions": 0.97, "injecting_opioids": 0.5, "aftercare_arranged": 0.5}
    ),
    "before a planned exit": Life(
        0.03, _USE | {"opioid_use_now": 0.1, "in_prison_now": 0.6, "in_institution_now": 0.4, "planned_exit": 0.9}
    ),
    "other drugs than opioids": Life(
        0.07, {"stimulant_use": 0.7, "other_illegal_drug_use": 0.9, "alcohol": 0.5, "opioid_use_ever": 0.2}
    ),
    "alcohol or calming medicines": Life(
        0.04, {"alcohol": 1, "alcohol_disorder": 0.7, "benzodiazepine": 0.4, "z_hypnotic": 0.3}
    ),
    "no drug use": Life(0.05, {"has_home": 0.95, "mental_disorder": 0.4}),
    "everything asked, little found": Life(0.06, {"has_home": 0.97, "alcohol": 0.3}, unasked=0.01, otherwise=0.01),
    "hardly anything asked": Life(0.03, _USE, unasked=0.85),
    "next of kin or bereaved": Life(0.02, {"losses": 0.6, "next_of_kin_willing": 0.5}, role="next_of_kin"),
    "an emergency now": Life(0.01, _USE | {"overdose_now": 0.5, "suicidal_plan_or_intent": 0.4}),
}
_DATED = 0.7
"""How often somebody can say when."""
_RARE: Chances = {"overdose_now": 0.001, "overdose_last_hours": 0.003, "suicidal_plan_or_intent": 0.003}
_AMOUNTS: Mapping[str, tuple[int, int]] = {
    "age": (18, 80),
    "omeq_mg_per_day": (5, 180),
    "prescribed_opioid_days": (5, 700),
    "naloxone_doses": (0, 4),
}
_LARGEST = 100
"""The largest amount of a number that is not named above."""


@dataclass(frozen=True)
class Member:
    """One invented person: the kind of life, and the facts as a caller would send them."""

    life: str
    facts: Mapping[str, Any]

    def sent(self, known: Mapping[str, FactContent]) -> Facts:
        """The facts that a release knows, in the shape the service takes them."""
        return Facts.model_validate({name: answer for name, answer in self.facts.items() if name in known})


class _Chance:
    """Draws that are the same on every machine and Python: only `random()` promises that."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random  # noqa: S311 - chosen for being repeatable, keeps no secret

    def happens(self, chance: float) -> bool:
        return self._random() < chance

    def between(self, least: int, most: int) -> int:
        return least + int(self._random() * (most - least + 1))

    def of(self, *options: Any) -> Any:
        return options[self.between(0, len(options) - 1)]

    def life(self) -> str:
        mark, names = self._random() * sum(life.weight for life in LIVES.values()), iter(LIVES)
        name = next(names)
        while mark >= LIVES[name].weight:
            mark -= LIVES[name].weight
            name = next(names, name)
        return name


def cohort(vocabularies: tuple[Vocabulary, ...], size: int = SIZE, seed: int = SEED) -> Iterator[Member]:
    """So many people whose facts can be true together under each of these vocabularies.

    Facts are drawn from everything that any of them knows; each release is later asked about those that it knows.
    """
    contents = [vocabulary.content for vocabulary in vocabularies]
    names = dict.fromkeys(name for content in contents for name in content)
    items = {name: contents_of(name, contents).items for name in names}
    chance = _Chance(seed)
    for _ in range(size):
        life = chance.life()
        facts = {}
        for name in names:
            answer = _answer(name, LIVES[life], items[name], chance)
            if answer is not None:
                facts[name] = answer
        yield Member(life, _consistent(facts, vocabularies))


def contents_of(name: str, contents: list[Mapping[str, FactContent]]) -> FactContent:
    """What the newest release that knows a fact says of it."""
    return next(content[name] for content in reversed(contents) if name in content)


def fingerprint(members: list[Member]) -> str:
    """SHA-256 over everybody, so that two reports can be seen to speak of the same people."""
    text = "\n".join(repr((member.life, sorted(member.facts.items()))) for member in members)
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


def _answer(name: str, life: Life, items: Mapping[str, Any], chance: _Chance) -> dict[str, Any] | None:
    """What one person says of one fact; None for what nobody asked."""
    if name == "role":
        return None if life.role is None else {"state": "yes", "value": chance.of(life.role, "bereaved")}
    likely = life.likely.get(name, _RARE.get(name, life.otherwise))
    if likely < 1:
        if chance.happens(life.unasked):
            return None
        if chance.happens(_REFUSED):
            return {"state": "refused"}
    asked = {}
    if name not in _RARE and chance.happens(_STALE):
        asked = {"asked_on": (AS_OF - timedelta(days=OLD_DAYS)).isoformat()}
    shape = SHAPES[name]
    has = name == "age" or (shape is Shape.NUMBER and name in life.likely) or chance.happens(likely)
    if has:
        return {"state": "yes"} | _details(name, items, asked, chance)
    return None if shape in (Shape.CHOICE, Shape.NUMBER) else {"state": "no"} | asked


def _details(name: str, items: Mapping[str, Any], asked: dict[str, str], chance: _Chance) -> dict[str, Any]:
    """What belongs to a yes: when, how much, which, or the items of a list."""
    if items:
        return {"items": [_item(name, chance) for _ in range(chance.of(1, 1, 1, 2, 3))]}
    match SHAPES[name]:
        case Shape.CHOICE:
            return {"value": chance.of("methadone", "buprenorphine", "buprenorphine", "other")} | asked
        case Shape.NUMBER:
            return {"value": str(chance.between(*_AMOUNTS.get(name, (0, _LARGEST))))} | asked
        case Shape.DAYS if name in MAY_LIE_AHEAD:
            return {"date": (AS_OF + timedelta(days=chance.between(-200, 500))).isoformat()}
        case Shape.DAYS:
            return _when(chance) if chance.happens(_DATED) else {}
        case _:
            return asked


def _when(chance: _Chance) -> dict[str, Any]:
    days = chance.between(*chance.of((0, 14), (15, 28), (29, 90), (91, 365), (366, 2000)))
    day = (AS_OF - timedelta(days=days)).isoformat()
    return {"date": day[: chance.of(10, 10, 10, 7, 4)]}


def _item(name: str, chance: _Chance) -> dict[str, Any]:
    when = _when(chance) if chance.happens(0.85) else {}
    told = ("yes", "no", "unknown")
    match name:
        case "overdoses":
            return when | {
                "substance": chance.of("opioid", "opioid", "other", "unknown"),
                "intent": chance.of("accident", "accident", "unknown", "suicidal", "ambivalent"),
                "care": chance.of(*told),
            }
        case "transitions":
            kinds = ("prison", "inpatient_treatment", "detox", "hospital", "agonist_treatment_stop", "own_pause")
            said = when | {
                "kind": chance.of(*kinds),
                "opioids_given": chance.of(*told),
                "agonist_treatment_kept": chance.of(*told),
                "substance": chance.of("opioids", "opioids", "other", "unknown"),
            }
            if chance.happens(0.6):
                said["days_without_opioids"] = chance.between(0, 120)
            return said
        case "losses":
            return when | {"kind": chance.of("relationship_break", "bereavement", "other")}
    raise ValueError(f"{name}: nobody has said what an item of it is like")


def _consistent(facts: dict[str, Any], vocabularies: tuple[Vocabulary, ...]) -> dict[str, Any]:
    """The facts without those that contradict others: an unlikely no goes first, so that lives stay as they are."""
    for vocabulary in vocabularies:
        known = vocabulary.content
        while True:
            try:
                sent = Facts.model_validate({name: answer for name, answer in facts.items() if name in known})
                Person(sent, AS_OF, vocabulary)
            except FactError as error:
                named, other = error.path.split("/")[2], error.reason.rpartition("/")[2]
                denied = other in facts and facts[other]["state"] == State.NO
                facts = {name: answer for name, answer in facts.items() if name != (other if denied else named)}
            else:
                break
    return facts
