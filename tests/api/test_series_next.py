"""`next` of a series: it names a task that can be read and is still to be done."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.api.series import BERLIN, DAILY, SERIES, TASKS, made
from tests.fakes.schema import faults
from tests.fakes.world import World

pytestmark = pytest.mark.api
LATER = {"start": {"local": "2026-11-24T10:00", "zone": BERLIN}}
LATE_SECONDS = 0.3


async def settle_late(here: World) -> None:
    await asyncio.sleep(LATE_SECONDS)
    await here.settle()


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "", DAILY),
        ("POST", "/{id}/skip", {"slot": "2026-11-23T09:00"}),
        ("PATCH", "/{id}", LATER),
        ("PATCH", "/{id}", {"from_slot": "2026-11-26T09:00", "title": "Less"}),
    ],
)
async def test_the_task_that_comes_next_is_there_when_its_series_names_it(
    here: World, ada: httpx.AsyncClient, method: str, path: str, body: dict[str, Any]
) -> None:
    series = await made(ada)
    here.lagging = True
    answer, _ = await asyncio.gather(
        task_after(ada, method, SERIES + path.format(id=series["id"]), body), settle_late(here)
    )
    assert answer.status_code == 200, answer.text


async def task_after(ada: httpx.AsyncClient, method: str, url: str, body: dict[str, Any]) -> httpx.Response:
    """The task that the answered series names, read as soon as it is named."""
    answer = await ada.request(method, url, json=body)
    assert answer.status_code in (200, 201), answer.text
    return await ada.get(f"{TASKS}/{answer.json()['next']['task_id']}")


async def test_a_resumed_series_names_a_task_that_is_there(here: World, ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    await ada.post(f"{SERIES}/{series['id']}/pause")
    here.lagging = True
    answer, _ = await asyncio.gather(task_after(ada, "POST", f"{SERIES}/{series['id']}/resume", {}), settle_late(here))
    assert answer.status_code == 200, answer.text


async def test_the_token_of_a_series_names_the_task_that_is_not_there_in_time(
    here: World, ada: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []

    async def never(actor_id: str, version: int, _: float) -> bool:
        asked.append((actor_id, version))
        return False

    monkeypatch.setattr(here.projection, "wait", never)
    answer = await ada.post(SERIES, json=DAILY)
    assert answer.status_code == 201, answer.text
    task = (answer.json()["next"]["task_id"], 1)
    assert asked == [task]
    asked.clear()
    behind = await ada.get(f"{TASKS}/{task[0]}", headers={"Duely-Consistency": answer.headers["duely-consistency"]})
    assert behind.json()["code"] == "read_model_behind"
    assert asked == [task, (answer.json()["id"], 1)]


async def test_an_edit_does_not_wait_for_a_task_that_was_there_before(here: World, ada: httpx.AsyncClient) -> None:
    series = await made(ada)
    here.lagging = True
    async with asyncio.timeout(1.5):
        edited = await ada.patch(f"{SERIES}/{series['id']}", json={"title": "Feed the cat"})
        paused = await ada.post(f"{SERIES}/{series['id']}/pause")
    assert (edited.json()["next"], paused.json()["next"]) == (series["next"], None)


@pytest.mark.parametrize(("look_ahead_days", "has_task"), [(0, False), (3, True)])
@pytest.mark.parametrize("how", ["complete", "delete"])
async def test_what_is_done_ahead_of_its_slot_is_not_what_comes_next(
    ada: httpx.AsyncClient, how: str, look_ahead_days: int, has_task: bool
) -> None:
    series = await made(ada, look_ahead_days=look_ahead_days)
    await ada.post(f"{SERIES}/{series['id']}/skip", json={"slot": "2026-11-24T09:00"})
    assert await next_of(ada, series) == series["next"]
    url = f"{TASKS}/{series['next']['task_id']}"
    done = await (ada.post(f"{url}/complete") if how == "complete" else ada.delete(url))
    assert done.status_code == 200, done.text
    after = await next_of(ada, series)
    assert (after["slot"], after["number"], after["at"]) == ("2026-11-25T09:00", 3, "2026-11-25T08:00:00.000Z")
    assert (after["task_id"] is not None) is has_task


async def test_nothing_comes_after_the_last_one_that_is_done(ada: httpx.AsyncClient) -> None:
    series = await made(ada, rule="FREQ=DAILY;COUNT=1")
    await ada.post(f"{TASKS}/{series['next']['task_id']}/complete")
    assert await next_of(ada, series) is None


async def next_of(ada: httpx.AsyncClient, series: dict[str, Any]) -> Any:
    """As one series and as the list of all tell it."""
    one = (await ada.get(f"{SERIES}/{series['id']}")).json()
    assert faults(one, "Series") == []
    assert (await ada.get(SERIES)).json()["items"] == [one]
    return one["next"]
