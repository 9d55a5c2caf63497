"""What a caller can say about one person at one date.

`Facts` is the whole vocabulary: one frozen field for each thing the sources ask about. What a fact means for the
risk (its dangerous direction, how long an answer stays valid, the question that asks for it) is content and stands in
`facts.yaml` of a release; this module holds only the shapes.

A field that is not sent is unknown. Unknown is never absent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from operator import attrgetter
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from cds.answers import (
    AgonistMedicine,
    Answer,
    Choice,
    DatedAnswer,
    Frozen,
    Happened,
    Loss,
    Overdose,
    Quantity,
    Role,
    State,
    Transition,
)
from cds.errors import refuse


def _spelt_out(value: Any) -> Any:
    return {"state": value} if isinstance(value, str) else value


class _OrItsState:
    """In the schema of a request, a fact may also be sent as its bare state."""

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler(core)
        if handler.mode == "validation":
            schema = {
                "anyOf": [*schema.get("anyOf", [schema]), {"type": "string", "enum": [state.value for state in State]}]
            }
        return schema


Shape = TypeVar("Shape", bound=Answer)
Known = Annotated[Shape | None, BeforeValidator(_spelt_out), _OrItsState()]
"""A fact as sent: spelt out, or its bare state (`"no"` is short for `{"state": "no"}`), or left out (unknown)."""


class Facts(Frozen):
    """Everything that can be known about one person. A field left out is unknown."""

    role: Known[Choice[Role]] = None
    age: Known[Quantity] = None

    overdose_now: Known[Answer] = None
    overdose_last_hours: Known[Answer] = None
    suicidal_plan_or_intent: Known[Answer] = None

    opioid_use_now: Known[Answer] = None
    opioid_use_last_12_months: Known[Answer] = None
    opioid_use_ever: Known[Answer] = None
    illicit_opioid_use: Known[Answer] = None
    smokes_opioids: Known[Answer] = None
    opioid_dependence_ever: Known[Answer] = None
    medicine_dependence_suspected: Known[Answer] = None
    early_onset: Known[Answer] = None
    injecting_opioids: Known[DatedAnswer] = None
    injecting_other: Known[DatedAnswer] = None
    other_illegal_drug_use: Known[Answer] = None
    stimulant_use: Known[Answer] = None

    agonist_treatment: Known[Answer] = None
    agonist_medicine: Known[Choice[AgonistMedicine]] = None
    agonist_started: Known[DatedAnswer] = None

    transitions: Known[Happened[Transition]] = None
    in_prison_now: Known[Answer] = None
    in_institution_now: Known[Answer] = None
    planned_exit: Known[DatedAnswer] = None
    planned_detox: Known[Answer] = None
    aftercare_arranged: Known[Answer] = None

    overdoses: Known[Happened[Overdose]] = None

    benzodiazepine: Known[Answer] = None
    benzodiazepine_prescribed: Known[Answer] = None
    z_hypnotic: Known[Answer] = None
    alcohol: Known[Answer] = None
    gabapentinoid: Known[Answer] = None
    sedating_psychotropic: Known[Answer] = None
    other_sedative: Known[Answer] = None

    prescribed_opioid: Known[Answer] = None
    omeq_mg_per_day: Known[Quantity] = None
    prescribed_opioid_days: Known[Quantity] = None
    long_term_opioid_use: Known[Answer] = None
    opioid_dose_reduced: Known[DatedAnswer] = None
    active_cancer_or_palliative: Known[Answer] = None

    uses_alone: Known[Answer] = None
    unknown_strength: Known[Answer] = None
    active_alert: Known[Answer] = None

    suicidal_thoughts: Known[Answer] = None
    hopelessness: Known[Answer] = None
    indifference_to_living: Known[Answer] = None
    ambivalence_about_living: Known[Answer] = None

    mental_disorder: Known[Answer] = None
    alcohol_disorder: Known[Answer] = None
    substance_disorder: Known[Answer] = None

    lung_disease: Known[Answer] = None
    liver_disease: Known[Answer] = None
    kidney_disease: Known[Answer] = None
    heart_disease: Known[Answer] = None
    serious_infection: Known[Answer] = None
    worn_out: Known[Answer] = None

    nutrition_problem: Known[Answer] = None
    underweight: Known[Answer] = None
    food_insecurity: Known[Answer] = None
    dental_problem: Known[Answer] = None
    last_nutrition_mapping: Known[DatedAnswer] = None

    lacks_network: Known[Answer] = None
    lonely: Known[Answer] = None
    unstable_housing: Known[Answer] = None
    losses: Known[Happened[Loss]] = None
    next_of_kin_willing: Known[Answer] = None

    naloxone: Known[Answer] = None
    naloxone_expires: Known[DatedAnswer] = None
    naloxone_doses: Known[Quantity] = None
    naloxone_trained: Known[Answer] = None
    trained_company: Known[Answer] = None

    has_home: Known[Answer] = None
    home_services: Known[Answer] = None
    consent_gp: Known[Answer] = None
    last_prevention_talk: Known[DatedAnswer] = None

    def known(self) -> tuple[tuple[str, Answer], ...]:
        """The facts that were sent, by name, in the order of this class."""
        answers = zip(FACT_NAMES, _ALL(self), strict=True)
        return tuple([(name, answer) for name, answer in answers if answer is not None])


FACT_NAMES: tuple[str, ...] = tuple(Facts.model_fields)
_ALL: Callable[[Facts], tuple[Answer | None, ...]] = attrgetter(*FACT_NAMES)
MAY_LIE_AHEAD = frozenset({"planned_exit", "naloxone_expires"})
NEVER_NO = frozenset({"role", "age"})
"""Everybody has these; who does not know them sends unknown."""
OLDEST = 130


def refuse_the_impossible(facts: Facts, as_of: date) -> None:
    """Raise FactError with the path of every date that cannot be true on `as_of`, and every impossible answer.

    Everybody has an age and a role: a no to them would be read as the age nought, and as nobody in particular.
    """
    refuse(_impossible(facts, as_of))


def _impossible(facts: Facts, as_of: date) -> Iterator[tuple[str, str]]:
    for name, answer in facts.known():
        if answer.asked_on is not None and answer.asked_on > as_of:
            yield f"/facts/{name}/asked_on", "lies after as_of"
        if type(answer) is Answer or name in MAY_LIE_AHEAD:
            continue
        path = f"/facts/{name}"
        if isinstance(answer, DatedAnswer) and answer.date is not None and answer.date.earliest > as_of:
            yield f"{path}/date", "lies after as_of"
        if isinstance(answer, Happened):
            for index, item in enumerate(answer.items):
                for field in ("date", "resumed"):
                    when = getattr(item, field, None)
                    if when is not None and when.earliest > as_of:
                        yield f"{path}/items/{index}/{field}", "lies after as_of"
    for name in NEVER_NO:
        answer = getattr(facts, name)
        if answer is not None and answer.state is State.NO:
            yield f"/facts/{name}/state", "no is no answer here; send unknown"
    if facts.age is not None and facts.age.value is not None and facts.age.value > OLDEST:
        yield "/facts/age/value", f"above {OLDEST} years"
