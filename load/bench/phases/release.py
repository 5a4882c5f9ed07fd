"""Quiet hours of many people that end at one instant: how long until the last held reminder is delivered."""

import asyncio
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from actors.user import rules as user
from load.bench.bench import Bench
from load.bench.figures import VoidError
from load.bench.report import Limit, Line
from load.bench.seed import Row, documents, seed
from load.bench.waiting import until

_TIMEOUT_SECONDS = 120.0
_POLL_SECONDS = 0.05
_SOON_SECONDS = 3.0

RELEASED = Limit(limit=5, smoke_limit=20, at_most=True, unit=" s")

# These are rows as the notifier writes them for firings in quiet hours. Their one task exists nowhere.
_HOLD_SQL = """
INSERT INTO deliveries (reminder_id, firing, channel, user_id, task_id, status, due_at, version, title, body, fired_at)
SELECT gen_random_uuid(), 1, 'in_app', user_id, $2, 'pending', $3::timestamptz, 1, 'Water the plants', '', $3::timestamptz - interval '5 hours'
FROM unnest($1::text[]) AS x (user_id)
"""
_KNOWN_SQL = "SELECT count(*) FROM users WHERE id = ANY($1)"
_HELD_SQL = "SELECT count(*) FROM deliveries WHERE task_id = $1 AND status = 'pending'"
_NOTIFIED_SQL = "SELECT count(*) FROM notifications WHERE user_id = ANY($1)"


async def release(bench: Bench) -> list[Line]:
    """Seeds the people and a held reminder for each; returns the line with the seconds until all are delivered."""
    people = [str(uuid4()) for _ in range(bench.plan.scale_released)]
    due_at = datetime.now(UTC) + timedelta(minutes=1)
    await seed(bench.system, _documents(people, due_at))
    async with bench.system.database() as database:
        await _until(database, "users", len(people), _KNOWN_SQL, people)
        due_at, task_id = datetime.now(UTC) + timedelta(seconds=_SOON_SECONDS), str(uuid4())
        await database.execute(_HOLD_SQL, people, task_id, due_at)
        await asyncio.sleep(max(0.0, due_at.timestamp() - time.time()))
        await _until(database, "held deliveries", 0, _HELD_SQL, task_id)
        seconds = time.time() - due_at.timestamp()
        if await database.fetchval(_NOTIFIED_SQL, people) != len(people):
            raise VoidError("not everybody got one notification")
    line = Line(f"{len(people)} people's release after their quiet hours", f"{seconds:.1f} s")
    return [bench.judged(line, seconds, RELEASED)]


def _documents(people: list[str], now: datetime) -> Iterator[Row]:
    """Gives the documents of users whose quiet hours end an hour before `now`."""
    quiet = {"start": f"{now - timedelta(hours=9):%H:%M}", "end": f"{now - timedelta(hours=1):%H:%M}"}
    for user_id in people:
        body = {"email": f"{user_id}@example.org", "zone": "UTC", "defaults": {"quiet_hours": quiet}}
        yield from documents("UserActor", user.decide, "RegisterUser", user_id, [(user_id, body)])


async def _until(database: Any, what: str, count: int, sql: str, *arguments: Any) -> None:
    await until(
        lambda: database.fetchval(sql, *arguments),
        lambda read: read == count,
        within_seconds=_TIMEOUT_SECONDS,
        pause_seconds=_POLL_SECONDS,
        what=f"{what}: {count}",
    )
