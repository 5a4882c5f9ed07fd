"""Actors with a bug in the real system: who calls them gets an error at once, and nobody else is slowed down."""

import statistics
import time
from collections.abc import Awaitable, Iterator
from typing import Any

import pytest

from tests.fakes.faulty import spoil
from tests.live.series import create, next_task, task_there
from tests.support.client import Caller, instant
from tests.support.deadline import eventually
from tests.support.system import System, running_system

pytestmark = [pytest.mark.live, pytest.mark.timeout(150)]

OTHERS = 10
WATERMARK_SECONDS = 10.0
AT_ONCE_SECONDS = 2.0  # an outage would be waited for twice as long


@pytest.fixture(scope="module")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A system of its own, for other tests must not see the spoilt actors."""
    with running_system(tmp_path_factory.mktemp("bugs")) as running:
        yield running


async def seconds_of(asked: Awaitable[object]) -> float:
    began = time.monotonic()
    await asked
    return time.monotonic() - began


async def test_a_series_and_a_task_with_a_bug_slow_nobody(system: System, person: Caller) -> None:
    series = [await create(person, mode="completion") for _ in range(OTHERS + 1)]
    first = [await task_there(person, made["next"]["task_id"]) for made in series]
    due = instant(8)
    faulty, *sound = [await person.create(f"due {number}", reminders=[{"at": due}]) for number in range(OTHERS)]
    async with system.database() as database:
        await spoil(database, "SeriesActor", series[0]["id"])
        await spoil(database, "TaskActor", faulty["id"])
        asked = await seconds_of(person.call("POST", f"/tasks/{faulty['id']}/complete", expect=(500, 503)))

        for task in first:
            await person.call("POST", f"/tasks/{task['id']}/complete")
        others = [
            await seconds_of(next_task(person, made, task["id"], 30))
            for made, task in zip(series[1:], first[1:], strict=True)
        ]

        async def passed() -> bool:
            behind = (
                "SELECT max(position) - (SELECT position FROM watermarks WHERE consumer = 'recurrence') FROM outbox"
            )
            return bool(await database.fetchval(behind) == 0)

        watermark = await seconds_of(eventually(passed, 40, "the consumer passed the faulty event"))
        assert await database.fetchval("SELECT count(*) FROM dead_letters WHERE consumer = 'recurrence'") == 1

        async def fired() -> bool:
            count = "SELECT count(*) FROM reminders WHERE status = 'fired' AND task_id = ANY($1)"
            return bool(await database.fetchval(count, [task["id"] for task in sound]) == len(sound))

        await eventually(fired, 15, "the others' reminders fired")

        async def overdue() -> bool:
            tried = "SELECT tried_at IS NOT NULL FROM wakes WHERE actor_id = $1"
            return bool(await database.fetchval(tried, faulty["id"]))

        await eventually(overdue, 20, "the sweeper tried the one with the bug")
        sweeps = [await seconds_of(swept(database, sound[0]["id"])) for _ in range(8)]
        fails = await database.fetchval("SELECT fails FROM wakes WHERE actor_id = $1", faulty["id"])
    figures = f"asked {asked:.2f} s, others {others}, watermark {watermark:.2f} s, sweeps {sweeps}"
    assert max(asked, statistics.median(others), statistics.median(sweeps)) < AT_ONCE_SECONDS, figures
    assert watermark < WATERMARK_SECONDS, figures
    assert 1 <= fails <= 4, "after growing pauses"
    answer = await person.send("POST", f"/tasks/{faulty['id']}/complete")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")


async def swept(database: Any, actor_id: str) -> None:
    """Writes an overdue wake of an actor that has nothing to do, and waits until the sweeper has tried it."""
    await database.execute("DELETE FROM wakes WHERE actor_id = $1", actor_id)
    past = "INSERT INTO wakes (actor_type, actor_id, wake_at) VALUES ('TaskActor', $1, now() - interval '1 hour')"
    await database.execute(past, actor_id)

    async def tried() -> bool:
        return bool(await database.fetchval("SELECT tried_at IS NOT NULL FROM wakes WHERE actor_id = $1", actor_id))

    await eventually(tried, 30, "the sweeper tried it")
