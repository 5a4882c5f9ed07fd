"""Time zone rules: the version that stored instants follow, and the tasks, series and users that an update may move."""

from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson

from host.store.engine import Raw
from host.store.upkeep import versions

_NAME: Final = "tzdata"


class DueRow(NamedTuple):
    """An open task with a due; `zone` is its owner's."""

    task_id: str
    user_id: str
    due: dict[str, Any]
    due_at: datetime
    overdue_at: datetime
    zone: str


async def version(connection: Raw) -> str | None:
    """Returns the version of the rules that stored instants follow; None before the first check."""
    return await versions.find(connection, _NAME)


async def set_version(connection: Raw, value: str) -> None:
    await versions.set_version(connection, _NAME, value)


async def dues(connection: Raw, after: str, limit: int) -> list[DueRow]:
    """Returns the next open tasks with a due after an id, by id."""
    rows = await connection.fetch(
        """SELECT t.id, t.user_id, (t.body->'due')::text, t.due_at, t.overdue_at, u.zone
           FROM tasks t JOIN users u ON u.id = t.user_id
           WHERE t.id > $1 AND t.status = 'open' AND t.deleted_at IS NULL AND NOT t.purged
             AND t.overdue_at IS NOT NULL
           ORDER BY t.id LIMIT $2""",
        after,
        limit,
    )
    return [DueRow(row[0], row[1], orjson.loads(row[2]), *row[3:]) for row in rows]


async def active_series(connection: Raw) -> list[tuple[str, str]]:
    """Returns (series, user) of all active series that wait for a slot."""
    rows = await connection.fetch(
        "SELECT id, user_id FROM series WHERE status = 'active' AND next_at IS NOT NULL ORDER BY id"
    )
    return [(row[0], row[1]) for row in rows]


async def users_with_digest(connection: Raw) -> list[str]:
    rows = await connection.fetch(
        "SELECT id FROM users WHERE deleted_at IS NULL AND defaults->>'digest_at' IS NOT NULL ORDER BY id"
    )
    return [row[0] for row in rows]
