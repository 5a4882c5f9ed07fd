"""Every event reaches its consumers through the broker, and takes effect once however often it comes."""

import random
import statistics
from typing import Any

import orjson
import pytest

from tests.kafka.broker import TestBroker
from tests.kafka.handled import GRACE_SECONDS, handled_within, has_fired, value
from tests.kafka.topic import messages, write
from tests.support.client import Caller, instant
from tests.support.deadline import eventually
from tests.support.summary import SUMMARY
from tests.support.system import System

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]

SOON = GRACE_SECONDS - 2
LONE_EVENTS = 30
PUBLISHED_SECONDS = 30


async def test_each_consumer_gets_what_concerns_it_through_the_broker(system: System, person: Caller) -> None:
    task = await person.create("Pay rent", reminders=[{"at": instant(1.5)}])
    await handled_within(system, "projector", "task.created", task["id"], SOON)
    body = {"title": "Water", "rule": "FREQ=DAILY", "start": {"date": instant(0)[:10]}}
    series = await person.call("POST", "/series", body, expect=201)
    await handled_within(system, "recurrence", "recurrence.triggered", series["id"], SOON)
    await person.call("PATCH", "/me", {"timezone": "Asia/Tokyo"})
    await handled_within(system, "rezone", "user.updated", person.user_id, SOON)
    await eventually(lambda: has_fired(system, task["id"]), 6, "the reminder fires")
    await handled_within(system, "notifier", "reminder.fired", task["id"], SOON)


async def test_events_of_a_user_stand_in_one_partition_and_reminders_are_copied(
    system: System, broker: TestBroker, person: Caller
) -> None:
    task = await person.create("Pay rent", reminders=[{"at": instant(1800)}])
    await handled_within(system, "projector", "reminder.scheduled", task["id"], SOON)
    await eventually(lambda: _all_published(system, person), PUBLISHED_SECONDS, "the topics have every event")
    ours = _once(broker, "task-events", person)
    of_task = [event["type"] for event in ours.values() if event["subject"] == task["id"]]
    assert of_task == ["task.created", "reminder.scheduled"]
    rows = await _bodies(system, person.user_id)
    assert ours == {event["id"]: event for event in rows}
    copies = list(_once(broker, "reminders", person))
    assert copies == [event["id"] for event in rows if event["type"].startswith("reminder.")]


async def _all_published(system: System, person: Caller) -> bool:
    """Returns whether all topics have all events of the person."""
    query = "SELECT NOT EXISTS (SELECT FROM outbox WHERE user_id = $1 AND published_at IS NULL)"
    return bool(await value(system, query, person.user_id))


def _once(broker: TestBroker, topic: str, person: Caller) -> dict[str, Any]:
    """Returns the person's events on the topic by id, each once though the topic may repeat it, in their order."""
    events: dict[str, Any] = {}
    for key, event in messages(broker.access, topic):
        if key == person.user_id:
            events.setdefault(event["id"], event)
    return events


async def test_events_that_come_again_and_out_of_order_change_nothing(
    system: System, broker: TestBroker, person: Caller
) -> None:
    task = await person.create("First", tags=["home"])
    for number in range(5):
        await person.patch(task["id"], title=f"Title {number}")
    await person.do(task["id"], "complete")
    await handled_within(system, "projector", "task.completed", task["id"], SOON)
    before = await _picture(person, task["id"])
    again = [(person.user_id, orjson.dumps(body)) for body in await _bodies(system, person.user_id)] * 4
    random.Random(7).shuffle(again)
    write(broker.access, "task-events", again)
    write(broker.access, "task-events", [(person.user_id, b"no event at all"), (person.user_id, b"{}")])
    last = await person.create("After them")
    await handled_within(system, "projector", "task.created", last["id"], SOON)
    assert await _picture(person, task["id"], without=last["id"]) == before


async def test_a_lone_event_is_projected_soon(system: System, person: Caller) -> None:
    seconds: list[float] = []
    for number in range(LONE_EVENTS):
        task = await person.create(f"Alone {number}")
        seconds.append(await handled_within(system, "projector", "task.created", task["id"], SOON))
    p50, worst = statistics.median(seconds), max(seconds)
    SUMMARY.append(
        f"with the broker, commit → projected of a lone event: p50 {p50 * 1000:.0f} ms, "
        f"worst of {LONE_EVENTS} {worst * 1000:.0f} ms"
    )
    # The sidecar gathers for 10 ms. With its default of 10 s, or by catch-up alone, the median would be far greater.
    assert p50 < 0.5


async def _bodies(system: System, user_id: str) -> list[Any]:
    async with system.database() as connection:
        rows = await connection.fetch("SELECT body::text FROM outbox WHERE user_id = $1 ORDER BY position", user_id)
    return [orjson.loads(row[0]) for row in rows]


async def _picture(person: Caller, task_id: str, without: str = "") -> Any:
    """Returns the task as it is read, and its owner's activity without that of one other task."""
    entries = [entry for entry in await person.whole_activity() if entry["task_id"] != without]
    return await person.task(task_id), entries
