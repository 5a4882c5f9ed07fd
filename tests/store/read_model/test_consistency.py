"""Read your own writes: a wait ends when the read model shows the version, or when its time is over."""

import asyncio

import pytest

from host.consumers.catchup import Catchup
from host.store.engine import Database
from host.store.read_model.consistency import Projection
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store


async def test_what_is_shown_is_seen_without_the_projector_of_this_process(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    task_id = await world.create(person)
    projection = Projection(database)
    assert not await projection.wait(task_id, 1, 0.05)
    await loops["projector"].step()
    assert await projection.wait(task_id, 1, 0.5)
    assert not await projection.wait(task_id, 2, 0.05)


async def test_a_wait_ends_when_the_projector_tells(database: Database) -> None:
    projection = Projection(database)
    waiting = asyncio.create_task(projection.wait("a", 2, 5))
    await asyncio.sleep(0.05)
    projection.note({"a": 2})
    async with asyncio.timeout(1):
        assert await waiting
    assert projection._waiting == {}


async def test_a_purged_task_satisfies_a_wait(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    task_id = await world.create(person)
    await world.say(task_id, person.says("PurgeTask"))
    await loops["projector"].step()
    assert await Projection(database).wait(task_id, 2, 0.5)
