"""A loop outlives whatever its step raises, logs what is no outage, and ends only by cancellation."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import pytest

from host.dapr.gateway import Unavailable
from host.loops import is_away, repeat

pytestmark = pytest.mark.unit

log = logging.getLogger("a.loop")
PAUSE, OUTAGE_PAUSE = 60.0, 10.0


class FakeStep:
    """Raises what stands at its turn, and ends the loop at the end."""

    def __init__(self, *results: Exception | None) -> None:
        self.results = list(results)

    async def __call__(self) -> int:
        if not self.results:
            raise asyncio.CancelledError
        if error := self.results.pop(0):
            raise error
        return 1


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """How long the loop slept each time; it sleeps no real time."""
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    monkeypatch.setattr(asyncio, "sleep", sleep)
    return slept


async def run(step: FakeStep, **options: Callable[[Exception], bool]) -> None:
    with pytest.raises(asyncio.CancelledError):
        await repeat(step, PAUSE, OUTAGE_PAUSE, log, "the step failed", **options)


async def test_it_pauses_after_each_step_and_otherwise_after_an_error(pauses: list[float]) -> None:
    await run(FakeStep(None, OSError(), ValueError(), None))
    assert pauses == [PAUSE, OUTAGE_PAUSE, OUTAGE_PAUSE, PAUSE]


@pytest.mark.usefixtures("pauses")
async def test_an_error_is_logged_in_the_words_of_the_loop_and_an_outage_is_not(
    caplog: pytest.LogCaptureFixture,
) -> None:
    bug = ValueError("a bug")
    await run(FakeStep(OSError("away"), bug, TimeoutError()))
    logged: list[tuple[Any, ...]] = [(line.name, line.levelname, line.getMessage()) for line in caplog.records]
    assert logged == [("a.loop", "ERROR", "the step failed")]
    assert caplog.records[0].exc_info
    assert caplog.records[0].exc_info[1] is bug


@pytest.mark.usefixtures("pauses")
@pytest.mark.parametrize(("passing", "logged"), [(is_away, ["bug"]), (lambda _: True, []), (None, ["actor", "bug"])])
async def test_the_loop_says_which_errors_pass(
    caplog: pytest.LogCaptureFixture, passing: Callable[[Exception], bool] | None, logged: list[str]
) -> None:
    await run(
        FakeStep(OSError("database"), Unavailable("actor"), ValueError("bug")),
        **{"passing": passing} if passing else {},
    )
    assert [str(line.exc_info[1]) for line in caplog.records if line.exc_info] == logged


@pytest.mark.parametrize("pause", [0.0, PAUSE])
async def test_it_ends_by_cancellation_in_the_step_as_in_the_pause(
    caplog: pytest.LogCaptureFixture, pause: float
) -> None:
    begun, steps = asyncio.Event(), 0

    async def step() -> None:
        nonlocal steps
        steps += 1
        begun.set()
        if not pause:
            await asyncio.Event().wait()

    running = asyncio.create_task(repeat(step, pause, OUTAGE_PAUSE, log, "the step failed"))
    await begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(running, 2)
    assert (steps, caplog.records) == (1, [])
