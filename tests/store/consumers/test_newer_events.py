"""Events of a newer version that runs beside this one: they are kept as they are, and nobody waits for them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import orjson
import pytest

from host.chores.archivist import Archivist
from host.consumers.catchup import Catchup
from host.consumers.table import CONSUMERS
from host.operator import verify
from host.store.read_model import activity_partitions
from host.store.turns import outbox
from host.store.upkeep import activity_chain, archive_files
from tests.fakes.newer import newer_turn
from tests.fakes.person import FakeClock, FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store

TYPES = {name: types for name, (_, types, _) in CONSUMERS.items()}


def a_list(person: FakePerson, version: int = 1) -> dict[str, Any]:
    """Returns the state of an actor whose type this version does not have."""
    return {"id": str(uuid4()), "user_id": person.id, "version": version, "name": "Inbox"}


async def body_of(world: World, task_id: str) -> dict[str, Any]:
    return dict(orjson.loads(await world.value("SELECT body FROM tasks WHERE id = $1", task_id)))


async def newer(world: World, task_id: str, **fields: Any) -> dict[str, Any]:
    """Returns the task's next state, with fields that this version does not know."""
    state = await body_of(world, task_id)
    return {**state, **fields, "version": state["version"] + 1}


async def entries(world: World) -> list[tuple[str, str | None]]:
    return [tuple(row) for row in await world.rows("SELECT type, task_id FROM activity ORDER BY position")]


async def assert_whole(world: World) -> None:
    assert await world.value("SELECT count(*) FROM dead_letters") == 0
    report = await verify.verify(world.database.dsn, world.clock.now(), TYPES, broker=False)
    assert [breach for result in report.results for breach in result.breaches] == []


async def test_an_event_of_an_unknown_type_is_an_entry_among_the_others(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    first = await world.create(person, reminders=[])
    await newer_turn(world.database, "ListActor", a_list(person), "list.created", "list.archived", list={"name": "x"})
    await newer_turn(world.database, "ListActor", a_list(person), "reminder.forgotten", task_id=first, comment="Hello")
    second = await world.create(person, reminders=[])
    assert await loops["projector"].step() == 5
    assert await entries(world) == [
        *(("task.created", first), ("list.created", None), ("list.archived", None)),
        *(("reminder.forgotten", first), ("task.created", second)),
    ]
    body = orjson.loads(await world.value("SELECT body FROM activity WHERE type = 'reminder.forgotten'"))
    assert (body["newerextension"], body["data"]["comment"]) == ("kept", "Hello")
    async with world.database.raw() as connection:
        assert await outbox.waiting(connection, TYPES, 0) == ([], 5)
    await assert_whole(world)


async def test_the_broker_may_bring_it_too(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    state = a_list(person)
    await newer_turn(world.database, "ListActor", state, "list.created", "list.archived")
    await loops["projector"].deliver([f"ListActor:{state['id']}:1:2"])
    assert [kind for kind, _ in await entries(world)] == ["list.created", "list.archived"]
    assert await loops["projector"].step() == 0


async def test_the_state_of_an_actor_that_is_known_is_taken_from_it(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    task_id = await world.create(person, title="Here", reminders=[])
    await loops["projector"].step()
    state = await newer(world, task_id, title="There", list_id="inbox")
    await newer_turn(world.database, "TaskActor", state, "task.moved-to-list", task_id=task_id, task=state)
    await loops["projector"].step()
    assert await body_of(world, task_id) == state
    assert await world.value("SELECT title FROM tasks") == "There"
    await assert_whole(world)


@pytest.mark.parametrize("task", [{"title": "Half"}, "no object", None, ["a"]])
async def test_what_is_no_state_that_this_version_can_read_stays_in_the_entry_alone(
    world: World, person: FakePerson, loops: dict[str, Catchup], task: Any
) -> None:
    task_id = await world.create(person, reminders=[])
    await newer_turn(world.database, "ListActor", a_list(person), "list.sorted", task_id=task_id, task=task, user=task)
    await loops["projector"].step()
    assert await entries(world) == [("task.created", task_id), ("list.sorted", task_id)]
    await assert_whole(world)


async def test_the_state_of_another_actor_is_no_state_of_this_one(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    task_id = await world.create(person, reminders=[])
    await loops["projector"].step()
    task = await newer(world, task_id, title="As the list remembers it")
    await newer_turn(world.database, "ListActor", a_list(person), "list.sorted", task_id=task_id, task=task)
    await loops["projector"].step()
    assert (await body_of(world, task_id))["title"] == "Pay rent"
    await assert_whole(world)


async def test_unknown_values_are_kept_and_hold_up_nobody(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    before, task_id = await world.create(person, reminders=[]), await world.create(person, reminders=[])
    await loops["projector"].step()
    unknown = {
        "priority": "whenever",
        "status": "waiting",
        "due": {"week": "2026-W50"},
        "overdue_at": "2026-12-14T00:00:00.000Z",
        "effort": 3,
    }
    state = await newer(world, task_id, **unknown)
    await newer_turn(world.database, "TaskActor", state, "task.updated", task_id=task_id, task=state)
    await world.say(before, person.says("CompleteTask"))
    for loop in loops.values():
        await loop.step()
    assert await body_of(world, task_id) == state
    row = (await world.rows("SELECT priority, status, due_date, due_at FROM tasks WHERE id = $1", task_id))[0]
    assert tuple(row) == (-1, "waiting", None, datetime(2026, 12, 14, tzinfo=UTC))
    assert (await body_of(world, before))["status"] == "completed"
    await assert_whole(world)


async def test_a_reminder_of_a_task_with_an_unknown_due_is_told(
    world: World, person: FakePerson, loops: dict[str, Catchup], clock: FakeClock
) -> None:
    await world.say(person.id, person.signs_up())
    task_id = await world.create(person, title="Call", reminders=[{"at": "2026-11-22T12:00:01.000Z"}])
    await loops["projector"].step()
    state = await newer(world, task_id, due={"week": "2026-W50"})
    fired = {**state["reminders"][0], "status": "fired", "fired_at": "2026-11-22T12:00:01.000Z"}
    state["reminders"] = [fired]
    clock.move(seconds=2)
    about = {"task_id": task_id, "task": state, "reminder": fired, "late_seconds": None}
    await newer_turn(world.database, "TaskActor", state, "reminder.fired", **about)
    for loop in loops.values():
        await loop.step()
    assert [tuple(row) for row in await world.rows("SELECT title, body FROM notifications")] == [("Call", "")]
    assert await world.value("SELECT count(*) FROM dead_letters") == 0


async def test_it_is_archived_and_verified_as_the_others(
    world: World, person: FakePerson, clock: FakeClock, loops: dict[str, Catchup], tmp_path: Path
) -> None:
    clock.at = datetime(2026, 3, 20, 12, tzinfo=UTC)
    async with world.database.raw() as connection:
        await activity_partitions.ensure(connection, clock.now())
    await world.create(person, reminders=[])
    await newer_turn(world.database, "ListActor", a_list(person), "list.created", at="2026-03-20T12:00:00.000Z")
    await loops["projector"].step()
    clock.at = datetime(2026, 8, 1, 2, tzinfo=UTC)
    archivist = Archivist(world.database, clock, tmp_path, days=90, ensure_job=_no_job)
    [archive] = await archivist.archive()
    assert [row["type"] for row in archive_files.read(tmp_path / archive.file)] == ["task.created", "list.created"]
    report = await activity_chain.check(world.database.dsn, tmp_path)
    assert (report.is_whole, report.archived_rows) == (True, 2)


async def _no_job() -> None:
    raise OSError("no scheduler")
