"""A recurrence as a sentence that a person would write. Pure."""

from collections.abc import Sequence

from actors.recurrence import phrases
from actors.recurrence.days import LONGEST
from actors.recurrence.expansion import Recurrence, slot_of
from actors.recurrence.moments import CALENDAR_ENDS
from actors.recurrence.rule import Rule

LEAP_DAY = (2, 29)
LEAST = 28  # days of every month
MOST_DATES = 3


def sentence(recurrence: Recurrence) -> str:
    """Returns `Every 2 weeks on Monday and Thursday at 09:00, until 31 March 2027`; the zone is left to the reader."""
    after = recurrence.policies.mode == "completion"
    rule = recurrence.whole
    days = phrases.interval(rule) + " after completion" if after else phrases.days(rule)
    clauses = [f"{days} {_at(recurrence)}".rstrip()]
    if not after:
        clauses += [
            phrases.places(rule),
            _weeks(rule),
            _month_end(rule, clamped=recurrence.policies.month_end == "clamp"),
        ]
        clauses += [_dates("also", recurrence, recurrence.added), _dates("except", recurrence, recurrence.excluded)]
    clauses.append(_end(recurrence))
    return ", ".join(clause for clause in clauses if clause)


def _at(recurrence: Recurrence) -> str:
    rule, clock = recurrence.rule, recurrence.clock
    if clock is None:
        return ""
    if not rule.within_day:
        return phrases.at_times(recurrence.moments.times)
    return "" if recurrence.policies.mode == "completion" else phrases.within_day(rule, clock)


def _weeks(rule: Rule) -> str:
    """Returns the day that begins a week, where it decides which of every second week is meant; else ""."""
    decides = rule.weeks or (rule.frequency == "WEEKLY" and rule.interval > 1)
    return f"weeks starting on {phrases.WEEKDAYS[rule.week_start]}" if decides and rule.week_start else ""


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


def _dates(word: str, recurrence: Recurrence, moments: Sequence[int]) -> str:
    """Returns `also on 6 January 2027`, `except on 4 dates`; "" where there is none."""
    if len(moments) > MOST_DATES:
        return f"{word} on {len(moments)} dates"
    said = [_date(recurrence, moment) for moment in moments]
    return f"{word} on {phrases.listed(said)}" if said else ""


def _date(recurrence: Recurrence, moment: int) -> str:
    """Returns the day of a moment, with its time where that is not the one of every day."""
    slot = slot_of(recurrence, moment)
    time = slot.local[11:]
    usual = recurrence.clock is not None and not recurrence.moments.close and time == phrases.clock(recurrence.clock)
    return phrases.day_text(slot.day) + (f" at {time}" if time and not usual else "")


def _end(recurrence: Recurrence) -> str:
    count = recurrence.rule.count
    if count is not None:
        return "once" if count == 1 else f"{count} times"
    if recurrence.rule.until is None or recurrence.last == CALENDAR_ENDS:
        return ""
    return f"until {phrases.day_text(recurrence.last)}"
