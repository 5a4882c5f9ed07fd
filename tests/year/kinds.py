"""The kinds of series: rules, starts, zones and policies, chosen at random within each kind."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from random import Random

from tests.unit.recurrence.oracle import Case
from tests.year.hours import Hours
from tests.year.people import START, TRAVELLERS, ZONES, YearPerson
from tests.year.slots import Spec

# The kinds of series number 0, 1, 2 and so on, in rotation. Frequent series share their instants and reminders, so that
# a year does not take an hour.
KINDS = (
    "daily", "weekly", "floating", "monthly", "weekly", "completion", "weekly", "yearly", "hours", "last day",
    "daily", "weekly", "completion", "weekday", "wherever", "days", "weekly", "counted", "hours of the wall",
    "days at home",
)  # fmt: skip
OFFSETS = ([0], [0], [0], [0], None, [], [30, 0])
OFFSETS_IN_DAYS = (["-P1D"], ["P-1DT11H", 0])
SELDOM = frozenset({"monthly", "completion", "yearly", "last day", "weekday", "days"})
OFTEN = frozenset({"Europe/Berlin", "America/Santiago"})  # the zones with daily series
RULES = frozenset(
    {"another rule", "another time", "an end", "another zone", "all day", "at a time", "split by another rule"}
)
FIXED = frozenset({"another time", "another zone", "all day"})  # for a series with a time
SAME_HOURS = frozenset({"pause", "resume", "undo", "remind", "look ahead", "stop", "delete"})
AFTER_COMPLETION = frozenset(
    {"pause", "resume", "another rule", "another time", "another zone", "all day", "at a time", "undo", "stop"}
)


def spec_of(number: int, people: Sequence[YearPerson], random: Random) -> tuple[Spec, YearPerson]:
    """Returns the series of that number, and its owner."""
    kind = KINDS[number % len(KINDS)]
    person = people[(7 * number + number // len(KINDS)) % len(people)]
    if kind in {"days at home", "wherever"}:
        person = people[0 if kind == "days at home" else TRAVELLERS[number // len(KINDS) % len(TRAVELLERS)]]
    clock, _ = ZONES[person.home]
    start = datetime.combine(START.date() - timedelta(days=random.randint(0, 90)), clock)
    case = Case("WEEKLY", interval=1, start=start, timed=True, zone=person.home, clamp=random.random() < 0.5)
    spec = Spec(
        case,
        pile_up=random.choice(("all", "newest")),
        look_ahead_days=random.choice((0, 0, 0, 1, 7, 30)),
        offsets=OFFSETS[random.randrange(len(OFFSETS))],
    )
    spec = KIND[kind](spec, random)
    if kind in SELDOM and random.random() < 0.4:
        spec = replace(spec, offsets=random.choice(OFFSETS_IN_DAYS))
    often = spec.case.zone in OFTEN and kind in {"daily", "weekly", "floating", "wherever", "days at home"}
    if often or isinstance(spec.case, Hours):
        spec = replace(spec, offsets=[0])
    return spec, person


def may_take(spec: Spec, turns: Sequence[str]) -> bool:
    """Returns whether the outcome of these turns is plain for such a series."""
    if isinstance(spec.case, Hours):
        return SAME_HOURS.issuperset(turns)
    timing = next((turn for turn in turns if turn in FIXED or turn == "at a time"), None)
    if timing is not None and (timing in FIXED) != spec.case.timed:
        return False
    if spec.floating and "another zone" in turns:
        return False
    if spec.mode == "completion":
        return AFTER_COMPLETION.issuperset(turns)
    ends = spec.case.count is not None or spec.case.until is not None
    return RULES.isdisjoint(turns) or not ends


def _rule(spec: Spec, **case: object) -> Spec:
    return replace(spec, case=replace(spec.case, **case))  # type: ignore[arg-type]  # the fields of a Case


def _daily(spec: Spec, random: Random) -> Spec:
    clock, _ = ZONES["Europe/Berlin"]
    start = datetime.combine(spec.case.start.date(), clock)
    return _rule(spec, frequency="DAILY", interval=random.choice((1, 2)), start=start, zone="Europe/Berlin")


def _weekly(spec: Spec, random: Random) -> Spec:
    """Returns a series on the weekday on which the clocks of its zone change."""
    days = {ZONES[spec.case.zone][1]}
    if spec.case.zone in OFTEN:
        days.update(random.sample(range(7), random.randint(0, 3)))
    return _rule(
        spec,
        interval=random.choice((1, 1, 2)),
        weekdays=tuple((0, day) for day in sorted(days)),
        week_start=random.choice((None, 6)),
    )


def _monthly(spec: Spec, random: Random) -> Spec:
    days = random.choice(((31,), (30,), (29, 31), ()))
    start = spec.case.start.replace(year=2023, month=10, day=31)
    return _rule(spec, frequency="MONTHLY", month_days=days, start=start, interval=random.choice((1, 1, 2)))


def _last_day(spec: Spec, random: Random) -> Spec:
    return _rule(spec, frequency="MONTHLY", month_days=random.choice(((-1,), (-2,), (1, -1))))


def _weekday(spec: Spec, random: Random) -> Spec:
    return _rule(spec, frequency="MONTHLY", weekdays=((random.choice((1, 2, 5, -1)), random.randrange(7)),))


def _yearly(spec: Spec, random: Random) -> Spec:
    """Returns a series on leap days, or in three named months."""
    if random.random() < 0.5:
        return _rule(spec, frequency="YEARLY", start=spec.case.start.replace(year=2020, month=2, day=29))
    return _rule(spec, frequency="YEARLY", months=(3, 6, 10), month_days=(31,))


def _counted(spec: Spec, random: Random) -> Spec:
    spec = _weekly(spec, random)
    if random.random() < 0.5:
        return _rule(spec, count=random.randint(20, 40))
    until = date(2024, random.randint(4, 12), 15)
    return _rule(spec, until=random.choice((until, datetime.combine(until, time(12)))))


def _completion(spec: Spec, random: Random) -> Spec:
    frequency = random.choice(("DAILY", "DAILY", "WEEKLY", "MONTHLY"))
    spec = replace(spec, mode="completion", pile_up="all", look_ahead_days=0)
    return _rule(spec, frequency=frequency, interval=random.choice((1, 2, 3)), count=random.choice((None, None, 30)))


def _days(spec: Spec, random: Random) -> Spec:
    """Returns a series of days without a time, in the zone that its owner has at the time."""
    midnight = datetime.combine(spec.case.start.date(), time())
    return _rule(_weekly(spec, random), timed=False, start=midnight, interval=1)


def _days_at_home(spec: Spec, random: Random) -> Spec:
    """Returns a series of every or every second day, also of the day that begins an hour late."""
    midnight = datetime.combine(spec.case.start.date(), time())
    return _rule(spec, frequency="DAILY", timed=False, start=midnight, interval=random.choice((1, 2)))


def _floating(spec: Spec, random: Random) -> Spec:
    """Returns a series at a time of the wall, wherever its owner is."""
    return replace(_weekly(spec, random), floating=True)


def _hours(spec: Spec, random: Random) -> Spec:
    """Returns a series of some weeks in which clocks may change, each so many hours."""
    month, day = random.choice(((3, 22), (3, 30), (9, 28), (10, 20)))
    hour = spec.case.start.replace(year=2024, month=month, day=day) + timedelta(hours=1)
    case = Hours("HOURLY", random.choice((6, 8, 11)), hour, timed=True, zone=spec.case.zone, clamp=True, count=30)
    return replace(spec, case=case, look_ahead_days=random.choice((0, 1, 7)))


def _hours_of_the_wall(spec: Spec, random: Random) -> Spec:
    spec = _hours(spec, random)
    return _rule(spec, interval=1, hours=(spec.case.start.hour, 8, 14, 20))


KIND: Mapping[str, Callable[[Spec, Random], Spec]] = {
    "daily": _daily,
    "weekly": _weekly,
    "monthly": _monthly,
    "last day": _last_day,
    "weekday": _weekday,
    "yearly": _yearly,
    "counted": _counted,
    "completion": _completion,
    "days": _days,
    "days at home": _days_at_home,
    "floating": _floating,
    "wherever": _floating,
    "hours": _hours,
    "hours of the wall": _hours_of_the_wall,
}
