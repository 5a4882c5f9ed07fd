"""The oracle for the slots of a rule: dateutil computes the days, a walk along the clock the instants."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from heapq import merge
from itertools import groupby, islice, takewhile
from zoneinfo import ZoneInfo

from dateutil import rrule

MINUTE = timedelta(minutes=1)
HORIZON_YEARS = 130  # the oracle looks no further, because it looks at every year
FREQUENCIES = {"DAILY": rrule.DAILY, "WEEKLY": rrule.WEEKLY, "MONTHLY": rrule.MONTHLY, "YEARLY": rrule.YEARLY}
DAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR, rrule.SA, rrule.SU)
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Case:
    """A rule, its start and its zone. `timed` tells a start with a time from a day."""

    frequency: str
    interval: int
    start: datetime
    timed: bool
    zone: str
    clamp: bool
    weekdays: tuple[tuple[int, int], ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()
    week_start: int | None = None
    count: int | None = None
    until: date | datetime | None = None

    @property
    def horizon(self) -> datetime:
        return self.start.replace(year=min(self.start.year + HORIZON_YEARS, 2999), day=1)

    @property
    def text(self) -> str:
        parts = [f"FREQ={self.frequency}", f"INTERVAL={self.interval}"]
        parts += ["BYDAY=" + ",".join(f"{n or ''}{NAMES[day]}" for n, day in self.weekdays)] if self.weekdays else []
        parts += ["BYMONTHDAY=" + ",".join(map(str, self.month_days))] if self.month_days else []
        parts += ["BYMONTH=" + ",".join(map(str, self.months))] if self.months else []
        parts += [f"WKST={NAMES[self.week_start]}"] if self.week_start is not None else []
        parts += [f"COUNT={self.count}"] if self.count is not None else []
        parts += [f"UNTIL={_basic(self.until)}"] if self.until is not None else []
        return ";".join(parts)

    @property
    def start_json(self) -> dict[str, str]:
        if not self.timed:
            return {"date": self.start.date().isoformat()}
        return {"local": self.start.isoformat(), "zone": self.zone}


def _basic(until: date | datetime) -> str:
    if not isinstance(until, datetime):
        return until.strftime("%Y%m%d")
    return until.strftime("%Y%m%dT%H%M%S") + ("Z" if until.tzinfo else "")


def locals_of(case: Case) -> Iterator[datetime]:
    """Yields the local starts of the slots up to the horizon, before any gap shift."""
    found = (local for local, _ in groupby(merge(*_rules(case))))
    if case.count is not None:
        return islice(found, case.count)
    until = case.until
    if until is None:
        return found
    if not isinstance(until, datetime):
        return takewhile(lambda local: local.date() <= until, found)
    if until.tzinfo is None:
        return takewhile(lambda local: local <= until, found)
    return takewhile(lambda local: instant_of(local, case.zone) <= until, found)


def _rules(case: Case) -> list[Iterator[datetime]]:
    common = {"dtstart": case.start, "interval": case.interval, "until": case.horizon}
    if case.week_start is not None:
        common["wkst"] = DAYS[case.week_start]
    frequency = FREQUENCIES[case.frequency]
    if case.frequency in {"DAILY", "WEEKLY"}:
        named = {"byweekday": [DAYS[day] for _, day in case.weekdays]} if case.weekdays else {}
        return [iter(rrule.rrule(frequency, **common, **named))]
    months = case.months or ((case.start.month,) if case.frequency == "YEARLY" else (None,))
    return [
        iter(rrule.rrule(frequency, **common, bymonth=month, **named))
        for month in months
        for named in _month_parts(case)
    ]


def _month_parts(case: Case) -> Iterator[dict[str, object]]:
    """Yields one rule for each day, so that the earlier of a day and the last day of its month can be taken."""
    for n, day in case.weekdays:
        yield {"byweekday": DAYS[day](n)}
    for day in case.month_days or (() if case.weekdays else (case.start.day,)):
        if case.clamp and day > 0:
            yield {"bymonthday": (day, -1), "bysetpos": 1}
        else:
            yield {"bymonthday": day}


def instant_of(local: datetime, zone: str) -> datetime:
    """Returns the first instant at which a clock in `zone` shows `local` or later."""
    info = ZoneInfo(zone)
    both = [local.replace(tzinfo=info, fold=fold).astimezone(UTC) for fold in (0, 1)]
    exact = [instant for instant in both if instant.astimezone(info).replace(tzinfo=None) == local]
    if exact:
        return min(exact)
    instant = (local - timedelta(hours=26)).replace(tzinfo=UTC, second=0)
    while instant.astimezone(info).replace(tzinfo=None) < local:
        instant += MINUTE
    return instant
