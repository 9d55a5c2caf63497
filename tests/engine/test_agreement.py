"""durable-rules and the compiled evaluator give one answer, for whomever."""

from __future__ import annotations

import os
from itertools import islice

from cds.assess import Assessor
from cds.bounds import Person
from cds.engine import Engine
from tests import people
from tests.engine.reference import PRESENT, UNKNOWN, Reference
from tests.people import Invented

PERSONS = int(os.environ.get("CDS_AGREEMENT_PERSONS", "5000"))
SEED = 20261120


def valued(draft: Assessor, person: Invented) -> tuple[Person, list[int], list[int]]:
    """A person as the engine meets them: each property at its least and at its most dangerous value."""
    seen = Person(person.sent(), person.as_of, draft.ruleset.vocabulary)
    return seen, *seen.values(draft.ruleset.plan.properties)


def test_agreement_of_both_evaluators_on_many_persons(draft: Assessor, both: Engine) -> None:
    """At the least dangerous values of each person and at the most dangerous ones; 100,000 with `make agreement`."""
    assert both.durable is not None
    for number, person in enumerate(people.many(PERSONS, SEED)):
        for values in valued(draft, person)[1:]:
            decided, confirmed = both.durable.holding(values), both.compiled.holding(values)
            assert decided == confirmed, f"person {number} of seed {SEED}: {sorted(decided ^ confirmed)}"


def test_agreement_of_both_evaluators_on_the_person_with_everything(draft: Assessor, both: Engine) -> None:
    """At the most dangerous values of a person of whom nothing is known, every rule of the release holds at once."""
    assert both.durable is not None
    _, _, most = valued(draft, Invented(people.DATES[0], {}))
    assert both.durable.holding(most) == both.compiled.holding(most) == frozenset(both.plan.order)
    for as_of in people.DATES:
        for in_treatment in (False, True):
            _, least, most = valued(draft, people.with_everything(as_of, in_treatment))
            assert both.durable.holding(least) == both.compiled.holding(least)
            assert both.durable.holding(most) == both.compiled.holding(most)


def test_agreement_with_a_plain_three_valued_evaluator(draft: Assessor) -> None:
    """Present, absent or unknown: each rule's outcome is what three-valued logic makes of its condition."""
    ruleset = draft.ruleset
    for person in islice(people.many(PERSONS, SEED), 0, None, 10):
        seen, least, most = valued(draft, person)
        lower, upper = ruleset.engine.bounds(least, most)
        reference = Reference(seen, ruleset.conditions, ruleset.plan.groups)
        outcomes = {rule: reference.outcome(rule) for rule in ruleset.plan.order}
        assert lower == {rule for rule, outcome in outcomes.items() if outcome == PRESENT}
        assert upper == {rule for rule, outcome in outcomes.items() if outcome in (PRESENT, UNKNOWN)}
