"""Which processes run, of which version, and when a newer data format may be written."""

import asyncio
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from host.presence import Presence
from host.store.engine import Database
from host.store.upkeep import processes, vitals
from host.store.upkeep.processes import Process
from host.version import VERSION

pytestmark = pytest.mark.store

WEB = Process("a", "web", "1.9.2", "duely-web", "pod-a", 7)
ACTORS = Process("b", "actors", "1.10.0", "duely", "pod-b", 7)


NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


async def announced(database: Database, *running: Process) -> None:
    async with database.raw() as connection:
        for process in running:
            await processes.announce(connection, process)


async def unseen(database: Database, process: Process, interval: str) -> None:
    async with database.raw() as connection:
        query = "UPDATE processes SET seen_at = clock_timestamp() - $2::text::interval WHERE id = $1"
        await connection.execute(query, process.id, interval)


async def living(database: Database) -> list[Process]:
    async with database.raw() as connection:
        return [seen.process for seen in await processes.living(connection)]


async def oldest(database: Database) -> str | None:
    async with database.raw() as connection:
        return await processes.oldest_version(connection)


async def all_read(database: Database, version: str) -> bool:
    async with database.raw() as connection:
        return await processes.all_read(connection, version)


async def test_a_form_may_be_written_once_all_that_run_read_it(database: Database) -> None:
    assert (await oldest(database), await all_read(database, "1.9.2")) == (None, False)
    await announced(database, WEB, ACTORS)
    assert await oldest(database) == "1.9.2"
    assert (await all_read(database, "1.9.2"), await all_read(database, "1.10.0")) == (True, False)
    await announced(database, replace(WEB, id="c", version="1.10.1"))
    async with database.raw() as connection:
        await processes.leave(connection, "a")
    assert (await all_read(database, "1.10.0"), await all_read(database, "1.11")) == (True, False)


async def test_who_is_unseen_for_30_seconds_is_gone_and_for_a_day_forgotten(database: Database) -> None:
    await announced(database, WEB, ACTORS)
    await unseen(database, WEB, "29 s")
    assert await living(database) == [ACTORS, WEB]
    await unseen(database, WEB, "31 s")
    assert await living(database) == [ACTORS]
    await announced(database, WEB)
    assert await living(database) == [ACTORS, WEB]
    await unseen(database, WEB, "25 h")
    await unseen(database, ACTORS, "25 h")
    await announced(database, ACTORS)
    async with database.raw() as connection:
        assert [row[0] for row in await connection.fetch("SELECT id FROM processes")] == ["b"]
    assert await living(database) == [ACTORS]


async def test_who_was_seen_by_a_clock_that_is_put_back_since_is_gone_until_it_tells_again(database: Database) -> None:
    await announced(database, WEB)
    await unseen(database, WEB, "-1 h")
    assert await living(database) == []
    await announced(database, WEB)
    assert await living(database) == [WEB]


async def test_a_process_tells_that_it_runs_until_it_leaves(database: Database, database_url: str) -> None:
    presence = Presence(database, "this", "consumers")
    running = asyncio.create_task(presence.run())
    async with asyncio.timeout(5):
        while not await living(database):
            await asyncio.sleep(0.01)
    [found] = (await vitals.read(database_url, NOW)).processes
    assert (found.process.id, found.process.role, found.process.app_id) == ("this", "consumers", "duely-consumers")
    assert found.process.version == VERSION
    assert 0 <= found.seconds_ago < 5
    running.cancel()
    await presence.leave()
    assert await living(database) == []
