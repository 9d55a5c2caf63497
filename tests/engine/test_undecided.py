"""What keeps a rule open is exactly what could still decide it, in the order in which it is written."""

from __future__ import annotations

from cds.content.conditions import AllOf, AnyOf, Condition, Is, RuleHolds
from cds.engine.compiled import Compiled
from cds.engine.plan import Plan
from cds.engine.undecided import Undecided


def yes(fact: str) -> Condition:
    return Is.model_validate({"fact": fact, "is": "yes"})


RULES: dict[str, Condition] = {
    "drinks-alone": AllOf(all=(yes("alcohol"), yes("lonely"))),
    "unwell": AnyOf(any=(yes("worn_out"), yes("lung_disease"))),
    "both": AllOf(all=(RuleHolds(rule="unwell"), RuleHolds(rule="drinks-alone"))),
    "any": AnyOf(any=(RuleHolds(rule="illness"), yes("alcohol"))),
}
PLAN = Plan(RULES, {"illness": ("drinks-alone", "unwell")})


def opened(rule: str, **answers: bool) -> list[str]:
    """The facts that keep a rule open, where those not named are unknown."""
    values = tuple([int(answers.get(prop.fact, end)) for prop in PLAN.properties] for end in (False, True))
    decide = Compiled(PLAN).holding
    undecided = Undecided(PLAN, (values[0], values[1]), (decide(values[0]), decide(values[1])))
    return [PLAN.properties[index].fact for index in undecided.properties(rule)]


def test_all_that_is_unknown_is_asked() -> None:
    assert opened("drinks-alone") == ["alcohol", "lonely"]
    assert opened("both") == ["worn_out", "lung_disease", "alcohol", "lonely"]


def test_what_is_settled_is_not_asked() -> None:
    assert opened("drinks-alone", alcohol=True) == ["lonely"]
    assert opened("both", worn_out=True) == ["alcohol", "lonely"]
    assert opened("unwell", worn_out=True) == []


def test_nothing_is_asked_for_what_cannot_come_true() -> None:
    assert opened("drinks-alone", alcohol=False) == []
    assert opened("both", alcohol=False) == []
    assert opened("any", alcohol=False) == ["worn_out", "lung_disease"]


def test_a_fact_behind_several_rules_stands_once() -> None:
    assert opened("any") == ["alcohol", "lonely", "worn_out", "lung_disease"]
