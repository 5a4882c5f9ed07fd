"""What the archive does to the database: which months may go, their rows in order, the catalogue of files, the drop."""

from collections.abc import AsyncGenerator, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from host.store.engine import Raw
from host.store.read_model import activity_partitions

ROWS_AT_ONCE: Final = 2_000
IDLE_TIMEOUT: Final = "5s"  # a process that is stopped during the drop lets readers of activity go on after so long
LOCK_TIMEOUT: Final = "500ms"  # while the drop waits for its lock, every reader and writer of activity waits behind it


class Archive(NamedTuple):
    """A file and what is in it. `digest`: sha256 over the hashes of its rows, in their order. `kind`: or ledger."""

    file: str
    month: date
    rows: int
    digest: str
    kind: str = "activity"


async def months(connection: Raw, before: datetime) -> list[date]:
    """The first days of the months that ended by then and still have rows or a partition, the oldest first."""
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
    """(hash, row as JSON) of all rows of a month, by user and position, all of one instant."""
    query = f"SELECT hash, row_to_json(a)::text FROM {activity_partitions.name_of(month)} a ORDER BY user_id, position"  # noqa: S608  our own names
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        cursor = await connection.cursor(query)
        while rows := await cursor.fetch(ROWS_AT_ONCE):
            yield [(row[0], row[1]) for row in rows]


async def drop(connection: Raw, archive: Archive, now: datetime) -> bool:
    """Enter the file into the catalogue and drop its partition, at once; False when rows have come since it was read.

    Raises LockNotAvailableError when readers of activity do not let go in time: try again.
    """
    name = activity_partitions.name_of(archive.month)
    async with connection.transaction():
        await connection.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        await connection.execute(f"SET LOCAL idle_in_transaction_session_timeout = '{IDLE_TIMEOUT}'")
        await connection.execute(f"LOCK TABLE {name} IN SHARE ROW EXCLUSIVE MODE")
        if await connection.fetchval(f"SELECT count(*) FROM {name}") != archive.rows:  # noqa: S608  our own names
            return False
        if archive.rows:
            await connection.execute(_ENTER, *archive, now)
        await connection.execute(f"ALTER TABLE activity DETACH PARTITION {name}")
        await connection.execute(f"DROP TABLE {name}")
    return True


_ENTER: Final = "INSERT INTO archives (file, month, rows, digest, kind, archived_at) VALUES ($1, $2, $3, $4, $5, $6)"


async def listed(connection: Raw) -> list[Archive]:
    """The catalogue, in the order of the months."""
    rows = await connection.fetch(
        "SELECT file, month, rows, digest, kind FROM archives ORDER BY month, archived_at, file"
    )
    return [Archive(*row) for row in rows]
