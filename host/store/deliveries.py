"""Deliveries of fired reminders, one a reminder, firing and channel, and the in-app notifications they become."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from host.store.engine import Raw

Json = dict[str, Any]


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


_DELIVERY = (
    *("reminder_id", "firing", "channel", "user_id", "task_id", "due_at", "late_seconds", "version"),
    *("title", "body", "correlation_id", "fired_at"),
)


async def add(connection: Raw, deliveries: Sequence[Delivery]) -> set[tuple[str, int]]:
    """Note them as pending; gives (reminder, firing) of those that were not there before."""
    rows = await connection.fetch(
        """INSERT INTO deliveries (reminder_id, firing, channel, user_id, task_id, due_at, late_seconds,
             version, title, body, correlation_id, fired_at, status)
           SELECT *, 'pending' FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[],
             $6::timestamptz[], $7::float8[], $8::bigint[], $9::text[], $10::text[], $11::text[], $12::timestamptz[])
           ON CONFLICT DO NOTHING RETURNING reminder_id, firing""",
        *([getattr(delivery, name) for delivery in deliveries] for name in _DELIVERY),
    )
    return {(row[0], row[1]) for row in rows}


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


async def users_due(connection: Raw, channel: str, now: datetime, limit: int) -> list[str]:
    """Users who have a pending delivery that may go out; whoever waits for the longest comes first."""
    rows = await connection.fetch(
        """SELECT user_id FROM deliveries WHERE status = 'pending' AND channel = $1 AND due_at <= $2
           GROUP BY user_id ORDER BY min(due_at) LIMIT $3""",
        channel,
        now,
        limit,
    )
    return [row[0] for row in rows]


async def next_due(connection: Raw, channel: str) -> datetime | None:
    """The earliest instant at which a pending delivery may go out."""
    earliest: datetime | None = await connection.fetchval(
        "SELECT min(due_at) FROM deliveries WHERE status = 'pending' AND channel = $1", channel
    )
    return earliest


async def hold(connection: Raw, channel: str, user_id: str) -> list[Delivery]:
    """All pending deliveries of a user, those first whose time was first; held until the transaction ends."""
    rows = await connection.fetch(
        """SELECT reminder_id, firing, channel, user_id, task_id, due_at, late_seconds, version, title, body,
             correlation_id, fired_at FROM deliveries WHERE status = 'pending' AND channel = $1 AND user_id = $2
           ORDER BY fired_at - make_interval(secs => coalesce(late_seconds, 0)), reminder_id, firing FOR UPDATE""",
        channel,
        user_id,
    )
    return [Delivery(*row) for row in rows]


async def notify(connection: Raw, notices: Sequence[tuple[str, int | None, Json]]) -> None:
    """(user, firing, notice): into the notification centre; one that is there already stays as it is."""
    await connection.execute(
        """INSERT INTO notifications (user_id, firing, id, kind, task_id, reminder_id, title, body, late_seconds,
             created_at)
           SELECT user_id, firing, id, kind, task_id, reminder_id, title, body, late_seconds, created_at::timestamptz
           FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::text[], $9::float8[], $10::text[])
             AS x (user_id, firing, id, kind, task_id, reminder_id, title, body, late_seconds, created_at)
           ON CONFLICT DO NOTHING""",
        [user_id for user_id, _, _ in notices],
        [firing for _, firing, _ in notices],
        *([notice[name] for _, _, notice in notices] for name in _NOTICE),
    )


_NOTICE: Final = ("id", "kind", "task_id", "reminder_id", "title", "body", "late_seconds", "created_at")


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
