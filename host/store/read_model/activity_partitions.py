"""The monthly partitions of `activity`: those of this month and of the next three always exist."""

from datetime import date, datetime
from typing import Final

from host.store.engine import Raw

MONTHS_AHEAD: Final = 3


async def ensure(connection: Raw, now: datetime) -> list[str]:
    """Makes the partitions that are missing and returns their names; rows in the DEFAULT partition move over."""
    months = [month_of(now, ahead) for ahead in range(MONTHS_AHEAD + 1)]
    return [name_of(month) for month in months if await make(connection, month)]


async def make(connection: Raw, month: date) -> bool:
    """Makes the partition of a month; False when it exists."""
    name, first, last = name_of(month), f"{month}Z", f"{month_of(month, 1)}Z"
    if not await connection.fetchval("SELECT to_regclass($1) IS NULL", name):
        return False
    async with connection.transaction():
        await _make(connection, name, first, last)
    return True


def name_of(month: date) -> str:
    return f"activity_{month:%Y_%m}"


def month_of(moment: date | datetime, ahead: int = 0) -> date:
    """Returns the first day of the month that is `ahead` months after the moment's."""
    months = moment.year * 12 + moment.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)


async def _make(connection: Raw, name: str, first: str, last: str) -> None:
    """Fills the partition before it attaches it: DEFAULT must hold no rows of that month by then."""
    await connection.execute("LOCK TABLE activity IN SHARE ROW EXCLUSIVE MODE")
    await connection.execute(f"CREATE TABLE {name} (LIKE activity INCLUDING ALL)")
    await connection.execute(
        f"""WITH moved AS (DELETE FROM activity_default WHERE at >= '{first}' AND at < '{last}' RETURNING *)
            INSERT INTO {name} SELECT * FROM moved"""  # noqa: S608  our own names and dates
    )
    await connection.execute(f"ALTER TABLE activity ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{last}')")
