"""A closed loop: each worker sends its next request when the last one is answered."""

import asyncio
import json
import resource
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from load.bench.figures import summary

_ERRORS_BEFORE_STOP = 50


@dataclass(slots=True)
class Tally:
    """The workers' latencies after the warm-up, and their errors from the first request on."""

    count_from: float
    latencies_ms: list[float] = field(default_factory=list)
    errors: int = 0
    first_error: str = ""

    def failed(self, error: Exception) -> None:
        self.errors += 1
        self.first_error = self.first_error or f"{type(error).__name__}: {error}"[:300]


async def closed_loop(
    work: Callable[[int], Awaitable[None]], *, workers: int, seconds: float, warm_seconds: float
) -> dict[str, Any]:
    """Runs `work(worker)` over and over; returns the fields of figures.Loop for the time after the warm-up."""
    started = time.perf_counter()
    tally = Tally(count_from=started + warm_seconds)
    until = tally.count_from + seconds
    cpu: list[float] = []
    asyncio.get_running_loop().call_later(warm_seconds, lambda: cpu.append(cpu_seconds()))
    await asyncio.gather(*(_worker(work, n, tally, until) for n in range(workers)))
    return {
        "count": len(tally.latencies_ms),
        "errors": tally.errors,
        "seconds": time.perf_counter() - tally.count_from,
        "cpu_seconds": cpu_seconds() - (cpu[0] if cpu else 0.0),
        "latency": summary(tally.latencies_ms) if tally.latencies_ms else {},
        "first_error": tally.first_error,
    }


async def _worker(work: Callable[[int], Awaitable[None]], number: int, tally: Tally, until: float) -> None:
    now = time.perf_counter()
    while now < until and tally.errors < _ERRORS_BEFORE_STOP:
        began = now
        try:
            await work(number)
        except Exception as error:  # noqa: BLE001  the edge of the loop: an error is counted and voids the figure
            tally.failed(error)
        now = time.perf_counter()
        if began >= tally.count_from:
            tally.latencies_ms.append((now - began) * 1000)


def cpu_seconds() -> float:
    """Returns the CPU seconds that this process has used so far."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def order_from_stdin() -> dict[str, Any]:
    """Reads the order that this process has to carry out."""
    order: dict[str, Any] = json.load(sys.stdin)
    return order


def answer(result: dict[str, Any]) -> None:
    json.dump(result, sys.stdout)
    sys.stdout.flush()
