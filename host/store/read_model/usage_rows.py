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
    """Counts what the user stores, and adds what the row was wrong by; no projector waits meanwhile.

    The count and the row are of one instant, and a projector writes both in one transaction. So what it adds after that
    instant is in neither.
    """
    await connection.execute(_BEGIN, user_id)
    async with connection.transaction():
        await connection.execute(f"SET LOCAL statement_timeout = '{_COUNT_SECONDS}s'")
        wrong_by = await connection.fetchrow(_WRONG_BY, user_id, timeout=_COUNT_SECONDS + 2)
    if wrong_by is not None:
        await connection.execute(_MEND, user_id, *wrong_by, now)


_COUNT_SECONDS: Final = 60
_BEGIN: Final = "INSERT INTO usage (user_id, tasks, series, bytes) VALUES ($1, 0, 0, 0) ON CONFLICT DO NOTHING"
_WRONG_BY: Final = f"""
SELECT t.count - u.tasks, s.count - u.series, (t.bytes + s.bytes - u.bytes)::bigint, u.counted_at
FROM usage u,
  (SELECT count(*), coalesce(sum({TASK_BYTES}), 0) AS bytes FROM tasks WHERE user_id = $1 AND NOT purged) t,
  (SELECT count(*), coalesce(sum({SERIES_BYTES}), 0) AS bytes FROM series
   WHERE user_id = $1 AND status <> 'deleted') s
WHERE u.user_id = $1"""  # noqa: S608  our own names
# Another process that counted meanwhile has added the same.
_MEND: Final = """
UPDATE usage SET tasks = tasks + $2, series = series + $3, bytes = bytes + $4, counted_at = $6
WHERE user_id = $1 AND counted_at IS NOT DISTINCT FROM $5"""


async def remove_deleted(connection: Raw) -> None:
    """Removes the rows of deleted users."""
    await connection.execute("DELETE FROM usage g USING users u WHERE u.id = g.user_id AND u.deleted_at IS NOT NULL")
