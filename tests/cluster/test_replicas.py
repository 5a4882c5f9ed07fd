"""Any web replica serves anyone: a write through one is read and heard, and a session ended, through the other."""

import asyncio
import random
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from tests.support.client import PASSWORD, Caller
from tests.support.cluster import Cluster, carried
from tests.support.deadline import eventually
from tests.support.own_writes import read_back

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(120)]

HEARD_SECONDS = 0.5  # by the median, for the machine may delay a few
LOGGED_OUT_SECONDS = 12.0
WRITE_PAUSE_SECONDS = (
    0.05  # keeps two writers and their reader below the limit of 1,200 requests a minute for one person
)


async def test_a_write_is_read_at_once_through_the_other_replica(first: Caller, second: Caller) -> None:
    assert await read_back(first, second, 100) == []
    assert await read_back(second, first, 100) == []


async def test_a_write_is_read_through_the_other_replica_with_its_token(first: Caller, second: Caller) -> None:
    for number in range(15):
        task = await first.create(f"Task {number}", reminders=[])
        assert await carried(first, second).task(task["id"]) == task
        done = await second.do(task["id"], "complete")
        assert await carried(second, first).task(task["id"]) == done
        listed = await first.items("/tasks", status="completed")
        assert done["id"] in {item["id"] for item in listed}


async def test_what_is_written_here_is_heard_there_at_once(first: Caller, second: Caller) -> None:
    late = []
    async with second.stream() as stream:
        await stream.connected()
        for number in range(20):
            task = await first.create(f"Heard {number}", reminders=[])
            written = datetime.now(UTC)
            late.append((await stream.hear("task.created", 5, task["id"])).at - written)
            await asyncio.sleep(0.1)
    middle = sorted(late)[len(late) // 2].total_seconds()
    assert middle < HEARD_SECONDS, f"{middle:.2f} s"


async def test_a_stream_goes_on_at_the_other_replica_without_loss_or_repeat(first: Caller, second: Caller) -> None:
    """The stream is cut again and again at random moments, while tasks are written through both replicas."""
    chance = random.Random(5)
    stop = asyncio.Event()

    async def write(caller: Caller) -> None:
        while not stop.is_set():
            await caller.create("On the way", reminders=[])
            await asyncio.sleep(WRITE_PAUSE_SECONDS)

    heard: list[int] = []
    async with asyncio.TaskGroup() as writers:
        for caller in (first, second):
            writers.create_task(write(caller))
        for cut in range(12):
            async with (first, second)[cut % 2].stream(after=heard[-1] if heard else 0) as stream:
                await stream.connected()
                await asyncio.sleep(chance.uniform(0.05, 0.8))
            assert not stream.resyncs
            heard += stream.positions
        stop.set()
    # Each caller has its own token, so a read of one need not show the last write of the other.
    newest = max([(await caller.whole_activity())[-1]["position"] for caller in (first, second)])
    async with second.stream(after=heard[-1]) as stream:
        if heard[-1] < newest:
            await stream.reach(newest, 10)
    assert heard + stream.positions == list(range(1, newest + 1))
    assert newest > 30


async def test_a_logout_here_ends_session_and_stream_there(first: Caller, second: Caller) -> None:
    async with second.http.stream("GET", "/stream", timeout=30) as stream:
        lines = stream.aiter_lines()
        assert await anext(lines)
        ended = asyncio.create_task(_end_of(lines))
        await second.call("GET", "/me")  # so that the other replica knows the session
        await first.call("POST", "/auth/logout")

        async def is_out() -> bool:
            return (await second.send("GET", "/me")).status_code == 401

        await eventually(is_out, LOGGED_OUT_SECONDS, "the session is over on the other replica", 0.2)
        async with asyncio.timeout(LOGGED_OUT_SECONDS):
            await ended


async def _end_of(lines: AsyncIterator[str]) -> None:
    async for _ in lines:
        pass


async def test_a_changed_zone_counts_at_once_on_the_other_replica(first: Caller, second: Caller) -> None:
    assert (await second.call("GET", "/me"))["timezone"] == "UTC"
    await first.call("PATCH", "/me", {"timezone": "Asia/Tokyo"})
    due, at_nine = {"date": "2030-01-01"}, [{"offset_minutes": 0}]
    task = await carried(first, second).create("Where am I", due=due, reminders=at_nine)
    assert task["reminders"][0]["fire_at"] == "2030-01-01T00:00:00.000Z", "nine o'clock in Tokyo"


async def test_guesses_are_counted_over_both_replicas(cluster: Cluster, first: Caller) -> None:
    email = (await first.call("GET", "/me"))["email"]
    wrong = {"email": email, "password": "not the right passphrase"}
    async with cluster.caller(1) as one, cluster.caller(2) as other:
        other.http.headers["X-Forwarded-For"] = one.http.headers["X-Forwarded-For"]  # both guess from one network
        statuses = [(await guesser.send("POST", "/auth/login", wrong)).status_code for guesser in (one, other) * 8]
        right = await other.send("POST", "/auth/login", {**wrong, "password": PASSWORD})
    assert statuses == [401] * 10 + [429] * 6
    assert (right.status_code, int(right.headers["Retry-After"]) > 0) == (429, True)


async def test_a_repeated_write_reaches_the_same_task_through_either_replica(first: Caller, second: Caller) -> None:
    key = f"again {time.monotonic()}"
    made = await first.create("Once", key=key, reminders=[])
    assert (await second.create("Once", key=key, reminders=[]))["id"] == made["id"]
    assert len(await carried(second, first).items("/tasks")) == 1
