"""The broker dies and comes back: writes go on, catch-up delivers, and afterwards the broker has every event."""

import asyncio
import time

import httpx
import pytest

from host.store.turns.watermarks import UNPUBLISHED_SECONDS
from tests.kafka.broker import TestBroker
from tests.kafka.handled import handled_within, unpublished, value
from tests.kafka.topic import messages
from tests.support.client import Caller
from tests.support.deadline import eventually
from tests.support.own_writes import read_back
from tests.support.summary import SUMMARY
from tests.support.system import System

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]

BACK_SECONDS = 60  # for the relay's pause, the sidecar's retries, and a busy machine


async def test_while_the_broker_is_dead_catch_up_delivers_and_then_the_relay_goes_on(
    system: System, broker: TestBroker, person: Caller
) -> None:
    broker.kill()
    written = [await person.create(f"While it is dead {number}") for number in range(20)]
    waited = [await handled_within(system, "projector", "task.created", task["id"], 45) for task in written]
    assert min(waited) >= UNPUBLISHED_SECONDS, "they came through the broker, which is dead"
    assert await read_back(person, person, 5) == []
    assert await unpublished(system) >= len(written)
    await broker.start()
    began = time.monotonic()
    await eventually(lambda: _all_published(system), BACK_SECONDS, "the relay goes on")
    SUMMARY.append(f"broker dead and back: all published {time.monotonic() - began:.1f} s after it answered")
    await _events_come_through_the_broker_again(system, person)
    published = {event["id"] for _, event in messages(broker.access, "task-events") if event}
    rows = await value(system, "SELECT array_agg(event_id) FROM outbox")
    assert set(rows) - published == set()


async def test_a_sidecar_that_starts_while_the_broker_is_dead_finds_it_later(
    system: System, broker: TestBroker, person: Caller
) -> None:
    broker.kill()
    system.kill("daprd")
    await eventually(lambda: _written(person), 60, "a write without a broker", 0.5)

    async def named() -> bool:
        reply = (await person.http.get(f"{system.inner_url}/health/ready", headers=system.inner_headers)).json()
        return reply["status"] == "not ready" and "no component events" in reply["parts"]["broker"]

    await eventually(named, 15, "the missing component is named", 0.5)
    await broker.start()
    began = time.monotonic()
    await eventually(lambda: asyncio.to_thread(system.is_ready), BACK_SECONDS, "ready again", 0.2)
    SUMMARY.append(
        f"sidecar started without a broker: ready {time.monotonic() - began:.1f} s after the broker answered"
    )
    await eventually(lambda: _all_published(system), BACK_SECONDS, "the relay goes on")
    await _events_come_through_the_broker_again(system, person)


async def test_a_broker_that_is_started_again_loses_no_event(
    system: System, broker: TestBroker, person: Caller
) -> None:
    written: list[str] = []
    stop = asyncio.Event()

    async def write() -> None:
        while not stop.is_set():
            written.append((await person.create(f"On and on {len(written)}"))["id"])

    async with asyncio.TaskGroup() as writers:
        writers.create_task(write())
        await asyncio.sleep(1)
        await asyncio.to_thread(broker.stop)
        await broker.start()
        await asyncio.sleep(1)
        stop.set()
    await eventually(lambda: _all_published(system), BACK_SECONDS, "the relay goes on")
    await eventually(lambda: _projected(system, written), BACK_SECONDS, "all is projected")
    created = [e["task_id"] for e in await person.whole_activity() if e["type"] == "task.created"]
    assert sorted(created) == sorted(set(created))
    assert set(written) <= set(created)


async def _events_come_through_the_broker_again(system: System, person: Caller) -> None:
    async def soon() -> bool:
        task = await person.create("Through the broker")
        return await handled_within(system, "projector", "task.created", task["id"], 45) < UNPUBLISHED_SECONDS

    await eventually(soon, BACK_SECONDS, "an event through the broker")


async def _written(person: Caller) -> bool:
    try:
        return (await person.send("POST", "/tasks", {"title": "Without a broker"})).status_code == 201
    except httpx.HTTPError:
        return False


async def _all_published(system: System) -> bool:
    return await unpublished(system) == 0


async def _projected(system: System, task_ids: list[str]) -> bool:
    return bool(await value(system, "SELECT count(*) FROM tasks WHERE id = ANY($1)", task_ids) == len(task_ids))
