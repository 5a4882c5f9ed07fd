"""The patrol finds breaches slice by slice, counts them in metrics, and takes them back once they are mended."""

import asyncio

import pytest
from prometheus_client import REGISTRY

from host import metrics
from host.chores import patrol
from host.chores.patrol import Patrol
from host.consumers.catchup import Catchup
from host.store.turns import watermarks
from tests.fakes.person import FakePerson
from tests.store.operator.verification import settle, verify
from tests.store.world import World

pytestmark = pytest.mark.store


@pytest.fixture
async def patrolling(world: World, loops: dict[str, Catchup]) -> Patrol:
    """Returns a patrol that checks the six tasks of six people two at a time."""
    for _ in range(6):
        await world.create(FakePerson(zone="UTC"), tags=["home"])
    await settle(loops)
    await world.rows("UPDATE wakes SET armed_at = now()")
    return Patrol(world.database, world.clock, broker=True, docs_at_once=2, users_at_once=2)


def value(name: str, **labels: str) -> float:
    sample = REGISTRY.get_sample_value(name, labels)
    assert sample is not None, name
    return sample


async def once_around(patrolling: Patrol) -> None:
    for _ in range(4):
        await patrolling.step()


async def test_of_a_whole_system_it_finds_nothing_and_looks_at_all(patrolling: Patrol) -> None:
    before = {name: metrics.invariant_checked.labels(name)._value.get() for name in patrol.INVARIANTS}
    await once_around(patrolling)
    assert {value("invariant_breaches", invariant=name) for name in patrol.INVARIANTS} == {0}
    after = {name: metrics.invariant_checked.labels(name)._value.get() for name in patrol.INVARIANTS}
    assert {name: after[name] - before[name] for name in ("read_model", "tags", "chain")} == {
        "read_model": 6,
        "tags": 6,
        "chain": 6,
    }


@pytest.mark.parametrize(
    ("invariant", "damage"),
    [
        ("read_model", "UPDATE tasks SET title = 'x'"),
        ("tags", "UPDATE tags SET count = 2"),
        ("activity", "DELETE FROM activity WHERE position = 1"),
        ("chain", "UPDATE activity SET body = body || ' '"),
        ("versions", "UPDATE outbox SET version = 2"),
    ],
)
async def test_what_is_broken_is_counted_once_however_often_it_is_seen(
    patrolling: Patrol, world: World, invariant: str, damage: str
) -> None:
    await world.rows(damage)
    await patrolling.step()
    assert value("invariant_breaches", invariant=invariant) == 2
    await once_around(patrolling)
    await once_around(patrolling)
    assert value("invariant_breaches", invariant=invariant) == 6


async def test_what_was_mended_is_taken_back(patrolling: Patrol, world: World) -> None:
    await world.rows("UPDATE tasks SET title = 'x'")
    await once_around(patrolling)
    assert value("invariant_breaches", invariant="read_model") == 6
    await verify(world, repair=True)
    await once_around(patrolling)
    assert value("invariant_breaches", invariant="read_model") == 0


async def test_it_says_what_waits_and_who_is_paused(
    patrolling: Patrol, world: World, loops: dict[str, Catchup]
) -> None:
    await patrolling.step()
    assert value("outbox_oldest_seconds", consumer="projector") == 0
    assert value("consumer_paused", consumer="projector") == 0
    async with world.database.raw() as connection:
        await watermarks.pause(connection, "projector")
    await world.create(FakePerson(zone="UTC"))
    await world.rows("UPDATE outbox SET created_at = created_at - interval '1 minute'")
    await patrolling.step()
    assert value("outbox_oldest_seconds", consumer="projector") > 59
    assert value("outbox_oldest_seconds", consumer="notifier") == 0
    assert value("outbox_unpublished_seconds") > 59
    assert value("consumer_paused", consumer="projector") == 1
    assert value("patrol_timestamp_seconds") == world.clock.now().timestamp()


async def test_a_delivery_that_should_have_gone_out_is_counted(patrolling: Patrol, world: World) -> None:
    await world.rows(
        """INSERT INTO deliveries (reminder_id, firing, channel, user_id, task_id, status, due_at, version, title, body,
             fired_at) VALUES ('r', 1, 'in_app', 'u', 't', 'pending', $1::timestamptz - interval '2 minutes', 1, '', '',
             $1)""",
        world.clock.now(),
    )
    await patrolling.step()
    assert value("deliveries_overdue") == 1


async def test_who_patrols_no_more_says_nothing(patrolling: Patrol, world: World) -> None:
    """Its last numbers would stay beside those of the next leader for ever."""
    await world.rows("UPDATE tasks SET title = 'x'")
    running = asyncio.create_task(patrolling.run())
    async with asyncio.timeout(5):
        while not REGISTRY.get_sample_value("invariant_breaches", {"invariant": "read_model"}):
            await asyncio.sleep(0.02)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    assert REGISTRY.get_sample_value("invariant_breaches", {"invariant": "read_model"}) is None
