"""What a daily digest lists: the open tasks that are overdue, and those due until the end of the day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from actors.replies import Json
from host.store.engine import Raw

MOST: Final = 25  # of each kind; of the rest a digest says only how many


@dataclass(frozen=True, slots=True)
class Part:
    """The first tasks, by due, as (title, due, instant of due), and how many there are in all."""

    tasks: list[tuple[str, Json, datetime]]
    total: int


async def overdue(connection: Raw, user_id: str, now: datetime) -> Part:
    return await _part(connection, "overdue_at <= $2", user_id, now)


async def ahead(connection: Raw, user_id: str, now: datetime, until: datetime) -> Part:
    """Not overdue yet, and due before `until`."""
    return await _part(connection, "overdue_at > $2 AND due_at < $3", user_id, now, until)


async def _part(connection: Raw, condition: str, *arguments: Any) -> Part:
    rows = await connection.fetch(
        f"""SELECT title, (body->'due')::text AS due, due_at, count(*) OVER () FROM tasks
            WHERE user_id = $1 AND status = 'open' AND deleted_at IS NULL AND NOT purged AND {condition}
            ORDER BY due_at, id LIMIT {MOST}""",  # noqa: S608  the condition is one of the two above
        *arguments,
    )
    return Part([(row[0], orjson.loads(row[1]), row[2]) for row in rows], rows[0][3] if rows else 0)
