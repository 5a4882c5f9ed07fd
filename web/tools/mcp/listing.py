"""The catalogue as MCP lists it: JSON Schemas without what only costs tokens, and annotations from the hints."""

from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any, Final

from web.caller import Caller
from web.tools.tool import Tool

# A model learns nothing from them: unknown fields are refused with a sentence, and titles repeat the names.
_DROPPED: Final = frozenset({"title", "additionalProperties"})
# What a tool answers explains itself when it comes; a client only checks its types.
_DROPPED_OF_OUTPUTS: Final = _DROPPED | {
    "description",
    "default",
    "maxLength",
    "minLength",
    "pattern",
    "format",
    "examples",
}
_OF_NAMES: Final = frozenset({"properties", "$defs"})


def listed(tools: Iterable[Tool], caller: Caller) -> list[dict[str, Any]]:
    """Returns the tools that the caller may use, in the order of the catalogue."""
    return [described(tool) for tool in tools if caller.may(tool.scope)]


@lru_cache(maxsize=100)
def described(tool: Tool) -> dict[str, Any]:
    """Returns a tool as the wire has it."""
    return {
        "name": tool.name,
        "title": tool.title,
        "description": tool.description,
        "inputSchema": _lean(tool.input.model_json_schema(), _DROPPED),
        "outputSchema": _lean(tool.output.model_json_schema(mode="serialization"), _DROPPED_OF_OUTPUTS),
        "annotations": {
            "readOnlyHint": tool.hints.read_only,
            "destructiveHint": tool.hints.destructive,
            "idempotentHint": tool.hints.idempotent,
            "openWorldHint": False,
        },
    }


def _lean(node: Any, dropped: AbstractSet[str]) -> Any:
    """Returns a schema without the words dropped, and without null beside a type: some clients cannot read that."""
    if isinstance(node, list):
        return [_lean(item, dropped) for item in node]
    if not isinstance(node, Mapping):
        return node
    kept = {key: value for key, value in _without_null(node).items() if key not in dropped}
    return {
        key: {name: _lean(schema, dropped) for name, schema in value.items()}
        if key in _OF_NAMES
        else _lean(value, dropped)
        for key, value in kept.items()
    }


def _without_null(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns `T` for `T or null` whose default is null: who has no value leaves the field out."""
    options = [option for option in node.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == len(node.get("anyOf", ())):
        return node
    rest = {key: value for key, value in node.items() if key != "anyOf" and not (key == "default" and value is None)}
    return {**options[0], **rest} if len(options) == 1 else {"anyOf": options, **rest}
