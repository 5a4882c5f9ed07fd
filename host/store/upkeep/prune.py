"""Deleting rows that have served their purpose, in batches so that nobody waits for long."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from host.store.engine import Raw

ROWS_AT_ONCE: Final = 5_000

# Tables that are pruned by age alone, with the condition; `$1` is the instant before which rows go.
BY_AGE: Final = {
    "commands": "at < $1",
    "sessions": "expires_at < $1",
    "plans": "expires_at < $1",
    "rate_counts": "ends_at < $1",
    "notifications": "created_at < $1",
    "deliveries": "status <> 'pending' AND due_at < $1",
}


async def outbox(
    connection: Raw,
    consumers: Sequence[str],
    *,
    above: int,
    before: datetime,
    needs_broker: bool,
    limit: int = ROWS_AT_ONCE,
) -> tuple[int, int]:
    """Removes the next outbox rows above a position, with their inbox rows: all consumers and the broker have them.

    Returns the number removed and the position of the last. The caller passes that position as the next `above`: while
    a long transaction runs, a scan from below would go through all dead rows again. Rows go strictly in order, so a
    row that must stay keeps all later ones.
    """
    async with connection.transaction():
        last = await connection.fetchval(
            """SELECT max(position) FROM (
                 SELECT position, bool_and(created_at < $1 AND (NOT $2 OR published_at IS NOT NULL))
                   OVER (ORDER BY position) AS may_go
                 FROM (SELECT position, created_at, published_at FROM outbox WHERE position > $5 ORDER BY position LIMIT $4))
               WHERE may_go AND position <= (SELECT CASE WHEN count(*) = cardinality($3::text[])
                 THEN min(position) ELSE 0 END FROM watermarks WHERE consumer = ANY($3))""",
            before,
            needs_broker,
            consumers,
            limit,
            above,
        )
        if last is None:
            return 0, above
        await connection.execute("DELETE FROM inbox WHERE position > $1 AND position <= $2", above, last)
        removed = await connection.execute("DELETE FROM outbox WHERE position > $1 AND position <= $2", above, last)
        return _count(removed), last


async def by_age(connection: Raw, table: str, before: datetime, *, limit: int = ROWS_AT_ONCE) -> int:
    """Removes the next rows of a table of BY_AGE; returns their number."""
    status = await connection.execute(
        f"""DELETE FROM {table} WHERE ctid = ANY(ARRAY(
              SELECT ctid FROM {table} WHERE {BY_AGE[table]} LIMIT {limit}))""",  # noqa: S608  our own names
        before,
    )
    return _count(status)


async def trash(connection: Raw, *, deleted_before: datetime, limit: int) -> list[tuple[str, str, datetime]]:
    """Returns (task, user, deleted at) of tasks that were deleted before `deleted_before`, oldest first."""
    rows = await connection.fetch(
        """SELECT id, user_id, deleted_at FROM tasks WHERE deleted_at < $1 AND NOT purged
           ORDER BY deleted_at LIMIT $2""",
        deleted_before,
        limit,
    )
    return [(row[0], row[1], row[2]) for row in rows]


def _count(status: str) -> int:
    return int(status.rpartition(" ")[2])
