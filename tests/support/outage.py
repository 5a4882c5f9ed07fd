"""An outage of the database as actors meet it: it refuses to write some of their documents for a while."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any


@asynccontextmanager
async def writes_refused(database: Any, keys: str, writes: str = "INSERT OR UPDATE") -> AsyncIterator[None]:
    """Makes every such write to a key like `keys` fail as PostgreSQL fails at its start, for the length of the block."""
    await database.execute(
        "CREATE FUNCTION outage() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION 'outage made by a test' USING errcode = '57P03'; END $$"
    )
    await database.execute(
        f"CREATE TRIGGER outage BEFORE {writes} ON dapr_state FOR EACH ROW "
        f"WHEN (new.key LIKE '{keys}') EXECUTE FUNCTION outage()"
    )
    try:
        yield
    finally:
        await database.execute("DROP FUNCTION outage CASCADE")
