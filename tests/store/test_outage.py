"""PostgreSQL dies in the middle: every loop waits it out, and what was committed is heard by whoever listens."""

import asyncio
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from host.arming import Arming
from host.consumers.catchup import Catchup
from host.consumers.notifier import Notifier
from host.consumers.projector import Projector
from host.consumers.table import consumers
from host.hub import Hub, Resync
from host.leader import Leader
from host.postgres import EmbeddedPostgres
from host.pruner import Pruner
from host.store.engine import Database
from host.store.migrate import upgrade
from host.sweeper import Sweeper
from tests.fakes.person import FakeClock, FakePerson
from tests.store.test_wakes import FakeScheduler
from tests.store.world import World

pytestmark = pytest.mark.store


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    home = Path(tempfile.mkdtemp(prefix="duely-outage-"))
    server = EmbeddedPostgres(home / "postgres")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(home)


def start_loops(database: Database, world: World, hub: Hub) -> list[asyncio.Task[None]]:
    """All of them, as one machine runs them."""
    clock, scheduler = world.clock, FakeScheduler()
    notifier = Notifier(database, clock, wake=hub.wake)
    projector = Projector(shown=lambda versions: None, wake=hub.wake, types=lambda types: None)
    loops = [
        Catchup(database, consumer).run
        for consumer in consumers(
            dict.fromkeys(("recurrence", "rezone"), projector) | {"projector": projector, "notifier": notifier}
        )
        if consumer.name in {"projector", "notifier"}
    ]
    sweeper = Sweeper(database, world, clock, sentinel_present=scheduler.present, plant_sentinel=scheduler.plant)
    pruner = Pruner(database, world, clock, broker=False)
    leader = Leader(database, "chores", [sweeper.run, pruner.run, notifier.run])
    return [asyncio.create_task(run()) for run in (*loops, hub.run, Arming(database, clock).run, leader.run)]


async def test_loops_go_on_after_the_database_was_killed(server: EmbeddedPostgres) -> None:
    await upgrade(server.dsn())
    database = Database(server.dsn())
    await database.open()
    world, person = World(database, FakeClock()), FakePerson(zone="UTC")
    hub = Hub(database, poll_seconds=0.5)
    running = start_loops(database, world, hub)
    listener = await hub.subscribe(person.id, None)
    await world.create(person, reminders=[{"at": "2026-11-22T12:01:00.000Z"}])
    await asyncio.sleep(1.0)  # the leader leads
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    await asyncio.sleep(1.5)
    server.start()
    world.clock.move(seconds=65)
    heard: list[str] = []
    async with asyncio.timeout(30):
        while not {"reminder.fired", "reminder.delivered"}.issubset(heard):
            rows = await listener.next(1)
            assert not isinstance(rows, Resync)
            heard += [row.type for row in rows]
    # Nobody nudges here: which of the last two consumers looks first is chance.
    assert (heard[:2], sorted(heard[2:])) == (
        ["task.created", "reminder.scheduled"],
        ["reminder.delivered", "reminder.fired"],
    )
    assert not any(task.done() for task in running)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await database.close()
