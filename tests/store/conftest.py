"""Fixtures of the store tests: a database, a clock, the actors' rules, and the consumers on top."""

from collections.abc import AsyncIterator

import pytest

from host.consumers.catchup import Catchup
from host.consumers.wiring import Handlers, wired
from host.notify.notifier import Notifier
from host.store.engine import Database
from tests.fakes.person import FakeClock, FakePerson
from tests.store.world import World


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    database = Database(database_url, raw_size=6)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def person() -> FakePerson:
    return FakePerson(zone="UTC")


@pytest.fixture
async def world(database: Database, clock: FakeClock) -> World:
    world = World(database, clock)
    await world.open()
    return world


@pytest.fixture
def handlers(database: Database, clock: FakeClock, world: World) -> Handlers:
    return wired(database, clock, world, settle_seconds=0)


@pytest.fixture
def notifier(handlers: Handlers) -> Notifier:
    return handlers.notifier


@pytest.fixture
async def loops(database: Database, handlers: Handlers) -> dict[str, Catchup]:
    """The consumers by name, registered on the empty outbox, without pauses."""
    loops = {
        consumer.name: Catchup(database, consumer, settle_seconds=0.0, try_pauses_seconds=(0.0, 0.0))
        for consumer in handlers.consumers()
    }
    for loop in loops.values():
        await loop.step()
    return loops
