"""The days to come: exactly the days on which the answer changes, and never a promise that a day is safe."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

import pytest

from cds.assess import Assessor, Decision
from cds.content.texts import Language
from cds.outlook import Outlook, Step, outlook
from tests.people import Invented
from tests.recommendations.persons import AS_OF, LANGUAGES, assess, golden, golden_person, person, pinned

RELEASED = AS_OF - timedelta(days=5)
PRISON = {"kind": "prison", "date": RELEASED.isoformat(), "agonist_treatment_kept": "no"}
LEVELS = ("low", "elevated", "high", "very_high")
NO_DATE_IS_SAFE: dict[Language, str] = {
    "nb": "Faren er ikke over på noen bestemt dato.",
    "nn": "Faren er ikkje over på nokon bestemt dato.",
    "en": "On no date is the danger over.",
}


def ahead(draft: Assessor, who: Invented, language: Language = "en") -> Outlook:
    found = outlook(draft, who.sent(), who.as_of, language)
    assert found is not None
    return found


def saying(found: Outlook, words: str) -> list[date]:
    """The days whose step gives a reason with these words."""
    return [step.date for step in found.steps if any(words in reason for reason in step.because)]


def on(days: int, since: date = AS_OF) -> date:
    return since + timedelta(days=days)


# ---- windows ---------------------------------------------------------------------------------------------------------


def test_lost_tolerance_counts_for_less_on_days_15_29_43_and_181_after_release(draft: Assessor) -> None:
    found = ahead(draft, person({"opioid_use_ever": "yes", "transitions": [PRISON]}))
    assert saying(found, "Lost tolerance after a stay") == [on(days, RELEASED) for days in (15, 29, 43, 181)]
    points = {step.date: step.points.at_least for step in found.steps}
    assert [points[on(days, RELEASED)] for days in (15, 29, 43, 181)] == [5, 3, 2, 0]


@pytest.mark.parametrize(
    ("facts", "words", "days"),
    [
        ({"injecting_opioids": {"date": "2026-11-20"}}, "Injecting, now or earlier", [31]),
        (
            {"overdoses": [{"date": "2026-11-20", "substance": "opioid", "intent": "accident"}]},
            "Earlier overdose",
            [31],
        ),
        ({"prescribed_opioid": "yes", "opioid_dose_reduced": {"date": "2026-11-20"}}, "reduction", [91]),
        (
            {
                "agonist_treatment": "yes",
                "agonist_medicine": {"value": "methadone"},
                "agonist_started": {"date": "2026-11-20"},
            },
            "First two weeks on methadone",
            [15],
        ),
        ({"illicit_opioid_use": "yes", "losses": [{"kind": "other", "date": "2026-11-20"}]}, "Loneliness, loss", [91]),
    ],
)
def test_a_window_closes_on_the_day_after_its_last(
    draft: Assessor, facts: dict[str, Any], words: str, days: list[int]
) -> None:
    assert saying(ahead(draft, person(facts)), words)[: len(days)] == [on(day) for day in days]


def test_a_date_of_which_only_the_month_is_known_closes_above_after_its_last_day(draft: Assessor) -> None:
    who = person({"injecting_opioids": {"date": "2026-10"}})
    assert points(draft, who) == (2, 4)
    assert saying(ahead(draft, who), "Injecting, now or earlier")[0] == date(2026, 12, 1)


def points(draft: Assessor, who: Invented) -> tuple[int, int]:
    found = assess(draft, who).points
    assert found is not None
    return found.at_least, found.at_most


# ---- what must be said -----------------------------------------------------------------------------------------------


def falls(before: tuple[Any, ...], step: Step) -> bool:
    low, high, least, most = before
    return (
        step.points.at_least < least
        or step.points.at_most < most
        or _rank(step.level) < _rank(low)
        or _rank(step.level_at_most) < _rank(high)
    )


def _rank(level: str | None) -> int:
    return LEVELS.index(level) if level in LEVELS else -1


def _fallen_without_caution(
    draft: Assessor, who: Invented, language: Language, found: Outlook | None = None
) -> list[date]:
    """The falling steps that do not say that no date is safe."""
    now = draft.decide(who.sent(), who.as_of)
    before: tuple[Any, ...] = (now.level, now.level_at_most, now.low.total, now.high.total)
    missing = []
    for step in (found or ahead(draft, who, language)).steps:
        fallen = step.level != "undetermined" and falls(before, step)
        if fallen and NO_DATE_IS_SAFE[language] not in (step.caution or ""):
            missing.append(step.date)
        before = (step.level, step.level_at_most, step.points.at_least, step.points.at_most)
    return missing


@lru_cache
def outlook_of(draft: Assessor, name: str) -> Outlook | None:
    who = golden_person(name)
    return outlook(draft, who.sent(), who.as_of, "nb")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_falling_step_says_that_no_date_is_safe(draft: Assessor, language: Language) -> None:
    released = person({"opioid_use_ever": "yes", "transitions": [PRISON], "injecting_opioids": {"date": "2026-11-20"}})
    assert _fallen_without_caution(draft, released, language) == []
    assert sum(step.caution is not None for step in ahead(draft, released, language).steps) >= 5


@pytest.mark.parametrize("name", [pytest.param(name) if name == "overdose-yesterday" else name for name in golden()])
def test_nobody_s_level_falls_without_the_sentence(draft: Assessor, name: str) -> None:
    found = outlook_of(draft, name)
    if found is not None:
        assert _fallen_without_caution(draft, golden_person(name), "nb", found) == []


def test_the_days_after_an_overdose_end_with_a_reason(draft: Assessor) -> None:
    overdose = {"date": "2026-11-20", "substance": "opioid", "intent": "accident"}
    found = ahead(draft, person({"opioid_use_ever": "yes", "overdoses": [overdose]}))
    (step,) = (step for step in found.steps if step.date == on(3))
    assert step.level == "elevated"
    assert any("no longer holds the level up" in reason for reason in step.because)


def test_talk_and_spray_are_due_on_their_days(draft: Assessor) -> None:
    facts = {
        "naloxone": "yes",
        "naloxone_expires": {"date": "2027-02-10"},
        "last_prevention_talk": {"date": "2026-11-01"},
    }
    found = ahead(draft, person(facts))
    assert saying(found, "new prevention talk") == [on(122, date(2026, 11, 1))]
    assert saying(found, "naloxone spray expires") == [date(2027, 2, 11)]


def test_the_day_of_a_planned_release_is_a_day_to_look_again_and_is_not_counted_in_silence(draft: Assessor) -> None:
    leaves = on(7)
    inside: dict[str, Any] = {"opioid_use_ever": "yes", "in_prison_now": "yes"}
    found = ahead(draft, person({**inside, "planned_exit": {"date": leaves.isoformat()}}))
    assert saying(found, "planned for this day") == [leaves] == [found.look_again_on]
    (step,) = (step for step in found.steps if step.date == leaves)
    assert "does not count that" in " ".join(step.because)
    assert not saying(ahead(draft, person({**inside, "planned_exit": "unknown"})), "planned for this day")


def test_a_talk_told_in_days_is_due_as_well(draft: Assessor) -> None:
    found = ahead(draft, person({"last_prevention_talk": {"within_days": 30}}))
    assert saying(found, "new prevention talk") == [on(122 - 30)]


@pytest.mark.parametrize("name", golden())
def test_look_again_is_the_first_day_something_changes_and_within_four_months(draft: Assessor, name: str) -> None:
    found, as_of = outlook_of(draft, name), golden_person(name).as_of
    if found is not None:
        first = found.steps[0].date if found.steps else found.until
        assert found.look_again_on == min(first, on(122, as_of))
        assert found.look_again_on.isoformat() in found.look_again
        assert found.until == on(180, as_of)


def test_each_language_tells_the_same_days_in_its_own_words(draft: Assessor) -> None:
    who = golden_person("released-from-prison-five-days-ago")
    told = [ahead(draft, who, language) for language in LANGUAGES]
    assert len({each.look_again for each in told}) == 3
    for steps in zip(*(each.steps for each in told), strict=True):
        assert len({(step.date, step.level, step.level_at_most, step.points) for step in steps}) == 1
        assert len({step.because for step in steps}) == 3


# ---- answers grow old ------------------------------------------------------------------------------------------------


def test_answers_that_grow_old_make_low_undetermined_and_raise_the_highest_level(draft: Assessor) -> None:
    who = person({"active_alert": "no"})
    assert assess(draft, who).level == "low"
    steps = {step.date: step for step in ahead(draft, who).steps}
    aged = steps[on(123)]
    assert (aged.level, aged.level_at_most) == ("undetermined", "very_high")
    assert aged.points.at_most > aged.points.at_least
    assert any("too old" in reason for reason in aged.because)


def test_an_answer_grows_old_the_day_after_its_last_and_counts_from_the_day_it_was_asked(draft: Assessor) -> None:
    asked = {"illicit_opioid_use": "yes", "active_alert": {"state": "no", "asked_on": "2026-11-10"}}
    assert saying(ahead(draft, person(asked)), "alert") == [date(2026, 11, 25)]


@pytest.mark.parametrize("state", ["unknown", "refused"])
def test_what_was_never_answered_does_not_grow_old(draft: Assessor, state: str) -> None:
    assert saying(ahead(draft, person({"illicit_opioid_use": "yes", "alcohol": state})), "Alcohol") == []


# ---- the same as looking again every day -----------------------------------------------------------------------------


def _bounds(decision: Decision) -> tuple[object, ...]:
    return decision.level, decision.level_at_most, decision.low.total, decision.high.total


def _told(step: Step) -> tuple[object, ...]:
    return step.level, step.level_at_most, step.points.at_least, step.points.at_most


@pytest.mark.parametrize("name", golden())
def test_steps_are_the_days_on_which_a_fresh_answer_differs_from_the_day_before(draft: Assessor, name: str) -> None:
    """All of them and no others, apart from days that only remind (talk, spray, an answer that grew old)."""
    found = outlook_of(draft, name)
    if found is None:
        assert assess(draft, golden_person(name)).level in ("acute", "not_applicable")
        return
    who = golden_person(name)
    facts = pinned(who.sent(), who.as_of)
    days = [draft.decide(facts, on(offset, who.as_of)) for offset in range(181)]
    differing = {
        after.person.as_of: _bounds(after) for before, after in pairwise(days) if _bounds(after) != _bounds(before)
    }
    told = {step.date: _told(step) for step in found.steps}
    assert list(told) == sorted(told)
    assert differing.items() <= told.items()
    assert all(step.because for step in found.steps if step.date not in differing)
    assert all(_told(step) == _bounds(days[(step.date - who.as_of).days]) for step in found.steps)
