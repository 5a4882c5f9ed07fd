"""The monthly partitions of `activity`: this month and the next three always stand."""

from datetime import date, datetime
from typing import Final

from host.store.engine import Raw

MONTHS_AHEAD: Final = 3


async def ensure(connection: Raw, now: datetime) -> list[str]:
    """Make the partitions that are missing; gives their names. Rows that waited in the DEFAULT one move over."""
    months = [month_of(now, ahead) for ahead in range(MONTHS_AHEAD + 1)]
    return [name_of(month) for month in months if await make(connection, month)]


async def make(connection: Raw, month: date) -> bool:
    """Make the partition of a month; False when it is there."""
    name, first, last = name_of(month), f"{month}Z", f"{month_of(month, 1)}Z"
    if not await connection.fetchval("SELECT to_regclass($1) IS NULL", name):
        return False
    async with connection.transaction():
        await _make(connection, name, first, last)
    return True


def name_of(month: date) -> str:
    return f"activity_{month:%Y_%m}"


def month_of(moment: date | datetime, ahead: int = 0) -> date:
    """The first day of the month that is so many months after."""
    months = moment.year * 12 + moment.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


async def _make(connection: Raw, name: str, first: str, last: str) -> None:
    """Filled before it is attached: a partition cannot be attached while DEFAULT holds rows of its months."""
    await connection.execute("LOCK TABLE activity IN SHARE ROW EXCLUSIVE MODE")
    await connection.execute(f"CREATE TABLE {name} (LIKE activity INCLUDING ALL)")
    await connection.execute(
        f"""WITH moved AS (DELETE FROM activity_default WHERE at >= '{first}' AND at < '{last}' RETURNING *)
            INSERT INTO {name} SELECT * FROM moved"""  # noqa: S608  our own names and dates
    )
    await connection.execute(f"ALTER TABLE activity ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{last}')")
