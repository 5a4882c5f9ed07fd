"""The history of things: activity, reminders with their ledger, notifications."""

from datetime import date
from uuid import uuid4

import httpx
import pytest
from sqlalchemy import insert

from host.store.upkeep.tables import archives
from tests.fakes.newer import newer_turn
from tests.fakes.schema import faults
from tests.fakes.world import World

pytestmark = pytest.mark.api
SOON = {"local": "2026-11-22T14:00", "zone": "Europe/Berlin"}


async def fired(here: World, client: httpx.AsyncClient) -> dict[str, object]:
    """Returns a task whose one reminder has fired."""
    body = {"title": "Call", "due": SOON, "reminders": [{"offset_minutes": 30}]}
    task: dict[str, object] = (await client.post("/api/v1/tasks", json=body)).json()
    here.clock.move(minutes=30)
    await here.actors.tick("TaskActor", str(task["id"]))
    return task


async def test_what_only_a_newer_version_says_is_shown_by_its_type(here: World, ada: httpx.AsyncClient) -> None:
    task = (await ada.post("/api/v1/tasks", json={"title": "Here"})).json()
    a_list = {"id": str(uuid4()), "user_id": ada.headers["x-user-id"], "version": 1}
    about = {"task_id": task["id"], "task": {"title": "Half a task"}}
    await newer_turn(here.db, "ListActor", a_list, "list.sorted-anew", **about)
    await here.settle()
    for path in ("/api/v1/activity", f"/api/v1/tasks/{task['id']}/activity"):
        [entry] = (await ada.get(path, params={"type": "list.sorted-anew"})).json()["items"]
        assert faults(entry, "Activity") == []
        assert (entry["type"], entry["task_id"], entry["task"]) == ("list.sorted-anew", task["id"], None)
        assert (entry["cause"]["kind"], entry["undoable"], entry["changed"]) == ("user", False, {})
    refused = await ada.post(f"/api/v1/activity/{entry['id']}/undo")
    assert (refused.status_code, refused.json()["code"]) == (409, "not_undoable")


async def test_a_task_with_values_that_only_a_newer_version_knows_is_shown_as_it_is(
    here: World, ada: httpx.AsyncClient
) -> None:
    task = (await ada.post("/api/v1/tasks", json={"title": "Here"})).json()
    unknown = {"priority": "whenever", "status": "waiting", "due": {"week": "2026-W50"}, "effort": 3}
    state = {**task, "user_id": ada.headers["x-user-id"], **unknown, "version": 2, "overdue_at": None, "purged": False}
    await newer_turn(here.db, "TaskActor", state, "task.updated", task_id=task["id"], task=state)
    await here.settle()
    shown = (await ada.get(f"/api/v1/tasks/{task['id']}")).json()
    assert {name: shown[name] for name in unknown} == unknown
    for params in ({}, {"sort": "priority"}, {"search": "Here"}, {"tag": []}):
        listed = await ada.get("/api/v1/tasks", params=params)
        assert [each["id"] for each in listed.json()["items"]] == [task["id"]], params
    for params in ({"priority": "none"}, {"status": "open"}, {"overdue": "true"}):
        assert (await ada.get("/api/v1/tasks", params=params)).json()["items"] == [], params


async def test_activity_is_newest_first_and_filtered(here: World, ada: httpx.AsyncClient) -> None:
    for n in range(3):
        task = (await ada.post("/api/v1/tasks", json={"title": str(n)})).json()
        here.clock.move(minutes=1)
    await ada.post(f"/api/v1/tasks/{task['id']}/complete", headers={"x-request-id": "request-of-this-test"})
    first = (await ada.get("/api/v1/activity", params={"limit": 2})).json()
    assert [item["type"] for item in first["items"]] == ["task.completed", "task.created"]
    newest = first["items"][0]
    assert newest["cause"]["correlation_id"] == "request-of-this-test"
    assert newest["changed"]["status"] == {"old": "open", "new": "completed"}
    assert newest["task"]["status"] == "completed"
    rest = (await ada.get("/api/v1/activity", params={"before": first["next_cursor"]})).json()
    assert [item["type"] for item in rest["items"]] == ["task.created", "task.created", "user.registered"]
    assert rest["next_cursor"] is None
    for params, count in [
        ({"type": ["task.created", "task.completed"]}, 4),
        ({"actor": "user"}, 5),
        ({"actor": ada.headers["x-user-id"]}, 5),
        ({"actor": "agent"}, 0),
        ({"task_id": task["id"]}, 2),
        ({"from": "2026-11-22T12:02:00Z"}, 2),
        ({"from": "2026-11-22T12:01:00Z", "to": "2026-11-22T12:03:00Z"}, 2),
    ]:
        assert len((await ada.get("/api/v1/activity", params=params)).json()["items"]) == count, params


async def test_a_purged_task_keeps_its_history_without_content(ada: httpx.AsyncClient) -> None:
    task = (await ada.post("/api/v1/tasks", json={"title": "Gone"})).json()
    await ada.post(f"/api/v1/tasks/{task['id']}/purge")
    items = (await ada.get(f"/api/v1/tasks/{task['id']}/activity")).json()["items"]
    assert [(item["type"], item["task"] is None) for item in items] == [("task.purged", True), ("task.created", False)]


async def test_a_fired_reminder_is_listed_told_and_in_the_ledger(here: World, ada: httpx.AsyncClient) -> None:
    task = await fired(here, ada)
    listed = (await ada.get("/api/v1/reminders", params={"status": "fired"})).json()
    assert [(r["task_id"], r["task_title"], r["offset_minutes"]) for r in listed["items"]] == [(task["id"], "Call", 30)]
    notified = (await ada.get("/api/v1/notifications", params={"unread_only": True})).json()
    assert (notified["unread"], notified["total"], notified["items"][0]["kind"]) == (1, 1, "reminder")
    assert notified["items"][0]["task_id"] == task["id"]
    await ada.post(f"/api/v1/tasks/{task['id']}/snooze", json={"minutes": 10})
    ledger = (await ada.get("/api/v1/reminders/ledger", params={"task_id": task["id"]})).json()["items"]
    steps = [entry["step"] for entry in ledger]
    assert steps[0] == "scheduled"
    assert {"fired", "delivered", "snoozed"} <= set(steps)
    later = (await ada.get("/api/v1/reminders/ledger", params={"task_id": task["id"], "after": ledger[0]["id"]})).json()
    assert later["items"] == ledger[1:]


async def test_a_snooze_until_tomorrow_counts_on_the_wall_of_its_person(here: World, ada: httpx.AsyncClient) -> None:
    task = await fired(here, ada)
    url = f"/api/v1/tasks/{task['id']}/snooze"
    later = (await ada.post(url, json={"tomorrow_at": "09:00"})).json()
    assert later["reminders"][0]["fire_at"] == "2026-11-23T08:00:00.000Z"
    for wrong in ({"tomorrow_at": "9"}, {"tomorrow_at": "09:00", "minutes": 5}, {}):
        assert (await ada.post(url, json=wrong)).status_code == 422


async def test_notifications_are_marked_read_once(here: World, ada: httpx.AsyncClient) -> None:
    await fired(here, ada)
    url = "/api/v1/notifications"
    one = (await ada.get(url)).json()["items"][0]
    first = (await ada.post(f"{url}/{one['id']}/read")).json()
    here.clock.move(minutes=1)
    assert (await ada.post(f"{url}/{one['id']}/read")).json() == first
    assert (await ada.get(url, params={"unread_only": True})).json()["items"] == []
    assert (await ada.post(f"{url}/read-all")).json() == {"marked": 0}
    assert (await ada.get(url)).json()["total"] == 1


async def test_activity_says_from_when_on_it_is_here(here: World, ada: httpx.AsyncClient) -> None:
    assert (await ada.get("/api/v1/activity")).json()["archived_before"] is None
    async with here.db.begin() as connection:
        row = {"file": "a", "month": date(2025, 12, 1), "rows": 1, "digest": "", "archived_at": here.clock.now()}
        ledger = {**row, "file": "b", "month": date(2026, 2, 1), "kind": "ledger"}
        await connection.execute(insert(archives), row)
        await connection.execute(insert(archives), ledger)
    for path in ("/api/v1/activity", f"/api/v1/tasks/{(await _task(ada))['id']}/activity"):
        assert (await ada.get(path)).json()["archived_before"] == "2026-01-01T00:00:00.000Z"


async def _task(client: httpx.AsyncClient) -> dict[str, object]:
    task: dict[str, object] = (await client.post("/api/v1/tasks", json={"title": "Here"})).json()
    return task


async def test_what_happens_to_a_reminder_is_shown_with_the_whole_task(ada: httpx.AsyncClient) -> None:
    body = {
        "title": "Call",
        "description": "Ask.",
        "due": SOON,
        "reminders": [{"offset_minutes": 30}, {"offset_minutes": 5}],
    }
    task = (await ada.post("/api/v1/tasks", json=body)).json()
    for path in ("activity", f"tasks/{task['id']}/activity"):
        items = (await ada.get(f"/api/v1/{path}", params={"type": ["reminder.scheduled"]})).json()["items"]
        assert [item["task"] for item in items] == [task, task]


async def test_a_very_large_task_is_shown_once_a_turn(ada: httpx.AsyncClient) -> None:
    body = {
        "title": "Read",
        "description": "d" * 20_000,
        "due": SOON,
        "reminders": [{"offset_minutes": n} for n in range(20)],
    }
    task = (await ada.post("/api/v1/tasks", json=body)).json()
    items = (await ada.get("/api/v1/activity", params={"task_id": task["id"]})).json()["items"]
    assert [item["task"] for item in items] == [*[None] * 20, task]
