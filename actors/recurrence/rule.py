"""Recurrence rules as people and programs write them: RFC 5545's RRULE but SECONDLY, and the refusals. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from actors.replies import Refused

Frequency = Literal["MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
Problem = tuple[str, str]  # code and detail of what is wrong with a rule

MAX_INTERVAL = 1_000
MAX_MINUTES = 60 * MAX_INTERVAL  # as many as hours may be
MAX_COUNT = 10_000
MAX_RULE = 4_000  # characters of all lines
MAX_RRULE = 500
MAX_PROBLEMS = 10
LEAST_MINUTES = 15  # between two slots
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it was written; the fields that it leaves to the start of its series are empty.

    `weekdays` are pairs (n, weekday): Monday is 0; n counts within the month or year, is negative from its end, and 0 is
    every one. `until` is a date or a naive local time, which is compared with the names of slots, or an aware UTC
    instant.
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    months: tuple[int, ...] = ()
    weeks: tuple[int, ...] = ()
    year_days: tuple[int, ...] = ()
    month_days: tuple[int, ...] = ()
    weekdays: tuple[tuple[int, int], ...] = ()
    hours: tuple[int, ...] = ()
    minutes: tuple[int, ...] = ()
    seconds: tuple[int, ...] = ()
    positions: tuple[int, ...] = ()
    week_start: int = 0

    @property
    def names_days(self) -> bool:
        """Whether the rule itself says which days it means."""
        return bool(self.weekdays or self.month_days or self.months or self.weeks or self.year_days)

    @property
    def names_times(self) -> bool:
        """Whether the rule itself says which times of the day it means."""
        return bool(self.hours or self.minutes or self.seconds)

    @property
    def within_day(self) -> bool:
        """Whether the rule counts hours or minutes."""
        return self.frequency in {"HOURLY", "MINUTELY"}

    @property
    def elapsed(self) -> bool:
        """Whether the rule counts hours that pass, whatever the clock on the wall does; named hours are of the wall."""
        return self.within_day and not self.hours


def refused(problems: list[tuple[str, str]]) -> Refused:
    """Returns a refusal of the rule, from the (code, detail) of everything that is wrong with it; at most the first 10."""
    first = problems[:MAX_PROBLEMS]
    errors = [{"pointer": "/rule", "code": code, "detail": detail} for code, detail in first]
    reasons = "; ".join(detail for _, detail in first)
    return Refused("invalid_rule", f"The rule cannot be used: {reasons}.", 422, {"errors": errors})


def parse_rule(text: str) -> Rule | Refused:
    """Reads `FREQ=WEEKLY;BYDAY=MO,TH`, with or without `RRULE:`; returns a refusal with everything that is wrong in it."""
    if len(text) > MAX_RRULE:
        return refused([("too_long", f"it is longer than {MAX_RRULE} characters")])
    bare = re.sub(r"\s", "", text).upper().removeprefix("RRULE:")
    if not _WRITTEN.fullmatch(bare):
        return refused([NOT_WRITTEN])
    pairs = [part.split("=", 1) for part in bare.rstrip(";").split(";")]
    given: dict[str, Any] = {}
    problems = [problem for name, value in pairs if (problem := _read(name, value, given)) is not None]
    problems = problems or [(code, detail) for wrong, code, detail in _clashes(given) if wrong]
    if problems:
        return refused(problems)
    return Rule(**{PARTS[name].field: value for name, value in given.items()})


NOT_WRITTEN: Problem = ("invalid_rule", "it is not written as one NAME=VALUE;NAME=VALUE, as FREQ=WEEKLY;BYDAY=MO")
_WRITTEN = re.compile(r"[A-Z-]+=[A-Z0-9,+-]*(;[A-Z-]+=[A-Z0-9,+-]*)*;*", re.ASCII)
_BYDAY = re.compile(r"([+-]?0?[1-9]|[+-]?[1-4]\d|[+-]?5[0-3])?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,6}", re.ASCII)
_DATE = re.compile(r"\d{8}", re.ASCII)
_TIME = re.compile(r"\d{8}T\d{6}Z?", re.ASCII)


def _read(name: str, value: str, given: dict[str, Any]) -> Problem | None:
    """Puts the value of a part into `given`; returns (code, detail) of what is wrong with it, or None."""
    part = PARTS.get(name)
    if part is None:
        return ("unsupported_part", f"{name} is not among {', '.join(PARTS)}")
    if name in given:
        return ("duplicate_part", f"{name} is there twice")
    given[name] = part.read(value)
    return _wrong(name, value) if given[name] is None else None


def _clashes(given: Mapping[str, Any]) -> list[tuple[bool, str, str]]:
    """Returns (is wrong, code, detail) of each combination of parts that a rule may not have."""
    frequency = given.get("FREQ", "")
    foreign = [name for name in sorted(given) if frequency in NOT_WITH.get(name, ())]
    counted = [(abs(n), f"{n}{WEEKDAYS[day]}") for n, day in given.get("BYDAY", ()) if n]
    highest, as_written = max(counted, default=(0, ""))
    most = MAX_MINUTES if frequency == "MINUTELY" else MAX_INTERVAL
    in_year = frequency == "YEARLY" and "BYMONTH" not in given
    lone = not any(name.startswith("BY") for name in given if name != "BYSETPOS")
    return [
        (not frequency, "required", "FREQ is missing"),
        (given.get("INTERVAL", 1) > most, "invalid_interval", f"FREQ={frequency} takes an INTERVAL from 1 to {most:,}, not {given.get('INTERVAL')}"),
        ("COUNT" in given and "UNTIL" in given, "conflicting_parts", "it may end by COUNT or by UNTIL, not by both"),
        (bool(foreign), "unsupported_part", f"FREQ={frequency} takes no {' and no '.join(foreign)}"),
        (bool(counted) and frequency not in {"MONTHLY", "YEARLY"}, "invalid_byday", f"FREQ={frequency} takes weekdays without a number, as MO"),
        (bool(counted) and "BYWEEKNO" in given, "invalid_byday", "with BYWEEKNO it takes weekdays without a number, as MO"),
        (not in_year and highest > MOST_IN_MONTH, "invalid_byday", f"in a month weekdays are counted from 1 to 5, as 2TU or -1FR, not {as_written}"),
        ("BYSETPOS" in given and lone, "required", "BYSETPOS takes places among what another part names, as BYDAY"),
    ]  # fmt: skip


MOST_IN_MONTH = 5
# The parts that RFC 5545 gives no meaning to under some frequencies.
NOT_WITH: Mapping[str, tuple[str, ...]] = {
    "BYWEEKNO": ("MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY"),
    "BYYEARDAY": ("DAILY", "WEEKLY", "MONTHLY"),
    "BYMONTHDAY": ("WEEKLY",),
}
FREQUENCIES: tuple[Frequency, ...] = ("MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY")


def _wrong(name: str, value: str) -> Problem:
    """Returns what is wrong with a value that a part does not take."""
    return (f"invalid_{name.lower()}", f"{name} takes {PARTS[name].takes}, not {value[:40] or 'nothing'}")


def _frequency(value: str) -> str | None:
    return value if value in FREQUENCIES else None


def _number(limit: int) -> Callable[[str], int | None]:
    def read(value: str) -> int | None:
        return int(value) if _INTEGER.fullmatch(value) and 1 <= int(value) <= limit else None

    return read


def _numbers(low: int, high: int) -> Callable[[str], tuple[int, ...] | None]:
    """Returns a reader of a list of numbers from `low` to `high`; where some are negative, 0 counts from nowhere."""

    def read(value: str) -> tuple[int, ...] | None:
        items = value.split(",")
        if not all(_INTEGER.fullmatch(item) and low <= int(item) <= high for item in items):
            return None
        numbers = {int(item) for item in items}
        return None if low < 0 and 0 in numbers else tuple(sorted(numbers))

    return read


def _weekday(value: str) -> int | None:
    return WEEKDAYS.index(value) if value in WEEKDAYS else None


def _weekdays(value: str) -> tuple[tuple[int, int], ...] | None:
    matches = [_BYDAY.fullmatch(item) for item in value.split(",")]
    if not all(matches):
        return None
    return tuple(sorted({(int(match[1] or 0), WEEKDAYS.index(match[2])) for match in matches if match}))


def _until(value: str) -> date | datetime | None:
    try:
        if _DATE.fullmatch(value):
            return datetime.strptime(value, "%Y%m%d").replace(tzinfo=UTC).date()
        if _TIME.fullmatch(value):
            local = datetime.fromisoformat(value.removesuffix("Z"))
            return local.replace(tzinfo=UTC) if value.endswith("Z") else local
    except ValueError:
        pass
    return None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a rule: the field of `Rule` that it fills, and how its value is read."""

    field: str
    read: Callable[[str], Any]  # returns None for a value that the part does not take
    takes: str  # in words, for a refusal


# Every part that a rule may have.
PARTS: Mapping[str, Part] = {
    "FREQ": Part("frequency", _frequency, "MINUTELY (15 and more), HOURLY, DAILY, WEEKLY, MONTHLY or YEARLY"),
    "INTERVAL": Part("interval", _number(MAX_MINUTES), f"a number from 1 to {MAX_INTERVAL:,}"),
    "COUNT": Part("count", _number(MAX_COUNT), f"a number from 1 to {MAX_COUNT:,}"),
    "UNTIL": Part("until", _until, "a day as 20270331, or a time as 20270331T090000 or 20270331T070000Z"),
    "BYMONTH": Part("months", _numbers(1, 12), "months from 1 to 12"),
    "BYWEEKNO": Part("weeks", _numbers(-53, 53), "weeks from 1 to 53, or from -1 (the last) to -53"),
    "BYYEARDAY": Part("year_days", _numbers(-366, 366), "days from 1 to 366, or from -1 (the last) to -366"),
    "BYMONTHDAY": Part("month_days", _numbers(-31, 31), "days from 1 to 31, or from -1 (the last) to -31"),
    "BYDAY": Part("weekdays", _weekdays, "weekdays as MO,TH, or counted as 2TU or -1FR"),
    "BYHOUR": Part("hours", _numbers(0, 23), "hours from 0 to 23"),
    "BYMINUTE": Part("minutes", _numbers(0, 59), "minutes from 0 to 59"),
    "BYSECOND": Part("seconds", _numbers(0, 59), "a second from 0 to 59"),
    "BYSETPOS": Part("positions", _numbers(-366, 366), "places from 1 to 366, or from -1 (the last) to -366"),
    "WKST": Part("week_start", _weekday, "a weekday as MO"),
}
