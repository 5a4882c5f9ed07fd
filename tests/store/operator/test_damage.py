"""Damaged pages of the database: the commands say which table or index, and what to do."""

import asyncio
import os
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import pytest
from click.testing import CliRunner, Result

from host.consumers.catchup import Catchup
from host.consumers.wiring import wired
from host.operator.cli import main
from host.runner.postgres import EmbeddedPostgres
from host.store.engine import Database
from tests.fakes.person import FakeClock, FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store

PAGE_BYTES = 8192
NOW = datetime.now(UTC)  # its month has a partition of its own
PARTITION = f"activity_{NOW:%Y_%m}"
# The file of a relation, or of its partition that has rows.
LEAF = """SELECT coalesce(
            (SELECT pg_relation_filepath(relid) FROM pg_partition_tree($1::text::regclass)
             WHERE isleaf AND pg_relation_size(relid) > 8192 * (relid::text LIKE '%pkey')::int LIMIT 1),
            pg_relation_filepath($1::text::regclass))"""
Damage = Callable[[str], None]


def sql(dsn: str, query: str, *arguments: Any) -> Any:
    async def run() -> Any:
        connection = await asyncpg.connect(dsn)
        try:
            return await connection.fetchval(query, *arguments)
        finally:
            await connection.close()

    return asyncio.run(run())


async def settled(loops: list[Catchup]) -> None:
    for loop in loops * 3:
        await loop.step()


async def fill(dsn: str) -> None:
    database, clock = Database(dsn), FakeClock(NOW)
    await database.open()
    world = World(database, clock)
    await world.open()
    loops = [Catchup(database, row, settle_seconds=0.0) for row in wired(database, clock, world).consumers()]
    await settled(loops)
    person = FakePerson(zone="UTC")
    await world.say(person.id, person.signs_up())
    await world.create(person, title="One", tags=["home"])
    await settled(loops)
    await database.close()


@pytest.fixture
def damage(database_url: str, postgres: EmbeddedPostgres, monkeypatch: pytest.MonkeyPatch) -> Iterator[Damage]:
    """Damages the first page of a relation in a copy of a database, of which the server has no page in memory yet."""
    asyncio.run(fill(database_url))
    source, name = urlsplit(database_url).path[1:], f"damaged_{uuid.uuid4().hex[:12]}"
    admin = postgres.dsn("postgres")
    sql(admin, f'CREATE DATABASE "{name}" TEMPLATE "{source}" STRATEGY FILE_COPY')
    monkeypatch.setenv("DUELY_DATABASE_URL", postgres.dsn(name))

    def spoil(relation: str) -> None:
        with (postgres.folder / "cluster" / sql(postgres.dsn(name), LEAF, relation)).open("r+b") as file:
            assert os.fstat(file.fileno()).st_size >= PAGE_BYTES
            file.write(b"\xa5" * PAGE_BYTES)

    yield spoil
    sql(admin, f'DROP DATABASE "{name}" WITH (FORCE)')


def duely(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


@pytest.mark.parametrize(
    ("command", "relation", "what", "remedy"),
    [
        (("verify",), "tasks", "The table tasks is damaged", "duely rebuild"),
        (("verify",), "outbox", "The table outbox is damaged", "duely restore"),
        (("verify",), "tasks_pkey", "The index tasks_pkey of the table tasks is damaged", "duely rebuild"),
        (("activity", "verify"), "activity", f"The table {PARTITION} is damaged", "duely restore"),
        (
            ("activity", "verify"),
            "activity_pkey",
            f"The index {PARTITION}_pkey of",
            f"REINDEX INDEX {PARTITION}_pkey",
        ),
    ],
)
def test_a_damaged_page_is_named_with_a_remedy(
    damage: Damage, command: tuple[str, ...], relation: str, what: str, remedy: str
) -> None:
    damage(relation)
    result = duely(*command)
    assert result.exit_code == 1
    assert what in result.output
    assert remedy in result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("relation", ["tasks", "tasks_pkey", "tags"])
def test_a_rebuild_mends_the_read_model(damage: Damage, relation: str) -> None:
    damage(relation)
    result = duely("rebuild")
    assert result.exit_code == 0, result.output
    assert "damaged" not in duely("verify").output
