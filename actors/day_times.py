"""Times of the day in a person's zone: `HH:MM` on the wall, the instants behind it, and quiet hours. Pure."""

import zoneinfo
from datetime import date, datetime, timedelta

from actors.due import instant_of

DAY = timedelta(days=1)


def local_day(now: datetime, zone: str) -> date:
    """Returns the calendar day at the instant `now` in that zone."""
    return now.astimezone(zoneinfo.ZoneInfo(zone)).date()


def instant_at(day: date, at: str, zone: str) -> datetime:
    """Returns the UTC instant of `at` (`HH:MM`) on that day: in a gap the first one after it, in an overlap the first."""
    return instant_of(datetime.fromisoformat(f"{day}T{at}"), zone)


def out_of_quiet(at: str, start: str, end: str) -> str:
    """Returns the time `at`, or `end` when it lies in the quiet hours from `start` to `end`; all are `HH:MM`."""
    within = start <= at < end if start < end else at >= start or at < end
    return end if within else at


def quiet_until(now: datetime, start: str, end: str, zone: str) -> datetime | None:
    """Returns the instant at which the present quiet hours end; None outside of them. With start > end they cross midnight."""
    today = local_day(now, zone)
    for first_day in (today - DAY, today):
        last_day = first_day + DAY if start > end else first_day
        ends = instant_at(last_day, end, zone)
        if instant_at(first_day, start, zone) <= now < ends:
            return ends
    return None
