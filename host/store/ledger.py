"""The reminder ledger: each step in each reminder's life, written once."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson

from host.store.engine import Raw


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
