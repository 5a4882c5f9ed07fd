"""The slots of a recurrence: rule, start, zone and policies in, one slot after the other out. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, takewhile
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from actors.due import instant_of
from actors.fields import YEARS
from actors.recurrence.days import days_of_rule, exists_in_some_year, filled
from actors.recurrence.rule import Rule, parse_rule, refused
from actors.replies import Refused

CALENDAR_ENDS = date(YEARS[-1], 12, 31)
DAY = timedelta(days=1)


class Slot(NamedTuple):
    """A place in a series, named by its local start before any gap shift or move: `2026-11-22[T09:00[:30]]`.

    Where clocks go back, a series of elapsed hours may start at one wall-clock time twice: the name of the second ends
    with its offset, as `2026-10-25T02:00+01:00`.
    """

    generation: int
    nominal: str

    @property
    def day(self) -> date:
        """The calendar day of the nominal start."""
        return date.fromisoformat(self.nominal[:10])

    @property
    def local(self) -> str:
        """The nominal start as a clock shows it, without an offset."""
        return self.nominal[:-6] if self.nominal[-6:-5] in {"+", "-"} and "T" in self.nominal else self.nominal


@dataclass(frozen=True, slots=True)
class Policies:
    """The choices that a rule leaves open.

    `month_end`: a day that a month lacks becomes its last day (clamp), or the month has no slot (skip).
    `mode`: slots come by schedule, or each comes an interval after the completion of the one before.
    `pile_up`: all open occurrences stay, or only the newest.
    """

    month_end: Literal["clamp", "skip"] = "clamp"
    mode: Literal["schedule", "completion"] = "schedule"
    pile_up: Literal["all", "newest"] = "all"


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule with everything that its slots depend on. `clock` is None in a series of days; no slot is after `last`."""

    rule: Rule
    start: date
    clock: time | None
    zone: str
    policies: Policies
    generation: int
    last: date = CALENDAR_ENDS
    floats: bool = False  # its local times have no zone of their own: `zone` is where the person is

    @property
    def whole(self) -> Rule:
        """The rule with the days and months that it leaves to the start."""
        return filled(self.rule, self.start)


def parse(
    text: str, start: Mapping[str, Any], zone: str, policies: Policies | None = None, generation: int = 1
) -> Recurrence | Refused:
    """Reads a rule for a `start` (a due: `{date}` or `{local, zone}`); `zone` is the user's, for a start without a time.

    A start that the rule does not name is no slot. Returns a refusal with `errors` when the rule is wrong or never has a
    slot.
    """
    rule = parse_rule(text)
    if isinstance(rule, Refused):
        return rule
    local = datetime.fromisoformat(start.get("local") or start["date"])
    clock = local.time() if "local" in start else None
    floats = clock is not None and start.get("zone") is None
    where = start.get("zone") or zone
    endless = Recurrence(rule, local.date(), clock, where, policies or Policies(), generation, floats=floats)
    problem = _misfit(endless)
    if problem is None:
        recurrence = replace(endless, last=_last_day(endless))
        problem = _emptiness(recurrence)
        if problem is None:
            return recurrence
    return refused([problem])


def _misfit(endless: Recurrence) -> tuple[str, str] | None:
    """Returns (code, detail) of what in the rule does not go with this start and these policies."""
    rule = endless.rule
    if isinstance(rule.until, datetime) and endless.clock is None:
        return ("invalid_until", "a series of days ends on a day: UNTIL takes a day, as 20270331")
    if endless.policies.mode == "completion" and rule.names_days:
        return (
            "conflicting_parts",
            "after completion the interval alone counts: leave out BYDAY, BYMONTHDAY and BYMONTH",
        )
    if not exists_in_some_year(endless.whole):
        return ("never_yields", "no year has such a day")
    return None


def _emptiness(recurrence: Recurrence) -> tuple[str, str] | None:
    """Returns (code, detail) of why the recurrence has no slot; None when it has one."""
    if recurrence.last < recurrence.start:
        return ("until_before_start", "UNTIL is before the first possible slot")
    if next(slots(recurrence), None) is not None:
        return None
    if recurrence.rule.until is not None:
        return ("never_yields", "there is no slot from the start to UNTIL")
    return ("never_yields", "no day from the start on matches it")


def _last_day(endless: Recurrence) -> date:
    """Returns the day of the last slot that COUNT or UNTIL allows, or a later one."""
    until = endless.rule.until
    if endless.rule.count is not None and endless.policies.mode == "schedule":
        return _counted_out(endless, endless.rule.count)
    if until is None or until.year > CALENDAR_ENDS.year:
        return CALENDAR_ENDS
    if until.year not in YEARS:
        return date.min
    if not isinstance(until, datetime):
        return until
    assert endless.clock is not None, "UNTIL with a time in a series of days"  # noqa: S101  # see _misfit
    if until.tzinfo is None:
        return until.date() if endless.clock <= until.time() else until.date() - DAY
    near = until.astimezone(ZoneInfo(endless.zone)).date()
    # Where clocks go back over midnight, the next day may have begun once already.
    return max(day for day in (near - DAY, near, near + DAY) if _at(endless, day) <= until)


@lru_cache(maxsize=1024)
def _counted_out(endless: Recurrence, count: int) -> date:
    return next(islice(_days(endless, endless.start), count - 1, None), CALENDAR_ENDS)


def slots(recurrence: Recurrence) -> Iterator[Slot]:
    """Yields all slots in order; after completion as they come if each is completed when it starts."""
    if recurrence.policies.mode == "completion":
        return _chain(recurrence)
    return (_slot(recurrence, day) for day in _days(recurrence, recurrence.start))


def first(recurrence: Recurrence, count: int) -> list[Slot]:
    """Returns the first `count` slots."""
    return list(islice(slots(recurrence), count))


def slots_after(recurrence: Recurrence, instant: datetime) -> Iterator[Slot]:
    """Yields the slots by schedule that start after an aware `instant`."""
    assert recurrence.policies.mode == "schedule", "after completion, slots ahead are not known"  # noqa: S101  # a bug of the caller
    # Slots of days before the present local day have started.
    days = _days(recurrence, instant.astimezone(ZoneInfo(recurrence.zone)).date())
    for day in days:
        if _at(recurrence, day) > instant:
            yield _slot(recurrence, day)
            break
    yield from (_slot(recurrence, day) for day in days)


def slots_since(recurrence: Recurrence, day: date) -> Iterator[Slot]:
    """Yields the slots from a day on; after completion the days that could be the first."""
    return (_slot(recurrence, named) for named in _days(recurrence, day))


def number_of(recurrence: Recurrence, slot: Slot) -> int:
    """Returns the number of a slot by schedule, from 1 at the first slot of the recurrence."""
    start, clamped = recurrence.start, recurrence.policies.month_end == "clamp"
    low, high = start.toordinal(), slot.day.toordinal()
    # Plain numbers, no dates: a daily series of centuries is counted within a turn.
    days = days_of_rule(recurrence.whole, start, start, slot.day, clamped=clamped)
    return sum(low <= day <= high for day in days)


def following(recurrence: Recurrence, slot: Slot) -> Iterator[Slot]:
    """Yields the slots by schedule after `slot`."""
    assert recurrence.policies.mode == "schedule", "after completion, slots ahead are not known"  # noqa: S101  # a bug of the caller
    return (_slot(recurrence, day) for day in _days(recurrence, slot.day + DAY))


def after_completion(recurrence: Recurrence, slot: Slot, completed: datetime, made: int) -> Slot | None:
    """Returns the slot an interval after `slot` was completed, at the wall-clock time of the start; None after the last.

    `made` counts the slots so far, `slot` and skipped ones included. When a slot is completed ahead of its time, the
    next one still comes after it, so that no slot comes twice.
    """
    rule = recurrence.rule
    if rule.count is not None and made >= rule.count:
        return None
    done = completed.astimezone(ZoneInfo(recurrence.zone)).date()
    day = next(_days(replace(recurrence, start=done), max(done, slot.day) + DAY), None)
    return None if day is None else _slot(recurrence, day)


def next_after(recurrence: Recurrence, completed: datetime, made: int) -> Slot | None:
    """Returns the slot an interval after a completion, at the wall-clock time of the start; None after the last.

    `made` counts the slots so far, skipped ones included. The slot may be before the one that was completed, and may have
    its name.
    """
    rule = recurrence.rule
    if rule.count is not None and made >= rule.count:
        return None
    done = completed.astimezone(ZoneInfo(recurrence.zone)).date()
    day = next(_days(replace(recurrence, start=done), done + DAY), None)
    return None if day is None else _slot(recurrence, day)


def slot_at(recurrence: Recurrence, slot: Slot) -> datetime:
    """Returns the UTC instant at which a slot starts: in a gap the first valid one, in an overlap the first of two.

    A slot that is a day starts when that day starts in the zone of the recurrence.
    """
    return starts_at(slot.nominal, recurrence.zone)


def starts_at(nominal: str, zone: str) -> datetime:
    """Returns the UTC instant at which a slot of that name starts in `zone`; see `slot_at`."""
    named = datetime.fromisoformat(nominal)
    return instant_of(named, zone) if named.tzinfo is None else named.astimezone(UTC)


def rank(recurrence: Recurrence, slot: Slot) -> tuple[datetime, datetime]:
    """Returns what puts slots in order, those of several recurrences too: instants first, then times on the wall.

    Two slots may start at one instant, where a gap in the clock takes the time of the first away.
    """
    return slot_at(recurrence, slot), datetime.fromisoformat(slot.local)


def has_many_a_day(recurrence: Recurrence) -> bool:  # noqa: ARG001  # no rule has yet
    """Returns whether a day may have more than one slot."""
    return False


def default_pile_up(recurrence: Recurrence) -> Literal["all", "newest"]:
    """Returns which open occurrences stay where nobody says it: only the newest when they come more often than daily."""
    return "newest" if has_many_a_day(recurrence) else "all"


def key_of(recurrence: Recurrence, slot: Slot) -> str:
    """Returns the name of a slot by schedule that an edit of time, zone or all-day leaves alone.

    It is the day where a day has one slot at most, else day and time.
    """
    return slot.nominal if has_many_a_day(recurrence) else slot.nominal[:10]


def slots_of_day(recurrence: Recurrence, day: date) -> list[Slot]:
    """Returns the slots by schedule that are named by that day, in order."""
    return list(takewhile(lambda slot: slot.day == day, slots_since(recurrence, day)))


def slot_named(recurrence: Recurrence, nominal: str) -> Slot | None:
    """Returns the slot by schedule of that name; None where the recurrence has none."""
    try:
        day = date.fromisoformat(nominal[:10])
    except ValueError:
        return None
    return next((slot for slot in slots_of_day(recurrence, day) if slot.nominal == nominal), None)


def due_of(recurrence: Recurrence, slot: Slot) -> dict[str, str | None]:
    """Returns the time of a slot as a due. The second of two equal times is given in UTC: a due means the first."""
    if recurrence.clock is None:
        return {"date": slot.nominal}
    if slot.local == slot.nominal:
        return {"local": slot.nominal, "zone": None if recurrence.floats else recurrence.zone}
    starts = slot_at(recurrence, slot).replace(tzinfo=None)
    return {"local": starts.isoformat(timespec="seconds" if starts.second else "minutes"), "zone": "UTC"}


def _chain(recurrence: Recurrence) -> Iterator[Slot]:
    day = next(_days(recurrence, recurrence.start), None)
    slot = None if day is None else _slot(recurrence, day)
    made = 1
    while slot is not None:
        yield slot
        slot = after_completion(recurrence, slot, slot_at(recurrence, slot), made)
        made += 1


def _days(recurrence: Recurrence, since: date) -> Iterator[date]:
    """Yields the days of the slots from `since` on; it ends, because the calendar does."""
    since = max(since, recurrence.start)
    low, high = since.toordinal(), recurrence.last.toordinal()
    clamped = recurrence.policies.month_end == "clamp"
    for day in days_of_rule(recurrence.whole, recurrence.start, since, recurrence.last, clamped=clamped):
        if day > high:
            return
        if day >= low:
            yield date.fromordinal(day)


def _slot(recurrence: Recurrence, day: date) -> Slot:
    if recurrence.clock is None:
        return Slot(recurrence.generation, day.isoformat())
    spelling = "seconds" if recurrence.clock.second else "minutes"
    return Slot(recurrence.generation, f"{day.isoformat()}T{recurrence.clock.isoformat(spelling)}")


def _at(recurrence: Recurrence, day: date) -> datetime:
    return instant_of(datetime.combine(day, recurrence.clock or time.min), recurrence.zone)
