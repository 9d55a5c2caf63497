"""The OpenAPI document: completed where routes read their bodies themselves, and written as YAML."""

from __future__ import annotations

from io import StringIO
from typing import Any

from fastapi import FastAPI
from pydantic import TypeAdapter
from ruamel.yaml import YAML

DESCRIPTION = (
    "Says what the Norwegian standards for overdose prevention say about one person at one date. Not a diagnosis, not "
    "a probability, not validated on patients. Keeps nothing about the person. Unknown is never absent: what is not "
    "sent is unknown, and every answer tells how high the level could be."
)


def describe(app: FastAPI) -> None:
    """Let the app describe request bodies that its routes read themselves."""
    generate = app.openapi

    def complete() -> dict[str, Any]:
        if app.openapi_schema is None:
            from cds.api.assessments import AssessmentRequest  # noqa: PLC0415 - the routes import the app's parts

            document = generate()
            document["info"]["description"] = DESCRIPTION
            template = "#/components/schemas/{model}"
            schema = TypeAdapter(AssessmentRequest).json_schema(ref_template=template, mode="validation")
            components = document.setdefault("components", {}).setdefault("schemas", {})
            components |= schema.pop("$defs", {})
            components["AssessmentRequest"] = schema
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = complete  # type: ignore[method-assign]


def as_yaml(app: FastAPI) -> str:
    """The document as it stands in `openapi.yaml`."""
    yaml = YAML()
    yaml.width = 120
    yaml.default_flow_style = False
    text = StringIO()
    yaml.dump(app.openapi(), text)
    return text.getvalue()
