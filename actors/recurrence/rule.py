"""Recurrence rules as people write them: the part of RFC 5545's RRULE that Duely takes, and its refusals. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Literal

from actors.replies import Refused

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]

MAX_INTERVAL = 1_000
MAX_COUNT = 10_000
MAX_RULE = 500  # characters
MAX_PROBLEMS = 10
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
LAST_COUNTED_BACK = 28  # days from the end that every month has


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule as it was written; the fields that it leaves to the start of its series are empty.

    `weekdays` are pairs (n, weekday): Monday is 0; n counts within the month, is negative from its end, and 0 is every
    one. `until` is a date or a naive local time, which is compared with the names of slots, or an aware UTC instant.
    """

    frequency: Frequency
    interval: int = 1
    count: int | None = None
    until: date | datetime | None = None
    weekdays: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    week_start: int = 0

    @property
    def names_days(self) -> bool:
        """Whether the rule itself says which days it means."""
        return bool(self.weekdays or self.month_days or self.months)


def refused(problems: list[tuple[str, str]]) -> Refused:
    """Returns a refusal of the rule, from the (code, detail) of everything that is wrong with it; at most the first 10."""
    first = problems[:MAX_PROBLEMS]
    errors = [{"pointer": "/rule", "code": code, "detail": detail} for code, detail in first]
    reasons = "; ".join(detail for _, detail in first)
    return Refused("invalid_rule", f"The rule cannot be used: {reasons}.", 422, {"errors": errors})


def parse_rule(text: str) -> Rule | Refused:
    """Reads `FREQ=WEEKLY;BYDAY=MO,TH`, with or without `RRULE:`; returns a refusal with everything that is wrong in it."""
    if len(text) > MAX_RULE:
        return refused([("too_long", f"it is longer than {MAX_RULE} characters")])
    if not _WRITTEN.fullmatch(text):
        return refused([("invalid_rule", "it is not written as NAME=VALUE;NAME=VALUE, as FREQ=WEEKLY;BYDAY=MO")])
    pairs = [part.split("=", 1) for part in text.strip().upper().removeprefix("RRULE:").split(";")]
    given: dict[str, Any] = {}
    problems: list[tuple[str, str]] = []
    for name, value in pairs:
        problem = _read(name, value, given)
        if problem is not None:
            problems.append(problem)
    problems = problems or [(code, detail) for wrong, code, detail in _clashes(given) if wrong]
    if problems:
        return refused(problems)
    return Rule(**{PARTS[name].field: value for name, value in given.items()})


_WRITTEN = re.compile(r"\s*(RRULE:)?[A-Z-]+=[A-Z0-9,+-]*(;[A-Z-]+=[A-Z0-9,+-]*)*\s*", re.ASCII | re.IGNORECASE)
_BYDAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d{1,6}", re.ASCII)
_DATE = re.compile(r"\d{8}", re.ASCII)
_TIME = re.compile(r"\d{8}T\d{6}Z?", re.ASCII)


def _read(name: str, value: str, given: dict[str, Any]) -> tuple[str, str] | None:
    """Puts the value of a part into `given`; returns (code, detail) of what is wrong with it, or None."""
    part = PARTS.get(name)
    if part is None:
        return ("unsupported_part", f"{name} is not among {', '.join(PARTS)}")
    if name in given:
        return ("duplicate_part", f"{name} is there twice")
    given[name] = part.read(value)
    if given[name] is None:
        return (f"invalid_{name.lower()}", f"{name} takes {part.takes}, not {value[:40] or 'nothing'}")
    return None


def _clashes(given: Mapping[str, Any]) -> list[tuple[bool, str, str]]:
    """Returns (is wrong, code, detail) of each combination of parts that a rule may not have."""
    frequency = given.get("FREQ", "")
    by = sorted(name for name in given if name.startswith("BY"))
    foreign = [name for name in by if frequency and name not in BY_PARTS[frequency]]
    counted = [n != 0 for n, _ in given.get("BYDAY", ())]
    monthly = frequency in {"MONTHLY", "YEARLY"}
    return [
        (not frequency, "required", "FREQ is missing"),
        ("COUNT" in given and "UNTIL" in given, "conflicting_parts", "it may end by COUNT or by UNTIL, not by both"),
        (bool(foreign), "unsupported_part", f"FREQ={frequency} takes no {' and no '.join(foreign)}"),
        ({"BYDAY", "BYMONTHDAY"} <= given.keys(), "conflicting_parts", "give BYDAY or BYMONTHDAY, not both"),
        (frequency == "WEEKLY" and any(counted), "invalid_byday", "FREQ=WEEKLY takes weekdays without a number, as MO"),
        (monthly and not all(counted), "invalid_byday", f"FREQ={frequency} takes weekdays with a number, as 2TU or -1FR"),
        (frequency == "YEARLY" and bool(by) and "BYMONTH" not in by, "required", "FREQ=YEARLY takes days only with BYMONTH"),
    ]  # fmt: skip


BY_PARTS: Mapping[str, tuple[str, ...]] = {
    "DAILY": (),
    "WEEKLY": ("BYDAY",),
    "MONTHLY": ("BYDAY", "BYMONTHDAY"),
    "YEARLY": ("BYDAY", "BYMONTH", "BYMONTHDAY"),
}


def _frequency(value: str) -> str | None:
    return value if value in BY_PARTS else None


def _number(limit: int) -> Callable[[str], int | None]:
    def read(value: str) -> int | None:
        return int(value) if _INTEGER.fullmatch(value) and 1 <= int(value) <= limit else None

    return read


def _numbers(low: int, high: int) -> Callable[[str], tuple[int, ...] | None]:
    def read(value: str) -> tuple[int, ...] | None:
        items = value.split(",")
        if not all(_INTEGER.fullmatch(item) and int(item) and low <= int(item) <= high for item in items):
            return None
        return tuple(sorted({int(item) for item in items}))

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
    "FREQ": Part("frequency", _frequency, "DAILY, WEEKLY, MONTHLY or YEARLY"),
    "INTERVAL": Part("interval", _number(MAX_INTERVAL), f"a number from 1 to {MAX_INTERVAL:,}"),
    "COUNT": Part("count", _number(MAX_COUNT), f"a number from 1 to {MAX_COUNT:,}"),
    "UNTIL": Part("until", _until, "a day as 20270331, or a time as 20270331T090000 or 20270331T070000Z"),
    "BYDAY": Part("weekdays", _weekdays, "weekdays as MO,TH, or counted in the month as 2TU or -1FR"),
    "BYMONTHDAY": Part(
        "month_days",
        _numbers(-LAST_COUNTED_BACK, 31),
        f"days from 1 to 31, or from -1 (the last) to -{LAST_COUNTED_BACK}",
    ),
    "BYMONTH": Part("months", _numbers(1, 12), "months from 1 to 12"),
    "WKST": Part("week_start", _weekday, "a weekday as MO"),
}
