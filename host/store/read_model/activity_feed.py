"""Reads for the live stream: what came after a position, for many users in one query."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from host.store.engine import Raw
from host.store.read_model.activity_queries import FIRST_OF_TURN


@dataclass(slots=True)
class StreamRow:
    """One row of activity. `body` is the event as text, `first` the first one of its turn where that is another.

    `encoded` is for whoever sends it, once for all listeners.
    """

    position: int
    type: str
    body: str
    first: str | None
    encoded: bytes | None = None


async def newest_position(connection: Raw, user_id: str) -> int:
    """The user's last position; 0 before the first."""
    position = await connection.fetchval("SELECT position FROM user_streams WHERE user_id = $1", user_id)
    return position or 0


async def holds(connection: Raw, user_id: str, position: int) -> bool:
    """Whether that entry is here; an older one may be archived."""
    query = "SELECT EXISTS (SELECT FROM activity WHERE user_id = $1 AND position = $2)"
    found: bool = await connection.fetchval(query, user_id, position)
    return found


async def rows_after(connection: Raw, after: Mapping[str, int], limit: int) -> dict[str, list[StreamRow]]:
    """For each user the rows above the position, in order, at most `limit`."""
    rows = await connection.fetch(
        f"""SELECT x.user_id, activity.position, activity.type, activity.body, {FIRST_OF_TURN}
           FROM unnest($1::text[], $2::bigint[]) AS x (user_id, after)
           CROSS JOIN LATERAL (SELECT position, type, body, event_id, at FROM activity
             WHERE user_id = x.user_id AND position > x.after ORDER BY position LIMIT $3) activity
           ORDER BY x.user_id, activity.position""",  # noqa: S608  our own columns
        list(after.keys()),
        list(after.values()),
        limit,
    )
    found: dict[str, list[StreamRow]] = {}
    for user_id, *row in rows:
        found.setdefault(user_id, []).append(StreamRow(*row))
    return found


async def grown(connection: Raw, after: Mapping[str, int]) -> Sequence[str]:
    """Those of the users whose streams are beyond the position."""
    rows = await connection.fetch(
        """SELECT s.user_id FROM unnest($1::text[], $2::bigint[]) AS x (user_id, after)
           JOIN user_streams s ON s.user_id = x.user_id WHERE s.position > x.after""",
        list(after.keys()),
        list(after.values()),
    )
    return [row[0] for row in rows]
