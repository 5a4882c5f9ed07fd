"""Series in the real system: each occurrence is made within a second of its cause, and once, also after a kill."""

import asyncio
import statistics
import time
from datetime import UTC, datetime, timedelta

import pytest

from tests.live.series import WAIT_SECONDS, create, local, next_task, open_slots, series_of, start_in, task_there
from tests.support.client import Caller, Json, past
from tests.support.deadline import eventually, one_within
from tests.support.outage import writes_refused
from tests.support.system import System

pytestmark = [pytest.mark.live, pytest.mark.timeout(150)]

MADE_SECONDS = 1.0  # by the median of several, or the best of three
MANY = 20


async def test_a_new_series_has_its_first_task_within_a_second(person: Caller) -> None:
    seconds = []
    for _ in range(5):
        series = await create(person)
        began = time.monotonic()
        await task_there(person, series["next"]["task_id"])
        seconds.append(time.monotonic() - began)
    assert statistics.median(seconds) < MADE_SECONDS, seconds


async def test_what_a_new_series_says_and_what_its_first_task_is(person: Caller) -> None:
    async with person.stream() as stream:
        await stream.connected()
        series = await create(person, tags=["home"])
        task = await task_there(person, series["next"]["task_id"])
        assert (task["series_id"], task["occurrence"]) == (
            series["id"],
            {"generation": 1, "slot": series["next"]["slot"]},
        )
        assert (task["title"], task["tags"], len(task["reminders"])) == ("Water the plants", ["home"], 1)
        heard = await stream.hear("recurrence.instance-created", WAIT_SECONDS, task["id"])
        assert heard.data["task"] is None
    types = [entry["type"] for entry in await person.whole_activity()]
    made = ["series.created", "recurrence.triggered", "task.created", "reminder.scheduled"]
    assert [name for name in types if name in {*made, "recurrence.instance-created"}] == [
        *made,
        "recurrence.instance-created",
    ]


async def test_inline_recurrence_answers_the_first_task(person: Caller) -> None:
    due = start_in(hours=1)
    task = await person.create("Pay rent", due=due, recurrence={"rule": "FREQ=MONTHLY"})
    assert (task["occurrence"]["slot"], task["due"]["local"][:19]) == (due["local"], due["local"])
    stopped = await person.call("DELETE", f"/tasks/{task['id']}/recurrence")
    assert (stopped["id"], stopped["status"]) == (task["series_id"], "stopped")
    assert (await person.task(task["id"]))["status"] == "open"


async def test_completing_makes_the_next_within_a_second(person: Caller) -> None:
    series = await create(person, mode="completion")
    task = await task_there(person, series["next"]["task_id"])
    seconds = []
    for _ in range(5):
        await person.do(task["id"], "complete")
        began = time.monotonic()
        task = await next_task(person, series, task["id"])
        seconds.append(time.monotonic() - began)
    assert statistics.median(seconds) < MADE_SECONDS, seconds
    assert await open_slots(person, series) == [task["occurrence"]["slot"]]


async def test_many_completed_at_once_each_have_their_next_one(person: Caller) -> None:
    many = await asyncio.gather(*(create(person, mode="completion") for _ in range(MANY)))
    for series in many:
        await task_there(person, series["next"]["task_id"])
    await asyncio.gather(*(person.do(series["next"]["task_id"], "complete") for series in many))
    await asyncio.gather(*(next_task(person, series, series["next"]["task_id"]) for series in many))
    for series in many:
        assert len(await open_slots(person, series)) == 1


async def test_two_of_one_series_completed_at_once_are_both_done_and_no_slot_comes_twice(person: Caller) -> None:
    series, days = await create(person, look_ahead_days=4), 4

    async def slots_are_open(count: int) -> list[str]:
        slots = await open_slots(person, series)
        return slots if len(slots) == count else []

    slots = await eventually(lambda: slots_are_open(days), 5, "all ahead are there")
    tasks = {task["occurrence"]["slot"]: task["id"] for task in await person.items("/tasks", series=series["id"])}
    await asyncio.gather(*(person.do(tasks[slot], "complete") for slot in slots[:2] * 2))
    left = await eventually(lambda: slots_are_open(days - 2), 5, "two are done")

    async def goes_on() -> bool:
        following: Json = (await series_of(person, series))["next"]
        return bool(following["slot"] == slots[2])

    await eventually(goes_on, 5, "the third is the next one")
    assert left == slots[2:]
    assert len(await person.items("/tasks", series=series["id"])) == days


async def test_when_its_slot_comes_the_one_after_it_is_made(person: Caller) -> None:
    await one_within(lambda: _seconds_after_its_slot(person), MADE_SECONDS)


async def _seconds_after_its_slot(person: Caller) -> float:
    start = start_in(seconds=3)
    series = await create(person, start=start, pile_up="newest", reminders=[{"offset_minutes": 0}])
    first = await task_there(person, series["next"]["task_id"])
    async with person.stream() as stream:
        await stream.connected()
        await past(start["local"] + "Z")
        second = await next_task(person, series, first["id"])
        seconds = (datetime.now(UTC) - datetime.fromisoformat(start["local"] + "Z")).total_seconds()
        assert second["due"]["local"][:10] > first["due"]["local"][:10]
        await stream.hear("reminder.delivered", WAIT_SECONDS, first["id"])
    assert await open_slots(person, series) == sorted([first["occurrence"]["slot"], second["occurrence"]["slot"]])
    return seconds


async def test_skip_move_split_and_delete(person: Caller) -> None:
    series = await create(person, look_ahead_days=4)
    slots = [local(datetime.fromisoformat(series["start"]["local"]) + timedelta(days=n)) for n in range(8)]

    async def slots_are(wanted: list[str]) -> None:
        async def same() -> bool:
            return await open_slots(person, series) == wanted

        await eventually(same, WAIT_SECONDS, f"open are {wanted}")

    await slots_are(slots[:4])
    path = f"/series/{series['id']}"
    await person.call("POST", f"{path}/skip", {"slot": slots[0]})
    await slots_are(slots[1:4])
    moved = {"local": slots[1][:11] + "23:30", "zone": "UTC"}
    await person.call("POST", f"{path}/move", {"slot": slots[1], "to": moved})

    async def is_moved() -> bool:
        (task,) = [t for t in await person.items("/tasks") if t["occurrence"]["slot"] == slots[1]]
        return bool(task["due"]["local"] == moved["local"])

    await eventually(is_moved, WAIT_SECONDS, "the due of the moved one")
    successor = await person.call("PATCH", path, {"from_slot": slots[3], "title": "Water the trees"}, expect=201)
    assert (successor["split_from"], successor["title"]) == (series["id"], "Water the trees")

    async def is_retitled() -> bool:  # it is the task that was there, which is told a moment later
        return bool((await task_there(person, successor["next"]["task_id"]))["title"] == "Water the trees")

    await eventually(is_retitled, WAIT_SECONDS, "the title of the first one after the split")
    await slots_are(slots[1:3])

    shown = await person.items(f"{path}/occurrences", **{"from": slots[0][:10], "to": slots[7][:10]})
    assert [(item["slot"], item["state"]) for item in shown][1:3] == [(slot, "open") for slot in slots[1:3]]
    await person.call("DELETE", path, occurrences="delete")
    await slots_are([])
    assert (await series_of(person, successor))["status"] == "active"
    again = await person.send("POST", f"{path}/skip", {"slot": slots[2]})
    assert (again.status_code, again.json()["code"]) == (409, "series_over")


# --- a kill of the host between two steps


@pytest.mark.parametrize(
    ("what", "actor_type", "stands"),
    [
        ("INSERT", "TaskActor", "recurrence.triggered"),  # asked for, but not made
        ("UPDATE", "SeriesActor", "task.created"),  # made, but not reported
    ],
)
async def test_killed_between_two_steps_it_goes_on_with_exactly_one_occurrence(
    system: System, person: Caller, what: str, actor_type: str, stands: str
) -> None:
    async with system.database() as database, writes_refused(database, f"%||{actor_type}||%", what):
        series = await create(person, mode="completion")
        await eventually(lambda: count(system, stands, series), 5, stands)
        await asyncio.sleep(0.3)  # so that the host is trying the step that fails
        old = system.kill("host")
    await asyncio.to_thread(system.until_restarted, "host", old)
    task = await task_there(person, series["next"]["task_id"], 20)
    await eventually(lambda: count(system, "recurrence.instance-created", series), 20, "it was reported")
    assert await open_slots(person, series) == [task["occurrence"]["slot"]]
    for event_type in ("recurrence.triggered", "task.created", "recurrence.instance-created"):
        assert await count(system, event_type, series) == 1, event_type


async def test_killed_between_completion_and_the_next_one(system: System, person: Caller) -> None:
    series = await create(person, mode="completion")
    first = await task_there(person, series["next"]["task_id"])
    async with system.database() as database, writes_refused(database, "%||SeriesActor||%", "UPDATE"):
        await person.do(first["id"], "complete")
        await asyncio.sleep(0.3)
        old = system.kill("host")
    await asyncio.to_thread(system.until_restarted, "host", old)
    second = await next_task(person, series, first["id"], 20)
    assert await open_slots(person, series) == [second["occurrence"]["slot"]]
    assert await count(system, "recurrence.triggered", series) == 2


async def count(system: System, event_type: str, series: Json) -> int:
    """Returns the number of such events of the series and its tasks."""
    async with system.database() as database:
        events: int = await database.fetchval(
            """SELECT count(*) FROM outbox WHERE type = $1
               AND (actor_id = $2 OR body->'data'->'task'->>'series_id' = $2)""",
            event_type,
            series["id"],
        )
    return events
