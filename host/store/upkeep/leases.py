"""Advisory locks that end with their session, on a connection that PostgreSQL closes after 5 s of silence."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from typing import Final

from host.store.engine import Database, Raw

# The chores, which only one process may run at a time; the relay runs only with a broker.
CHORES: Final = (
    "sweeper", "pruner", "notifier", "zone_rules", "plain_texts", "replay", "patrol", "archivist", "relay"
)  # fmt: skip
LEASE: Final = "5s"
PING_TIMEOUT_SECONDS: Final = 3.0
LONGEST_NAME: Final = 63  # PostgreSQL truncates longer names
_PREFIX: Final = "duely:"


@asynccontextmanager
async def session(database: Database, holder: str) -> AsyncGenerator[Raw]:
    """Yields a connection outside the pools: a pooler in between would keep the locks of a dead process."""
    connection = await database.open_connection(
        application_name=f"duely {holder}"[:LONGEST_NAME],
        idle_session_timeout=LEASE,
        idle_in_transaction_session_timeout=LEASE,
        tcp_user_timeout=LEASE,
    )
    try:
        yield connection
    finally:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1):
                await connection.close()
        connection.terminate()


async def acquire(connection: Raw, name: str) -> bool:
    """Takes the lock without waiting; returns whether it succeeded."""
    acquired: bool = await connection.fetchval(
        "SELECT pg_try_advisory_lock(hashtextextended($1, 0))", _PREFIX + name, timeout=PING_TIMEOUT_SECONDS
    )
    return acquired


async def release(connection: Raw, name: str) -> None:
    await connection.fetchval(
        "SELECT pg_advisory_unlock(hashtextextended($1, 0))", _PREFIX + name, timeout=PING_TIMEOUT_SECONDS
    )


async def holders(connection: Raw, names: Sequence[str]) -> dict[str, str]:
    """Returns who holds each of these locks; "" where nobody does."""
    rows = await connection.fetch(
        """SELECT name, coalesce(substring(a.application_name FROM 7), '')
           FROM unnest($1::text[]) WITH ORDINALITY AS x (name, n) LEFT JOIN (pg_locks l JOIN pg_stat_activity a USING (pid))
             ON l.locktype = 'advisory' AND l.objsubid = 1 AND a.datname = current_database() AND l.granted
             AND l.classid::bigint << 32 | l.objid::bigint = hashtextextended($2 || name, 0)
           ORDER BY n""",
        names,
        _PREFIX,
    )
    return {row[0]: row[1] for row in rows}


async def ping(connection: Raw) -> None:
    await connection.fetchval("SELECT 1", timeout=PING_TIMEOUT_SECONDS)
