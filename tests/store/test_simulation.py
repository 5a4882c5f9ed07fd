"""The simulated world: reminders and deadlines fall due by themselves, to the minute and once."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from actors.commands import Command
from host.simulation.clock import SimulatedClock
from host.simulation.world import World
from host.store.engine import Database
from host.store.read_model import activity_rows
from tests.fakes.person import FakePerson

pytestmark = pytest.mark.store

START = datetime(2027, 3, 1, tzinfo=UTC)


@pytest.fixture
async def simulated(database: Database) -> AsyncIterator[World]:
    world = World(database, SimulatedClock(START))
    await world.open()
    yield world
    assert await rows(world, "SELECT consumer, event_id, error FROM dead_letters") == []


async def rows(world: World, query: str, *arguments: Any) -> list[tuple[Any, ...]]:
    async with world.database.raw() as connection:
        return [tuple(row) for row in await connection.fetch(query, *arguments)]


async def say(world: World, person: FakePerson, task_id: str, name: str, **body: Any) -> Any:
    reply = await world.send("TaskActor", task_id, person.says(name, body))
    assert reply.ok, reply.error
    return reply.value


async def create(world: World, person: FakePerson, **body: Any) -> str:
    if not person.given:
        await world.send("UserActor", person.id, person.signs_up())
    command = person.says("CreateTask", {"title": "Pay rent", **body})
    reply = await world.send("TaskActor", person.task_of(command), command)
    assert reply.ok, reply.error
    return str(reply.value["id"])


async def fired(world: World) -> list[tuple[Any, ...]]:
    """Returns (task, firing, instant) of all firings, in order."""
    return await rows(world, "SELECT task_id, firing, at FROM reminder_ledger WHERE step = 'fired' ORDER BY at, id")


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


async def test_a_reminder_fires_at_its_instant_on_both_sides_of_a_change_of_the_clocks(simulated: World) -> None:
    person = FakePerson()
    before = await create(simulated, person, due={"local": "2027-03-27T09:00", "zone": "Europe/Berlin"})
    after = await create(simulated, person, due={"local": "2027-03-28T09:00", "zone": "Europe/Berlin"})
    gap = await create(simulated, person, due={"local": "2027-03-28T02:30", "zone": "Europe/Berlin"})
    await simulated.run_to(START + timedelta(days=40))
    assert await fired(simulated) == [
        (before, 1, utc("2027-03-27T07:30")),
        (gap, 1, utc("2027-03-28T00:30")),
        (after, 1, utc("2027-03-28T06:30")),
    ]
    assert await rows(simulated, "SELECT count(*) FROM notifications WHERE late_seconds IS NOT NULL") == [(0,)]


async def test_a_task_due_on_a_date_reminds_from_nine_and_the_end_of_its_day_is_told_at_nine(simulated: World) -> None:
    person = FakePerson("Asia/Kathmandu")
    task_id = await create(simulated, person, due={"date": "2027-03-05"}, reminders=[{"offset_minutes": 0}])
    await simulated.run_to(START + timedelta(days=10))
    assert await fired(simulated) == [(task_id, 1, utc("2027-03-05T03:15"))]
    overdue = await rows(simulated, "SELECT task_id, at FROM activity WHERE type = 'task.overdue'")
    assert overdue == [(task_id, utc("2027-03-06T03:15"))]


async def test_a_snoozed_reminder_comes_again(simulated: World) -> None:
    person = FakePerson()
    task_id = await create(simulated, person, due={"local": "2027-03-02T09:00", "zone": "UTC"})
    await simulated.run_to(utc("2027-03-02T08:31"))
    await say(simulated, person, task_id, "SnoozeReminder", minutes=10)
    await simulated.run_to(START + timedelta(days=3))
    assert await fired(simulated) == [(task_id, 1, utc("2027-03-02T08:30")), (task_id, 2, utc("2027-03-02T08:41"))]


async def test_a_completed_task_reminds_nobody_and_a_reopened_one_does(simulated: World) -> None:
    person = FakePerson()
    done = await create(simulated, person, due={"local": "2027-03-05T09:00", "zone": "UTC"})
    again = await create(simulated, person, due={"local": "2027-03-05T10:00", "zone": "UTC"})
    for task_id in (done, again):
        await say(simulated, person, task_id, "CompleteTask")
    await simulated.run_to(utc("2027-03-04T00:00"))
    await say(simulated, person, again, "ReopenTask")
    await simulated.run_to(START + timedelta(days=10))
    assert await fired(simulated) == [(again, 2, utc("2027-03-05T09:30"))]


async def test_whoever_moves_to_another_zone_takes_dates_along_and_times_not(simulated: World) -> None:
    person = FakePerson("UTC")
    register = person.says("RegisterUser", {"email": "ada@example.org", "zone": "UTC"})
    await simulated.send("UserActor", person.id, register)
    day = await create(simulated, person, due={"date": "2027-03-05"}, reminders=[{"offset_minutes": 0}])
    time = await create(simulated, person, due={"local": "2027-03-05T09:00", "zone": "UTC"}, reminders=[])
    await simulated.run_to(utc("2027-03-02T12:00"))
    await simulated.send("UserActor", person.id, person.says("PatchUser", {"zone": "Asia/Tokyo"}))
    await simulated.run_to(START + timedelta(days=10))
    assert await fired(simulated) == [(day, 1, utc("2027-03-05T00:00"))]
    overdue = await rows(simulated, "SELECT task_id, at FROM activity WHERE type = 'task.overdue' ORDER BY at")
    assert overdue == [(time, utc("2027-03-05T09:00")), (day, utc("2027-03-06T00:00"))]


async def test_what_was_due_while_nobody_ran_is_delivered_late_after_three_seconds(database: Database) -> None:
    first = World(database, SimulatedClock(START))
    await first.open()
    await create(first, FakePerson(), due={"local": "2027-03-02T09:00", "zone": "UTC"})
    await first.settle()
    second = World(database, SimulatedClock(utc("2027-03-02T09:30")))
    await second.open()
    assert await rows(second, "SELECT count(*) FROM notifications WHERE kind = 'reminder'") == [(0,)]
    await second.run_to(utc("2027-03-02T09:31"))
    notifications = await rows(second, "SELECT late_seconds, created_at FROM notifications WHERE kind = 'reminder'")
    assert notifications == [(3600, utc("2027-03-02T09:30:03"))]


@pytest.mark.parametrize(
    ("pile_up", "made", "stay"), [("all", [2, 3, 4, 5, 6], [2, 3, 4, 5, 6]), ("newest", [2, 3, 5, 6], [5, 6])]
)
async def test_after_three_days_away_a_series_makes_what_it_missed_as_it_says(
    database: Database, pile_up: str, made: list[int], stay: list[int]
) -> None:
    person, first = FakePerson("UTC"), World(database, SimulatedClock(START))
    await first.open()
    await first.send("UserActor", person.id, person.signs_up())
    body = {
        "template": {"title": "Water plants"},
        "rule": "FREQ=DAILY",
        "start": {"local": "2027-03-02T09:00", "zone": "UTC"},
    }
    create = person.says("CreateSeries", {**body, "id": person.id, "pile_up": pile_up})
    assert (await first.send("SeriesActor", person.id, create)).ok
    await first.run_to(utc("2027-03-02T10:00"))
    second = World(database, SimulatedClock(utc("2027-03-05T10:00")))
    await second.open()
    slots = "SELECT substr(body->'data'->'slot'->>'slot', 9, 2)::int FROM outbox WHERE type = 'recurrence.triggered'"
    assert sorted(await rows(second, slots)) == [(day,) for day in made]
    left = "SELECT extract(day FROM due_date)::int FROM tasks WHERE deleted_at IS NULL ORDER BY 1"
    assert await rows(second, left) == [(day,) for day in stay]
    assert await rows(second, "SELECT min(wake_at) FROM wakes WHERE actor_type = 'SeriesActor'") == [
        (utc("2027-03-06T09:00"),)
    ]


async def test_the_trash_is_emptied_after_thirty_days(simulated: World) -> None:
    person = FakePerson()
    task_id = await create(simulated, person)
    await say(simulated, person, task_id, "DeleteTask")
    await simulated.run_to(START + timedelta(days=29))
    assert await rows(simulated, "SELECT purged FROM tasks") == [(False,)]
    await simulated.run_to(START + timedelta(days=32))
    assert await rows(simulated, "SELECT purged, title FROM tasks") == [(True, "")]


async def test_the_fence_speaks_as_it_does_through_the_sidecar(simulated: World) -> None:
    """A second writer is refused, reads again and does the command; a command sent twice is done once."""
    person, other = FakePerson(), World(simulated.database, simulated.clock)
    await other.open()
    task_id = await create(simulated, person)
    await say(other, person, task_id, "PatchTask", title="Pay the rent")
    command = person.says("SetPriority", {"priority": "high"})
    first, again = [await ask(world, task_id, command) for world in (simulated, other)]
    assert first == again
    assert (first["version"], first["value"]["title"], first["value"]["priority"]) == (3, "Pay the rent", "high")


async def ask(world: World, task_id: str, command: Command) -> Any:
    """Sends past the gateway, which would retry after an error of the actor."""
    wire = orjson.dumps(world._signatures.sign("TaskActor", task_id, command.to_wire()))
    return orjson.loads(await world._sidecar.invoke_method("TaskActor", task_id, "turn", wire))


async def test_every_stream_is_whole_and_no_event_is_left(simulated: World) -> None:
    person = FakePerson()
    for day in range(1, 29):
        await create(simulated, person, due={"local": f"2027-03-{day:02}T09:00", "zone": "UTC"})
    await simulated.run_to(START + timedelta(days=31))
    assert len(await fired(simulated)) == 28
    unread = """SELECT c, event_id FROM outbox, unnest(ARRAY['projector', 'notifier']) c
                WHERE type = 'reminder.fired' AND NOT EXISTS (
                  SELECT FROM inbox i WHERE i.consumer = c AND i.event_id = outbox.event_id)"""
    assert await rows(simulated, unread) == []
    async with simulated.database.raw() as connection:
        assert await activity_rows.broken_at(connection, person.id) is None
