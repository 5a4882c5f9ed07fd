"""Waiting for the system with a deadline: what does not come in time voids the figure."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from load.bench.figures import VoidError
from load.bench.system import System

ROWS_SECONDS = 30.0
_ROWS_PAUSE_SECONDS = 0.25
T = TypeVar("T")


async def until(
    read: Callable[[], Awaitable[T]],
    is_there: Callable[[T], bool],
    *,
    within_seconds: float,
    pause_seconds: float,
    what: str,
) -> T:
    """Reads again and again, and returns the first value that `is_there`.

    Raises VoidError, which names `what` was awaited and the last value, when there is none in time.
    """
    deadline = time.monotonic() + within_seconds
    while not is_there(value := await read()):
        if time.monotonic() > deadline:
            raise VoidError(f"{what}: not within {within_seconds:.0f} s; at last {value}")
        await asyncio.sleep(pause_seconds)
    return value


async def rows(system: System, sql: str, count: int, *arguments: Any) -> list[Any]:
    """Returns the rows of a query as soon as it has `count`; raises VoidError when it has more, or fewer after 30 s."""
    async with system.database() as database:
        rows_now: list[Any] = []

        async def counted() -> int:
            rows_now[:] = await database.fetch(sql, *arguments)
            if len(rows_now) > count:
                raise VoidError(f"{len(rows_now)} rows instead of {count}")
            return len(rows_now)

        await until(
            counted,
            lambda number: number == count,
            within_seconds=ROWS_SECONDS,
            pause_seconds=_ROWS_PAUSE_SECONDS,
            what=f"{count} rows",
        )
        return rows_now


async def lateness(system: System, sql: str, count: int, *arguments: Any) -> list[float]:
    """Returns the `late_ms` of each row, as soon as there are `count` rows; raises VoidError as `rows` does."""
    return [row["late_ms"] for row in await rows(system, sql, count, *arguments)]
