"""Consumers as an operator sees them: how far each is, and whether it is paused."""

from dataclasses import dataclass
from datetime import datetime

from host.store.engine import Raw


@dataclass(frozen=True, slots=True)
class ConsumerState:
    """`behind` in events; `paused_at` by the database's clock, None for one that runs."""

    name: str
    behind: int
    paused_at: datetime | None


async def states(connection: Raw) -> list[ConsumerState]:
    """Every consumer that has ever run here, by name."""
    rows = await connection.fetch(
        """SELECT consumer, greatest(0, (SELECT coalesce(max(position), 0) FROM outbox) - position), paused_at
           FROM watermarks ORDER BY consumer"""
    )
    return [ConsumerState(*row) for row in rows]


async def pause(connection: Raw, consumer: str) -> bool:
    """From the next batch on it takes nothing, in any process. False for one that has never run here."""
    return await _set(connection, consumer, "coalesce(paused_at, clock_timestamp())")


async def resume(connection: Raw, consumer: str) -> bool:
    """It goes on where it was. False for one that has never run here."""
    return await _set(connection, consumer, "NULL")


async def _set(connection: Raw, consumer: str, value: str) -> bool:
    status: str = await connection.execute(
        f"UPDATE watermarks SET paused_at = {value} WHERE consumer = $1",  # noqa: S608  one of the two above
        consumer,
    )
    return status.endswith(" 1")
