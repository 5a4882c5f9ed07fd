"""The life of a task over the API of the real system, heard by a second window as it happens."""

import statistics
from datetime import UTC, datetime

import pytest

from host.store.read_model import activity_rows
from tests.support.client import Caller, Json, instant, parsed
from tests.support.deadline import eventually, one_within
from tests.support.stream_reader import StreamReader
from tests.support.system import System

pytestmark = pytest.mark.live

HEARD_SECONDS = 1.0  # by the median of several, or the best of three
WAIT_SECONDS = 5.0


@pytest.fixture
async def stream(person: Caller) -> StreamReader:
    async with person.stream() as reader:
        await reader.connected()
        yield reader


async def test_each_change_is_heard_by_another_window_within_a_second(person: Caller, stream: StreamReader) -> None:
    task = await person.create("Pay rent", due={"local": "2030-01-31T09:00", "zone": "Europe/Berlin"})
    answered = [datetime.now(UTC)]
    heard = [await stream.hear("task.created", WAIT_SECONDS, task["id"])]
    assert heard[0].data["task"] == task
    assert heard[0].data["cause"]["kind"] == "user"
    assert [reminder["fire_at"] for reminder in task["reminders"]] == ["2030-01-31T07:30:00.000Z"]

    steps = [
        ("task.updated", person.patch(task["id"], title="Pay the rent", description="by *transfer*")),
        ("task.updated", person.call("POST", f"/tasks/{task['id']}/tags", {"tags": ["Home", "money"]})),
        ("task.updated", person.call("PUT", f"/tasks/{task['id']}/priority", {"priority": "urgent"})),
        ("task.completed", person.do(task["id"], "complete")),
        ("task.reopened", person.do(task["id"], "reopen")),
        ("task.deleted", person.delete(task["id"])),
        ("task.restored", person.do(task["id"], "restore")),
    ]
    for event_type, step in steps:
        after = await step
        answered.append(datetime.now(UTC))
        heard.append(await stream.hear(event_type, WAIT_SECONDS, task["id"], after=heard[-1].position))
        assert heard[-1].data["task"] == after
        assert heard[-1].data["version"] == after["version"]
    seconds = [(there.at - here).total_seconds() for here, there in zip(answered, heard, strict=True)]
    assert statistics.median(seconds) <= HEARD_SECONDS, seconds

    shown = await person.task(task["id"])
    assert (shown["title"], shown["tags"], shown["priority"]) == ("Pay the rent", ["Home", "money"], "urgent")
    assert {(tag["name"], tag["count"]) for tag in await person.items("/tags")} == {("Home", 1), ("money", 1)}


async def test_the_last_change_is_undone_from_its_activity_entry(person: Caller, stream: StreamReader) -> None:
    task = await person.create("Water plants", priority="low")
    await person.patch(task["id"], priority="high")
    changed = await stream.hear("task.updated", WAIT_SECONDS, task["id"])
    assert changed.data["changed"]["priority"] == {"old": "low", "new": "high"}

    undone = await person.call("POST", f"/activity/{changed.position}/undo")
    assert undone["priority"] == "low"
    await stream.hear("task.updated", WAIT_SECONDS, task["id"], after=changed.position)
    again = await person.call("POST", f"/activity/{changed.position}/undo", expect=409)
    assert again["code"] == "undo_conflict"


async def test_a_deleted_task_comes_back_by_undo_and_stays_gone_after_purge(person: Caller) -> None:
    task = await person.create("Sort the shed")
    await person.delete(task["id"])
    assert [item["id"] for item in await person.items("/tasks", trash="true")] == [task["id"]]
    assert await person.items("/tasks") == []
    entry = (await person.items("/activity", type="task.deleted"))[0]
    restored = await person.call("POST", f"/activity/{entry['position']}/undo")
    assert restored["deleted_at"] is None

    await person.delete(task["id"])
    await person.do(task["id"], "purge")
    await person.call("GET", f"/tasks/{task['id']}", expect=404)
    await person.call("PATCH", f"/tasks/{task['id']}", {"title": "back"}, expect=404)
    assert await person.items("/tasks", trash="true") == []


async def test_a_reminder_reaches_both_windows_and_the_notifications_within_a_second_of_its_time(
    person: Caller, stream: StreamReader
) -> None:
    tasks: list[str] = []
    async with person.stream() as second:
        await second.connected()

        async def reminded() -> float:
            at = instant(2)
            task = await person.create("Turn off the oven", reminders=[{"at": at}])
            tasks.append(task["id"])
            heard = [
                await window.hear("reminder.delivered", 2 + WAIT_SECONDS, task["id"]) for window in (stream, second)
            ]
            assert {event.data["notification"]["title"] for event in heard} == {"Turn off the oven"}
            seconds = [(event.at - parsed(at)).total_seconds() for event in heard]
            assert min(seconds) >= -0.01, "not before its time"
            return max(seconds)

        await one_within(reminded, HEARD_SECONDS)
        listed = await person.call("GET", "/notifications", unread_only="true")
        notified = [(item["task_id"], item["late_seconds"]) for item in reversed(listed["items"])]
        assert notified == [(task_id, None) for task_id in tasks]
        assert listed["unread"] == len(tasks)


async def test_a_snoozed_reminder_fires_again_and_an_acknowledged_one_does_not(
    person: Caller, stream: StreamReader
) -> None:
    tasks: list[Json] = []

    async def snoozed() -> float:
        task = await person.create("Call the bank", reminders=[{"at": instant(1)}])
        tasks.append(task)
        first = await stream.hear("reminder.delivered", 1 + WAIT_SECONDS, task["id"])
        until = instant(2)
        put_off = await person.do(task["id"], "snooze", {"until": until})
        assert put_off["reminders"][0]["status"] == "pending"
        second = await stream.hear("reminder.delivered", 2 + WAIT_SECONDS, task["id"], after=first.position)
        return (second.at - parsed(until)).total_seconds()

    await one_within(snoozed, HEARD_SECONDS)
    task = tasks[-1]
    acknowledged = await person.do(task["id"], "acknowledge")
    assert acknowledged["reminders"][0]["acknowledged_at"]
    await stream.hear("reminder.acknowledged", WAIT_SECONDS, task["id"])
    ledger = await person.items("/reminders/ledger", task_id=task["id"])
    life = [(entry["step"], entry["firing"]) for entry in ledger if entry["step"] != "delivery_attempt"]
    once = [("scheduled", 1), ("fired", 1), ("delivered", 1), ("snoozed", 2)]
    assert life == [*once, ("fired", 2), ("delivered", 2), ("acknowledged", 2)]

    async def answered() -> list[Json]:
        """Returns the notifications once they show the answer: the notifier may be a moment behind the stream."""
        shown = [item for item in await person.items("/notifications") if item["task_id"] == task["id"]]
        return shown if shown and shown[0]["acknowledged_at"] and shown[0]["read_at"] else []

    assert len(await eventually(answered, WAIT_SECONDS, "the newest was acknowledged")) == 2


async def test_the_activity_log_holds_everything_once_in_order_and_chained(
    system: System, person: Caller, stream: StreamReader
) -> None:
    task = await person.create("Book the train", reminders=[])
    for number in range(30):
        await person.patch(task["id"], description=f"draft {number}")
    await person.do(task["id"], "complete")
    entries = await person.whole_activity()
    positions = [entry["position"] for entry in entries]
    assert positions == list(range(1, len(entries) + 1))
    assert [entry["version"] for entry in entries if entry["task_id"] == task["id"]] == list(range(1, 33))
    async with system.database() as database:
        assert await activity_rows.broken_at(database, person.user_id) is None
    own = await person.items(f"/tasks/{task['id']}/activity", limit=5)
    assert [entry["version"] for entry in own] == [32, 31, 30, 29, 28]
    await stream.reach(positions[-1], 5)
    assert stream.positions == positions[1:], "a burst is bundled, never dropped or repeated"
