"""Rules of repetition: one reader for all patterns, by the slots that are there. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from web.language.amounts import amount_of
from web.language.meaning import Context, Groups, Meaning
from web.language.patterns import Grammar
from web.language.readers.days import LONGEST, SATURDAY

_NUMBER = re.compile("[0-9]+")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
WORKDAYS = tuple(range(5))
MAX_INTERVAL = 1_000
MAX_COUNT = 10_000
FREQUENCIES = {"day": "DAILY", "week": "WEEKLY", "month": "MONTHLY", "year": "YEARLY"}


@dataclass(frozen=True, slots=True)
class Repeat:
    """A rule as it was said: which days of which frequency, how often, and after completion or not."""

    frequency: str
    interval: int = 1
    weekdays: tuple[int, ...] = ()
    nths: tuple[int, ...] = ()  # they count the weekdays within the month
    month_days: tuple[int, ...] = ()
    month: int = 0
    part: str = ""
    after_completion: bool = False

    @property
    def names_days(self) -> bool:
        """Whether the rule says itself which days it means."""
        return bool(self.weekdays or self.month_days)

    def text(self, *, interval: bool = True, days: bool = True) -> str:
        """Returns the rule as RFC 5545 writes it, with or without its interval and days."""
        parts = [f"FREQ={self.frequency}"]
        if interval and self.interval > 1:
            parts.append(f"INTERVAL={self.interval}")
        return ";".join(parts + (self._days() if days else []))

    def _days(self) -> list[str]:
        counted = [f"{nth}{WEEKDAYS[day]}" for nth in self.nths for day in self.weekdays]
        lists: Mapping[str, list[str]] = {
            "BYMONTH": [str(self.month)] if self.month else [],
            "BYDAY": counted or [WEEKDAYS[day] for day in self.weekdays],
            "BYMONTHDAY": [str(day) for day in self.month_days],
        }
        return [f"{name}={','.join(values)}" for name, values in lists.items() if values]


def rule(groups: Groups, context: Context, grammar: Grammar) -> Meaning | None:
    found = _days(groups, context, grammar)
    interval = _interval(groups)
    if found is None or not 1 <= interval <= MAX_INTERVAL:
        return None
    if interval > 1:
        found = replace(found, interval=interval)
    found = replace(found, part=groups.part() or found.part, after_completion=groups.has("bang"))
    return Meaning("rule", found, "free" if _is_weak(groups) else "")


def _interval(groups: Groups) -> int:
    named = [groups.number(name) for name in ("step", "other", "n") if groups.has(name)]
    return named[0] if named else 1


def _is_weak(groups: Groups) -> bool:
    """Returns whether the words mean something else before a thing: `every 2nd door`, `les lundis noirs`."""
    numbered = groups.has("days") and not _says_month(groups)
    unled = not (groups.has("every") or groups.has("adverb") or groups.has("n") or groups.has("other"))
    return numbered or unled


def _says_month(groups: Groups) -> bool:
    return groups.has("unit") or groups.has("ofmonth") or groups.has("adverb")


def _days(groups: Groups, context: Context, grammar: Grammar) -> Repeat | None:
    frequency = _frequency(groups, grammar)
    for slot, read in _READ.items():
        if groups.has(slot):
            found = read(groups, context, grammar)
            return found if found and frequency in {"", found.frequency} else None
    return Repeat(frequency) if frequency else None


def _frequency(groups: Groups, grammar: Grammar) -> str:
    """Returns the frequency that is named, "" when only the days name it, and what no rule has for hours."""
    if groups.has("adverb"):
        return str(groups.value("adverb"))
    return FREQUENCIES.get(grammar.units[groups.text("unit")], "HOURLY") if groups.has("unit") else ""


def _of_month(groups: Groups, _context: Context, _grammar: Grammar) -> Repeat:
    """Reads a counted weekday: every second one is every other, unless the month is named; all else is the month's."""
    nths, day = _nths(groups), int(groups.value("weekday"))
    if nths == (2,) and not _says_month(groups):
        return Repeat("WEEKLY", 2, weekdays=(day,))
    return Repeat("MONTHLY", weekdays=(day,), nths=nths)


def _nths(groups: Groups) -> tuple[int, ...]:
    words = groups.text("nths").replace(",", " ").replace("&", " ").replace("/", " ").split()
    values = groups.values["nths"]
    numbers = [int(word[0]) if word[0].isdigit() else values.get(word) for word in words]
    return tuple(dict.fromkeys(int(number) for number in numbers if number is not None))


def _on_weekday(groups: Groups, _context: Context, _grammar: Grammar) -> Repeat:
    return Repeat("WEEKLY", weekdays=(int(groups.value("weekday")),))


def _on_weekdays(groups: Groups, _context: Context, grammar: Grammar) -> Repeat | None:
    days: set[int] = set()
    for first, last in grammar.weekday_list.findall(groups.text("weekdays")):
        low = int(groups.values["weekdays"][first])
        high = int(groups.values["weekdays"][last]) if last else low
        days.update((low + step) % 7 for step in range((high - low) % 7 + 1))
    return Repeat("WEEKLY", weekdays=tuple(sorted(days))) if days else None


def _on_month_days(groups: Groups, _context: Context, _grammar: Grammar) -> Repeat | None:
    numbered = [int(number) for number in _NUMBER.findall(groups.text("days"))]
    named = [int(number) for number in groups.every_value("days")]
    if not numbered and not _says_month(groups):
        return None  # `every second` alone is no day of the month
    return Repeat("MONTHLY", month_days=tuple(sorted({*numbered, *named})))


def _on_date(groups: Groups, _context: Context, _grammar: Grammar) -> Repeat | None:
    day, month = groups.number("day") or groups.number("dayword"), int(groups.value("month"))
    return Repeat("YEARLY", month_days=(day,), month=month) if day <= LONGEST[month - 1] else None


def _workdays(_groups: Groups, _context: Context, _grammar: Grammar) -> Repeat:
    return Repeat("WEEKLY", weekdays=WORKDAYS)


def _weekend(_groups: Groups, _context: Context, _grammar: Grammar) -> Repeat:
    return Repeat("WEEKLY", weekdays=(SATURDAY,))


def _last_day(_groups: Groups, _context: Context, _grammar: Grammar) -> Repeat:
    return Repeat("MONTHLY", month_days=(-1,))


def _in_part(groups: Groups, _context: Context, _grammar: Grammar) -> Repeat:
    return Repeat("DAILY", part=groups.part())


# By the slot that says which days; the first that is there decides.
_READ = {
    "nths": _of_month,
    "weekdays": _on_weekdays,
    "month": _on_date,
    "lastday": _last_day,
    "days": _on_month_days,
    "workday": _workdays,
    "weekend": _weekend,
    "weekday": _on_weekday,
    "part": _in_part,
}


def adverb(groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("rule", Repeat(str(groups.value("adverb"))), "free")


def workdays(_groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("rule", Repeat("WEEKLY", weekdays=WORKDAYS), "free")


def completion(_groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("completion")


def count(groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    number = groups.number("n")
    return Meaning("count", number) if 1 < number <= MAX_COUNT else None


def span(groups: Groups, _context: Context, grammar: Grammar) -> Meaning | None:
    amount = amount_of(groups.text("amount"), grammar)
    return Meaning("span", amount) if amount and not amount.minutes and (amount.days or amount.months) else None
