"""Each rule comes out as the cases beside it say, one test for each case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache

import pytest

from cds.assess import Assessor
from cds.check.draft import judge
from cds.content.factors import Case
from cds.content.folder import read_cases
from cds.facts import Facts
from cds.release.frozen import RULES
from cds.strict_yaml import read

DRAFT = RULES / "draft"
FACTORS = sorted(path.stem for path in (DRAFT / "factors").glob("*.yaml") if not path.stem.endswith(".cases"))


@cache
def cases_of(factor: str) -> tuple[Case, ...]:
    """The cases beside a factor. What is wrong with their file is told by the tests, not while they are collected."""
    return read_cases(DRAFT, factor)[0]


def every_case() -> Iterator[object]:
    for factor in FACTORS:
        for case in cases_of(factor):
            yield pytest.param(factor, case, id=f"{factor}: {case.case}")


def acute_cases() -> Iterator[object]:
    document = read(DRAFT / "acute.cases.yaml")
    assert not document.problems
    for case in document.value:
        yield pytest.param(case["as_of"], case["facts"], case["acute"], id=case["case"])


@pytest.mark.parametrize(("factor", "case"), list(every_case()))
def test_the_factor_comes_out_as_its_case_says(draft: Assessor, factor: str, case: Case) -> None:
    assert judge(draft, factor, case) is None


@pytest.mark.parametrize("factor", FACTORS)
def test_the_cases_can_be_read_and_show_present_absent_and_unknown(factor: str) -> None:
    cases, problems = read_cases(DRAFT, factor)
    assert problems == []
    assert {case.outcome for case in cases} == {"present", "absent", "unknown"}
    names = [case.case for case in cases]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("factor", FACTORS)
def test_a_present_case_adds_points_and_an_unknown_one_only_may(factor: str) -> None:
    for case in cases_of(factor):
        least, most = case.points
        if case.outcome == "present":
            assert 0 < least <= most
        else:
            assert (least, most > 0) == (0, case.outcome == "unknown"), case.case


@pytest.mark.parametrize("factor", FACTORS)
def test_every_tier_counts_in_some_case(draft: Assessor, factor: str) -> None:
    counted = set()
    for case in cases_of(factor):
        assessment = draft.assess(Facts.model_validate(case.facts), date.fromisoformat(case.as_of))
        counted |= {tier.id for line in assessment.factors or () if line.id == factor for tier in line.tiers}
    tiers = {tier.id for _, tier in draft.release.content.factors[factor].tiers}
    assert {tier.rpartition("/")[2] for tier in counted} == tiers


def test_every_file_of_cases_belongs_to_a_factor() -> None:
    files = {path.name.removesuffix(".cases.yaml") for path in (DRAFT / "factors").glob("*.cases.yaml")}
    assert files == set(FACTORS)


@pytest.mark.parametrize(("as_of", "facts", "acute"), list(acute_cases()))
def test_an_emergency_is_told_as_its_case_says(
    draft: Assessor, as_of: str, facts: dict[str, object], acute: list[str]
) -> None:
    assessment = draft.assess(Facts.model_validate(facts), date.fromisoformat(as_of))
    assert [block.id for block in assessment.acute or ()] == acute
    assert (assessment.level == "acute") == bool(acute)
