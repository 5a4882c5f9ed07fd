"""Queries on a system's database: which events its consumers have handled, and how soon."""

import asyncio
import time
from typing import Any

from tests.support.client import signed_up
from tests.support.system import System

GRACE_SECONDS = 10.0  # catch-up leaves younger published rows to the broker: what is handled sooner came through it


async def handled_within(system: System, consumer: str, event_type: str, about: str, seconds: float) -> float:
    """Waits until the consumer has handled that actor's newest event of the type; returns the age of the event then.

    Raises AssertionError after so many seconds.
    """
    async with system.database() as connection:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            age: float | None = await connection.fetchval(
                """SELECT extract(epoch FROM clock_timestamp() - o.created_at)::float8
                   FROM outbox o JOIN inbox i ON i.event_id = o.event_id AND i.consumer = $1
                   WHERE o.type = $2 AND o.actor_id = $3 ORDER BY o.position DESC LIMIT 1""",
                consumer,
                event_type,
                about,
            )
            if age is not None:
                return age
            await asyncio.sleep(0.002)
        row = await connection.fetchrow("SELECT count(*), count(published_at) FROM outbox WHERE actor_id = $1", about)
    raise AssertionError(f"{consumer} has not handled {event_type} of {about} in {seconds:g} s; rows, published: {row}")


async def until_brought(system: System, within_seconds: float = 60.0) -> None:
    """Waits until the broker brings events to each consumer: groups are joined only after the system is ready.

    Until then events come late, by catch-up.
    """
    deadline = time.monotonic() + within_seconds
    while (latest := await _latest(system)) >= GRACE_SECONDS or await unpublished(system):
        assert time.monotonic() < deadline, f"some consumer has an event only {latest:.1f} s after it was written"


async def _latest(system: System) -> float:
    """Returns the seconds that the slowest consumer takes for an event of a new person."""
    async with signed_up(system.url) as person:
        task = await person.create("For two consumers", reminders=[])
        await person.do(task["id"], "complete")
        await person.call("PATCH", "/me", {"timezone": "Asia/Tokyo"})
    wanted = (
        *(("projector", "task.created", task["id"]), ("recurrence", "task.completed", task["id"])),
        *(("notifier", "user.updated", person.user_id), ("rezone", "user.updated", person.user_id)),
    )
    return max([await handled_within(system, *event, 3 * GRACE_SECONDS) for event in wanted])


async def value(system: System, query: str, *arguments: Any) -> Any:
    """Returns the single value of a query."""
    async with system.database() as connection:
        return await connection.fetchval(query, *arguments)


async def unpublished(system: System) -> int:
    """Returns the number of events that the broker does not have yet."""
    rows: int = await value(system, "SELECT count(*) FROM outbox WHERE published_at IS NULL")
    return rows


async def has_fired(system: System, task_id: str) -> bool:
    query = "SELECT EXISTS (SELECT FROM outbox WHERE actor_id = $1 AND type = 'reminder.fired')"
    return bool(await value(system, query, task_id))
