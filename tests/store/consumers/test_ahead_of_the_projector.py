"""Occurrences and reminders do not wait for the read model: they come while the projector stands still."""

from dataclasses import replace

import pytest

from actors.clock import parse_instant
from host.consumers.catchup import Catchup
from host.consumers.occurrences import OccurrenceMaker
from host.notify.notifier import Notifier
from host.store.turns import actor_state
from tests.fakes.person import FakeClock, FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store

SERIES = {
    "template": {"title": "Water the plants", "reminders": [{"offset_minutes": 30}]},
    "rule": "FREQ=DAILY",
    "start": {"date": "2026-11-23"},
}
NINE_LESS_THIRTY = parse_instant("2026-11-23T07:30:00Z")  # in Berlin
SOON = [{"at": "2026-11-22T12:01:00Z"}]


@pytest.fixture
def person() -> FakePerson:
    return FakePerson("Europe/Berlin")


async def first_task(world: World, person: FakePerson) -> str:
    """Creates a series; returns the id of the task that it asks for."""
    await world.create_series(person, **SERIES)
    asked = "SELECT body->'data'->>'task_id' FROM outbox WHERE type = 'recurrence.triggered' ORDER BY position"
    return str(await world.value(asked))


async def fire(world: World, clock: FakeClock, task_id: str) -> None:
    clock.at = NINE_LESS_THIRTY
    await world.tick("TaskActor", task_id)


async def task_state(world: World, task_id: str) -> dict[str, object] | None:
    async with world.database.raw() as connection:
        return (await actor_state.states(connection, "TaskActor", [task_id])).get(task_id)


async def drain(loops: dict[str, Catchup], *names: str) -> None:
    while sum([await loops[name].step() for name in names]):
        pass


async def test_who_signs_up_gets_their_first_occurrence_and_its_reminder_while_the_projector_stands_still(
    world: World, person: FakePerson, loops: dict[str, Catchup], clock: FakeClock
) -> None:
    await world.say(person.id, person.signs_up())
    task_id = await first_task(world, person)
    await drain(loops, "recurrence")
    assert (await task_state(world, task_id) or {})["zone"] == "Europe/Berlin"
    await fire(world, clock, task_id)
    await drain(loops, "notifier")
    assert await world.value("SELECT task_id FROM notifications") == task_id
    for table in ("users", "tasks", "series"):
        assert await world.value(f"SELECT count(*) FROM {table}") == 0
    await drain(loops, *loops)
    assert await world.value("SELECT title FROM tasks WHERE id = $1", task_id) == "Water the plants"
    assert await world.value("SELECT count(*) FROM notifications") == 1
    assert await world.value("SELECT count(*) FROM dead_letters") == 0
    for kind in ("reminder.fired", "reminder.delivered"):
        assert await world.value("SELECT count(*) FROM activity WHERE type = $1", kind) == 1
    life = await world.rows("SELECT step FROM reminder_ledger WHERE step <> 'scheduled' ORDER BY id")
    assert [row[0] for row in life] == ["fired", "delivery_attempt", "delivered"]


async def test_an_occurrence_of_somebody_who_is_not_there_yet_waits_and_is_never_made_elsewhere(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    maker = OccurrenceMaker(world.database, world, rest_seconds=0.0)
    loops["recurrence"] = Catchup(world.database, replace(loops["recurrence"].consumer, handler=maker))
    task_id = await first_task(world, person)
    other = FakePerson("Asia/Tokyo")
    await world.say(other.id, other.signs_up())
    await world.create_series(other, **SERIES)
    await drain(loops, "recurrence")
    assert await task_state(world, task_id) is None
    assert await world.value("SELECT count(*) FROM outbox WHERE type = 'task.created'") == 1, "it holds up nobody else"
    await world.say(person.id, person.signs_up())
    await drain(loops, "recurrence")
    assert (await task_state(world, task_id) or {})["zone"] == "Europe/Berlin"
    assert await world.value("SELECT count(*) FROM dead_letters") == 0


async def test_a_reminder_of_somebody_who_is_not_there_yet_waits_and_holds_up_nobody_else(
    world: World, person: FakePerson, loops: dict[str, Catchup], notifier: Notifier, clock: FakeClock
) -> None:
    other = FakePerson("UTC")
    await world.say(other.id, other.signs_up())
    tasks = [await world.create(one, reminders=SOON) for one in (person, other)]
    clock.move(seconds=60)
    for task_id in tasks:
        await world.tick("TaskActor", task_id)
    await drain(loops, "notifier")
    clock.move(seconds=60)
    await notifier.release()
    assert [row[0] for row in await world.rows("SELECT user_id FROM notifications")] == [other.id]
    await world.say(person.id, person.signs_up())
    clock.move(seconds=60)
    await notifier.release()
    assert await world.value("SELECT count(*) FROM notifications WHERE user_id = $1", person.id) == 1


async def test_quiet_hours_count_from_the_instant_at_which_they_were_chosen(
    world: World, person: FakePerson, loops: dict[str, Catchup], notifier: Notifier, clock: FakeClock
) -> None:
    """At 13:01 in Berlin; the projector has seen neither choice."""
    siesta = {"quiet_hours": {"start": "12:30", "end": "16:00"}}
    await world.say(person.id, person.signs_up())
    await world.say(person.id, person.says("PatchUser", {"defaults": siesta}))
    task_id = await world.create(person, reminders=SOON)
    clock.move(seconds=60)
    await world.tick("TaskActor", task_id)
    await drain(loops, "notifier")
    assert await world.value("SELECT count(*) FROM notifications") == 0
    await world.say(person.id, person.says("PatchUser", {"defaults": {"quiet_hours": None}}))
    await drain(loops, "notifier")
    await notifier.release()
    assert await world.value("SELECT count(*) FROM notifications") == 1


async def test_a_digest_waits_for_the_projector_and_holds_up_no_reminder(
    world: World, person: FakePerson, loops: dict[str, Catchup], clock: FakeClock
) -> None:
    await world.say(person.id, person.signs_up())
    await world.say(person.id, person.says("PatchUser", {"defaults": {"digest_at": "13:01"}}))
    await world.create(person, title="Today", due={"date": "2026-11-22"}, reminders=SOON)
    clock.move(seconds=60)
    for row in await world.rows("SELECT actor_type, actor_id FROM wakes ORDER BY actor_type DESC"):
        await world.tick(*row)
    await drain(loops, "digest", "notifier")
    assert [row[0] for row in await world.rows("SELECT kind FROM notifications")] == ["reminder"]
    await drain(loops, "projector", "digest")
    digest = await world.value("SELECT body FROM notifications WHERE kind = 'digest'")
    assert digest == "- Today"
    await drain(loops, *loops)
    assert await world.value("SELECT count(*) FROM notifications") == 2
