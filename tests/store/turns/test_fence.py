"""The fence: PostgreSQL refuses what a stale copy of an actor would write."""

from typing import Any

import asyncpg
import orjson
import pytest

from actors.doc import KEY
from host.store.turns import actor_state
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store


async def save(world: World, doc: dict[str, Any], actor_id: str = "t1") -> None:
    async with world.database.raw() as connection:
        await actor_state.save(connection, "TaskActor", actor_id, KEY, orjson.dumps(doc))


def doc_of(version: int, **other: Any) -> dict[str, Any]:
    event = {"type": "task.updated", "data": {"user_id": "u1"}}
    doc = {"schema": 1, "version": version, "state": {}, "wake": None, "command": None, "outbox": [event]}
    return doc | other


@pytest.mark.parametrize("version", [1, 2, 4])
async def test_a_version_that_is_not_the_next_is_refused(world: World, version: int) -> None:
    await save(world, doc_of(1))
    await save(world, doc_of(2))
    with pytest.raises(asyncpg.SerializationError, match="stale actor write"):
        await save(world, doc_of(version, state={"other": "content"}))
    assert await world.value("SELECT count(*) FROM outbox") == 2


async def test_the_first_version_is_one(world: World) -> None:
    with pytest.raises(asyncpg.SerializationError, match="has version 0, got 2"):
        await save(world, doc_of(2))


async def test_a_command_that_is_known_is_refused_with_all_that_came_with_it(world: World) -> None:
    command = {"id": "c1", "hash": "h", "reply": {"ok": True}}
    await save(world, doc_of(1, command=command))
    with pytest.raises(asyncpg.UniqueViolationError):
        await save(world, doc_of(2, command=command))
    assert await world.value("SELECT max(version) FROM outbox") == 1


async def test_repeating_an_unchanged_save_succeeds_and_adds_nothing(world: World) -> None:
    await save(world, doc_of(1, command={"id": "c1", "hash": "h", "reply": {}}))
    await save(world, doc_of(1, command={"id": "c1", "hash": "h", "reply": {}}))
    assert await world.value("SELECT count(*) FROM outbox") == 1


async def test_state_is_never_deleted(world: World) -> None:
    await save(world, doc_of(1))
    with pytest.raises(asyncpg.PostgresError, match="never deleted"):
        await world.rows("DELETE FROM dapr_state")


async def test_an_older_release_cannot_write_over_a_newer_schema(world: World) -> None:
    await save(world, doc_of(1, schema=2))
    with pytest.raises(asyncpg.SerializationError, match="older schema"):
        await save(world, doc_of(2, schema=1))


async def test_a_turn_leaves_its_events_its_command_and_its_wake(world: World, person: FakePerson) -> None:
    task_id = await world.create(person, due={"local": "2026-11-23T12:00", "zone": "UTC"})
    events = await world.rows("SELECT event_id, type, seq, of, user_id FROM outbox ORDER BY position")
    assert [tuple(event) for event in events] == [
        (f"TaskActor:{task_id}:1:1", "task.created", 1, 2, person.id),
        (f"TaskActor:{task_id}:1:2", "reminder.scheduled", 2, 2, person.id),
    ]
    assert await world.value("SELECT count(*) FROM commands WHERE actor_id = $1", task_id) == 1
    assert await world.value("SELECT wake_at::text FROM wakes") == "2026-11-23 11:30:00+00"


async def test_a_wake_that_moves_is_unarmed_and_one_that_goes_is_deleted(world: World, person: FakePerson) -> None:
    task_id = await world.create(person, due={"local": "2026-11-23T12:00", "zone": "UTC"})
    await world.rows("UPDATE wakes SET armed_at = now()")
    await world.say(task_id, person.says("SetPriority", {"priority": "high"}))
    assert await world.value("SELECT armed_at IS NOT NULL FROM wakes")
    await world.say(task_id, person.says("MoveDue", {"due": {"local": "2026-11-24T12:00", "zone": "UTC"}}))
    assert await world.value("SELECT armed_at IS NULL FROM wakes")
    await world.say(task_id, person.says("CompleteTask"))
    assert await world.value("SELECT count(*) FROM wakes") == 0
