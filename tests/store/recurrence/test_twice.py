"""An occurrence exists once, even if events come twice, in any order, to two consumers at once, or to one that dies."""

import asyncio
import random
from typing import Any

import orjson
import pytest

from actors.commands import Command, occurrence_id
from actors.replies import Reply
from host.consumers.catchup import Catchup
from host.consumers.wiring import wired
from host.store.engine import Database
from tests.fakes.person import FakePerson
from tests.store.recurrence.occurrences import AFTER_DONE, CHORE, awaited, everything, replay, tasks_of
from tests.store.world import World

pytestmark = pytest.mark.store


@pytest.fixture
async def other(database: Database, world: World) -> Catchup:
    """A second process with the same consumer."""
    return Catchup(database, wired(database, world.clock, world).consumer("recurrence"))


async def busy_series(world: World, person: FakePerson, loops: dict[str, Catchup]) -> list[str]:
    """Returns some series to which everything has happened that can; the consumer has not handled the last events yet."""
    ids = [await world.create_series(person, **body) for body in (CHORE, AFTER_DONE, CHORE | {"look_ahead_days": 5})]
    await everything(loops)
    for day in range(24, 28):
        world.clock.move(days=1)
        for series_id in ids:
            await world.tick("SeriesActor", series_id)
        await world.say(await awaited(world, ids[1]), person.says("CompleteTask"))
        await world.say(ids[2], person.says("SkipSlot", {"slot": f"2026-11-{day + 2}T09:00"}))
        if day < 27:
            await everything(loops)
    await world.say(ids[0], person.says("PatchSeries", {"rule": "FREQ=DAILY;INTERVAL=2"}))
    return ids


async def state_of(world: World) -> Any:
    return [tuple(row) for row in await world.rows("SELECT key, value FROM dapr_state ORDER BY key")]


async def check_once(world: World) -> None:
    """Asserts that each slot that was asked for has one task: created, or withdrawn before that, by one event."""
    asked = await world.rows("SELECT body->'data'->>'task_id' FROM outbox WHERE type = 'recurrence.triggered'")
    made = await world.rows(
        """SELECT actor_id FROM outbox WHERE version = 1 AND seq = 1 AND type IN ('task.created', 'task.purged')"""
    )
    assert len(asked) == len({row[0] for row in asked})
    assert sorted(row[0] for row in asked) == sorted(row[0] for row in made)


async def test_a_replay_from_the_beginning_changes_nothing(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await busy_series(world, person, loops)
    await everything(loops)
    before = await state_of(world)
    await check_once(world)
    sent = len(world.calls)
    await replay(world)
    await everything(loops)
    assert len(world.calls) > sent
    assert await state_of(world) == before


async def test_a_replay_undoes_nothing_that_a_person_did_since(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    series_id = await world.create_series(person, **CHORE | {"look_ahead_days": 2})
    await everything(loops)
    moved, skipped = "2026-11-23T09:00", "2026-11-24T09:00"
    to, by_hand = ({"local": f"2026-11-23T{hour}:00", "zone": "UTC"} for hour in (18, 20))
    await world.say(series_id, person.says("MoveSlot", {"slot": moved, "to": to}))
    await world.say(series_id, person.says("SkipSlot", {"slot": skipped}))
    await everything(loops)
    await world.say(occurrence_id(series_id, 1, moved), person.says("MoveDue", {"due": by_hand}))
    await world.say(occurrence_id(series_id, 1, skipped), person.says("RestoreTask"))
    await replay(world)
    await everything(loops)
    assert orjson.loads(await world.value("SELECT body->'due' FROM tasks ORDER BY due_at LIMIT 1")) == by_hand
    assert (skipped, "open") in await tasks_of(world, series_id)


async def test_a_replay_after_the_commands_were_forgotten_makes_nothing_twice(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await busy_series(world, person, loops)
    await everything(loops)
    await world.rows("DELETE FROM commands")
    await replay(world)
    await everything(loops)
    await check_once(world)


@pytest.mark.parametrize("seed", range(4))
async def test_shuffled_and_repeated_deliveries_make_each_occurrence_once(
    world: World, person: FakePerson, loops: dict[str, Catchup], seed: int
) -> None:
    chance = random.Random(seed)
    await busy_series(world, person, loops)
    await replay(world)
    types = loops["recurrence"].consumer.types
    ids = [row[0] for row in await world.rows("SELECT event_id FROM outbox WHERE type = ANY($1)", types)]
    stream = [event_id for event_id in ids for _ in range(chance.randint(1, 3))]
    chance.shuffle(stream)
    while stream:
        size = chance.randint(1, 5)
        batch, stream = stream[:size], stream[size:]
        await loops["recurrence"].deliver(batch)
    await everything(loops)
    await check_once(world)


async def test_two_consumers_at_once_make_each_occurrence_once(
    world: World, person: FakePerson, loops: dict[str, Catchup], other: Catchup
) -> None:
    await busy_series(world, person, loops)
    types = loops["recurrence"].consumer.types
    ids = [row[0] for row in await world.rows("SELECT event_id FROM outbox WHERE type = ANY($1)", types)]
    await asyncio.gather(loops["recurrence"].deliver(ids), other.deliver(ids[::-1]), loops["recurrence"].step())
    await everything(loops)
    await check_once(world)


async def test_killed_after_each_command_it_goes_on_without_a_second_occurrence(
    world: World, person: FakePerson, loops: dict[str, Catchup], database: Database
) -> None:
    ids = await busy_series(world, person, loops)
    kills = 0
    while await is_killed(database, Dying(world, kills)):
        kills += 1
    assert kills > 3
    await everything(loops)
    await check_once(world)
    assert ("2026-11-27T09:00", "open") in await tasks_of(world, ids[1])


async def is_killed(database: Database, gateway: "Dying") -> bool:
    """Runs the consumer of a new process with that gateway; returns whether it dies before it is done."""
    catchup = Catchup(database, wired(database, gateway.world.clock, gateway).consumer("recurrence"))
    try:
        while await catchup.step():
            pass
    except KilledError:
        return True
    return False


class KilledError(BaseException):
    """The process ends here."""


class Dying:
    """A gateway that is killed at the command after so many."""

    def __init__(self, world: World, survived: int) -> None:
        self.world, self.left = world, survived

    async def send(self, actor_type: str, actor_id: str, command: Command) -> Reply:
        if self.left == 0:
            raise KilledError
        self.left -= 1
        return await self.world.send(actor_type, actor_id, command)
