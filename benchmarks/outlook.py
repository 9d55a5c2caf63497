"""How long it takes to look 180 days ahead, and to change one thing: `make bench`.

Two invented persons: the example that comes with the service, and one of whom everything is known. Each number is the
middle one of five rounds, a round's number the middle one of its calls.
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
from cds.content.conditions import SHAPES, Shape
from cds.facts import FACT_NAMES, Facts
from cds.outlook import HORIZON_DAYS, outlook, what_if
from cds.release.frozen import RULES, Release

EXAMPLE = Path(__file__).parents[1] / "examples" / "released-from-prison.json"
ROUNDS, AHEAD, CHANGED = 5, 20, 200
"""Rounds, and calls in each: of the outlook, which decides every day, and of what-if, which decides every change."""


def middle(call: Callable[[], object], calls: int) -> float:
    """Milliseconds for one call."""
    call()
    return median(_round(call, calls) for _ in range(ROUNDS))


def _round(call: Callable[[], object], calls: int) -> float:
    taken = []
    for _ in range(calls):
        start = perf_counter_ns()
        call()
        taken.append(perf_counter_ns() - start)
    return median(taken) / 1_000_000


def everything_known(as_of: date) -> dict[str, Any]:
    """Everything was asked on the day; what can be different is so, and the rest was not found."""
    known: dict[str, Any] = {name: "no" for name in FACT_NAMES if SHAPES[name] is not Shape.CHOICE}
    used = ("opioid_use_ever", "opioid_use_last_12_months", "opioid_use_now", "illicit_opioid_use")
    also = ("uses_alone", "unknown_strength", "alcohol", "benzodiazepine", "unstable_housing", "has_home")
    known |= dict.fromkeys((*used, *also), "yes")
    today = as_of.isoformat()
    released = {"kind": "prison", "date": today, "days_without_opioids": 90, "opioids_given": "no"}
    return known | {
        "age": {"state": "yes", "value": "40"},
        "injecting_opioids": {"state": "yes", "date": today},
        "transitions": {"state": "yes", "items": [released | {"agonist_treatment_kept": "no"}]},
    }


def main() -> None:
    """Print the table."""
    example = json.loads(EXAMPLE.read_text(encoding="utf-8"))
    as_of = date.fromisoformat(example["as_of"])
    assessor = Assessor(Release("0.0.0", "sha256:draft", date.min, RULES / "draft"))
    write = sys.stdout.write
    today = datetime.now(UTC)  # noqa: TID251 - a measurement says when it was made
    write(f"\n{today:%Y-%m-%d} · {os.cpu_count()} cores · Python {platform.python_version()}\n")
    write(f"the draft · {', '.join(assessor.ruleset.engine.names)} · {HORIZON_DAYS} days ahead · ")
    write(f"median of {ROUNDS} rounds of {AHEAD} and of {CHANGED}\n\n")
    write(f"{'':28}{'facts':>8}{'outlook ms':>12}{'steps':>7}{'what-if ms':>12}{'changes':>9}\n")
    for name, sent in {"released from prison": example["facts"], "everything known": everything_known(as_of)}.items():
        _measure(assessor, name, Facts.model_validate(sent), as_of)


def _measure(assessor: Assessor, name: str, facts: Facts, as_of: date) -> None:
    ahead, changed = outlook(assessor, facts, as_of, "en"), what_if(assessor, facts, as_of, "en")
    if ahead is None or changed is None:
        raise SystemExit(f"{name}: there is nothing to measure, for no level applies or the rules have no texts for it")
    looking = middle(lambda: outlook(assessor, facts, as_of, "en"), AHEAD)
    changing = middle(lambda: what_if(assessor, facts, as_of, "en"), CHANGED)
    sys.stdout.write(
        f"{name:28}{len(tuple(facts.known())):>8}{looking:>12.1f}{len(ahead.steps):>7}"
        f"{changing:>12.2f}{len(changed.changes):>9}\n"
    )


if __name__ == "__main__":
    main()
