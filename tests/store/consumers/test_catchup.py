"""Catch-up: no row is missed and none is handled twice, whatever commits late, fails or is down."""

import asyncio
import contextlib
from collections.abc import Sequence

import asyncpg
import pytest

from host.consumers.catchup import Catchup
from host.consumers.handler import Consumer, Handler
from host.store.engine import Database, Raw
from host.store.turns import outbox, watermarks
from host.store.turns.outbox import Event
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store


class FakeHandler(Handler):
    """Notes the events that it handles. `bad` are types that it cannot handle, `down` makes every call an outage."""

    def __init__(self) -> None:
        self.handled: list[str] = []
        self.bad: set[str] = set()
        self.down = False
        self.most = 1_000  # a batch with more events takes too long

    async def apply(self, connection: Raw, events: Sequence[Event]) -> None:
        if self.down:
            raise asyncpg.CannotConnectNowError("starting up")
        if len(events) > self.most:
            raise asyncpg.QueryCanceledError("canceling statement due to statement timeout")
        for event in events:
            if event.type in self.bad:
                raise KeyError("no such field")

    def committed(self, events: Sequence[Event]) -> None:
        self.handled += [event.id for event in events if event.type not in self.bad]


@pytest.fixture
def handler() -> FakeHandler:
    return FakeHandler()


@pytest.fixture
async def loop(database: Database, handler: FakeHandler) -> Catchup:
    types = ("task.created", "task.updated", "task.completed")
    consumer = Consumer("test", "task-events", types, "beginning", handler)
    return Catchup(database, consumer, settle_seconds=0.0, try_pauses_seconds=(0.0, 0.0))


async def position(world: World) -> int:
    return int(await world.value("SELECT position FROM watermarks WHERE consumer = 'test'"))


async def test_the_watermark_waits_for_an_older_transaction_that_has_not_committed(
    world: World, loop: Catchup, handler: FakeHandler, person: FakePerson
) -> None:
    await loop.step()
    async with world.database.raw() as slow:
        transaction = slow.transaction()
        await transaction.start()
        late = await world.create(person, slow)
        early = await world.create(person)
        assert await loop.step() == 1
        for _ in range(3):
            assert await loop.step() == 0
        assert await position(world) == 0
        await transaction.commit()
    assert await loop.step() == 1
    for _ in range(3):
        await loop.step()
    assert handler.handled == [f"TaskActor:{early}:1:1", f"TaskActor:{late}:1:1"]
    assert await position(world) == 2


async def test_a_younger_transaction_with_an_earlier_position_is_not_missed(
    world: World, loop: Catchup, handler: FakeHandler, person: FakePerson
) -> None:
    """Its number is higher than that of the row after it: comparing a row's own transaction would pass it."""
    await loop.step()
    async with world.database.raw() as older, world.database.raw() as younger:
        first, second = older.transaction(), younger.transaction()
        await first.start()
        await older.fetchval("SELECT pg_current_xact_id()")
        await second.start()
        late = await world.create(person, younger)  # position 1, the higher transaction number
        early = await world.create(person, older)  # position 2, the lower one
        await first.commit()
        assert await loop.step() == 1
        for _ in range(3):
            await loop.step()
        await second.commit()
    await loop.step()
    assert handler.handled == [f"TaskActor:{early}:1:1", f"TaskActor:{late}:1:1"]


async def test_the_watermark_passes_what_a_consumer_does_not_take(
    world: World, loop: Catchup, handler: FakeHandler, person: FakePerson
) -> None:
    task_id = await world.create(person)
    await world.say(task_id, person.says("DeleteTask"))
    for _ in range(4):
        await loop.step()
    assert handler.handled == [f"TaskActor:{task_id}:1:1"]
    assert await position(world) == 2
    assert await world.value("SELECT count(*) FROM inbox") == 1


async def test_batches_that_are_cut_leave_nothing_out(
    world: World, loop: Catchup, handler: FakeHandler, person: FakePerson
) -> None:
    loop = Catchup(world.database, loop.consumer, batch=3, settle_seconds=0.0)
    for _ in range(10):
        await world.create(person)
    while await loop.step():
        pass
    for _ in range(2):
        await loop.step()
    assert len(handler.handled) == len(set(handler.handled)) == 10
    assert await position(world) == 10


async def test_a_batch_holds_so_much_text_and_leaves_nothing_out(
    world: World, loop: Catchup, handler: FakeHandler, person: FakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The database cannot index five hundred of the longest tasks within the time limit of a statement."""
    monkeypatch.setattr(outbox, "BATCH_BYTES", 8_000)
    for length in (10, 10, 10_000, 10, 3_000, 3_000, 10):
        await world.create(person, description="x" * length)
    sizes = []
    while size := await loop.step():
        sizes.append(size)
    for _ in range(2):
        await loop.step()
    assert sizes == [2, 1, 2, 2]
    assert len(handler.handled) == len(set(handler.handled)) == 7
    assert await position(world) == 7


async def test_a_batch_that_the_database_cannot_do_in_time_is_tried_smaller(
    world: World, loop: Catchup, handler: FakeHandler, person: FakePerson
) -> None:
    """The same batch would fail for ever, and everything behind it would wait."""
    handler.most = 3
    for _ in range(10):
        await world.create(person)
    for _ in range(40):
        with contextlib.suppress(asyncpg.QueryCanceledError):
            await loop.step()
    assert len(handler.handled) == len(set(handler.handled)) == 10
    assert await world.value("SELECT count(*) FROM dead_letters") == 0


async def test_an_event_at_fault_is_put_aside_and_the_rest_goes_on(
    world: World, loop: Catchup, handler: FakeHandler, person: FakePerson
) -> None:
    handler.bad = {"task.completed"}
    task_id = await world.create(person)
    await world.say(task_id, person.says("CompleteTask"))
    await world.say(task_id, person.says("SetPriority", {"priority": "low"}))
    assert await loop.step() == 3
    assert handler.handled == [f"TaskActor:{task_id}:1:1", f"TaskActor:{task_id}:3:1"]
    dead = await world.rows("SELECT event_id, tries, error FROM dead_letters")
    assert [tuple(row) for row in dead] == [(f"TaskActor:{task_id}:2:1", 3, "KeyError: 'no such field'")]
    assert await loop.step() == 0


async def test_an_outage_puts_nothing_aside_and_is_retried(
    world: World, loop: Catchup, handler: FakeHandler, person: FakePerson
) -> None:
    handler.down = True
    await world.create(person)
    running = asyncio.create_task(loop.run())
    await asyncio.sleep(0.5)
    assert handler.handled == []
    handler.down = False
    async with asyncio.timeout(5):
        while not handler.handled:
            await asyncio.sleep(0.02)
    running.cancel()
    assert await world.value("SELECT count(*) FROM dead_letters") == 0


async def test_a_nudge_ends_the_wait(world: World, loop: Catchup, handler: FakeHandler, person: FakePerson) -> None:
    loop = Catchup(world.database, loop.consumer, max_poll_seconds=30)
    running = asyncio.create_task(loop.run())
    await asyncio.sleep(1.5)  # the next poll is more than a second ahead
    await world.create(person)
    loop.nudge()
    async with asyncio.timeout(0.5):
        while not handler.handled:
            await asyncio.sleep(0.002)
    running.cancel()


async def test_one_process_at_a_time_has_a_consumer(
    world: World, loop: Catchup, handler: FakeHandler, person: FakePerson
) -> None:
    await loop.step()
    await world.create(person)
    async with world.database.raw() as other, other.transaction():
        await other.execute("SELECT pg_advisory_xact_lock(7305, hashtext('test'))")
        assert await loop.step() == 0
    assert await loop.step() == 1


async def test_a_new_effect_starts_at_now(world: World, database: Database, person: FakePerson) -> None:
    await world.create(person)
    handler = FakeHandler()
    loop = Catchup(database, Consumer("effect", "task-events", ("task.created",), "now", handler))
    assert await loop.step() == 0
    task_id = await world.create(person)
    assert await loop.step() == 1
    assert handler.handled == [f"TaskActor:{task_id}:1:1"]


async def test_with_a_broker_only_old_rows_are_caught_up(world: World, database: Database, person: FakePerson) -> None:
    handler = FakeHandler()
    consumer = Consumer("aged", "task-events", ("task.created",), "beginning", handler)
    loop = Catchup(database, consumer, min_age_seconds=10)
    await world.create(person)
    await world.rows("UPDATE outbox SET published_at = clock_timestamp()")
    assert await loop.step() == 0
    await world.rows("UPDATE outbox SET created_at = created_at - interval '2 seconds'")
    assert await loop.step() == 0
    await world.rows("UPDATE outbox SET created_at = created_at - interval '9 seconds'")
    assert await loop.step() == 1


async def test_what_the_broker_does_not_take_is_not_left_to_it(
    world: World, database: Database, person: FakePerson
) -> None:
    handler = FakeHandler()
    consumer = Consumer("aged", "task-events", ("task.created",), "beginning", handler)
    loop = Catchup(database, consumer, min_age_seconds=10)
    await world.create(person)
    assert await loop.step() == 0
    await world.rows("UPDATE outbox SET created_at = created_at - interval '1 second'")
    assert await loop.step() == 1


async def test_old_rows_are_caught_up_far_above_a_watermark_that_cannot_move(
    world: World, database: Database, person: FakePerson, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Any open transaction holds the watermark, and the broker may have lost any row above it."""
    monkeypatch.setattr(watermarks, "WINDOW", 2)
    handler = FakeHandler()
    consumer = Consumer("aged", "task-events", ("task.created",), "beginning", handler)
    loop = Catchup(database, consumer, min_age_seconds=10)
    async with database.raw() as other, other.transaction():
        await other.execute("SELECT pg_current_xact_id()")
        for _ in range(3):
            for _ in range(4):
                await world.create(person)
            await world.rows("UPDATE outbox SET created_at = created_at - interval '11 seconds'")
            await loop.step()
    assert len(handler.handled) == 12


async def test_a_row_from_a_clock_that_was_ahead_holds_up_nobody(
    world: World, database: Database, person: FakePerson
) -> None:
    handler = FakeHandler()
    consumer = Consumer("aged", "task-events", ("task.created",), "beginning", handler)
    loop = Catchup(database, consumer, min_age_seconds=10)
    for _ in range(3):
        await world.create(person)
    await world.rows(
        "UPDATE outbox SET created_at = created_at + CASE position WHEN 1 THEN 1 ELSE -1 END * interval '1 hour'"
    )
    await loop.step()
    assert len(handler.handled) >= 2


async def test_watermarks_of_a_restored_database_do_not_stick(
    world: World, loop: Catchup, handler: FakeHandler, person: FakePerson
) -> None:
    """A dump has transaction numbers of another cluster, which may be far ahead."""
    await world.create(person)
    for _ in range(3):
        await loop.step()
    await world.rows("UPDATE watermarks SET seen_xid = 9000000000")
    await world.create(person)
    for _ in range(4):
        await loop.step()
    assert len(handler.handled) == 2
    assert await position(world) == 2
