"""Waiting with a deadline: for what a test cannot be told about, asked again until it holds or time is up."""

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar, cast

T = TypeVar("T")
_PAUSE_SECONDS = 0.05


def until(check: Callable[[], T], within_seconds: float, what: str, pause_seconds: float = _PAUSE_SECONDS) -> T:
    """The first true answer of `check`; AssertionError that names `what` and the last answer."""
    deadline = time.monotonic() + within_seconds
    while True:
        if answer := check():
            return answer
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within_seconds:g} s; last answer {answer!r}")
        time.sleep(pause_seconds)


async def one_within(measure: Callable[[], Awaitable[float]], within_seconds: float, tries: int = 3) -> None:
    """One of some tries of the same thing takes that long at most: a busy machine is slow at times, a slow system always."""
    seconds: list[float] = []
    while not seconds or (min(seconds) > within_seconds and len(seconds) < tries):
        seconds.append(await measure())
    assert min(seconds) <= within_seconds, f"not within {within_seconds:g} s: {seconds}"


async def eventually(
    check: Callable[[], Awaitable[T] | T], within_seconds: float, what: str, pause_seconds: float = _PAUSE_SECONDS
) -> T:
    """As `until`, for tests that wait beside other tasks."""
    deadline = time.monotonic() + within_seconds
    while True:
        answer = check()
        value = await answer if inspect.isawaitable(answer) else cast("T", answer)
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"{what}: not within {within_seconds:g} s; last answer {value!r}")
        await asyncio.sleep(pause_seconds)
