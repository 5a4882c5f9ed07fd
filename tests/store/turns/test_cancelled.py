"""A task cancelled during a query ends as cancelled, also when the database cannot be reached.

asyncpg cleans up as it gives the connection back, and an error there would replace the cancellation. A loop that
survives outages would then go on, and whoever cancelled it would wait for ever: a leader that led no chore any more.
"""

import asyncio
from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import pytest

from host.store.engine import Database
from tests.support.links import proxied
from tests.support.rewired import through

pytestmark = [pytest.mark.store, pytest.mark.timeout(60)]


SLEEP = "SELECT pg_sleep(9)"


async def _lone(database: Database) -> None:
    async with database.raw() as connection:
        await connection.fetchval(SLEEP)


async def _transaction(database: Database) -> None:
    async with database.raw() as connection, connection.transaction():
        await connection.fetchval(SLEEP)


async def _pooled(database: Database) -> None:
    async with database.begin() as connection:
        await connection.exec_driver_sql(SLEEP)


@pytest.mark.parametrize("query", [_lone, _transaction, _pooled])
async def test_a_cancelled_query_on_a_silent_connection_is_no_outage(
    database_url: str, query: Callable[[Database], Awaitable[None]]
) -> None:
    outlived: list[BaseException] = []

    async def loop(database: Database) -> None:
        try:
            await query(database)
        except Exception as error:  # noqa: BLE001  as at the edge of a loop
            outlived.append(error)

    socket = f"{urlsplit(database_url).query.partition('host=')[2].partition('&')[0]}/.s.PGSQL.5432"
    with proxied({"postgres": socket}) as links:
        database = Database(
            through(database_url, links.ports["postgres"]), connect_timeout_seconds=1, statement_timeout_seconds=1
        )
        await database.open()
        task = asyncio.create_task(loop(database))
        await asyncio.sleep(0.5)
        links.set("postgres", "partition")
        task.cancel()
        await asyncio.wait([task])
        links.mend()
        await database.close()
    assert task.cancelled(), outlived
