"""Waiting with a deadline: a check is asked again until it holds or time is up."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

T = TypeVar("T")
_PAUSE_SECONDS = 0.05


def until(check: Callable[[], T], within_seconds: float, what: str, pause_seconds: float = _PAUSE_SECONDS) -> T:
    """Returns the first true answer of `check`; raises AssertionError with `what` and the last answer."""
    deadline = time.monotonic() + within_seconds
    while True:
        if answer := check():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within_seconds:g} s; last answer {answer!r}")
        time.sleep(pause_seconds)


async def one_within(measure: Callable[[], Awaitable[float]], within_seconds: float, tries: int = 3) -> None:
    """Asserts that one of a few tries is fast enough: a busy machine is slow at times, a slow system always."""
    seconds: list[float] = []
    while not seconds or (min(seconds) > within_seconds and len(seconds) < tries):
        seconds.append(await measure())
    assert min(seconds) <= within_seconds, f"not within {within_seconds:g} s: {seconds}"


async def eventually(
    check: Callable[[], Awaitable[T] | T], within_seconds: float, what: str, pause_seconds: float = _PAUSE_SECONDS
) -> T:
    """Does as `until`, for tests that wait beside other asyncio tasks; `check` may be a coroutine function."""
    deadline = time.monotonic() + within_seconds
    while True:
        answer = check()
        value = await answer if inspect.isawaitable(answer) else cast("T", answer)
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within_seconds:g} s; last answer {value!r}")
        await asyncio.sleep(pause_seconds)
