"""Occurrences among many actors: how soon after a slot or a completion the next one is there."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from load.bench.api import complete_paced
from load.bench.bench import Bench
from load.bench.figures import VoidError, milliseconds, summary
from load.bench.report import Limit, Line
from load.bench.seed import from_now, seed_series, series_body
from load.bench.users import User
from load.bench.waiting import lateness, rows

A_SECOND = 50

OCCURRENCE_P99 = Limit(limit=1000, smoke_limit=5000, at_most=True, unit=" ms")

_UNARMED_SQL = "SELECT count(*) FROM wakes WHERE actor_id = ANY($1) AND armed_at IS NULL"
_FIRST_SQL = "SELECT series_id, id FROM tasks WHERE series_id = ANY($1) AND status = 'open'"
_BY_SLOT_SQL = """
SELECT extract(epoch FROM made.created_at - slot.at)::float8 * 1000 AS late_ms
FROM unnest($1::text[], $2::timestamptz[]) AS slot (series_id, at)
JOIN outbox made ON made.body->'data'->'task'->>'series_id' = slot.series_id AND made.created_at >= slot.at
WHERE made.type = 'task.created' AND made.created_at >= $3  -- at the first slot: the bodies of all others are not read
"""
_BY_COMPLETION_SQL = """
SELECT extract(epoch FROM made.created_at - done.created_at)::float8 * 1000 AS late_ms
FROM outbox done JOIN outbox made ON made.body->'data'->'task'->>'series_id' = done.body->'data'->'task'->>'series_id'
WHERE done.type = 'task.completed' AND done.actor_id = ANY($1) AND made.type = 'task.created' AND made.actor_id <> done.actor_id
"""


async def by_slot(bench: Bench, user: User) -> list[Line]:
    """Measures series by schedule: their slots come at the rate of the completions, and all at one instant."""
    count, what = bench.plan.scale_slots, "next occurrence after a slot"
    late = await _slots(bench, user, [number // A_SECOND for number in range(count)])
    line = Line(f"{what}, {A_SECOND} a second", milliseconds(summary(late)))
    burst = await _slots(bench, user, [0] * count)
    return [
        bench.judged(line, summary(late)["p99"], OCCURRENCE_P99),
        Line(f"{what}, {count} at one instant", milliseconds(summary(burst))),
    ]


async def _slots(bench: Bench, user: User, seconds: Sequence[int]) -> list[float]:
    """Seeds a series for each of `seconds`, whose slot comes so long after the first one.

    Returns the ms from each slot to the commit of the next task.
    """
    first = int(time.time()) + bench.plan.seconds_before_due
    slots = [datetime.fromtimestamp(first + later, UTC) for later in seconds]
    ids = await seed_series(bench.system, user.id, [series_body(number, slot) for number, slot in enumerate(slots)])
    await asyncio.sleep(max(0.0, first - 1 - time.time()))
    [[unarmed]] = await rows(bench.system, _UNARMED_SQL, 1, ids)
    if unarmed:
        raise VoidError(f"{unarmed} of {len(ids)} series had no wake yet one second before their slot")
    return await lateness(bench.system, _BY_SLOT_SQL, len(ids), ids, slots, slots[0])


async def by_completion(bench: Bench, users: Sequence[User]) -> list[Line]:
    """Measures series after completion: the ms from the commit of a completion to that of the next task."""
    count, user = bench.plan.scale_completions, users[0]
    ids = await seed_series(
        bench.system, user.id, [series_body(n, from_now(timedelta(days=1)), "completion") for n in range(count)]
    )
    tasks = [row["id"] for row in await rows(bench.system, _FIRST_SQL, len(ids), ids)]
    await complete_paced(bench, user, tasks, A_SECOND)
    late = await lateness(bench.system, _BY_COMPLETION_SQL, len(tasks), tasks)
    line = Line(f"next occurrence after a completion, {A_SECOND} a second", milliseconds(summary(late)))
    return [bench.judged(line, summary(late)["p99"], OCCURRENCE_P99)]
