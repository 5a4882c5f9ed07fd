"""A recurrence as a sentence that a person would write. Pure."""

from collections.abc import Callable, Mapping
from datetime import date

from actors.recurrence.days import LONGEST
from actors.recurrence.expansion import CALENDAR_ENDS, Recurrence
from actors.recurrence.rule import Frequency, Rule

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
UNITS: Mapping[Frequency, str] = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year"}
COUNTED = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
LEAP_DAY = (2, 29)
LEAST = 28  # days of every month


def sentence(recurrence: Recurrence) -> str:
    """Returns `Every 2 weeks on Monday and Thursday at 09:00, until 31 March 2027`; the zone is left to the reader."""
    after = recurrence.policies.mode == "completion"
    rule = recurrence.whole
    days = _interval(rule) + " after completion" if after else _ON[rule.frequency](rule)
    clauses = [days + _at(recurrence)]
    if not after:
        clauses += [_weeks(rule), _month_end(rule, clamped=recurrence.policies.month_end == "clamp")]
    clauses.append(_end(recurrence))
    return ", ".join(clause for clause in clauses if clause)


def _interval(rule: Rule) -> str:
    unit = UNITS[rule.frequency]
    return f"{rule.interval} {unit}" if rule.interval == 1 else f"{rule.interval} {unit}s"


def _every(rule: Rule) -> str:
    return f"Every {UNITS[rule.frequency]}" if rule.interval == 1 else f"Every {_interval(rule)}"


def _on_weekdays(rule: Rule) -> str:
    days = [weekday for _, weekday in rule.weekdays]
    if len(days) > 2 and days[-1] - days[0] == len(days) - 1:  # noqa: PLR2004  # two are listed
        return f"{_every(rule)} from {WEEKDAYS[days[0]]} to {WEEKDAYS[days[-1]]}"
    return f"{_every(rule)} on {_listed([WEEKDAYS[day] for day in days])}"


def _on_month_days(rule: Rule) -> str:
    return f"{_every(rule)} on {_days(rule)}"


def _on_year_days(rule: Rule) -> str:
    if len(rule.months) == 1 and len(rule.month_days) == 1 and rule.month_days[0] > 0:
        day = f"{rule.month_days[0]} {MONTHS[rule.months[0] - 1]}"
        return f"Every {day}" if rule.interval == 1 else f"{_every(rule)} on {day}"
    return f"{_every(rule)} on {_days(rule)} of {_listed([MONTHS[month - 1] for month in rule.months])}"


_ON: Mapping[Frequency, Callable[[Rule], str]] = {
    "DAILY": _every,
    "WEEKLY": _on_weekdays,
    "MONTHLY": _on_month_days,
    "YEARLY": _on_year_days,
}


def _days(rule: Rule) -> str:
    """Returns `the 1st and 15th`, `the last day`, `the second Tuesday and last Friday`."""
    ahead = [_ordinal(day) for day in rule.month_days if day > 0]
    back = [f"{_back(_ordinal(-day), day)} day" for day in reversed(rule.month_days) if day < 0]
    weekdays = sorted(rule.weekdays, key=lambda counted: (counted[0] < 0, abs(counted[0]), counted[1]))
    counted = [f"{_back(COUNTED[abs(n)], n)} {WEEKDAYS[weekday]}" for n, weekday in weekdays]
    return f"the {_listed(ahead + back + counted)}"


def _back(number: str, n: int) -> str:
    if n > 0:
        return number
    return "last" if n == -1 else f"{number} last"


def _ordinal(number: int) -> str:
    teen = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _at(recurrence: Recurrence) -> str:
    clock = recurrence.clock
    if clock is None:
        return ""
    return f" at {clock.isoformat('seconds' if clock.second else 'minutes')}"


def _weeks(rule: Rule) -> str:
    """Returns the day that begins a week, where it decides which of every second week is meant; else ""."""
    if rule.frequency != "WEEKLY" or rule.interval == 1 or rule.week_start == 0:
        return ""
    return f"weeks starting on {WEEKDAYS[rule.week_start]}"


def _month_end(rule: Rule, *, clamped: bool) -> str:
    """Returns what happens in months that lack a day; "" when each has it."""
    months = rule.months or tuple(range(1, 13))
    longest = max(rule.month_days, default=0)
    if (rule.months, rule.month_days) == ((LEAP_DAY[0],), (LEAP_DAY[1],)):
        return "on 28 February in other years" if clamped else "in leap years only"
    if longest <= LEAST or all(longest <= _shortest(month) for month in months):
        return ""
    return "on the last day of shorter months" if clamped else "not in shorter months"


def _shortest(month: int) -> int:
    return LEAST if month == LEAP_DAY[0] else LONGEST[month - 1]


def _end(recurrence: Recurrence) -> str:
    count = recurrence.rule.count
    if count is not None:
        return "once" if count == 1 else f"{count} times"
    if recurrence.rule.until is None or recurrence.last == CALENDAR_ENDS:
        return ""
    return f"until {_date(recurrence.last)}"


def _date(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
