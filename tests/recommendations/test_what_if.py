"""The answer if one thing were different: only what can be different, never the medicines somebody is prescribed."""

from __future__ import annotations

from typing import Any

import pytest

from cds.assess import Assessor
from cds.content.texts import Language
from cds.outlook import WhatIf, WhatIfLine, what_if
from tests.people import Invented
from tests.recommendations.persons import LANGUAGES, golden, golden_person, person

UNTREATED = {"illicit_opioid_use": "yes"}
PRESCRIBED_WORDS = ("dose", "dosen", "omeq", "mg", "opioid", "resept", "prescription", "smertestillende", "painkiller")
NOT_YES = ("no", "unknown", "refused")

# change: (the fact that makes it possible, what it does to the points of somebody with untreated use)
OFFERED: dict[str, tuple[dict[str, Any], int]] = {
    "smoking_instead_of_injecting": ({"injecting_opioids": {"date": "2026-11-20"}}, -4),
    "not_alone": ({"uses_alone": "yes"}, -1),
    "known_strength": ({"unknown_strength": "yes"}, -1),
    "not_mixing_non_prescribed": ({"alcohol": "yes"}, -2),
    "in_agonist_treatment": ({"agonist_treatment": "no"}, -3),
    "stable_housing": ({"unstable_housing": "yes"}, -1),
}


def changes(draft: Assessor, who: Invented, language: Language = "nb") -> dict[str, WhatIfLine]:
    found = what_if(draft, who.sent(), who.as_of, language)
    assert found is not None
    assert len({line.id for line in found.changes}) == len(found.changes)
    return {line.id: line for line in found.changes}


def offered(draft: Assessor, name: str) -> WhatIf | None:
    who = golden_person(name)
    return what_if(draft, who.sent(), who.as_of, "nb")


def points(draft: Assessor, who: Invented) -> tuple[int, int]:
    now = draft.decide(who.sent(), who.as_of)
    return now.low.total, now.high.total


@pytest.mark.parametrize("change", OFFERED)
def test_a_change_shows_what_it_takes_off(draft: Assessor, change: str) -> None:
    facts, difference = OFFERED[change]
    who = person(UNTREATED | facts)
    found = changes(draft, who)[change]
    assert found.points.at_least == points(draft, who)[0] + difference


@pytest.mark.parametrize("change", [name for name in OFFERED if name != "in_agonist_treatment"])
@pytest.mark.parametrize("state", NOT_YES)
def test_a_change_is_offered_only_while_the_fact_is_so(draft: Assessor, change: str, state: str) -> None:
    facts, _ = OFFERED[change]
    assert change in changes(draft, person(UNTREATED | facts))
    assert change not in changes(draft, person(UNTREATED | dict.fromkeys(facts, state)))


@pytest.mark.parametrize("state", ["yes", "unknown", "refused"])
def test_treatment_is_offered_only_to_who_is_known_to_have_none(draft: Assessor, state: str) -> None:
    assert "in_agonist_treatment" in changes(draft, person(UNTREATED))
    assert "in_agonist_treatment" not in changes(draft, person(UNTREATED | {"agonist_treatment": state}))


@pytest.mark.parametrize(("prescribed", "counts"), [("no", True), ("yes", False), ("unknown", False), (None, False)])
def test_benzodiazepines_are_left_out_of_mixing_only_where_they_are_not_prescribed(
    draft: Assessor, prescribed: str | None, counts: bool
) -> None:
    who = person(UNTREATED | {"benzodiazepine": "yes", "benzodiazepine_prescribed": prescribed, "alcohol": "yes"})
    found = changes(draft, who)["not_mixing_non_prescribed"]
    # Alcohol takes off 2, a second depressant besides an opioid 1, the benzodiazepine 3 where it is one of them.
    assert points(draft, who)[0] - found.points.at_least == (6 if counts else 3)
    alone = person(UNTREATED | {"benzodiazepine": "yes", "benzodiazepine_prescribed": prescribed})
    assert ("not_mixing_non_prescribed" in changes(draft, alone)) is counts


def test_what_may_be_prescribed_is_never_a_change(draft: Assessor) -> None:
    """Sleeping tablets, pregabalin, allergy and other sedating medicines, the opioid itself: for the prescriber."""
    medicines = {
        "prescribed_opioid": "yes",
        "omeq_mg_per_day": {"value": "200"},
        "z_hypnotic": "yes",
        "gabapentinoid": "yes",
        "sedating_psychotropic": "yes",
        "other_sedative": "yes",
        "benzodiazepine": "yes",
        "benzodiazepine_prescribed": "yes",
    }
    assert changes(draft, person(medicines)).keys() <= {"in_agonist_treatment"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_change_names_a_dose_or_a_prescribed_medicine(draft: Assessor, language: Language) -> None:
    assert draft.content.advice is not None
    labels = draft.content.advice.outlook.what_if.labels
    assert labels.keys() == OFFERED.keys()
    named = " ".join(label.in_(language).lower() for name, label in labels.items() if name.startswith("not_mixing"))
    assert ("ikke er skrevet ut", "ikkje er skrivne ut", "not prescribed")[LANGUAGES.index(language)] in named
    others = " ".join(
        label.in_(language).lower() for name, label in labels.items() if not name.startswith("not_mixing")
    )
    assert [word for word in PRESCRIBED_WORDS if word in others.split()] == []


@pytest.mark.parametrize("name", golden())
def test_a_change_never_raises_a_bound(draft: Assessor, name: str) -> None:
    found = offered(draft, name)
    least, most = points(draft, golden_person(name))
    for line in found.changes if found is not None else ():
        assert line.points.at_least <= least, line.id
        assert line.points.at_most <= most, line.id


UNSETTLED = {"alcohol": "yes", "benzodiazepine": "yes", "opioid_use_now": "unknown"}


@pytest.mark.parametrize(
    ("change", "facts"),
    [
        ("smoking_instead_of_injecting", UNSETTLED | {"injecting_other": {"date": "2026-11-10"}}),
        ("smoking_instead_of_injecting", UNSETTLED | {"injecting_opioids": {"date": "2016"}}),
        ("in_agonist_treatment", UNSETTLED),
    ],
)
def test_a_change_brings_no_opioids_along(draft: Assessor, change: str, facts: dict[str, Any]) -> None:
    who = person(facts)
    line = changes(draft, who).get(change)
    assert line is None or line.points.at_least <= points(draft, who)[0]


def test_treatment_is_not_shown_as_the_first_days_on_methadone(draft: Assessor) -> None:
    started = {"agonist_medicine": {"value": "methadone"}, "agonist_started": {"date": "2026-11-15"}}
    dependent = {"opioid_use_now": "yes", "opioid_dependence_ever": "yes", "agonist_treatment": "no"}
    who = person(dependent | started)
    line = changes(draft, who)["in_agonist_treatment"]
    assert line.points.at_least <= points(draft, who)[0]


LEFT = {"transitions": [{"kind": "agonist_treatment_stop", "date": "2026-11-10"}], "agonist_treatment": "no"}
DEPENDENT = {"opioid_dependence_ever": "yes", "agonist_treatment": "no"}
NOW_NONE = {"opioid_use_now": "no", "opioid_use_last_12_months": "no"}


@pytest.mark.parametrize("history", [LEFT, DEPENDENT], ids=["left treatment", "dependent"])
@pytest.mark.parametrize("now", ["no", "yes", "unknown"])
def test_treatment_is_offered_whatever_was_said_of_opioids_now(
    draft: Assessor, history: dict[str, Any], now: str
) -> None:
    assert "in_agonist_treatment" in changes(draft, person(history | {"opioid_use_now": now}))


def test_a_no_to_opioids_for_a_year_or_ever_does_not_hide_the_way_back(draft: Assessor) -> None:
    assert "in_agonist_treatment" in changes(draft, person(LEFT | NOW_NONE))
    assert "in_agonist_treatment" in changes(draft, person(LEFT | NOW_NONE | {"opioid_use_ever": "no"}))


def test_treatment_brings_no_dose_and_no_prescription_along(draft: Assessor) -> None:
    """The no to opioids ruled them out without a word; treatment does not open them again."""
    unsaid = dict.fromkeys(("prescribed_opioid", "omeq_mg_per_day", "illicit_opioid_use", "smokes_opioids"))
    who = person(LEFT | NOW_NONE | unsaid)
    assert points(draft, who) == (6, 6)
    line = changes(draft, who)["in_agonist_treatment"]
    assert (line.points.at_least, line.points.at_most) == (6, 6)


@pytest.mark.parametrize("kept", ["yes", "no", "unknown"])
def test_to_begin_treatment_gives_no_lost_tolerance_back(draft: Assessor, kept: str) -> None:
    stay = {"kind": "prison", "date": "2026-11-10", "agonist_treatment_kept": kept}
    who = person(DEPENDENT | NOW_NONE | {"transitions": [stay]})
    line = changes(draft, who)["in_agonist_treatment"]
    assert (line.points.at_least, line.points.at_most) == points(draft, who)


def test_treatment_is_not_held_against_who_takes_something_beside_it_and_that_is_said(draft: Assessor) -> None:
    who = person(DEPENDENT | NOW_NONE | {"benzodiazepine": "yes", "benzodiazepine_prescribed": "yes"})
    line = changes(draft, who, "en")["in_agonist_treatment"]
    assert (line.points.at_least, line.points.at_most) == points(draft, who)
    assert line.note is not None
    assert "not counted here" in line.note


def test_smoking_instead_is_not_offered_to_who_injected_long_ago(draft: Assessor) -> None:
    who = person({"injecting_opioids": {"date": "2016"}, "opioid_use_now": "yes"})
    assert "smoking_instead_of_injecting" not in changes(draft, who)


def test_treatment_is_not_offered_to_who_has_prescribed_opioids_and_no_dependence(draft: Assessor) -> None:
    assert "in_agonist_treatment" not in changes(draft, person({"prescribed_opioid": "yes"}))


@pytest.mark.parametrize("name", golden())
def test_nothing_is_offered_in_an_emergency_or_where_no_level_applies(draft: Assessor, name: str) -> None:
    who = golden_person(name)
    level = draft.decide(who.sent(), who.as_of).level
    assert (offered(draft, name) is None) == (level in ("acute", "not_applicable"))


@pytest.mark.parametrize("name", golden())
def test_the_change_that_matters_most_comes_first(draft: Assessor, name: str) -> None:
    found = offered(draft, name)
    order = [(line.points.at_least, line.points.at_most) for line in found.changes] if found is not None else []
    assert order == sorted(order)


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_said_that_this_is_no_forecast_and_that_nobody_stops_medicines_alone(
    draft: Assessor, language: Language
) -> None:
    who = person(UNTREATED)
    found = what_if(draft, who.sent(), who.as_of, language)
    assert found is not None
    words = {"nb": ("ikke et varsel", "legen først"), "nn": ("ikkje eit varsel", "legen først")}
    assert all(said in found.disclaimer for said in words.get(language, ("not a forecast", "doctor first")))
