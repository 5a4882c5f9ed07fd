"""Backup and restore: one instant of every table, fingerprints of tables, and what a restored copy must reset."""

import hashlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from asyncpg.exceptions import PostgresError

from host.store.engine import HOLD_READ_MODEL, Database, Raw

STATEMENT_SECONDS: Final = 3600
IDLE_SECONDS: Final = 12 * 3600


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The number of rows of a table, and the sha256 of all rows in the order of the primary key."""

    rows: int
    sha256: str


@asynccontextmanager
async def connected(dsn: str) -> AsyncGenerator[Raw]:
    """Yields a connection for long reads, whose instant others such as pg_dump can share."""
    database = Database(dsn, statement_timeout_seconds=STATEMENT_SECONDS, idle_seconds=IDLE_SECONDS)
    connection = await database.open_connection()
    try:
        yield connection
    finally:
        await connection.close()


@asynccontextmanager
async def one_instant(connection: Raw) -> AsyncGenerator[str]:
    """Opens a transaction that sees one instant; yields the name under which pg_dump sees the same one."""
    is_ours = await schema(connection)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        if is_ours:
            await connection.execute(HOLD_READ_MODEL)
        yield await connection.fetchval("SELECT pg_export_snapshot()")


async def schema(connection: Raw) -> str:
    """Returns the database's newest migration; "" for a database that is not ours."""
    try:
        return await connection.fetchval("SELECT version_num FROM alembic_version") or ""
    except PostgresError:
        return ""


async def is_empty(connection: Raw) -> bool:
    return not await connection.fetchval("SELECT EXISTS (SELECT FROM pg_tables WHERE schemaname = 'public')")


async def clear(connection: Raw) -> None:
    """Drops everything in the database."""
    await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


async def fingerprints(connection: Raw) -> dict[str, Fingerprint]:
    """Returns the fingerprint of every table, a partitioned one as one; the same under every collation."""
    rows = await connection.fetch(
        """SELECT c.relname, coalesce((SELECT string_agg(format('t.%I::text COLLATE "C"', a.attname), ', ' ORDER BY k.n)
               FROM pg_index i CROSS JOIN unnest(i.indkey::int[]) WITH ORDINALITY AS k (attnum, n)
               JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.attnum
               WHERE i.indrelid = c.oid AND i.indisprimary), 't::text COLLATE "C"')
           FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
             AND NOT c.relispartition ORDER BY c.relname"""
    )
    return {name: await _fingerprint(connection, name, order) for name, order in rows}


async def _fingerprint(connection: Raw, table: str, order: str) -> Fingerprint:
    digest = hashlib.sha256()
    count = 0

    async def take(chunk: bytes) -> None:
        nonlocal count
        digest.update(chunk)
        count += chunk.count(b"\n")  # a line break inside a value is written as two characters

    query = f'SELECT * FROM "{table}" AS t ORDER BY {order}'  # noqa: S608  names from the catalogue
    await connection.copy_from_query(query, output=take)
    return Fingerprint(count, digest.hexdigest())


async def settle(connection: Raw) -> None:
    """Resets what was true only for the server and the scheduler that the copy was taken from.

    Transaction numbers start again in a new cluster, so an old `seen_xid` would stop its consumer for ever. The new
    scheduler knows no wake of the copy; the sweeper arms those that are marked as unarmed.
    """
    await connection.execute("UPDATE watermarks SET seen_xid = 0")
    await connection.execute("UPDATE wakes SET armed_at = NULL, tried_at = NULL")
    await connection.execute("ANALYZE")
