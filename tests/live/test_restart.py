"""Stop and start: nothing is lost, reminders that fell due meanwhile fire and are marked late, streams go on."""

import asyncio

import pytest

from tests.support.client import Caller, instant, past
from tests.support.system import System

pytestmark = [pytest.mark.live, pytest.mark.timeout(120)]

LATE_SECONDS = 5
HEARD_SECONDS = 5.0


async def test_after_a_restart_everything_is_there_and_a_missed_reminder_comes_late(
    system: System, person: Caller
) -> None:
    kept = await person.create("Kept", tags=["home"], priority="high", description="all of it")
    due_while_down = instant(4)
    missed = await person.create("Missed", reminders=[{"at": due_while_down}])
    ahead = await person.create("Ahead", reminders=[{"at": instant(3600)}])
    async with person.stream() as stream:
        await stream.connected()
        last = await person.create("Last before the stop")
        await stream.hear("task.created", HEARD_SECONDS, last["id"])
        before = stream.position

        seconds = await asyncio.to_thread(system.stop)
        assert seconds <= 10
        await past(due_while_down, LATE_SECONDS)
        await asyncio.to_thread(system.start)

        heard = await stream.hear("reminder.delivered", 30, missed["id"])
        assert heard.data["notification"]["late_seconds"] >= LATE_SECONDS
        first = await person.create("First after the start")
        await stream.hear("task.created", HEARD_SECONDS, first["id"])
        new = [position for position in stream.positions if position > before]
        assert new == list(range(before + 1, before + 1 + len(new))), "no event lost, none repeated"
        assert stream.resyncs == []

    assert await person.task(kept["id"]) == kept
    assert (await person.task(ahead["id"]))["reminders"][0]["status"] == "pending"
    fired = (await person.task(missed["id"]))["reminders"][0]
    assert (fired["status"], fired["late_seconds"] >= LATE_SECONDS) == ("fired", True)
    listed = await person.items("/notifications")
    assert [item["task_id"] for item in listed] == [missed["id"]], "late, once"


async def test_after_a_kill_of_everything_the_next_start_finds_everything(system: System, person: Caller) -> None:
    task = await person.create("Survivor", reminders=[{"at": instant(3600)}])
    runner = system.runner
    parts = [system.part(name) for name in system.pids()]
    for process in (runner, *parts):
        process.kill()
    await asyncio.to_thread(system.destroy)
    await asyncio.to_thread(system.start)
    assert await person.task(task["id"]) == task
    changed = await person.patch(task["id"], title="Survivor still")
    assert changed["version"] == task["version"] + 1
