"""The pruner: it deletes rows that have served their time, and none that somebody still needs."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from host import metrics
from host.chores.pruner import Pruner
from host.consumers.catchup import Catchup
from host.store.engine import Database
from host.store.read_model import activity_partitions
from tests.fakes.person import FakeClock, FakePerson
from tests.store.world import World
from tests.support.deadline import eventually

pytestmark = pytest.mark.store


@pytest.fixture
def pruner(database: Database, world: World, clock: FakeClock) -> Pruner:
    return Pruner(database, world, clock, broker=False)


async def handle_all(loops: dict[str, Catchup]) -> None:
    for loop in loops.values():
        for _ in range(4):
            await loop.step()


async def make_old(world: World) -> None:
    await world.rows("UPDATE outbox SET created_at = $1::timestamptz - interval '8 days'", world.clock.now())


async def test_old_rows_that_all_have_handled_go_with_their_inbox(
    world: World, person: FakePerson, loops: dict[str, Catchup], pruner: Pruner
) -> None:
    for _ in range(2):
        await world.create(person)
    await make_old(world)
    await handle_all(loops)
    await world.rows("DELETE FROM outbox WHERE position = 1")  # as if a broker had brought it again after it went
    await world.create(person)
    await world.rows("UPDATE outbox SET created_at = $1 WHERE position > 2", world.clock.now())
    await pruner.prune()
    assert [row[0] for row in await world.rows("SELECT position FROM outbox")] == [3]
    assert await world.value("SELECT count(*) FROM inbox") == 0


async def test_a_row_that_one_consumer_has_not_handled_stays(
    world: World, person: FakePerson, loops: dict[str, Catchup], pruner: Pruner
) -> None:
    await world.create(person)
    await make_old(world)
    del loops["rezone"]
    await handle_all(loops)
    await pruner.prune()
    assert await world.value("SELECT count(*) FROM outbox") == 1


async def test_with_a_broker_an_unpublished_row_stays(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await world.create(person)
    await make_old(world)
    await handle_all(loops)
    pruner = Pruner(world.database, world, world.clock, broker=True)
    await pruner.prune()
    assert await world.value("SELECT count(*) FROM outbox") == 1
    await world.rows("UPDATE outbox SET published_at = now()")
    await pruner.prune()
    assert await world.value("SELECT count(*) FROM outbox") == 0


async def test_more_than_goes_in_one_pass_is_followed_at_once_by_the_next(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    pruner = Pruner(
        world.database, world, world.clock, broker=False, rows_at_once=2, batches_at_once=2, breath_seconds=0.0
    )
    for _ in range(9):
        await world.create(person)
    await make_old(world)
    await handle_all(loops)
    await world.rows("UPDATE commands SET at = $1", world.clock.now())
    running = asyncio.create_task(pruner.run())

    async def gone() -> bool:
        return await world.value("SELECT count(*) FROM outbox") == 0

    await eventually(gone, 10, "the outbox was pruned")
    running.cancel()
    assert await world.value("SELECT count(*) FROM inbox") == 0
    assert await world.value("SELECT count(*) FROM commands") == 9


async def test_commands_are_kept_a_day(world: World, person: FakePerson, pruner: Pruner, clock: FakeClock) -> None:
    await world.create(person)
    await world.rows("UPDATE commands SET at = $1", clock.now())
    clock.move(hours=23)
    await pruner.prune()
    assert await world.value("SELECT count(*) FROM commands") == 1
    clock.move(hours=2)
    await pruner.prune()
    assert await world.value("SELECT count(*) FROM commands") == 0


async def test_a_session_goes_when_it_has_expired(world: World, pruner: Pruner, clock: FakeClock) -> None:
    insert = (
        "INSERT INTO sessions (token_hash, user_id, created_at, last_seen_at, expires_at) VALUES ($1, 'u', $2, $2, $3)"
    )
    now = clock.now()
    clock.move(seconds=10)
    await world.rows(insert, "old", now, now)
    await world.rows(insert, "new", now, clock.now())
    await pruner.prune()
    assert [row[0] for row in await world.rows("SELECT token_hash FROM sessions")] == ["new"]


async def test_a_task_is_purged_after_thirty_days_in_the_trash(
    world: World, person: FakePerson, loops: dict[str, Catchup], pruner: Pruner, clock: FakeClock
) -> None:
    task_id = await world.create(person)
    await world.create(person)
    await world.say(task_id, person.says("DeleteTask"))
    await loops["projector"].step()
    clock.move(days=29)
    await pruner.prune()
    assert world.calls == []
    clock.move(days=2)
    await pruner.prune()
    assert world.calls == [("PurgeTask", task_id)]
    await loops["projector"].step()
    await pruner.prune()
    assert world.calls == [("PurgeTask", task_id)]
    assert await world.value("SELECT purged AND title = '' FROM tasks WHERE id = $1", task_id)


async def test_partitions_are_made_ahead_and_rows_move_out_of_the_default_one(
    world: World, database: Database, clock: FakeClock
) -> None:
    insert = """INSERT INTO activity (user_id, position, at, event_id, type, version, actor_kind, actor_id, body,
                prev_hash, hash) VALUES ('u', $1, $2::text::timestamptz, $2, 't', 1, 'user', 'u', '{}', '', '')"""
    async with database.raw() as connection:
        await connection.execute(insert, 1, "2031-05-31T23:59:59.999Z")
        await connection.execute(insert, 2, "2031-06-01T00:00:00Z")
        clock.at = clock.at.replace(year=2031, month=6)
        made = await activity_partitions.ensure(connection, clock.now())
        assert made == ["activity_2031_06", "activity_2031_07", "activity_2031_08", "activity_2031_09"]
        assert await activity_partitions.ensure(connection, clock.now()) == []
    assert await world.value("SELECT position FROM activity_2031_06") == 2
    assert await world.value("SELECT position FROM activity_default") == 1
    assert await world.value("SELECT count(*) FROM activity") == 2


async def test_who_prunes_no_more_says_nothing_more(pruner: Pruner) -> None:
    """Its last numbers would stay beside those of the next leader for ever."""
    gauges = (metrics.dead_letters, metrics.outbox_pending)
    running = asyncio.create_task(pruner.run())
    await asyncio.sleep(0.1)
    for gauge in (*gauges, metrics.wakes_overdue):
        gauge.set(3)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert [REGISTRY.get_sample_value(gauge._name) for gauge in (*gauges, metrics.wakes_overdue)] == [0, 0, 3]
