"""The leader: each chore runs in one process, and in another when that one stops, dies or falls silent."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from random import Random

import pytest
from prometheus_client import REGISTRY

from host.chores.leader import Leader
from host.store.engine import Database
from host.store.upkeep import leases

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


NAMES = ("sweeper", "pruner", "notifier", "relay")


class Process:
    """One process of several, with a loop for each chore."""

    def __init__(self, database: Database, name: str, chance: int = 0) -> None:
        self.loops = {chore: FakeLoop() for chore in NAMES}
        chores = {chore: loop.run for chore, loop in self.loops.items()}
        self.task = asyncio.create_task(Leader(database, name, chores, Random(chance)).run())

    def runs(self) -> set[str]:
        return {name for name, loop in self.loops.items() if loop.running}

    async def end(self) -> None:
        self.task.cancel()
        await asyncio.gather(self.task, return_exceptions=True)


@pytest.fixture
async def pair(database: Database) -> AsyncIterator[tuple[Process, Process]]:
    """Two processes that start at once."""
    both = Process(database, "first", 1), Process(database, "second", 2)
    yield both
    for process in both:
        await process.end()


async def all_run(*processes: Process) -> None:
    """Waits until each chore runs in one of the processes."""
    await until(lambda: sorted(name for process in processes for name in process.runs()) == sorted(NAMES))


async def test_two_that_begin_at_once_share_and_one_takes_over_all_when_the_other_ends(
    pair: tuple[Process, Process],
) -> None:
    await all_run(*pair)
    assert all(process.runs() for process in pair)
    before = pair[1].runs()
    await pair[0].end()
    await all_run(pair[1])
    assert not pair[0].runs()
    assert all(pair[1].loops[name].starts == 1 for name in before), "what ran there goes on"


async def test_a_lone_process_has_all_within_a_second(database: Database) -> None:
    async with leases.session(database, "warm") as connection:  # what is measured is not how long it takes to connect
        await leases.ping(connection)
    lone = Process(database, "lone")
    began = time.monotonic()
    await all_run(lone)
    assert time.monotonic() - began < 1.5
    await lone.end()


async def test_all_have_one_session_and_end_with_it(pair: tuple[Process, Process], database: Database) -> None:
    await all_run(*pair)
    await pair[1].end()
    await all_run(pair[0])
    async with database.raw() as connection:
        ended = await connection.fetch(
            """SELECT pg_terminate_backend(pid) FROM (SELECT DISTINCT pid FROM pg_locks WHERE locktype = 'advisory'
                 AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"""
        )
    assert len(ended) == 1
    await until(lambda: not pair[0].runs())
    await all_run(pair[0])
    assert {loop.starts for loop in pair[0].loops.values()} >= {2}


async def test_a_holder_that_is_silent_for_five_seconds_loses_the_lock(database: Database) -> None:
    async with leases.session(database, "stopped") as stopped, leases.session(database, "other") as other:
        assert await leases.acquire(stopped, "test")
        assert not await leases.acquire(other, "test")
        async with asyncio.timeout(8):
            while not await leases.acquire(other, "test"):
                await asyncio.sleep(0.3)


async def test_a_chore_that_fails_is_started_again_and_the_others_go_on(database: Database) -> None:
    lone = Process(database, "lone")
    broken = lone.loops["pruner"]
    broken.broken = True
    await until(lambda: broken.starts >= 1 and len(lone.runs()) == len(NAMES) - 1)
    broken.broken = False
    await all_run(lone)
    assert {loop.starts for loop in lone.loops.values() if loop is not broken} == {1}
    await lone.end()


async def test_one_that_fails_in_one_process_is_tried_by_the_other(database: Database) -> None:
    first = Process(database, "first")
    first.loops["relay"].broken = True
    await until(lambda: first.loops["relay"].starts >= 1 and len(first.runs()) == len(NAMES) - 1)
    second = Process(database, "second")
    await until(lambda: second.runs() == {"relay"}, 20)
    for process in (first, second):
        await process.end()


async def test_the_leases_name_who_runs_what(pair: tuple[Process, Process], database: Database) -> None:
    await all_run(*pair)
    async with database.raw() as connection:
        holders = await leases.holders(connection, [*NAMES, "nothing"])
    called = {"first": pair[0], "second": pair[1]}
    assert {name: holder for name, holder in holders.items() if holder} == {
        chore: name for name, process in called.items() for chore in process.runs()
    }
    assert holders["nothing"] == ""
    for name in NAMES:
        assert REGISTRY.get_sample_value("chore_held", {"chore": name}) is not None
