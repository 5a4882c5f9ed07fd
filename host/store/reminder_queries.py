"""Reads of reminders across tasks, and of the ledger of what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.tables import reminder_ledger, reminders, tasks


@dataclass(frozen=True, slots=True)
class LedgerRow:
    id: int
    task_id: str
    reminder_id: str
    firing: int
    step: str
    channel: str | None
    at: datetime
    detail: dict[str, Any] | None


@dataclass(frozen=True, slots=True)
class ReminderFilter:
    task_id: str | None = None
    status: str | None = None


async def listed(
    connection: AsyncConnection, user_id: str, wanted: ReminderFilter, *, limit: int, offset: int
) -> tuple[Sequence[Row[*tuple[Any, ...]]], int]:
    """Rows of `reminders` with `task_title`, next first, and how many there are; `connection` is a snapshot."""
    conditions = _conditions(user_id, wanted)
    joined = reminders.join(tasks, tasks.c.id == reminders.c.task_id)
    total = await connection.scalar(select(func.count()).select_from(joined).where(*conditions))
    statement = (
        select(reminders, tasks.c.title.label("task_title"))
        .select_from(joined)
        .where(*conditions)
        .order_by(reminders.c.fire_at.asc().nulls_last(), reminders.c.task_id, reminders.c.id)
        .limit(limit)
        .offset(offset)
    )
    return (await connection.execute(statement)).all(), total or 0


async def ledger(
    connection: AsyncConnection, user_id: str, task_id: str, reminder_id: str | None, *, after: int, limit: int
) -> Sequence[LedgerRow]:
    """What happened to a task's reminders, in order, from the entry after `after`."""
    conditions = [
        reminder_ledger.c.user_id == user_id,
        reminder_ledger.c.task_id == task_id,
        reminder_ledger.c.id > after,
    ]
    if reminder_id is not None:
        conditions.append(reminder_ledger.c.reminder_id == reminder_id)
    statement = select(reminder_ledger).where(*conditions).order_by(reminder_ledger.c.id).limit(limit)
    return [
        LedgerRow(row.id, row.task_id, row.reminder_id, row.firing, row.step, row.channel, row.at, row.detail)
        for row in await connection.execute(statement)
    ]


def _conditions(user_id: str, wanted: ReminderFilter) -> list[ColumnElement[bool]]:
    found = [reminders.c.user_id == user_id, tasks.c.user_id == user_id, ~tasks.c.purged]
    if wanted.task_id is not None:
        found.append(reminders.c.task_id == wanted.task_id)
    if wanted.status is not None:
        found.append(reminders.c.status == wanted.status)
    return found
