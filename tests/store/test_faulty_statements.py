"""Errors of the database: a wrong statement is a bug, a statement that meets another schema is an outage."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import pytest
from sqlalchemy import text

from host.consumers.catchup import Catchup
from host.consumers.handler import Consumer
from host.store.engine import Database, SchemaDiffersError, is_outage
from tests.fakes.person import FakePerson
from tests.store.consumers.test_catchup import FakeHandler
from tests.store.world import World

pytestmark = pytest.mark.store

Ask = Callable[[Database], Awaitable[Any]]


async def raw(database: Database, query: str, *arguments: Any) -> Any:
    async with database.raw() as connection:
        return await connection.fetch(query, *arguments)


async def core(database: Database, query: str, **arguments: Any) -> Any:
    async with database.connect() as connection:
        return await connection.execute(text(query), arguments)


async def raised(database: Database, ask: Ask) -> Exception:
    with pytest.raises(Exception) as caught:  # noqa: PT011  which one is what is looked at
        await ask(database)
    assert isinstance(caught.value, Exception)
    return caught.value


WRONG: dict[str, Ask] = {
    "too few arguments": lambda it: raw(it, "SELECT $1::int + $2::int", 1),
    "an argument of another type": lambda it: raw(it, "SELECT $1::int", "the connection is closed"),
    "the same in Core": lambda it: core(it, "SELECT CAST(:it AS int)", it="the connection is closed"),
    "a value that cannot be": lambda it: raw(it, "SELECT 'x'::int"),
    "no such table": lambda it: raw(it, "SELECT * FROM nowhere"),
    "no such table in Core": lambda it: core(it, "SELECT * FROM nowhere"),
    "no such column": lambda it: raw(it, "SELECT dreams FROM tasks"),
    "no such function": lambda it: raw(it, "SELECT dream()"),
}
MISSING = [name for name in WRONG if name.startswith("no such")]


@pytest.mark.parametrize("name", WRONG)
async def test_a_wrong_statement_is_no_outage(database: Database, name: str) -> None:
    assert not is_outage(await raised(database, WRONG[name]))


@pytest.mark.parametrize("name", MISSING)
@pytest.mark.parametrize("schema", ["0001", "9999", None])
async def test_what_is_missing_where_schema_and_code_differ_is_waited_for(
    database: Database, name: str, schema: str | None
) -> None:
    if schema is None:
        await raw(database, "DROP TABLE alembic_version")
    else:
        await raw(database, "UPDATE alembic_version SET version_num = $1", schema)
    error = await raised(database, WRONG[name])
    assert isinstance(error, SchemaDiffersError)
    assert is_outage(error)


async def test_a_connection_that_cannot_be_used_is_an_outage(database: Database) -> None:
    connection = await database.open_connection()
    sleeping = asyncio.create_task(connection.fetch("SELECT pg_sleep(0.2)"))
    await asyncio.sleep(0.05)
    with pytest.raises(asyncpg.InterfaceError) as busy:  # type: ignore[attr-defined]
        await connection.fetch("SELECT 1")
    await sleeping
    await connection.close()
    with pytest.raises(asyncpg.InterfaceError) as closed:  # type: ignore[attr-defined]
        await connection.fetch("SELECT 1")
    assert is_outage(busy.value)
    assert is_outage(closed.value)


async def test_a_database_that_is_away_is_an_outage() -> None:
    database = Database("postgresql://nobody@/nowhere?host=/tmp/duely-no-such-folder")
    await database.open()
    with pytest.raises(OSError, match=r".") as caught:
        await database.ping()
    assert is_outage(caught.value)
    await database.close()


async def test_a_consumer_puts_aside_what_its_statement_cannot_take_and_goes_on(
    world: World, database: Database, person: FakePerson
) -> None:
    class Wrong(FakeHandler):
        async def apply(self, connection: Any, events: Any) -> None:
            for event in events:
                if event.type == "task.completed":
                    await connection.fetch("SELECT $1::int", "no number")

    types = ("task.created", "task.completed")
    consumer = Consumer("test", "task-events", types, "beginning", Wrong())
    loop = Catchup(database, consumer, try_pauses_seconds=(0.0, 0.0))
    task_id = await world.create(person)
    await world.say(task_id, person.says("CompleteTask"))
    await world.create(person)
    assert await loop.step() == 3
    assert await world.value("SELECT event_id FROM dead_letters") == f"TaskActor:{task_id}:2:1"
