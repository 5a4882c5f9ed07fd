"""The one clock of the program, and the one spelling of an instant: UTC, milliseconds, `Z`."""

from datetime import UTC, datetime
from typing import Protocol


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


def parse_instant(text: str) -> datetime:
    """Reads an RFC 3339 instant into an aware UTC datetime, cut to milliseconds.

    Raises ValueError when the text has no offset or is no instant.
    """
    instant = datetime.fromisoformat(text)
    if instant.tzinfo is None:
        raise ValueError("an instant needs an offset or Z")
    instant = instant.astimezone(UTC)
    return instant.replace(microsecond=instant.microsecond // 1000 * 1000)
