"""One process of each kind is killed hard during writes: everything acknowledged is there, each reminder came once."""

import asyncio
import itertools
import time
import uuid
from collections import Counter

import pytest

from tests.support.client import Caller, instant
from tests.support.cluster import Cluster
from tests.support.deadline import eventually
from tests.support.patient import Patient

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
DELIVERED_SECONDS = 75.0  # after 30 notifications in a minute the rest come as one, when the minute is over


class Writer:
    """One person who creates tasks through both replicas in turn, and sends each again until it is acknowledged."""

    def __init__(self, here: Caller, there: Caller) -> None:
        self.acked: dict[str, str] = {}  # titles by task id
        self.reminding: set[str] = set()
        callers = {caller.url: caller for caller in (here, there)}
        self._patient = Patient(callers, lambda: list(callers), ANSWER_SECONDS, retried=frozenset({503}))

    async def run(self, stop: asyncio.Event) -> None:
        for number in itertools.count():
            if stop.is_set():
                return
            began = time.monotonic()
            title = f"{number} {uuid.uuid4()}"
            reminds = number % 3 == 0
            at = instant(FIRST_REMINDER_SECONDS + number % REMINDERS_SPREAD)
            body = {"title": title, "reminders": [{"at": at}] if reminds else []}
            task_id = (await self._patient.write("POST", "/tasks", body))["id"]
            self.acked[task_id] = title
            if reminds:
                self.reminding.add(task_id)
            await asyncio.sleep(max(0.0, began + 1 / A_WRITER_A_SECOND - time.monotonic()))


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
        # A 503 means that the read model is behind, or that a connection dates from before a kill.
        return answer.status_code == 200 and answer.json()["total"] >= len(writer.reminding)

    async def all_delivered() -> bool:
        return (await _deliveries(cluster, person)).keys() >= writer.reminding

    await eventually(all_fired, SETTLE_SECONDS, "every reminder fired", 0.5)
    await eventually(all_delivered, DELIVERED_SECONDS, "every reminder is delivered", 0.5)
    await asyncio.sleep(2)  # anything that comes twice does so within this time
    entries = await person.whole_activity()
    created = {entry["task_id"]: entry["task"]["title"] for entry in entries if entry["type"] == "task.created"}
    assert created == writer.acked
    fired = Counter(entry["task_id"] for entry in entries if entry["type"] == "reminder.fired")
    assert fired == Counter(writer.reminding)
    # A notification that gathers many reminders names no task.
    alone = Counter(entry["task_id"] for entry in entries if entry["type"] == "reminder.delivered" and entry["task_id"])
    assert set(alone.values()) <= {1}
    assert await _deliveries(cluster, person) == Counter(writer.reminding), (
        "each reminder is delivered once, alone or among others"
    )
    assert [entry["position"] for entry in entries] == list(range(1, len(entries) + 1))


async def _deliveries(cluster: Cluster, person: Caller) -> Counter[str]:
    """Returns how often the ledger says that each task's reminder was delivered."""
    async with cluster.database() as database:
        rows = await database.fetch(
            "SELECT task_id FROM reminder_ledger WHERE user_id = $1 AND step = 'delivered'", person.user_id
        )
    return Counter(row["task_id"] for row in rows)
