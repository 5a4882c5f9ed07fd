"""How far reminders are from a due: days on the wall and elapsed minutes, as people and programs write them. Pure.

A reminder says `offset`, an ISO 8601 duration in which days and weeks are those of the wall, or `offset_minutes`, which
is elapsed time before the due. No library reads the first: `isodate` and pydantic make one day and 24 hours the same.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from functools import lru_cache
from typing import Any, Final, NamedTuple

MAX_MINUTES_BEFORE: Final = 365 * 1440
MAX_MINUTES_AFTER: Final = 30 * 1440
FORMS: Final = ("offset", "offset_minutes")

_NUMBER = r"-?\d{1,6}"
_DURATION = re.compile(
    rf"(?P<sign>[+-]?)P(?:(?P<W>{_NUMBER})W|(?:(?P<D>{_NUMBER})D)?"
    rf"(?:T(?=[-\d])(?:(?P<H>{_NUMBER})H)?(?:(?P<M>{_NUMBER})M)?(?:-?0+S)?)?)",
    re.ASCII,
)
_CLOCKS_CHANGE = timedelta(hours=1)  # a day on the wall may be so much longer


class Offset(NamedTuple):
    """A distance from the due, negative before it: days on the wall first, then elapsed minutes."""

    days: int
    minutes: int


@lru_cache(maxsize=1024)
def read(duration: str) -> Offset:
    """Reads `-P1W`, `-P1DT2H`, `PT11H`, and with a sign for each part `P-1DT11H`.

    Raises ValueError for anything else than weeks, or days, hours and minutes.
    """
    parts = _parts(duration)
    return Offset(7 * parts["W"] + parts["D"], 60 * parts["H"] + parts["M"])


def canonical(duration: str) -> str:
    """Returns the one spelling of a duration that keeps its units: no `+`, no parts that are 0, one sign if one will do.

    Raises ValueError as `read` does.
    """
    parts = {unit: number for unit, number in _parts(duration).items() if number}
    if not parts:
        return "PT0M" if "T" in duration else "P0D"
    sign = -1 if max(parts.values()) < 0 else 1
    days, clock = ("".join(f"{sign * parts[unit]}{unit}" for unit in units if unit in parts) for units in ("WD", "HM"))
    return f"{'-' if sign < 0 else ''}P{days}{clock and 'T' + clock}"


def _parts(duration: str) -> dict[str, int]:
    """Returns the numbers of weeks, days, hours and minutes, by their letters."""
    match = _DURATION.fullmatch(duration)
    if match is None or duration.endswith("P"):
        raise ValueError("not a duration of weeks, or of days, hours and minutes")
    sign = -1 if match["sign"] == "-" else 1
    return {unit: sign * int(match[unit] or 0) for unit in "WDHM"}


def offset_of(spec: Mapping[str, Any]) -> Offset:
    """Returns the distance that a reminder says in one of FORMS."""
    duration = spec.get("offset")
    return Offset(0, -spec["offset_minutes"]) if duration is None else read(duration)


def default_spec(defaults: Mapping[str, Any]) -> dict[str, Any] | None:
    """Returns the reminder that a person wants by default, in the form in which they set it; None: none."""
    return next(({form: value} for form in FORMS if (value := defaults.get(f"reminder_{form}")) is not None), None)


def lead_of(spec: Mapping[str, Any]) -> timedelta:
    """Returns how long before the due, at most, a reminder comes; zero for one at the due or after it."""
    days, minutes = offset_of(spec)
    longest = timedelta(days=-days, minutes=-minutes) + (_CLOCKS_CHANGE if days else timedelta(0))
    return max(longest, timedelta(0))
