"""PostgreSQL dies: every loop waits for it, and listeners get everything that was committed."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from random import Random

import asyncpg
import pytest

from host.chores.leader import Leader
from host.chores.pruner import Pruner
from host.chores.sweeper import Sweeper
from host.consumers.catchup import Catchup
from host.consumers.wiring import wired
from host.dapr.arming import Arming
from host.live.hub import Hub, Resync
from host.runner.postgres import OWNER, EmbeddedPostgres
from host.store.engine import Database, is_outage
from host.store.migrate import upgrade
from tests.fakes.person import FakeClock, FakePerson
from tests.store.chores.test_wakes import FakeScheduler
from tests.store.world import World

pytestmark = pytest.mark.store


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    home = Path(tempfile.mkdtemp(prefix="duely-outage-"))
    server = EmbeddedPostgres(home / "postgres")
    server.start()
    yield server
    server.stop()
    shutil.rmtree(home)


def start_loops(database: Database, world: World, hub: Hub) -> list[asyncio.Task[None]]:
    """Starts all loops, as one machine runs them."""
    clock, scheduler = world.clock, FakeScheduler()
    handlers = wired(database, clock, world, signal=hub.signal)
    loops = [Catchup(database, consumer).run for consumer in handlers.consumers()]
    sweeper = Sweeper(database, world, clock, sentinel_present=scheduler.present, plant_sentinel=scheduler.plant)
    pruner = Pruner(database, world, clock, broker=False)
    chores = {"sweeper": sweeper.run, "pruner": pruner.run, "notifier": handlers.notifier.run}
    leader = Leader(database, "here", chores, Random(0))
    return [asyncio.create_task(run()) for run in (*loops, hub.run, Arming(database, clock).run, leader.run)]


async def test_loops_go_on_after_the_database_was_killed(server: EmbeddedPostgres) -> None:
    await upgrade(server.dsn())
    database = Database(server.dsn())
    await database.open()
    world, person = World(database, FakeClock()), FakePerson(zone="UTC")
    await world.open()
    hub = Hub(database, poll_seconds=0.5)
    running = start_loops(database, world, hub)
    listener = await hub.subscribe(person.id, None)
    await world.say(person.id, person.signs_up())
    await world.create(person, reminders=[{"at": "2026-11-22T12:01:00.000Z"}])
    await asyncio.sleep(1.5)  # the leader leads
    assert server.process is not None
    server.process.kill()
    server.process.wait()
    await asyncio.sleep(1.5)
    server.start()
    world.clock.move(seconds=65)
    types: list[str] = []
    async with asyncio.timeout(30):
        while not {"reminder.fired", "reminder.delivered"}.issubset(types):
            rows = await listener.next(1)
            assert not isinstance(rows, Resync)
            types += [row.type for row in rows]
    # Nothing nudges the consumers here: which of the last two looks first is chance.
    assert (types[:3], sorted(types[3:])) == (
        ["user.registered", "task.created", "reminder.scheduled"],
        ["reminder.delivered", "reminder.fired"],
    )
    assert not any(task.done() for task in running)
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await database.close()


async def test_a_connection_that_was_told_its_end_and_is_not_closed_yet_is_an_outage(server: EmbeddedPostgres) -> None:
    """Between the server's last message and the end of the connection asyncpg raises an error of its caller."""
    async with AsyncExitStack() as stack:
        port = await _relay_that_never_closes(stack, f"{server.socket_dir}/.s.PGSQL.5432")
        database = Database(f"postgresql://{OWNER}:{server.password}@127.0.0.1:{port}/postgres")
        await database.open()
        stack.push_async_callback(database.close)
        async with database.raw() as connection:
            pid = connection.get_server_pid()
            async with _direct(server) as other:
                await other.execute("SELECT pg_terminate_backend($1)", pid)
            await asyncio.sleep(0.2)
            with pytest.raises(Exception) as caught:  # noqa: PT011  which one it is, is asyncpg's to choose
                await connection.fetchval("SELECT 1")
            assert is_outage(caught.value), repr(caught.value)
            connection.terminate()


async def _relay_that_never_closes(stack: AsyncExitStack, path: str) -> int:
    """Returns the port of a relay to that socket, which never tells the client that the server has closed."""

    async def join(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(path)
        answers = asyncio.create_task(_pass_on(far_reader, writer))
        stack.callback(answers.cancel)
        stack.callback(writer.close)
        stack.callback(far_writer.close)
        await _pass_on(reader, far_writer)

    relay = await asyncio.start_server(join, "127.0.0.1", 0)
    stack.callback(relay.close)
    port: int = relay.sockets[0].getsockname()[1]
    return port


async def _pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)


@asynccontextmanager
async def _direct(server: EmbeddedPostgres) -> AsyncGenerator[asyncpg.Connection]:
    connection = await asyncpg.connect(server.dsn("postgres"))
    try:
        yield connection
    finally:
        await connection.close()


async def test_connections_that_died_while_nobody_used_them_fail_no_reader(database_url: str) -> None:
    database = Database(database_url)
    await database.open()
    try:
        async with AsyncExitStack() as stack:  # some in the pool of each kind
            used = [await stack.enter_async_context(database.connect()) for _ in range(3)]
            used += [await stack.enter_async_context(database.begin())]
            pids = [(await connection.exec_driver_sql("SELECT pg_backend_pid()")).scalar_one() for connection in used]
        async with database.raw() as connection:
            await connection.execute("SELECT pg_terminate_backend(pid) FROM unnest($1::int[]) AS x (pid)", pids)
        await asyncio.sleep(0.3)
        for _ in pids:
            async with database.connect() as connection:
                assert (await connection.exec_driver_sql("SELECT 1")).scalar_one() == 1
    finally:
        await database.close()


async def test_a_process_that_stands_still_within_a_transaction_holds_its_locks_for_seconds_only(
    database_url: str, database: Database
) -> None:
    """A consumer holds a lock of a transaction, and another process must not wait for one that is stopped."""
    take = "SELECT pg_try_advisory_xact_lock(7)"
    assert Database(database_url)._idle == 5
    still = Database(database_url, idle_seconds=0.3)
    await still.open()

    async def stand_still() -> None:
        async with still.raw() as connection, connection.transaction():
            assert await connection.fetchval(take)
            await asyncio.sleep(1)
            async with database.raw() as other, other.transaction():
                assert await other.fetchval(take)
            await connection.fetchval("SELECT 1")

    with pytest.raises(Exception) as caught:  # noqa: PT011  the test looks at which one it is
        await stand_still()
    assert is_outage(caught.value)
    await still.close()
