"""The days of the calendar that a rule names, year by year: plain arithmetic, without zones and times. Pure."""

from array import array
from bisect import bisect_left
from calendar import isleap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import Final, NamedTuple

from dateutil import rrule

from actors.recurrence.rule import Rule

LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
WEEK: Final = 7
FEBRUARY: Final = 2


def filled(rule: Rule, start: date) -> Rule:
    """Returns the rule with the days and months that it leaves to the start of its series."""
    if rule.weekdays or rule.month_days or rule.year_days or rule.weeks:
        return rule
    if rule.frequency == "WEEKLY":
        return replace(rule, weekdays=((0, start.weekday()),))
    if rule.frequency == "MONTHLY":
        return replace(rule, month_days=(start.day,))
    if rule.frequency == "YEARLY":
        return replace(rule, month_days=(start.day,), months=rule.months or (start.month,))
    return rule


def exists_in_some_year(rule: Rule) -> bool:
    """Returns whether a rule names a day that exists; 30 February does not, whatever the policy."""
    if not rule.month_days or not rule.months:
        return True
    return any(abs(day) <= LONGEST[month - 1] for day in rule.month_days for month in rule.months)


class Shape(NamedTuple):
    """What decides on which days of a year a rule is; years of one shape have the same days."""

    weekday: int  # of 1 January
    leap: bool
    after_leap: bool  # decides to which week the first days belong


class Calendar:
    """The days that a filled rule names, as ordinals, whose series starts on `start`."""

    def __init__(self, rule: Rule, start: date, *, clamped: bool) -> None:
        self._rule = rule
        self._start = start
        self._clamped = clamped
        self._known = _known(_about_days(rule), clamped)

    def years(self, since: date, last: date) -> Iterator[list[int]]:
        """Yields the days of each year, from that of `since` or the start, whichever is later, to that of `last`.

        In the year of the start there may be days before it.
        """
        step = self._rule.interval if self._rule.frequency == "YEARLY" else 1
        daily = self._rule.frequency == "DAILY" and not self._rule.names_days
        passed = max(0, since.year - self._start.year) // step * step
        for year in range(self._start.year + passed, last.year + 1, step):
            yield self._daily(year) if daily else self._in_step(self._of_year(year))

    def period(self, day: int) -> int:
        """Returns the number of the day, week, month or year, as the rule counts, in which a day is."""
        return _PERIODS.get(self._rule.frequency, _day)(self._rule, day)

    def _daily(self, year: int) -> list[int]:
        first, interval = date(year, 1, 1).toordinal(), self._rule.interval
        return list(
            range(first + (self._start.toordinal() - first) % interval, date(year, 12, 31).toordinal() + 1, interval)
        )

    def _in_step(self, days: list[int]) -> list[int]:
        """Keeps the days of every n-th day, week or month."""
        interval, period = self._rule.interval, _PERIODS.get(self._rule.frequency)
        if interval == 1 or period is None:
            return days
        first = period(self._rule, self._start.toordinal())
        return [day for day in days if (period(self._rule, day) - first) % interval == 0]

    def __contains__(self, day: int) -> bool:
        """Returns whether the rule names a day, whatever its interval."""
        first, named = self._named(date.fromordinal(day).year)
        place = bisect_left(named, day - first)
        return place < len(named) and named[place] == day - first

    def _of_year(self, year: int) -> list[int]:
        first, named = self._named(year)
        return [first + day for day in named]

    def _named(self, year: int) -> tuple[int, "array[int]"]:
        """Returns 1 January, and the days of the year that the rule names, counted from it."""
        zeroth = date(year, 1, 1)
        shape = Shape(zeroth.weekday(), isleap(year), isleap(year - 1))
        if shape not in self._known:
            self._known[shape] = _days_of_year(self._rule, shape, year, clamped=self._clamped)
        return zeroth.toordinal(), self._known[shape]


def _about_days(rule: Rule) -> Rule:
    """Returns of a rule what decides about the days of a year; much is left to its series."""
    return replace(rule, interval=1, count=None, until=None, hours=(), minutes=(), seconds=(), positions=())


@lru_cache(maxsize=1024)
def _known(_rule: Rule, _clamped: bool) -> dict[Shape, "array[int]"]:
    """Returns the days of years of each shape, which are kept for all series whose rules name the same days."""
    return {}


def _day(_rule: Rule, day: int) -> int:
    return day


def _week(rule: Rule, day: int) -> int:
    return (day - 1 - rule.week_start) // WEEK  # day 1 was a Monday


def _month(_rule: Rule, day: int) -> int:
    named = date.fromordinal(day)
    return named.year * 12 + named.month


def _year(_rule: Rule, day: int) -> int:
    return date.fromordinal(day).year


_PERIODS: Mapping[str, Callable[[Rule, int], int]] = {
    "DAILY": _day,
    "WEEKLY": _week,
    "MONTHLY": _month,
    "YEARLY": _year,
}


def _days_of_year(rule: Rule, shape: Shape, year: int, *, clamped: bool) -> "array[int]":
    """Returns the days of a year that the rule names, counted from 0."""
    in_month = rule.frequency != "YEARLY" or bool(rule.months)
    length = 365 + shape.leap
    weeks = _in_weeks(rule, year) if rule.weeks else range(length)
    day, named = 0, array("H")  # small, as many are kept
    for month, longest in enumerate(LONGEST, 1):
        days = longest - (month == FEBRUARY and not shape.leap)
        month_days = _month_days(rule, days, clamped=clamped)
        if not rule.months or month in rule.months:
            for number in month_days:
                at = day + number - 1
                place, of = (number - 1, days) if in_month else (at, length)
                if (
                    at in weeks
                    and _in_year(rule, at, length)
                    and _on_weekday(rule, (shape.weekday + at) % WEEK, place, of)
                ):
                    named.append(at)
        day += days
    return named


def _month_days(rule: Rule, length: int, *, clamped: bool) -> list[int]:
    """Returns the days of a month in order, each once; one that it lacks is its last day if `clamped`, counted back none."""
    if not rule.month_days:
        return list(range(1, length + 1))
    days = {day if day > 0 else length + 1 + day for day in rule.month_days}
    late = {length} if clamped and any(day > length for day in days) else set()
    return sorted({day for day in days if 1 <= day <= length} | late)


def _in_year(rule: Rule, at: int, length: int) -> bool:
    return not rule.year_days or at + 1 in rule.year_days or at - length in rule.year_days


def _on_weekday(rule: Rule, weekday: int, place: int, of: int) -> bool:
    """Returns whether a weekday that is at `place` (from 0) of a month or year of `of` days is named."""
    if not rule.weekdays:
        return True
    counted = {0, place // WEEK + 1, -((of - 1 - place) // WEEK + 1)}
    return any(named == weekday and n in counted for n, named in rule.weekdays)


def _in_weeks(rule: Rule, year: int) -> frozenset[int]:
    """Returns the days of a year, counted from 0, that are in its weeks of those numbers, as dateutil numbers them."""
    first, last = datetime(year, 1, 1), datetime(year, 12, 31)  # noqa: DTZ001  # days
    found = rrule.rrule(rrule.YEARLY, dtstart=first, until=last, byweekno=rule.weeks, wkst=rule.week_start)
    return frozenset((day - first).days for day in found)
