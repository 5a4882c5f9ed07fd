"""Figures and their texts: percentiles, rates, ratios with their spread, the noise floor."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, floor
from statistics import median
from typing import Any


class VoidError(Exception):
    """The run behind a figure had errors, or lost what it acknowledged: the figure must not be printed."""


def percentile(values: Sequence[float], share: float) -> float:
    """Returns the smallest value that at least `share` (0 to 1) of all values do not exceed, without interpolation."""
    if not values:
        raise VoidError("nothing was measured")
    ordered = sorted(values)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def summary(values: Sequence[float]) -> dict[str, float]:
    """Returns p50, p95, p99 and max, in the unit of the values."""
    return {
        "p50": percentile(values, 0.5),
        "p95": percentile(values, 0.95),
        "p99": percentile(values, 0.99),
        "max": max(values),
    }


def histogram(values: Sequence[float], step: float) -> str:
    """Returns the number of values in each step, from the first step that has any to the last.

    As text: "0-100: 12, 100-200: 0, 200-300: 7".
    """
    counts = Counter(floor(value / step) for value in values)
    steps = range(min(counts), max(counts) + 1)
    return ", ".join(f"{number * step:g}-{(number + 1) * step:g}: {counts[number]}" for number in steps)


@dataclass(frozen=True, slots=True)
class Loop:
    """The work of one load process: `count` good answers in `seconds`, latencies in ms, its own CPU in seconds."""

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
        """Returns the share of one core that the load process itself used."""
        return self.cpu_seconds / self.seconds

    @classmethod
    def from_json(cls, data: dict[str, Any], what: str) -> "Loop":
        """Returns the loop that a client reported; raises VoidError when it had an error, or no answer at all."""
        loop = cls(**data)
        if loop.errors:
            raise VoidError(f"{what}: {loop.errors} errors, the first: {loop.first_error}")
        if not loop.count:
            raise VoidError(f"{what}: no answer in {loop.seconds:.1f} s")
        return loop


@dataclass(frozen=True, slots=True)
class Spread:
    """A median, and the least and the greatest of the single runs."""

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
    """Returns ours over theirs, pair by pair: a drift over minutes touches both sides of a pair alike."""
    return spread([a / b for a, b in zip(ours, theirs, strict=True)])


def noise_floor(same: Sequence[float]) -> Spread:
    """Returns each run over the next equal one: a ratio inside this span says nothing. Raises VoidError for one run."""
    return spread([a / b for a, b in pairwise(same)])


def a_second(rates: Sequence[float]) -> str:
    """Returns the median rate as text."""
    return f"{spread(rates).middle:.0f}/s"


def milliseconds(took: dict[str, float]) -> str:
    """Returns a `summary` of milliseconds as text."""
    return f"p50 {took['p50']:.0f}, p99 {took['p99']:.0f}, max {took['max']:.0f} ms"
