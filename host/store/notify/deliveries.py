"""The table `deliveries`: firings of reminders, and tasks that fell overdue, owed to users on a channel.

A delivery is identified by reminder, firing and channel. For an overdue task, `reminder_id` is the task's id and
`firing` its version.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import groupby
from typing import Any, Final, Literal

from sqlalchemy import Row, select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.engine import Raw
from host.store.notify.tables import deliveries


@dataclass(frozen=True, slots=True)
class Delivery:
    """A delivery that may go out from `due_at` on; `late_seconds` is set for a reminder that fired late.

    Deliveries of one `change_set` go out as one.
    """

    reminder_id: str
    firing: int
    channel: str
    user_id: str
    task_id: str
    due_at: datetime
    late_seconds: float | None
    version: int
    title: str
    body: str
    correlation_id: str | None
    fired_at: datetime
    kind: Literal["reminder", "overdue"] = "reminder"
    change_set: str | None = None

    @property
    def name(self) -> str:
        return f"Delivery:{self.reminder_id}:{self.firing}:{self.channel}"


_DELIVERY: Final = tuple(field.name for field in fields(Delivery))
_COLUMNS: Final = ", ".join(f"d.{name}" for name in _DELIVERY)
# PostgreSQL reads by the user's index: || '' hides the channel from the index that has every user's deliveries.
_IN_CHANNEL: Final = "channel || '' = $1"

# The firing of a delivery `d`, if its person is still to react to it; `r` and `t` are the rows of its reminder and task.
_WAITS: Final = """
SELECT FROM jsonb_to_recordset(r.firings) AS f (firing integer, status text, acknowledged_at text, snoozed boolean)
WHERE f.firing = d.firing AND f.status = 'fired' AND f.acknowledged_at IS NULL
  AND (f.snoozed OR r.at IS NOT NULL OR t.due_at IS NOT NULL)"""


async def add(
    connection: Raw, deliveries: Sequence[Delivery], now: datetime, *, silent: bool = False
) -> set[tuple[str, int]]:
    """Adds missing deliveries, as sent if they may go out now; returns (reminder, firing) of those sent.

    `silent` ones are cancelled from the beginning: another one tells.
    """
    rows = await connection.fetch(
        """INSERT INTO deliveries (reminder_id, firing, channel, user_id, task_id, due_at, late_seconds,
             version, title, body, correlation_id, fired_at, kind, change_set, status, sent_at, attempts)
           SELECT x.*, CASE WHEN $16 THEN 'cancelled' WHEN due_at <= $15 THEN 'sent' ELSE 'pending' END,
             CASE WHEN NOT $16 AND due_at <= $15 THEN $15 END, (NOT $16 AND due_at <= $15)::integer
           FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::float8[],
             $8::bigint[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::text[], $14::text[])
             AS x (reminder_id, firing, channel, user_id, task_id, due_at)
           ON CONFLICT DO NOTHING RETURNING reminder_id, firing, status""",
        *([getattr(delivery, name) for delivery in deliveries] for name in _DELIVERY),
        now,
        silent,
    )
    return {(row[0], row[1]) for row in rows if row[2] == "sent"}


async def mark_sent(connection: Raw, deliveries: Sequence[Delivery], now: datetime) -> None:
    await connection.execute(
        """UPDATE deliveries d SET status = 'sent', sent_at = $4, attempts = attempts + 1
           FROM unnest($1::text[], $2::integer[], $3::text[]) AS x (reminder_id, firing, channel)
           WHERE d.reminder_id = x.reminder_id AND d.firing = x.firing AND d.channel = x.channel""",
        [delivery.reminder_id for delivery in deliveries],
        [delivery.firing for delivery in deliveries],
        [delivery.channel for delivery in deliveries],
        now,
    )


async def users_due(
    connection: Raw, channel: str, now: datetime, limit: int, without: Collection[str] = ()
) -> list[tuple[str, int]]:
    """Returns (user, number) of pending deliveries that may go out, the user who has waited longest first.

    `without` leaves out some users.
    """
    rows = await connection.fetch(
        """SELECT user_id, count(*) FROM deliveries WHERE status = 'pending' AND channel = $1 AND due_at <= $2
             AND NOT user_id = ANY($4)
           GROUP BY user_id ORDER BY min(due_at) LIMIT $3""",
        channel,
        now,
        limit,
        list(without),
    )
    return [(row[0], row[1]) for row in rows]


async def next_due(connection: Raw, channel: str) -> datetime | None:
    """Returns the earliest instant at which a pending delivery may go out."""
    earliest: datetime | None = await connection.fetchval(
        "SELECT min(due_at) FROM deliveries WHERE status = 'pending' AND channel = $1", channel
    )
    return earliest


async def hold(connection: Raw, channel: str, user_ids: Sequence[str], limit: int) -> list[list[Delivery]]:
    """Locks and returns pending deliveries, one list for each user who has any, earliest first, `limit` at most."""
    rows = await connection.fetch(
        f"""SELECT {_COLUMNS} FROM unnest($2::text[]) AS x (user_id) CROSS JOIN LATERAL (
              SELECT * FROM deliveries WHERE status = 'pending' AND user_id = x.user_id AND {_IN_CHANNEL}
              ORDER BY fired_at - make_interval(secs => coalesce(late_seconds, 0)), reminder_id, firing
              LIMIT $3 FOR UPDATE) d""",  # noqa: S608  column names only
        channel,
        user_ids,
        limit,
    )
    return [list(each) for _, each in groupby((Delivery(*row) for row in rows), lambda delivery: delivery.user_id)]


async def postpone(connection: Raw, channel: str, until: Mapping[str, datetime]) -> None:
    """Sets `due_at` of all pending deliveries of users, given as user: instant."""
    await connection.execute(
        f"""UPDATE deliveries SET due_at = ($3::timestamptz[])[array_position($2::text[], user_id)]
            WHERE status = 'pending' AND user_id = ANY($2) AND {_IN_CHANNEL}""",  # noqa: S608  our own name
        channel,
        list(until),
        list(until.values()),
    )


async def look_again(connection: Raw, until: datetime, user_ids: Sequence[str] | None = None) -> None:
    """Brings pending deliveries of users (None: all) forward to `until`, because their choices have changed."""
    await connection.execute(
        """UPDATE deliveries SET due_at = $1 WHERE status = 'pending' AND due_at > $1
           AND ($2::text[] IS NULL OR user_id = ANY($2))""",
        until,
        user_ids,
    )


async def cancel_answered(connection: Raw, keys: Sequence[tuple[str, int]]) -> list[Delivery]:
    """Cancels and returns pending deliveries of (reminder, firing) and of earlier firings: the user has reacted."""
    rows = await connection.fetch(
        f"""UPDATE deliveries d SET status = 'cancelled'
            FROM unnest($1::text[], $2::integer[]) AS x (reminder_id, firing)
            WHERE d.status = 'pending' AND d.reminder_id = x.reminder_id AND d.firing <= x.firing
            RETURNING {_COLUMNS}""",  # noqa: S608  column names only
        [key[0] for key in keys],
        [key[1] for key in keys],
    )
    return [Delivery(*row) for row in rows]


async def cancel_moot(connection: Raw, channel: str, user_ids: Sequence[str], now: datetime) -> list[Delivery]:
    """Cancels and returns pending deliveries of tasks that are done, deleted, acknowledged or moved since.

    A reminder before a due that was taken away is moot, too. Only where the read model shows the task in the version of
    the firing or a later one.
    """
    rows = await connection.fetch(
        f"""UPDATE deliveries d SET status = 'cancelled'
            WHERE d.status = 'pending' AND d.user_id = ANY($2) AND {_IN_CHANNEL} AND EXISTS (
              SELECT FROM tasks t LEFT JOIN reminders r ON r.task_id = t.id AND r.id = d.reminder_id
              WHERE t.id = d.task_id AND t.version >= d.version AND (
                t.status = 'completed' OR t.deleted_at IS NOT NULL OR t.purged
                OR CASE d.kind WHEN 'overdue' THEN t.overdue_at IS NULL OR t.overdue_at > $3
                   ELSE r.id IS NULL OR CASE WHEN r.firings IS NULL
                     THEN r.firing > d.firing OR r.acknowledged_at IS NOT NULL
                     ELSE NOT EXISTS ({_WAITS}) END END))
            RETURNING {_COLUMNS}""",  # noqa: S608  column names and our own condition
        channel,
        user_ids,
        now,
    )
    return [Delivery(*row) for row in rows]


async def of_reminder(
    connection: AsyncConnection, user_id: str, task_id: str, reminder_id: str
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Returns rows of `deliveries`, in the order of firings."""
    statement = (
        select(deliveries)
        .where(
            deliveries.c.task_id == task_id, deliveries.c.reminder_id == reminder_id, deliveries.c.user_id == user_id
        )
        .order_by(deliveries.c.firing, deliveries.c.channel)
    )
    return (await connection.execute(statement)).all()
