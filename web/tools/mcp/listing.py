"""The catalogue as MCP lists it: schemas without what only costs tokens, and annotations from the hints."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from actors.replies import Json
from web.caller import Caller
from web.tools.tool import Tool

# A model learns nothing from them: unknown fields are refused with a sentence, and titles repeat the names.
_DROPPED: Final = frozenset({"title", "additionalProperties"})
_OF_NAMES: Final = frozenset({"properties", "$defs"})
_REF: Final = "#/$defs/"


def listed(tools: Iterable[Tool], caller: Caller) -> list[Json]:
    """Returns the tools that the caller may use, in the order of the catalogue."""
    return [described(tool) for tool in tools if caller.may(tool.scope)]


@lru_cache(maxsize=100)
def described(tool: Tool) -> Json:
    """Returns a tool as the wire has it."""
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": _lean(tool.input.model_json_schema()),
        "outputSchema": _outline(tool.output.model_json_schema(mode="serialization")),
        "annotations": {
            "readOnlyHint": tool.hints.read_only,
            "destructiveHint": tool.hints.destructive,
            "idempotentHint": tool.hints.idempotent,
            "openWorldHint": False,
        },
    }


def _lean(node: Any) -> Any:
    """Returns a schema without the words that are dropped, and without null beside a type."""
    if isinstance(node, list):
        return [_lean(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    kept = {key: value for key, value in _without_null(node).items() if key not in _DROPPED}
    return {
        key: {name: _lean(inner) for name, inner in value.items()} if key in _OF_NAMES else _lean(value)
        for key, value in kept.items()
    }


def _without_null(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns `T` for `T or null` whose default is null: who has no value leaves it out, and some clients know no null."""
    options = [option for option in node.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == len(node.get("anyOf", ())):
        return node
    rest = {key: value for key, value in node.items() if key != "anyOf" and not (key == "default" and value is None)}
    return {**options[0], **rest} if len(options) == 1 else {"anyOf": options, **rest}


def _outline(schema: Json) -> Json:
    """Returns the fields of an output with their types alone: what a tool answers explains itself when it comes."""
    fields = {name: _type(field, schema.get("$defs", {})) for name, field in schema["properties"].items()}
    return {"type": "object", "properties": fields, "required": schema.get("required", [])}


def _type(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Json:
    node = _without_null(node)
    if "$ref" in node:
        return _type(definitions[node["$ref"].removeprefix(_REF)], definitions)
    if node.get("type") == "array":
        return {"type": "array", "items": _type(node["items"], definitions)}
    return {"type": node["type"]} if "type" in node else {}
