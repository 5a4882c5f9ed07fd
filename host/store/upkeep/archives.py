"""The table `archives`: the catalogue of the archive's files, of activity and of the reminder ledger."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import NamedTuple

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.engine import Raw
from host.store.read_model.activity_partitions import month_of
from host.store.upkeep.tables import archives


class Archive(NamedTuple):
    """One file: `digest` is the sha256 over the hashes of its rows, in their order; `kind` is activity or ledger."""

    file: str
    month: date
    rows: int
    digest: str
    kind: str = "activity"


async def add(connection: Raw, archive: Archive, now: datetime, *, cleared: bool) -> None:
    """Enters the file; `cleared` says that its rows are gone from their table. Raises where the name is taken."""
    await connection.execute(
        """INSERT INTO archives (file, month, rows, digest, kind, archived_at, cleared)
           VALUES ($1, $2, $3, $4, $5, $6, $7)""",
        *archive,
        now,
        cleared,
    )


async def listed(connection: Raw) -> Sequence[Archive]:
    """Returns the whole catalogue, in the order of the months."""
    return await _listed(connection, "true")


async def uncleared(connection: Raw) -> Sequence[Archive]:
    """Returns the files whose rows may still be in their table too."""
    return await _listed(connection, "NOT cleared")


async def activity_archived_before(connection: AsyncConnection) -> datetime | None:
    """Returns the instant before which all months are in the archive and not in the table; None if none is."""
    month = await connection.scalar(select(func.max(archives.c.month)).where(archives.c.kind == "activity"))
    return None if month is None else datetime.combine(month_of(month, 1), time(), UTC)


async def mark_cleared(connection: Raw, archive: Archive) -> None:
    await connection.execute("UPDATE archives SET cleared = true WHERE file = $1", archive.file)


async def _listed(connection: Raw, condition: str) -> Sequence[Archive]:
    rows = await connection.fetch(
        f"""SELECT file, month, rows, digest, kind FROM archives WHERE {condition}
            ORDER BY month, archived_at, file"""  # noqa: S608  one of the two above
    )
    return [Archive(*row) for row in rows]
