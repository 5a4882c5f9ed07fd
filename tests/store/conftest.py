"""What the store tests start from: a database, a clock, the rules, and the consumers on top."""

from collections.abc import AsyncIterator

import pytest

from host.consumers.catchup import Catchup
from host.consumers.handler import Handler
from host.consumers.notifier import Notifier
from host.consumers.projector import Projector
from host.consumers.recurrence import Recurrence
from host.consumers.rezone import Rezone
from host.consumers.table import consumers
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
def world(database: Database, clock: FakeClock) -> World:
    return World(database, clock)


@pytest.fixture
def notifier(database: Database, clock: FakeClock) -> Notifier:
    return Notifier(database, clock, wake=lambda users: None)


@pytest.fixture
async def loops(database: Database, world: World, notifier: Notifier) -> dict[str, Catchup]:
    """The consumers by name, registered on the empty outbox."""
    handlers: dict[str, Handler] = {
        "projector": Projector(shown=lambda versions: None, wake=lambda users: None, types=lambda types: None),
        "notifier": notifier,
        "recurrence": Recurrence(database, world),
        "rezone": Rezone(database, world, settle_seconds=0),
    }
    loops = {consumer.name: Catchup(database, consumer) for consumer in consumers(handlers)}
    for loop in loops.values():
        await loop.step()
    return loops
