"""What the archive does to the reminder ledger: which rows may go, in pages, and deleting those that a file holds.

No transaction spans a page: rows that are this old change no more. A reminder's rows stay for as long as it is pending.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from host.store.engine import Raw
from host.store.upkeep.archives import Archive

KIND: Final = "ledger"


class Place(NamedTuple):
    """Where a row stands in the order of the file."""

    at: datetime
    id: int


START: Final = Place(datetime.min.replace(tzinfo=UTC), 0)


async def page(connection: Raw, after: Place, before: datetime, limit: int) -> list[tuple[Place, str]]:
    """The next rows, as JSON, that are older than that and of no pending reminder."""
    # No NOT EXISTS: that becomes a join, which may read every reminder there is for a page.
    rows = await connection.fetch(
        """SELECT l.at, l.id, row_to_json(l)::text FROM reminder_ledger l
           WHERE (l.at, l.id) > ($1, $2) AND l.at < $3 AND NOT coalesce((
             SELECT r.status = 'pending' FROM reminders r WHERE r.task_id = l.task_id AND r.id = l.reminder_id), false)
           ORDER BY l.at, l.id LIMIT $4""",
        *after,
        before,
        limit,
    )
    return [(Place(row[0], row[1]), row[2]) for row in rows]


async def enter(connection: Raw, archive: Archive, now: datetime) -> None:
    """Name the file in the catalogue, its rows to be deleted. Raises where the name is taken."""
    await connection.execute(
        """INSERT INTO archives (file, month, rows, digest, kind, archived_at, cleared)
           VALUES ($1, $2, $3, $4, $5, $6, false)""",
        *archive,
        now,
    )


async def uncleared(connection: Raw) -> list[Archive]:
    """Files of which rows may still be in the table."""
    rows = await connection.fetch(
        "SELECT file, month, rows, digest, kind FROM archives WHERE NOT cleared ORDER BY month, archived_at, file"
    )
    return [Archive(*row) for row in rows]


async def remove(connection: Raw, ids: Sequence[int]) -> None:
    await connection.execute("DELETE FROM reminder_ledger WHERE id = ANY($1)", ids)


async def cleared(connection: Raw, archive: Archive) -> None:
    await connection.execute("UPDATE archives SET cleared = true WHERE file = $1", archive.file)
