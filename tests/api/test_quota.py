"""Quotas: what people make is refused at a limit; what Duely does for them, and what gives room back, never."""

from collections.abc import AsyncGenerator
from typing import Any

import httpx
import pytest
from prometheus_client import REGISTRY

from host.settings import Settings
from tests.fakes.world import World, world

pytestmark = pytest.mark.api
TASKS, SERIES, ME = "/api/v1/tasks", "/api/v1/series", "/api/v1/me"
DAILY = {"title": "Water", "rule": "FREQ=DAILY", "start": {"date": "2026-11-23"}}
KB = 1024


@pytest.fixture
async def here(database_url: str) -> AsyncGenerator[World]:
    """A Duely with room for little."""
    small = Settings(rate_limits=False, quota_tasks=3, quota_series=1, quota_bytes=20 * KB)
    async with world(database_url, small) as made:
        yield made


async def fill(ada: httpx.AsyncClient, **fields: Any) -> list[str]:
    """Makes as many tasks as there may be."""
    answers = [await ada.post(TASKS, json={"title": f"Task {number}", **fields}) for number in range(3)]
    assert [answer.status_code for answer in answers] == [201, 201, 201]
    return [answer.json()["id"] for answer in answers]


def assert_refused(answer: httpx.Response, *words: str) -> None:
    assert (answer.status_code, answer.json()["code"]) == (403, "quota_reached")
    assert all(word in answer.json()["detail"] for word in words), answer.json()["detail"]


async def test_at_the_limit_of_tasks_none_is_made_until_one_is_purged(ada: httpx.AsyncClient) -> None:
    first, *_ = await fill(ada)
    assert_refused(await ada.post(TASKS, json={"title": "One more"}), "3 tasks", "may have 3", "delete", "ask")
    assert_refused(
        await ada.post(
            TASKS, json={"title": "Daily", "due": {"date": "2026-12-01"}, "recurrence": {"rule": "FREQ=DAILY"}}
        )
    )
    await ada.delete(f"{TASKS}/{first}")
    assert_refused(await ada.post(TASKS, json={"title": "One more"}), "trash")
    await ada.post(f"{TASKS}/{first}/purge")
    assert (await ada.post(TASKS, json={"title": "One more"})).status_code == 201


async def test_one_series_more_is_refused_also_by_a_split(ada: httpx.AsyncClient) -> None:
    made = await ada.post(SERIES, json=DAILY)
    assert made.status_code == 201
    url = f"{SERIES}/{made.json()['id']}"
    assert_refused(await ada.post(SERIES, json=DAILY), "1 series", "may have 1")
    assert_refused(await ada.patch(url, json={"from_slot": "2026-11-25", "title": "Water more"}))
    assert (await ada.patch(url, json={"title": "Water more"})).status_code == 200
    await ada.delete(url)
    assert (await ada.post(SERIES, json=DAILY)).status_code == 201


async def test_at_the_limit_of_bytes_texts_may_only_get_shorter(ada: httpx.AsyncClient) -> None:
    task_id, *_ = await fill(ada, description="x" * 6 * KB, tags=["home"])
    url = f"{TASKS}/{task_id}"
    assert (await ada.patch(url, json={"description": "x" * 8 * KB})).status_code == 200
    assert_refused(await ada.post(TASKS, json={"title": "One more"}))
    assert_refused(await ada.patch(url, json={"description": "x" * 9 * KB}), "MB")
    assert_refused(await ada.patch(url, json={"checklist": [{"text": "an item"}]}))
    assert_refused(await ada.post(f"{url}/tags", json={"tags": ["garden"]}))
    bulk = await ada.post(f"{TASKS}/bulk", json={"action": "add_tags", "ids": [task_id], "args": {"tags": ["garden"]}})
    assert [(item["status"], item["problem"]["code"]) for item in bulk.json()["results"]] == [(403, "quota_reached")]
    renamed = (await ada.patch("/api/v1/tags/home", json={"name": "house and home"})).json()
    assert (renamed["changed"], {item["status"] for item in renamed["failed"]}) == (0, {403})
    assert (await ada.patch("/api/v1/tags/home", json={"name": "hut"})).json()["changed"] == 3
    assert (await ada.post(f"{url}/tags", json={"tags": ["hut"]})).status_code == 200  # it has that tag
    assert (await ada.patch(url, json={"description": "x" * 7 * KB})).status_code == 200
    assert (await ada.patch(url, json={"description": None})).status_code == 200
    assert (await ada.patch(url, json={"description": "again"})).status_code == 200  # there is room again


async def test_the_texts_of_a_series_may_only_get_shorter_either(ada: httpx.AsyncClient) -> None:
    made = await ada.post(SERIES, json={**DAILY, "description": "x" * 7 * KB})
    url = f"{SERIES}/{made.json()['id']}"
    assert (await ada.post(TASKS, json={"title": "Long", "description": "x" * 7 * KB})).status_code == 201
    await ada.get(ME)  # what occurrences took up is seen within 5 s, and now
    assert_refused(await ada.patch(url, json={"description": "x" * 8 * KB}))
    assert (await ada.patch(url, json={"look_ahead_days": 2, "description": "x" * 6 * KB})).status_code == 200


async def test_beyond_every_limit_nothing_else_is_refused(here: World, ada: httpx.AsyncClient) -> None:
    """An occurrence, a restore, an undo, a date and a reminder are not what a quota is for."""
    made = await ada.post(SERIES, json={**DAILY, "description": "x" * 6 * KB})
    assert made.status_code == 201
    task = await ada.post(TASKS, json={"title": "Long", "description": "x" * 8 * KB})
    await ada.get(ME)
    assert_refused(await ada.post(TASKS, json={"title": "One more"}))
    url = f"{TASKS}/{task.json()['id']}"
    here.clock.move(days=2)
    await here.actors.tick("SeriesActor", made.json()["id"])
    await here.settle()
    used = (await ada.get(ME)).json()["usage"]
    assert used["tasks"]["used"] > 2
    assert used["bytes"]["used"] > used["bytes"]["limit"]

    due = {"local": "2026-12-01T09:00", "zone": "Europe/Berlin"}
    assert (await ada.patch(url, json={"due": due, "reminders": [{"offset_minutes": 5}]})).status_code == 200
    assert (await ada.patch(url, json={"title": "L"})).status_code == 200
    entry = next(item for item in (await ada.get("/api/v1/activity")).json()["items"] if item["changed"].get("title"))
    undone = await ada.post(f"/api/v1/activity/{entry['position']}/undo")
    assert (undone.status_code, undone.json()["title"]) == (200, "Long")
    steps = (("POST", "/complete"), ("POST", "/reopen"), ("DELETE", ""), ("POST", "/restore"))
    answers = [await ada.request(method, url + step) for method, step in steps]
    assert [answer.status_code for answer in answers] == [200] * 4
    assert (await ada.put(f"{url}/priority", json={"priority": "urgent"})).status_code == 200
    assert (await ada.post(f"{SERIES}/{made.json()['id']}/pause")).status_code == 200


async def test_a_request_that_was_done_is_answered_again_at_the_limit(ada: httpx.AsyncClient) -> None:
    await fill(ada)
    await ada.delete(f"{TASKS}/{(await ada.get(TASKS)).json()['items'][0]['id']}")
    first = (await ada.get(TASKS, params={"trash": "true"})).json()["items"][0]["id"]
    await ada.post(f"{TASKS}/{first}/purge")
    key = {"Idempotency-Key": "the last that fits"}
    made = await ada.post(TASKS, json={"title": "Last"}, headers=key)
    again = await ada.post(TASKS, json={"title": "Last"}, headers=key)
    assert (made.status_code, again.status_code, again.json()) == (201, 201, made.json())


async def test_a_refusal_is_counted_and_concerns_nobody_else(ada: httpx.AsyncClient, bob: httpx.AsyncClient) -> None:
    def refusals() -> float:
        return REGISTRY.get_sample_value("quota_refused_total", {"what": "tasks"}) or 0.0

    await fill(ada)
    before = refusals()
    assert_refused(await ada.post(TASKS, json={"title": "One more"}))
    assert (await bob.post(TASKS, json={"title": "One more"})).status_code == 201
    assert refusals() == before + 1


async def test_one_process_stops_at_the_limit_also_before_the_read_model_shows_it(
    here: World, ada: httpx.AsyncClient
) -> None:
    ada = here.client(here.app_with(here.settings, longest_wait_seconds=0.05), cookie=f"duely={ada.cookies['duely']}")
    await ada.post(TASKS, json={"title": "First"})
    here.lagging = True
    answers = [await ada.post(TASKS, json={"title": "Another"}) for _ in range(10)]
    assert [answer.status_code for answer in answers] == [201, 201, *[403] * 8]


async def test_a_person_reads_what_is_used_and_what_may_be(here: World, ada: httpx.AsyncClient) -> None:
    empty = (await ada.get(ME)).json()["usage"]
    assert empty == {
        "tasks": {"used": 0, "limit": 3},
        "series": {"used": 0, "limit": 1},
        "bytes": {"used": 0, "limit": 20 * KB},
    }
    await ada.post(SERIES, json=DAILY)
    full = (await ada.patch(ME, json={"name": "Ada"})).json()["usage"]
    assert (full["tasks"]["used"], full["series"]["used"], full["bytes"]["used"] > 500) == (1, 1, True)

    none = Settings(rate_limits=False, quota_tasks=0, quota_series=0, quota_bytes=0)
    unlimited = here.client(here.app_with(none), cookie=f"duely={ada.cookies['duely']}")
    assert {amount["limit"] for amount in (await unlimited.get(ME)).json()["usage"].values()} == {None}
    made = [await unlimited.post(path, json=body) for path, body in ((SERIES, DAILY), *[(TASKS, {"title": "x"})] * 4)]
    assert [answer.status_code for answer in made] == [201] * 5
