"""Access: every route of the OpenAPI document, asked by the owner, by another user and by nobody. A route without a row fails."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx
import pytest

from tests.fakes.schema import faults
from tests.fakes.world import PASSWORD, World
from web.api.app import describe

pytestmark = pytest.mark.api


@dataclass(frozen=True)
class Call:
    """A request for one of Ada's things, and the statuses that the owner, somebody else and nobody get.

    `other` is None for a route about the caller alone: somebody else gets their own.
    """

    owner: int
    other: int | None = None
    body: Any = None
    query: str = ""
    nobody: int = 401


TASK = SERIES = 404
CALLS: dict[str, Call] = {
    "create_task": Call(201, body={"title": "x"}),
    "list_tasks": Call(200),
    "get_task": Call(200, TASK),
    "patch_task": Call(200, TASK, {"title": "y"}),
    "delete_task": Call(200, TASK),
    "complete_task": Call(200, TASK),
    "reopen_task": Call(200, TASK),
    "restore_task": Call(200, TASK),
    "purge_task": Call(204, TASK),
    "set_priority": Call(200, TASK, {"priority": "low"}),
    "snooze_reminder": Call(200, TASK, {"minutes": 10}),
    "acknowledge_reminder": Call(200, TASK, {}),
    "add_tags": Call(200, TASK, {"tags": ["x"]}),
    "remove_tag": Call(200, TASK),
    "remove_recurrence": Call(200, TASK),
    "create_series": Call(201, body={"title": "x", "rule": "FREQ=DAILY", "start": {"date": "2027-01-01"}}),
    "preview_series": Call(200, body={"rule": "FREQ=DAILY", "start": {"date": "2027-01-01"}}),
    "list_series": Call(200),
    "get_series": Call(200, SERIES),
    "patch_series": Call(200, SERIES, {"title": "y"}),
    "delete_series": Call(200, SERIES),
    "pause_series": Call(200, SERIES),
    "resume_series": Call(200, SERIES),
    "stop_series": Call(200, SERIES, {}),
    "skip_slot": Call(200, SERIES, {"slot": "{slot}"}),
    "unskip_slot": Call(404, SERIES, {"slot": "{slot}"}),  # nothing is skipped
    "move_slot": Call(200, SERIES, {"slot": "{slot}", "to": {"date": "2027-01-01"}}),
    "list_occurrences": Call(200, SERIES),
    "get_reminder": Call(200, 404),
    "bulk_tasks": Call(200, body={"action": "complete", "ids": ["{task_id}"]}),
    "list_tags": Call(200),
    "rename_tag": Call(200, body={"name": "House"}),
    "delete_tag": Call(200),
    "list_reminders": Call(200, query="?task_id={task_id}"),
    "list_ledger": Call(200, query="?task_id={task_id}"),
    "list_notifications": Call(200),
    "read_notification": Call(200, 404),
    "read_all_notifications": Call(200),
    "list_activity": Call(200, query="?task_id={task_id}"),
    "list_task_activity": Call(200, 404),
    "undo_activity": Call(200, 404),
    "stream": Call(0),  # tests/api/test_stream.py
    "get_me": Call(200),
    "patch_me": Call(200, body={"name": "Me"}),
    "register": Call(201, 201, {"email": "ada@example.org", "password": PASSWORD}, nobody=201),
    "login": Call(200, 200, {"email": "ada@example.org", "password": PASSWORD}, nobody=200),
    "logout": Call(204),
    "change_password": Call(204, body={"current_password": PASSWORD, "new_password": PASSWORD}),
    "list_sessions": Call(200),
    "end_session": Call(204, 404),
    "end_other_sessions": Call(204),
    "create_token": Call(201, body={"name": "x", "scopes": ["read"]}),
    "list_tokens": Call(200),
    "revoke_token": Call(204, 404),
    "health_live": Call(200, nobody=200),
    "health_ready": Call(200, nobody=200),
}


async def hers(here: World, ada: httpx.AsyncClient) -> dict[str, str]:
    """Returns the id of one of each of Ada's things, by its name in paths."""
    due = here.clock.now() + timedelta(minutes=10)
    body = {
        "title": "Secret plan",
        "tags": ["hidden"],
        "due": {"local": f"{due:%Y-%m-%dT%H:%M}", "zone": "UTC"},
        "reminders": [{"offset_minutes": 5}],
        "recurrence": {"rule": "FREQ=DAILY"},
    }
    task = (await ada.post("/api/v1/tasks", json=body)).json()
    await ada.patch(f"/api/v1/tasks/{task['id']}", json={"title": "Secret plans"})
    here.clock.move(minutes=5)
    await here.actors.tick("TaskActor", task["id"])
    activity = (await ada.get("/api/v1/activity", params={"type": "task.updated"})).json()["items"]
    other = here.client()
    await other.post("/api/v1/auth/login", json={"email": "ada@example.org", "password": PASSWORD})
    sessions = (await ada.get("/api/v1/auth/sessions")).json()["items"]
    return {
        "task_id": task["id"],
        "series_id": task["series_id"],
        "slot": task["occurrence"]["slot"],
        "reminder_id": task["reminders"][0]["id"],
        "tag": "hidden",
        "position": str(activity[0]["id"]),
        "notification_id": (await ada.get("/api/v1/notifications")).json()["items"][0]["id"],
        "token_id": (await ada.post("/api/v1/tokens", json={"name": "x", "scopes": ["read"]})).json()["id"],
        "session_id": next(session["id"] for session in sessions if not session["current"]),
    }


def filled(text: Any, ids: dict[str, str]) -> Any:
    if isinstance(text, str):
        for name, value in ids.items():
            text = text.replace(f"{{{name}}}", value)
        return text
    if isinstance(text, dict):
        return {key: filled(value, ids) for key, value in text.items()}
    return [filled(value, ids) for value in text] if isinstance(text, list) else text


ROUTES = [
    (method.upper(), path, operation["operationId"])
    for path, methods in describe()["paths"].items()
    for method, operation in methods.items()
]


def test_every_route_has_a_row() -> None:
    assert {operation_id for _, _, operation_id in ROUTES} == CALLS.keys()


async def test_nobody_and_others_reach_nothing(here: World, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    ids = await hers(here, ada)
    before = (await ada.get(f"/api/v1/tasks/{ids['task_id']}")).json()
    made_up = {**ids, "task_id": "0" * 8 + ids["task_id"][8:], "position": "999999", "notification_id": "0" * 32}
    made_up |= {name: "0" * 8 + ids[name][8:] for name in ("series_id", "reminder_id")}
    made_up |= {"token_id": "0" * 32, "session_id": "0" * 16}
    for method, path, operation_id in ROUTES:
        call = CALLS[operation_id]
        if not call.owner:
            continue
        target, body = filled(path + call.query, ids), filled(call.body, ids)
        nobody = await here.client().request(method, target, json=body)
        assert nobody.status_code == call.nobody, (method, path, nobody.text)
        if operation_id in {"register", "login", "logout", "end_other_sessions", "change_password"}:
            continue  # these would sign Bob out or in, and are about the caller alone
        theirs = await bob.request(method, target, json=body)
        assert "Secret" not in theirs.text, (method, path)
        assert theirs.status_code == (call.other or call.owner), (method, path, theirs.text)
        # The same answer, to the byte, as for what does not exist.
        missing = await bob.request(method, filled(path + call.query, made_up), json=filled(call.body, made_up))
        if call.other is not None:
            assert missing.content == theirs.content, (method, path)
    after = (await ada.get(f"/api/v1/tasks/{ids['task_id']}")).json()
    assert after == before


async def test_the_owner_reaches_each_and_gets_what_is_documented(here: World, ada: httpx.AsyncClient) -> None:
    for method, path, operation_id in ROUTES:
        call = CALLS[operation_id]
        if not call.owner or operation_id == "logout":
            continue
        ids = await hers(here, ada)
        if operation_id == "restore_task":
            await ada.delete(f"/api/v1/tasks/{ids['task_id']}")
        answer = await ada.request(method, filled(path + call.query, ids), json=filled(call.body, ids))
        assert answer.status_code == call.owner, (method, path, answer.text)
        content = describe()["paths"][path][method.lower()]["responses"].get(str(answer.status_code), {}).get("content")
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
