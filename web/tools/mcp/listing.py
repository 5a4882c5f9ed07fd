"""The catalogue as MCP lists it: JSON Schemas without what only costs tokens, and annotations from the hints."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, Final

from pydantic import BaseModel

from web.caller import Caller
from web.tools.tool import Tool

_DROPPED: Final = frozenset({"title"})
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
        "inputSchema": schema_of(tool.input, "validation"),
        "outputSchema": schema_of(tool.output, "serialization"),
        "annotations": {
            "title": tool.title,
            "readOnlyHint": tool.hints.read_only,
            "destructiveHint": tool.hints.destructive,
            "idempotentHint": tool.hints.idempotent,
            "openWorldHint": False,
        },
    }


def schema_of(model: type[BaseModel], mode: Any) -> dict[str, Any]:
    """Returns the model's schema without titles, and without null beside a type: some clients cannot read that."""
    lean = _lean(model.model_json_schema(mode=mode))
    assert isinstance(lean, dict)  # noqa: S101  an object stays one
    return lean


def _lean(node: Any, *, names: bool = False) -> Any:
    """Returns the node without titles; with `names` its keys are names of properties, which stay."""
    if isinstance(node, list):
        return [_lean(item) for item in node]
    if not isinstance(node, Mapping):
        return node
    if names:
        return {key: _lean(value) for key, value in node.items()}
    kept = {
        key: value for key, value in _without_null(node).items() if key not in _DROPPED or not isinstance(value, str)
    }
    return {key: _lean(value, names=key in _OF_NAMES) for key, value in kept.items()}


def _without_null(node: Mapping[str, Any]) -> Mapping[str, Any]:
    """Returns `T` for `T or null` whose default is null: who has no value leaves the field out."""
    options = [option for option in node.get("anyOf", ()) if option != {"type": "null"}]
    if "anyOf" not in node or len(options) == len(node["anyOf"]):
        return node
    rest = {key: value for key, value in node.items() if key != "anyOf" and not (key == "default" and value is None)}
    return {**options[0], **rest} if len(options) == 1 else {"anyOf": options, **rest}
