"""A loop that repeats one step, and which of its errors pass by themselves."""

import asyncio
from collections.abc import Awaitable, Callable
from logging import Logger
from typing import NoReturn

from host.dapr.gateway import Unavailable
from host.store.engine import is_outage
from host.store.read_model.task_rows import OvertakenError


async def repeat(
    step: Callable[[], Awaitable[object]],
    seconds: float,
    outage_seconds: float,
    log: Logger,
    failure: str,
    *,
    passing: Callable[[Exception], bool] = is_outage,
) -> NoReturn:
    """Repeats `step` until cancelled, with a pause of `seconds`, or of `outage_seconds` after any error.

    Errors that are `passing` are waited out without a log line; any other is logged with the message `failure`.
    """
    while True:
        pause = seconds
        try:
            await step()
        except Exception as error:
            if not passing(error):
                log.exception(failure)
            pause = outage_seconds
        await asyncio.sleep(pause)


def is_away(error: Exception) -> bool:
    """Whether the database or an actor cannot be reached."""
    return is_outage(error) or isinstance(error, Unavailable)


def is_passing(error: Exception) -> bool:
    """Whether the error passes by itself; any other error is the fault of the event."""
    return is_away(error) or isinstance(error, OvertakenError)
