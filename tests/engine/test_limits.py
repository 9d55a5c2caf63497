"""What the engine cannot decide exactly is refused when a release is loaded; what goes wrong later gives no answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds.assess import Assessor
from cds.bounds import Person
from cds.content.conditions import NEVER, AllOf, AnyOf, Condition, Is, RuleHolds, WithinDays
from cds.engine import Engine, durable
from cds.engine.durable import Durable
from cds.engine.plan import Plan
from cds.errors import ContentError, EngineDisagreement, EngineFailure
from tests import people
from tests.frozen import service_over, two_releases

COLLIDING = ("prop776849", "prop1599836")


def yes(fact: str) -> Condition:
    """The fact is yes."""
    return Is.model_validate({"fact": fact, "is": "yes"})


def one_of_two() -> Condition:
    """A condition that can come true in two ways."""
    return AnyOf(any=(yes("alcohol"), yes("lonely")))


# ---- when a release is loaded ---------------------------------------------------------------------------------------


def test_a_rule_with_too_many_ways_to_come_true_is_refused(both: Engine) -> None:
    """durable-rules keeps one condition pending for each way, and gives up at 64 of them."""
    ways = tuple(WithinDays.model_validate({"fact": "injecting_opioids", "within_days": days}) for days in range(65))
    with pytest.raises(ContentError, match="too-many-ways: more than 64 ways to come true"):
        Durable(Plan({"too-many-ways": AnyOf(any=ways)}))


@pytest.mark.parametrize("times", [5, 7, 20])
def test_ways_that_would_multiply_are_decided_apart(both: Engine, times: int) -> None:
    """Two to the power of twenty ways would be far too many; the alternatives become rules of their own."""
    engine = Engine(Plan({"many-ways": AllOf(all=(one_of_two(),) * times)}))
    assert engine.holding([1, 1]) == {"many-ways"}
    assert engine.holding([0, 1]) == {"many-ways"}
    assert engine.holding([0, 0]) == frozenset()


FACTS = ("alcohol", "lonely", "worn_out", "uses_alone", "hopelessness")
OUTSIDE = ("given-a", "given-b", "given-c")
EARLIER = ("first", "second", "family")
CONDITIONS = st.recursive(
    st.one_of(
        st.sampled_from(FACTS).map(yes), st.sampled_from((*OUTSIDE, *EARLIER)).map(lambda rule: RuleHolds(rule=rule))
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: AllOf(all=tuple(parts))),
        st.lists(inner, min_size=1, max_size=4).map(lambda parts: AnyOf(any=tuple(parts))),
    ),
    max_leaves=14,
)
FIRST = st.sampled_from(FACTS).map(yes)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.data())
def test_rules_of_any_shape_are_decided_alike(both: Engine, data: st.DataObject) -> None:
    """Alternatives shared, nested, given from outside or grouped: durable-rules and the compiled plan agree."""
    rules = {"first": data.draw(FIRST), "second": data.draw(FIRST)}
    rules |= {f"rule-{index}": data.draw(CONDITIONS) for index in range(3)}
    rules["again"] = rules["rule-0"]
    plan = Plan(rules, {"family": ("first", "second")}, given=OUTSIDE)
    engine = Engine(plan)
    values = data.draw(st.lists(st.integers(0, 1), min_size=len(plan.properties), max_size=len(plan.properties)))
    holding = engine.holding(values)
    assert ("again" in holding) == ("rule-0" in holding)


def test_a_rule_that_refers_to_itself_is_refused_by_name() -> None:
    circle: dict[str, Condition] = {
        "first": AllOf(all=(yes("alcohol"), RuleHolds(rule="second"))),
        "second": AnyOf(any=(yes("lonely"), RuleHolds(rule="first"))),
    }
    with pytest.raises(ValueError, match=r"refers to itself by way of .*(first|second)"):
        Plan(circle)
    with pytest.raises(ValueError, match=r"^alone: refers to itself"):
        Plan({"alone": RuleHolds(rule="alone")})


def test_a_rule_that_refers_to_no_rule_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match=r"^lost: no rule is called nowhere"):
        Plan({"lost": RuleHolds(rule="nowhere")})


def test_no_name_of_an_author_reaches_durable_rules(both: Engine) -> None:
    """It knows names by a hash of 32 bits only; these two have the same one, and are told apart all the same."""
    one, other = COLLIDING
    assert durable._fnv1a(f"r_{one}") == durable._fnv1a(f"r_{other}")
    rules: dict[str, Condition] = {one: yes("alcohol"), other: yes("lonely")}
    rules |= {"first": RuleHolds(rule=one), "second": RuleHolds(rule=other)}
    engine = Durable(Plan(rules))
    assert engine.holding([1, 0]) == {one, "first"}
    assert engine.holding([0, 1]) == {other, "second"}


def test_names_that_durable_rules_cannot_tell_apart_are_refused(both: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(durable, "_fnv1a", len)
    with pytest.raises(ContentError, match="durable-rules cannot tell v0 from id"):
        Durable(Plan({"one": yes("alcohol"), "other": yes("lonely")}))


# ---- when evaluators differ or fail ---------------------------------------------------------------------------------


def everything(assessor: Assessor) -> tuple[list[int], list[int]]:
    """The property values of the person with all risk factors."""
    person = people.with_everything(people.DATES[0], in_treatment=False)
    return Person(person.sent(), person.as_of, assessor.ruleset.vocabulary).values(assessor.ruleset.plan.properties)


def lying(engine: Engine) -> Callable[[Sequence[int]], frozenset[str]]:
    """A compiled evaluator that keeps quiet about lost tolerance."""
    honest = engine.compiled.holding
    return lambda values: frozenset(rule for rule in honest(values) if not rule.startswith("lost-tolerance/"))


def test_evaluators_that_differ_give_no_answer_and_name_the_rules_only(
    draft: Assessor, both: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = people.with_everything(people.DATES[0], in_treatment=False)
    monkeypatch.setattr(both.compiled, "holding", lying(both))
    with pytest.raises(EngineDisagreement) as differs:
        draft.assess(person.sent(), person.as_of)
    assert differs.value.rules
    assert all(rule in both.plan.order and rule.startswith("lost-tolerance/") for rule in differs.value.rules)
    assert str(differs.value) == "evaluators disagree on: " + ", ".join(differs.value.rules)


def test_a_caller_gets_a_problem_and_no_level_when_the_evaluators_differ(
    both: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = service_over(two_releases(tmp_path))
    compiled = type(both.compiled)
    honest = compiled.holding
    monkeypatch.setattr(compiled, "holding", lambda self, values: honest(self, values) - {"opioid-history"})
    request = {"as_of": "2026-11-20", "facts": {"opioid_use_ever": "yes", "hopelessness": "yes"}}
    with TestClient(app, raise_server_exceptions=False) as caller:
        response = caller.post("/v1/assessments", json=request)
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    problem = response.json()
    assert problem["type"].endswith(":evaluators-disagree")
    assert problem.keys() == {"type", "title", "status"}
    assert "level" not in response.text
    assert "opioid" not in response.text


class Faulty:
    """The C module, one function of which raises when it is called for the n-th time, and then never again."""

    def __init__(self, module: Any, function: str, calls: int) -> None:
        self._module, self._function, self._calls = module, function, calls

    def __getattr__(self, name: str) -> Any:
        real = getattr(self._module, name)
        if name != self._function:
            return real

        def failing(*arguments: Any) -> Any:
            self._calls -= 1
            if self._calls == 0:
                raise RuntimeError("Could not handle fact, error code: 303")
            return real(*arguments)

        return failing


@pytest.mark.parametrize(
    "function", ["assert_fact", "start_action_for_state", "complete_and_start_action", "retract_fact"]
)
@pytest.mark.parametrize("calls", [1, 2, 4])
def test_a_failure_gives_no_answer_and_leaves_the_engine_usable(
    draft: Assessor, both: Engine, monkeypatch: pytest.MonkeyPatch, function: str, calls: int
) -> None:
    """Wherever within a call durable-rules gives up: the next call is answered, and answered rightly."""
    assert both.durable is not None
    _, most = everything(draft)
    with monkeypatch.context() as patched:
        patched.setattr(durable, "_engine", Faulty(durable._engine, function, calls))
        with pytest.raises(EngineFailure):
            both.holding(most)
    assert both.durable.holding(most) == both.compiled.holding(most)
    nobody = [0 if prop.above else 10_000_000 for prop in both.plan.properties]
    assert both.durable.holding(nobody) == both.compiled.holding(nobody)


def test_eight_threads_get_the_same_answers_as_one(draft: Assessor, both: Engine) -> None:
    persons = list(people.many(150, seed=8))

    def answers(_: int = 0) -> list[bytes]:
        return [draft.assess(person.sent(), person.as_of).as_json() for person in persons]

    alone = answers()
    with ThreadPoolExecutor(8) as threads:
        assert all(result == alone for result in threads.map(answers, range(8)))
    assert all(json.loads(answer)["level"] for answer in alone)


def test_nothing_holds_that_durable_rules_did_not_decide(draft: Assessor, both: Engine) -> None:
    """Where it is silenced nothing holds: no rule of either plan is decided by what stands around it alone."""
    assert draft.recommender is not None
    for engine in (both, draft.recommender.engine):
        assert engine.durable is not None
        everything = [NEVER if prop.above else -1 for prop in engine.plan.properties]
        with pytest.MonkeyPatch.context() as patched:
            patched.setattr(engine.durable, "_brought", lambda fact: [])
            assert engine.durable.holding(everything) == frozenset()
        assert engine.durable.holding(everything) == frozenset(engine.plan.order)
