"""Intervals in words and figures, as `2 hours and 15 minutes`. Pure."""

import re
from typing import NamedTuple

from web.language.patterns import Grammar

MINUTES = {"minute": 1, "hour": 60}
DAYS = {"day": 1, "week": 7}
MONTHS = {"month": 1, "year": 12}
DAY_MINUTES = 1440
_HOURS_MINUTES = re.compile(r"([0-9]{1,2})\s?h\s?([0-5][0-9])")


class Amount(NamedTuple):
    """An interval: months and days of the calendar, and minutes that pass."""

    months: int = 0
    days: int = 0
    minutes: int = 0

    @property
    def in_minutes(self) -> int | None:
        """The whole in minutes, days as 1440 each; None where it has months."""
        return None if self.months else self.days * DAY_MINUTES + self.minutes


def amount_of(text: str, grammar: Grammar) -> Amount | None:
    """Returns the interval of one matched text."""
    if text in grammar.spans:
        days, minutes = divmod(int(grammar.spans[text]), DAY_MINUTES)
        return Amount(days=days, minutes=minutes)
    hours = _HOURS_MINUTES.fullmatch(text)
    if hours:
        return Amount(minutes=int(hours[1]) * 60 + int(hours[2]))
    counted = [_amount(number, unit, grammar) for number, unit in grammar.counted.findall(text)]
    return Amount(*map(sum, zip(*counted, strict=True))) if counted else None


def _amount(number: str, unit: str, grammar: Grammar) -> Amount:
    count = int(number) if number[0].isdigit() else int(grammar.values["n"][" ".join(number.split())])
    name = grammar.units[unit]
    return Amount(count * MONTHS.get(name, 0), count * DAYS.get(name, 0), count * MINUTES.get(name, 0))
