"""Activity to archive: the months that may go, their rows in order, and dropping a month once its file is written."""

from collections.abc import AsyncGenerator, Sequence
from datetime import date, datetime
from typing import Final

from host.store.engine import Raw
from host.store.read_model import activity_partitions
from host.store.upkeep import archives
from host.store.upkeep.archives import Archive

ROWS_AT_ONCE: Final = 2_000
IDLE_TIMEOUT: Final = "5s"  # a process that is stopped during the drop blocks readers of activity for so long at most
LOCK_TIMEOUT: Final = "500ms"  # while the drop waits for its lock, every reader and writer of activity waits behind it


async def months(connection: Raw, before: datetime) -> list[date]:
    """Returns the first days of the months that ended by then and still have rows or a partition, oldest first."""
    rows = await connection.fetch(
        """SELECT month FROM (
             SELECT to_date(right(inhrelid::regclass::text, 7), 'YYYY_MM') AS month FROM pg_inherits
             WHERE inhparent = 'activity'::regclass AND inhrelid <> 'activity_default'::regclass
             UNION SELECT date_trunc('month', at AT TIME ZONE 'UTC')::date FROM activity_default) AS m
           WHERE month < date_trunc('month', $1::timestamptz AT TIME ZONE 'UTC') ORDER BY month""",
        before,
    )
    return [row[0] for row in rows]


async def rows_of(connection: Raw, month: date) -> AsyncGenerator[Sequence[tuple[str, str]]]:
    """Yields all rows of a month in batches of (hash, row as JSON), by user and position, as of one instant."""
    query = f"SELECT hash, row_to_json(a)::text FROM {activity_partitions.name_of(month)} a ORDER BY user_id, position"  # noqa: S608  our own names
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        cursor = await connection.cursor(query)
        while rows := await cursor.fetch(ROWS_AT_ONCE):
            yield [(row[0], row[1]) for row in rows]


async def drop(connection: Raw, archive: Archive, now: datetime) -> bool:
    """Enters the file into the catalogue and drops its partition with the change sets that end in it, all or nothing.

    Returns False when rows were added since the month was read. Raises LockNotAvailableError when readers of activity
    do not let go in time: the caller tries again.
    """
    name = activity_partitions.name_of(archive.month)
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_TIMEOUT}'")
        await connection.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
        if await connection.fetchval(f"SELECT count(*) FROM {name}") != archive.rows:  # noqa: S608  our own names
            return False
        if archive.rows:
            await archives.add(connection, archive, now, cleared=True)
        end = activity_partitions.month_of(archive.month, 1)
        await connection.execute("DELETE FROM change_sets WHERE last_at < $1::date AT TIME ZONE 'UTC'", end)
        await connection.execute(f"ALTER TABLE activity DETACH PARTITION {name}")
        await connection.execute(f"DROP TABLE {name}")
    return True
