"""The JSON Schemas of the events, kept in actors/schemas. `python -m actors.event_schemas` writes them anew."""

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from actors.events import EVENTS
from actors.replies import Json

FOLDER = Path(__file__).with_name("schemas")
_INSTANT = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"}


def schema_of(event_type: str) -> Json:
    """Returns the schema of a CloudEvent with its data. Releases may add members; they remove none."""
    data: Json = _untitled(TypeAdapter(EVENTS[event_type]).json_schema(ref_template="#/$defs/{model}"))
    definitions = data.pop("$defs", {})
    required: Json = {
        "specversion": {"const": "1.0"},
        "id": {"type": "string", "pattern": r"^[A-Za-z]+Actor:[0-9a-f-]{36}:\d+:\d+$"},
        "source": {"type": "string", "pattern": r"^/[A-Za-z]+Actor/[0-9a-f-]{36}$"},
        "type": {"const": event_type},
        "subject": {"type": "string", "format": "uuid"},
        "time": _INSTANT,
        "datacontenttype": {"const": "application/json"},
        "data": data,
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": event_type,
        "type": "object",
        "properties": required,
        "required": list(required),
        "$defs": definitions,
    }


def _untitled(schema: Any) -> Any:
    """Returns the schema without pydantic's titles, which repeat names. A property named title, whose value is no text, stays."""
    if isinstance(schema, dict):
        return {key: _untitled(value) for key, value in schema.items() if key != "title" or isinstance(value, dict)}
    return [_untitled(entry) for entry in schema] if isinstance(schema, list) else schema


def schema_texts() -> dict[str, str]:
    """Returns the schema files: name → content."""
    return {f"{name}.json": json.dumps(schema_of(name), indent=2) + "\n" for name in EVENTS}


def write() -> None:
    """Writes all schema files."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in schema_texts().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
