"""Locks that end with their session, on a connection that PostgreSQL cuts when it hears nothing for 5 s."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from host.store.engine import Database, Raw

LEASE: Final = "5s"
PING_TIMEOUT_SECONDS: Final = 3.0


@asynccontextmanager
async def session(database: Database) -> AsyncGenerator[Raw]:
    """A direct connection, outside the pools: a pooler in between would keep the lock of a dead process."""
    connection = await database.open_connection(
        idle_session_timeout=LEASE, idle_in_transaction_session_timeout=LEASE, tcp_user_timeout=LEASE
    )
    try:
        yield connection
    finally:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1):
                await connection.close()
        connection.terminate()


async def acquire(connection: Raw, name: str) -> bool:
    """Whether the lock is ours now; it never waits."""
    taken: bool = await connection.fetchval("SELECT pg_try_advisory_lock(hashtextextended($1, 0))", f"duely:{name}")
    return taken


async def ping(connection: Raw) -> None:
    await connection.fetchval("SELECT 1", timeout=PING_TIMEOUT_SECONDS)
