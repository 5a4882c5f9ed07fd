"""Figures and what may be said of them: percentiles, rates, ratios with their spread, the noise floor."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor
from statistics import median
from typing import Any


class VoidError(Exception):
    """A figure that must not be printed, because the run behind it had errors or lost what it acknowledged."""


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0 to 1) of all values do not exceed; no interpolation."""
    if not values:
        raise VoidError("nothing was measured")
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def summary(values: Sequence[float]) -> dict[str, float]:
    """p50, p95, p99 and max, in the unit of the values."""
    return {
        "p50": percentile(values, 0.5),
        "p95": percentile(values, 0.95),
        "p99": percentile(values, 0.99),
        "max": max(values),
    }


def histogram(values: Sequence[float], step: float) -> str:
    """How many lie in each step, from the first one that has some to the last: "0-100: 12, 100-200: 0, 200-300: 7"."""
    counts = Counter(floor(value / step) for value in values)
    steps = range(min(counts), max(counts) + 1)
    return ", ".join(f"{number * step:g}-{(number + 1) * step:g}: {counts[number]}" for number in steps)


@dataclass(frozen=True, slots=True)
class Loop:
    """What one load process did: `count` good answers in `seconds`, latencies in ms, its own CPU in seconds."""

    count: int
    errors: int
    seconds: float
    cpu_seconds: float
    latency: dict[str, float]
    first_error: str = ""

    @property
    def rate(self) -> float:
        return self.count / self.seconds

    @property
    def generator_load(self) -> float:
        """The share of one core that the load process itself used."""
        return self.cpu_seconds / self.seconds

    @classmethod
    def from_json(cls, data: dict[str, Any], what: str) -> "Loop":
        """Raises VoidError when there was one error, or nothing at all."""
        loop = cls(**data)
        if loop.errors:
            raise VoidError(f"{what}: {loop.errors} errors, the first: {loop.first_error}")
        if not loop.count:
            raise VoidError(f"{what}: no answer in {loop.seconds:.1f} s")
        return loop


@dataclass(frozen=True, slots=True)
class Spread:
    """A median and how far the single runs lay from it."""

    middle: float
    low: float
    high: float
    runs: int

    def __str__(self) -> str:
        return f"{self.middle:.2f} ({self.low:.2f} to {self.high:.2f})"


def spread(values: Sequence[float]) -> Spread:
    if not values:
        raise VoidError("nothing was measured")
    return Spread(median(values), min(values), max(values), len(values))


def ratio(ours: Sequence[float], theirs: Sequence[float]) -> Spread:
    """Ours over theirs, pair by pair: what drifts over minutes touches both sides of a pair alike."""
    return spread([a / b for a, b in zip(ours, theirs, strict=True)])


def noise_floor(same: Sequence[float]) -> Spread:
    """Each run over the next equal one: a ratio inside this span says nothing. VoidError for a single run."""
    return spread([a / b for a, b in pairwise(same)])
