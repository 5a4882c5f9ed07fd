"""What `duely doctor` reads from the database."""

import pytest

from host.consumers.catchup import Catchup
from host.store.turns import watermarks
from host.store.upkeep import vitals
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store


async def test_it_counts_people_tasks_active_series_and_what_waits(
    world: World, person: FakePerson, loops: dict[str, Catchup], database_url: str
) -> None:
    await world.say(person.id, person.says("RegisterUser", {"email": "ada@example.org", "zone": "UTC"}))
    for _ in range(2):
        await world.create(person)
    daily = {"template": {"title": "Water"}, "rule": "FREQ=DAILY", "start": {"date": "2026-11-30"}}
    ids = [await world.create_series(person, **daily) for _ in range(4)]
    await world.say(ids[0], person.says("StopSeries", {"keep": False}))
    await loops["projector"].step()
    found = await vitals.read(database_url, world.clock.now())
    assert (found.users, found.tasks, found.series) == (1, 2, 3)
    assert found.lag["recurrence"] > 0
    assert found.bytes > 1_000_000
    assert found.oldest_waiting_seconds > 0
    assert found.next_wake is not None
    assert found.paused == []


async def test_it_names_a_paused_consumer(world: World, loops: dict[str, Catchup], database_url: str) -> None:
    async with world.database.raw() as connection:
        await watermarks.pause(connection, "rezone")
    found = await vitals.read(database_url, world.clock.now())
    assert found.paused == ["rezone"]
