"""Fixtures of the tests of the recurrence consumer: a person in Berlin."""

import pytest

from host.consumers.catchup import Catchup
from tests.fakes.person import FakePerson
from tests.store.world import World


@pytest.fixture
async def person(world: World, loops: dict[str, Catchup]) -> FakePerson:
    person = FakePerson(zone="Europe/Berlin")
    await world.say(person.id, person.signs_up())
    return person
