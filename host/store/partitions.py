"""The monthly partitions of `activity`: this month and the next three always stand."""

from datetime import datetime
from typing import Final

from host.store.engine import Raw

MONTHS_AHEAD: Final = 3


async def ensure(connection: Raw, now: datetime) -> list[str]:
    """Make the partitions that are missing; gives their names. Rows that waited in the DEFAULT one move over."""
    made: list[str] = []
    for ahead in range(MONTHS_AHEAD + 1):
        first, last = _month(now, ahead), _month(now, ahead + 1)
        name = f"activity_{first[:7].replace('-', '_')}"
        if await connection.fetchval("SELECT to_regclass($1) IS NULL", name):
            async with connection.transaction():
                await _make(connection, name, first, last)
            made.append(name)
    return made


def _month(now: datetime, ahead: int) -> str:
    months = now.year * 12 + now.month - 1 + ahead
    return f"{months // 12:04d}-{months % 12 + 1:02d}-01"


async def _make(connection: Raw, name: str, first: str, last: str) -> None:
    """Filled before it is attached: a partition cannot be attached while DEFAULT holds rows of its months."""
    await connection.execute("LOCK TABLE activity IN SHARE ROW EXCLUSIVE MODE")
    await connection.execute(f"CREATE TABLE {name} (LIKE activity INCLUDING ALL)")
    await connection.execute(
        f"""WITH moved AS (DELETE FROM activity_default WHERE at >= '{first}Z' AND at < '{last}Z' RETURNING *)
            INSERT INTO {name} SELECT * FROM moved"""  # noqa: S608  our own names and dates
    )
    await connection.execute(
        f"ALTER TABLE activity ATTACH PARTITION {name} FOR VALUES FROM ('{first}Z') TO ('{last}Z')"
    )
