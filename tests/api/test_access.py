"""Access: every route of the OpenAPI document, asked by the owner. A route without a row fails.

tests/hostile/test_matrix.py asks as everybody else.
"""

from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from tests.fakes.belongings import belongings
from tests.fakes.schema import faults
from tests.fakes.world import PASSWORD, World
from web.api.app import describe

pytestmark = pytest.mark.api


@dataclass(frozen=True)
class Call:
    """A request for one of Ada's things, and the status that she gets."""

    owner: int
    body: Any = None
    query: str = ""


CALLS: dict[str, Call] = {
    "create_task": Call(201, body={"title": "x"}),
    "list_tasks": Call(200),
    "get_task": Call(200),
    "patch_task": Call(200, body={"title": "y"}),
    "delete_task": Call(200),
    "complete_task": Call(200),
    "reopen_task": Call(200),
    "restore_task": Call(200),
    "purge_task": Call(204),
    "set_priority": Call(200, body={"priority": "high"}),
    "snooze_reminder": Call(200, body={"minutes": 10}),
    "acknowledge_reminder": Call(200, body={}),
    "add_tags": Call(200, body={"tags": ["x"]}),
    "remove_tag": Call(200),
    "remove_recurrence": Call(200),
    "create_series": Call(201, body={"title": "x", "rule": "FREQ=DAILY", "start": {"date": "2027-01-01"}}),
    "preview_series": Call(200, body={"rule": "FREQ=DAILY", "start": {"date": "2027-01-01"}}),
    "list_series": Call(200),
    "quick_add": Call(201, body={"text": "x"}),
    "parse_quick_add": Call(200, body={"text": "x"}),
    "get_series": Call(200),
    "patch_series": Call(200, body={"title": "y"}),
    "delete_series": Call(200),
    "pause_series": Call(200),
    "resume_series": Call(200),
    "stop_series": Call(200, body={}),
    "skip_slot": Call(200, body={"slot": "{slot}"}),
    "unskip_slot": Call(404, body={"slot": "{slot}"}),  # nothing is skipped
    "move_slot": Call(200, body={"slot": "{slot}", "to": {"date": "2027-01-01"}}),
    "list_occurrences": Call(200),
    "get_reminder": Call(200),
    "bulk_tasks": Call(200, body={"action": "complete", "ids": ["{task_id}"]}),
    "list_tags": Call(200),
    "rename_tag": Call(200, body={"name": "House"}),
    "delete_tag": Call(200),
    "list_reminders": Call(200, query="?task_id={task_id}"),
    "list_ledger": Call(200, query="?task_id={task_id}"),
    "chat": Call(200, body={"message": "hello"}),
    "get_chat_about": Call(200),
    "list_conversations": Call(200),
    "get_conversation": Call(200),
    "patch_conversation": Call(200, body={"title": "x"}),
    "delete_conversation": Call(204),
    "stop_conversation": Call(200),
    "list_notifications": Call(200),
    "read_notification": Call(200),
    "read_all_notifications": Call(200),
    "list_activity": Call(200, query="?task_id={task_id}"),
    "list_task_activity": Call(200),
    "undo_activity": Call(200),
    "list_change_sets": Call(200),
    "get_change_set": Call(200),
    "revert_change_set": Call(200),
    "stream": Call(0),  # tests/api/test_stream.py
    "get_me": Call(200),
    "patch_me": Call(200, body={"name": "Me"}),
    "register": Call(201, body={"email": "ada@example.org", "password": PASSWORD}),
    "login": Call(200, body={"email": "ada@example.org", "password": PASSWORD}),
    "logout": Call(204),
    "change_password": Call(204, body={"current_password": PASSWORD, "new_password": PASSWORD}),
    "list_sessions": Call(200),
    "end_session": Call(204),
    "end_other_sessions": Call(204),
    "create_token": Call(201, body={"name": "x", "scopes": ["read"]}),
    "list_tokens": Call(200),
    "revoke_token": Call(204),
    "health_live": Call(200),
    "health_ready": Call(200),
}


def filled(text: Any, ids: dict[str, str]) -> Any:
    if isinstance(text, str):
        for name, value in ids.items():
            text = text.replace(f"{{{name}}}", value)
        return text
    if isinstance(text, dict):
        return {key: filled(value, ids) for key, value in text.items()}
    return [filled(value, ids) for value in text] if isinstance(text, list) else text


DOCUMENT = describe()
ROUTES = [
    (method.upper(), path, operation["operationId"])
    for path, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
]


def test_every_route_has_a_row() -> None:
    assert {operation_id for _, _, operation_id in ROUTES} == CALLS.keys()


async def test_the_owner_reaches_each_and_gets_what_is_documented(here: World, ada: httpx.AsyncClient) -> None:
    for method, path, operation_id in ROUTES:
        call = CALLS[operation_id]
        if not call.owner or operation_id == "logout":
            continue
        ids = await belongings(here, ada, "ada@example.org")
        if operation_id == "restore_task":
            await ada.delete(f"/api/v1/tasks/{ids['task_id']}")
        answer = await ada.request(method, filled(path + call.query, ids), json=filled(call.body, ids))
        assert answer.status_code == call.owner, (method, path, answer.text)
        content = DOCUMENT["paths"][path][method.lower()]["responses"].get(str(answer.status_code), {}).get("content")
        if content and "application/json" in content and "$ref" in content["application/json"]["schema"]:
            name = content["application/json"]["schema"]["$ref"].rpartition("/")[2]
            assert faults(answer.json(), name) == [], (method, path)
        if operation_id in {"login", "register"}:
            assert (await ada.get("/api/v1/me")).status_code == 200


async def test_what_the_sidecar_may_ask_is_nowhere_on_this_side(here: World) -> None:
    for path in ("/actors/TaskActor/x/method/turn", "/dapr/config", "/dapr/subscribe", "/healthz", "/job/archive"):
        for method in ("GET", "POST", "PUT", "DELETE"):
            assert (await here.client().request(method, path)).status_code == 404, (method, path)


async def test_a_person_has_so_many_tokens_and_is_told_what_to_do_then(ada: httpx.AsyncClient) -> None:
    body = {"name": "script", "scopes": ["read"]}
    made = [(await ada.post("/api/v1/tokens", json=body)).json()["id"] for _ in range(100)]
    refused = await ada.post("/api/v1/tokens", json=body)
    assert (refused.status_code, refused.json()["code"]) == (409, "too_many_tokens")
    assert (await ada.delete(f"/api/v1/tokens/{made[0]}")).status_code == 204
    assert (await ada.post("/api/v1/tokens", json=body)).status_code == 201
