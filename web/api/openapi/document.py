"""The OpenAPI document: FastAPI's, with our bodies and problems in it."""

from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from web.api import bodies, models
from web.api.edge.operation import PROBLEMS

_REF: Final = "#/components/schemas/{model}"
_DESCRIPTION: Final = """
Tasks with reminders that fire on time, exactly once in effect.

Log in with a session cookie, or send a personal access token as `Authorization: Bearer duely_…`.
Problems are `application/problem+json` with a `code`. Every change of tasks, series, tags and the profile
takes `Idempotency-Key`. A read shows all that you
did before it; where that is not possible within 2 s it answers 503, and `Duely-Consistency: eventual` reads what there is.
""".strip()
_EXAMPLES: Final[dict[str, dict[str, Any]]] = {
    "CreateTask": {
        "title": "Pay rent",
        "due": {"local": "2026-12-01T09:00", "zone": "Europe/Berlin"},
        "priority": "high",
        "tags": ["home"],
        "reminders": [{"offset_minutes": 30}],
    },
    "CreateSeries": {
        "title": "Water the plants",
        "tags": ["home"],
        "rule": "FREQ=WEEKLY;BYDAY=MO,TH",
        "start": {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"},
    },
    "PatchSeries": {"rule": "FREQ=WEEKLY;BYDAY=TU", "from_slot": "2026-12-03T09:00"},
    "PreviewSeries": {
        "rule": "FREQ=MONTHLY;BYMONTHDAY=31",
        "start": {"local": "2026-12-31T09:00", "zone": "Europe/Berlin"},
        "count": 5,
    },
    "SkipSlot": {"slot": "2026-12-03T09:00"},
    "MoveSlot": {"slot": "2026-12-03T09:00", "to": {"local": "2026-12-04T10:00", "zone": "Europe/Berlin"}},
    "StopSeries": {"keep": True},
    "PatchTask": {"title": "Pay the rent", "due": None},
    "SetPriority": {"priority": "urgent"},
    "AddTags": {"tags": ["home"]},
    "SnoozeReminder": {"minutes": 10},
    "AcknowledgeReminder": {},
    "Bulk": {"action": "set_priority", "ids": ["0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11"], "args": {"priority": "low"}},
    "RenameTag": {"name": "household"},
    "Register": {"email": "ada@example.org", "password": "a long phrase of yours", "timezone": "Europe/Berlin"},
    "Login": {"email": "ada@example.org", "password": "a long phrase of yours"},
    "ChangePassword": {"current_password": "a long phrase of yours", "new_password": "another phrase of yours"},
    "PatchMe": {"timezone": "Europe/Berlin", "defaults": {"reminder_offset_minutes": 15}},
    "CreateToken": {"name": "Backup script", "scopes": ["read"], "expires_in_days": 90},
}


def document(app: FastAPI) -> dict[str, Any]:
    """The whole document."""
    found = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=_DESCRIPTION,
        routes=app.routes,
    )
    return _completed(found)


def _completed(found: dict[str, Any]) -> dict[str, Any]:
    components = found.setdefault("components", {})
    components["schemas"] = dict(sorted({**components.get("schemas", {}), **_our_schemas()}.items()))
    components["schemas"].pop("HTTPValidationError", None)
    components["schemas"].pop("ValidationError", None)
    components["responses"] = {
        f"Problem{code}": {
            "description": description,
            "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
        for code, description in PROBLEMS.items()
    }
    components["securitySchemes"] = {
        "session": {"type": "apiKey", "in": "cookie", "name": "duely", "description": "`__Host-duely` over https"},
        "token": {"type": "http", "scheme": "bearer", "description": "A personal access token"},
    }
    return found


def _our_schemas() -> dict[str, Any]:
    accepted: list[type[BaseModel]] = [getattr(bodies, name) for name in bodies.__all__]
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    wanted.extend((model, "validation") for model in accepted)
    wanted.extend((model, "serialization") for model in (models.Problem, *models.STREAMED))
    _, definitions = models_json_schema(wanted, ref_template=_REF)
    schemas: dict[str, Any] = definitions.get("$defs", {})
    for name, example in _EXAMPLES.items():
        schemas[name]["examples"] = [example]
    return schemas


def written(app_document: dict[str, Any]) -> bytes:
    """The document as it is committed."""
    return orjson.dumps(app_document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
