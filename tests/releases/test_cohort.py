"""The invented people on whom differences are shown: always the same ones, and of every kind."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

from cds.assess import Assessor
from cds.cohort import AS_OF, LIVES, Member, cohort, fingerprint
from cds.content.vocabulary import Vocabulary
from tests.releases.altered import before

SIZE = 600


@lru_cache
def assessor() -> Assessor:
    return Assessor(before())


def vocabulary(*without: str) -> Vocabulary:
    """The facts of a release, of which some were not known yet."""
    content = assessor().content
    facts = {name: fact for name, fact in content.facts.facts.items() if name not in without}
    return Vocabulary(facts, content.facts.not_applicable_allowed, content.levels.parameters)


@lru_cache
def members() -> list[Member]:
    return list(cohort((vocabulary(),), SIZE))


def test_everybody_is_the_same_on_every_machine() -> None:
    assert fingerprint(list(cohort((vocabulary(),), SIZE))) == fingerprint(members())
    assert fingerprint(members()[:200]) == "sha256:98caae5b21a228240e8b00546f5fb80d0c779679fbf0348251d49e84f90c26f7"
    assert fingerprint(list(cohort((vocabulary(),), 200, seed=1))) != fingerprint(members()[:200])


def test_every_kind_of_life_and_every_level_is_there() -> None:
    assert {member.life for member in members()} == set(LIVES)
    levels = Counter(assessor().decide(member.sent(vocabulary().content), AS_OF).level for member in members())
    assert set(levels) == {"low", "elevated", "high", "very_high", "undetermined", "acute", "not_applicable"}
    assert all(levels[level] > SIZE // 40 for level in ("low", "elevated", "high", "very_high", "undetermined"))


def test_much_is_left_unasked_and_some_refused_or_stale() -> None:
    answers = [answer for member in members() for answer in member.facts.values()]
    facts = len(members()) * len(vocabulary().content)
    assert 0.15 < 1 - len(answers) / facts < 0.5
    assert sum(answer["state"] == "refused" for answer in answers) > len(answers) // 200
    assert sum("asked_on" in answer for answer in answers) > len(answers) // 100


def test_what_an_older_release_does_not_know_is_left_out_for_it_only() -> None:
    older = vocabulary("uses_alone", "naloxone")
    both = list(cohort((older, vocabulary()), 100))
    assert any("uses_alone" in member.facts for member in both)
    assert all(member.sent(older.content).uses_alone is None for member in both)
    assert any(member.sent(vocabulary().content).uses_alone is not None for member in both)


def test_nobody_contradicts_a_release_that_sees_contradictions_the_other_does_not() -> None:
    facts = assessor().content.facts.facts
    strict = facts["uses_alone"].model_copy(update={"implies": ("unstable_housing",)})
    content = assessor().content
    stricter = Vocabulary(
        dict(facts) | {"uses_alone": strict}, content.facts.not_applicable_allowed, content.levels.parameters
    )
    for member in cohort((vocabulary(), stricter), 200):
        said = {name: member.facts.get(name, {}).get("state") for name in ("uses_alone", "unstable_housing")}
        fresh = not any("asked_on" in member.facts.get(name, {}) for name in said)
        assert not (said == {"uses_alone": "yes", "unstable_housing": "no"} and fresh)
