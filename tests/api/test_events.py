"""What a district is told to do after something has happened, and with what rank."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cds import __version__
from cds.api.events import EXAMPLES
from cds.content.advice import URGENCIES
from tests import advice_release
from tests.frozen import TODAY

KINDS = [event.id for event in advice_release.advice().events]
ALERTS = ("alert_received", "alert_ended")
NONSENSE = "Kari-Nordmann-was-here"


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(advice_release.service(tmp_path_factory.mktemp("rules"))) as client:
        yield client


def told(caller: TestClient, event: str, **more: str) -> dict[str, Any]:
    """The answer for an event that can be answered."""
    answer = caller.post("/v1/events", json={"event": event} | more)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def refused(caller: TestClient, body: Any) -> list[dict[str, str]]:
    """The places of everything wrong."""
    answer = caller.post("/v1/events", json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    errors: list[dict[str, str]] = answer.json()["errors"]
    return errors


def by_id(answer: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {duty["id"]: duty for duty in answer["duties"]}


def test_all_five_kinds_of_events_have_duties() -> None:
    assert set(KINDS) == {"overdose_death", "bereaved_known", "next_of_kin_known", *ALERTS}


@pytest.mark.parametrize("kind", KINDS)
def test_every_duty_keeps_the_rank_of_its_source_and_says_where_it_stands(caller: TestClient, kind: str) -> None:
    answer = told(caller, kind)
    written = next(event for event in advice_release.advice().events if event.id == kind)
    duties = by_id(answer)
    assert {id_: duty["modality"] for id_, duty in duties.items()} == {d.id: d.modality for d in written.duties}
    for duty in duties.values():
        assert duty["statements"]
        assert {line["source"] for line in duty["evidence"]} <= answer["sources"].keys()
        assert duty["actor"]
        assert duty["text"]


@pytest.mark.parametrize(
    ("kind", "duty", "rank"),
    [
        ("overdose_death", "death-tell-crisis-team", "må"),
        ("overdose_death", "death-as-sudden-death", "bør"),
        ("overdose_death", "death-outreach", "viktig"),
        ("overdose_death", "death-grief-offer", "bør"),
        ("overdose_death", "death-current-knowledge", "skal"),
        ("alert_received", "alert-stop-gap", "skal"),
        ("alert_received", "alert-pass-on", "skal"),
        ("alert_ended", "alert-announce-end", "må"),
        ("bereaved_known", "bereaved-tell-crisis-team", "må"),
        ("bereaved_known", "bereaved-grief-offer", "bør"),
        ("next_of_kin_known", "kin-support", "kan"),
    ],
)
def test_ranks_are_those_of_measures_nine_and_ten(caller: TestClient, kind: str, duty: str, rank: str) -> None:
    assert by_id(told(caller, kind))[duty]["modality"] == rank


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_most_urgent_comes_first(caller: TestClient, kind: str) -> None:
    places = [URGENCIES.index(duty["urgency"]) for duty in told(caller, kind)["duties"]]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("kind", "stop_gap"), [("alert_received", "alert-stop-gap"), ("alert_ended", "alert-end-stop-gap")]
)
def test_an_absent_recipient_raises_the_stop_gap_first(caller: TestClient, kind: str, stop_gap: str) -> None:
    first = told(caller, kind, usual_recipient_absent="yes")["duties"][0]
    assert (first["id"], first["status"], first["urgency"]) == (stop_gap, "recommended", "now")
    assert "ask" not in first


@pytest.mark.parametrize(
    ("kind", "stop_gap"), [("alert_received", "alert-stop-gap"), ("alert_ended", "alert-end-stop-gap")]
)
def test_a_recipient_who_is_there_needs_no_stop_gap(caller: TestClient, kind: str, stop_gap: str) -> None:
    there = told(caller, kind, usual_recipient_absent="no")
    assert stop_gap not in by_id(there)
    absent = told(caller, kind, usual_recipient_absent="yes")
    assert there["duties"] == absent["duties"][1:]


@pytest.mark.parametrize("kind", ALERTS)
def test_whether_the_recipient_is_away_being_unknown_is_not_the_same_as_there(caller: TestClient, kind: str) -> None:
    silent, unknown = told(caller, kind), told(caller, kind, usual_recipient_absent="unknown")
    assert silent == unknown
    open_ = [duty for duty in unknown["duties"] if duty["status"] == "if_confirmed"]
    assert [(duty["urgency"], duty["ask"]) for duty in open_] == [("now", "usual_recipient_absent")]
    assert all(duty["status"] == "recommended" and "ask" not in duty for duty in unknown["duties"][1:])


def test_the_end_of_an_alert_must_be_announced_the_same_day(caller: TestClient) -> None:
    duty = by_id(told(caller, "alert_ended"))["alert-announce-end"]
    assert (duty["modality"], duty["urgency"], duty["statements"]) == ("må", "same_day", ["OS-T10-R2"])


def test_reviewing_a_death_is_expected_and_not_yet_a_recommendation(caller: TestClient) -> None:
    answer = told(caller, "overdose_death", language="en")
    review = by_id(answer)["death-review"]
    assert (review["code"], review["modality"]) == ("M32", "expected")
    assert "no recommendation" in review["caution"]
    conflict = next(caution for caution in answer["cautions"] if caution["id"] == "X14")
    assert "no recommendation yet" in conflict["text"]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "overdose_death"])
def test_the_silence_of_measure_twelve_is_told_with_deaths_only(caller: TestClient, kind: str) -> None:
    assert "X14" not in {caution["id"] for caution in told(caller, kind)["cautions"]}


@pytest.mark.parametrize("kind", KINDS)
def test_each_language_has_texts_of_its_own(caller: TestClient, kind: str) -> None:
    answers = [told(caller, kind, language=language) for language in ("nb", "nn", "en")]
    for nb, nn, en in zip(*(answer["duties"] for answer in answers), strict=True):
        assert len({nb["text"], nn["text"], en["text"]}) == 3
        assert nb["id"] == nn["id"] == en["id"]
    assert told(caller, kind) == answers[0]


@pytest.mark.parametrize(
    ("more", "said"), [({}, True), ({"municipality": "4601"}, True), ({"municipality": "0301"}, False)]
)
def test_what_advice_from_oslo_is_worth_elsewhere_is_said_unless_the_place_is_oslo(
    caller: TestClient, more: dict[str, str], said: bool
) -> None:
    assert ("outside-oslo" in {caution["id"] for caution in told(caller, "alert_received", **more)["cautions"]}) is said


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("municipality", "unsaid"), [("0301", ("kommun", "municipal")), ("4601", ("bydel", "district"))]
)
def test_oslo_has_districts_and_elsewhere_the_municipality_answers(
    caller: TestClient, kind: str, municipality: str, unsaid: tuple[str, str]
) -> None:
    for language in ("nb", "nn", "en"):
        words = [
            f"{duty['actor']} {duty['text']} {duty.get('caution')}"
            for duty in told(caller, kind, municipality=municipality, language=language)["duties"]
        ]
        assert [text for text in words if any(word in text.lower() for word in unsaid) or "{" in text] == []
    somewhere = told(caller, kind)
    assert somewhere["duties"] == told(caller, kind, municipality="4601")["duties"]


def test_the_answer_says_what_it_rests_on_and_that_no_rules_were_evaluated(caller: TestClient) -> None:
    answer = told(caller, "overdose_death", as_of="2026-11-20")
    provenance = answer["provenance"]
    assert (provenance["release"], provenance["service"]) == (advice_release.WITH, __version__)
    assert provenance["digest"].startswith("sha256:")
    assert provenance["engines"] == []
    assert answer["as_of"] == "2026-11-20"
    assert told(caller, "overdose_death")["as_of"] == TODAY.isoformat()


def test_an_event_after_today_is_refused(caller: TestClient) -> None:
    errors = refused(caller, {"event": "overdose_death", "as_of": "2026-11-23"})
    assert errors == [{"path": "/as_of", "reason": "lies after today"}]


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ALERTS])
@pytest.mark.parametrize("absent", ["yes", "no", "unknown"])
def test_who_receives_alerts_is_asked_with_alerts_only(caller: TestClient, kind: str, absent: str) -> None:
    errors = refused(caller, {"event": kind, "usual_recipient_absent": absent})
    assert [error["path"] for error in errors] == ["/usual_recipient_absent"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "/event"),
        ({"event": NONSENSE}, "/event"),
        ({"event": "alert_received", "usual_recipient_absent": NONSENSE}, "/usual_recipient_absent"),
        ({"event": "alert_received", "usual_recipient_absent": True}, "/usual_recipient_absent"),
        ({"event": "alert_received", "municipality": NONSENSE}, "/municipality"),
        ({"event": "alert_received", "language": NONSENSE}, "/language"),
        ({"event": "alert_received", "release": NONSENSE}, "/release"),
        ({"event": "alert_received", "as_of": NONSENSE}, "/as_of"),
        ({"event": "alert_received", NONSENSE: "x"}, "/?"),
        ([NONSENSE], ""),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_never_repeated(caller: TestClient, body: Any, path: str) -> None:
    assert path in [error["path"] for error in refused(caller, body)]
    assert NONSENSE not in caller.post("/v1/events", json=body).text


@pytest.mark.parametrize("field", ["name", "facts", "statements", "age", "patient", "identity_number"])
def test_there_is_no_field_for_a_person(caller: TestClient, field: str) -> None:
    (error,) = refused(caller, {"event": "overdose_death", field: NONSENSE})
    assert error["reason"].startswith("no such field")


def test_a_release_without_duties_is_answered_with_a_problem(caller: TestClient) -> None:
    answer = caller.post("/v1/events", json={"event": "overdose_death", "release": advice_release.WITHOUT})
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:cds-overdose:problem:not-in-release")
    answer = caller.post("/v1/events", json={"event": "overdose_death", "release": "9.9.9"})
    assert (answer.status_code, answer.json()["type"]) == (404, "urn:cds-overdose:problem:unknown-release")


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_of_the_interface_description_is_answered(caller: TestClient, name: str) -> None:
    value: Any = EXAMPLES[name]["value"]
    assert caller.post("/v1/events", json=value).status_code == 200


def test_the_interface_description_names_each_request_once(caller: TestClient) -> None:
    document = caller.get("/openapi.json").json()
    for path, model in {
        "/v1/assessments": "AssessmentRequest",
        "/v1/events": "EventRequest",
        "/v1/checklists/district": "ChecklistRequest",
    }.items():
        body = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert body["schema"] == {"$ref": f"#/components/schemas/{model}"}
        assert document["components"]["schemas"][model]["additionalProperties"] is False
    assert "$defs" not in str(document)
