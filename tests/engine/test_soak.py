"""A service that runs for months: a million evaluations cost no memory. `make soak`."""

from __future__ import annotations

import gc
import os
import random
from pathlib import Path

import pytest

from cds.assess import Assessor
from cds.bounds import Person
from cds.engine import Engine
from tests import people

EVALUATIONS = int(os.environ.get("CDS_SOAK_EVALUATIONS", "1000000"))
WARM_UP = 20_000
MOST_GROWTH = 5 * 1024 * 1024


def resident_bytes() -> int:
    """The memory this process holds, as Linux counts it."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.soak
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc, which only Linux has")
def test_a_million_evaluations_cost_no_memory(draft: Assessor, both: Engine) -> None:
    """Every answer is compared with the compiled evaluator's on the way."""
    properties = draft.ruleset.plan.properties
    invented = list(people.many(1_000, seed=1))
    seen = (Person(person.sent(), person.as_of, draft.ruleset.vocabulary) for person in invented)
    values = [end for person in seen for end in person.values(properties)]
    chance = random.Random(1)
    for _ in range(WARM_UP):
        both.holding(chance.choice(values))
    gc.collect()
    before = resident_bytes()
    for _ in range(EVALUATIONS):
        both.holding(chance.choice(values))
    gc.collect()
    assert resident_bytes() - before <= MOST_GROWTH
