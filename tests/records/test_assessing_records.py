"""Records through the door: what the service answers, what it refuses, and what it does where sources differ."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cds.assess import Assessor
from cds.facts import Facts
from cds.records.statements import MAX_STATEMENTS

TODAY = date(2026, 11, 22)
BENZODIAZEPINE = {"kind": "medication", "system": "ATC", "code": "N05BA01", "start": "2026-11-01"}
HEROIN = {"kind": "condition", "system": "ICD-10", "code": "T40.1", "onset": "2026-11-02"}
LAR = {"kind": "medication", "system": "ATC", "code": "N07BC51", "start": "2026-11-01"}
OXYCODONE = BENZODIAZEPINE | {"code": "N02AA05", "dose": {"value": "10", "unit": "mg", "route": "oral", "per_day": "3"}}


def ask(caller: TestClient, *statements: dict[str, Any], status: int = 200, **sent: Any) -> Any:
    answer = caller.post("/v1/assessments", json={"as_of": "2026-11-20", "statements": list(statements)} | sent)
    assert answer.status_code == status, answer.text
    return answer.json() if status != 200 else answer.json()["assessment"]


def shown(assessment: Any, fact: str) -> set[str]:
    """The states in which the factors show a fact."""
    return {line["state"] for factor in assessment["factors"] for line in factor["facts"] if line["fact"] == fact}


def test_statements_are_assessed_like_the_facts_they_make(caller: TestClient) -> None:
    by_record = ask(caller, HEROIN, BENZODIAZEPINE)
    by_facts = ask(caller, facts=by_record["facts"])
    for part in ("level", "level_at_most", "points", "facts", "factors", "recommendations", "questions"):
        assert by_record[part] == by_facts[part]
    assert by_record["origins"]["overdoses"] == [0]


def test_the_facts_of_an_answer_with_its_statements_give_the_same_answer(caller: TestClient) -> None:
    first = ask(caller, HEROIN, LAR, BENZODIAZEPINE, facts={"benzodiazepine": "unknown", "alcohol": "yes"})
    again = ask(caller, HEROIN, LAR, BENZODIAZEPINE, facts=first["facts"])
    assert again == first
    assert "conflicts" not in first


def test_what_differs_is_used_at_its_more_dangerous_and_named(caller: TestClient) -> None:
    assessment = ask(caller, OXYCODONE, BENZODIAZEPINE, facts={"benzodiazepine": "no", "opioid_use_now": "yes"})
    assert assessment["conflicts"] == [
        {"fact": "benzodiazepine", "sent": "no", "derived": "yes", "used": "yes", "statements": [1]}
    ]
    assert assessment["facts"]["benzodiazepine"]["state"] == "yes"
    assert shown(assessment, "benzodiazepine") == {"conflicting"}


def test_a_record_that_implies_what_was_denied_is_a_conflict_and_no_error(caller: TestClient) -> None:
    assessment = ask(caller, OXYCODONE, facts={"opioid_use_now": "no"})
    assert [(line["fact"], line["used"]) for line in assessment["conflicts"]] == [("opioid_use_now", "yes")]


@pytest.mark.parametrize("detail", ["omeq_mg_per_day", "prescribed_opioid_days", "opioid_dose_reduced"])
def test_a_detail_denied_with_what_the_record_contradicts_is_open(detail: str, caller: TestClient) -> None:
    without_a_dose = {name: value for name, value in OXYCODONE.items() if name != "dose"}
    denied = {"prescribed_opioid": "no", detail: "no"}
    facts = ask(caller, without_a_dose, facts=denied)["facts"]
    assert facts["prescribed_opioid"]["state"] == "yes"
    assert facts[detail]["state"] == "unknown"
    assert ask(caller, HEROIN, facts=denied)["facts"][detail]["state"] == "no"


@pytest.mark.parametrize(("sent", "used"), [("60", "60"), ("20", "45")])
def test_the_higher_dose_is_used(caller: TestClient, sent: str, used: str) -> None:
    assessment = ask(caller, OXYCODONE, facts={"omeq_mg_per_day": {"state": "yes", "value": sent}})
    (conflict,) = assessment["conflicts"]
    assert conflict == {"fact": "omeq_mg_per_day", "sent": sent, "derived": "45", "used": used, "statements": [0]}
    assert assessment["facts"]["omeq_mg_per_day"]["value"] == used


def test_the_same_dose_is_no_conflict(caller: TestClient) -> None:
    assert "conflicts" not in ask(caller, OXYCODONE, facts={"omeq_mg_per_day": {"state": "yes", "value": "45.0"}})


def test_a_no_outweighs_a_record_where_no_is_the_more_dangerous(caller: TestClient) -> None:
    cancer = {"kind": "condition", "system": "ICD-10", "code": "C34.9", "recorded": "2026-06-01"}
    assessment = ask(caller, cancer, facts={"active_cancer_or_palliative": "no"})
    assert assessment["facts"]["active_cancer_or_palliative"]["state"] == "no"
    assert [line["used"] for line in assessment["conflicts"]] == ["no"]


def test_where_no_way_is_the_more_dangerous_both_stay_possible(caller: TestClient) -> None:
    assessment = ask(caller, LAR, facts={"agonist_treatment": "no"})
    assert assessment["facts"]["agonist_treatment"]["state"] == "unknown"
    assert assessment["facts"]["opioid_use_now"]["state"] == "yes"
    assert [line["fact"] for line in assessment["conflicts"]] == ["agonist_treatment"]


def test_a_contradiction_within_what_was_sent_is_still_refused(caller: TestClient) -> None:
    problem = ask(caller, HEROIN, facts={"opioid_use_now": "yes", "opioid_use_ever": "no"}, status=422)
    assert problem["errors"][0]["path"] == "/facts/opioid_use_now"


@pytest.mark.parametrize(
    ("sent", "used"),
    [
        ({"state": "yes", "items": [{"date": "2026-11-02", "substance": "opioid", "intent": "suicidal"}]}, 1),
        ({"state": "yes", "items": [{"date": "2025-01-02", "substance": "opioid"}]}, 2),
        ({"state": "yes"}, 1),
        ("unknown", 1),
        ("refused", 1),
        ("no", 1),
    ],
)
def test_lists_are_joined_and_the_same_event_counts_once(caller: TestClient, sent: Any, used: int) -> None:
    overdoses = ask(caller, HEROIN, facts={"overdoses": sent})["facts"]["overdoses"]
    assert len(overdoses["items"]) == used
    assert overdoses["state"] == "yes"


@pytest.mark.parametrize(
    ("sent", "fewest", "differ"),
    [
        ([{"date": "2026-11"}], 1, False),
        ([{"date": "2026"}], 1, False),
        ([{}], 1, False),
        ([{"within_days": 30}], 1, False),
        ([{"date": "2026-11-03"}], 1, False),
        ([{"date": "2026-11"}, {"date": "2026-10"}], 2, False),
        ([{"date": "2026-10"}], 2, True),
        ([{"within_days": 7}], 2, True),
        ([{"date": "2026-11", "substance": "other"}], 1, True),
    ],
)
def test_an_overdose_told_of_vaguely_may_be_that_of_the_record(
    sent: Any, fewest: int, differ: bool, caller: TestClient, reader: Assessor
) -> None:
    items = [{"substance": "opioid"} | item for item in sent]
    assessment = ask(caller, HEROIN, facts={"overdoses": {"state": "yes", "items": items}})
    assert [line["fact"] for line in assessment.get("conflicts", ())] == ["overdoses"] * differ
    person = reader.decide(Facts.model_validate(assessment["facts"]), date(2026, 11, 20)).person
    told = person.at_least("overdoses_in_a_year")
    assert told[0] == fewest
    assert told[1] > 1000 if differ else told[1] == 1 + len(sent)  # where they differ there may be any number
    again = ask(caller, HEROIN, facts=assessment["facts"])
    assert (again["facts"], again["points"]) == (assessment["facts"], assessment["points"])


def test_a_record_without_a_word_leaves_a_fact_open_unless_it_is_whole(caller: TestClient) -> None:
    assert "overdoses" not in ask(caller, BENZODIAZEPINE)["facts"]
    assert ask(caller, BENZODIAZEPINE, complete=["overdoses"])["facts"]["overdoses"]["state"] == "no"
    refused = ask(caller, BENZODIAZEPINE, complete=["overdoses"], facts={"overdoses": "refused"})
    assert refused["facts"]["overdoses"]["state"] == "refused"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"onset": "2026-11-21"}, "/statements/1/onset"),
        ({"onset": "2027"}, "/statements/1/onset"),
        ({"onset": "yesterday"}, "/statements/1/onset"),
        ({"status": "maybe"}, "/statements/1/status"),
        ({"kind": "rumour"}, "/statements/1"),
        ({"patient": "somebody"}, "/statements/1/?"),
        ({"code": ""}, "/statements/1/code"),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(caller: TestClient, change: dict[str, Any], path: str) -> None:
    problem = ask(caller, BENZODIAZEPINE, HEROIN | change, status=422)
    assert [error["path"] for error in problem["errors"]] == [path]


@pytest.mark.parametrize("kind", ["rumour", ["rumour"], {"rumour": 1}])
def test_a_kind_that_was_sent_is_not_repeated(kind: Any, caller: TestClient) -> None:
    answer = caller.post("/v1/assessments", json={"as_of": "2026-11-20", "statements": [HEROIN | {"kind": kind}]})
    assert answer.status_code == 422
    assert "rumour" not in answer.text


def test_a_stay_and_a_supply_may_end_later(caller: TestClient) -> None:
    ask(caller, BENZODIAZEPINE | {"end": "2027-01-01"}, {"kind": "encounter", "class": "prison", "end": "2026-12-01"})
    late = {"kind": "encounter", "class": "prison", "end": "2026-12-01", "status": "finished"}
    assert ask(caller, late, status=422)["errors"][0]["path"] == "/statements/0/end"


def test_complete_names_only_what_records_answer(caller: TestClient) -> None:
    problem = ask(caller, complete=["overdoses", "uses_alone"], status=422)
    assert problem["errors"][0]["path"] == "/complete/1"


def test_too_many_statements_are_413(caller: TestClient) -> None:
    visit = {"kind": "encounter", "class": "outpatient"}
    problem = ask(caller, *[visit] * (MAX_STATEMENTS + 1), status=413)
    assert problem["type"].endswith(":too-large")
    assert len(ask(caller, *[visit] * MAX_STATEMENTS)["not_used"]) == MAX_STATEMENTS


def test_ten_thousand_statements_with_every_field_fit(caller: TestClient) -> None:
    number = "99999999.999"
    dose = {"value": number, "unit": "microgram", "route": "transdermal", "per_day": number}
    said = BENZODIAZEPINE | {"system": "http://www.whocc.no/atc", "phase": "administered", "text": "x" * 60}
    said |= {
        "end": "2026-11-20",
        "status": "entered_in_error",
        "days_supply": 3650,
        "amount_units": number,
        "dose": dose,
    }
    assert len(ask(caller, *[said] * MAX_STATEMENTS)["not_used"]) == MAX_STATEMENTS


def test_a_release_without_records_says_so(client: TestClient) -> None:
    for sent, path in (({"statements": [HEROIN]}, "/statements"), ({"complete": ["overdoses"]}, "/complete")):
        answer = client.post("/v1/assessments", json={"as_of": "2026-11-20", "release": "0.1.0"} | sent)
        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"path": path, "reason": "this release reads no records"}]


EXTREMES = ("0", "0.001", "999999999999", "99999999.999")
ANY_DATE = st.sampled_from((None, "1900", "1900-01-01", "2024-02-29", "2026", "2026-11", "2026-11-20", "2200-12-31"))
ANY_STATEMENT = st.fixed_dictionaries(
    {"kind": st.sampled_from(("condition", "medication", "encounter", "observation"))},
    optional={
        "system": st.sampled_from(("ATC", "ICD-10", "ICPC-2", "SCT", "", "x", 1)),
        "code": st.sampled_from(("N02AA05", "N07BC02", "T40.1", "A84", "T4n", "295184007", "", "\u0130", "?" * 41)),
        "class": st.sampled_from(("prison", "emergency", "detox")),
        "status": st.sampled_from(("active", "completed", "stopped", "planned", "finished", "resolved", None)),
        "phase": st.sampled_from(("dispensed", "stopped", "administered")),
        "start": ANY_DATE,
        "end": ANY_DATE,
        "onset": ANY_DATE,
        "days_supply": st.sampled_from((0, 1, 3660, -1, "7")),
        "amount_units": st.sampled_from(EXTREMES),
        "dose": st.fixed_dictionaries(
            {"value": st.sampled_from(EXTREMES), "unit": st.sampled_from(("mg", "µg", "ug/h", "tablett"))},
            optional={"route": st.sampled_from(("oral", "transdermal")), "per_day": st.sampled_from(EXTREMES)},
        ),
    },
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(record=st.lists(ANY_STATEMENT, max_size=5))
def test_whatever_a_record_holds_it_is_assessed_or_refused_with_its_place(record: Any, caller: TestClient) -> None:
    kept = [{name: value for name, value in said.items() if name in FIELDS[said["kind"]]} for said in record]
    answer = caller.post("/v1/assessments", json={"as_of": "2026-11-20", "statements": kept})
    assert answer.status_code in (200, 422), answer.text
    if answer.status_code == 422:
        assert all(error["path"].startswith("/statements/") for error in answer.json()["errors"])


FIELDS = {
    "condition": {"kind", "system", "code", "status", "onset"},
    "medication": {"kind", "system", "code", "status", "phase", "start", "end", "days_supply", "amount_units", "dose"},
    "encounter": {"kind", "class", "status", "start", "end"},
    "observation": {"kind", "system", "code"},
}


def test_a_dose_beyond_all_measure_is_not_computed(caller: TestClient) -> None:
    dose = {"value": "999999999999", "unit": "mg", "route": "oral", "per_day": "999999999999"}
    assessment = ask(caller, OXYCODONE | {"dose": dose})
    assert "omeq_mg_per_day" not in assessment["facts"]
    assert assessment["not_used"] == [{"statement": 0, "reason": "dose_not_computable", "fact": "omeq_mg_per_day"}]


def test_the_coded_example_is_assessed(caller: TestClient) -> None:
    example = json.loads((Path(__file__).parents[2] / "examples" / "coded-record.json").read_text(encoding="utf-8"))
    answer = caller.post("/v1/assessments", json=example)
    assert answer.status_code == 200
    assessment = answer.json()["assessment"]
    assert assessment["level"] == "very_high"
    assert assessment["facts"]["omeq_mg_per_day"]["value"] == "45"
    assert assessment["facts"]["z_hypnotic"]["state"] == "no"
    assert [line["fact"] for line in assessment["conflicts"]] == ["opioid_use_now"]
