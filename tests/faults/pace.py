"""The rate of the load: as high as leaves the machine some CPU, between a floor and a ceiling."""

from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

FLOOR = 60.0
CEILING = 200.0
MOST_CPU = 85.0
_AIM_CPU = 78.0  # percent
_UP, _DOWN = 1.06, 0.9


@dataclass(slots=True)
class Pace:
    """The offered `rate`, in writes a second; `look` is to be called once a second."""

    rate: float = 70.0
    cpu_percent: Callable[[], float] = field(default=lambda: psutil.cpu_percent(None))
    floor: float = FLOOR
    ceiling: float = CEILING
    offered: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])

    def look(self) -> None:
        """Adapts the rate to the CPU that the machine has used since the last look."""
        busy = self.cpu_percent()
        self.cpu.append(busy)
        self.offered.append(self.rate)
        if busy > _AIM_CPU:
            self.rate = max(self.floor, self.rate * _DOWN)
        elif busy < _AIM_CPU * 0.9:
            self.rate = min(self.ceiling, self.rate * _UP)
