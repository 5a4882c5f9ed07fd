"""On which day a task is due, for whoever reads it: the one rule of lists, counts and digests.

A due without a time is on its own date. A due with one is on the day that the reader's wall shows at that instant. The
page has the same rule in `web/ui/src/store/due.ts`.
"""

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from actors.day_times import instant_at

# The columns tell the two apart: a date is overdue when its day ends, hours after the instant from which it counts.
BEFORE_DAY: Final = "CASE WHEN overdue_at <> due_at THEN due_date < {day} ELSE due_at < {midnight} END"
_FARTHEST: Final = timedelta(days=1)  # a date counts from 09:00 somewhere on earth; less than a day from any midnight


class Midnight(NamedTuple):
    """The beginning of a day in the reader's zone; every due before the day is before `latest`, all others after `earliest`."""

    day: date
    instant: datetime
    earliest: datetime
    latest: datetime


def midnight(day: date, zone: str) -> Midnight:
    """Returns the beginning of a day in that zone."""
    instant = instant_at(day, "00:00", zone)
    return Midnight(day, instant, instant - _FARTHEST, instant + _FARTHEST)
