"""The leader: one process runs the loops, and another takes over when it stops, dies or is silent."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest

from host.leader import Leader
from host.store import leases
from host.store.engine import Database

pytestmark = pytest.mark.store


class FakeLoop:
    """A loop that lives until it is cancelled. `broken` makes it fail at once."""

    def __init__(self) -> None:
        self.running, self.starts, self.broken = False, 0, False

    async def run(self) -> None:
        self.starts += 1
        if self.broken:
            raise ValueError("a bug")
        self.running = True
        try:
            await asyncio.Event().wait()
        finally:
            self.running = False


async def until(condition: Callable[[], bool], seconds: float = 8) -> None:
    async with asyncio.timeout(seconds):
        while not condition():
            await asyncio.sleep(0.02)


@pytest.fixture
async def pair(database: Database) -> AsyncIterator[list[tuple[FakeLoop, asyncio.Task[None]]]]:
    pair = []
    for _ in range(2):
        loop = FakeLoop()
        pair.append((loop, asyncio.create_task(Leader(database, "test", [loop.run]).run())))
    yield pair
    for _, task in pair:
        task.cancel()
    await asyncio.gather(*(task for _, task in pair), return_exceptions=True)


async def test_one_of_two_leads_and_the_other_takes_over(pair: list[tuple[FakeLoop, asyncio.Task[None]]]) -> None:
    await until(lambda: any(loop.running for loop, _ in pair))
    await asyncio.sleep(1.2)
    (leading,) = [(loop, task) for loop, task in pair if loop.running]
    (waiting,) = [(loop, task) for loop, task in pair if not loop.running]
    leading[1].cancel()
    await until(lambda: waiting[0].running)
    assert not leading[0].running


async def test_the_loops_end_when_the_session_ends(
    pair: list[tuple[FakeLoop, asyncio.Task[None]]], database: Database
) -> None:
    await until(lambda: any(loop.running for loop, _ in pair))
    async with database.raw() as connection:
        await connection.fetch(
            """SELECT pg_terminate_backend(pid) FROM pg_locks
               WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
        )
    await until(lambda: not all(loop.running for loop, _ in pair))
    await until(lambda: sum(loop.starts for loop, _ in pair) == 2 and any(loop.running for loop, _ in pair))
    assert sum(loop.running for loop, _ in pair) == 1


async def test_a_holder_that_is_silent_for_five_seconds_loses_the_lock(database: Database) -> None:
    async with leases.session(database) as stopped, leases.session(database) as other:
        assert await leases.acquire(stopped, "test")
        assert not await leases.acquire(other, "test")
        async with asyncio.timeout(8):
            while not await leases.acquire(other, "test"):
                await asyncio.sleep(0.3)


async def test_a_loop_that_fails_is_started_again(database: Database) -> None:
    loop = FakeLoop()
    loop.broken = True
    task = asyncio.create_task(Leader(database, "test", [loop.run]).run())
    await until(lambda: loop.starts >= 1)
    loop.broken = False
    await until(lambda: loop.running)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    assert not loop.running
