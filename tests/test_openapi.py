"""The description of the interface: up to date, true to what is answered, and safe to throw anything at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
import schemathesis
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode

from cds.openapi import as_yaml
from tests.frozen import service_over, two_releases

COMMITTED = Path(__file__).parents[1] / "openapi.yaml"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    return service_over(two_releases(tmp_path_factory.mktemp("rules")))


@pytest.fixture(scope="module")
def document(app: FastAPI) -> dict[str, Any]:
    """The description as it is served."""
    served: dict[str, Any] = TestClient(app).get("/openapi.json").json()
    return served


@schemathesis.serializer("application/x-ndjson")
def one_line(_: schemathesis.SerializationContext, value: Any) -> bytes:
    """What is thrown at the route that takes a person per line: one line of it."""
    return value if isinstance(value, bytes) else json.dumps(value, default=str).encode()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation with its path and method."""
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def holds(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    """A value is what a schema of the description says."""
    validator = jsonschema_rs.validator_for({**schema, "components": document["components"]}, validate_formats=True)
    assert [f"{error.instance_path}: {error.message}" for error in validator.iter_errors(value)] == []


def test_the_committed_description_is_up_to_date(app: FastAPI) -> None:
    assert COMMITTED.exists(), "make openapi writes it"
    assert COMMITTED.read_text(encoding="utf-8") == as_yaml(app), "make openapi writes it anew"


def test_the_description_says_what_the_service_is_not(document: dict[str, Any]) -> None:
    for words in ("Not a diagnosis", "not validated on patients", "Unknown is never absent"):
        assert words in document["info"]["description"]


def test_every_operation_has_a_name_of_its_own_and_says_what_it_does(document: dict[str, Any]) -> None:
    names = [operation.get("operationId") for _, _, operation in operations(document)]
    assert len(set(names)) == len(names)
    assert all(operation.get("summary") for _, _, operation in operations(document))


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            if isinstance(value.get("$ref"), str):
                yield value["$ref"]
            for part in value.values():
                yield from references(part)
        elif isinstance(value, list):
            for part in value:
                yield from references(part)

    known = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
    assert set(references(document)) <= known


def examples(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any], Any]]:
    """Every example of a request: its path, method, operation and value."""
    for path, method, operation in operations(document):
        body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        for example in body.get("examples", {}).values():
            yield path, method, operation, example["value"]


def test_every_example_is_a_request_as_described(document: dict[str, Any]) -> None:
    assert {path for path, *_ in examples(document)} >= {"/v1/assessments"}
    for _, _, operation, value in examples(document):
        holds(document, operation["requestBody"]["content"]["application/json"]["schema"], value)


def test_every_example_is_answered_as_described(app: FastAPI, document: dict[str, Any]) -> None:
    client = TestClient(app)
    for path, method, operation, value in examples(document):
        answer = client.request(method, path, json=value)
        assert answer.status_code == 200, (path, answer.text)
        holds(document, operation["responses"]["200"]["content"]["application/json"]["schema"], answer.json())


def test_what_is_answered_without_being_asked_much_is_as_described(app: FastAPI, document: dict[str, Any]) -> None:
    client = TestClient(app)
    for path in ("/v1/facts", "/v1/releases", "/health"):
        described = document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        holds(document, described, client.get(path).json())


def test_problems_are_as_described(app: FastAPI, document: dict[str, Any]) -> None:
    responses = document["paths"]["/v1/assessments"]["post"]["responses"]
    bodies = {"400": b"{", "404": b'{"release": "9.9.9"}', "413": b" " * 4_200_000, "422": b'{"facts": {"alcohol": 1}}'}
    for status, body in bodies.items():
        answer = TestClient(app).post("/v1/assessments", content=body)
        assert str(answer.status_code) == status
        holds(document, responses[status]["content"]["application/problem+json"]["schema"], answer.json())


@pytest.mark.parametrize(
    "value",
    ["52.5", "0.143", "999999999999", "0", "0.142857", "52.", ".5", "-1", "1e3", "+1", "1234567890123", " 1", ""],
)
def test_a_decimal_of_a_statement_is_accepted_where_the_description_says_so(
    app: FastAPI, document: dict[str, Any], value: str
) -> None:
    schemas = document["components"]["schemas"]
    dose = {"value": value, "unit": "mg", "per_day": value}
    said = {"kind": "medication", "system": "ATC", "code": "N02AA05", "dose": dose, "amount_units": value}
    observed = {"kind": "observation", "system": "LOINC", "code": "39156-5", "value": value}
    for name, statement in (("MedicationStatement", said), ("ObservationStatement", observed)):
        schema = {**schemas[name], "components": document["components"]}
        answer = TestClient(app).post("/v1/assessments", json={"statements": [statement]})
        assert (answer.status_code == 200) == jsonschema_rs.validator_for(schema).is_valid(statement), answer.text
        assert answer.status_code in (200, 422)


def test_the_description_says_what_each_reason_for_not_using_a_statement_means(document: dict[str, Any]) -> None:
    schemas = document["components"]["schemas"]
    reason = schemas["NotUsed"]["properties"]["reason"]
    assert [name for name in reason["enum"] if f"{name}: " not in reason["description"]] == []
    assert "missing_per_day: " in schemas["NotComputableLine"]["properties"]["reason"]["description"]


@schemathesis.serializer("application/hl7-v2")
def as_bytes(_: object, value: object) -> bytes:
    """A body that is no JSON, as it is sent."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda mode: mode.value)
def test_whatever_is_sent_the_service_does_not_fail(app: FastAPI, mode: GenerationMode) -> None:
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    described = [found.ok() for found in schema.get_all_operations()]
    strategies = [operation.as_strategy(generation_mode=mode) for operation in described]

    @settings(max_examples=60, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(strategies))
    def sent(case: schemathesis.Case) -> None:
        answer = case.call()
        assert answer.status_code < 500
        if answer.status_code >= 400:
            assert answer.headers["content-type"] == ["application/problem+json"]

    sent()
