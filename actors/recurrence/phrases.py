"""The days and times of a rule in English words, of which `sentence` makes a sentence. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, time
from typing import Final

from actors.recurrence.rule import Frequency, Rule

WEEKDAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS: Final = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
UNITS: Final[Mapping[Frequency, str]] = {
    "MINUTELY": "minute", "HOURLY": "hour", "DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year",
}  # fmt: skip
COUNTED: Final = {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}
MOST_TIMES: Final = 6
FROM_TO: Final = 3  # as few weekdays in a row are said as from one to the other


def interval(rule: Rule) -> str:
    """Returns `1 day`, `2 weeks`."""
    unit = UNITS[rule.frequency]
    return f"{rule.interval} {unit}" if rule.interval == 1 else f"{rule.interval} {unit}s"


def every(rule: Rule) -> str:
    """Returns `Every day`, `Every 2 weeks`; a rule of every day that names weekdays alone is one of weeks."""
    if _is_weekly(rule):
        return "Every week"
    return f"Every {UNITS[rule.frequency]}" if rule.interval == 1 else f"Every {interval(rule)}"


def _is_weekly(rule: Rule) -> bool:
    return (rule.frequency, rule.interval) == ("DAILY", 1) and bool(rule.weekdays) and not rule.positions


def days(rule: Rule) -> str:
    """Returns the days of a filled rule: `Every 2 weeks on Monday`, `Every 22 November`, `Every month on the 1st`."""
    if (rule.frequency, len(rule.months), len(rule.month_days)) == ("YEARLY", 1, 1) and _plain_day(rule):
        day = f"{rule.month_days[0]} {MONTHS[rule.months[0] - 1]}"
        return f"Every {day}" if rule.interval == 1 else f"{every(rule)} on {day}"
    rule = _with_places_as_counts(rule)
    said = [phrase(rule) for given, phrase in _PHRASES if given(rule)]
    return " ".join([every(rule), *said])


def _plain_day(rule: Rule) -> bool:
    return rule.month_days[0] > 0 and not (rule.weekdays or rule.year_days or rule.weeks or rule.positions)


def _with_places_as_counts(rule: Rule) -> Rule:
    """Returns `the last Tuesday` for the last of all Tuesdays."""
    others = rule.month_days or rule.year_days or rule.weeks or len(rule.hours) > 1 or len(rule.minutes) > 1
    if others or rule.frequency != "MONTHLY" or [n for n, _ in rule.weekdays] != [0]:
        return rule
    ((_, weekday),) = rule.weekdays
    return replace(rule, weekdays=tuple((place, weekday) for place in rule.positions or (0,)), positions=())


def _in_weeks(rule: Rule) -> str:
    ahead = [str(week) for week in rule.weeks if week > 0]
    back = [_back(f"{ordinal(-week)}", week) for week in reversed(rule.weeks) if week < 0]
    named = [f"week{'s' if len(ahead) > 1 else ''} {listed(ahead)}"] if ahead else []
    return "in " + listed(named + [f"the {week} week" for week in back])


def _on_year_days(rule: Rule) -> str:
    return f"on the {listed(_numbered(rule.year_days))}{'' if rule.year_days[0] < 0 else ' day'} of the year"


def _on_month_days(rule: Rule) -> str:
    """Returns `on the 1st, last day and second Tuesday`; with weekdays they are a condition."""
    whole = " of each month" if rule.frequency == "YEARLY" and not rule.months else ""
    return f"on the {listed(_numbered(rule.month_days))}{whole}"


def _numbered(numbers: Sequence[int]) -> list[str]:
    ahead = [ordinal(number) for number in numbers if number > 0]
    return ahead + [f"{_back(ordinal(-number), number)} day" for number in reversed(numbers) if number < 0]


def _on_weekdays(rule: Rule) -> str:
    if rule.month_days or rule.year_days:
        return f"if that is {listed(_weekdays(rule), 'or')}"
    plain = [weekday for n, weekday in rule.weekdays if not n]
    if len(plain) == len(rule.weekdays):
        return _on_plain(plain, "on every" if rule.frequency in {"MONTHLY", "YEARLY"} and not rule.weeks else "on")
    of_year = " of the year" if rule.frequency == "YEARLY" and not rule.months else ""
    return f"on {'' if plain else 'the '}{listed(_weekdays(rule))}{of_year}"


def _on_plain(plain: Sequence[int], on: str) -> str:
    if len(plain) >= FROM_TO and plain[-1] - plain[0] == len(plain) - 1:
        return f"from {WEEKDAYS[plain[0]]} to {WEEKDAYS[plain[-1]]}"
    return f"{on} {listed([WEEKDAYS[day] for day in plain])}"


def _weekdays(rule: Rule) -> list[str]:
    """Returns `second Tuesday`, `last Friday`; beside counted ones, an uncounted one is `every Monday`."""
    order = sorted(rule.weekdays, key=lambda counted: (counted[0] < 0, abs(counted[0]), counted[1]))
    every_one = "a " if rule.month_days or rule.year_days else "every "
    return [
        f"{_back(COUNTED.get(abs(n)) or ordinal(abs(n)), n)} {WEEKDAYS[day]}" if n else f"{every_one}{WEEKDAYS[day]}"
        for n, day in order
    ]


def _in_months(rule: Rule) -> str:
    if rule.frequency == "YEARLY" and not rule.weeks and not rule.year_days:
        return f"of {listed([MONTHS[month - 1] for month in rule.months])}"
    return f"in {listed([MONTHS[month - 1] for month in rule.months])}"


# What a rule names, and how it is said, in the order in which it stands in a sentence.
_PHRASES: Final[tuple[tuple[Callable[[Rule], object], Callable[[Rule], str]], ...]] = (
    (lambda rule: rule.weeks, _in_weeks),
    (lambda rule: rule.year_days, _on_year_days),
    (lambda rule: rule.month_days, _on_month_days),
    (lambda rule: rule.weekdays, _on_weekdays),
    (lambda rule: rule.months, _in_months),
)


def places(rule: Rule) -> str:
    """Returns `only the last of these in each month`; "" where no places are named."""
    rule = _with_places_as_counts(rule)
    if not rule.positions:
        return ""
    ahead = [COUNTED.get(place) or ordinal(place) for place in rule.positions if place > 0]
    back = [_back(COUNTED.get(-place) or ordinal(-place), place) for place in reversed(rule.positions) if place < 0]
    return f"only the {listed(ahead + back)} of these in each {UNITS[rule.frequency]}"


def at_times(times: Sequence[int]) -> str:
    """Returns `at 09:00 and 21:00` for seconds from midnight; of many the first, the second and the last."""
    said = [clock(_time(seconds)) for seconds in times]
    if len(said) > MOST_TIMES:
        return f"at {said[0]}, {said[1]} and so on to {said[-1]}"
    return f"at {listed(said)}"


def within_day(rule: Rule, start: time) -> str:
    """Returns the times of a rule that counts hours or minutes."""
    minutes = (
        f"at minute{'s' if len(rule.minutes) > 1 else ''} {listed([*map(str, rule.minutes)])}" if rule.minutes else ""
    )
    hours = f"in the hour{'s' if len(rule.hours) > 1 else ''} {listed([*map(str, rule.hours)])}" if rule.hours else ""
    return " ".join(filter(None, [minutes, hours])) or f"from {clock(start)} on"


def _time(seconds: int) -> time:
    return time(seconds // 3600, seconds // 60 % 60, seconds % 60)


def clock(shown: time) -> str:
    """Returns `09:00`, or `09:00:30`."""
    return shown.isoformat("seconds" if shown.second else "minutes")


def day_text(day: date) -> str:
    """Returns `31 March 2027`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Returns `one, two and three`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}"


def ordinal(number: int) -> str:
    """Returns `1st`, `12th`."""
    teen = number % 100 in {11, 12, 13}
    return f"{number}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def _back(number: str, n: int) -> str:
    if n > 0:
        return number
    return "last" if n == -1 else f"{number} last"
