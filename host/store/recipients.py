"""Those to whom something is to be told: where they live, when they want quiet, and what they were told just now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from host.store.engine import Raw


@dataclass(frozen=True, slots=True)
class Recipient:
    """`quiet` is (start, end) on the wall of `zone`; `told` counts the newest notifications, since `told_since`."""

    zone: str = "UTC"
    quiet: tuple[str, str] | None = None
    told: int = 0
    told_since: datetime | None = None


async def read(
    connection: Raw, user_ids: Sequence[str], *, since: datetime, now: datetime, most: int
) -> dict[str, Recipient]:
    """By user; `told` looks at what was made after `since` and not after `now`, up to `most`.

    What was made while the clock was ahead would else hold up for an hour what is due after it was put back.
    """
    rows = await connection.fetch(
        """SELECT x.user_id, coalesce(u.zone, 'UTC'), u.defaults->'quiet_hours'->>'start',
             u.defaults->'quiet_hours'->>'end', n.told, n.since
           FROM unnest($1::text[]) AS x (user_id) LEFT JOIN users u ON u.id = x.user_id
           CROSS JOIN LATERAL (SELECT count(*) AS told, min(created_at) AS since FROM (
             SELECT created_at FROM notifications WHERE user_id = x.user_id AND created_at > $2 AND created_at <= $3
             ORDER BY created_at DESC LIMIT $4)) n""",
        user_ids,
        since,
        now,
        most,
    )
    return {row[0]: Recipient(row[1], (row[2], row[3]) if row[2] else None, row[4], row[5]) for row in rows}
