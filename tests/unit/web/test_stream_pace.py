"""The pace of a stream: a steady trickle is never held back, and no second has more than ten messages."""

import asyncio
import itertools
from typing import Any

import pytest

from web.api.stream import listener as live
from web.api.stream.listener import Pace

pytestmark = pytest.mark.unit


class FakeLoop:
    """Time that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0

    def time(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> FakeLoop:
    fake = FakeLoop()
    monkeypatch.setattr(live.asyncio, "get_running_loop", lambda: fake)  # type: ignore[attr-defined]
    monkeypatch.setattr(live.asyncio, "sleep", fake.sleep)  # type: ignore[attr-defined]
    return fake


async def _sent_at(loop: FakeLoop, pace: Pace, count: int, every: float) -> list[tuple[float, float]]:
    """When each message was wanted and when it was sent."""
    times: list[tuple[float, float]] = []
    wanted = loop.now
    for _ in range(count):
        loop.now = max(loop.now, wanted)
        await pace.wait()
        pace.spend()
        times.append((wanted, loop.now))
        wanted += every
    return times


@pytest.mark.parametrize("a_second", [1, 5, 8, 9])
async def test_a_trickle_waits_for_nothing(loop: FakeLoop, a_second: int) -> None:
    times = await _sent_at(loop, Pace(), 100, 1 / a_second)
    assert max(sent - wanted for wanted, sent in times) < 0.02


async def test_no_second_of_a_flood_has_more_than_ten(loop: FakeLoop) -> None:
    sent: list[Any] = [at for _, at in await _sent_at(loop, Pace(), 200, 0)]
    assert all(later - earlier > 0.999 for earlier, later in zip(sent, sent[10:], strict=False))
    assert max(later - earlier for earlier, later in itertools.pairwise(sent)) < 0.51


async def test_five_go_at_once_and_then_one(loop: FakeLoop) -> None:
    pace = Pace()
    left = []
    for _ in range(6):
        await pace.wait()
        left.append(pace.left())
        pace.spend()
    assert left == [5, 4, 3, 2, 1, 1]
    assert asyncio.get_running_loop() is loop
