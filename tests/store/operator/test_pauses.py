"""A paused consumer takes no events from anywhere; resumed, it continues where it was."""

import asyncio

import pytest

from host.console import OperatorError
from host.consumers.catchup import Catchup
from host.dapr.gateway import Unavailable
from host.operator import pause_consumer
from host.store.turns import watermarks
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store


async def pause(world: World, name: str, *, resume: bool = False) -> None:
    async with world.database.raw() as connection:
        await pause_consumer.changed(connection, name, resume=resume)


async def test_catch_up_takes_nothing_and_then_everything(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await pause(world, "projector")
    await world.create(person)
    assert await loops["projector"].step() == 0
    assert await loops["notifier"].step() == 0  # nothing for it, and no error
    await pause(world, "projector", resume=True)
    assert await loops["projector"].step() == 1


async def test_what_the_broker_brings_waits(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    await pause(world, "projector")
    task_id = await world.create(person)
    with pytest.raises(Unavailable, match="projector is paused"):
        await loops["projector"].deliver([f"TaskActor:{task_id}:1:1"])
    assert await world.value("SELECT count(*) FROM inbox") == 0
    await pause(world, "projector", resume=True)
    await loops["projector"].deliver([f"TaskActor:{task_id}:1:1"])
    assert await world.value("SELECT count(*) FROM tasks") == 1


async def test_a_running_loop_pauses_and_resumes_within_two_seconds(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    running = asyncio.create_task(loops["projector"].run())
    await world.create(person)
    async with asyncio.timeout(2):
        while not await world.value("SELECT count(*) FROM tasks"):
            await asyncio.sleep(0.01)
    await pause(world, "projector")
    await world.create(person)
    await asyncio.sleep(0.6)
    assert await world.value("SELECT count(*) FROM tasks") == 1
    await pause(world, "projector", resume=True)
    async with asyncio.timeout(2):
        while await world.value("SELECT count(*) FROM tasks") < 2:
            await asyncio.sleep(0.01)
    running.cancel()


async def test_states_have_the_start_of_the_pause_and_the_lag(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await pause(world, "rezone")
    await world.create(person)
    async with world.database.raw() as connection:
        states = {state.name: state for state in await watermarks.states(connection)}
    assert states.keys() == loops.keys()
    assert states["rezone"].paused_at is not None
    assert states["projector"].paused_at is None
    assert states["rezone"].behind == 1
    text = pause_consumer.lines(list(states.values()))
    assert any("rezone" in line and "paused since 20" in line and "1 events behind" in line for line in text)


async def test_pausing_twice_keeps_the_first_instant(world: World, loops: dict[str, Catchup]) -> None:
    await pause(world, "rezone")
    first = await world.value("SELECT paused_at FROM watermarks WHERE consumer = 'rezone'")
    await pause(world, "rezone")
    assert await world.value("SELECT paused_at FROM watermarks WHERE consumer = 'rezone'") == first


async def test_an_unknown_consumer_is_refused_with_a_list_of_the_known_ones(
    world: World, loops: dict[str, Catchup]
) -> None:
    with pytest.raises(OperatorError, match="notifier, projector, recurrence, rezone"):
        await pause(world, "projektor")
