"""The one clock of the program, and the one spelling of an instant: UTC, milliseconds, `Z`."""

import re
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

LATE: Final = timedelta(seconds=5)  # up to then it is on time
# RFC 3339, section 5.6: `T` and `Z` in either case, seconds always, any offset with a colon.
_RFC_3339 = re.compile(
    r"(?P<minute>\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):\d\d):(?P<second>\d\d)(?P<fraction>\.\d+)?"
    r"(?P<offset>[Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)",
    re.ASCII,
)
_LEAP_SECOND = "60"


class Clock(Protocol):
    """A clock: `now` is an aware UTC datetime."""

    def now(self) -> datetime: ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # the one place that reads it


def instant_text(instant: datetime) -> str:
    """Spells an aware datetime as `2026-11-22T09:00:00.000Z`; such texts sort as their instants do."""
    offset = instant.utcoffset()
    assert offset is not None, "an instant has a zone"  # noqa: S101  # a naive time here is a bug
    if offset:
        instant = instant.astimezone(UTC)
    return instant.replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def late_seconds(now: datetime, planned: datetime) -> int | None:
    """Returns by how many whole seconds `now` comes after what was planned; None where that is on time."""
    late = now - planned
    return int(late.total_seconds()) if late > LATE else None


def parse_instant(text: str) -> datetime:
    """Reads an instant that the program wrote into an aware UTC datetime, cut to milliseconds.

    Raises ValueError when the text has no offset or is no instant. What people write is for `read_instant`.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset or Z")
    instant = instant.astimezone(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)


def read_instant(text: str) -> datetime:
    """Reads an RFC 3339 instant, and nothing else, into an aware UTC datetime, cut to milliseconds.

    A leap second is the one after it. Raises ValueError or OverflowError.
    """
    found = _RFC_3339.fullmatch(text)
    if found is None:
        raise ValueError("not written as RFC 3339 writes an instant")
    leaps = found["second"] == _LEAP_SECOND
    second = "59" if leaps else found["second"]
    instant = parse_instant(f"{found['minute']}:{second}{found['fraction'] or ''}{found['offset']}".upper())
    if leaps and (instant.hour, instant.minute) != (23, 59):
        raise ValueError("leap seconds come at the end of a day in UTC")
    return instant + timedelta(seconds=leaps)
