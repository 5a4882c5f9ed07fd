"""What people did in a series stays, by the API: edits, pauses, skips and moves taken back, undo, tags, a rule on a task."""

from typing import Any

import httpx
import pytest

from tests.api.series import BERLIN, SERIES, TASKS, made
from tests.fakes.schema import faults
from tests.fakes.world import World

pytestmark = pytest.mark.api

AT_TEN = {"start": {"local": "2026-11-23T10:00", "zone": BERLIN}}


async def task(ada: httpx.AsyncClient, task_id: str) -> dict[str, Any]:
    answer = await ada.get(f"{TASKS}/{task_id}")
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def ask(ada: httpx.AsyncClient, method: str, url: str, body: Any = None, status: int = 200) -> dict[str, Any]:
    answer = await ada.request(method, url, json=body)
    assert answer.status_code == status, answer.text
    value: dict[str, Any] = answer.json()
    return value


async def newest(ada: httpx.AsyncClient, event_type: str, url: str = "/api/v1") -> dict[str, Any]:
    entries = (await ada.get(f"{url}/activity", params={"type": event_type})).json()["items"]
    assert entries, event_type
    entry: dict[str, Any] = entries[0]
    return entry


async def undo(ada: httpx.AsyncClient, event_type: str, url: str = "/api/v1") -> dict[str, Any]:
    entry = await newest(ada, event_type, url)
    assert entry["undoable"], entry
    return await ask(ada, "POST", f"/api/v1/activity/{entry['position']}/undo")


async def test_a_task_keeps_its_notes_through_an_edit_a_pause_and_a_split(ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    url, task_id = f"{SERIES}/{series['id']}", series["next"]["task_id"]
    checklist = [{"text": "slides", "done": True}]
    await ask(ada, "PATCH", f"{TASKS}/{task_id}", {"description": "agenda", "checklist": checklist})
    assert (await ask(ada, "PATCH", url, AT_TEN))["next"]["task_id"] == task_id
    paused = await ask(ada, "POST", f"{url}/pause")
    assert (paused["kept"], (await task(ada, task_id))["deleted_at"]) == ([task_id], None)
    assert (await ask(ada, "POST", f"{url}/resume"))["next"]["task_id"] == task_id
    body = {"from_slot": "2026-11-23T10:00", "start": {"local": "2026-11-23T11:00", "zone": BERLIN}}
    follows = await ask(ada, "PATCH", url, body, 201)
    after = await task(ada, task_id)
    assert (follows["next"]["task_id"], after["series_id"], after["due"]["local"]) == (
        task_id,
        follows["id"],
        "2026-11-23T11:00",
    )
    assert (after["description"], after["checklist"][0]["done"]) == ("agenda", True)


async def test_a_slot_that_is_dropped_leaves_the_task_that_was_written_into(ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    task_id = series["next"]["task_id"]
    await ask(ada, "PATCH", f"{TASKS}/{task_id}", {"description": "minutes"})
    edited = await ask(ada, "PATCH", f"{SERIES}/{series['id']}", {"rule": "FREQ=WEEKLY;BYDAY=FR"})
    assert (edited["kept"], edited["next"]["slot"]) == ([task_id], "2026-11-27T09:00")
    assert (await task(ada, task_id))["series_id"] == series["id"]
    await ask(ada, "POST", f"{TASKS}/{task_id}/complete")
    assert (await ask(ada, "GET", f"{SERIES}/{series['id']}"))["kept"] == []


async def test_what_was_written_while_the_series_had_not_heard_of_it_stays(here: World, ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    task_id = series["next"]["task_id"]
    here.lagging = True
    await ask(ada, "PATCH", f"{TASKS}/{task_id}", {"description": "just now"})
    assert (await ask(ada, "POST", f"{SERIES}/{series['id']}/pause"))["kept"] == []
    await here.settle()
    assert (await task(ada, task_id))["deleted_at"] is None
    assert (await ask(ada, "GET", f"{SERIES}/{series['id']}"))["kept"] == [task_id]


async def test_a_skip_is_taken_back_by_its_route_and_by_undo(ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    url, task_id = f"{SERIES}/{series['id']}", series["next"]["task_id"]
    slot = {"slot": series["next"]["slot"]}
    await ask(ada, "PATCH", f"{TASKS}/{task_id}", {"description": "long way round"})
    for back in ("route", "undo"):
        await ask(ada, "POST", f"{url}/skip", slot)
        assert (await task(ada, task_id))["deleted_at"] is not None
        if back == "route":
            after = await ask(ada, "POST", f"{url}/unskip", slot)
        else:
            after = await undo(ada, "recurrence.skipped")
        assert faults(after, "Series") == []
        assert (after["skipped"], after["next"]["task_id"]) == ([], task_id)
        assert (await task(ada, task_id))["description"] == "long way round"
        assert (await task(ada, task_id))["deleted_at"] is None
    await undo(ada, "recurrence.unskipped")
    assert (await ask(ada, "GET", url))["skipped"] == [slot["slot"]]
    assert (await ask(ada, "POST", f"{url}/unskip", {"slot": "2026-12-01T09:00"}, 404))["code"] == "slot_not_found"


async def test_edits_moves_and_pauses_are_undone(ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    url, task_id = f"{SERIES}/{series['id']}", series["next"]["task_id"]
    await ask(ada, "PATCH", url, {**AT_TEN, "title": "Feed the cat"})
    back = await undo(ada, "series.updated")
    assert (back["start"], back["title"], back["next"]["task_id"]) == (series["start"], series["title"], task_id)
    to = {"date": "2026-11-24"}
    await ask(ada, "POST", f"{url}/move", {"slot": series["next"]["slot"], "to": to})
    assert (await undo(ada, "recurrence.moved"))["moved"] == {}
    assert (await task(ada, task_id))["due"] == series["start"]
    await ask(ada, "POST", f"{url}/pause")
    assert (await undo(ada, "series.paused"))["next"]["task_id"] == task_id
    taken = await newest(ada, "task.updated", f"{TASKS}/{task_id}")
    assert (taken["cause"]["kind"], (await newest(ada, "series.updated"))["undoable"]) == ("system", True)


async def test_a_move_that_is_undone_in_its_task_is_undone_in_the_series(ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    to = {"local": "2026-11-23T15:00", "zone": BERLIN}
    await ask(ada, "POST", f"{SERIES}/{series['id']}/move", {"slot": series["next"]["slot"], "to": to})
    await undo(ada, "task.updated", f"{TASKS}/{series['next']['task_id']}")
    assert (await ask(ada, "GET", f"{SERIES}/{series['id']}"))["moved"] == {}


async def test_what_a_series_told_its_task_is_no_entry_to_undo(ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    await ask(ada, "PATCH", f"{SERIES}/{series['id']}", AT_TEN)
    entry = await newest(ada, "task.updated", f"{TASKS}/{series['next']['task_id']}")
    assert (entry["undoable"], set(entry["changed"])) == (False, {"due", "occurrence"})
    refused = await ask(ada, "POST", f"/api/v1/activity/{entry['position']}/undo", None, 409)
    assert refused["code"] == "not_undoable"


async def test_a_task_that_is_there_becomes_the_first_occurrence(ada: httpx.AsyncClient) -> None:
    due = {"local": "2026-11-24T09:00", "zone": BERLIN}
    plain = await ask(ada, "POST", TASKS, {"title": "Water", "due": due, "description": "not the cactus"}, 201)
    url = f"{TASKS}/{plain['id']}"
    key = {"Idempotency-Key": "weekly"}
    body = {"title": "Water all", "recurrence": {"rule": "FREQ=WEEKLY"}}
    answer = await ada.patch(url, json=body, headers=key)
    assert (answer.status_code, faults(answer.json(), "Task")) == (200, [])
    first = answer.json()
    assert (first["id"], first["title"], first["description"], first["due"]) == (
        plain["id"],
        "Water all",
        "not the cactus",
        due,
    )
    series = await ask(ada, "GET", f"{SERIES}/{first['series_id']}")
    assert (series["next"]["task_id"], series["title"], series["description"]) == (
        plain["id"],
        "Water all",
        "not the cactus",
    )
    assert (await ada.patch(url, json=body, headers=key)).json()["series_id"] == first["series_id"]
    assert (await ask(ada, "PATCH", url, {"recurrence": {"rule": "FREQ=DAILY"}}, 409))["code"] == "task_repeats"
    assert (await ask(ada, "PATCH", url, {"recurrence": None, "title": "Null"}))["title"] == "Null"


@pytest.mark.parametrize(
    ("fields", "recurrence", "status", "code"),
    [
        ({}, {"rule": "FREQ=WEEKLY"}, 422, "invalid_request"),
        ({"due": {"date": "2026-12-01"}}, {"rule": "FREQ=SOMETIMES"}, 422, "invalid_rule"),
    ],
)
async def test_a_rule_that_does_not_fit_a_task_changes_nothing(
    ada: httpx.AsyncClient, fields: Any, recurrence: Any, status: int, code: str
) -> None:
    plain = await ask(ada, "POST", TASKS, {"title": "Water", **fields}, 201)
    body = {"title": "Other", "recurrence": recurrence}
    assert (await ask(ada, "PATCH", f"{TASKS}/{plain['id']}", body, status))["code"] == code
    assert (await task(ada, plain["id"]))["title"] == "Water"
    await ask(ada, "POST", f"{TASKS}/{plain['id']}/complete")
    body = {"due": {"date": "2026-12-01"}, "recurrence": {"rule": "FREQ=DAILY"}}
    assert (await ask(ada, "PATCH", f"{TASKS}/{plain['id']}", body, 409))["code"] == "task_completed"
    await ask(ada, "DELETE", f"{TASKS}/{plain['id']}")
    assert (await ask(ada, "PATCH", f"{TASKS}/{plain['id']}", body, 409))["code"] == "task_in_trash"


async def test_a_tag_renamed_or_deleted_everywhere_is_so_in_templates(ada: httpx.AsyncClient) -> None:
    series = await made(ada, tags=["Dog", "out"])
    await ask(ada, "PATCH", "/api/v1/tags/dog", {"name": "puppy"})
    await ask(ada, "DELETE", "/api/v1/tags/out")
    assert (await ask(ada, "GET", f"{SERIES}/{series['id']}"))["tags"] == ["puppy"]
    assert (await task(ada, series["next"]["task_id"]))["tags"] == ["puppy"]
    await ask(ada, "PATCH", f"{SERIES}/{series['id']}", {"tags": ["cat"]})
    assert (await task(ada, series["next"]["task_id"]))["tags"] == ["cat"], "it still follows the template"
