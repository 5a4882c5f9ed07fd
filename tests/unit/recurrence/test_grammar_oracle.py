"""Random rules of the full grammar compared with dateutil, 1,000 slots each.

SEED=n tries others, RULES=20000 more, and ONLY=FREQ/n one alone.
"""

import os
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import islice, pairwise
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule

from actors.recurrence.expansion import (
    Policies,
    Recurrence,
    Slot,
    first,
    following,
    number_of,
    rank,
    slot_at,
    slot_named,
)
from actors.recurrence.parsing import parse
from actors.replies import Refused
from tests.unit.recurrence.oracle import DAYS, NAMES, instant_of
from tests.unit.recurrence.series import slots_after
from tests.unit.recurrence.test_oracle import CLOCKS, ZONES, random_day

pytestmark = pytest.mark.unit

SEED = os.environ.get("SEED", "20261122")
RULES = int(os.environ.get("RULES", "500"))
ONLY = os.environ.get("ONLY", "")
SLOTS = 1000
FREQUENCIES = {
    "YEARLY": rrule.YEARLY,
    "MONTHLY": rrule.MONTHLY,
    "WEEKLY": rrule.WEEKLY,
    "DAILY": rrule.DAILY,
    "HOURLY": rrule.HOURLY,
    "MINUTELY": rrule.MINUTELY,
}
# As far as dateutil, which steps through every period, is asked.
HORIZON_DAYS = {"YEARLY": 100_000, "MONTHLY": 20_000, "WEEKLY": 8_000, "DAILY": 4_000, "HOURLY": 100, "MINUTELY": 12}
LEAST = timedelta(minutes=15)


@pytest.mark.parametrize("frequency", FREQUENCIES)
@pytest.mark.timeout(60 + RULES)
def test_random_rules_of_the_full_grammar_agree_with_dateutil(frequency: str) -> None:
    print(f"SEED={SEED}")  # noqa: T201  # shown when it fails
    compared = refused = 0
    for number in range(max(1, RULES // len(FREQUENCIES))):
        if ONLY and f"{frequency}/{number}" != ONLY:
            continue
        found = check(frequency, Random(f"{SEED}/grammar/{frequency}/{number}"), f"{frequency}/{number}")
        compared += found
        refused += not found
    print(f"{frequency}: {compared} slots, {refused} rules without any")  # noqa: T201
    assert ONLY or refused < RULES / len(FREQUENCIES) / 2, "most of what is tried is a rule that has slots"


def check(frequency: str, random: Random, name: str) -> int:
    """Compares a random rule with dateutil; returns the number of slots compared."""
    parts, text = random_rule(frequency, random)
    start = datetime.combine(random_day(random), random.choice(CLOCKS)).replace(second=0)
    zone = random.choice(ZONES)
    case = (name, text, start, zone)
    recurrence = parse(text, {"local": start.isoformat(), "zone": zone}, zone, Policies("skip"))
    horizon = start + timedelta(days=HORIZON_DAYS[frequency])
    expected = list(islice(expected_slots(parts, start, zone, horizon), SLOTS))
    if isinstance(recurrence, Refused):
        (error,) = recurrence.extra["errors"]
        assert is_close(parts, start, zone, horizon) if error["code"] == "too_often" else not expected, (case, error)
        return 0
    found = first(recurrence, len(expected) + 1)
    if len(expected) < SLOTS and len(found) > len(expected):
        assert found.pop().day >= horizon.date() - timedelta(days=1), case
    assert [slot.nominal for slot in found[: len(expected)]] == [nominal for _, nominal in expected], case
    check_places(recurrence, found[: len(expected)], random, case)
    return len(expected)


def is_close(parts: dict[str, Any], start: datetime, zone: str, horizon: datetime) -> bool:
    """Returns whether two slots are less than 15 minutes apart, whether COUNT lets them come or not."""
    endless = {name: value for name, value in parts.items() if name != "count"}
    times = (local for local, _ in islice(expected_slots(endless, start, zone, horizon), SLOTS))
    return any(later - earlier < LEAST for earlier, later in pairwise(times))


def check_places(recurrence: Recurrence, found: list[Slot], random: Random, case: Any) -> None:
    """Checks that a slot is the same wherever one comes from."""
    assert sorted(found, key=lambda slot: rank(recurrence, slot)) == found, case
    for _ in range(min(2, len(found))):
        at = random.randrange(len(found))
        rest = found[at + 1 : at + 4]
        assert slot_named(recurrence, found[at].nominal) == found[at], case
        assert number_of(recurrence, found[at]) == at + 1, case
        assert list(islice(following(recurrence, found[at]), len(rest))) == rest, case
        instant = slot_at(recurrence, found[at])
        ahead = [slot for slot in rest if slot_at(recurrence, slot) > instant]
        assert list(islice(slots_after(recurrence, instant), len(ahead))) == ahead, case


def expected_slots(
    parts: dict[str, Any], start: datetime, zone: str, horizon: datetime
) -> Iterator[tuple[datetime, str]]:
    """Yields times on the clock of the series, and the names of its slots."""
    elapsed = parts["freq"] in {"HOURLY", "MINUTELY"} and not parts.get("byhour")
    by_day = {name: parts[name] for name in ("byweekday", "bymonthday", "bymonth", "byyearday") if parts.get(name)}
    if not elapsed:
        for local in times_of(parts, start, horizon):
            yield local, local.isoformat(timespec="minutes")
        return
    began, info = instant_of(start, zone), ZoneInfo(zone)
    days = days_of(by_day, start, horizon)
    count = parts.get("count")
    for local in times_of({name: parts[name] for name in parts if name not in {*by_day, "count"}}, start, horizon):
        if count == 0:
            return
        shown = (began + (local - start)).astimezone(info)
        if not by_day or shown.date() in days:
            count = count and count - 1
            yield local, (shown if shown.fold else shown.replace(tzinfo=None)).isoformat(timespec="minutes")


def days_of(by_day: dict[str, Any], start: datetime, horizon: datetime) -> set[Any]:
    begin = datetime.combine(start.date(), time()) - timedelta(days=1)
    return {day.date() for day in dates(rrule.DAILY, begin, horizon + timedelta(days=2), by_day)}


def times_of(parts: dict[str, Any], start: datetime, horizon: datetime) -> Iterator[datetime]:
    arguments = {name: value for name, value in parts.items() if name not in {"freq", "count"}}
    return islice(dates(FREQUENCIES[parts["freq"]], start, horizon, arguments), parts.get("count"))


def dates(frequency: int, start: datetime, until: datetime, arguments: dict[str, Any]) -> Iterator[datetime]:
    """Yields what dateutil finds. It looks at its end only when it has found something, hence the end of its calendar."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("datetime.MAXYEAR", until.year)
        try:
            yield from rrule.rrule(frequency, dtstart=start, until=until, **arguments)
        except ValueError:  # it knows that nothing will ever come
            return


NAMES_OF = {
    "freq": "FREQ", "interval": "INTERVAL", "count": "COUNT", "wkst": "WKST", "bymonth": "BYMONTH", "byweekno": "BYWEEKNO",
    "byyearday": "BYYEARDAY", "bymonthday": "BYMONTHDAY", "byweekday": "BYDAY", "byhour": "BYHOUR",
    "byminute": "BYMINUTE", "bysetpos": "BYSETPOS",
}  # fmt: skip


def random_rule(frequency: str, random: Random) -> tuple[dict[str, Any], str]:
    """Returns the parts of a rule as dateutil takes them, and its text."""
    parts: dict[str, Any] = {"freq": frequency, "interval": random_interval(frequency, random)}
    for name, chance, values in choices(frequency):
        if random.random() < chance * (0.4 if frequency in {"HOURLY", "MINUTELY"} else 1):
            parts[name] = tuple(random.sample(values, random.choice((1, 1, 2, 3, 4))))
    if random.random() < 0.5:
        parts["byweekday"] = random_weekdays(parts, random)
    if any(name.startswith("by") for name in parts) and random.random() < 0.25:
        parts["bysetpos"] = tuple(random.sample((1, 2, 3, 5, 8, -1, -2, -4), random.choice((1, 1, 2))))
    if random.random() < 0.2:
        parts["count"] = random.choice((1, 5, 50, 800))
    if random.random() < 0.4:
        parts["wkst"] = DAYS[random.randrange(7)]
    written = [f"{NAMES_OF[name]}={_text(value)}" for name, value in parts.items()]
    random.shuffle(written)
    return parts, ";".join(written)


def random_interval(frequency: str, random: Random) -> int:
    if frequency == "MINUTELY":
        return random.choice((15, 20, 30, 45, 60, 90, 97, 240, 1440))
    return random.choice((1, 1, 1, 1, 2, 3, 4, 6, 7, 12, 24, 25, 48))


def choices(frequency: str) -> Iterator[tuple[str, float, tuple[int, ...]]]:
    """Yields the lists that RFC 5545 allows under a frequency: part, how often it is there, and values."""
    yield "bymonth", 0.3, tuple(range(1, 13))
    if frequency == "YEARLY":
        yield "byweekno", 0.2, (1, 2, 9, 20, 51, 52, 53, -1, -2, -5, -30)
    if frequency in {"YEARLY", "HOURLY", "MINUTELY"}:
        yield "byyearday", 0.15, (1, 2, 59, 60, 61, 100, 365, 366, -1, -2, -100, -365, -366)
    if frequency != "WEEKLY":
        yield "bymonthday", 0.25, (1, 2, 3, 13, 15, 28, 29, 30, 31, -1, -2, -13, -28, -29, -31)
    yield "byhour", 0.25, (0, 1, 2, 3, 9, 10, 13, 21, 23)
    yield "byminute", 0.2, (0, 15, 30, 45)


def random_weekdays(parts: dict[str, Any], random: Random) -> tuple[Any, ...]:
    """Returns weekdays, all counted or none: those beside each other dateutil takes as limits of one another."""
    days = random.sample(DAYS, random.choice((1, 1, 2, 3, 5, 7)))
    if parts["freq"] not in {"MONTHLY", "YEARLY"} or "byweekno" in parts or random.random() < 0.5:
        return tuple(days)
    numbers = (1, 2, 3, 4, 5, -1, -2, -5)
    if parts["freq"] == "YEARLY" and "bymonth" not in parts:
        numbers += (10, 20, 52, 53, -20, -53)
    return tuple(day(random.choice(numbers)) for day in days)


def _text(value: Any) -> str:
    if isinstance(value, tuple):
        return ",".join(map(_text, value))
    if hasattr(value, "weekday"):
        return f"{value.n or ''}{NAMES[value.weekday]}"
    return str(value)
