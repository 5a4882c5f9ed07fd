"""The live stream by polling: the same events from the same positions, in answers that end."""

import asyncio
from typing import Any

import httpx
import pytest

from tests.fakes.listener import Listener, Served
from tests.fakes.world import World
from tests.support.deadline import eventually

pytestmark = pytest.mark.api
TASKS = "/api/v1/tasks"


async def poll(server: Served, client: httpx.AsyncClient, after: int | None = None, seconds: int = 20) -> Listener:
    start = "" if after is None else f"&after={after}"
    listener = await server.listen(f"?poll={seconds}{start}", cookie=f"duely={client.cookies['duely']}")
    assert listener.status == 200
    return listener


async def answer(listener: Listener, within_seconds: float = 5) -> list[dict[str, Any]]:
    """Reads the answer to its end; returns its events."""
    events: list[dict[str, Any]] = []
    async with asyncio.timeout(within_seconds):
        while (message := await listener.next(within_seconds)) != {}:
            events += [message] if "event" in message else []
    return events


async def start_of(server: Served, client: httpx.AsyncClient) -> int:
    position: int = (await answer(await poll(server, client, seconds=1)))[0]["data"]["position"]
    return position


async def test_it_ends_with_what_is_there_already(server: Served, ada: httpx.AsyncClient) -> None:
    start = await start_of(server, ada)
    task = (await ada.post(TASKS, json={"title": "Heard"})).json()
    hello, created = await answer(await poll(server, ada, start), 2)
    assert (hello["event"], hello["data"]["position"]) == ("hello", start)
    assert (created["event"], int(created["id"]), created["data"]["task"]) == ("task.created", start + 1, task)


async def test_it_ends_with_what_happens_while_it_waits(server: Served, ada: httpx.AsyncClient) -> None:
    listener = await poll(server, ada, await start_of(server, ada))
    assert (await listener.next())["event"] == "hello"
    await ada.post(TASKS, json={"title": "Heard"})
    assert [event["event"] for event in await answer(listener, 2)] == ["task.created"]


async def test_it_ends_without_anything_after_its_seconds(here: World, server: Served, ada: httpx.AsyncClient) -> None:
    loop = asyncio.get_running_loop()
    began = loop.time()
    assert [event["event"] for event in await answer(await poll(server, ada, seconds=1))] == ["hello"]
    assert 0.9 <= loop.time() - began <= 4
    await eventually(lambda: not here.app.state.duely.seats.taken(ada.headers["x-user-id"]), 5, "its seat is free")


async def test_the_polls_of_a_busy_minute_miss_and_repeat_nothing(server: Served, ada: httpx.AsyncClient) -> None:
    start = at = await start_of(server, ada)
    writing = asyncio.gather(*(ada.post(TASKS, json={"title": str(number)}) for number in range(40)))
    positions: list[int] = []
    while at < start + 40:
        for event in (await answer(await poll(server, ada, at), 10))[1:]:
            data = event["data"]
            positions += [each["position"] for each in data.get("events", [data])]
            at = int(event["id"])
    await writing
    assert positions == list(range(start + 1, start + 41))


async def test_a_place_that_is_not_known_is_a_resync(server: Served, ada: httpx.AsyncClient) -> None:
    assert [event["event"] for event in await answer(await poll(server, ada, 99_999), 2)] == ["hello", "resync"]


async def test_a_logout_ends_it(server: Served, ada: httpx.AsyncClient) -> None:
    listener = await poll(server, ada)
    await listener.next()
    assert (await ada.post("/api/v1/auth/logout")).status_code == 204
    assert await answer(listener, 1) == []


async def test_it_counts_among_a_persons_streams(server: Served, ada: httpx.AsyncClient) -> None:
    listeners = [await poll(server, ada) for _ in range(4)]
    for listener in listeners:
        assert (await listener.next())["event"] == "hello"
    assert [event["event"] for event in await answer(listeners[0], 2)] == ["replaced"]


async def test_at_a_shutdown_it_is_told_when_to_come_back(here: World, server: Served, ada: httpx.AsyncClient) -> None:
    listener = await poll(server, ada)
    await listener.next()
    here.app.state.duely.seats.drain()
    assert 500 <= int((await listener.next())["retry"]) <= 5_000
    assert await listener.next() == {}


@pytest.mark.parametrize("seconds", ["0", "26", "-1", "1.5", "long", ""])
async def test_it_waits_for_seconds_within_limits(server: Served, ada: httpx.AsyncClient, seconds: str) -> None:
    refused = await server.listen(f"?poll={seconds}", cookie=f"duely={ada.cookies['duely']}")
    assert refused.status == 422
