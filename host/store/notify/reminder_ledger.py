"""The table `reminder_ledger`: each step in each reminder's life, written once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, NamedTuple

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from host.store.engine import Raw
from host.store.notify.tables import reminder_ledger

# The step that each event of a reminder becomes.
STEPS: Final = {
    "reminder.scheduled": "scheduled",
    "reminder.fired": "fired",
    "reminder.snoozed": "snoozed",
    "reminder.acknowledged": "acknowledged",
    "reminder.cancelled": "cancelled",
}
# What an entry keeps of its event, of the reminder or of its data.
_DETAIL: Final = ("fire_at", "late_seconds", "snoozed_until", "told_with", "asked_at")


class Step(NamedTuple):
    """An entry. `step` is scheduled, fired, delivery_attempt, delivered, failed, snoozed, acknowledged or cancelled.

    `source` is the id of the event or delivery behind it, so that a replay adds no second row. `at` is an instant as
    text.
    """

    user_id: str
    task_id: str
    reminder_id: str
    firing: int
    step: str
    at: str
    source: str
    channel: str | None = None
    detail: dict[str, Any] | None = None


async def add(connection: Raw, steps: Sequence[Step]) -> None:
    if not steps:
        return
    await connection.execute(
        """INSERT INTO reminder_ledger (user_id, task_id, reminder_id, firing, step, at, source, channel, detail)
           SELECT user_id, task_id, reminder_id, firing, step, at, source, channel, detail
           FROM json_to_recordset($1) AS x (user_id text, task_id text, reminder_id text, firing integer, step text,
             at timestamptz, source text, channel text, detail json)
           ON CONFLICT (source) DO NOTHING""",
        orjson.dumps([step._asdict() for step in steps]).decode(),
    )


def step_of(event: dict[str, Any]) -> Step:
    """Returns the step of an event whose type is one of STEPS."""
    data = event["data"]
    reminder = data["reminder"]
    return Step(
        user_id=data["user_id"],
        task_id=data["task_id"],
        reminder_id=reminder["id"],
        firing=reminder["firing"],
        step=STEPS[event["type"]],
        at=event["time"],
        source=event["id"],
        detail={name: value for name in _DETAIL if (value := reminder.get(name, data.get(name))) is not None},
    )


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


async def listed(
    connection: AsyncConnection, user_id: str, task_id: str, reminder_id: str | None, *, after: int, limit: int
) -> Sequence[LedgerRow]:
    """Returns the ledger of a task's reminders, or of one of them, in order, after the entry with the id `after`."""
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
