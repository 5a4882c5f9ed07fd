"""Those to whom something is to be told: where they live, when they want quiet, and what they were told just now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from host.store.engine import Raw
from host.store.turns import profiles
from host.store.turns.profiles import Profile


@dataclass(frozen=True, slots=True)
class Recipient:
    """`quiet` is (start, end) on the wall of `zone`; `told` counts the newest notifications, since `told_since`."""

    zone: str
    quiet: tuple[str, str] | None = None
    told: int = 0
    told_since: datetime | None = None


async def read(
    connection: Raw, user_ids: Sequence[str], *, since: datetime, now: datetime, most: int
) -> dict[str, Recipient]:
    """By user, without those who are not there yet; `told` looks at what was made after `since` and not after `now`,
    up to `most`.

    What was made while the clock was ahead would else hold up for an hour what is due after it was put back.
    """
    people = await profiles.read(connection, user_ids)
    rows = await connection.fetch(
        """SELECT x.user_id, n.told, n.since FROM unnest($1::text[]) AS x (user_id)
           CROSS JOIN LATERAL (SELECT count(*) AS told, min(created_at) AS since FROM (
             SELECT created_at FROM notifications WHERE user_id = x.user_id AND created_at > $2 AND created_at <= $3
             ORDER BY created_at DESC LIMIT $4)) n""",
        list(people),
        since,
        now,
        most,
    )
    return {row[0]: Recipient(people[row[0]].zone, _quiet(people[row[0]]), row[1], row[2]) for row in rows}


def _quiet(person: Profile) -> tuple[str, str] | None:
    hours = person.defaults.get("quiet_hours")
    return (hours["start"], hours["end"]) if hours else None
