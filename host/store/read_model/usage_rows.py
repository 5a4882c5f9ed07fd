"""Writing how much each user stores: the projector adds every change, and the pruner counts anew each day."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, NamedTuple

from host.store.engine import Raw

# What a row of tasks or series takes up: its content as JSON. What is gone for good counts nothing, though its row stays.
TASK_BYTES: Final = "CASE WHEN purged THEN 0 ELSE octet_length(body::text) END"
SERIES_BYTES: Final = "CASE WHEN status = 'deleted' THEN 0 ELSE octet_length(body::text) END"


class Change(NamedTuple):
    """By how much a user stores more (or, below zero, less) than before."""

    user_id: str
    tasks: int
    series: int
    bytes: int


async def add(connection: Raw, changes: Iterable[Change]) -> None:
    """Adds the changes, once a transaction: the rows stay locked until its end, and are locked in the order of users."""
    sums: dict[str, tuple[int, int, int]] = {}
    for user_id, *numbers in changes:
        tasks, series, size = sums.get(user_id, (0, 0, 0))
        sums[user_id] = (tasks + numbers[0], series + numbers[1], size + numbers[2])
    changed = sorted((user_id, *numbers) for user_id, numbers in sums.items() if any(numbers))
    if changed:
        await connection.execute(_ADD, *(list(column) for column in zip(*changed, strict=True)))


_ADD: Final = """
INSERT INTO usage AS u (user_id, tasks, series, bytes)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[])
ON CONFLICT (user_id) DO UPDATE SET tasks = u.tasks + excluded.tasks, series = u.series + excluded.series,
  bytes = u.bytes + excluded.bytes"""


async def uncounted(connection: Raw, since: datetime, limit: int) -> list[str]:
    """Returns ids of users who were not counted since then, those first who never were."""
    rows = await connection.fetch(
        """SELECT u.id FROM users u LEFT JOIN usage g ON g.user_id = u.id
           WHERE u.deleted_at IS NULL AND (g.counted_at IS NULL OR g.counted_at < $1)
           ORDER BY g.counted_at NULLS FIRST, u.id LIMIT $2""",
        since,
        limit,
    )
    return [row[0] for row in rows]


async def recount(connection: Raw, user_id: str, now: datetime) -> None:
    """Counts what the user stores.

    The row is locked before the count begins: a projector that holds it is waited for and counted, and what one adds
    after that is not counted yet.
    """
    async with connection.transaction():
        await connection.execute(_LOCK, user_id)
        await connection.execute(_RECOUNT, user_id, now)


_LOCK: Final = """
INSERT INTO usage (user_id, tasks, series, bytes) VALUES ($1, 0, 0, 0)
ON CONFLICT (user_id) DO UPDATE SET user_id = excluded.user_id"""
_RECOUNT: Final = f"""
UPDATE usage SET tasks = t.count, series = s.count, bytes = t.bytes + s.bytes, counted_at = $2
FROM (SELECT count(*), coalesce(sum({TASK_BYTES}), 0) AS bytes FROM tasks WHERE user_id = $1 AND NOT purged) t,
  (SELECT count(*), coalesce(sum({SERIES_BYTES}), 0) AS bytes FROM series
   WHERE user_id = $1 AND status <> 'deleted') s
WHERE usage.user_id = $1"""  # noqa: S608  our own names


async def remove_deleted(connection: Raw) -> None:
    """Removes the rows of deleted users."""
    await connection.execute("DELETE FROM usage g USING users u WHERE u.id = g.user_id AND u.deleted_at IS NOT NULL")
