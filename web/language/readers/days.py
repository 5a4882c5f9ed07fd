"""Days: relative ones, weekdays, days of the calendar and what lies so far ahead. Pure."""

from calendar import monthrange
from collections.abc import Callable
from datetime import UTC, date, time, timedelta
from zoneinfo import ZoneInfo

from actors.fields import YEARS
from web.language.amounts import Amount, amount_of
from web.language.meaning import Context, Day, Form, Groups, Kind, Meaning, Needs
from web.language.patterns import Grammar

LONGEST = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
PAST = Meaning("past")
SATURDAY = 5


def of_day(day: date | None, part: str = "", *, form: Form = "", needs: Needs = "") -> Meaning | None:
    """Returns the meaning of a day that the calendar has."""
    if day is None or day.year not in YEARS:
        return None
    return Meaning("date", Day(day, part), needs, form)


def coming(weekday: int, today: date) -> date:
    """Returns the next such day after today."""
    return today + timedelta((weekday - today.weekday() - 1) % 7 + 1)


def next_monday(today: date) -> date:
    """Returns the first day of the next calendar week."""
    return coming(0, today)


def relative(groups: Groups, context: Context, grammar: Grammar) -> Meaning | None:
    word, text = context.word, groups.text("relative")
    if text in grammar.small_only and word[0].isupper():
        return None
    shouted = word.isupper()
    if text in grammar.capital_first and word[0].isupper() and not (context.first or shouted):
        return None
    return of_day(context.today + timedelta(groups.value("relative")))


def tonight(_groups: Groups, context: Context, _grammar: Grammar) -> Meaning | None:
    return of_day(context.today, "tonight")


def weekday(groups: Groups, context: Context, grammar: Grammar) -> Meaning | None:
    number = groups.value("weekday")
    short = groups.text("weekday").rstrip(".") in grammar.shorts
    alone = len(context.word.split()) == 1
    value = Day(coming(number, context.today), groups.part(), weekday=number)
    return Meaning("date", value, "short" if short and alone else "", "weekday")


def in_next_week(groups: Groups, context: Context, _grammar: Grammar) -> Meaning | None:
    number = groups.value("weekday")
    day = next_monday(context.today) + timedelta(number)
    return Meaning("date", Day(day, groups.part(), weekday=number), form="weekday") if day.year in YEARS else None


def weekday_after(weeks: int) -> Callable[[Groups, Context, Grammar], Meaning | None]:
    """Returns a reader of a weekday so many weeks after the coming one."""

    def read(groups: Groups, context: Context, _grammar: Grammar) -> Meaning | None:
        return of_day(coming(groups.value("weekday"), context.today) + timedelta(weeks=weeks))

    return read


def weekday_week(groups: Groups, context: Context, _grammar: Grammar) -> Meaning | None:
    return of_day(coming(groups.value("weekday"), context.today) + timedelta(weeks=1), needs="free")


def computed(day_of: Callable[[date], date | None]) -> Callable[[Groups, Context, Grammar], Meaning | None]:
    """Returns a reader of what depends on today alone."""
    return lambda _groups, context, _grammar: of_day(day_of(context.today))


def weekend(today: date) -> date:
    """Returns the coming Saturday."""
    return coming(SATURDAY, today)


def next_weekend(today: date) -> date:
    """Returns the Saturday of the next calendar week."""
    return next_monday(today) + timedelta(SATURDAY)


def next_year(today: date) -> date:
    """Returns the first day of the next year."""
    return date(today.year + 1, 1, 1)


def year_end(today: date) -> date:
    """Returns the last day of the year."""
    return date(today.year, 12, 31)


def in_a_week(today: date) -> date:
    """Returns the day a week from today."""
    return today + timedelta(weeks=1)


def months_after(day: date, months: int) -> date | None:
    """Returns the day so many months later; a month that is too short gives its last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if year not in YEARS:
        return None
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """Returns the last day of the month."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def next_month(today: date) -> date | None:
    """Returns the first day of the next month."""
    return months_after(today.replace(day=1), 1)


def next_month_end(today: date) -> date | None:
    """Returns the last day of the next month."""
    first = next_month(today)
    return None if first is None else month_end(first)


def ahead(groups: Groups, context: Context, grammar: Grammar) -> Meaning | None:
    """Reads an interval from now: days are counted on the calendar, hours and minutes pass really."""
    amount = amount_of(groups.text("amount"), grammar)
    if amount is None:
        return None
    return of_day(day_ahead(amount, context.today)) if not amount.minutes else _moment(amount, context)


def day_ahead(amount: Amount, today: date) -> date | None:
    """Returns the day so far from today."""
    day = months_after(today, amount.months)
    try:
        return None if day is None else day + timedelta(amount.days)
    except OverflowError:
        return None


def _moment(amount: Amount, context: Context) -> Meaning | None:
    instant = context.instant.astimezone(UTC)  # a sum in a zone would be one of the wall clock
    then = (instant + timedelta(amount.days, minutes=amount.minutes)).astimezone(ZoneInfo(context.zone))
    day = Day(then.date(), clock=then.time().replace(second=0, microsecond=0))
    return Meaning("date", day, form="moment") if then.year in YEARS else None


def calendar_date(groups: Groups, context: Context, _grammar: Grammar) -> Meaning | None:
    day = groups.number("day") or groups.number("dayword")
    return of_calendar(day, groups.value("month"), groups.number("year"), context.today)


def of_calendar(day: int, month: int, year: int, today: date, needs: Needs = "") -> Meaning | None:
    """Returns the date with its year, or the next one that has it, today included; a past one is only blocked."""
    if not (1 <= month <= len(LONGEST) and 1 <= day <= LONGEST[month - 1]):
        return None
    years = [year] if year else range(today.year, today.year + 9)  # leap years are at most eight apart
    days = filter(None, (_date(one, month, day) for one in years))
    found = next((one for one in days if year or one >= today), None)
    if found is not None and found < today:
        return PAST
    return of_day(found, form="calendar", needs=needs)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def iso(groups: Groups, context: Context, _grammar: Grammar) -> Meaning | None:
    year, month, day = map(int, groups.text("iso").split("-"))
    meaning = of_calendar(day, month, year, context.today)
    if meaning is None or not groups.has("isotime") or not isinstance(meaning.value, Day):
        return meaning
    try:
        clock = time.fromisoformat(groups.text("isotime"))
    except ValueError:
        return None
    return Meaning("date", Day(meaning.value.day, clock=clock), form="moment")


def numbers(groups: Groups, context: Context, _grammar: Grammar) -> Meaning | None:
    """Reads a pair of numbers: one above 12 is the day, else the day comes first; where that is unsafe, none is read."""
    first, second, year = groups.number("first"), groups.number("second"), groups.number("year")
    if max(first, second) <= len(LONGEST) and context.unsafe_pairs:
        return None
    day, month = (second, first) if second > len(LONGEST) else (first, second)
    slashed = "/" in context.word and not year
    return of_calendar(day, month, year, context.today, "free" if slashed else "")


def nth_day(groups: Groups, context: Context, _grammar: Grammar) -> Meaning | None:
    return of_day(_next_nth(groups.number("nthday"), context.today), form="calendar", needs="free")


def bound_nth(kind: Kind) -> Callable[[Groups, Context, Grammar], Meaning | None]:
    """Returns a reader of a day of the month that is the end or the start of a rule."""

    def read(groups: Groups, context: Context, grammar: Grammar) -> Meaning | None:
        day = nth_day(groups, context, grammar)
        return None if day is None else Meaning(kind, day, "free")

    return read


def _next_nth(number: int, today: date) -> date | None:
    starts = (months_after(today.replace(day=1), months) for months in range(13))
    days = (_date(start.year, start.month, number) for start in starts if start)
    return next((day for day in days if day and day >= today), None)


def weekday_day(groups: Groups, context: Context, _grammar: Grammar) -> Meaning | None:
    """Reads a weekday with the number of its day, as `martes 15`: the next 15th, or the one after when that one fits."""
    number = groups.number("nthday") or groups.number("day")
    first = _next_nth(number, context.today)
    second = None if first is None else _next_nth(number, first + timedelta(1))
    fitting = [day for day in (first, second) if day and day.weekday() == groups.value("weekday")]
    return of_day(fitting[0], form="calendar", needs="free") if fitting else None


def past(_groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return PAST
