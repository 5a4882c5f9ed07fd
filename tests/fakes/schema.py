"""Holding an answer to the OpenAPI document: nothing missing, nothing of another type, nothing more than it says."""

from functools import cache
from typing import Any

from jsonschema import Draft202012Validator

from web.api.app import describe


@cache
def _closed() -> dict[str, Any]:
    """The components, with every object closed."""
    components: dict[str, Any] = describe()["components"]
    for schema in components["schemas"].values():
        if "properties" in schema:
            schema["additionalProperties"] = False
    return components


def faults(value: Any, component: str) -> list[str]:
    """What is wrong with it as that component."""
    schema = {"$ref": f"#/components/schemas/{component}", "components": _closed()}
    return [f"{error.json_path}: {error.message[:200]}" for error in Draft202012Validator(schema).iter_errors(value)]
