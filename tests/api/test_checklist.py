"""A district asks itself where it stands, and unknown is never in place."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from cds.api.checklists import EXAMPLES
from tests import advice_release

RANKS = ["skal", "må", "bør", "viktig", "kan", "oppfordres", "frarådes", "none"]
ITEMS = advice_release.advice().checklist
NATIONAL = [item for item in ITEMS if item.area == "national"]
OSLO_ONLY = [item for item in ITEMS if item.area == "oslo" and item.elsewhere is None]
COUNTERPARTS = [item for item in ITEMS if item.area == "oslo" and item.elsewhere is not None]
URL = "/v1/checklists/district"
NONSENSE = "Kari-Nordmann-was-here"


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    with TestClient(advice_release.service(tmp_path_factory.mktemp("rules"))) as client:
        yield client


def stands(caller: TestClient, answers: dict[str, str], **more: str) -> dict[str, Any]:
    """Where a district stands with these answers."""
    answer = caller.post(URL, json={"answers": answers} | more)
    assert answer.status_code == 200, answer.text
    body: dict[str, Any] = answer.json()
    return body


def status(answer: dict[str, Any]) -> dict[str, str]:
    return {item["id"]: item["status"] for group in answer["gaps"] for item in group["items"]}


def test_the_list_has_every_item_in_all_languages_with_its_source(caller: TestClient) -> None:
    body = caller.get(URL).json()
    assert [item["id"] for item in body["items"]] == [item.id for item in ITEMS]
    assert body["answers"] == ["yes", "partly", "no", "unknown"]
    for item, written in zip(body["items"], ITEMS, strict=True):
        assert len(set(item["question"].values())) == 3
        assert set(item["question"]) == {"nb", "nn", "en"}
        assert (item["modality"], item["area"], item["statement"]) == (
            written.modality,
            written.area,
            written.statement,
        )
        (line,) = item["evidence"]
        assert line["statement"] == written.statement
        assert line["locator"]
        assert line["source"] in body["sources"]
    assert {"not-about-a-person", "oslo-only", "outside-oslo"} <= {caution["id"] for caution in body["cautions"]}
    assert body["release"] == advice_release.WITH


def test_each_item_can_be_named_in_one_way_only() -> None:
    keys = [key for item in ITEMS for key in (item.id, item.statement)]
    assert len(keys) == len(set(keys))


def test_an_item_keeps_the_rank_of_the_statement_it_asks_about() -> None:
    for item in ITEMS:
        rank = advice_release.content().statements[item.statement].modality
        ranks = rank if isinstance(rank, list) else [rank]
        assert item.modality in ranks or (item.modality == "none" and not set(ranks) & set(RANKS)), item.id


def test_gaps_come_by_rank_and_no_before_partly_before_unknown(caller: TestClient) -> None:
    answers = {item.id: ("no", "partly", "unknown")[index % 3] for index, item in enumerate(ITEMS)}
    gaps = stands(caller, answers)["gaps"]
    ranks = [group["modality"] for group in gaps]
    assert ranks == [rank for rank in RANKS if rank in ranks]
    assert {item["id"]: group["modality"] for group in gaps for item in group["items"]} == {
        item.id: item.modality for item in ITEMS
    }
    for group in gaps:
        places = [("no", "partly", "unknown").index(item["status"]) for item in group["items"]]
        assert places == sorted(places)
        assert all(item["evidence"] and item["question"] and item["actor"] for item in group["items"])


def test_all_in_place_leaves_no_gap_and_nothing_to_settle(caller: TestClient) -> None:
    answer = stands(caller, {item.id: "yes" for item in ITEMS})
    assert answer["gaps"] == []
    assert answer["to_settle"] == []
    assert answer["counts"] == {"yes": len(ITEMS), "partly": 0, "no": 0, "unknown": 0}


def test_what_is_not_answered_is_unknown_and_not_in_place(caller: TestClient) -> None:
    silent = stands(caller, {})
    assert silent["counts"] == {"yes": 0, "partly": 0, "no": 0, "unknown": len(ITEMS)}
    assert status(silent) == {item.id: "unknown" for item in ITEMS}
    assert [one["id"] for one in silent["to_settle"]] == [item.id for item in ITEMS]
    assert silent == stands(caller, {item.id: "unknown" for item in ITEMS})
    bare = caller.post(URL, json={})
    assert bare.json() == silent


def test_each_answer_is_counted_as_what_it_is(caller: TestClient) -> None:
    first, second, third, fourth = (item.id for item in ITEMS[:4])
    answer = stands(caller, {first: "yes", second: "partly", third: "no", fourth: "unknown"})
    assert answer["counts"] == {"yes": 1, "partly": 1, "no": 1, "unknown": len(ITEMS) - 3}
    found = status(answer)
    assert first not in found
    assert (found[second], found[third], found[fourth]) == ("partly", "no", "unknown")
    assert {second, third}.isdisjoint(one["id"] for one in answer["to_settle"])


def test_the_code_of_a_statement_names_its_item_too(caller: TestClient) -> None:
    by_id = stands(caller, {"alert-routine-without-gaps": "partly"})
    assert by_id == stands(caller, {"OS-T10-R1": "partly"})
    assert status(by_id)["alert-routine-without-gaps"] == "partly"


def test_outside_oslo_all_is_asked_but_what_is_oslo_s_own_and_that_is_named(caller: TestClient) -> None:
    answer = stands(caller, {}, municipality="4601")
    assert set(status(answer)) == {item.id for item in (*NATIONAL, *COUNTERPARTS)}
    assert answer["counts"]["unknown"] == len(NATIONAL) + len(COUNTERPARTS)
    assert [item["id"] for item in answer["left_out"]] == [item.id for item in OSLO_ONLY]
    assert len(ITEMS) == answer["counts"]["unknown"] + len(answer["left_out"])
    told = {caution["id"] for caution in answer["cautions"]}
    assert {"good-practice-outside-oslo", "left-out-outside-oslo"} <= told


def test_outside_oslo_what_the_oslo_standard_asks_has_no_rank_but_the_one_it_has_there(caller: TestClient) -> None:
    groups = stands(caller, {}, municipality="4601")["gaps"]
    found = {item["id"]: (group["modality"], item.get("rank_in_oslo")) for group in groups for item in group["items"]}
    assert all(found[item.id] == ("none", item.modality) for item in COUNTERPARTS)
    assert all(found[item.id] == (item.modality, None) for item in NATIONAL)


@pytest.mark.parametrize(
    ("municipality", "said", "unsaid"),
    [("4601", "kommunen", "bydel"), ("0301", "bydelen", "{"), (None, "bydelen/kommunen", "{")],
)
def test_the_place_is_called_what_it_is(caller: TestClient, municipality: str | None, said: str, unsaid: str) -> None:
    answer = stands(caller, {}, **({} if municipality is None else {"municipality": municipality}))
    words = [f"{item['actor']} {item['question']}" for group in answer["gaps"] for item in group["items"]]
    assert any(said in text for text in words)
    assert not any(unsaid in text for text in words)
    assert "left_out" not in answer or municipality == "4601"


def test_in_oslo_every_item_is_asked_and_where_the_place_is_unknown_too(caller: TestClient) -> None:
    oslo, somewhere = stands(caller, {}, municipality="0301"), stands(caller, {})
    assert status(oslo) == status(somewhere)
    areas = {item["id"]: item["area"] for group in somewhere["gaps"] for item in group["items"]}
    assert areas == {item.id: item.area for item in ITEMS}
    assert "outside-oslo" not in {caution["id"] for caution in oslo["cautions"]}
    assert "outside-oslo" in {caution["id"] for caution in somewhere["cautions"]}


def test_the_answer_says_that_it_is_not_about_a_person_and_what_it_rests_on(caller: TestClient) -> None:
    answer = stands(caller, {}, language="en")
    assert "not about a person" in answer["cautions"][0]["text"]
    assert answer["provenance"]["release"] == advice_release.WITH
    assert answer["provenance"]["engines"] == []
    cited = {line["source"] for group in answer["gaps"] for item in group["items"] for line in item["evidence"]}
    assert cited == answer["sources"].keys()


def test_each_language_has_questions_and_cautions_of_its_own(caller: TestClient) -> None:
    answers = [stands(caller, {}, language=language) for language in ("nb", "nn", "en")]
    for part in ("to_settle", "cautions"):
        for lines in zip(*(answer[part] for answer in answers), strict=True):
            texts = {line.get("question", line.get("text")) for line in lines}
            assert len(texts) == 3, texts


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({"answers": {NONSENSE: "yes"}}, "/answers/?"),
        ({"answers": {"one-contact-point": NONSENSE}}, "/answers/one-contact-point"),
        ({"answers": {"OS-T08-R1": True}}, "/answers/OS-T08-R1"),
        ({"answers": {"one-contact-point": None}}, "/answers/one-contact-point"),
        ({"answers": {"one-contact-point": "yes", "OS-T08-R1": "yes"}}, "/answers/OS-T08-R1"),
        ({"answers": [NONSENSE]}, "/answers"),
        ({"answers": {}, NONSENSE: "x"}, "/?"),
        ({"answers": {}, "language": NONSENSE}, "/language"),
        ({"answers": {}, "municipality": NONSENSE}, "/municipality"),
        ({"answers": {}, "release": NONSENSE}, "/release"),
        ([NONSENSE], ""),
    ],
)
def test_what_is_wrong_is_named_by_its_place_and_never_repeated(caller: TestClient, body: Any, path: str) -> None:
    answer = caller.post(URL, json=body)
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["path"] for error in answer.json()["errors"]] == [path]
    assert NONSENSE not in answer.text


def test_everything_wrong_is_told_at_once(caller: TestClient) -> None:
    answers = {NONSENSE: "yes", "one-contact-point": "maybe", "overdose-network": "sometimes"}
    errors = caller.post(URL, json={"answers": answers}).json()["errors"]
    assert [error["path"] for error in errors] == [
        "/answers/?",
        "/answers/one-contact-point",
        "/answers/overdose-network",
    ]


def test_an_item_of_oslo_answered_from_elsewhere_is_refused_and_not_dropped(caller: TestClient) -> None:
    item = OSLO_ONLY[0].id
    answer = caller.post(URL, json={"municipality": "4601", "answers": {item: "yes"}})
    assert answer.status_code == 422
    assert [error["path"] for error in answer.json()["errors"]] == [f"/answers/{item}"]


def test_a_release_without_a_checklist_is_answered_with_a_problem(caller: TestClient) -> None:
    without = advice_release.WITHOUT
    for answer in (caller.get(URL, params={"release": without}), caller.post(URL, json={"release": without})):
        assert (answer.status_code, answer.json()["type"]) == (404, "urn:cds-overdose:problem:not-in-release")
    assert caller.get(URL, params={"release": "9.9.9"}).status_code == 404


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_example_of_the_interface_description_is_answered(caller: TestClient, name: str) -> None:
    assert caller.post(URL, json=EXAMPLES[name]["value"]).status_code == 200
