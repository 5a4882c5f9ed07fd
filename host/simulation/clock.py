"""The simulated clock, which stands still until it is moved."""

from datetime import datetime


class SimulatedClock:
    """The clock for everything that takes a `Clock`. It never goes back."""

    def __init__(self, start: datetime) -> None:
        self._now = start

    def now(self) -> datetime:
        return self._now

    def move_to(self, instant: datetime) -> None:
        """Sets the time; an earlier instant is a bug of the caller."""
        assert instant >= self._now, "time goes forward"  # noqa: S101
        self._now = instant
