"""How fast the load goes: as fast as leaves the machine some room, between a floor and a ceiling."""

from collections.abc import Callable
from dataclasses import dataclass, field

import psutil

FLOOR = 60.0
CEILING = 200.0
MOST_CPU = 85.0
_AIM_CPU = 78.0  # below the limit, so that a wave does not pass it
_UP, _DOWN = 1.06, 0.9


@dataclass(slots=True)
class Pace:
    """`rate` is what is offered now, in writes a second. Look once a second."""

    rate: float = 70.0
    cpu_percent: Callable[[], float] = field(default=lambda: psutil.cpu_percent(None))
    floor: float = FLOOR
    ceiling: float = CEILING
    offered: list[float] = field(default_factory=list[float])
    cpu: list[float] = field(default_factory=list[float])

    def look(self) -> None:
        """Weigh what the machine does since the last look."""
        busy = self.cpu_percent()
        self.cpu.append(busy)
        self.offered.append(self.rate)
        if busy > _AIM_CPU:
            self.rate = max(self.floor, self.rate * _DOWN)
        elif busy < _AIM_CPU * 0.9:
            self.rate = min(self.ceiling, self.rate * _UP)
