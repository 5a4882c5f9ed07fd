"""The notifier: each fired reminder is one notification, late ones after a short hold, many late ones one together."""

import asyncio

import orjson
import pytest

from host.consumers.catchup import Catchup
from host.notify.notifier import Notifier
from host.store.read_model import activity_rows
from tests.fakes.person import FakeClock, FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store


async def remind(world: World, person: FakePerson, count: int, *, late: float) -> list[str]:
    """Returns tasks whose reminder was due in a minute and has fired `late` seconds after that."""
    at = {"at": "2026-11-22T12:01:00.000Z"}
    await world.say(person.id, person.signs_up())
    tasks = [await world.create(person, title=f"task {n}", reminders=[at]) for n in range(count)]
    world.clock.move(seconds=60 + late)
    for task_id in tasks:
        await world.tick("TaskActor", task_id)
    return tasks


async def everything(loops: dict[str, Catchup]) -> None:
    for name in ("projector", "notifier"):
        while await loops[name].step():
            pass


async def test_a_reminder_on_time_is_told_at_once_and_once(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    (task_id,) = await remind(world, person, 1, late=0)
    await everything(loops)
    await loops["notifier"].deliver([row[0] for row in await world.rows("SELECT event_id FROM outbox")])
    (notified,) = await world.rows("SELECT kind, task_id, title, late_seconds, firing FROM notifications")
    assert tuple(notified) == ("reminder", task_id, "task 0", None, 1)
    (noted,) = await world.rows("SELECT status, sent_at IS NOT NULL, attempts FROM deliveries")
    assert tuple(noted) == ("sent", True, 1)
    steps = await world.rows("SELECT step FROM reminder_ledger ORDER BY id")
    assert [row[0] for row in steps] == ["scheduled", "fired", "delivery_attempt", "delivered"]
    (row,) = await world.rows("SELECT body, position FROM activity WHERE type = 'reminder.delivered'")
    notification = orjson.loads(row["body"])["data"]["notification"]
    assert notification["id"] == await world.value("SELECT id FROM notifications")
    async with world.database.raw() as connection:
        assert await activity_rows.broken_at(connection, person.id) is None


async def test_a_second_delivery_of_the_event_is_no_second_notification_even_without_the_inbox(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    await remind(world, person, 1, late=0)
    await everything(loops)
    await world.rows("DELETE FROM inbox WHERE consumer = 'notifier'")
    await world.rows("UPDATE watermarks SET position = 0, seen = 0")
    assert await loops["notifier"].step() == 1
    for table in ("notifications", "deliveries"):
        assert await world.value(f"SELECT count(*) FROM {table}") == 1
    assert await world.value("SELECT count(*) FROM activity WHERE type = 'reminder.delivered'") == 1


async def test_late_reminders_are_held_three_seconds_and_then_told_one_by_one(
    world: World, person: FakePerson, loops: dict[str, Catchup], notifier: Notifier, clock: FakeClock
) -> None:
    await remind(world, person, 3, late=90)
    await everything(loops)
    clock.move(seconds=2)
    await notifier.release()
    assert await world.value("SELECT count(*) FROM notifications") == 0
    clock.move(seconds=2)
    await notifier.release()
    await notifier.release()
    notified = await world.rows("SELECT kind, late_seconds FROM notifications")
    assert [tuple(row) for row in notified] == [("reminder", 90.0)] * 3


async def test_more_than_twenty_late_ones_are_one_digest(
    world: World, person: FakePerson, loops: dict[str, Catchup], notifier: Notifier, clock: FakeClock
) -> None:
    other = FakePerson(zone="UTC")
    await world.say(other.id, other.signs_up())
    lone = await world.create(other, reminders=[{"at": "2026-11-22T12:01:00.000Z"}])
    await remind(world, person, 21, late=3600)
    await world.tick("TaskActor", lone)
    await everything(loops)
    clock.move(seconds=4)
    await notifier.release()
    (notified,) = await world.rows("SELECT kind, title, body FROM notifications WHERE user_id = $1", person.id)
    assert (notified["kind"], notified["title"]) == ("digest", "21 reminders while Duely was away")
    assert len(notified["body"].splitlines()) == 21
    assert await world.value("SELECT count(*) FROM deliveries WHERE status = 'sent'") == 22
    delivered = "SELECT count(*) FROM activity WHERE type = 'reminder.delivered' AND user_id = $1"
    assert await world.value(delivered, person.id) == 1
    assert await world.value("SELECT count(*) FROM reminder_ledger WHERE step = 'delivered'") == 22
    assert await world.value("SELECT kind FROM notifications WHERE user_id = $1", other.id) == "reminder"


async def test_a_user_whose_delivery_fails_holds_up_nobody_else(
    world: World, loops: dict[str, Catchup], clock: FakeClock
) -> None:
    # One user a look: nor does it hold up those who would come with the next look.
    notifier = Notifier(world.database, clock, signal=lambda _: None, users_at_once=1)
    people = sorted((FakePerson(zone="UTC") for _ in range(3)), key=lambda other: other.id)
    at = {"at": "2026-11-22T12:01:00.000Z"}
    for other in people:
        await world.say(other.id, other.signs_up())
    tasks = [await world.create(other, reminders=[at]) for other in people for _ in range(2)]
    clock.move(seconds=150)
    for task_id in tasks:
        await world.tick("TaskActor", task_id)
    await everything(loops)
    clock.move(seconds=4)
    await world.rows(f"ALTER TABLE notifications ADD CHECK (user_id <> '{people[0].id}')")
    with pytest.raises(ExceptionGroup):
        await notifier.release()
    notified = await world.rows("SELECT DISTINCT user_id FROM notifications ORDER BY 1")
    assert [row[0] for row in notified] == [other.id for other in people[1:]]


async def test_two_releases_at_once_tell_once(
    world: World, person: FakePerson, loops: dict[str, Catchup], notifier: Notifier, clock: FakeClock
) -> None:
    await remind(world, person, 5, late=60)
    await everything(loops)
    clock.move(seconds=4)
    await asyncio.gather(*(notifier.release() for _ in range(4)))
    assert await world.value("SELECT count(*) FROM notifications") == 5
    assert await world.value("SELECT count(*) FROM activity WHERE type = 'reminder.delivered'") == 5


async def test_an_overdue_task_is_told_once(world: World, person: FakePerson, loops: dict[str, Catchup]) -> None:
    await world.say(person.id, person.signs_up())
    task_id = await world.create(person, due={"local": "2026-11-22T12:05", "zone": "UTC"}, reminders=[])
    world.clock.move(seconds=301)
    await world.tick("TaskActor", task_id)
    await world.tick("TaskActor", task_id)
    await everything(loops)
    (notified,) = await world.rows("SELECT kind, task_id, body FROM notifications")
    assert tuple(notified) == ("overdue", task_id, "Overdue since 2026-11-22 12:05 (UTC)")


async def test_acknowledging_marks_the_notification(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    (task_id,) = await remind(world, person, 1, late=0)
    await world.say(task_id, person.says("AcknowledgeReminder"))
    await everything(loops)
    assert await world.value("SELECT acknowledged_at IS NOT NULL AND read_at IS NOT NULL FROM notifications")


async def test_an_acknowledgement_that_overtakes_the_firing_counts_too(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    (task_id,) = await remind(world, person, 1, late=0)
    await world.say(task_id, person.says("AcknowledgeReminder"))
    acknowledged = await world.value("SELECT event_id FROM outbox WHERE type = 'reminder.acknowledged'")
    await loops["notifier"].deliver([acknowledged])
    assert await world.value("SELECT acknowledged_at IS NOT NULL FROM notifications")


async def test_a_snoozed_reminder_fires_and_is_told_again(
    world: World, person: FakePerson, loops: dict[str, Catchup], clock: FakeClock
) -> None:
    (task_id,) = await remind(world, person, 1, late=0)
    await world.say(task_id, person.says("SnoozeReminder", {"minutes": 10}))
    clock.move(seconds=600)
    await world.tick("TaskActor", task_id)
    await everything(loops)
    notified = await world.rows("SELECT firing, read_at IS NOT NULL FROM notifications ORDER BY firing")
    assert [tuple(row) for row in notified] == [(1, True), (2, False)]
