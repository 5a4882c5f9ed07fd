"""The reminder ledger: each step in each reminder's life, written once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from host.store.engine import Raw


@dataclass(frozen=True, slots=True)
class Step:
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
           SELECT user_id, task_id, reminder_id, firing, step, at::timestamptz, source, channel, detail::json
           FROM unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::text[], $6::text[], $7::text[],
             $8::text[], $9::text[])
             AS x (user_id, task_id, reminder_id, firing, step, at, source, channel, detail)
           ON CONFLICT (source) DO NOTHING""",
        *([getattr(step, name) for step in steps] for name in _COLUMNS),
        [orjson.dumps(step.detail).decode() if step.detail else None for step in steps],
    )


_COLUMNS = ("user_id", "task_id", "reminder_id", "firing", "step", "at", "source", "channel")
