"""An operator's commands while the broker brings events: pause a consumer, replay a dead letter, rebuild, verify.

The system is a second one, which shares the broker with that of other tests under a prefix.
"""

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient

from host.operator.topics import client_settings
from tests.kafka.broker import TestBroker, system_on
from tests.kafka.handled import GRACE_SECONDS, handled_within, has_fired, value
from tests.kafka.topic import messages
from tests.support.client import Caller, instant, signed_up
from tests.support.deadline import eventually
from tests.support.summary import SUMMARY
from tests.support.system import System

pytestmark = [pytest.mark.kafka, pytest.mark.timeout(200)]

SOON = GRACE_SECONDS - 2
PREFIX = "second.duely-"
WRITERS = 4
GROUPS_SECONDS = 30
LETTER_SECONDS = 30


@pytest.fixture(scope="module")
def second(broker: TestBroker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    with system_on(broker, tmp_path_factory.mktemp("second"), DUELY_KAFKA_PREFIX=PREFIX) as running:
        yield running


@pytest.fixture
async def someone(second: System) -> AsyncIterator[Caller]:
    async with signed_up(second.url) as caller:
        yield caller


async def test_two_systems_on_one_broker_get_their_own_events_only(
    system: System, second: System, broker: TestBroker, person: Caller, someone: Caller
) -> None:
    for number in range(8):
        for where, caller in ((system, person), (second, someone)):
            task = await caller.create(f"Mine {number}", reminders=[])
            await handled_within(where, "projector", "task.created", task["id"], SOON)
    for prefix, own, other in ((PREFIX, someone, person), ("", person, someone)):
        users = {key for key, _ in messages(broker.access, f"{prefix}task-events")}
        assert own.user_id in users
        assert other.user_id not in users
    wanted = {f"{prefix}events-{name}" for prefix in ("", PREFIX) for name in ("projector", "rezone")}
    await eventually(lambda: wanted <= _groups(broker), GROUPS_SECONDS, f"the broker has the groups {wanted}", 0.5)


async def test_events_of_a_paused_consumer_wait_and_are_handled_once_and_in_order(
    second: System, someone: Caller
) -> None:
    early = await someone.create("Before", reminders=[])
    await handled_within(second, "projector", "task.created", early["id"], SOON)
    await duely(second, "pause-consumer", "projector")
    async with load(someone, follow=False) as written:
        fires = await someone.create("Fires", reminders=[{"at": instant(1)}])
        body = {"title": "Water", "rule": "FREQ=DAILY", "start": {"date": instant(0)[:10]}}
        series = await someone.call("POST", "/series", body, expect=201)
        await handled_within(second, "recurrence", "recurrence.triggered", series["id"], SOON)
        await eventually(lambda: has_fired(second, fires["id"]), 6, "the reminder fires")
        await handled_within(second, "notifier", "reminder.fired", fires["id"], SOON)
    assert len(written) > WRITERS, "writes went on"
    assert await value(second, "SELECT count(*) FROM tasks WHERE user_id = $1", someone.user_id) == 1
    (projector,) = [row for row in await duely(second, "pause-consumer", "--json") if row["consumer"] == "projector"]
    assert projector["paused_at"]
    assert projector["behind"] >= sum(written.values())
    await duely(second, "pause-consumer", "projector", "--resume")
    began = time.monotonic()
    await eventually(lambda: _all_handled(second), 20, "the projector has caught up")
    SUMMARY.append(f"{projector['behind']} events behind a pause: handled {time.monotonic() - began:.1f} s after it")
    await assert_shown(second, written)
    await assert_activity_is_the_outbox(second, someone)


async def test_a_dead_letter_is_replayed_and_later_events_of_its_actor_are_not_lost(
    second: System, broker: TestBroker, someone: Caller
) -> None:
    task = await someone.create("Whole", reminders=[])
    await handled_within(second, "projector", "task.created", task["id"], SOON)
    async with second.database() as connection:
        await connection.execute("ALTER TABLE tasks ADD CONSTRAINT fault CHECK (title <> 'Broken')")
    await someone.patch(task["id"], title="Broken")
    # Together with the next event it would be overwritten in one statement, before it could fail.
    await eventually(lambda: _letters(second), LETTER_SECONDS, "it becomes a dead letter")
    later = await someone.patch(task["id"], title="Mended", tags=["home"])
    await eventually(lambda: _shown(second, later), SOON, "the next event is in the read model")

    (letter,) = await duely(second, "dead-letters", "list", "--json")
    assert (letter["consumer"], letter["type"], letter["actor_id"]) == ("projector", "task.updated", task["id"])
    assert "fault" in letter["error"]
    copies = await eventually(lambda: _copies(broker), LETTER_SECONDS, "the copy on the topic", 0.3)
    assert copies == {letter["id"]}
    (shown,) = await duely(second, "dead-letters", "show", letter["id"], "--json")
    assert shown["event"]["data"]["task"]["title"] == "Broken"

    async with second.database() as connection:
        await connection.execute("ALTER TABLE tasks DROP CONSTRAINT fault")
    done = await duely(second, "dead-letters", "replay", letter["id"], "--json")
    assert [row["id"] for row in done["applied"]] == [letter["id"]]
    assert await duely(second, "dead-letters", "list", "--json") == []
    read = await someone.task(task["id"])
    assert (read["title"], read["tags"], read["version"]) == ("Mended", ["home"], later["version"])
    of_task = [(row["type"], row["version"]) for row in await someone.whole_activity() if row["task_id"] == task["id"]]
    assert of_task == [("task.created", 1), ("task.updated", 3), ("task.updated", 2)], (
        "the replayed event is the last entry"
    )


async def test_a_rebuild_under_load_shows_every_write_and_leaves_all_whole(second: System, someone: Caller) -> None:
    async with load(someone) as written:
        await asyncio.sleep(1)
        began = len(written)
        done = [await duely(second, "rebuild", "--json") for _ in range(2)]
        assert len(written) > began, "writes went on"
    SUMMARY.append(f"rebuild under load: reads waited for {max(row['held_seconds'] for row in done) * 1000:.0f} ms")
    await eventually(lambda: _all_handled(second), 20, "the projector has caught up")
    await assert_shown(second, written)
    await assert_activity_is_the_outbox(second, someone)
    report = await duely(second, "verify", "--json")
    assert report["left"] == 0
    checked = {row["name"]: row["checked"] for row in report["invariants"]}
    assert checked["read_model"] > len(written)
    assert checked["chain"] == checked["activity"] > len(written)


async def duely(system: System, *arguments: str) -> Any:
    """Runs a command of `duely`; returns its JSON, if it was asked for, or else its output."""
    done = await asyncio.to_thread(system.cli, *arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout) if "--json" in arguments else done.stdout


@asynccontextmanager
async def load(person: Caller, *, follow: bool = True) -> AsyncIterator[dict[str, int]]:
    """Runs writers until the end of the block; gives the last acknowledged version of each task.

    follow: whether each reads what it has just written, with the token of that write
    """
    written: dict[str, int] = {}
    stop = asyncio.Event()

    async def write(number: int) -> None:
        async with Caller(person.url) as me:
            me.http.cookies = person.http.cookies
            while not stop.is_set():
                task = await me.create(f"Writer {number}", reminders=[], tags=["load"])
                written[task["id"]] = task["version"]
                for title in ("again", "and again"):
                    task = await me.patch(task["id"], title=title)
                    written[task["id"]] = task["version"]
                    if follow:
                        read = await me.task(task["id"])
                        assert read["version"] >= task["version"], "a read is older than its token"

    writers = [asyncio.create_task(write(number)) for number in range(WRITERS)]
    try:
        yield written
    finally:
        stop.set()
        await asyncio.gather(*writers)


async def assert_shown(system: System, written: dict[str, int]) -> None:
    """Asserts that every acknowledged write is in the read model."""
    async with system.database() as connection:
        rows = await connection.fetch("SELECT id, version FROM tasks WHERE id = ANY($1)", list(written))
    assert dict(map(tuple, rows)) == written


async def assert_activity_is_the_outbox(system: System, person: Caller) -> None:
    """Asserts that the person's activity has every event of the outbox once, and each actor's in their order."""
    outbox, activity = defaultdict[str, list[str]](list), defaultdict[str, list[str]](list)
    async with system.database() as connection:
        for table, by_actor in (("outbox", outbox), ("activity", activity)):
            query = f"SELECT event_id FROM {table} WHERE user_id = $1 AND event_id LIKE '%Actor:%' ORDER BY position"
            for (event_id,) in await connection.fetch(query, person.user_id):
                by_actor[event_id.split(":")[1]].append(event_id)
    assert activity == outbox


async def _shown(system: System, task: Any) -> bool:
    version = await value(system, "SELECT version FROM tasks WHERE id = $1", task["id"])
    return bool(version == task["version"])


def _groups(broker: TestBroker) -> set[str]:
    admin = AdminClient(client_settings(broker.access))
    return {each.group_id for each in admin.list_consumer_groups(request_timeout=15).result().valid}


async def _letters(system: System) -> int:
    letters: int = await value(system, "SELECT count(*) FROM dead_letters")
    return letters


def _copies(broker: TestBroker) -> set[str]:
    """Returns the ids of the events whose dead letters are on the topic, which may repeat one."""
    return {copy["data"]["event"]["id"] for _, copy in messages(broker.access, f"{PREFIX}dead-letters")}


async def _all_handled(system: System) -> bool:
    query = """SELECT NOT EXISTS (SELECT FROM outbox o WHERE NOT EXISTS (
        SELECT FROM inbox i WHERE i.consumer = 'projector' AND i.event_id = o.event_id))"""
    return bool(await value(system, query))
