"""A series' life by the API, with the real rules and consumers behind it."""

import asyncio
from typing import Any

import httpx
import pytest

from host.store.read_model import series_queries
from tests.api.series import BERLIN, DAILY, SERIES, TASKS, made
from tests.fakes.schema import faults
from tests.fakes.world import World
from web.api.series.shown import all_series_json

pytestmark = pytest.mark.api


async def did(ada: httpx.AsyncClient, series: dict[str, Any], what: str, body: Any = None) -> dict[str, Any]:
    answer = await ada.post(f"{SERIES}/{series['id']}/{what}", json=body)
    assert answer.status_code == 200, answer.text
    after: dict[str, Any] = answer.json()
    assert faults(after, "Series") == []
    return after


async def slots(ada: httpx.AsyncClient, series: dict[str, Any], **query: str) -> list[tuple[str, str]]:
    answer = await ada.get(f"{SERIES}/{series['id']}/occurrences", params=query)
    assert answer.status_code == 200, answer.text
    assert faults(answer.json(), "OccurrenceList") == []
    return [(item["slot"], item["state"]) for item in answer.json()["items"]]


async def test_a_created_series_is_answered_whole_listed_and_has_its_first_task(ada: httpx.AsyncClient) -> None:
    created = await ada.post(SERIES, json={**DAILY, "tags": ["home"], "reminders": [{"offset_minutes": 5}]})
    series = created.json()
    assert (created.status_code, created.headers["etag"]) == (201, '"1"')
    assert series["sentence"] == "Every day at 09:00"
    task_id = series["next"].pop("task_id")
    assert series["next"] == {
        "slot": "2026-11-23T09:00",
        "number": 1,
        "local": "2026-11-23T09:00",
        "zone": BERLIN,
        "at": "2026-11-23T08:00:00.000Z",
    }
    assert not {"user_id", "template", "awaited", "ahead", "open", "begins_after", "ends_before"} & series.keys()
    seen = {"Duely-Consistency": created.headers["duely-consistency"]}
    listed = (await ada.get(SERIES, headers=seen)).json()
    assert faults(listed, "SeriesPage") == []
    assert (listed["total"], listed["items"][0]["id"]) == (1, series["id"])
    task = (await ada.get(f"{TASKS}/{task_id}")).json()
    assert (task["series_id"], task["occurrence"]) == (series["id"], {"generation": 1, "slot": "2026-11-23T09:00"})
    assert (task["tags"], task["reminders"][0]["fire_at"]) == (["home"], "2026-11-23T07:55:00.000Z")


async def test_a_task_may_begin_a_series(ada: httpx.AsyncClient) -> None:
    body = {
        "title": "Rent",
        "due": {"date": "2026-12-01"},
        "recurrence": {"rule": "FREQ=MONTHLY", "look_ahead_days": 0},
    }
    answer = await ada.post(TASKS, json=body, headers={"Idempotency-Key": "rent"})
    assert answer.status_code == 201, answer.text
    task = answer.json()
    assert faults(task, "Task") == []
    assert (task["due"], task["occurrence"]["slot"]) == ({"date": "2026-12-01"}, "2026-12-01")
    again = await ada.post(TASKS, json=body, headers={"Idempotency-Key": "rent"})
    assert again.json() == task
    assert (await ada.get(SERIES)).json()["total"] == 1
    seen = {"Duely-Consistency": answer.headers["duely-consistency"]}
    assert (await ada.get(TASKS, params={"series": task["series_id"]}, headers=seen)).json()["total"] == 1


@pytest.mark.parametrize("rule", ["FREQ=DAILY", "FREQ=DAILY;COUNT=1"])
async def test_a_series_of_days_that_begins_today_answers_the_task_of_today(ada: httpx.AsyncClient, rule: str) -> None:
    body = {"title": "Walk", "due": {"date": "2026-11-22"}, "recurrence": {"rule": rule}}
    answer = await ada.post(TASKS, json=body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["occurrence"] == {"generation": 1, "slot": "2026-11-22"}


async def test_one_key_makes_a_task_or_a_series_and_not_both(ada: httpx.AsyncClient) -> None:
    body, key = {"title": "Rent", "due": {"date": "2026-12-01"}}, {"Idempotency-Key": "rent"}
    assert (await ada.post(TASKS, json=body, headers=key)).status_code == 201
    other = await ada.post(TASKS, json={**body, "recurrence": {"rule": "FREQ=MONTHLY"}}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_mismatch")
    assert (await ada.get(SERIES)).json()["total"] == 0


async def test_a_first_task_that_is_not_there_in_time_is_named_by_its_series(
    here: World, ada: httpx.AsyncClient
) -> None:
    here.lagging = True
    body = {"title": "Rent", "due": {"date": "2026-12-01"}, "recurrence": {"rule": "FREQ=MONTHLY"}}
    late = await ada.post(TASKS, json=body)
    assert (late.status_code, faults(late.json(), "Series")) == (202, [])
    await here.settle()
    assert (await ada.get(f"{TASKS}/{late.json()['next']['task_id']}")).json()["title"] == "Rent"


async def test_the_recurrence_of_a_task_can_be_taken_away(ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    task_id = series["next"]["task_id"]
    stopped = await ada.delete(f"{TASKS}/{task_id}/recurrence")
    assert (stopped.status_code, stopped.json()["status"], stopped.json()["next"]) == (200, "stopped", None)
    assert (await ada.get(f"{TASKS}/{task_id}")).json()["deleted_at"] is None
    plain = (await ada.post(TASKS, json={"title": "Once"})).json()["id"]
    assert (await ada.delete(f"{TASKS}/{plain}/recurrence")).json()["code"] == "series_not_found"
    assert (await ada.delete(f"{TASKS}/{series['id']}/recurrence")).json()["code"] == "task_not_found"


async def test_skipping_moving_pausing_and_stopping_show_in_the_occurrences(ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    week = {"from": "2026-11-23", "to": "2026-11-26"}
    assert await slots(ada, series, **week) == [
        ("2026-11-23T09:00", "open"),
        ("2026-11-24T09:00", "computed"),
        ("2026-11-25T09:00", "computed"),
        ("2026-11-26T09:00", "computed"),
    ]
    skipped = await did(ada, series, "skip", {"slot": "2026-11-23T09:00"})
    assert (skipped["next"]["slot"], skipped["next"]["number"]) == ("2026-11-24T09:00", 2)
    await did(ada, series, "skip", {"slot": "2026-11-26T09:00"})
    to = {"local": "2026-11-25T18:00", "zone": BERLIN}
    assert (await did(ada, series, "move", {"slot": "2026-11-25T09:00", "to": to}))["moved"] == {"2026-11-25T09:00": to}
    assert await slots(ada, series, **week) == [
        ("2026-11-23T09:00", "skipped"),
        ("2026-11-24T09:00", "open"),
        ("2026-11-25T09:00", "computed"),
        ("2026-11-26T09:00", "skipped"),
    ]
    items = (await ada.get(f"{SERIES}/{series['id']}/occurrences", params=week)).json()["items"]
    assert [item["number"] for item in items] == [1, 2, 3, 4]
    assert (items[2]["moved"], items[2]["local"], items[2]["at"]) == (True, to["local"], "2026-11-25T17:00:00.000Z")
    assert (await did(ada, series, "pause"))["next"] is None
    assert [state for _, state in await slots(ada, series, **week)] == ["skipped", "deleted"]
    resumed = await did(ada, series, "resume")
    assert (resumed["status"], resumed["generation"]) == ("active", 2)
    stopped = await did(ada, series, "stop")
    assert (stopped["status"], stopped["next"]) == ("stopped", None)
    over = await ada.post(f"{SERIES}/{series['id']}/resume")
    assert (over.status_code, over.json()["code"]) == (409, "series_over")


async def test_what_was_missed_is_no_occurrence_where_only_the_newest_stays(
    here: World, ada: httpx.AsyncClient
) -> None:
    series = await made(ada, pile_up="newest")
    here.clock.move(days=3)
    await here.actors.tick("SeriesActor", series["id"])
    answer = await ada.get(f"{SERIES}/{series['id']}/occurrences", params={"from": "2026-11-20", "to": "2026-11-27"})
    assert [(item["slot"][8:10], item["number"], item["state"]) for item in answer.json()["items"]] == [
        ("23", 1, "deleted"),
        ("25", 3, "open"),
        ("26", 4, "open"),
        ("27", 5, "computed"),
    ]


async def test_a_moved_task_is_shown_where_it_is_now(ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    slot, to = series["next"]["slot"], {"local": "2026-11-23T07:00", "zone": "Asia/Tokyo"}
    await did(ada, series, "move", {"slot": slot, "to": to})
    assert (await ada.get(f"{TASKS}/{series['next']['task_id']}")).json()["due"] == to
    first = (await ada.get(f"{SERIES}/{series['id']}/occurrences")).json()["items"][0]
    assert (first["slot"], first["moved"], first["state"]) == (slot, True, "open")
    assert (first["local"], first["zone"], first["at"]) == (*to.values(), "2026-11-22T22:00:00.000Z")
    days = await made(ada, start={"date": "2026-11-24"})
    await ada.patch(f"{TASKS}/{days['next']['task_id']}", json={"due": {"date": "2026-11-25"}})
    moved, other = (await ada.get(f"{SERIES}/{days['id']}/occurrences", params={"to": "2026-11-25"})).json()["items"]
    assert (moved["slot"], moved["date"], moved["moved"]) == ("2026-11-24", "2026-11-25", True)
    assert (other["slot"], other["date"], other["moved"]) == ("2026-11-25", "2026-11-25", False)


async def test_an_edit_reaches_the_open_task_and_a_new_rule_makes_a_new_generation(ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    url = f"{SERIES}/{series['id']}"
    edited = await ada.patch(url, json={"title": "Feed the cat", "description": None}, headers={"If-Match": '"1"'})
    assert (edited.json()["title"], edited.json()["generation"]) == ("Feed the cat", 1)
    assert (await ada.get(f"{TASKS}/{series['next']['task_id']}")).json()["title"] == "Feed the cat"
    conflict = await ada.patch(url, json={"title": "Dog"}, headers={"If-Match": '"1"'})
    assert (conflict.status_code, conflict.json()["code"]) == (409, "edit_conflict")
    start = {"local": "2026-11-23T10:00", "zone": BERLIN}
    moved = (await ada.patch(url, json={"start": start})).json()
    assert (moved["generation"], moved["next"]["slot"]) == (2, "2026-11-23T10:00")
    task = (await ada.get(f"{TASKS}/{series['next']['task_id']}")).json()
    assert (moved["next"]["task_id"], task["deleted_at"], task["due"]) == (task["id"], None, start)
    assert task["occurrence"] == {"generation": 2, "slot": "2026-11-23T10:00"}


async def test_this_and_following_become_a_series_of_their_own(here: World, ada: httpx.AsyncClient) -> None:
    series = await made(ada, rule="FREQ=DAILY;COUNT=10")
    body = {"from_slot": "2026-11-26T09:00", "title": "Less", "rule": "FREQ=WEEKLY"}
    split = await ada.patch(f"{SERIES}/{series['id']}", json=body)
    assert split.status_code == 201, split.text
    successor = split.json()
    assert faults(successor, "Series") == []
    assert (successor["split_from"], successor["title"]) == (series["id"], "Less")
    assert successor["next"]["slot"] == "2026-11-26T09:00"
    assert split.headers["location"] == f"{SERIES}/{successor['id']}"
    assert [slot for slot, _ in await slots(ada, series)] == [f"2026-11-{day}T09:00" for day in (23, 24, 25)]
    here.lagging = True
    late = await ada.patch(f"{SERIES}/{successor['id']}", json={"from_slot": "2026-12-03T09:00", "title": "Last"})
    assert (late.status_code, late.json()["id"]) == (202, successor["id"])
    await here.settle()
    assert (await ada.get(late.headers["location"].removeprefix("http://duely.test"))).json()["title"] == "Last"


async def test_this_and_following_meets_an_edit_of_the_same_field_as_an_edit_of_all_does(
    ada: httpx.AsyncClient,
) -> None:
    series = await made(ada)
    url, seen = f"{SERIES}/{series['id']}", {"If-Match": '"1"'}
    await ada.patch(url, json={"title": "Feed the cat"})
    split = {"from_slot": "2026-11-26T09:00", "title": "Less"}
    conflict = await ada.patch(url, json=split, headers=seen)
    assert (conflict.status_code, conflict.json()["code"]) == (409, "edit_conflict")
    assert conflict.json()["conflicts"] == [{"field": "title", "yours": "Less", "theirs": "Feed the cat"}]
    other = await ada.patch(url, json={"from_slot": "2026-11-26T09:00", "priority": "high"}, headers=seen)
    assert (other.status_code, other.json()["title"], other.json()["priority"]) == (201, "Feed the cat", "high")


async def test_a_series_is_deleted_with_or_without_its_tasks(ada: httpx.AsyncClient) -> None:
    for how, stays in (("keep", True), ("delete", False)):
        series = await made(ada)
        gone = await ada.delete(f"{SERIES}/{series['id']}", params={"occurrences": how})
        assert (gone.status_code, gone.json()["status"]) == (200, "deleted")
        assert ((await ada.get(f"{TASKS}/{series['next']['task_id']}")).json()["deleted_at"] is None) is stays
    assert (await ada.get(SERIES)).json()["total"] == 0
    assert (await ada.get(SERIES, params={"status": "deleted"})).json()["total"] == 2
    assert (await ada.get(f"{SERIES}/{series['id']}")).json()["deleted_at"] is not None


async def test_completing_brings_the_next_one(here: World, ada: httpx.AsyncClient) -> None:
    series = await made(ada, mode="completion", rule="FREQ=DAILY;INTERVAL=2")
    await ada.post(f"{TASKS}/{series['next']['task_id']}/complete")
    after = (await ada.get(f"{SERIES}/{series['id']}")).json()
    assert (after["next"]["slot"], after["next"]["number"]) == ("2026-11-24T09:00", 2)
    assert [state for _, state in await slots(ada, series)] == ["completed", "open"]


async def test_lists_go_on_by_page_and_by_cursor(here: World, ada: httpx.AsyncClient) -> None:
    ids = []
    for n in range(5):
        ids.append((await made(ada, title=f"S{n}"))["id"])
        here.clock.move(seconds=1)
    first = (await ada.get(SERIES, params={"per_page": 2, "order": "asc"})).json()
    assert [item["id"] for item in first["items"]] == ids[:2]
    query = {"per_page": "2", "order": "asc", "cursor": first["next_cursor"]}
    assert [item["id"] for item in (await ada.get(SERIES, params=query)).json()["items"]] == ids[2:4]
    assert (await ada.get(SERIES, params={**query, "order": "desc"})).json()["code"] == "bad_cursor"
    assert [item["id"] for item in (await ada.get(SERIES, params={"per_page": 2, "page": 3})).json()["items"]] == ids[
        :1
    ]


async def test_a_page_of_long_rules_holds_up_nobody(here: World, ada: httpx.AsyncClient) -> None:
    steps: list[str] = []

    class NotingSeries(dict[str, Any]):
        """Notes when it is shown, and asks for a turn of the loop as another request would."""

        def __getitem__(self, name: str) -> Any:
            if name == "template":
                steps.append("shown")
                asyncio.get_running_loop().call_soon(steps.append, "others")
            return super().__getitem__(name)

    series_id = (await made(ada))["id"]
    async with here.db.connect() as connection:
        stored = await series_queries.find(connection, ada.headers["x-user-id"], series_id)
    assert stored is not None
    await all_series_json([NotingSeries(stored)] * 3, ())
    assert steps == ["shown", "others"] * 3


async def test_a_reminder_tells_why_it_is_there_and_what_became_of_it(here: World, ada: httpx.AsyncClient) -> None:
    series = await made(ada, reminders=[{"offset_minutes": 5}])
    task = (await ada.get(f"{TASKS}/{series['next']['task_id']}")).json()
    here.clock.move(hours=20)
    await here.actors.tick("TaskActor", task["id"])
    life = await ada.get(f"/api/v1/reminders/{task['reminders'][0]['id']}")
    assert (life.status_code, faults(life.json(), "ReminderLife")) == (200, [])
    assert life.json()["why"] == {
        "series_id": series["id"],
        "sentence": "Every day at 09:00",
        "slot": "2026-11-23T09:00",
        "reminder": {"offset_minutes": 5},
    }
    assert life.json()["task_title"] == "Water the plants"
    assert [entry["step"] for entry in life.json()["ledger"]][:2] == ["scheduled", "fired"]
    assert [sent["channel"] for sent in life.json()["deliveries"]] == ["in_app"]
    plain = (await ada.post(TASKS, json={"title": "x", "reminders": [{"at": "2027-01-01T00:00:00Z"}]})).json()
    why = (await ada.get(f"/api/v1/reminders/{plain['reminders'][0]['id']}", params={"task_id": plain["id"]})).json()[
        "why"
    ]
    assert why == {"series_id": None, "sentence": None, "slot": None, "reminder": {"at": "2027-01-01T00:00:00.000Z"}}
    other = await ada.get(f"/api/v1/reminders/{plain['reminders'][0]['id']}", params={"task_id": task["id"]})
    assert (other.status_code, other.json()["code"]) == (404, "reminder_not_found")
