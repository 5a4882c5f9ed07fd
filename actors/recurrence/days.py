"""The days of the calendar that a rule names: plain arithmetic, without zones and times. Pure."""

from calendar import isleap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date

from actors.recurrence.rule import Frequency, Rule

LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def filled(rule: Rule, start: date) -> Rule:
    """Returns the rule with the days and months that it leaves to the start of its series."""
    if rule.frequency == "WEEKLY" and not rule.weekdays:
        return replace(rule, weekdays=((0, start.weekday()),))
    if rule.frequency in {"MONTHLY", "YEARLY"}:
        month_days = rule.month_days or (() if rule.weekdays else (start.day,))
        months = rule.months or ((start.month,) if rule.frequency == "YEARLY" else ())
        return replace(rule, month_days=month_days, months=months)
    return rule


def exists_in_some_year(rule: Rule) -> bool:
    """Returns whether a yearly rule names a day that exists; 30 February does not, whatever the policy."""
    if rule.frequency != "YEARLY" or not rule.month_days:
        return True
    return any(day <= LONGEST[month - 1] for day in rule.month_days for month in rule.months)


def days_of_rule(rule: Rule, start: date, since: date, last: date, *, clamped: bool) -> Iterator[int]:
    """Yields the ordinals of the days of a filled rule, in order, starting no later than its first day from `since` on.

    The caller leaves out those before `since` and after `last`.
    """
    return _DAYS[rule.frequency](rule, start, since, last, clamped)


def _daily(rule: Rule, start: date, since: date, last: date, _clamped: bool) -> Iterator[int]:
    done = (since - start).days // rule.interval
    yield from range(start.toordinal() + done * rule.interval, last.toordinal() + 1, rule.interval)


def _weekly(rule: Rule, start: date, since: date, last: date, _clamped: bool) -> Iterator[int]:
    week = start.toordinal() - (start.weekday() - rule.week_start) % 7
    step = 7 * rule.interval
    done = (since.toordinal() - week) // step
    offsets = sorted((weekday - rule.week_start) % 7 for _, weekday in rule.weekdays)
    for first in range(week + done * step, last.toordinal() + 1, step):
        for offset in offsets:
            yield first + offset


def _monthly(rule: Rule, start: date, since: date, last: date, clamped: bool) -> Iterator[int]:
    days_of = _Months(rule, clamped)
    begin = _month_number(start)
    done = (_month_number(since) - begin) // rule.interval
    for number in range(begin + done * rule.interval, _month_number(last) + 1, rule.interval):
        yield from days_of(number // 12, number % 12 + 1)


def _yearly(rule: Rule, start: date, since: date, last: date, clamped: bool) -> Iterator[int]:
    days_of = _Months(rule, clamped)
    done = (since.year - start.year) // rule.interval
    for year in range(start.year + done * rule.interval, last.year + 1, rule.interval):
        for month in rule.months:
            yield from days_of(year, month)


_DAYS: Mapping[Frequency, Callable[[Rule, date, date, date, bool], Iterator[int]]] = {
    "DAILY": _daily,
    "WEEKLY": _weekly,
    "MONTHLY": _monthly,
    "YEARLY": _yearly,
}


def _month_number(day: date) -> int:
    return day.year * 12 + day.month - 1


class _Months:
    """The days that a rule names in a month, as ordinals; months of one shape are computed once."""

    def __init__(self, rule: Rule, clamped: bool) -> None:
        self._rule = rule
        self._clamped = clamped
        self._known: dict[tuple[int, int], list[int]] = {}

    def __call__(self, year: int, month: int) -> list[int]:
        before = date(year, month, 1).toordinal() - 1
        length = LONGEST[month - 1] - (month == 2 and not isleap(year))  # noqa: PLR2004  # February
        shape = (before % 7, length)  # day 0 was a Sunday, so this is the weekday of the first
        days = self._known.get(shape)
        if days is None:
            days = self._known[shape] = _days_of_month(self._rule, *shape, clamped=self._clamped)
        return [before + day for day in days]


def _days_of_month(rule: Rule, first_weekday: int, length: int, *, clamped: bool) -> list[int]:
    """Returns the days of a month in order, each once. Only days of the month are clamped, not a missing fifth Friday."""
    days: set[int] = set()
    for number in rule.month_days:
        if 0 < number <= length:
            days.add(number)
        elif number < 0:
            days.add(length + 1 + number)
        elif clamped:
            days.add(length)
    counted = (_nth(n, weekday, first_weekday, length) for n, weekday in rule.weekdays)
    return sorted(days.union(day for day in counted if 1 <= day <= length))


def _nth(n: int, weekday: int, first_weekday: int, length: int) -> int:
    """Returns the day of the n-th `weekday`; one outside the month when there is none."""
    first = 1 + (weekday - first_weekday) % 7
    if n > 0:
        return first + 7 * (n - 1)
    return first + 7 * ((length - first) // 7 + 1 + n)
