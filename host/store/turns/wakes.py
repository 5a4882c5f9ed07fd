"""The table `wakes`: which actor should wake when, and whether the scheduler knows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from host.store.engine import Raw

Actor = tuple[str, str]  # type, id
FIRST: Final[Actor] = ("", "")  # before every actor

# How much longer a wake that fails through a bug rests after each try: 0, 2, 6, 14 s … a quarter of an hour.
_REST: Final = "make_interval(secs => greatest(least(2 ^ least(fails + 1, 10), 900) - 2, 0))"


async def note_armed(connection: Raw, armed: Sequence[tuple[str, str, datetime]], now: datetime) -> None:
    """(type, id, wake): registered with the scheduler; a wake that has moved since stays unarmed.

    It counts as untried again, so that what was tried stays few and is quickly gone through.
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
    """Wakes that nobody registered in time, untried and then least recently tried first; marks them as tried.

    How long a turn has had to register its own is no matter of our clock: the database set `set_at` and judges it.
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
    """Wakes whose time has passed without a turn, in the order of `take_unarmed`; marks them as tried."""
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
    """Their wakes failed through a bug, and rest for longer each time; not one that was set anew meanwhile.

    The rest is added to when they were tried, so that those to try again stand first in an index.
    """
    await connection.execute(
        f"""UPDATE wakes w SET fails = fails + 1, tried_at = tried_at + {_REST}
            FROM unnest($1::text[], $2::text[]) AS x (actor_type, actor_id)
            WHERE w.actor_type = x.actor_type AND w.actor_id = x.actor_id AND tried_at IS NOT NULL""",  # noqa: S608
        [actor_type for actor_type, _ in actors],
        [actor_id for _, actor_id in actors],
    )


async def try_failing_again(connection: Raw) -> None:
    """Those that fail through a bug are tried as if for the first time."""
    await connection.execute("UPDATE wakes SET tried_at = NULL WHERE fails > 0 AND tried_at IS NOT NULL")


async def forget_armed(connection: Raw, after: Actor, limit: int) -> tuple[int, Actor | None]:
    """The scheduler has lost its data: of the next wakes after that actor's none counts as registered any more.

    Gives how many did, and the actor to go on after; None when these were the last.
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
    """The earliest instant at which any actor should wake; of one that rests after a bug, when it is tried again."""
    earliest: datetime | None = await connection.fetchval(
        """SELECT least((SELECT min(wake_at) FROM wakes WHERE fails = 0),
                        (SELECT min(greatest(wake_at, tried_at + interval '2 s')) FROM wakes WHERE fails > 0))"""
    )
    return earliest


async def counts(connection: Raw, *, grace_seconds: float, overdue_since: datetime) -> tuple[int, int, int]:
    """How many are unarmed beyond the grace, how many overdue, and how many besides those fail through a bug."""
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
