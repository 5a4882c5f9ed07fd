"""Rebuilding the read model in a schema of its own, and swapping it with the live one.

The tables of that schema have the live tables' names: with the schema first in the search path, the projector's own
statements fill them, and their indexes keep their names when the tables move.
"""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Final, NamedTuple

import orjson

from actors.fields import fold
from actors.replies import Json
from actors.series.state import series_json
from actors.task.state import task_json
from host.store.engine import Database, Raw
from host.store.migrate import LOCK as MIGRATION_LOCK
from host.store.read_model import series_rows, task_rows
from host.store.turns import actor_state
from host.store.upkeep import leases

SCHEMA: Final = "duely_rebuild"
TABLES: Final = ("tasks", "reminders", "tags", "series")  # in the order in which the projector writes them
DOCS_AT_ONCE: Final = 500
STATEMENT_SECONDS: Final = 3600
LOCK_TIMEOUT: Final = "200ms"  # one attempt to swap blocks readers and writers for so long at most
_TYPES: Final = ("TaskActor", "SeriesActor")


class Doc(NamedTuple):
    """The doc of an actor."""

    row_id: int
    actor_type: str
    actor_id: str
    state: Json


@asynccontextmanager
async def connected(dsn: str) -> AsyncGenerator[Raw]:
    """Yields a connection on which `tasks` is the new table and `public.tasks` the live one."""
    database = Database(dsn, statement_timeout_seconds=STATEMENT_SECONDS)
    connection = await database.open_connection(search_path=f"{SCHEMA}, public")
    try:
        yield connection
    finally:
        await connection.close()


async def alone(connection: Raw) -> bool:
    """Takes the lock of the rebuild until the connection ends; False while another rebuild runs."""
    return await leases.acquire(connection, "rebuild")


async def clear(connection: Raw) -> bool:
    """Removes what an interrupted rebuild has left; returns whether there was anything."""
    existed = await connection.fetchval("SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1)", SCHEMA)
    await connection.execute(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")
    return bool(existed)


async def create(connection: Raw) -> None:
    """Creates the empty tables with their keys; `index` adds the other indexes once the tables are full."""
    async with connection.transaction():
        await connection.execute(f"CREATE SCHEMA {SCHEMA}")
        for table in TABLES:
            await connection.execute(
                f"CREATE TABLE {SCHEMA}.{table} (LIKE public.{table} INCLUDING ALL EXCLUDING INDEXES)"
            )
            for (options,) in await connection.fetch(_OPTIONS, f"public.{table}"):
                await connection.execute(f"ALTER TABLE {SCHEMA}.{table} SET ({options})")
            for name, definition in await connection.fetch(_KEYS, f"public.{table}"):
                await connection.execute(f'ALTER TABLE {SCHEMA}.{table} ADD CONSTRAINT "{name}" {definition}')


async def index(connection: Raw) -> None:
    """Creates the live tables' indexes on the new tables, and collects the planner's statistics."""
    for table in TABLES:
        for (definition,) in await connection.fetch(_INDEXES, f"public.{table}"):
            await connection.execute(definition.replace(f" ON public.{table} ", f" ON {SCHEMA}.{table} ", 1))
        await connection.execute(f"VACUUM ANALYZE {SCHEMA}.{table}")


# LIKE does not copy these.
_OPTIONS: Final = (
    "SELECT array_to_string(reloptions, ', ') FROM pg_class WHERE oid = $1::regclass AND reloptions <> '{}'"
)
_KEYS: Final = """SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE conrelid = $1::regclass AND contype IN ('p', 'u') ORDER BY conname"""
_INDEXES: Final = """SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i WHERE i.indrelid = $1::regclass
    AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid) ORDER BY i.indexrelid"""


async def schema_version(connection: Raw) -> str:
    version: str = await connection.fetchval("SELECT string_agg(version_num, ', ') FROM alembic_version")
    return version


async def watermark(connection: Raw) -> int:
    """Returns the projector's watermark: docs that are read from now on show all events up to it."""
    position: int | None = await connection.fetchval("SELECT position FROM watermarks WHERE consumer = 'projector'")
    return position or 0


async def doc_count(connection: Raw) -> int:
    count: int = await connection.fetchval(f"SELECT count(*) FROM dapr_state WHERE {actor_state.IS_DOC}")  # noqa: S608  our own names
    return count


async def next_docs(connection: Raw, after: int) -> tuple[list[Doc], int]:
    """Returns the next docs of tasks and series after a row id, and the row id to go on after; 0 at the end."""
    rows = await connection.fetch(
        f"""SELECT row_id, {actor_state.type_sql()}, {actor_state.id_sql()},
                  (convert_from(value, 'UTF8')::json->'state')::text
           FROM dapr_state WHERE row_id > $1 AND {actor_state.IS_DOC} ORDER BY row_id LIMIT $2""",  # noqa: S608  our own names
        after,
        DOCS_AT_ONCE,
    )
    docs = [Doc(row[0], row[1], row[2], orjson.loads(row[3])) for row in rows if row[1] in _TYPES]
    return docs, rows[-1][0] if len(rows) == DOCS_AT_ONCE else 0


async def behind(connection: Raw, since: int) -> list[tuple[str, str]]:
    """Returns the actors (type, id) with events after that position which the new tables do not show."""
    rows = await connection.fetch(
        """SELECT DISTINCT o.actor_type, o.actor_id FROM outbox o
           LEFT JOIN tasks t ON o.actor_type = 'TaskActor' AND t.id = o.actor_id
           LEFT JOIN series s ON o.actor_type = 'SeriesActor' AND s.id = o.actor_id
           WHERE o.position > $1 AND o.actor_type = ANY($2) AND o.version > coalesce(t.version, s.version, 0)""",
        since,
        _TYPES,
    )
    return [(row[0], row[1]) for row in rows]


async def docs_of(connection: Raw, actors: Sequence[tuple[str, str]]) -> list[Doc]:
    """Returns the docs of these actors as they are now."""
    rows = await connection.fetch(
        f"""SELECT s.row_id, x.actor_type, x.actor_id, (convert_from(s.value, 'UTF8')::json->'state')::text
           FROM unnest($1::text[], $2::text[]) AS x (actor_type, actor_id)
           JOIN dapr_state s ON s.key = {actor_state.row_key_sql("x.actor_type", "x.actor_id")}""",  # noqa: S608  our own names
        [actor_type for actor_type, _ in actors],
        [actor_id for _, actor_id in actors],
    )
    return [Doc(row[0], row[1], row[2], orjson.loads(row[3])) for row in rows]


async def put(connection: Raw, docs: Sequence[Doc]) -> None:
    """Writes the docs into the new tables as the projector does; leaves out versions older than a row's."""
    tasks: Mapping[str, Json] = {doc.actor_id: task_json(doc.state) for doc in docs if doc.actor_type == "TaskActor"}
    series = {doc.actor_id: series_json(doc.state) for doc in docs if doc.actor_type == "SeriesActor"}
    async with connection.transaction():
        if tasks:
            await task_rows.upsert_tasks(connection, tasks)
        if series:
            await series_rows.upsert(connection, series)


async def keep_tag_names(connection: Raw) -> None:
    """Copies the spelling of tags from the live table: the docs no longer know how a tag was first written."""
    rows = await connection.fetch(
        """SELECT t.user_id, t.folded, t.name FROM public.tags t JOIN tags n USING (user_id, folded)
           WHERE n.name <> t.name"""
    )
    kept = [row for row in rows if fold(row[2]) == row[1]]
    await connection.execute(
        """UPDATE tags n SET name = x.name FROM unnest($1::text[], $2::text[], $3::text[]) AS x (user_id, folded, name)
           WHERE n.user_id = x.user_id AND n.folded = x.folded""",
        *([row[column] for row in kept] for column in range(3)),
    )


async def rows_without_actor(connection: Raw) -> int:
    """Returns the number of live rows of tasks and series that no actor has; the rebuild drops them."""
    count: int = await connection.fetchval(
        f"""SELECT count(*) FROM (
             SELECT 'TaskActor' AS kind, id FROM public.tasks t WHERE NOT EXISTS (SELECT FROM tasks n WHERE n.id = t.id)
             UNION ALL SELECT 'SeriesActor', id FROM public.series t
             WHERE NOT EXISTS (SELECT FROM series n WHERE n.id = t.id)) x
           WHERE NOT EXISTS (SELECT FROM dapr_state s WHERE s.key = {actor_state.row_key_sql("x.kind", "x.id")})"""  # noqa: S608  our own names
    )
    return count


async def lock(connection: Raw) -> bool:
    """Locks the live tables against reads and writes until the transaction ends; False while a migration runs.

    Raises LockNotAvailableError after LOCK_TIMEOUT. It locks in the projector's order, or the two could deadlock.
    """
    await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
    if not await connection.fetchval("SELECT pg_try_advisory_xact_lock_shared($1)", MIGRATION_LOCK):
        return False
    for table in TABLES:
        await connection.execute(f"LOCK TABLE public.{table} IN ACCESS EXCLUSIVE MODE")
    return True


async def swap(connection: Raw) -> None:
    """Replaces the live tables by the new ones, in the transaction that holds the lock."""
    for table in TABLES:
        await connection.execute(f"DROP TABLE public.{table}")
        await connection.execute(f"ALTER TABLE {SCHEMA}.{table} SET SCHEMA public")
    await connection.execute(f"DROP SCHEMA {SCHEMA}")
