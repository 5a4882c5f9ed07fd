"""One process of each kind killed hard during writes: all that was acknowledged is there, each reminder came once."""

import asyncio
import itertools
import time
import uuid
from collections import Counter

import httpx
import pytest

from tests.client import Caller, instant
from tests.cluster.system import Cluster, carried
from tests.deadline import eventually

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(200)]

VICTIMS = (
    *("web-1", "actors-1-daprd", "consumers-2", "actors-2", "web-2-daprd"),
    *("consumers-1-daprd", "placement", "scheduler", "postgres"),
)
CALM_SECONDS = 1.5
WRITERS = 4
A_WRITER_A_SECOND = 8.0
FIRST_REMINDER_SECONDS, REMINDERS_SPREAD = 3, 12
ANSWER_SECONDS = 60.0
SETTLE_SECONDS = 60.0


class Writer:
    """Creates tasks through both replicas in turn; one that is not acknowledged is asked for again, with its key."""

    def __init__(self, here: Caller, there: Caller) -> None:
        self.acked: dict[str, str] = {}
        self.reminding: set[str] = set()
        self.longest_seconds = 0.0
        self._replicas = itertools.cycle((here, there))

    async def run(self, stop: asyncio.Event) -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            began = time.monotonic()
            title = f"{number} {uuid.uuid4()}"
            reminds = number % 3 == 0
            at = instant(FIRST_REMINDER_SECONDS + number % REMINDERS_SPREAD)
            task_id = await self._until_acked(title, [{"at": at}] if reminds else [])
            self.acked[task_id] = title
            if reminds:
                self.reminding.add(task_id)
            self.longest_seconds = max(self.longest_seconds, time.monotonic() - began)
            await asyncio.sleep(max(0.0, began + 1 / A_WRITER_A_SECOND - time.monotonic()))

    async def _until_acked(self, title: str, reminders: list[dict[str, str]]) -> str:
        key = uuid.uuid4().hex
        async with asyncio.timeout(ANSWER_SECONDS):
            while True:
                try:
                    answer = await next(self._replicas).send(
                        "POST", "/tasks", {"title": title, "reminders": reminders}, key=key
                    )
                except httpx.HTTPError:
                    await asyncio.sleep(0.1)
                    continue
                if answer.status_code == 201:
                    task_id: str = answer.json()["id"]
                    return task_id
                assert answer.status_code == 503, answer.text
                await asyncio.sleep(0.3)


async def test_nothing_acknowledged_is_lost_and_each_reminder_comes_once(cluster: Cluster) -> None:
    people = [await cluster.caller(1).sign_up() for _ in range(WRITERS)]
    others = [cluster.caller(2, like=person) for person in people]
    writers = [Writer(*both) for both in zip(people, others, strict=True)]
    stop = asyncio.Event()
    running = [asyncio.create_task(writer.run(stop)) for writer in writers]
    for victim in VICTIMS:
        await asyncio.sleep(CALM_SECONDS)
        await asyncio.to_thread(cluster.kill, victim)
    await asyncio.sleep(CALM_SECONDS)
    stop.set()
    await asyncio.gather(*running)
    await eventually(cluster.is_ready, SETTLE_SECONDS, "all are ready again", 0.5)
    await asyncio.gather(*(_judge(writer, person) for writer, person in zip(writers, people, strict=True)))
    assert sum(len(writer.acked) for writer in writers) > 100
    for caller in (*people, *others):
        await caller.http.aclose()


async def _judge(writer: Writer, person: Caller) -> None:
    async def all_fired() -> bool:
        return (await person.call("GET", "/reminders", status="fired", per_page=1))["total"] >= len(writer.reminding)

    await eventually(all_fired, SETTLE_SECONDS, "every reminder fired", 0.5)
    await asyncio.sleep(4)  # what is held together is told after 3 s
    entries = await carried(person, person).whole_activity()
    created = {entry["task_id"]: entry["task"]["title"] for entry in entries if entry["type"] == "task.created"}
    assert created == writer.acked
    fired = Counter(entry["task_id"] for entry in entries if entry["type"] == "reminder.fired")
    assert fired == Counter(writer.reminding)
    delivered = Counter(entry["task_id"] for entry in entries if entry["type"] == "reminder.delivered")
    assert set(delivered.values()) <= {1}
    assert [entry["position"] for entry in entries] == list(range(1, len(entries) + 1))
