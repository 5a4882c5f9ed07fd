"""An upgrade under load: the version before runs on the new schema while the new one starts beside it and takes over."""

import asyncio
import os
import random
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest

from host.store import activity_chain
from tests.client import Json
from tests.deadline import eventually
from tests.patient import Patient
from tests.replicas import Replica, Replicas
from tests.upgrade import later
from tests.upgrade.conftest import TABLES
from tests.upgrade.load import Load, Person, people
from tests.upgrade.previous import previous_tree

pytestmark = [pytest.mark.upgrade, pytest.mark.timeout(230)]

CALM_SECONDS = 3.0
TOGETHER_ROUNDS = 5
MARKED = 8
SETTLE_SECONDS = 40.0
_WAITING = """SELECT (SELECT count(*) FROM wakes WHERE wake_at < clock_timestamp() + interval '20 s')
     + (SELECT count(*) FROM deliveries WHERE status = 'pending')
     + (SELECT count(*) FROM outbox o WHERE NOT EXISTS (SELECT FROM activity a WHERE a.event_id = o.event_id))"""


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Generator[Replicas]:
    """The version before, on its own schema; `old` runs."""
    tree = previous_tree()
    with Replicas(tmp_path_factory.mktemp("upgrade") / "data", ["old", "new"]) as started:
        started.migrate(tree)
        started.start_control()
        started.wait(started.start("old", tree))
        yield started


async def test_the_version_before_and_this_one_serve_side_by_side_and_nothing_is_lost(replicas: Replicas) -> None:
    seed = int(os.environ.get("DUELY_TEST_SEED") or random.SystemRandom().randrange(1_000_000))
    load = Load(seed)
    old, new_url = replicas.running[0], replicas.url_of("new")
    async with _database(replicas) as database, people(load, [old.url, new_url]):
        load.urls = [old.url]
        marked = [await _marked(load.people[0]) for _ in range(MARKED)]
        load.start()
        await asyncio.sleep(CALM_SECONDS)
        await asyncio.to_thread(replicas.migrate)
        await _a_later_release_writes(database, load, marked)
        new = await _started_beside(replicas, load)
        await _a_later_release_writes(database, load, marked)
        for _ in range(TOGETHER_ROUNDS):
            await _write_all(load, marked)
            await asyncio.sleep(1)
        await _taken_over(replicas, load, old, new)
        await _write_all(load, marked)
        await asyncio.sleep(CALM_SECONDS)
        await load.finish()
        told = (
            f"seed {seed}: {load.writes} writes, asked again {load.asked_again}, longest {load.longest_seconds:.1f} s"
        )
        TABLES.append(told)
        assert not load.failed, told
        assert load.writes > 100, told
        await _settle(database, load)
        assert [word for task_id in marked for word in await later.lost(database, task_id)] == []
        await _judge(database, load)
    report = await activity_chain.check(replicas.database_url, Path("nowhere"))
    assert report.is_whole, report


@asynccontextmanager
async def _database(replicas: Replicas) -> AsyncGenerator[Any]:
    connection = await asyncpg.connect(replicas.database_url)
    try:
        yield connection
    finally:
        await connection.close()


async def _marked(person: Person) -> str:
    """A task with something in each of its parts."""
    far = {"local": "2099-01-01T09:00", "zone": "UTC"}
    body = {"title": "Marked", "due": far, "reminders": [{"offset_minutes": 5}], "checklist": [{"text": "one"}]}
    task_id: str = (await person.patient.write("POST", "/tasks", body))["id"]
    return task_id


async def _a_later_release_writes(database: Any, load: Load, marked: list[str]) -> None:
    """And then those that run now, who do not know its fields."""
    for task_id in marked:
        await later.write(database, task_id)
    await _write_all(load, marked)


async def _write_all(load: Load, marked: list[str]) -> None:
    """Every kind of write that touches a part of the doc."""
    await asyncio.gather(*(_write_one(load.people[0].patient, task_id) for task_id in marked))


async def _write_one(patient: Patient, task_id: str) -> None:
    shown = await patient.read(f"/tasks/{task_id}")
    items = [{"id": item["id"], "text": item["text"], "done": not item["done"]} for item in shown["checklist"]]
    for body in ({"title": f"{shown['version']}"}, {"due": _moved(shown)}, {"checklist": items}):
        await patient.write("PATCH", f"/tasks/{task_id}", body)


def _moved(shown: Json) -> Json:
    hour = (int(shown["due"]["local"][11:13]) + 1) % 24
    return {"local": f"2099-01-01T{hour:02}:00", "zone": "UTC"}


async def _started_beside(replicas: Replicas, load: Load) -> Replica:
    new = replicas.start("new")
    await asyncio.to_thread(replicas.wait, new)
    load.urls = [*load.urls, new.url]
    return new


async def _taken_over(replicas: Replicas, load: Load, old: Replica, new: Replica) -> None:
    """As behind a load balancer, which hears a moment later that the old one is going."""
    for person in load.people:
        person.stream.move(f"{new.url}/api/v1/stream")
    stopping = asyncio.create_task(asyncio.to_thread(replicas.stop, old))
    await asyncio.sleep(1)
    load.urls = [new.url]
    await stopping


async def _settle(database: Any, load: Load) -> None:
    """Nothing is due, nothing waits, everyone has heard all."""

    async def is_quiet() -> bool:
        heads = await database.fetch("SELECT user_id, position FROM user_streams")
        tops = {row["user_id"]: row["position"] for row in heads}
        heard = all(person.stream.position >= tops[person.patient.user_id] for person in load.people)
        return heard and await database.fetchval(_WAITING) == 0

    await eventually(is_quiet, SETTLE_SECONDS, "all is quiet", 0.5)


async def _judge(database: Any, load: Load) -> None:
    """What was acknowledged stands, no version is missing, each reminder fired once, each stream is whole."""
    assert await database.fetchval("SELECT count(*) FROM dead_letters") == 0
    fired = Counter(
        row[0] for row in await database.fetch("SELECT task_id FROM activity WHERE type = 'reminder.fired'")
    )
    shown = {row["id"]: row for row in await database.fetch("SELECT id, version, body::text FROM tasks")}
    for person in load.people:
        for task_id, known in person.tasks.items():
            state = orjson.loads((await database.fetchrow(later.DOC, task_id))[1])["state"]
            assert {name: state[name] for name in known.fields} | {"tags": sorted(state["tags"])} == known.fields
            assert state["version"] == shown[task_id]["version"] >= known.versions
            assert orjson.loads(shown[task_id]["body"])["title"] == state["title"]
            assert fired[task_id] == bool(known.fires_at), f"{task_id} fired {fired[task_id]} times"
        assert person.stream.positions == list(range(1, person.stream.position + 1))
        assert not person.stream.resyncs
    gaps = await database.fetch(
        "SELECT actor_id FROM outbox GROUP BY actor_id HAVING count(DISTINCT version) <> max(version)"
    )
    assert gaps == []
