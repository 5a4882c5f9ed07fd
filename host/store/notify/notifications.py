"""Notifications: what the in-app channel adds to a user's notification centre, and how the user lists and reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from actors.replies import Json
from host.store.engine import Raw
from host.store.notify.tables import notifications

_COLUMNS: Final = ("id", "kind", "task_id", "reminder_id", "title", "body", "late_seconds", "created_at")


@dataclass(frozen=True, slots=True)
class NotificationRow:
    id: str
    kind: str
    task_id: str | None
    reminder_id: str | None
    title: str
    body: str
    late_seconds: float | None
    created_at: datetime
    read_at: datetime | None
    acknowledged_at: datetime | None


@dataclass(frozen=True, slots=True)
class NotificationList:
    """One page; `total` counts what the list would hold without a limit, `unread` all unread notifications."""

    items: list[NotificationRow]
    total: int
    unread: int


async def add(connection: Raw, entries: Sequence[tuple[str, int | None, Json]]) -> None:
    """Adds notifications, given as (user, firing, notification); one that exists already stays as it is."""
    await connection.execute(
        """INSERT INTO notifications (user_id, firing, id, kind, task_id, reminder_id, title, body, late_seconds,
             created_at)
           SELECT user_id, firing, id, kind, task_id, reminder_id, title, body, late_seconds, created_at::timestamptz
           FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
             $8::text[], $9::float8[], $10::text[])
             AS x (user_id, firing, id, kind, task_id, reminder_id, title, body, late_seconds, created_at)
           ON CONFLICT DO NOTHING""",
        [user_id for user_id, _, _ in entries],
        [firing for _, firing, _ in entries],
        *([notification[name] for _, _, notification in entries] for name in _COLUMNS),
    )


async def acknowledge(connection: Raw, keys: Sequence[tuple[str, int, str]]) -> None:
    """Marks notifications of (reminder, firing, when) and of earlier firings as acknowledged and read."""
    await connection.execute(
        """UPDATE notifications n SET acknowledged_at = coalesce(n.acknowledged_at, x.at::timestamptz),
             read_at = coalesce(n.read_at, x.at::timestamptz)
           FROM unnest($1::text[], $2::integer[], $3::text[]) AS x (reminder_id, firing, at)
           WHERE n.reminder_id = x.reminder_id AND n.firing <= x.firing""",
        [key[0] for key in keys],
        [key[1] for key in keys],
        [key[2] for key in keys],
    )


async def listed(
    connection: AsyncConnection, user_id: str, *, unread_only: bool, limit: int, offset: int
) -> NotificationList:
    """Returns a page, newest first; `connection` is a snapshot, so that the counts belong to the items."""
    mine = notifications.c.user_id == user_id
    unread = notifications.c.read_at.is_(None)
    counts = select(func.count().label("total"), func.count().filter(unread).label("unread")).where(mine)
    total, unread_count = (await connection.execute(counts)).one()
    statement = select(notifications).where(mine, *([unread] if unread_only else []))
    statement = statement.order_by(notifications.c.created_at.desc(), notifications.c.id.desc())
    rows = await connection.execute(statement.limit(limit).offset(offset))
    return NotificationList([_notification(row) for row in rows], unread_count if unread_only else total, unread_count)


async def mark_read(
    connection: AsyncConnection, user_id: str, notification_id: str, now: datetime
) -> NotificationRow | None:
    """Returns the notification, `read_at` as of the first time; None when it is not one of that user's."""
    mine = (notifications.c.id == notification_id) & (notifications.c.user_id == user_id)
    first_time = func.coalesce(notifications.c.read_at, now)
    statement = update(notifications).where(mine).values(read_at=first_time).returning(*notifications.c)
    row = (await connection.execute(statement)).first()
    return _notification(row) if row else None


async def mark_all_read(connection: AsyncConnection, user_id: str, now: datetime) -> int:
    """Returns how many were unread."""
    unread = (notifications.c.user_id == user_id) & notifications.c.read_at.is_(None)
    return (await connection.execute(update(notifications).where(unread).values(read_at=now))).rowcount


def _notification(row: Row[*tuple[Any, ...]]) -> NotificationRow:
    return NotificationRow(
        row.id,
        row.kind,
        row.task_id,
        row.reminder_id,
        row.title,
        row.body,
        row.late_seconds,
        row.created_at,
        row.read_at,
        row.acknowledged_at,
    )
