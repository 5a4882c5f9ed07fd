"""What a user stores: kept with every change, given back by a purge, and counted anew each day."""

import asyncio
from datetime import timedelta

import orjson
import pytest

from actors.commands import occurrence_id
from host.chores.pruner import Pruner
from host.consumers.catchup import Catchup
from host.store.engine import Database
from host.store.read_model import usage_queries, usage_rows
from host.store.read_model.usage_queries import Usage
from host.store.read_model.usage_rows import Change
from tests.fakes.person import FakeClock, FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store

DAILY = {"template": {"title": "Water"}, "rule": "FREQ=DAILY", "start": {"date": "2026-11-23"}}


async def stored(world: World, person: FakePerson) -> Usage:
    async with world.database.connect() as connection:
        return await usage_queries.find(connection, person.id)


async def really_stored(world: World, person: FakePerson) -> Usage:
    """Returns what the docs of the actors take up, counted without the read model's own rows of usage."""
    tasks = await world.rows("SELECT body::text FROM tasks WHERE user_id = $1 AND NOT purged", person.id)
    series = await world.rows("SELECT body::text FROM series WHERE user_id = $1 AND status <> 'deleted'", person.id)
    size = sum(len(orjson.dumps(orjson.loads(row[0]))) for row in [*tasks, *series])
    return Usage(len(tasks), len(series), size)


async def settle(loops: dict[str, Catchup]) -> None:
    for _ in range(3):
        for name in ("projector", "recurrence"):
            await loops[name].step()


async def test_every_change_is_counted_and_a_purge_gives_back(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await world.say(person.id, person.signs_up())
    task_id = await world.create(person, title="Pay rent", tags=["Home", "Ärger"])
    await world.create(person, title="Call", description="é" * 500)
    await settle(loops)
    both = await stored(world, person)
    assert both == await really_stored(world, person)
    assert (both.tasks, both.series, both.bytes > 1_500) == (2, 0, True)

    await world.say(task_id, person.says("PatchTask", {"description": "x" * 1_000}))
    await settle(loops)
    longer = await stored(world, person)
    assert 1_000 <= longer.bytes - both.bytes < 1_100

    await world.say(task_id, person.says("DeleteTask"))
    await settle(loops)
    assert (await stored(world, person)).tasks == 2  # the trash takes up as much

    await world.say(task_id, person.says("PurgeTask"))
    await settle(loops)
    left = await stored(world, person)
    assert left.tasks == 1
    assert left.bytes < both.bytes
    assert left == await really_stored(world, person)


async def test_series_and_their_tasks_are_counted(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    await world.say(person.id, person.signs_up())
    series_id = await world.create_series(person, **DAILY)
    await settle(loops)
    first = await stored(world, person)
    assert (first.tasks, first.series) == (1, 1)
    assert first == await really_stored(world, person)
    assert await world.value("SELECT id FROM tasks") == occurrence_id(series_id, 1, "2026-11-23", 0)

    await world.say(series_id, person.says("PatchSeries", {"template": {"description": "x" * 1_000}}))
    await settle(loops)
    assert await stored(world, person) == await really_stored(world, person)

    await world.say(series_id, person.says("DeleteSeries", {"occurrences": "keep"}))
    await settle(loops)
    deleted = await stored(world, person)
    assert (deleted.tasks, deleted.series) == (1, 0)
    assert deleted == await really_stored(world, person)


async def test_events_that_come_again_count_once(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    await world.say(person.id, person.signs_up())
    await world.create(person)
    await world.create_series(person, **DAILY)
    await settle(loops)
    once = await stored(world, person)
    await world.rows("UPDATE watermarks SET position = 0 WHERE consumer = 'projector'")
    await world.rows("DELETE FROM inbox WHERE consumer = 'projector'")
    await settle(loops)
    assert await stored(world, person) == once


async def test_the_pruner_counts_who_was_never_counted_and_everybody_once_a_day(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database, clock: FakeClock
) -> None:
    await world.say(person.id, person.signs_up())
    await world.create(person)
    await world.create_series(person, **DAILY)
    await settle(loops)
    truth = await stored(world, person)
    pruner = Pruner(database, world, clock, broker=False)
    await world.rows("DELETE FROM usage")  # as after an upgrade
    await pruner.prune()
    assert await stored(world, person) == truth
    await world.rows("UPDATE usage SET tasks = -1, counted_at = NULL")  # a purge came before the first count
    await pruner.prune()
    assert await stored(world, person) == truth

    await world.rows("UPDATE usage SET tasks = 70, bytes = -5")  # as after writes of the release before
    await pruner.prune()
    assert (await stored(world, person)).tasks == 70
    clock.move(days=1, seconds=1)
    await pruner.prune()
    assert await stored(world, person) == truth


async def test_a_deleted_user_has_no_row(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database, clock: FakeClock
) -> None:
    await world.say(person.id, person.signs_up())
    await world.create(person)
    await world.say(person.id, person.says("DeleteUser"))
    await settle(loops)
    await Pruner(database, world, clock, broker=False).prune()
    assert await world.value("SELECT count(*) FROM usage") == 0


async def test_a_count_beside_a_projector_neither_loses_nor_doubles(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    """The projector has written its task, but not yet its usage, when the count runs; and then the other way round."""
    await world.say(person.id, person.signs_up())
    await world.create(person)
    await settle(loops)
    now = world.clock.now()
    columns = ", ".join(
        row[0]
        for row in await world.rows(
            """SELECT column_name FROM information_schema.columns
               WHERE table_name = 'tasks' AND is_generated = 'NEVER' AND column_name <> 'id' ORDER BY ordinal_position"""
        )
    )
    insert = f"INSERT INTO tasks (id, {columns}) SELECT $1, {columns} FROM tasks LIMIT 1"
    size = (await stored(world, person)).bytes
    async with database.raw() as projector, database.raw() as counter:
        async with projector.transaction():
            await projector.execute(insert, "second")
            await usage_rows.recount(counter, person.id, now)
            await usage_rows.add(projector, [Change(person.id, 1, 0, size)])
        assert await stored(world, person) == await really_stored(world, person)

        async with projector.transaction():
            await projector.execute(insert, "third")
            await usage_rows.add(projector, [Change(person.id, 1, 0, size)])
            counting = asyncio.create_task(usage_rows.recount(counter, person.id, now + timedelta(days=1)))
            await asyncio.sleep(0.1)
            assert not counting.done()
        await counting
    assert await stored(world, person) == await really_stored(world, person)
    assert (await stored(world, person)).tasks == 3


async def test_two_processes_that_count_at_once_mend_once(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    await world.say(person.id, person.signs_up())
    await world.create(person)
    await settle(loops)
    truth = await stored(world, person)
    await world.rows("UPDATE usage SET tasks = 7")
    async with database.raw() as one, database.raw() as other, database.raw() as holder:
        async with holder.transaction():
            await holder.execute("UPDATE usage SET tasks = tasks")  # both have counted before one may mend
            counts = [
                asyncio.create_task(usage_rows.recount(each, person.id, world.clock.now())) for each in (one, other)
            ]
            await asyncio.sleep(0.3)
        await asyncio.gather(*counts)
    assert await stored(world, person) == truth
