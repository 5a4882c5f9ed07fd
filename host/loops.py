"""Loops that do one thing again and again: what all of them do about errors."""

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
    """`step` for ever, with `seconds` between, or `outage_seconds` after any error. Ends only by cancellation.

    What is `passing` is waited out without a word; any other error is logged as `failure`.
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
    """An outage of the database, or of an actor that was called."""
    return is_outage(error) or isinstance(error, Unavailable)


def is_passing(error: Exception) -> bool:
    """A fault of the world, which is waited out; else the event itself is at fault."""
    return is_away(error) or isinstance(error, OvertakenError)
