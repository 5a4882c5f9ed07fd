"""The reminder ledger: each step in each reminder's life, written once."""

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import orjson

from host.store.engine import Raw

# What a reminder event is called in the ledger.
STEPS: Final = {
    "reminder.scheduled": "scheduled",
    "reminder.fired": "fired",
    "reminder.snoozed": "snoozed",
    "reminder.acknowledged": "acknowledged",
    "reminder.cancelled": "cancelled",
}


class Step(NamedTuple):
    """`step` is scheduled, fired, delivery_attempt, delivered, failed, snoozed, acknowledged or cancelled.

    `source` names what caused it, an event or a delivery, so that a replay is no second row. `at` is an instant text.
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
    """Of an event whose type is one of STEPS."""
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
        detail={
            name: reminder[name]
            for name in ("fire_at", "late_seconds", "snoozed_until")
            if reminder.get(name) is not None
        },
    )
