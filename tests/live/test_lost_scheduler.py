"""The scheduler loses its data while hundreds of reminders fall due: each fires once, and later ones are armed again."""

import asyncio
import shutil
from contextlib import AsyncExitStack

import pytest

from tests.support.cases import cases
from tests.support.client import Caller, instant, parsed, past
from tests.support.deadline import eventually
from tests.support.system import System

pytestmark = [pytest.mark.live, pytest.mark.timeout(180)]

PEOPLE = 10
REMINDERS = cases(200)
FIRST_SECONDS = 10 + REMINDERS / 50  # as long as it takes to make them
LAST_SECONDS = FIRST_SECONDS + 20  # before, during and after its restart
LONGEST_LATE_SECONDS = 10.0  # the sweeper needs no scheduler


async def test_a_scheduler_that_lost_its_data_loses_no_reminder(system: System, person: Caller) -> None:
    far = await person.create("Far", reminders=[{"at": instant(3600)}])
    step = (LAST_SECONDS - FIRST_SECONDS) / REMINDERS
    instants = [instant(FIRST_SECONDS + number * step) for number in range(REMINDERS)]
    task_ids = await _made(system, instants)
    assert instant(2) < instants[0], "the tasks were not there before the first reminder was due"
    async with system.database() as database:
        armed_at = "SELECT armed_at FROM wakes WHERE actor_id = $1"
        before = await database.fetchval(armed_at, far["id"])
        await past(instants[REMINDERS // 10])
        await asyncio.to_thread(shutil.rmtree, system.data.scheduler)
        old = await asyncio.to_thread(system.kill, "scheduler")
        await asyncio.to_thread(system.until_restarted, "scheduler", old)

        async def armed_again() -> bool:
            now = await database.fetchval(armed_at, far["id"])
            return now is not None and (before is None or now > before)

        await eventually(armed_again, 60, "the wake ahead is armed with the new scheduler", 0.5)
        await past(instants[-1])

        async def all_fired() -> bool:
            count = "SELECT count(*) FROM reminders WHERE status = 'fired' AND task_id = ANY($1)"
            return bool(await database.fetchval(count, task_ids) == REMINDERS)

        await eventually(all_fired, LONGEST_LATE_SECONDS, "every reminder fired", 0.5)
        fired = await database.fetch(
            "SELECT task_id, at FROM activity WHERE type = 'reminder.fired' AND task_id = ANY($1)", task_ids
        )
    assert sorted(row["task_id"] for row in fired) == sorted(task_ids), "each once"
    due = dict(zip(task_ids, map(parsed, instants), strict=True))
    late = [(row["at"] - due[row["task_id"]]).total_seconds() for row in fired]
    assert min(late) >= -0.05
    assert max(late) <= LONGEST_LATE_SECONDS
    assert (await person.task(far["id"]))["reminders"][0]["status"] == "pending"
    again = await person.create("After", reminders=[{"at": instant(3)}])
    async with person.stream() as stream:
        heard = await stream.hear("reminder.fired", 8, again["id"])
    assert heard.data["task"]["reminders"][0]["late_seconds"] is None


async def _made(system: System, instants: list[str]) -> list[str]:
    """Creates a task with a reminder at each instant, by several people at once; returns the ids."""
    task_ids: dict[str, str] = {}

    async def make(caller: Caller, some: list[str]) -> None:
        for at in some:
            task_ids[at] = (await caller.create(f"at {at}", reminders=[{"at": at}]))["id"]

    async with AsyncExitStack() as stack, asyncio.TaskGroup() as makers:
        for number in range(PEOPLE):
            caller = await stack.enter_async_context(Caller(system.url))
            makers.create_task(make(await caller.sign_up(), instants[number::PEOPLE]))
    return [task_ids[at] for at in instants]
