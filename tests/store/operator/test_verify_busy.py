"""`duely verify` while a system is busy, or lags behind."""

import asyncio
import random

import pytest

from host.consumers.catchup import Catchup
from host.operator import verify as operation
from host.store.turns import watermarks
from tests.fakes.person import FakePerson
from tests.store.operator.test_rebuild import DAILY
from tests.store.operator.verification import broken, settle, verify
from tests.store.world import World

pytestmark = pytest.mark.store


async def test_waiting_events_are_named_after_the_grace_period_with_the_paused_consumer(
    full: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    async with full.database.raw() as connection:
        await watermarks.pause(connection, "projector")
    await full.create(person)
    assert broken(await verify(full)) == set()
    await full.rows("UPDATE outbox SET created_at = created_at - interval '31 seconds'")
    report = await verify(full)
    assert broken(report) == {"outbox"}
    assert "consumer:projector  1 events wait, the oldest for 31 s and is paused" in "\n".join(operation.lines(report))


async def test_with_a_broker_unpublished_events_are_named(full: World) -> None:
    await full.rows("UPDATE outbox SET created_at = created_at - interval '31 seconds'")
    assert broken(await verify(full)) == set()
    assert broken(await verify(full, broker=True)) == {"outbox"}
    await full.rows("UPDATE outbox SET published_at = now()")
    assert broken(await verify(full, broker=True)) == set()


async def test_a_busy_system_raises_no_false_alarm(full: World, loops: dict[str, Catchup]) -> None:
    stop = asyncio.Event()

    async def writer(seed: int) -> None:
        chance, person, mine = random.Random(seed), FakePerson(zone="UTC"), list[str]()
        while not stop.is_set():
            choice = chance.random()
            if not mine or choice < 0.3:
                mine.append(await full.create(person, tags=[chance.choice("abc")], due={"date": "2026-12-24"}))
            elif choice < 0.4:
                await full.create_series(person, **DAILY)
            else:
                name = chance.choice(["CompleteTask", "ReopenTask", "AddTags", "DeleteTask", "RestoreTask"])
                body = {"tags": [chance.choice("abcd")]} if name == "AddTags" else {}
                await full.say(chance.choice(mine), person.says(name, body))

    work = [asyncio.create_task(loops[name].run()) for name in ("projector", "recurrence", "notifier", "rezone")]
    writers = [asyncio.create_task(writer(seed)) for seed in range(3)]
    moving = 0
    for _ in range(12):
        await asyncio.sleep(0.1)
        report = await verify(full)
        assert broken(report) == set(), operation.lines(report)
        moving += report.results[0].moving
    assert moving > 0
    assert not [task for task in [*work, *writers] if task.done()]
    stop.set()
    await asyncio.gather(*writers)
    for task in work:
        task.cancel()
    await asyncio.gather(*work, return_exceptions=True)
    assert await full.value("SELECT count(*) FROM tasks") > 50


async def test_a_repair_under_load_leaves_the_fold(full: World, loops: dict[str, Catchup]) -> None:
    """The repair mends rows and counts while the projector writes the same ones."""
    person, running = FakePerson(zone="UTC"), asyncio.create_task(loops["projector"].run())
    tasks = [await full.create(person, tags=["home"]) for _ in range(20)]
    stop = asyncio.Event()

    async def writer(task_id: str) -> None:
        number = 0
        while not stop.is_set():
            number += 1
            await full.say(task_id, person.says("PatchTask", {"tags": [f"t{number % 3}", "home"]}))

    writers = [asyncio.create_task(writer(task_id)) for task_id in tasks[:3]]
    for _ in range(5):
        await asyncio.sleep(0.05)
        await full.rows("UPDATE tasks SET search = 'x' WHERE user_id = $1 AND id <> ALL($2)", person.id, tasks[:3])
        await full.rows("UPDATE tags SET count = count + 1 WHERE user_id = $1", person.id)
        await verify(full, repair=True)
    stop.set()
    await asyncio.gather(*writers)
    await asyncio.sleep(0.2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await settle(loops)
    await full.rows("UPDATE wakes SET armed_at = now()")
    assert broken(await verify(full)) == set()
