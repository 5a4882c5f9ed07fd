"""Counts what the fence refuses while a system runs: each of its processes tells a number of its own, and some die."""

import asyncio
import contextlib
import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Final

import httpx

from tests.faults.subject import Subject

LOOK_SECONDS: Final = 1.0
_COUNT: Final = re.compile(r"^fence_rejections_total (\S+)$", re.MULTILINE)


@dataclass(slots=True)
class Refusals:
    """`count` is of all processes. What one counted after the last look at it is not known when it dies."""

    count: float = 0.0
    _last: dict[str, float] = field(default_factory=dict[str, float])

    def told(self, url: str, metrics: str) -> None:
        """A process that started anew counts from 0."""
        if not (found := _COUNT.search(metrics)):
            return  # it starts
        now, last = float(found[1]), self._last.get(url, 0.0)
        self.count += now - last if now >= last else now
        self._last[url] = now


@asynccontextmanager
async def watching(subject: Subject) -> AsyncGenerator[Refusals]:
    """Looks each second for the length of the block."""
    refusals = Refusals()

    async def look(http: httpx.AsyncClient, url: str) -> None:
        with contextlib.suppress(httpx.HTTPError):
            refusals.told(url, (await http.get(url, headers=subject.inner_headers)).text)

    async def watch() -> None:
        async with httpx.AsyncClient(timeout=2) as http:
            while True:
                await asyncio.gather(*(look(http, url) for url in subject.metrics_urls))
                await asyncio.sleep(LOOK_SECONDS)

    task = asyncio.create_task(watch())
    try:
        yield refusals
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
