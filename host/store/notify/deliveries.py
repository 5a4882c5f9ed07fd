"""Deliveries of fired reminders and of overdue notifications, and the in-app notifications they become.

One a reminder, firing and channel; for an overdue notification the task's id stands for the reminder's, its version for the
firing.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import groupby
from typing import Final, Literal

from actors.replies import Json
from host.store.engine import Raw


@dataclass(frozen=True, slots=True)
class Delivery:
    """`due_at`: not before this instant. `late_seconds` stands for a reminder that fired late."""

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

    @property
    def name(self) -> str:
        return f"Delivery:{self.reminder_id}:{self.firing}:{self.channel}"


_DELIVERY: Final = tuple(field.name for field in fields(Delivery))
_COLUMNS: Final = ", ".join(f"d.{name}" for name in _DELIVERY)
# By the user's index: || '' hides the channel from the other one, in which everybody's pending deliveries stand.
_IN_CHANNEL: Final = "channel || '' = $1"


async def add(connection: Raw, deliveries: Sequence[Delivery], now: datetime) -> set[tuple[str, int]]:
    """Note those that are not there yet, as sent where they may go out now; gives (reminder, firing) of these."""
    rows = await connection.fetch(
        """INSERT INTO deliveries (reminder_id, firing, channel, user_id, task_id, due_at, late_seconds,
             version, title, body, correlation_id, fired_at, kind, status, sent_at, attempts)
           SELECT x.*, CASE WHEN due_at <= $14 THEN 'sent' ELSE 'pending' END, CASE WHEN due_at <= $14 THEN $14 END,
             (due_at <= $14)::integer
           FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::float8[],
             $8::bigint[], $9::text[], $10::text[], $11::text[], $12::timestamptz[], $13::text[])
             AS x (reminder_id, firing, channel, user_id, task_id, due_at)
           ON CONFLICT DO NOTHING RETURNING reminder_id, firing, status""",
        *([getattr(delivery, name) for delivery in deliveries] for name in _DELIVERY),
        now,
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
    """Users who have pending deliveries that may go out, and how many; who waits for the longest comes first.

    `without` some users.
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
    """The earliest instant at which a pending delivery may go out."""
    earliest: datetime | None = await connection.fetchval(
        "SELECT min(due_at) FROM deliveries WHERE status = 'pending' AND channel = $1", channel
    )
    return earliest


async def hold(connection: Raw, channel: str, user_ids: Sequence[str], limit: int) -> list[list[Delivery]]:
    """The pending deliveries of each user who has any, those first whose time was first and up to a limit; held until
    the transaction ends.
    """
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
    """By user the instant before which nothing of what is pending is told."""
    await connection.execute(
        f"""UPDATE deliveries SET due_at = ($3::timestamptz[])[array_position($2::text[], user_id)]
            WHERE status = 'pending' AND user_id = ANY($2) AND {_IN_CHANNEL}""",  # noqa: S608  our own name
        channel,
        list(until),
        list(until.values()),
    )


async def look_again(connection: Raw, until: datetime, user_ids: Sequence[str] | None = None) -> None:
    """What these users (None: all) have pending is looked at again at `until`: what they had chosen has changed."""
    await connection.execute(
        """UPDATE deliveries SET due_at = $1 WHERE status = 'pending' AND due_at > $1
           AND ($2::text[] IS NULL OR user_id = ANY($2))""",
        until,
        user_ids,
    )


async def cancel_answered(connection: Raw, keys: Sequence[tuple[str, int]]) -> list[Delivery]:
    """(reminder, firing): what is answered before it was told, with all before it, needs no telling any more."""
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
    """What is done, gone, answered or moved since, as the read model has it where it knows of the firing."""
    rows = await connection.fetch(
        f"""UPDATE deliveries d SET status = 'cancelled'
            WHERE d.status = 'pending' AND d.user_id = ANY($2) AND {_IN_CHANNEL} AND EXISTS (
              SELECT FROM tasks t LEFT JOIN reminders r ON r.task_id = t.id AND r.id = d.reminder_id
              WHERE t.id = d.task_id AND t.version >= d.version AND (
                t.status = 'completed' OR t.deleted_at IS NOT NULL OR t.purged
                OR CASE d.kind WHEN 'overdue' THEN t.overdue_at IS NULL OR t.overdue_at > $3
                   ELSE r.id IS NULL OR r.firing > d.firing OR r.acknowledged_at IS NOT NULL END))
            RETURNING {_COLUMNS}""",  # noqa: S608  column names only
        channel,
        user_ids,
        now,
    )
    return [Delivery(*row) for row in rows]


async def notify(connection: Raw, notifications: Sequence[tuple[str, int | None, Json]]) -> None:
    """(user, firing, notification): into the notification centre; one that is there already stays as it is."""
    await connection.execute(
        """INSERT INTO notifications (user_id, firing, id, kind, task_id, reminder_id, title, body, late_seconds,
             created_at)
           SELECT user_id, firing, id, kind, task_id, reminder_id, title, body, late_seconds, created_at::timestamptz
           FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::text[], $9::float8[], $10::text[])
             AS x (user_id, firing, id, kind, task_id, reminder_id, title, body, late_seconds, created_at)
           ON CONFLICT DO NOTHING""",
        [user_id for user_id, _, _ in notifications],
        [firing for _, firing, _ in notifications],
        *([notification[name] for _, _, notification in notifications] for name in _NOTIFICATION),
    )


_NOTIFICATION: Final = ("id", "kind", "task_id", "reminder_id", "title", "body", "late_seconds", "created_at")


async def acknowledge(connection: Raw, keys: Sequence[tuple[str, int, str]]) -> None:
    """(reminder, firing, when): what was acknowledged is read, too, and so is each earlier firing."""
    await connection.execute(
        """UPDATE notifications n SET acknowledged_at = coalesce(n.acknowledged_at, x.at::timestamptz),
             read_at = coalesce(n.read_at, x.at::timestamptz)
           FROM unnest($1::text[], $2::integer[], $3::text[]) AS x (reminder_id, firing, at)
           WHERE n.reminder_id = x.reminder_id AND n.firing <= x.firing""",
        [key[0] for key in keys],
        [key[1] for key in keys],
        [key[2] for key in keys],
    )
