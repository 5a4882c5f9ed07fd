"""What a person does with a task, over the API on real parts, heard by a second window as it happens."""

import pytest

from tests.client import Caller, Json, instant, parsed
from tests.stream_reader import StreamReader

pytestmark = pytest.mark.live

HEARD_SECONDS = 1.0


@pytest.fixture
async def stream(person: Caller) -> StreamReader:
    async with person.stream() as reader:
        await reader.connected()
        yield reader


async def test_each_change_is_heard_by_another_window_within_a_second(person: Caller, stream: StreamReader) -> None:
    task = await person.create("Pay rent", due={"local": "2030-01-31T09:00", "zone": "Europe/Berlin"})
    heard = await stream.hear("task.created", HEARD_SECONDS, task["id"])
    assert heard.data["task"] == task
    assert heard.data["cause"]["kind"] == "user"
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
        heard = await stream.hear(event_type, HEARD_SECONDS, task["id"], after=heard.position)
        assert heard.data["task"] == after
        assert heard.data["version"] == after["version"]

    shown = await person.task(task["id"])
    assert (shown["title"], shown["tags"], shown["priority"]) == ("Pay the rent", ["Home", "money"], "urgent")
    assert {(tag["name"], tag["count"]) for tag in await person.items("/tags")} == {("Home", 1), ("money", 1)}


async def test_the_last_change_is_undone_from_its_activity_entry(person: Caller, stream: StreamReader) -> None:
    task = await person.create("Water plants", priority="low")
    await person.patch(task["id"], priority="high")
    changed = await stream.hear("task.updated", HEARD_SECONDS, task["id"])
    assert changed.data["changed"]["priority"] == {"old": "low", "new": "high"}

    undone = await person.call("POST", f"/activity/{changed.position}/undo")
    assert undone["priority"] == "low"
    await stream.hear("task.updated", HEARD_SECONDS, task["id"], after=changed.position)
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
    async with person.stream() as second:
        await second.connected()
        at = instant(2)
        task = await person.create("Turn off the oven", reminders=[{"at": at}])
        for window in (stream, second):
            heard = await window.hear("reminder.delivered", 5, task["id"])
            seconds = (heard.at - parsed(at)).total_seconds()
            assert -0.01 <= seconds <= 1.0, f"heard {seconds:.3f} s after its time"
            assert heard.data["notification"]["title"] == "Turn off the oven"
        listed = await person.call("GET", "/notifications", unread_only="true")
        assert [(item["task_id"], item["late_seconds"]) for item in listed["items"]] == [(task["id"], None)]
        assert listed["unread"] == 1


async def test_a_snoozed_reminder_fires_again_and_an_acknowledged_one_does_not(
    person: Caller, stream: StreamReader
) -> None:
    task = await person.create("Call the bank", reminders=[{"at": instant(1)}])
    first = await stream.hear("reminder.delivered", 4, task["id"])
    until = instant(2)
    snoozed = await person.do(task["id"], "snooze", {"until": until})
    assert snoozed["reminders"][0]["status"] == "pending"
    second = await stream.hear("reminder.delivered", 5, task["id"], after=first.position)
    assert (second.at - parsed(until)).total_seconds() <= 1.0

    acknowledged = await person.do(task["id"], "acknowledge")
    assert acknowledged["reminders"][0]["acknowledged_at"]
    await stream.hear("reminder.acknowledged", HEARD_SECONDS, task["id"])
    ledger = await person.items("/reminders/ledger", task_id=task["id"])
    life = [(entry["step"], entry["firing"]) for entry in ledger if entry["step"] != "delivery_attempt"]
    once = [("scheduled", 1), ("fired", 1), ("delivered", 1), ("snoozed", 2)]
    assert life == [*once, ("fired", 2), ("delivered", 2), ("acknowledged", 2)]
    shown: list[Json] = await person.items("/notifications")
    assert len(shown) == 2
    assert all(item["acknowledged_at"] and item["read_at"] for item in shown[:1]), "the newest was acknowledged"


async def test_the_activity_log_holds_everything_once_in_order_and_chained(
    person: Caller, stream: StreamReader
) -> None:
    task = await person.create("Book the train", reminders=[])
    for number in range(30):
        await person.patch(task["id"], description=f"draft {number}")
    await person.do(task["id"], "complete")
    entries = await person.whole_activity()
    positions = [entry["position"] for entry in entries]
    assert positions == list(range(1, len(entries) + 1))
    assert [entry["version"] for entry in entries if entry["task_id"] == task["id"]] == list(range(1, 33))
    assert len({entry["hash"] for entry in entries}) == len(entries)
    own = await person.items(f"/tasks/{task['id']}/activity", limit=5)
    assert [entry["version"] for entry in own] == [32, 31, 30, 29, 28]
    await stream.reach(positions[-1], 5)
    assert stream.positions == positions[1:], "a burst is bundled, never dropped or repeated"
