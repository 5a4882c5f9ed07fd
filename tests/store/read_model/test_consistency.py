"""Reading one's own writes: a wait ends when the read model shows the version, or with its time."""

import asyncio

import pytest

from host.consumers.catchup import Catchup
from host.store.access.secrets import secret
from host.store.engine import Database, is_outage
from host.store.read_model.consistency import Projection
from host.store.turns.commands import CommandLog
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


async def test_a_command_is_found_with_what_was_answered(world: World, person: FakePerson, database: Database) -> None:
    command = person.says("CreateTask", {"title": "Pay rent"})
    task_id = person.task_of(command)
    log = CommandLog(database)
    assert await log.find(command.id) is None
    await world.say(task_id, command)
    known = await log.find(command.id)
    assert known is not None
    assert known["hash"] == command.hash
    assert known["reply"]["value"]["id"] == task_id


async def test_a_secret_stays_what_it_first_was(database: Database) -> None:
    assert await secret(database, "signing", b"\x00\xff first") == b"\x00\xff first"
    assert await secret(database, "signing", b"second") == b"\x00\xff first"


async def test_a_database_that_is_away_is_an_outage() -> None:
    database = Database("postgresql://nobody@/nowhere?host=/tmp/duely-no-such-folder")
    await database.open()
    with pytest.raises(OSError, match=r".") as caught:
        await database.ping()
    assert is_outage(caught.value)
    await database.close()
