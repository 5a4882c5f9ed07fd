"""Thousands of random series compared with the oracle; SEED=n tries others."""

import os
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from random import Random

import pytest

from actors.recurrence.expansion import Policies, Recurrence, Slot, first, following, slot_at
from actors.recurrence.parsing import parse
from actors.replies import Refused
from tests.support.cases import cases
from tests.unit.recurrence.oracle import Case, instant_of, locals_of
from tests.unit.recurrence.series import slots_after

pytestmark = pytest.mark.unit

SEED = os.environ.get("SEED", "20261122")
CASES = {"DAILY": cases(400), "WEEKLY": cases(500), "MONTHLY": cases(800), "YEARLY": cases(300)}
SLOTS = 16
# Both hemispheres, half and quarter hours, days left out, clocks put back over midnight, rules that changed.
ZONES = (
    "Africa/Cairo", "Africa/Casablanca", "America/Caracas", "America/Havana", "America/New_York", "America/Santiago",
    "America/St_Johns", "Antarctica/Troll", "Asia/Beirut", "Asia/Kathmandu", "Asia/Kolkata", "Asia/Pyongyang",
    "Asia/Tehran", "Australia/Adelaide", "Australia/Lord_Howe", "Europe/Berlin", "Europe/Dublin", "Pacific/Apia",
    "Pacific/Chatham", "Pacific/Kiritimati", "UTC",
)  # fmt: skip
CLOCKS = (time(0), time(0, 30), time(1, 59), time(2), time(2, 30), time(3), time(9), time(23, 30), time(23, 59, 59))


@pytest.mark.parametrize(("frequency", "most"), CASES.items())
def test_random_series_agree_with_the_oracle(frequency: str, most: int) -> None:
    print(f"SEED={SEED}")  # noqa: T201  # shown when it fails
    refusals = 0
    for number in range(most):
        refusals += check(random_case(Random(f"{SEED}/{frequency}/{number}"), frequency))
    assert refusals < most / 3, "most of what is tried is a rule that has slots"


def check(case: Case) -> bool:
    """Compares each function with the oracle; returns True when both say that there is no slot."""
    policies = Policies(month_end="clamp" if case.clamp else "skip")
    recurrence = parse(case.text, case.start_json, case.zone, policies)
    expected = list(islice(locals_of(case), SLOTS))
    if isinstance(recurrence, Refused):
        # A day that no year has is refused, although clamping would find another for it.
        assert not expected or "no year has such a day" in recurrence.detail, case
        return True
    found = [slot for slot in first(recurrence, SLOTS) if slot.day < case.horizon.date()]
    assert [slot.nominal for slot in found] == [nominal(case, local) for local in expected], case
    instants = [instant_of(local, case.zone) for local in expected]
    assert [slot_at(recurrence, slot) for slot in found] == instants, case
    check_jumps(case, recurrence, found, instants)
    return False


def check_jumps(case: Case, recurrence: Recurrence, found: list[Slot], instants: list[datetime]) -> None:
    """Checks that the slots from any instant and any slot on are the same as when counted from the start."""
    at = len(instants) // 2
    rest = found[at + 1 : at + 4]
    assert list(islice(following(recurrence, found[at]), len(rest))) == rest, case
    for instant in (instants[0] - timedelta(days=400), instants[at] - timedelta(seconds=1), instants[at]):
        ahead = [slot for slot, starts in zip(found, instants, strict=True) if starts > instant][:3]
        assert list(islice(slots_after(recurrence, instant), len(ahead))) == ahead, (case, instant)


def nominal(case: Case, local: datetime) -> str:
    if not case.timed:
        return local.date().isoformat()
    return local.isoformat(timespec="seconds" if local.second else "minutes")


def random_case(random: Random, frequency: str) -> Case:
    timed = random.random() < 0.8
    start = datetime.combine(random_day(random), random.choice(CLOCKS) if timed else time())
    zone = random.choice(ZONES)
    weekdays: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    if frequency == "WEEKLY" and random.random() < 0.7:
        weekdays = tuple((0, day) for day in random.sample(range(7), random.randint(1, 7)))
    if frequency == "YEARLY" and random.random() < 0.7:
        months = tuple(random.sample(range(1, 13), random.choice((1, 1, 2, 3))))
    if frequency == "MONTHLY" or months:
        kind = random.choice(("none", "day", "day", "weekday"))
        if kind == "day":
            pool = (1, 15, 28, 29, 30, 31, -1, -2, -28)
            month_days = tuple(random.sample(pool, random.choice((1, 1, 2, 3))))
        if kind == "weekday":
            weekdays = tuple({(random.choice((1, 2, 3, 4, 5, -1, -2, -5)), random.randrange(7)) for _ in range(2)})
    count, until = random_end(random, start, zone, timed)
    return Case(
        frequency=frequency,
        interval=random.choice((1, 1, 1, 2, 3, 4, 5, 7, 12, 18)),
        start=start,
        timed=timed,
        zone=zone,
        clamp=random.random() < 0.5,
        weekdays=weekdays,
        month_days=month_days,
        months=months,
        week_start=random.choice((None, None, 0, 3, 6)),
        count=count,
        until=until,
    )


def random_day(random: Random) -> date:
    """Returns a random day; ends of months, leap days and days around changes of the clocks come often."""
    year = random.choice((random.randint(1971, 2040), random.randint(2020, 2030), random.randint(2090, 2110)))
    if random.random() < 0.1:
        return date(year - year % 4 + 4, 2, 28) + timedelta(days=1)
    month, day = random.randint(1, 12), random.choice((1, 15, 28, 29, 30, 31, random.randint(1, 28)))
    return date(year, month, 1) + timedelta(days=day - 1)


def random_end(random: Random, start: datetime, zone: str, timed: bool) -> tuple[int | None, date | datetime | None]:
    kind = random.choice(("never", "never", "count", "day", "local", "instant"))
    if kind == "count":
        return random.choice((1, 2, 7, 30)), None
    # On the minute of a slot, a second before it, or anywhere.
    edge = timedelta(days=random.choice((-1, 0, 1, 7, 14, 31, 365, 1461, random.randint(0, 4000))))
    end = start + edge - timedelta(seconds=random.choice((0, 1)))
    if kind == "never":
        return None, None
    if kind == "day" or not timed:
        return None, end.date()
    return None, end if kind == "local" else instant_of(end, zone).astimezone(UTC)
