"""Reads of reminders across tasks, and of the ledger of what became of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.tables import deliveries, reminder_ledger, reminders, tasks


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


async def find(
    connection: AsyncConnection, user_id: str, reminder_id: str, task_id: str | None
) -> Row[*tuple[Any, ...]] | None:
    """The row of `reminders` with `task_title` and the task's `series_id` and `body`.

    Only with its task an id names one reminder for sure; without, of several the last to fire.
    """
    joined = reminders.join(tasks, tasks.c.id == reminders.c.task_id)
    statement = (
        select(reminders, tasks.c.title.label("task_title"), tasks.c.series_id, tasks.c.body)
        .select_from(joined)
        .where(reminders.c.id == reminder_id, *_conditions(user_id, ReminderFilter(task_id)))
        .order_by(reminders.c.fire_at.desc().nulls_last(), reminders.c.task_id)
        .limit(1)
    )
    return (await connection.execute(statement)).first()


async def deliveries_of(
    connection: AsyncConnection, user_id: str, task_id: str, reminder_id: str
) -> Sequence[Row[*tuple[Any, ...]]]:
    """Rows of `deliveries`, in the order of its firings."""
    statement = (
        select(deliveries)
        .where(
            deliveries.c.task_id == task_id, deliveries.c.reminder_id == reminder_id, deliveries.c.user_id == user_id
        )
        .order_by(deliveries.c.firing, deliveries.c.channel)
    )
    return (await connection.execute(statement)).all()


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
