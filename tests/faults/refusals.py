"""Counts the fence's refusals while a system runs, over all its processes, of which some die."""

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
    """`count` is the sum of all processes; refusals between the last look at a process and its death are missed."""

    count: float = 0.0
    _last: dict[str, float] = field(default_factory=dict[str, float])

    def note(self, url: str, metrics: str) -> None:
        """Adds what a process has counted since the last look; a restarted process counts from 0."""
        if not (line := _COUNT.search(metrics)):
            return  # it is starting
        now, last = float(line[1]), self._last.get(url, 0.0)
        self.count += now - last if now >= last else now
        self._last[url] = now


@asynccontextmanager
async def watching(subject: Subject) -> AsyncGenerator[Refusals]:
    """Reads the metrics of every process each second, for the length of the block."""
    refusals = Refusals()

    async def look(http: httpx.AsyncClient, url: str) -> None:
        with contextlib.suppress(httpx.HTTPError):
            refusals.note(url, (await http.get(url, headers=subject.inner_headers)).text)

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
