"""Reads of reminders, with their tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Row, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.read_model.tables import reminders, tasks


@dataclass(frozen=True, slots=True)
class ReminderFilter:
    task_id: str | None = None
    status: str | None = None


async def listed(
    connection: AsyncConnection, user_id: str, wanted: ReminderFilter, *, limit: int, offset: int
) -> tuple[Sequence[Row[*tuple[Any, ...]]], int]:
    """Returns rows of `reminders` with `task_title`, next to fire first, and the total; `connection` is a snapshot."""
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
    """Returns the row of `reminders` with `task_title` and the task's `series_id` and `body`.

    An id is unique only within its task; without a task, the last to fire of several is returned.
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


def _conditions(user_id: str, wanted: ReminderFilter) -> list[ColumnElement[bool]]:
    conditions = [reminders.c.user_id == user_id, tasks.c.user_id == user_id, ~tasks.c.purged]
    if wanted.task_id is not None:
        conditions.append(reminders.c.task_id == wanted.task_id)
    if wanted.status is not None:
        conditions.append(reminders.c.status == wanted.status)
    return conditions
