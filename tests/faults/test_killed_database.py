"""PostgreSQL is killed at the instant at which reminders and a slot are due: each fires once, and makes one next task."""

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest

from tests.support.client import Caller, Json, UnexpectedAnswerError, instant, parsed, past, signed_up
from tests.support.deadline import eventually
from tests.support.system import System

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

DUE_SECONDS = 6
AROUND_MS = range(-200, 500, 50)  # due before, at and after the kill
FIRED_SECONDS = 20.0
NOTIFIED_SECONDS = 20.0


async def test_a_database_killed_at_the_due_instant_loses_and_doubles_nothing(system: System) -> None:
    async with signed_up(system.url) as person:
        due = parsed(instant(DUE_SECONDS)).replace(microsecond=0)
        tasks = {(await remind(person, due + timedelta(milliseconds=ms)))["id"] for ms in AROUND_MS}
        local = {"local": due.strftime("%Y-%m-%dT%H:%M:%S"), "zone": "UTC"}
        body = {"title": "Slot", "rule": "FREQ=DAILY", "start": local, "reminders": [{"offset_minutes": 0}]}
        series = await person.call("POST", "/series", body, expect=201)
        tasks.add(series["next"]["task_id"])
        postgres = system.part("postgres")
        await past(due.isoformat())
        postgres.kill()
        await asyncio.to_thread(system.until_restarted, "postgres", postgres.pid)

        async def all_done() -> bool:
            try:
                fired = {reminder["task_id"] for reminder in await person.items("/reminders", status="fired")}
                now_next = (await person.call("GET", f"/series/{series['id']}"))["next"]
            except UnexpectedAnswerError as error:
                assert error.answer.status_code == 503, "a connection from before the kill fails once"  # noqa: PT017
                return False
            return fired == tasks and now_next["task_id"] != series["next"]["task_id"]

        await eventually(all_done, FIRED_SECONDS, "every reminder fired and the slot started", 0.2)

        async def all_notified() -> bool:
            answer = await person.send("GET", "/notifications")
            return answer.status_code == 200 and len(answer.json()["items"]) >= len(tasks)

        await eventually(
            all_notified, NOTIFIED_SECONDS, "every reminder has a notification", 0.2
        )  # late ones are gathered for a moment
        await asyncio.sleep(2)  # anything that comes twice does so within this time
        lines = await person.whole_activity()
        assert Counter(line["task_id"] for line in lines if line["type"] == "reminder.fired") == Counter(tasks)
        notified = Counter(item["task_id"] for item in await person.items("/notifications"))
        assert notified == Counter(tasks), "each reminder has one notification"
        triggered = [line["task_id"] for line in lines if line["type"] == "recurrence.triggered"]
        made = {task["id"] for task in await person.items("/tasks") if task["series_id"] == series["id"]}
        assert len(made) == 2
        assert Counter(triggered) == Counter(made), "each occurrence is made once"


async def remind(person: Caller, at: datetime) -> Json:
    return await person.create(f"at {at:%S.%f}", reminders=[{"at": at.isoformat(timespec="milliseconds")}])
