"""The wall clock steps an hour forward, back and forward again, in the night in which clocks skip an hour.

Nothing is lost, nothing comes twice or too early.
"""

import asyncio
from collections import Counter
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from tests.faults.stepped_clock import SteppedClock
from tests.support.client import Caller, instant, signed_up
from tests.support.deadline import eventually
from tests.support.system import running_system

pytestmark = [pytest.mark.faults, pytest.mark.timeout(150)]

HOUR = 3600
MINUTE = 60
BERLIN = ZoneInfo("Europe/Berlin")
LATE_SECONDS = 12.0  # for the clock to take effect, for the sweeper, and for late notifications to be gathered


async def test_a_clock_that_steps_loses_doubles_and_hastens_nothing(tmp_path: Path) -> None:
    clock, gap = SteppedClock(tmp_path), next_gap()
    zero = int((gap - datetime.now(UTC)).total_seconds()) - 40 * MINUTE  # 40 minutes before the gap
    clock.step_to(zero)
    with running_system(tmp_path, clock.settings) as system:
        async with signed_up(system.url) as person:
            soon, within, beyond = [await remind(person, zero + seconds) for seconds in (4, 30 * MINUTE, 2 * HOUR)]
            series = await person.call("POST", "/series", daily(gap), expect=201)
            assert datetime.fromisoformat(series["next"]["at"]) == gap, (
                "02:30 does not exist; the slot is at the first instant after the gap"
            )
            slot = series["next"]["task_id"]
            await fired(person, {soon})

            clock.step_to(zero + HOUR)
            await fired(person, {soon, within, slot})
            await started(person, series["id"], slot)
            back = await remind(person, zero + HOUR + 3)

            clock.step_to(zero)
            await asyncio.sleep(5)  # the scheduler keeps the true time and calls an hour too early
            await fired(person, {soon, within, slot})
            await person.do(soon, "complete")
            assert (await person.task(back))["reminders"][0]["status"] == "pending"

            clock.step_to(zero + HOUR)
            await fired(person, {soon, within, slot, back})
            await notified(person, 4)
            await asyncio.sleep(2)  # anything that comes twice does so within this time
            await once_each(person, {soon, within, slot, back})
            assert (await person.task(beyond))["reminders"][0]["status"] == "pending"
            tasks = [task for task in await person.items("/tasks") if task["series_id"]]
            assert len(tasks) == 2, "one for each slot"


def next_gap() -> datetime:
    """Returns the next instant at which Berlin's clocks go from 02:00 to 03:00."""
    now = datetime.now(UTC) + timedelta(days=1)
    hours = (now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=n) for n in range(366 * 24))
    return next(
        at for at in hours if at.astimezone(BERLIN).dst() and not (at - timedelta(hours=1)).astimezone(BERLIN).dst()
    )


def daily(gap: datetime) -> dict[str, object]:
    """Returns the body of a daily series at half past two, a time that this night does not have."""
    local = {"local": f"{gap.astimezone(BERLIN):%Y-%m-%d}T02:30:00", "zone": BERLIN.key}
    return {"title": "Slot", "rule": "FREQ=DAILY", "start": local, "reminders": [{"offset_minutes": 0}]}


async def remind(person: Caller, seconds: float) -> str:
    """Creates a task with a reminder so many true seconds from now; returns its id."""
    task_id: str = (await person.create(f"in {seconds}", reminders=[{"at": instant(seconds)}]))["id"]
    return task_id


async def fired(person: Caller, task_ids: set[str]) -> None:
    """Waits until the reminders of exactly these tasks have fired."""

    async def done() -> bool:
        there = {reminder["task_id"] for reminder in await person.items("/reminders", status="fired")}
        assert there <= task_ids, "a reminder fired before its time"
        return there == task_ids

    await eventually(done, LATE_SECONDS, "all that is due fired", 0.2)


async def started(person: Caller, series_id: str, slot: str) -> None:
    async def awaits_another() -> bool:
        following = (await person.call("GET", f"/series/{series_id}"))["next"]
        return bool(following["task_id"] != slot)

    await eventually(awaits_another, LATE_SECONDS, "the slot started and the next one is made", 0.2)


async def notified(person: Caller, count: int) -> None:
    async def are_there() -> bool:
        return len(await person.items("/notifications")) >= count

    await eventually(are_there, LATE_SECONDS, "each firing has a notification", 0.2)


async def once_each(person: Caller, task_ids: set[str]) -> None:
    lines = await person.whole_activity()
    assert Counter(line["task_id"] for line in lines if line["type"] == "reminder.fired") == Counter(task_ids)
    reminders = [item for item in await person.items("/notifications") if item["kind"] == "reminder"]
    assert Counter(item["task_id"] for item in reminders) == Counter(task_ids)
    assert sum(line["type"] == "recurrence.triggered" for line in lines) == 2
