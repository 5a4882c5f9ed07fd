"""A series with more open tasks than it keeps in mind: what is shown of it, and what an edit or a delete does to them."""

import httpx
import pytest

from actors.series.state import MAX_OPEN
from tests.api.series import DAILY, SERIES, TASKS
from tests.fakes.world import PASSWORD, World

pytestmark = pytest.mark.api
OPEN = MAX_OPEN + 30


@pytest.fixture
async def piled_up(here: World, ada: httpx.AsyncClient) -> str:
    """Returns the id of a series with OPEN tasks that have started and are open, and the next one."""
    series_id: str = (await ada.post(SERIES, json=DAILY)).json()["id"]
    here.clock.move(days=OPEN)
    await ada.post("/api/v1/auth/login", json={"email": "ada@example.org", "password": PASSWORD})
    for _ in range(OPEN // 20):
        await here.actors.tick("SeriesActor", series_id)
    assert await open_of(ada, series_id) == OPEN + 1
    return series_id


async def open_of(ada: httpx.AsyncClient, series_id: str) -> int:
    found = await ada.get(TASKS, params={"series": series_id, "status": "open"})
    assert found.status_code == 200, found.text
    total: int = found.json()["total"]
    return total


async def test_all_that_is_open_is_shown(ada: httpx.AsyncClient, piled_up: str) -> None:
    stretch = {"from": "2026-11-23", "to": "2027-04-30"}
    items = (await ada.get(f"{SERIES}/{piled_up}/occurrences", params=stretch)).json()["items"]
    assert sum(item["state"] == "open" for item in items) == OPEN + 1


async def test_deleting_it_with_its_occurrences_deletes_all_that_is_open(
    here: World, ada: httpx.AsyncClient, piled_up: str
) -> None:
    done = (await ada.get(TASKS, params={"series": piled_up, "status": "open", "per_page": 1})).json()["items"][0]["id"]
    await ada.post(f"{TASKS}/{done}/complete")
    answer = await ada.delete(f"{SERIES}/{piled_up}", params={"occurrences": "delete"})
    assert (answer.status_code, answer.json()["status"]) == (200, "deleted")
    await tell_all(here, piled_up)
    assert await open_of(ada, piled_up) == 0
    task = (await ada.get(f"{TASKS}/{done}")).json()
    assert (task["status"], task["deleted_at"]) == ("completed", None)


async def test_an_edit_of_all_reaches_all_that_is_open_and_nobody_has_edited(
    here: World, ada: httpx.AsyncClient, piled_up: str
) -> None:
    oldest = {"series": piled_up, "status": "open", "per_page": 1, "order": "asc", "sort": "due"}
    first = (await ada.get(TASKS, params=oldest)).json()["items"][0]
    assert first["occurrence"]["slot"] == DAILY["start"]["local"]
    await ada.patch(f"{TASKS}/{first['id']}", json={"title": "Mine"})
    answer = await ada.patch(f"{SERIES}/{piled_up}", json={"title": "Feed the cat", "description": None})
    assert (answer.status_code, answer.json()["title"]) == (200, "Feed the cat")
    await tell_all(here, piled_up)
    tasks = (await ada.get(TASKS, params={"series": piled_up, "status": "open", "per_page": 200})).json()["items"]
    assert sorted({task["title"] for task in tasks}) == ["Feed the cat", "Mine"]
    assert sum(task["title"] == "Feed the cat" for task in tasks) == OPEN


async def test_deleting_it_without_them_leaves_all_that_is_open(
    here: World, ada: httpx.AsyncClient, piled_up: str
) -> None:
    await ada.delete(f"{SERIES}/{piled_up}", params={"occurrences": "keep"})
    await tell_all(here, piled_up)
    assert await open_of(ada, piled_up) == OPEN + 1


async def test_what_could_not_be_reached_is_deleted_by_the_next_request(
    here: World, ada: httpx.AsyncClient, piled_up: str
) -> None:
    here.actors.unreachable = {"TaskActor"}
    params, key = {"occurrences": "delete"}, {"Idempotency-Key": "away with it"}
    answer = await ada.delete(f"{SERIES}/{piled_up}", params=params, headers=key)
    assert (answer.status_code, "retry-after" in answer.headers) == (503, True)
    here.actors.unreachable = set()
    answer = await ada.delete(f"{SERIES}/{piled_up}", params=params, headers=key)
    assert (answer.status_code, answer.json()["status"]) == (200, "deleted")
    await tell_all(here, piled_up)
    assert await open_of(ada, piled_up) == 0


async def tell_all(here: World, series_id: str) -> None:
    """Lets the next turns send what one turn had no room for."""
    for _ in range(OPEN // 20):
        await here.actors.tick("SeriesActor", series_id)
