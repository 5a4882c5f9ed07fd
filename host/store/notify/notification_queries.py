"""A user's notifications: the list with its unread count, and marking them read."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.tables import notifications


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
    items: list[NotificationRow]
    total: int
    unread: int


async def listed(
    connection: AsyncConnection, user_id: str, *, unread_only: bool, limit: int, offset: int
) -> NotificationList:
    """Newest first; `connection` is a snapshot, so that the counts belong to the items."""
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
    """The notification, read since its first time; None when it is not one of that user's."""
    mine = (notifications.c.id == notification_id) & (notifications.c.user_id == user_id)
    first_time = func.coalesce(notifications.c.read_at, now)
    statement = update(notifications).where(mine).values(read_at=first_time).returning(*notifications.c)
    row = (await connection.execute(statement)).first()
    return _notification(row) if row else None


async def mark_all_read(connection: AsyncConnection, user_id: str, now: datetime) -> int:
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
