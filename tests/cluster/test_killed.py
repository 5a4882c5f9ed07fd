"""One process of each kind killed hard during writes: all that was acknowledged is there, each reminder came once."""

import asyncio
import itertools
import time
import uuid
from collections import Counter

import httpx
import pytest

from tests.support.client import Caller, instant
from tests.support.cluster import Cluster, carried
from tests.support.deadline import eventually

pytestmark = [pytest.mark.cluster, pytest.mark.timeout(240)]

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
TOLD_SECONDS = 75.0  # who was told 30 in a minute hears of the rest as one, when the minute is over


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
    await asyncio.gather(*(_judge(cluster, writer, person) for writer, person in zip(writers, people, strict=True)))
    assert sum(len(writer.acked) for writer in writers) > 100
    for caller in (*people, *others):
        await caller.http.aclose()


async def _judge(cluster: Cluster, writer: Writer, person: Caller) -> None:
    async def all_fired() -> bool:
        answer = await person.send("GET", "/reminders", status="fired", per_page=1)
        # 503: the read model is behind, or a connection is from before.
        return answer.status_code == 200 and answer.json()["total"] >= len(writer.reminding)

    async def all_told() -> bool:
        return (await _told(cluster, person)).keys() >= writer.reminding

    await eventually(all_fired, SETTLE_SECONDS, "every reminder fired", 0.5)
    await eventually(all_told, TOLD_SECONDS, "every reminder is told", 0.5)
    await asyncio.sleep(2)  # for what might come twice
    entries = await carried(person, person).whole_activity()
    created = {entry["task_id"]: entry["task"]["title"] for entry in entries if entry["type"] == "task.created"}
    assert created == writer.acked
    fired = Counter(entry["task_id"] for entry in entries if entry["type"] == "reminder.fired")
    assert fired == Counter(writer.reminding)
    # One that gathers many is about no one task.
    alone = Counter(entry["task_id"] for entry in entries if entry["type"] == "reminder.delivered" and entry["task_id"])
    assert set(alone.values()) <= {1}
    assert await _told(cluster, person) == Counter(writer.reminding), "each is told once, alone or among others"
    assert [entry["position"] for entry in entries] == list(range(1, len(entries) + 1))


async def _told(cluster: Cluster, person: Caller) -> Counter[str]:
    """How often each task's reminder was told, as the ledger has it."""
    async with cluster.database() as database:
        rows = await database.fetch(
            "SELECT task_id FROM reminder_ledger WHERE user_id = $1 AND step = 'delivered'", person.user_id
        )
    return Counter(row["task_id"] for row in rows)
