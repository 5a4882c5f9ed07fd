"""The stop of a process: the public listener ends first, and a listener that does not end holds nothing up."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from web import serve

pytestmark = pytest.mark.unit


class FakeServer:
    """Serves until it must exit and `last` is done."""

    should_exit = False

    def __init__(self, last: Callable[[], Awaitable[object]]) -> None:
        self._last = last

    async def serve(self) -> None:
        while not self.should_exit:
            await asyncio.sleep(0.01)
        await self._last()


async def end(*servers: Any) -> list[asyncio.Task[None]]:
    tasks = [asyncio.create_task(server.serve()) for server in servers]
    await asyncio.sleep(0.05)
    await serve._end(servers, tasks)  # pyright: ignore[reportPrivateUsage]  # `serve` needs a whole machine
    return tasks


async def test_the_way_to_the_actors_stays_open_until_the_last_request_has_ended() -> None:
    ended: list[str] = []

    async def request() -> None:
        await asyncio.sleep(0.1)
        ended.append(f"request, told to exit: {actors.should_exit}")

    async def nothing() -> None:
        ended.append("actors")

    actors = FakeServer(nothing)
    await end(actors, FakeServer(request))
    assert ended == ["request, told to exit: False", "actors"]


async def test_a_listener_that_does_not_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "STOP_SECONDS", 0.1)
    tasks = await end(FakeServer(asyncio.Event().wait), FakeServer(asyncio.Event().wait))
    assert all(task.cancelled() for task in tasks)
