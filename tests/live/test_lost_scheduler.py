"""The scheduler killed hard and its data gone, with reminders due: each fires once, and what lies ahead is armed anew."""

import asyncio
import shutil
from collections import Counter

import pytest

from tests.client import Caller, instant, parsed, past
from tests.deadline import eventually
from tests.system import System

pytestmark = [pytest.mark.live, pytest.mark.timeout(150)]

DUE_SECONDS = range(6, 22)  # while it is away, while it starts again, and after that
LONGEST_LATE_SECONDS = 10.0  # the sweeper needs no scheduler, only a moment


async def test_a_scheduler_that_lost_its_data_loses_no_reminder(system: System, person: Caller) -> None:
    far = await person.create("Far", reminders=[{"at": instant(3600)}])
    dues = {}
    for seconds in DUE_SECONDS:
        at = instant(seconds)
        dues[(await person.create(f"in {seconds}", reminders=[{"at": at}]))["id"]] = at
    async with system.database() as database:
        before = await database.fetchval("SELECT armed_at FROM wakes WHERE actor_id = $1", far["id"])
        await asyncio.to_thread(shutil.rmtree, system.data.scheduler)
        old = await asyncio.to_thread(system.kill, "scheduler")
        await asyncio.to_thread(system.until_restarted, "scheduler", old)

        async def armed_again() -> bool:
            row = await database.fetchrow("SELECT armed_at FROM wakes WHERE actor_id = $1", far["id"])
            return row["armed_at"] is not None and (before is None or row["armed_at"] > before)

        await eventually(armed_again, 60, "what lies ahead is registered with the new scheduler", 0.5)
    await past(max(dues.values()))

    async def all_fired() -> bool:
        return len(await person.items("/reminders", status="fired")) == len(dues)

    await eventually(all_fired, LONGEST_LATE_SECONDS, "every reminder fired", 0.5)

    lines = [line for line in await person.whole_activity() if line["type"] == "reminder.fired"]
    assert Counter(line["task_id"] for line in lines) == Counter(dues.keys()), "each once"
    for line in lines:
        late = (parsed(line["at"]) - parsed(dues[line["task_id"]])).total_seconds()
        assert -0.05 <= late <= LONGEST_LATE_SECONDS, f"{line['task']['title']}: {late:.1f} s"
    assert (await person.task(far["id"]))["reminders"][0]["status"] == "pending"
    again = await person.create("After", reminders=[{"at": instant(3)}])
    async with person.stream() as stream:
        heard = await stream.hear("reminder.fired", 8, again["id"])
    assert heard.data["task"]["reminders"][0]["late_seconds"] is None
