"""The migrations make the tables that host/store/*/tables.py describe, and what Dapr expects of its own tables."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Table, text

from host.consumers.catchup import Catchup
from host.store.access import tables as access_tables
from host.store.columns import metadata
from host.store.engine import Database
from host.store.migrate import SCRIPTS, upgrade
from host.store.notify import tables as notify_tables
from host.store.read_model import tables as read_model_tables
from host.store.turns import outbox, watermarks
from host.store.turns import tables as turn_tables
from host.store.upkeep import tables as upkeep_tables
from tests.fakes.person import FakePerson
from tests.store.world import World

pytestmark = pytest.mark.store

ROOMS = (access_tables, notify_tables, read_model_tables, turn_tables, upkeep_tables)


def _differences(connection: Connection) -> list[object]:
    options = {"include_name": lambda name, kind, _parents: kind != "table" or not str(name).startswith("activity_")}
    found = compare_metadata(MigrationContext.configure(connection, opts=options | {"compare_type": True}), metadata)
    return [change for change in found if change[0] != "remove_table" or change[1].name != "alembic_version"]


async def test_the_tables_in_code_are_the_tables_in_the_database(database_url: str) -> None:
    assert {table for room in ROOMS for table in vars(room).values() if isinstance(table, Table)} == set(
        metadata.sorted_tables
    )
    database = Database(database_url)
    async with database.connect() as connection:
        assert await connection.run_sync(_differences) == []
    await database.close()


async def test_a_second_upgrade_changes_nothing(database_url: str) -> None:
    before = await _catalogue(database_url)
    await upgrade(database_url)
    assert await _catalogue(database_url) == before


async def _catalogue(database_url: str) -> list[tuple[object, ...]]:
    """Returns every table and index with its file, and the newest migration with the transaction that wrote it."""
    database = Database(database_url)
    async with database.connect() as connection:
        relations = (
            "SELECT oid, relname, relfilenode FROM pg_class WHERE relnamespace = 'public'::regnamespace ORDER BY 1"
        )
        versions = "SELECT version_num, xmin::text FROM alembic_version"
        found = [tuple(row) for query in (relations, versions) for row in await connection.execute(text(query))]
    await database.close()
    return found


async def test_the_consumer_of_digests_goes_on_where_the_notifier_was(
    world: World, person: FakePerson, loops: dict[str, Catchup]
) -> None:
    """In a data folder from before that consumer: one digest is handled, one is a dead letter, one is unhandled."""
    await world.say(
        person.id, person.says("RegisterUser", {"email": "a@b.example", "defaults": {"digest_at": "13:00"}})
    )
    for _ in range(3):
        world.clock.move(days=1)
        await world.tick("UserActor", person.id)
    await world.rows("DELETE FROM watermarks WHERE consumer = 'digest'")
    told, aside, due = [
        row[0] for row in await world.rows("SELECT event_id FROM outbox WHERE type = 'digest.due' ORDER BY 1")
    ]
    await world.rows("INSERT INTO inbox SELECT 'notifier', event_id, position FROM outbox WHERE event_id <> $1", due)
    await world.rows(
        """INSERT INTO dead_letters SELECT 'notifier', event_id, position, body::text, 'why', 3 FROM outbox
           WHERE type <> 'task.created' AND event_id = ANY($1)""",
        [aside],
    )
    for statement in (SCRIPTS / "versions" / "0014_digest.sql").read_text().split("\n\n"):
        await world.rows(statement)
    async with world.database.raw() as connection:
        mark = await watermarks.lock(connection, "digest")
        assert mark is not None
        left = await outbox.unhandled(connection, "digest", ("digest.due",), mark, 10)
    assert [event.id for event in left] == [due]
    assert told not in [row[0] for row in await world.rows("SELECT event_id FROM dead_letters")]
    assert await world.value("SELECT consumer FROM dead_letters") == "digest"


async def test_dapr_finds_its_migrations_done(database_url: str) -> None:
    database = Database(database_url)
    async with database.connect() as connection:
        done = "SELECT value FROM dapr_metadata WHERE key = 'migrations-state-v2-dapr_'"
        assert await connection.scalar(text(done)) == "2"
    await database.close()


async def test_a_row_for_a_far_month_goes_to_the_default_partition(database_url: str) -> None:
    database = Database(database_url)
    insert = """INSERT INTO activity (user_id, position, at, event_id, type, version, actor_kind, actor_id, body,
                prev_hash, hash) VALUES ('u', 1, '2100-01-01Z', 'e', 't', 1, 'user', 'u', '{}', '', '')"""
    async with database.begin() as connection:
        await connection.execute(text(insert))
        assert await connection.scalar(text("SELECT count(*) FROM activity_default")) == 1
    await database.close()


async def test_of_commands_with_one_id_the_first_is_kept(database_url: str) -> None:
    """In a database whose commands were unique by actor and id."""
    database = Database(database_url)
    before = "ALTER TABLE commands DROP CONSTRAINT commands_pkey, ADD PRIMARY KEY (actor_id, command_id)"
    insert = "INSERT INTO commands (actor_id, command_id, body_hash, reply, at) VALUES "
    rows = [("b", "c1", 1), ("a", "c1", 2), ("z", "c1", 1), ("a", "c2", 3)]
    async with database.begin() as connection:
        await connection.execute(text(before))
        for actor, command, second in rows:
            await connection.execute(
                text(f"{insert} ('{actor}', '{command}', 'h', '{{}}', '2026-11-22T12:00:0{second}Z')")
            )
        for statement in (SCRIPTS / "versions/0008_keys_and_sign_ups.sql").read_text().split("\n\n")[1:3]:
            await connection.execute(text(statement))
        kept = await connection.execute(text("SELECT actor_id, command_id FROM commands ORDER BY command_id"))
        assert [tuple(row) for row in kept] == [("b", "c1"), ("a", "c2")]
    await database.close()
