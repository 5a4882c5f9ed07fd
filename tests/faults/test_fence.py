"""The fence: two live copies of an actor write at once, as after a machine that was asleep, and no write is lost.

A turn is held open in the database by a lock on its row. Its whole replica is frozen, so placement gives the actor to
the other one, whose copy decides on the same version. Both writes wait for the row, and then both are let go: one of
them has not seen the other, the fence refuses it, and it decides again. The frozen replica wakes up, still takes the
actor for its own, does not know what became of its write, and repeats it. Without the fence that goes through, over
writes that were acknowledged.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import uuid4

import asyncpg
import httpx
import orjson
import pytest

from actors.commands import Command, Principal, build_command
from host.keys.command_keys import signatures_of
from host.store.turns.actor_state import row_key
from tests.support.client import Caller
from tests.support.deadline import eventually
from tests.support.patient import Patient
from tests.support.replicas import Replica, Replicas, copied_resources

pytestmark = [pytest.mark.faults, pytest.mark.timeout(200)]

CANDIDATES = 16
RACES = 5  # actors that are raced at once: each holds a connection of a sidecar
MOST_TRIES = 5
_WAITING = """SELECT count(*) FROM pg_stat_activity WHERE application_name = $1 AND wait_event_type = 'Lock'
              AND query LIKE '%dapr_state%'"""
_DOC = "SELECT convert_from(value, 'UTF8') FROM dapr_state WHERE key = $1"


@dataclass(slots=True)
class Outcome:
    """Of the raced actors: writes that were acknowledged, those found in what is stored, versions beyond the first."""

    acked: int = 0
    found: int = 0
    versions: int = 0
    lost: list[str] = field(default_factory=list[str])


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Generator[Replicas]:
    """Sidecars that wait a minute for the database: the limits of time are not what is tested."""
    folder = tmp_path_factory.mktemp("fence")
    resources = copied_resources(folder / "resources", {"5s": "60s"})
    with Replicas(folder / "data", ["awake", "asleep"], resources) as started:
        started.migrate()
        started.start_control()
        for name in ("awake", "asleep"):
            started.start(name)
        for replica in started.running:
            started.wait(replica)
        yield started


@dataclass(slots=True)
class Stage:
    awake: Replica
    asleep: Replica
    person: Caller
    patient: Patient
    database: Any

    async def doc(self, task_id: str) -> dict[str, Any]:
        doc: dict[str, Any] = orjson.loads(await self.database.fetchval(_DOC, row_key("TaskActor", task_id)))
        return doc

    async def waiting(self, replica: Replica) -> int:
        """How many writes of that replica wait in the database for a row."""
        count: int = await self.database.fetchval(_WAITING, f"{replica.name}-daprd")
        return count

    def tagging(self, tag: str) -> Command:
        me = self.person.user_id
        principal = Principal("user", me, me)
        return build_command(
            "AddTags", {"tags": [tag]}, id=str(uuid4()), principal=principal, correlation_id=tag, zone="UTC"
        )

    async def refused(self) -> int:
        """Stale writes that the database refused."""
        count = 0.0
        async with httpx.AsyncClient() as http:
            for replica in (self.awake, self.asleep):
                url, headers = replica.metrics
                lines = (await http.get(url, headers=headers)).text.splitlines()
                count += sum(float(line.split()[1]) for line in lines if line.startswith("fence_rejections_total "))
        return int(count)


@pytest.fixture
async def stage(replicas: Replicas) -> AsyncGenerator[Stage]:
    awake, asleep = replicas.running
    async with AsyncExitStack() as stack:
        person = await (await stack.enter_async_context(Caller(awake.url))).sign_up()
        patient = Patient({awake.url: person}, lambda: [awake.url], give_up_seconds=90)
        database = await asyncpg.connect(replicas.database_url)
        stack.push_async_callback(database.close)
        yield Stage(awake, asleep, person, patient, database)


@asynccontextmanager
async def held(replicas: Replicas, task_ids: Sequence[str]) -> AsyncGenerator[None]:
    """No write to these actors ends before the block does."""
    lock = await asyncpg.connect(replicas.database_url)
    try:
        async with lock.transaction():
            await lock.execute(
                "SELECT FROM dapr_state WHERE key = ANY($1::text[]) ORDER BY key FOR UPDATE",
                [row_key("TaskActor", task_id) for task_id in task_ids],
            )
            yield
    finally:
        await lock.close()


async def of_the_sleeper(stage: Stage, replicas: Replicas) -> list[str]:
    """New actors that placement has given to the replica that will be frozen."""
    found: list[str] = []
    for number in range(CANDIDATES):
        task_id = (await stage.person.create(f"Raced {number}", reminders=[]))["id"]
        async with held(replicas, [task_id]):
            write = asyncio.create_task(stage.patient.write("POST", f"/tasks/{task_id}/tags", {"tags": ["before"]}))

            async def owners() -> list[Replica]:
                return [each for each in (stage.awake, stage.asleep) if await stage.waiting(each)]

            (owner,) = await eventually(owners, 10, "somebody writes", 0.01)
        await write
        if owner is stage.asleep:
            found.append(task_id)
        if len(found) == RACES:
            break
    return found


async def race(stage: Stage, replicas: Replicas) -> Outcome:
    """Each actor is written once by each of its two copies; every write is repeated until it is told."""
    task_ids = await eventually(lambda: of_the_sleeper(stage, replicas), 60, "the replica has actors")
    before = {task_id: (await stage.doc(task_id))["version"] for task_id in task_ids}
    theirs = {task_id: stage.tagging("asleep") for task_id in task_ids}
    async with held(replicas, task_ids):
        first = [asyncio.create_task(_tell(stage.asleep, task_id, theirs[task_id])) for task_id in task_ids]
        await eventually(lambda: _all_wait(stage, stage.asleep, task_ids), 10, "one copy writes", 0.01)
        stage.asleep.freeze()
        second = [
            asyncio.create_task(stage.patient.write("POST", f"/tasks/{task_id}/tags", {"tags": ["awake"]}))
            for task_id in task_ids
        ]
        await eventually(lambda: _all_wait(stage, stage.awake, task_ids), 60, "the other copy writes too", 0.01)
        assert await stage.waiting(stage.asleep) >= len(task_ids), "both copies write at once"
    await asyncio.gather(*second)
    # Its process sees first how late it is, and repeats the save; its sidecar gets that before news of placement.
    stage.asleep.thaw(stage.asleep.host)
    await asyncio.sleep(0.3)
    stage.asleep.thaw(stage.asleep.daprd)
    told = await asyncio.gather(*first)
    for task_id, is_told in zip(task_ids, told, strict=True):
        if not is_told:
            again = partial(_tell, stage.awake, task_id, theirs[task_id])
            await eventually(again, 30, "repeated, it is told", 0.5)
    return await _judged(stage, before)


async def _all_wait(stage: Stage, replica: Replica, task_ids: Sequence[str]) -> bool:
    return await stage.waiting(replica) >= len(task_ids)


async def _tell(replica: Replica, task_id: str, command: Command) -> bool:
    """As a gateway does, with more patience; whether the write was acknowledged."""
    url = f"{replica.sidecar_url}/v1.0/actors/TaskActor/{task_id}/method/turn"
    headers = {"dapr-api-token": replica.machine.api_token}
    signed = signatures_of(replica.machine.settings).sign("TaskActor", task_id, command.to_wire())
    try:
        async with httpx.AsyncClient(timeout=60) as http:
            answer = await http.put(url, content=orjson.dumps(signed), headers=headers)
    except httpx.TransportError:
        return False
    return answer.is_success and bool(answer.json()["ok"])


async def _judged(stage: Stage, before: dict[str, int]) -> Outcome:
    outcome = Outcome()
    for task_id, version in before.items():
        doc = await stage.doc(task_id)
        found = {"awake", "asleep"}.intersection(doc["state"]["tags"])
        outcome.acked += 2
        outcome.found += len(found)
        outcome.versions += doc["version"] - version
        outcome.lost += [f"{task_id}: {tag}" for tag in {"awake", "asleep"} - found]
    return outcome


async def test_of_two_live_copies_the_stale_one_is_refused_and_nothing_is_lost(
    stage: Stage, replicas: Replicas
) -> None:
    before = await stage.refused()
    outcome = await race(stage, replicas)
    assert not outcome.lost
    assert outcome.acked == outcome.found == outcome.versions >= 2
    assert await stage.refused() - before >= outcome.acked // 2


async def test_without_the_fence_the_same_race_loses_writes(stage: Stage, replicas: Replicas) -> None:
    await stage.database.execute("ALTER TABLE dapr_state DISABLE TRIGGER turn_update")
    try:
        outcomes = [await race(stage, replicas)]
        while not outcomes[-1].lost and len(outcomes) < MOST_TRIES:
            outcomes.append(await race(stage, replicas))
    finally:
        await stage.database.execute("ALTER TABLE dapr_state ENABLE TRIGGER turn_update")
    assert outcomes[-1].lost, "the race shows nothing: the fence is not what keeps the writes"
    assert outcomes[-1].versions < outcomes[-1].acked
