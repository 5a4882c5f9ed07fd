"""When a due falls: the instants behind a date or a wall-clock time in a zone."""

import zoneinfo
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from actors.clock import instant_text

# The rules of the pinned tzdata wheel, not of whatever the machine has: two replicas must never disagree.
zoneinfo.reset_tzpath(to=())
# Names that stand for no place: a machine that was not set up, or whatever zone a machine has.
_NO_PLACES = {"Factory", "localtime", "posixrules"}
ZONES: frozenset[str] = frozenset(zoneinfo.available_timezones() - _NO_PLACES)

DAY_STARTS = time(9)
MORNING = DAY_STARTS.isoformat("minutes")
_SECOND = timedelta(seconds=1)


def instant_of(local: datetime, zone: str) -> datetime:
    """Returns the UTC instant of a naive wall-clock time: in an overlap the first, in a gap the first valid one after it."""
    zoned = local.replace(tzinfo=zoneinfo.ZoneInfo(zone), fold=0)
    before, after = zoned.utcoffset(), zoned.replace(fold=1).utcoffset()
    assert before is not None  # noqa: S101  # every zone of ZONES has an offset
    assert after is not None  # noqa: S101
    if before >= after:
        return (local - before).replace(tzinfo=UTC)
    return _end_of_gap(local - after, local - before, zoneinfo.ZoneInfo(zone), before)


def _end_of_gap(low: datetime, high: datetime, zone: zoneinfo.ZoneInfo, before: timedelta) -> datetime:
    """Returns the first UTC second in (low, high] at which `zone` has left the offset `before`."""
    while high - low > _SECOND:
        middle = low + (high - low) // 2
        middle -= timedelta(microseconds=middle.microsecond)
        if middle.replace(tzinfo=UTC).astimezone(zone).utcoffset() == before:
            low = middle
        else:
            high = middle
    return high.replace(tzinfo=UTC)


@lru_cache(maxsize=4096)
def _instant_text(local: str, zone: str) -> str:
    return instant_text(instant_of(datetime.fromisoformat(local), zone))


def due_at(due: Mapping[str, Any] | None, zone: str) -> str | None:
    """Returns the instant from which reminders count back; `due` is `{date}` or `{local, zone}`.

    A date counts from 09:00 in the user's `zone`, where a local time without a zone of its own is, too.
    """
    if due is None:
        return None
    if "date" in due:
        return _instant_text(f"{due['date']}T{DAY_STARTS}", zone)
    return _instant_text(due["local"], due["zone"] or zone)


def follows_the_user(due: Mapping[str, Any]) -> bool:
    """Returns whether the instant of a due, or of the start of a series, is another one where the user's zone is."""
    return due.get("zone") is None


def overdue_at(due: Mapping[str, Any] | None, zone: str) -> str | None:
    """Returns the instant from which an open task is overdue: a date is over when that day ends in the user's `zone`."""
    if due is None or "date" not in due:
        return due_at(due, zone)
    next_day = datetime.fromisoformat(due["date"]) + timedelta(days=1)
    return _instant_text(next_day.isoformat(), zone)


def overdue_told_at(due: Mapping[str, Any] | None, zone: str, morning: str) -> str | None:
    """Returns the instant at which people are told that a task is overdue: of a date the next day at `morning`, `HH:MM`."""
    if due is None or "date" not in due:
        return due_at(due, zone)
    next_day = datetime.fromisoformat(due["date"]) + timedelta(days=1)
    return _instant_text(f"{next_day.date()}T{morning}", zone)
