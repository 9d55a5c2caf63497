"""What must not be done: it is withheld while its reason is known to hold, and asked about while that is unknown."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from cds.asked import Outcomes
from cds.assess import Assessor
from cds.recommend import Recommender
from tests.recommendations.persons import line, person

INJECTS: dict[str, Any] = {"opioid_use_ever": "yes", "injecting_opioids": {"date": "2026-11-10"}}
OUT_OF_DETOX: dict[str, Any] = {"transitions": [{"kind": "detox", "date": "2026-10-31"}]}
LEFT_TREATMENT: dict[str, Any] = {"transitions": [{"kind": "agonist_treatment_stop", "date": "2026-10-31"}]}
DEPENDENT = {"opioid_dependence_ever": "yes"}
UNTREATED = {"illicit_opioid_use": "yes"} | DEPENDENT
PRESCRIBED = {"prescribed_opioid": "yes", "omeq_mg_per_day": {"value": "50"}}
SUSPECTED = PRESCRIBED | {"medicine_dependence_suspected": "yes"}
NEVER = {"opioid_use_ever": "no", "opioid_dependence_ever": "no"}
NEVER_ASKED = {"opioid_use_ever": "unknown", "opioid_dependence_ever": "unknown"}
CANCER = "active_cancer_or_palliative"
AT_HOME = {"illicit_opioid_use": "yes", "home_services": "yes"}
KIT = {"naloxone": "yes", "naloxone_expires": {"date": "2027-05"}}

# item: (person without the reason, what makes the reason hold, what leaves it open, status then, what is asked then)
ITEMS: dict[str, tuple[dict[str, Any], dict[str, Any], dict[str, Any], str | None, set[str]]] = {
    "switch-without-injecting": (
        INJECTS,
        {"injecting_opioids": "no"},
        {"injecting_opioids": "unknown"},
        "if_confirmed",
        {"injecting_opioids"},
    ),
    "release-package-without-prison": (
        DEPENDENT | {"in_prison_now": "yes"},
        {"in_prison_now": "no"},
        {"in_prison_now": "unknown"},
        "if_confirmed",
        {"in_prison_now"},
    ),
    "substitution-talk-without-opioids": (
        DEPENDENT | OUT_OF_DETOX,
        NEVER,
        NEVER_ASKED,
        "if_confirmed",
        {"opioid_dependence_ever"},
    ),
    "treatment-support-without-opioids": (
        DEPENDENT | LEFT_TREATMENT,
        {"opioid_dependence_ever": "no", "transitions": "no"},
        {"transitions": "unknown"},
        "if_confirmed",
        {"transitions"},
    ),
    "substitution-talk-in-palliative-care": (SUSPECTED, {CANCER: "yes"}, {CANCER: "unknown"}, "if_confirmed", {CANCER}),
    "medicine-dependence-in-palliative-care": (
        PRESCRIBED,
        {CANCER: "yes"},
        {CANCER: "refused"},
        "if_confirmed",
        {CANCER},
    ),
    "pain-review-in-palliative-care": (PRESCRIBED, {CANCER: "yes"}, {CANCER: "unknown"}, "if_confirmed", {CANCER}),
    "naloxone-already-held": (UNTREATED, KIT, {"naloxone": "unknown"}, "recommended", {"naloxone"}),
    "gp-cooperation-without-consent": (
        PRESCRIBED | {"consent_gp": "yes"},
        {"consent_gp": "no"},
        {"consent_gp": "unknown"},
        "if_confirmed",
        {"consent_gp"},
    ),
    "food-at-home-without-home": (
        AT_HOME | {"has_home": "yes"},
        {"has_home": "no"},
        {"has_home": "unknown"},
        "if_confirmed",
        {"has_home"},
    ),
    "family-talk-for-adults": (
        {"age": {"value": "17"}},
        {"age": {"value": "18"}},
        {"age": "unknown"},
        "if_confirmed",
        {"age"},
    ),
    "bereavement-without-death": (
        {"role": {"value": "bereaved"}},
        {"role": {"value": "next_of_kin"}},
        {"role": "unknown"},
        "if_confirmed",
        {"role"},
    ),
}


def code_of(draft: Assessor, item: str) -> str:
    assert draft.content.advice is not None
    (code,) = (each.recommendation for each in draft.content.advice.must_not if each.id == item)
    return code


def test_every_must_not_has_a_case(draft: Assessor) -> None:
    assert draft.content.advice is not None
    assert {each.id for each in draft.content.advice.must_not} == set(ITEMS)


@pytest.mark.parametrize("item", ITEMS)
def test_a_reason_that_is_known_withholds_the_measure(draft: Assessor, item: str) -> None:
    without, holds, _, _, _ = ITEMS[item]
    found = line(draft, person(without), code_of(draft, item))
    assert found is not None
    assert found.status == "recommended"
    assert line(draft, person(without | holds), code_of(draft, item)) is None


@pytest.mark.parametrize("item", ITEMS)
def test_a_reason_that_is_unknown_is_asked_about(draft: Assessor, item: str) -> None:
    without, _, open_, status, ask = ITEMS[item]
    found = line(draft, person({**{k: v for k, v in without.items() if k not in open_}, **open_}), code_of(draft, item))
    assert found is not None
    assert (found.status, set(found.ask or ())) == (status, ask)


@pytest.mark.parametrize(
    "item", [item for item in ITEMS if item not in ("family-talk-for-adults", "bereavement-without-death")]
)
def test_a_reason_that_may_no_longer_hold_withholds_nothing(draft: Assessor, item: str) -> None:
    """An answer too old to rely on is a question, not a refusal of help. An age and a role do not grow old."""
    without, holds, _, status, _ = ITEMS[item]
    old = {name: ({"state": said} if isinstance(said, str) else said) for name, said in holds.items()}
    old = {name: said | {"asked_on": "2020-01-01"} for name, said in old.items()}
    found = line(draft, person(without | old), code_of(draft, item))
    assert found is not None
    assert found.status == status


def test_refused_consent_withholds_working_with_the_gp(draft: Assessor) -> None:
    assert line(draft, person(PRESCRIBED | {"consent_gp": "refused"}), "M16") is None


def test_a_spray_nobody_can_date_leaves_the_first_issue_recommended(draft: Assessor) -> None:
    found = line(draft, person(UNTREATED | {"naloxone": "yes", "naloxone_expires": "unknown"}), "M05")
    assert found is not None
    assert found.status == "recommended"
    assert set(found.ask or ()) == {"naloxone_expires"}


@pytest.mark.parametrize("code", ["M12", "M15", "M17"])
def test_cancer_and_palliative_care_take_away_these_and_leave_the_rest(draft: Assessor, code: str) -> None:
    ill = person(SUSPECTED | {CANCER: "yes"})
    assert line(draft, person(SUSPECTED), code) is not None
    assert line(draft, ill, code) is None
    assert all(line(draft, ill, kept) is not None for kept in ("M05", "M07", "M13", "M22"))


@pytest.mark.parametrize("code", ["M05", "M12", "M14"])
@pytest.mark.parametrize("ever", ["yes", "unknown", "no", None])
def test_who_left_agonist_treatment_waits_for_no_answer_about_opioids(
    draft: Assessor, code: str, ever: str | None
) -> None:
    """To have been in it is answer enough, even against a no that contradicts it."""
    unsaid = {"opioid_use_ever": ever, "opioid_dependence_ever": None, "opioid_use_last_12_months": "no"}
    found = line(draft, person(LEFT_TREATMENT | unsaid | {"opioid_use_now": "no"}), code)
    assert found is not None
    assert found.status == "recommended"


WITHOUT_DEPENDENCE = {"opioid_use_ever": "yes", "opioid_dependence_ever": "no"}


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"illicit_opioid_use": "yes"}, "recommended"),
        (LEFT_TREATMENT, "recommended"),
        ({"medicine_dependence_suspected": "yes", "prescribed_opioid": "yes"}, "recommended"),
        ({"transitions": [{"kind": "prison", "date": "2026-10-31"}]}, None),
        ({"transitions": [{"kind": "detox", "date": "2026-10-31"}], "opioid_dependence_ever": None}, "if_confirmed"),
        ({"overdoses": [{"date": "2026-10-31", "substance": "opioid", "intent": "accident"}]}, None),
    ],
)
def test_a_no_to_dependence_withholds_the_substitution_talk_unless_something_else_points_to_it(
    draft: Assessor, facts: dict[str, Any], status: str | None
) -> None:
    found = line(draft, person(WITHOUT_DEPENDENCE | facts), "M12")
    assert (None if found is None else found.status) == status


@pytest.mark.parametrize("item", ITEMS)
def test_where_life_is_at_stake_nothing_waits_for_an_answer(draft: Assessor, item: str) -> None:
    """No such measure is urgent `now` today; should one become so, it is due before anybody answers."""
    advice, code = draft.content.advice, code_of(draft, item)
    assert advice is not None
    hurried = {
        name: each.model_copy(update={"urgency": "now"}) if each.code == code else each
        for name, each in advice.recommendations.items()
    }
    recommender = Recommender(draft.ruleset, replace(advice, recommendations=hurried))
    without, _, open_, _, _ = ITEMS[item]
    who = person(without | open_)
    decision = draft.decide(who.sent(), who.as_of)
    levels = decision.level, decision.level_at_most or decision.level
    due = recommender.due(Outcomes(decision.person, decision.values, decision.holding), levels)
    (found,) = (each for each in due if each.recommendation.code == code)
    assert found.urgency == "now"
    triggered_by_what_is_asked = item in TRIGGER_IS_OPEN_TOO
    assert found.confirmed is not triggered_by_what_is_asked


TRIGGER_IS_OPEN_TOO = {
    "switch-without-injecting",
    "release-package-without-prison",
    "treatment-support-without-opioids",
    "food-at-home-without-home",
    "family-talk-for-adults",
    "bereavement-without-death",
}
"""Here the unknown fact is what the measure is for, so nobody knows whether it is due at all."""
