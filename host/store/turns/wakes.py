"""The table `wakes`: when each actor needs its next tick, and whether the scheduler knows.

`armed_at` is when the wake was registered, `tried_at` when the sweeper last tried it, `fails` how often in a row it
failed through a bug.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from host.store.engine import Raw

Actor = tuple[str, str]  # type, id
FIRST: Final[Actor] = ("", "")  # before every actor

# How long a wake that fails through a bug rests after each try: 0, 2, 6, 14 s … a quarter of an hour.
_REST: Final = "make_interval(secs => greatest(least(2 ^ least(fails + 1, 10), 900) - 2, 0))"


async def note_armed(connection: Raw, armed: Sequence[tuple[str, str, datetime]], now: datetime) -> None:
    """Notes that the scheduler knows these (type, id, wake); a wake that has moved since stays unarmed.

    An armed wake counts as untried, so that few wakes count as tried and the sweeper goes through those quickly.
    """
    await connection.execute(
        """UPDATE wakes w SET armed_at = $4, tried_at = NULL
           FROM unnest($1::text[], $2::text[], $3::timestamptz[]) AS x (actor_type, actor_id, wake_at)
           WHERE w.actor_type = x.actor_type AND w.actor_id = x.actor_id AND w.wake_at = x.wake_at""",
        [actor_type for actor_type, _, _ in armed],
        [actor_id for _, actor_id, _ in armed],
        [wake for _, _, wake in armed],
        now,
    )


async def take_unarmed(
    connection: Raw, *, grace_seconds: float, tried_before: datetime, now: datetime, limit: int
) -> list[Actor]:
    """Marks as tried, and returns, wakes that nobody armed in time: untried ones first, then the least recently tried.

    Only the database's clock decides whether the grace is over, because it also set `set_at`.
    """
    return await _take(
        connection,
        "armed_at IS NULL AND set_at <= clock_timestamp() - make_interval(secs => $4) AND wake_at > $1::timestamptz",
        float(grace_seconds),
        tried_before=tried_before,
        now=now,
        limit=limit,
    )


async def take_overdue(
    connection: Raw, *, overdue_since: datetime, tried_before: datetime, now: datetime, limit: int
) -> list[Actor]:
    """Marks as tried, and returns, wakes whose time passed without a turn, in the order of `take_unarmed`."""
    return await _take(
        connection, "wake_at <= $4::timestamptz", overdue_since, tried_before=tried_before, now=now, limit=limit
    )


async def _take(
    connection: Raw,
    condition: str,
    argument: float | datetime,
    *,
    tried_before: datetime,
    now: datetime,
    limit: int,
) -> list[Actor]:
    rows = await connection.fetch(
        f"""WITH untried AS MATERIALIZED (
              SELECT actor_type, actor_id FROM wakes WHERE {condition} AND tried_at IS NULL
              ORDER BY wake_at LIMIT $3 FOR UPDATE SKIP LOCKED),
            again AS MATERIALIZED (
              SELECT actor_type, actor_id FROM wakes WHERE {condition} AND tried_at <= $2::timestamptz
              ORDER BY tried_at, wake_at LIMIT $3 - (SELECT count(*) FROM untried) FOR UPDATE SKIP LOCKED)
            UPDATE wakes w SET tried_at = $1::timestamptz,
              fails = CASE WHEN tried_at IS NULL THEN 0 ELSE fails END -- the trigger clears `tried_at` for a new wake
            FROM (SELECT * FROM untried UNION ALL SELECT * FROM again) x
            WHERE w.actor_type = x.actor_type AND w.actor_id = x.actor_id
            RETURNING w.actor_type, w.actor_id""",  # noqa: S608  the condition is one of the two above
        now,
        tried_before,
        limit,
        argument,
    )
    return [(row[0], row[1]) for row in rows]


async def note_bugs(connection: Raw, actors: Sequence[Actor]) -> None:
    """Notes that the wakes of these actors failed through a bug; each rests for longer with every failure.

    A wake that was set again meanwhile is left alone. The rest is added to `tried_at`, so that the wakes to try again
    stand first in the index.
    """
    await connection.execute(
        f"""UPDATE wakes w SET fails = fails + 1, tried_at = tried_at + {_REST}
            FROM unnest($1::text[], $2::text[]) AS x (actor_type, actor_id)
            WHERE w.actor_type = x.actor_type AND w.actor_id = x.actor_id AND tried_at IS NOT NULL""",  # noqa: S608
        [actor_type for actor_type, _ in actors],
        [actor_id for _, actor_id in actors],
    )


async def try_failing_again(connection: Raw) -> None:
    """Ends the rest of all wakes that failed through a bug."""
    await connection.execute("UPDATE wakes SET tried_at = NULL WHERE fails > 0 AND tried_at IS NOT NULL")


async def forget_armed(connection: Raw, after: Actor, limit: int) -> tuple[int, Actor | None]:
    """Marks the next `limit` wakes after an actor's as unarmed, because the scheduler has lost its data.

    Returns the number of wakes that were armed, and the actor to go on after; None after the last.
    """
    row = await connection.fetchrow(
        """WITH page AS MATERIALIZED (
             SELECT actor_type, actor_id FROM wakes WHERE (actor_type, actor_id) > ($1, $2)
             ORDER BY actor_type, actor_id LIMIT $3 FOR UPDATE),
           forgotten AS (
             UPDATE wakes w SET armed_at = NULL, tried_at = NULL FROM page p
             WHERE w.actor_type = p.actor_type AND w.actor_id = p.actor_id AND w.armed_at IS NOT NULL RETURNING 1)
           SELECT (SELECT count(*) FROM forgotten), actor_type, actor_id
           FROM page ORDER BY actor_type DESC, actor_id DESC LIMIT 1""",
        *after,
        limit,
    )
    return (row[0], (row[1], row[2])) if row else (0, None)


async def next_wake(connection: Raw) -> datetime | None:
    """Returns the earliest instant at which any actor should wake, or a wake that rests after a bug is tried again."""
    earliest: datetime | None = await connection.fetchval(
        """SELECT least((SELECT min(wake_at) FROM wakes WHERE fails = 0),
                        (SELECT min(greatest(wake_at, tried_at + interval '2 s')) FROM wakes WHERE fails > 0))"""
    )
    return earliest


async def counts(connection: Raw, *, grace_seconds: float, overdue_since: datetime) -> tuple[int, int, int]:
    """Returns how many wakes are unarmed after the grace, overdue, and, of the others, failing through a bug."""
    row = await connection.fetchrow(
        """SELECT (SELECT count(*) FROM wakes WHERE armed_at IS NULL AND tried_at IS NULL
                     AND set_at <= clock_timestamp() - make_interval(secs => $1))
                + (SELECT count(*) FROM wakes WHERE armed_at IS NULL AND tried_at IS NOT NULL
                     AND set_at <= clock_timestamp() - make_interval(secs => $1)),
                  (SELECT count(*) FROM wakes WHERE wake_at <= $2 AND (fails = 0 OR tried_at IS NULL)),
                  (SELECT count(*) FROM wakes WHERE fails > 0 AND tried_at IS NOT NULL)""",
        float(grace_seconds),
        overdue_since,
    )
    return row[0], row[1], row[2]
