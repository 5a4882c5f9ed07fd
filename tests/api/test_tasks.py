"""A task's life by the API."""

from urllib.parse import quote
from uuid import uuid4

import httpx
import pytest

from tests.fakes.world import World

pytestmark = pytest.mark.api
TASKS = "/api/v1/tasks"


async def test_a_created_task_is_answered_whole_and_listed(ada: httpx.AsyncClient) -> None:
    body = {"title": "Pay rent", "due": {"local": "2026-12-01T09:00", "zone": "Europe/Berlin"}, "tags": ["Home"]}
    created = await ada.post(TASKS, json=body)
    assert created.status_code == 201
    task = created.json()
    assert created.headers["etag"] == '"1"'
    assert task["reminders"][0]["fire_at"] == "2026-12-01T07:30:00.000Z"
    assert not {"user_id", "purged", "overdue_at"} & task.keys()
    listed = await ada.get(TASKS, headers={"Duely-Consistency": created.headers["duely-consistency"]})
    assert listed.json() == {"items": [task], "total": 1, "page": 1, "per_page": 50, "next_cursor": None}
    assert int(listed.headers["duely-position"]) >= 2
    assert (await ada.get(f"{TASKS}/{task['id']}")).json() == task


async def test_every_step_of_a_life_is_answered_with_the_task(ada: httpx.AsyncClient) -> None:
    task = (await ada.post(TASKS, json={"title": "Call"})).json()
    url = f"{TASKS}/{task['id']}"
    assert (await ada.patch(url, json={"title": "Call Eve", "description": None})).json()["title"] == "Call Eve"
    assert (await ada.put(f"{url}/priority", json={"priority": "urgent"})).json()["priority"] == "urgent"
    assert (await ada.post(f"{url}/tags", json={"tags": ["Phone", "phone"]})).json()["tags"] == ["Phone"]
    assert (await ada.delete(f"{url}/tags/PHONE")).json()["tags"] == []
    assert (await ada.post(f"{url}/complete")).json()["status"] == "completed"
    assert (await ada.post(f"{url}/reopen")).json()["completed_at"] is None
    assert (await ada.delete(url)).json()["deleted_at"] is not None
    assert (await ada.patch(url, json={"title": "x"})).json()["code"] == "task_in_trash"
    assert [t["id"] for t in (await ada.get(TASKS, params={"trash": "true"})).json()["items"]] == [task["id"]]
    assert (await ada.post(f"{url}/restore")).json()["deleted_at"] is None
    assert (await ada.post(f"{url}/purge")).status_code == 204
    assert (await ada.get(url)).json()["code"] == "task_not_found"


async def test_a_task_is_overdue_when_its_time_has_passed(here: World, ada: httpx.AsyncClient) -> None:
    due = {"local": "2026-11-22T14:00", "zone": "Europe/Berlin"}
    task = (await ada.post(TASKS, json={"title": "Soon", "due": due})).json()
    assert task["overdue"] is False
    here.clock.move(hours=2)
    assert (await ada.get(f"{TASKS}/{task['id']}")).json()["overdue"] is True
    assert (await ada.get(TASKS, params={"overdue": "true"})).json()["total"] == 1
    assert (await ada.get(TASKS, params={"overdue": "false"})).json()["total"] == 0
    assert (await ada.post(f"{TASKS}/{task['id']}/complete")).json()["overdue"] is False


async def test_the_zone_and_defaults_of_the_user_go_into_the_next_task(ada: httpx.AsyncClient) -> None:
    edited = await ada.patch("/api/v1/me", json={"timezone": "Asia/Tokyo", "defaults": {"reminder_offset_minutes": 60}})
    assert edited.status_code == 200
    assert edited.json()["timezone"] == "Asia/Tokyo"
    task = (await ada.post(TASKS, json={"title": "Breakfast", "due": {"date": "2026-12-01"}})).json()
    assert task["reminders"][0]["fire_at"] == "2026-11-30T23:00:00.000Z"


async def test_edits_of_other_fields_merge_and_of_the_same_conflict(ada: httpx.AsyncClient) -> None:
    url = f"{TASKS}/{(await ada.post(TASKS, json={'title': 'One'})).json()['id']}"
    first, second = {"If-Match": '"1"'}, {"If-Match": "1"}
    assert (await ada.patch(url, json={"title": "Two"}, headers=first)).json()["version"] == 2
    merged = await ada.patch(url, json={"description": "More"}, headers=second)
    assert (merged.status_code, merged.json()["title"]) == (200, "Two")
    conflict = await ada.patch(url, json={"title": "Three"}, headers=second)
    assert (conflict.status_code, conflict.json()["code"]) == (409, "edit_conflict")
    assert conflict.json()["conflicts"] == [{"field": "title", "yours": "Three", "theirs": "Two"}]
    assert (await ada.patch(url, json={"title": "x"}, headers={"If-Match": "soon"})).json()["code"] == "bad_if_match"


async def test_an_edit_can_be_undone_from_its_entry(ada: httpx.AsyncClient) -> None:
    url = f"{TASKS}/{(await ada.post(TASKS, json={'title': 'Old'})).json()['id']}"
    await ada.patch(url, json={"title": "New"})
    entry = (await ada.get(f"{url}/activity", params={"type": "task.updated"})).json()["items"][0]
    assert entry["undoable"] is True
    assert entry["changed"]["title"] == {"old": "Old", "new": "New"}
    undone = await ada.post(f"/api/v1/activity/{entry['id']}/undo")
    assert (undone.status_code, undone.json()["title"]) == (200, "Old")
    await ada.delete(url)
    deleted = (await ada.get("/api/v1/activity", params={"type": "task.deleted"})).json()["items"][0]
    assert (await ada.post(f"/api/v1/activity/{deleted['id']}/undo")).json()["deleted_at"] is None
    created = (await ada.get("/api/v1/activity", params={"type": "task.created"})).json()["items"][0]
    assert created["undoable"] is False
    assert (await ada.post(f"/api/v1/activity/{created['id']}/undo")).json()["code"] == "not_undoable"


async def test_bulk_answers_each_item_by_itself(here: World, ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    mine = [(await ada.post(TASKS, json={"title": f"T{n}"})).json()["id"] for n in range(12)]
    theirs = (await bob.post(TASKS, json={"title": "Bob's"})).json()["id"]
    body = {"action": "set_priority", "ids": [*mine, theirs, str(uuid4())], "args": {"priority": "high"}}
    answer = await ada.post(f"{TASKS}/bulk", json=body)
    results = answer.json()["results"]
    assert [result["status"] for result in results] == [200] * 12 + [404] * 2
    assert results[-1]["problem"]["detail"] == results[-2]["problem"]["detail"]
    listed = await ada.get(
        TASKS, params={"priority": "high"}, headers={"Duely-Consistency": answer.headers["duely-consistency"]}
    )
    assert listed.json()["total"] == 12
    wrong = await ada.post(f"{TASKS}/bulk", json={**body, "args": {"priority": "most"}})
    assert (wrong.status_code, wrong.json()["errors"][0]["pointer"]) == (422, "/args/priority")
    purged = await ada.post(f"{TASKS}/bulk", json={"action": "purge", "ids": mine[:2]})
    assert purged.json()["results"] == [{"id": task_id, "status": 200} for task_id in mine[:2]]


async def test_a_bulk_of_which_an_item_cannot_be_reached_says_so(here: World, ada: httpx.AsyncClient) -> None:
    task_id = (await ada.post(TASKS, json={"title": "T"})).json()["id"]
    here.actors.down = True
    answer = await ada.post(f"{TASKS}/bulk", json={"action": "complete", "ids": [task_id]})
    assert answer.json()["results"][0]["status"] == 503


async def test_tags_are_counted_renamed_and_deleted_everywhere(ada: httpx.AsyncClient) -> None:
    for n in range(3):
        await ada.post(TASKS, json={"title": f"T{n}", "tags": ["Home", "Über/uns"] if n else ["Home"]})
    tags = (await ada.get("/api/v1/tags")).json()["items"]
    assert tags == [{"name": "Home", "count": 3}, {"name": "Über/uns", "count": 2}]
    assert (await ada.get("/api/v1/tags", params={"prefix": "über"})).json()["items"][0]["count"] == 2
    renamed = await ada.patch("/api/v1/tags/home", json={"name": "House"})
    assert renamed.json() == {"changed": 3, "failed": []}
    consistent = {"Duely-Consistency": renamed.headers["duely-consistency"]}
    assert (await ada.get("/api/v1/tags", params={"prefix": "ho"}, headers=consistent)).json()["items"] == [
        {"name": "House", "count": 3}
    ]
    assert (await ada.delete("/api/v1/tags/house")).json()["changed"] == 3
    assert (await ada.delete("/api/v1/tags/house")).json()["changed"] == 0


# Every kind of sign that a path could take for its own, and dots, which browsers and proxies take away in any spelling.
ODD_TAGS = [
    "Über/uns",
    "/",
    "a//b",
    "/a/",
    "a/tags/b",
    "?a=b",
    "#a",
    "100%",
    "%2F",
    "a\\b",
    "a;b",
    "a+b",
    "😀",
    "...",
    "a/../b",
]


@pytest.mark.parametrize("tag", ODD_TAGS)
async def test_a_tag_of_any_signs_can_be_removed_and_renamed(ada: httpx.AsyncClient, tag: str) -> None:
    url = f"{TASKS}/{(await ada.post(TASKS, json={'title': 'One', 'tags': [tag]})).json()['id']}"
    at = f"/api/v1/tags/{quote(tag, safe='')}"
    assert (await ada.patch(at, json={"name": "plain"})).json()["changed"] == 1
    assert (await ada.get(url)).json()["tags"] == ["plain"]
    assert (await ada.patch("/api/v1/tags/plain", json={"name": tag})).json()["changed"] == 1
    assert (await ada.get(url)).json()["tags"] == [tag]
    removed = await ada.delete(f"{url}/tags/{quote(tag, safe='')}")
    assert (removed.status_code, removed.json()["tags"]) == (200, [])
    assert (await ada.post(f"{url}/tags", json={"tags": [tag]})).json()["tags"] == [tag]
    assert (await ada.delete(at)).json()["changed"] == 1
    assert (await ada.get(url)).json()["tags"] == []


async def test_a_repeated_tag_change_touches_what_the_first_one_touched(ada: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "tidy-up"}
    for title in ("One", "Two"):
        await ada.post(TASKS, json={"title": title, "tags": ["home"]})
    first = await ada.delete("/api/v1/tags/home", headers=key)
    assert first.json() == {"changed": 2, "failed": []}
    created = await ada.post(TASKS, json={"title": "Three", "tags": ["home"]})
    late, seen = created.json(), {"Duely-Consistency": created.headers["duely-consistency"]}
    assert (await ada.delete("/api/v1/tags/home", headers=key | seen)).json() == first.json()
    assert (await ada.get(f"{TASKS}/{late['id']}")).json()["tags"] == ["home"]
    other = await ada.delete("/api/v1/tags/work", headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
