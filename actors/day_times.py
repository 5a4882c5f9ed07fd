"""Times of a day where somebody lives: `HH:MM` on a wall, the instants behind it, and quiet hours. Pure."""

import zoneinfo
from datetime import date, datetime, timedelta

from actors.due import instant_of

DAY = timedelta(days=1)


def local_day(now: datetime, zone: str) -> date:
    """Which day it is there."""
    return now.astimezone(zoneinfo.ZoneInfo(zone)).date()


def instant_at(day: date, at: str, zone: str) -> datetime:
    """When the wall there shows `at` on that day; in a gap the first instant after it, in an overlap the first."""
    return instant_of(datetime.fromisoformat(f"{day}T{at}"), zone)


def out_of_quiet(at: str, start: str, end: str) -> str:
    """The time on the wall itself, or the end of the quiet hours that it lies in."""
    within = start <= at < end if start < end else at >= start or at < end
    return end if within else at


def quiet_until(now: datetime, start: str, end: str, zone: str) -> datetime | None:
    """The end of the quiet hours that last now; None outside of them. They cross midnight where start > end."""
    today = local_day(now, zone)
    for first_day in (today - DAY, today):
        last_day = first_day + DAY if start > end else first_day
        ends = instant_at(last_day, end, zone)
        if instant_at(first_day, start, zone) <= now < ends:
            return ends
    return None
