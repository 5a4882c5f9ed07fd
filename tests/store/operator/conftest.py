"""A system in which much has happened."""

from uuid import uuid4

import pytest

from host.consumers.catchup import Catchup
from tests.fakes.person import FakeClock, FakePerson
from tests.store.consumers.test_projector import busy_day
from tests.store.operator.test_rebuild import DAILY
from tests.store.operator.verification import SOON, settle
from tests.store.world import World


@pytest.fixture
async def full(world: World, loops: dict[str, Catchup], clock: FakeClock) -> World:
    """Two people's busy day, a series with its task, a conversation, a reminder that has fired and is delivered."""
    people = [FakePerson(zone="UTC"), FakePerson(zone="Asia/Tokyo")]
    for person in people:
        await world.say(person.id, person.signs_up())
    await busy_day(world, people)
    series_id = await world.create_series(people[0], **DAILY)
    task_id = await world.create(people[0], title="Soon", reminders=[{"at": SOON}])
    await _talked(world, people[0])
    clock.move(seconds=2)
    await world.tick("TaskActor", task_id)
    await settle(loops)
    await world.rows("UPDATE wakes SET armed_at = $1", clock.now())
    assert await world.value("SELECT count(*) FROM deliveries") == 1
    assert await world.value("SELECT count(*) FROM tasks WHERE series_id = $1", series_id) == 1
    return world


async def _talked(world: World, person: FakePerson) -> None:
    talk, run = (str(uuid4()) for _ in range(2))
    said = {"conversation_id": talk, "message_id": run, "run_id": run, "text": "hello", "new": True, "scopes": []}
    for name, body in [("SayMessage", said), ("RenameConversation", {"title": "Greetings"})]:
        assert (await world.say(talk, person.says(name, body), "ConversationActor")).ok
