"""The log of commands: a reply is found again by the id of its command."""

import pytest

from host.store.engine import Database
from host.store.turns.commands import CommandLog
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store


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
