"""Times of the wall and parts of the day. Pure."""

from collections.abc import Callable

from web.language.meaning import Clock, Context, Day, Groups, Meaning, Needs
from web.language.patterns import Grammar

NOON = 12
HOURS = 24
DEFAULT_HOURS = {"morning": 9, "noon": NOON, "afternoon": 15, "evening": 19, "night": 21, "tonight": 20}
LATE = frozenset({"noon", "afternoon", "evening", "night", "tonight"})
NIGHT = frozenset({"night", "tonight"})
SMALL_HOURS = 4  # up to then an hour of the night lies behind midnight, one of noon behind noon

Reader = Callable[[Groups, Context, Grammar], Meaning | None]


def clock(groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return _time(_clock(groups))


def weak_clock(groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return _time(_clock(groups), needs="free")


def shifted(minutes: int) -> Reader:
    """Returns a reader of a time so many minutes from the hour that is named, as `half past nine`."""

    def read(groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
        found = _clock(groups)
        if found is None:
            return None
        total = found.hour * 60 + minutes
        hour = total // 60 or (NOON if found.hour == 1 else 0)  # half an hour before one o'clock is 12:30
        return _time(Clock(hour % HOURS, total % 60, found.exact))

    return read


def fixed(hour: int, minute: int = 0) -> Reader:
    """Returns a reader of one time, as noon."""
    return lambda _groups, _context, _grammar: Meaning("time", Clock(hour, minute, exact=True))


def hour_of_part(groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    found = _clock(groups)
    return None if found is None else _time(Clock(found.hour, found.minute, part=groups.part()))


def part(groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("part", groups.part())


def this_part(groups: Groups, context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("date", Day(context.today, groups.part()))


def bare_part(groups: Groups, _context: Context, _grammar: Grammar) -> Meaning | None:
    return Meaning("part", groups.part(), "beside")


def _clock(groups: Groups) -> Clock | None:
    hour, minute, half = groups.number("hour"), groups.number("minute"), groups.text("half")
    if hour >= HOURS or minute > 59 or (half and not 1 <= hour <= NOON):  # noqa: PLR2004  # of a clock
        return None
    if half:
        hour = hour % NOON + (NOON if half == "p" else 0)
    return Clock(hour, minute, exact=bool(half))


def _time(found: Clock | None, *, needs: Needs = "") -> Meaning | None:
    return None if found is None else Meaning("time", found, needs)


def of_day_part(found: Clock | None, named: str) -> Clock | None:
    """Returns the time with the part of the day that was said beside it, or the part's own; None without both."""
    named = (found.part if found and found.part else "") or named
    if found is None:
        return Clock(DEFAULT_HOURS[named], exact=True) if named else None
    return Clock(_hour(found, named), found.minute, exact=True)


def _hour(found: Clock, named: str) -> int:
    if found.exact or found.hour > NOON or named not in LATE:
        return found.hour
    if found.hour == NOON:
        return 0 if named in NIGHT else NOON
    small = found.hour <= SMALL_HOURS
    stays = (small and named == "night") or (not small and named == "noon")
    return found.hour if stays else found.hour + NOON
