"""The OpenAPI document: the one of FastAPI, completed with our bodies and problems."""

from typing import Any, Final

import orjson
from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from actors.commands import AcknowledgeReminder, AddTags, PatchTask, SetPriority, SnoozeReminder
from web.api.auth.bodies import ChangePassword, Login, Register
from web.api.edge.models import Problem
from web.api.edge.operation import PROBLEMS, SHARED_HEADERS, SHARED_PARAMETERS
from web.api.me.bodies import PatchMe
from web.api.quick_add.bodies import Line, QuickAdd
from web.api.series.bodies import CreateSeries, MoveSlot, PatchSeries, PreviewSeries, SkipSlot, StopSeries
from web.api.stream.models import STREAMED
from web.api.tags.bodies import RenameTag
from web.api.tasks.bodies import Bulk, CreateTask
from web.api.tokens.bodies import CreateToken

_REF: Final = "#/components/schemas/{model}"
_DESCRIPTION: Final = """
Tasks with reminders that fire on time, exactly once in effect.

Log in with a session cookie, or send a personal access token as `Authorization: Bearer duely_…`.
Problems are `application/problem+json` with a `code`. Every change of tasks, series, tags and the profile
takes `Idempotency-Key`. A read waits until it shows everything you did before it; if that takes more than 2 s, it
answers 503. `Duely-Consistency: eventual` reads without waiting.
""".strip()
_BODIES: Final[dict[type[BaseModel], dict[str, Any]]] = {  # each body that the API accepts, with its example
    CreateTask: {
        "title": "Pay rent",
        "due": {"local": "2026-12-01T09:00", "zone": "Europe/Berlin"},
        "priority": "high",
        "tags": ["home"],
        "reminders": [{"offset_minutes": 30}],
    },
    CreateSeries: {
        "title": "Water the plants",
        "tags": ["home"],
        "rule": "FREQ=WEEKLY;BYDAY=MO,TH",
        "start": {"local": "2026-11-23T09:00", "zone": "Europe/Berlin"},
    },
    PatchSeries: {"rule": "FREQ=WEEKLY;BYDAY=TU", "from_slot": "2026-12-03T09:00"},
    PreviewSeries: {
        "rule": "FREQ=MONTHLY;BYMONTHDAY=31",
        "start": {"local": "2026-12-31T09:00", "zone": "Europe/Berlin"},
        "count": 5,
    },
    SkipSlot: {"slot": "2026-12-03T09:00"},
    MoveSlot: {"slot": "2026-12-03T09:00", "to": {"local": "2026-12-04T10:00", "zone": "Europe/Berlin"}},
    StopSeries: {"keep": True},
    PatchTask: {"title": "Pay the rent", "due": None},
    SetPriority: {"priority": "urgent"},
    AddTags: {"tags": ["home"]},
    SnoozeReminder: {"minutes": 10},
    AcknowledgeReminder: {},
    Bulk: {"action": "set_priority", "ids": ["0b9f7a52-7c7f-5a5e-9b0e-3f0a4f6f2d11"], "args": {"priority": "low"}},
    QuickAdd: {"text": "Pay rent every month on the 1st at 9am #home !high"},
    Line: {"text": "Pay rent every month on the 1st at 9am #home !high"},
    RenameTag: {"name": "household"},
    Register: {"email": "ada@example.org", "password": "a long phrase of yours", "timezone": "Europe/Berlin"},
    Login: {"email": "ada@example.org", "password": "a long phrase of yours"},
    ChangePassword: {"current_password": "a long phrase of yours", "new_password": "another phrase of yours"},
    PatchMe: {"timezone": "Europe/Berlin", "defaults": {"reminder_offset_minutes": 15}},
    CreateToken: {"name": "Backup script", "scopes": ["read"], "expires_in_days": 90},
}


def document(app: FastAPI) -> dict[str, Any]:
    """Returns the whole document."""
    described = get_openapi(
        title=app.title,
        version=app.version,
        openapi_version="3.1.0",
        description=_DESCRIPTION,
        routes=app.routes,
    )
    return _completed(described)


def _completed(described: dict[str, Any]) -> dict[str, Any]:
    components = described.setdefault("components", {})
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
    _share(described["paths"])
    components["parameters"] = dict(SHARED_PARAMETERS)
    components["headers"] = dict(SHARED_HEADERS)
    components["securitySchemes"] = {
        "session": {
            "type": "apiKey",
            "in": "cookie",
            "name": "duely",
            "description": "`__Host-duely` over https; on a port other than the usual one, it follows: `duely-8000`",
        },
        "token": {"type": "http", "scheme": "bearer", "description": "A personal access token"},
    }
    return described


def _share(paths: dict[str, Any]) -> None:
    """Writes what many operations have in common once: whoever loads the document reads it whole."""
    parameters = {orjson.dumps(said): name for name, said in SHARED_PARAMETERS.items()}
    headers = {orjson.dumps(said): name for name, said in SHARED_HEADERS.items()}
    for operation in (operation for path in paths.values() for operation in path.values()):
        operation["parameters"] = [_shared(said, "parameters", parameters) for said in operation.pop("parameters", [])]
        for answer in operation["responses"].values():
            said = answer.get("headers", {})
            said.update({name: _shared(header, "headers", headers) for name, header in said.items()})


def _shared(said: dict[str, Any], kind: str, names: dict[bytes, str]) -> dict[str, Any]:
    name = names.get(orjson.dumps(said))
    return said if name is None else {"$ref": f"#/components/{kind}/{name}"}


def _our_schemas() -> dict[str, Any]:
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = []
    wanted.extend((body, "validation") for body in _BODIES)
    wanted.extend((model, "serialization") for model in (Problem, *STREAMED))
    _, definitions = models_json_schema(wanted, ref_template=_REF)
    schemas: dict[str, Any] = definitions.get("$defs", {})
    for body, example in _BODIES.items():
        schemas[body.__name__]["examples"] = [example]
    return schemas


def written(app_document: dict[str, Any]) -> bytes:
    """Returns the document as it is committed."""
    return orjson.dumps(app_document, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS) + b"\n"
