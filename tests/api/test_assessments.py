"""What a caller sends to POST /v1/assessments, and what comes back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cds.api.examples import REQUEST_EXAMPLES
from tests.frozen import IN_FORCE, NEXT, TODAY, without_receipt

BUNDLED = Path(__file__).parents[2] / "examples" / "released-from-prison.json"
RELEASED: dict[str, Any] = json.loads(BUNDLED.read_text(encoding="utf-8"))
EVERYTHING: dict[str, Any] = {
    "as_of": "2026-11-20",
    "language": "nn",
    "facts": {
        "role": {"state": "yes", "value": "person_at_risk"},
        "age": {"state": "yes", "value": "041"},
        "prescribed_opioid": {"state": "yes", "asked_on": "2026-11-01"},
        "omeq_mg_per_day": {"state": "yes", "value": "52.50"},
        "agonist_medicine": {"state": "not_applicable"},
        "injecting_opioids": {"state": "yes", "within_days": 30, "asked_on": "2026-10-01"},
        "transitions": {"state": "yes", "items": [{"kind": "hospital", "date": "2026-09", "resumed": "2026-10"}]},
        "overdoses": {"state": "yes", "items": [{"within_days": 90}, {"date": "2019", "substance": "other"}]},
        "losses": {"state": "yes", "items": [{"kind": "bereavement"}]},
        "planned_exit": {"state": "yes", "date": "2027-01"},
        "naloxone": "yes",
        "naloxone_expires": {"state": "yes", "date": "2028-02"},
        "alcohol": "refused",
        "lonely": None,
    },
}
PERSONS = {
    **{name: example["value"] for name, example in REQUEST_EXAMPLES.items() if name != "emergency"},
    "bundled": RELEASED,
    "every kind of fact": EVERYTHING,
    "nothing known": {"as_of": "2026-11-20"},
    "next of kin": {"as_of": "2026-11-20", "facts": {"role": {"state": "yes", "value": "next_of_kin"}}},
}


def assess(caller: TestClient, body: dict[str, Any]) -> dict[str, Any]:
    """The assessment for a request that can be assessed."""
    answer = caller.post("/v1/assessments", json=body)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    assessment: dict[str, Any] = answer.json()["assessment"]
    return assessment


def refused(caller: TestClient, body: dict[str, Any], status: int = 422) -> dict[str, Any]:
    """The problem for a request that cannot."""
    answer = caller.post("/v1/assessments", json=body)
    assert answer.status_code == status, answer.text
    problem: dict[str, Any] = answer.json()
    return problem


def factors(assessment: dict[str, Any], outcome: str) -> set[str]:
    return {line["id"] for line in assessment["factors"] if line["outcome"] == outcome}


def test_the_bundled_example_is_very_high_and_says_why(caller: TestClient) -> None:
    assessment = assess(caller, RELEASED)
    assert assessment["level"] == assessment["level_at_most"] == "very_high"
    assert {"lost-tolerance", "injecting", "earlier-overdose"} <= factors(assessment, "present")
    assert "prescribed-dose" in factors(assessment, "unknown")
    lost = next(line for line in assessment["factors"] if line["id"] == "lost-tolerance")
    assert lost["points"] == {"at_least": 6, "at_most": 6}
    assert lost["because"]
    assert {line["source"] for line in lost["evidence"]} <= assessment["sources"].keys()
    assert any("2026-11-15" in (fact.get("dates") or ()) for fact in lost["facts"])


@pytest.mark.parametrize("name", REQUEST_EXAMPLES)
def test_every_example_of_the_interface_description_can_be_assessed(caller: TestClient, name: str) -> None:
    assessment = assess(caller, REQUEST_EXAMPLES[name]["value"])
    assert assessment["level"] in {"released": "very_high", "prescribed": "undetermined", "emergency": "acute"}[name]


def test_without_a_date_the_day_at_the_edge_is_assessed(caller: TestClient) -> None:
    assert assess(caller, {})["as_of"] == TODAY.isoformat()


def test_a_date_after_today_is_refused_and_today_is_not(caller: TestClient) -> None:
    assert refused(caller, {"as_of": "2026-11-23"})["errors"] == [{"path": "/as_of", "reason": "lies after today"}]
    assert assess(caller, {"as_of": "2026-11-22"})["as_of"] == "2026-11-22"


def test_a_date_long_ago_is_assessed_under_the_release_in_force_today(caller: TestClient) -> None:
    assessment = assess(caller, {"as_of": "2020-02-29", "facts": {"opioid_use_now": "yes"}})
    assert assessment["as_of"] == "2020-02-29"
    assert assessment["provenance"]["release"] == IN_FORCE


def test_nothing_sent_is_unknown_and_not_low(caller: TestClient) -> None:
    assessment = assess(caller, {})
    assert (assessment["level"], assessment["level_at_most"]) == ("undetermined", "very_high")
    assert not factors(assessment, "present")
    assert factors(assessment, "unknown")


def test_a_bare_state_says_the_same_as_the_fact_spelt_out(caller: TestClient) -> None:
    short = {"benzodiazepine": "yes", "alcohol": "refused", "naloxone": "no", "transitions": "no", "lonely": "unknown"}
    spelt = {name: {"state": state} for name, state in short.items()}
    assert assess(caller, {"facts": short}) == assess(caller, {"facts": spelt})


def test_no_lowers_the_upper_bound_and_unknown_does_not(caller: TestClient) -> None:
    def at_most(state: str) -> int:
        return int(assess(caller, {"facts": {"early_onset": state}})["points"]["at_most"])

    assert at_most("no") < at_most("unknown") == at_most("refused") == assess(caller, {})["points"]["at_most"]


def test_a_release_can_be_named_also_before_it_is_in_force(caller: TestClient) -> None:
    default, named = assess(caller, {}), assess(caller, {"release": IN_FORCE})
    assert default == named
    assert default["provenance"]["digest"].startswith("sha256:")
    assert assess(caller, {"release": NEXT})["provenance"]["release"] == NEXT


def test_a_release_nobody_froze_is_404(caller: TestClient) -> None:
    problem = refused(caller, {"release": "9.9.9"}, 404)
    assert problem["type"].endswith(":unknown-release")
    assert "9.9.9" not in json.dumps(problem)


def test_the_three_languages_tell_the_same_in_their_own_words(caller: TestClient) -> None:
    told = {language: assess(caller, {**RELEASED, "language": language}) for language in ("nb", "nn", "en")}
    assert {language: answer["language"] for language, answer in told.items()} == {"nb": "nb", "nn": "nn", "en": "en"}
    assert len({answer["label"] for answer in told.values()}) == 3
    for part in ("level", "level_at_most", "points", "facts"):
        assert told["nb"][part] == told["nn"][part] == told["en"][part]
    titles = [tuple(line["title"] for line in answer["factors"]) for answer in told.values()]
    assert len(set(titles)) == 3
    default = assess(caller, {key: value for key, value in RELEASED.items() if key != "language"})
    assert default == told["nb"]


def test_all_questions_come_only_when_wanted_and_begin_with_the_same_ones(caller: TestClient) -> None:
    few, every = assess(caller, {}), assess(caller, {"include": ["all_questions"]})
    assert 0 < len(few["questions"]) <= 7 < len(every["questions"])
    assert every["questions"][: len(few["questions"])] == few["questions"]
    places = [question["place"] for question in every["questions"]]
    assert places == sorted(places)


def test_a_question_is_not_asked_again_once_it_is_answered(caller: TestClient) -> None:
    def asked(body: dict[str, Any]) -> set[str]:
        answer = assess(caller, {"include": ["all_questions"], **body})
        return {ask["fact"] for question in answer["questions"] for ask in question["asks"]}

    assert "alcohol" in asked({})
    assert "alcohol" not in asked({"facts": {"alcohol": "no"}})
    assert "alcohol" in asked({"facts": {"alcohol": "refused"}})


@pytest.mark.parametrize("role", ["next_of_kin", "bereaved"])
def test_people_close_by_get_no_level(caller: TestClient, role: str) -> None:
    assessment = assess(caller, {"facts": {"role": {"state": "yes", "value": role}, "opioid_use_now": "yes"}})
    assert assessment["level"] == "not_applicable"
    assert assessment["meaning"]
    assert "level_at_most" not in assessment
    assert "points" not in assessment


def test_an_emergency_gets_the_steps_and_nothing_that_delays_them(caller: TestClient) -> None:
    assessment = assess(caller, {**EVERYTHING, "facts": {**EVERYTHING["facts"], "overdose_now": "yes"}})
    assert assessment["level"] == "acute"
    (block,) = assessment["acute"]
    assert block["id"] == "overdose_now"
    assert "113" in block["steps"][0]
    assert assessment["provenance"]["release"] == IN_FORCE
    absent = ("level_at_most", "points", "factors", "recommendations", "questions", "facts", "cautions")
    assert not [part for part in absent if part in assessment]


def test_all_emergencies_are_told_in_their_order(caller: TestClient) -> None:
    facts = {"suicidal_plan_or_intent": "yes", "overdose_last_hours": "yes", "overdose_now": "yes"}
    blocks = assess(caller, {"facts": facts})["acute"]
    assert [block["id"] for block in blocks] == ["overdose_now", "overdose_last_hours", "suicide_now"]


def test_an_emergency_is_told_to_next_of_kin_too(caller: TestClient) -> None:
    facts = {"role": {"state": "yes", "value": "next_of_kin"}, "overdose_now": "yes"}
    assert assess(caller, {"facts": facts})["level"] == "acute"


@pytest.mark.parametrize("name", PERSONS)
def test_the_facts_of_an_answer_sent_back_give_the_same_bytes(caller: TestClient, name: str) -> None:
    first = caller.post("/v1/assessments", json=PERSONS[name])
    assessment = first.json()["assessment"]
    again = {**PERSONS[name], "as_of": assessment["as_of"], "facts": assessment["facts"]}
    assert without_receipt(caller.post("/v1/assessments", json=again).content) == without_receipt(first.content)


@pytest.mark.parametrize("name", [*PERSONS, "emergency"])
def test_no_answer_holds_a_float(caller: TestClient, name: str) -> None:
    body = PERSONS.get(name) or REQUEST_EXAMPLES[name]["value"]
    answer = caller.post("/v1/assessments", json={**body, "include": ["all_questions"]})
    assert answer.status_code == 200

    def refuse(number: str) -> None:
        pytest.fail(f"{number} is a float")

    json.loads(answer.content, parse_float=refuse, parse_constant=refuse)


def test_a_decimal_comes_back_as_the_string_it_was(caller: TestClient) -> None:
    assert assess(caller, EVERYTHING)["facts"]["omeq_mg_per_day"]["value"] == "52.50"


def test_the_order_of_the_keys_does_not_matter(caller: TestClient) -> None:
    turned = {**RELEASED, "facts": dict(reversed(RELEASED["facts"].items()))}
    one, other = (caller.post("/v1/assessments", json=body).content for body in (turned, RELEASED))
    assert without_receipt(one) == without_receipt(other)


def test_the_municipality_never_moves_the_level(caller: TestClient) -> None:
    told = [assess(caller, {**RELEASED, "municipality": municipality}) for municipality in ("0301", "4601")]
    for part in ("level", "level_at_most", "points", "factors", "facts"):
        assert told[0][part] == told[1][part]


def test_things_to_come_may_lie_ahead(caller: TestClient) -> None:
    facts = {
        "planned_exit": {"state": "yes", "date": "2027-01-15"},
        "naloxone_expires": {"state": "yes", "date": "2029"},
    }
    assert assess(caller, {"as_of": "2026-11-20", "facts": facts})["facts"] == facts


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ({"facts": {"benzodiazepine": 1}}, {"path": "/facts/benzodiazepine", "reason": "is not an object"}),
        ({"facts": []}, {"path": "/facts", "reason": "is not an object"}),
        ({"statements": {}}, {"path": "/statements", "reason": "is not a list"}),
        (None, {"path": "", "reason": "is not an object"}),
    ],
)
def test_a_wrong_type_is_told_in_words_of_json(caller: TestClient, body: Any, line: dict[str, str]) -> None:
    assert caller.post("/v1/assessments", content=json.dumps(body)).json()["errors"] == [line]


def test_a_release_is_named_by_plain_digits(caller: TestClient) -> None:
    assert caller.post("/v1/assessments", json={"release": "٠.١.٠"}).status_code == 422
