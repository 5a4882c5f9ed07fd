"""Checks a response against the OpenAPI document: no field missing, of another type, or not in the document."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from web.api.app import describe


@cache
def _closed() -> dict[str, Any]:
    """Returns the components, with every object closed to other fields."""
    components: dict[str, Any] = describe()["components"]
    for schema in components["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return components


def faults(value: Any, component: str) -> list[str]:
    """Returns what is wrong with the value as that component; nothing if it is valid."""
    schema = {"$ref": f"#/components/schemas/{component}", "components": _closed()}
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(value)]
