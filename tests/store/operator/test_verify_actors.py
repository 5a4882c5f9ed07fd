"""`duely verify --repair` has an actor do what it has missed."""

import pytest

from host.chores.replay import Replay
from host.consumers.catchup import Catchup
from host.operator import verify as operation
from tests.fakes.person import FakeClock, FakePerson
from tests.store.operator.test_rebuild import DAILY
from tests.store.operator.verification import broken, settle, verify
from tests.store.world import World

pytestmark = pytest.mark.store


async def test_a_due_reminder_that_has_not_fired_is_woken(
    full: World, person: FakePerson, loops: dict[str, Catchup], clock: FakeClock
) -> None:
    task_id = await full.create(person, reminders=[{"at": "2026-11-22T12:10:00.000Z"}])
    await settle(loops)
    await full.rows("DELETE FROM wakes WHERE actor_id = $1", task_id)
    clock.move(minutes=10)
    assert "reminders" not in broken(await verify(full))
    clock.move(seconds=31)
    report = await verify(full, repair=True)
    assert {"reminders", "wakes"} <= broken(report)
    assert await full.value("SELECT wake_at FROM wakes WHERE actor_id = $1", task_id) < clock.now()


async def test_a_reminder_that_fired_without_a_delivery_is_delivered_once(
    full: World, person: FakePerson, loops: dict[str, Catchup], clock: FakeClock
) -> None:
    await full.say(person.id, person.signs_up())
    task_id = await full.create(person, reminders=[{"at": "2026-11-22T12:10:00.000Z"}])
    clock.move(minutes=10)
    await full.tick("TaskActor", task_id)
    await full.rows(
        """INSERT INTO inbox SELECT 'notifier', event_id, position, now() FROM outbox
           WHERE actor_id = $1 AND type = 'reminder.fired'""",
        task_id,
    )
    await settle(loops)
    await full.rows("UPDATE wakes SET armed_at = now()")
    assert broken(await verify(full, repair=True)) == {"deliveries"}
    assert await Replay(full.database, [loop.consumer for loop in loops.values()]).step() == 1
    assert broken(await verify(full)) == set()
    assert await full.value("SELECT count(*) FROM notifications WHERE task_id = $1", task_id) == 1


async def test_an_awaited_slot_without_its_task_gets_it(
    full: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await full.say(person.id, person.signs_up())
    series_id = await full.create_series(person, **DAILY)
    await loops["projector"].step()
    assert broken(await verify(full)) == set()  # the consumer has yet to create it
    await full.rows(
        """INSERT INTO inbox SELECT 'recurrence', event_id, position, now() FROM outbox
           WHERE actor_id = $1 AND type LIKE 'recurrence%'""",
        series_id,
    )
    report = await verify(full, repair=True)
    assert broken(report) == {"slots"}
    assert await Replay(full.database, [loop.consumer for loop in loops.values()]).step() == 1
    await settle(loops)
    await full.rows("UPDATE wakes SET armed_at = now()")
    assert broken(await verify(full)) == set()
    assert await full.value("SELECT count(*) FROM tasks WHERE series_id = $1", series_id) == 1


async def test_a_slot_that_finds_a_stranger_under_its_id_gets_another_task(
    full: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await full.say(person.id, person.signs_up())
    series_id = await full.create_series(person, **DAILY)
    task_id = await full.value(
        "SELECT body->'data'->>'task_id' FROM outbox WHERE actor_id = $1 AND type LIKE 'recurrence%'", series_id
    )
    stranger = FakePerson()
    await full.say(task_id, stranger.says("CreateTask", {"id": task_id, "title": "Was here before"}))
    await loops["projector"].step()
    assert broken(await verify(full)) == set()  # the consumer has yet to find it
    await full.rows(
        """INSERT INTO inbox SELECT 'recurrence', event_id, position, now() FROM outbox
           WHERE actor_id = $1 AND type LIKE 'recurrence%'""",
        series_id,
    )
    report = await verify(full, repair=True)
    assert broken(report) == {"slots"}
    assert f"finds something else under its id {task_id}" in str(operation.lines(report))
    assert await Replay(full.database, [loop.consumer for loop in loops.values()]).step() == 1
    await settle(loops)
    await full.rows("UPDATE wakes SET armed_at = now()")
    assert broken(await verify(full)) == set()
    assert await full.value("SELECT count(*) FROM tasks WHERE series_id = $1", series_id) == 1


async def test_a_task_that_was_written_into_is_never_in_the_trash_by_its_series_doing(
    full: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await full.say(person.id, person.signs_up())
    series_id = await full.create_series(person, **DAILY)
    await settle(loops)
    task_id = await full.value("SELECT id FROM tasks WHERE series_id = $1", series_id)
    await full.say(task_id, person.says("PatchTask", {"description": "three lines"}))
    await full.say(series_id, person.says("PauseSeries"))
    await settle(loops)
    await full.rows("UPDATE wakes SET armed_at = now()")
    assert broken(await verify(full)) == set(), "the pause leaves it open"
    await full.rows("ALTER TABLE dapr_state DISABLE TRIGGER USER")
    mark = """UPDATE dapr_state SET value = convert_to(jsonb_set(convert_from(value, 'UTF8')::jsonb, '{state}',
                convert_from(value, 'UTF8')::jsonb->'state' || $2::jsonb)::text, 'UTF8') WHERE key LIKE $1"""
    await full.rows(mark, f"%{task_id}%", '{"withdrawn": "system", "deleted_at": "2026-11-22T12:00:00.000Z"}')
    report = await verify(full)
    assert "written" in broken(report)
    assert "somebody had written into it: restore it" in str(operation.lines(report))
    await full.rows(mark, f"%{task_id}%", '{"withdrawn": "asked"}')
    assert "written" not in broken(await verify(full))
