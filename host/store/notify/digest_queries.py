"""The tasks that a digest lists: open ones that are overdue, and those due by the end of the day."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import orjson

from actors.replies import Json
from host.store.engine import Raw
from host.store.read_model.days import BEFORE_DAY, Midnight

MOST: Final = 25  # of each kind; a digest gives only the number of the others


@dataclass(frozen=True, slots=True)
class DigestTasks:
    """The first tasks by due instant, as (title, due, due instant), and the number of all."""

    tasks: list[tuple[str, Json, datetime]]
    total: int


async def overdue(connection: Raw, user_id: str, now: datetime) -> DigestTasks:
    return await _tasks(connection, "overdue_at <= $2", user_id, now)


async def ahead(connection: Raw, user_id: str, now: datetime, until: Midnight) -> DigestTasks:
    """Returns tasks that are not overdue yet and due before the day that begins `until` then."""
    condition = f"overdue_at > $2 AND due_at < $3 AND {BEFORE_DAY.format(day='$4', midnight='$5')}"
    return await _tasks(connection, condition, user_id, now, until.latest, until.day, until.instant)


async def _tasks(connection: Raw, condition: str, *arguments: Any) -> DigestTasks:
    rows = await connection.fetch(
        f"""SELECT title, (body->'due')::text AS due, due_at, count(*) OVER () FROM tasks
            WHERE user_id = $1 AND status = 'open' AND deleted_at IS NULL AND NOT purged AND {condition}
            ORDER BY due_at, id LIMIT {MOST}""",  # noqa: S608  the condition is one of the two above
        *arguments,
    )
    return DigestTasks([(row[0], orjson.loads(row[1]), row[2]) for row in rows], rows[0][3] if rows else 0)
