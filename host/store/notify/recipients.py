"""Users to notify: their zones and quiet hours, and how many notifications they had just now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from host.store.engine import Raw
from host.store.turns import profiles
from host.store.turns.profiles import Profile


@dataclass(frozen=True, slots=True)
class Recipient:
    """`quiet` is (start, end) as times in `zone`; `notified` counts recent notifications, since `notified_since`."""

    zone: str
    quiet: tuple[str, str] | None = None
    notified: int = 0
    notified_since: datetime | None = None


async def read(
    connection: Raw, user_ids: Sequence[str], *, since: datetime, now: datetime, most: int
) -> dict[str, Recipient]:
    """Returns recipients by user id, without users whose actors have not committed yet.

    `notified` counts up to `most` notifications made after `since` and not after `now`: those made while the clock
    was ahead must not hold up deliveries after it was put back.
    """
    known = await profiles.read(connection, user_ids)
    rows = await connection.fetch(
        """SELECT x.user_id, n.notified, n.since FROM unnest($1::text[]) AS x (user_id)
           CROSS JOIN LATERAL (SELECT count(*) AS notified, min(created_at) AS since FROM (
             SELECT created_at FROM notifications WHERE user_id = x.user_id AND created_at > $2 AND created_at <= $3
             ORDER BY created_at DESC LIMIT $4)) n""",
        list(known),
        since,
        now,
        most,
    )
    return {row[0]: Recipient(known[row[0]].zone, _quiet(known[row[0]]), row[1], row[2]) for row in rows}


def _quiet(profile: Profile) -> tuple[str, str] | None:
    hours = profile.defaults.get("quiet_hours")
    return (hours["start"], hours["end"]) if hours else None
