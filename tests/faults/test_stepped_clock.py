"""The wall clock steps an hour forward, back and forward again: nothing is lost, nothing comes twice or too early."""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.client import Caller, instant
from tests.deadline import eventually
from tests.faults.stepped_clock import SteppedClock
from tests.system import running_system

pytestmark = [pytest.mark.faults, pytest.mark.timeout(150)]

HOUR = 3600
MINUTE = 60
LATE_SECONDS = 12.0  # the clock is read again, the sweeper finds what is overdue, and late things are held for a moment


async def test_a_clock_that_steps_loses_doubles_and_hastens_nothing(tmp_path: Path) -> None:
    clock = SteppedClock(tmp_path)
    with running_system(tmp_path, clock.settings) as system:
        async with Caller(system.url) as person:
            await person.sign_up()
            soon, within, beyond = [await remind(person, seconds) for seconds in (4, 30 * MINUTE, 2 * HOUR)]
            start = datetime.now(UTC) + timedelta(minutes=40)
            series = await person.call("POST", "/series", daily(start), expect=201)
            slot = series["next"]["task_id"]
            await fired(person, {soon})

            clock.step_to(HOUR)
            await fired(person, {soon, within, slot})
            await started(person, series["id"], slot)
            back = await remind(person, HOUR + 3)

            clock.step_to(0)
            await asyncio.sleep(5)  # the scheduler, which keeps the true time, comes an hour too early
            await fired(person, {soon, within, slot})
            await person.do(soon, "complete")
            assert (await person.task(back))["reminders"][0]["status"] == "pending"

            clock.step_to(HOUR)
            await fired(person, {soon, within, slot, back})
            await told(person, 4)  # what was held for a moment when the clock went back is told now
            await asyncio.sleep(2)  # for whatever might come twice
            await once_each(person, {soon, within, slot, back})
            assert (await person.task(beyond))["reminders"][0]["status"] == "pending"
            tasks = [task for task in await person.items("/tasks") if task["series_id"]]
            assert len(tasks) == 2, "one for each slot"


def daily(start: datetime) -> dict[str, object]:
    local = {"local": start.strftime("%Y-%m-%dT%H:%M:%S"), "zone": "UTC"}
    return {"title": "Slot", "rule": "FREQ=DAILY", "start": local, "reminders": [{"offset_minutes": 0}]}


async def remind(person: Caller, seconds: float) -> str:
    """The id of a task with a reminder so many true seconds from now."""
    task_id: str = (await person.create(f"in {seconds}", reminders=[{"at": instant(seconds)}]))["id"]
    return task_id


async def fired(person: Caller, task_ids: set[str]) -> None:
    """Exactly these fire, and soon."""

    async def done() -> bool:
        found = {reminder["task_id"] for reminder in await person.items("/reminders", status="fired")}
        assert found <= task_ids, "one has fired before its time"
        return found == task_ids

    await eventually(done, LATE_SECONDS, "all that is due fired", 0.2)


async def started(person: Caller, series_id: str, slot: str) -> None:
    async def awaits_another() -> bool:
        following = (await person.call("GET", f"/series/{series_id}"))["next"]
        return bool(following["task_id"] != slot)

    await eventually(awaits_another, LATE_SECONDS, "the slot started and the next one is made", 0.2)


async def told(person: Caller, count: int) -> None:
    async def are_there() -> bool:
        return len(await person.items("/notifications")) >= count

    await eventually(are_there, LATE_SECONDS, "all that fired is told", 0.2)


async def once_each(person: Caller, task_ids: set[str]) -> None:
    lines = await person.whole_activity()
    assert Counter(line["task_id"] for line in lines if line["type"] == "reminder.fired") == Counter(task_ids)
    told = [notice for notice in await person.items("/notifications") if notice["kind"] == "reminder"]
    assert Counter(notice["task_id"] for notice in told) == Counter(task_ids)
    assert sum(line["type"] == "recurrence.triggered" for line in lines) == 2
