"""How long one assessment takes, and where the time goes: `make bench`.

The person is invented: out of prison for three weeks, about a quarter of all facts unknown, so that both ends are
decided. Each number is the middle one of five rounds, a round's number the middle one of 500 calls.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from statistics import median
from time import perf_counter_ns
from typing import Any

from cds.assess import Assessor
from cds.bounds import Person
from cds.facts import Facts
from cds.release.frozen import RULES, Release

PATIENT = Path(__file__).with_name("quarter_unknown.json")
ROUNDS, CALLS, WARM_UP = 5, 500, 100
WHOLES = 3
"""How many of the steps are whole assessments; the others are parts of the first."""


def p50(call: Callable[[], object]) -> float:
    """Microseconds for one call."""
    for _ in range(WARM_UP):
        call()
    return median(_round(call) for _ in range(ROUNDS))


def _round(call: Callable[[], object]) -> float:
    taken = []
    for _ in range(CALLS):
        start = perf_counter_ns()
        call()
        taken.append(perf_counter_ns() - start)
    return median(taken) / 1_000


def steps(assessor: Assessor, request: dict[str, Any]) -> dict[str, Callable[[], object]]:
    """The parts of an assessment, each on its own, with everything before it done."""
    ruleset, as_of = assessor.ruleset, date.fromisoformat(request["as_of"])
    sent, language = request["facts"], request["language"]
    facts = Facts.model_validate(sent)
    decision = assessor.decide(facts, as_of)
    least, most = decision.values
    explain = assessor.explainer(language)
    due = assessor.due(decision)
    urgent = assessor.recommender.urgent_questions(due) if assessor.recommender else frozenset[str]()
    assessment = assessor.assess(facts, as_of, language, municipality=request["municipality"])

    def whole() -> bytes:
        read = Facts.model_validate(sent)
        return assessor.assess(read, as_of, language, municipality=request["municipality"]).as_json()

    def both_ends(holding: Callable[[list[int]], object]) -> Callable[[], object]:
        return lambda: (holding(least), holding(most))

    def advise() -> object:
        if assessor.recommender is None:
            return None
        due = assessor.due(decision)
        return assessor.recommender.lines(due, decision.person, explain, request["municipality"])

    released = {"state": "yes", "items": [{"kind": "prison", "date": request["as_of"]}]}
    little = Facts.model_validate({"transitions": released})
    parts: dict[str, Callable[[], object]] = {
        "the whole assessment": whole,
        "  from facts to Assessment": lambda: assessor.assess(
            facts, as_of, language, municipality=request["municipality"]
        ),
        "  if a release is all known": lambda: assessor.assess(little, as_of, language),
        "validation": lambda: Facts.model_validate(sent),
        "bounds": lambda: Person(facts, as_of, ruleset.vocabulary).values(ruleset.plan.properties),
        "open details": lambda: ruleset.unclear(least, most),
        "durable-rules, both ends": both_ends(ruleset.engine.durable.holding) if ruleset.engine.durable else whole,
        "compiled, both ends": both_ends(ruleset.engine.compiled.holding),
        "scoring, both ends": lambda: [ruleset.scoring.score(holding) for holding in decision.holding],
        "recommendations": advise,
        "explaining": lambda: explain.factors(decision.person, *decision.holding, decision.low, decision.high),
        "questions": lambda: assessor._questions.find(  # noqa: SLF001 - one step on its own
            decision.person,
            decision.values,
            decision.holding,
            (decision.low, decision.high),
            explain,
            urgent=urgent,
            every=False,
        ),
        "JSON": assessment.as_json,
    }
    if ruleset.engine.durable is None:
        del parts["durable-rules, both ends"]
    if assessor.recommender is None:
        del parts["recommendations"]
    return parts


def no_op() -> None:
    """What a call costs that does nothing, measured the same way."""


def main() -> None:
    """Print the table."""
    request = json.loads(PATIENT.read_text(encoding="utf-8"))
    states = [said if isinstance(said, str) else said["state"] for said in request["facts"].values()]
    unknown = sum(state in ("unknown", "refused") for state in states)
    assessor = Assessor(Release("0.0.0", "sha256:draft", date.min, RULES / "draft"))
    measured = {name: p50(call) for name, call in steps(assessor, request).items()}
    idle = p50(no_op)
    whole = measured["the whole assessment"]
    write = sys.stdout.write
    today = datetime.now(UTC)  # noqa: TID251 - a measurement says when it was made
    write(f"{today:%Y-%m-%d} · {os.cpu_count()} cores · Python {platform.python_version()}\n")
    write(f"the draft · {len(assessor.ruleset.plan.order)} rules · {len(states)} facts, {unknown} of them unknown · ")
    write(f"median of {ROUNDS} rounds of {CALLS}\n\n")
    write(f"{'':28}{'p50 µs':>10}{'share':>8}{'× no-op':>12}\n")
    for name, microseconds in measured.items():
        write(f"{name:28}{microseconds:>10.1f}{microseconds / whole:>8.0%}{microseconds / idle:>12,.0f}\n")
    rest = whole - sum([*measured.values()][WHOLES:])
    write(f"{'the rest':28}{rest:>10.1f}{rest / whole:>8.0%}\n{'a no-op call':28}{idle:>10.3f}\n")


if __name__ == "__main__":
    main()
