"""Ledger entries to archive: which may go, in batches, and deleting those that a file holds.

No transaction spans a batch: entries of that age no longer change. A reminder's entries stay while it is pending.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, NamedTuple

from host.store.engine import Raw

KIND: Final = "ledger"


class Place(NamedTuple):
    """Where an entry stands in the order of the file."""

    at: datetime
    id: int


START: Final = Place(datetime.min.replace(tzinfo=UTC), 0)


async def next_rows(connection: Raw, after: Place, before: datetime, limit: int) -> list[tuple[Place, str]]:
    """Returns the next entries after a place, as JSON, that are older than `before` and of no pending reminder."""
    # No NOT EXISTS: that becomes a join, which may read every reminder there is for one batch.
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


async def remove(connection: Raw, ids: Sequence[int]) -> None:
    await connection.execute("DELETE FROM reminder_ledger WHERE id = ANY($1)", ids)
