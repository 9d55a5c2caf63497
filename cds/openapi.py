"""The OpenAPI document: completed where routes read their bodies themselves, and written as YAML."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from io import StringIO
from typing import Any

from fastapi import FastAPI
from pydantic import BaseModel
from ruamel.yaml import YAML

from cds.api.problems import MEDIA_TYPE, ProblemDetails
from cds.auth.scopes import access_to

DESCRIPTION = (
    "Says what the Norwegian standards for overdose prevention say about one person at one date. Not a diagnosis, not "
    "a probability, not validated on patients. Keeps nothing about the person. Unknown is never absent: what is not "
    "sent is unknown, and every answer tells how high the level could be."
)
REF = "#/components/schemas/{model}"


def request_body(model: type[BaseModel], examples: Mapping[str, Any]) -> dict[str, Any]:
    """The `openapi_extra` of a route that reads its body itself: the request's model, and examples by name."""
    schema = model.model_json_schema(ref_template=REF)
    return {
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": schema, "examples": dict(examples)}},
        }
    }


def problems(reasons: Mapping[int, str]) -> dict[int | str, dict[str, Any]]:
    """The `responses` of a route: for each status of a problem, when it is answered."""
    schema = ProblemDetails.model_json_schema(ref_template=REF)
    return {
        status: {"description": text, "content": {MEDIA_TYPE: {"schema": schema}}} for status, text in reasons.items()
    }


def describe(app: FastAPI) -> None:
    """Let the app describe request bodies that its routes read themselves, and name every model once."""
    generate = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = deepcopy(generate())
            document["info"]["description"] = DESCRIPTION
            _who_may_call(document)
            components = document.setdefault("components", {}).setdefault("schemas", {})
            _name_once(ProblemDetails.model_json_schema(ref_template=REF), components)
            for content in _inline(document):
                content["schema"] = _name_once(content["schema"], components)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign]  # the way FastAPI documents


def _who_may_call(document: dict[str, Any]) -> None:
    """What the table of scopes asks, at each operation that is not open to everyone."""
    schemes = document.setdefault("components", {}).setdefault("securitySchemes", {})
    schemes["DPoP"] = {
        "type": "http",
        "scheme": "DPoP",
        "description": "HelseID: a token bound to a key, and in the header DPoP the proof for this request (RFC 9449)",
    }
    schemes["Bearer"] = {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "Entra ID, TokenX, Maskinporten and development tokens. An address accepts one scheme, not both",
    }
    turned_away = problems(
        {
            401: "No token, or one that does not hold; WWW-Authenticate says why",
            403: "The token does not hold a scope for this",
            429: "This client has asked too much; Retry-After says how long to wait",
        }
    )
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            access = access_to(method.upper(), path)
            if access is None or access.open:
                continue
            operation["security"] = [{"DPoP": []}, {"Bearer": []}]
            operation["x-any-of-scopes"] = sorted(scope.value for scope in access.any_of)
            for status, response in turned_away.items():
                operation["responses"].setdefault(str(status), deepcopy(response))


def _name_once(schema: dict[str, Any], components: dict[str, Any]) -> dict[str, str]:
    """Put a model and what it is made of among the components; its reference.

    What a request may hold replaces what an answer holds under the same name: it allows the short forms as well.
    """
    components |= schema.pop("$defs", {}) | {schema["title"]: schema}
    return {"$ref": REF.format(model=schema["title"])}


def _inline(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Bodies, asked and answered, in which a route has written a whole model."""
    for path in document["paths"].values():
        for operation in path.values():
            for body in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in body.get("content", {}).values():
                    if "properties" in content.get("schema", {}):
                        yield content


def as_yaml(app: FastAPI) -> str:
    """The document as it stands in `openapi.yaml`."""
    yaml = YAML()
    yaml.width = 120
    yaml.default_flow_style = False
    text = StringIO()
    yaml.dump(app.openapi(), text)
    return text.getvalue()
