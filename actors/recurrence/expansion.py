"""The slots of a recurrence: rule, start, zone and policies in, one slot after the other out. Pure."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from heapq import merge
from itertools import islice, pairwise, takewhile
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from actors.due import instant_of
from actors.recurrence.moments import LAST_MOMENT, Moments, local_of, moment_of, moments_of
from actors.recurrence.rule import Rule
from actors.recurrence.times import DAY_SECONDS
from actors.shapes import DueShape

DAY: Final = timedelta(days=1)
SAMPLE: Final = 500
SAMPLE_DAYS: Final = 4_000


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
    """A rule with everything that its slots depend on. `clock` is None in a series of days.

    `end` is the last moment at which the rule may have a slot; `added` are the moments beside those of the rule, and
    `excluded` are those that have no slot; see `moments`.
    """

    rule: Rule
    start: date
    clock: time | None
    zone: str
    policies: Policies
    generation: int
    end: int = LAST_MOMENT
    added: tuple[int, ...] = ()
    excluded: tuple[int, ...] = ()
    floats: bool = False  # its local times have no zone of their own: `zone` is where the person is

    @property
    def whole(self) -> Rule:
        """The rule with the days and months that it leaves to the start."""
        return self.moments.rule

    @property
    def moments(self) -> Moments:
        """The moments of the rule, without end, additions and exclusions."""
        clamped = self.policies.month_end == "clamp" or self.policies.mode == "completion"
        return moments_of(self.rule, self.start, self.clock, self.zone, clamped=clamped)

    @property
    def elapsed(self) -> bool:
        """Whether hours that pass are counted."""
        return self.rule.elapsed and self.clock is not None

    @property
    def last(self) -> date:
        """The last day on which the rule may have a slot."""
        if self.elapsed:
            return self.moments.instant(self.end).astimezone(ZoneInfo(self.zone)).date()
        return local_of(self.end - self.moments.times[0]).date()


def slots(recurrence: Recurrence) -> Iterator[Slot]:
    """Yields all slots in order; after completion as they come if each is completed when it starts."""
    if recurrence.policies.mode == "completion":
        return _chain(recurrence)
    return _from(recurrence, 0)


def first(recurrence: Recurrence, count: int) -> list[Slot]:
    """Returns the first `count` slots."""
    return list(islice(slots(recurrence), count))


def slots_since(recurrence: Recurrence, day: date) -> Iterator[Slot]:
    """Yields the slots from a day on; after completion those that could be the first."""
    return _from(recurrence, _moment(recurrence, day.isoformat()))


def following(recurrence: Recurrence, slot: Slot) -> Iterator[Slot]:
    """Yields the slots by schedule after `slot`."""
    assert recurrence.policies.mode == "schedule", "after completion, slots ahead are not known"  # noqa: S101  # a bug of the caller
    return _from(recurrence, _moment(recurrence, slot.nominal) + 1)


def number_of(recurrence: Recurrence, slot: Slot) -> int:
    """Returns the number of a slot by schedule, from 1 at the first slot of the recurrence."""
    moment = _moment(recurrence, slot.nominal)
    ruled = recurrence.moments.count(min(moment, recurrence.end))
    return ruled + bisect_right(recurrence.added, moment) - bisect_right(recurrence.excluded, moment)


def next_after(recurrence: Recurrence, completed: datetime, made: int) -> Slot | None:
    """Returns the slot an interval after a completion, at the wall-clock time of the start; None after the last.

    Hours and minutes are counted from the minute of the completion itself. `made` counts the slots so far, skipped ones
    included. The slot may be before the one that was completed, and may have its name.
    """
    return _next(recurrence, completed, made, None)


def after_completion(recurrence: Recurrence, slot: Slot, completed: datetime, made: int) -> Slot | None:
    """Returns the first slot after `slot` that is an interval, or several, after a completion; None after the last.

    It is `next_after` unless the slot was completed ahead of its time; so no slot comes twice.
    """
    return _next(recurrence, completed, made, slot)


def _next(recurrence: Recurrence, completed: datetime, made: int, slot: Slot | None) -> Slot | None:
    rule = recurrence.rule
    if rule.count is not None and made >= rule.count:
        return None
    if recurrence.elapsed:
        return _hours_after(recurrence, completed, slot)
    done = completed.astimezone(ZoneInfo(recurrence.zone)).date()
    day = done if slot is None else max(done, slot.day)
    return next(slots_since(replace(recurrence, start=done), day + DAY), None)


def _hours_after(recurrence: Recurrence, completed: datetime, slot: Slot | None) -> Slot | None:
    interval = timedelta(**{_UNITS[recurrence.rule.frequency]: recurrence.rule.interval})
    begun = completed.astimezone(UTC).replace(second=0, microsecond=0)  # in a zone, wall-clock hours would be added
    steps = 1 if slot is None else max(1, (slot_at(recurrence, slot) - begun) // interval + 1)
    moment = recurrence.moments.passed(begun + steps * interval)
    return slot_of(recurrence, moment) if moment <= recurrence.end else None


_UNITS: Mapping[str, str] = {"HOURLY": "hours", "MINUTELY": "minutes"}


def _chain(recurrence: Recurrence) -> Iterator[Slot]:
    slot = next(_from(recurrence, 0), None)
    made = 1
    while slot is not None:
        yield slot
        slot = after_completion(recurrence, slot, slot_at(recurrence, slot), made)
        made += 1


def _from(recurrence: Recurrence, low: int) -> Iterator[Slot]:
    """Yields the slots from a moment on; it ends, because the calendar does."""
    ruled = recurrence.moments.between(low, recurrence.end)
    moments = merge(ruled, recurrence.added[bisect_left(recurrence.added, low) :]) if recurrence.added else ruled
    if recurrence.excluded:
        excluded = frozenset(recurrence.excluded)
        moments = (moment for moment in moments if moment not in excluded)
    return (slot_of(recurrence, moment) for moment in moments)


def slot_of(recurrence: Recurrence, moment: int) -> Slot:
    """Returns the slot at a moment, see `moments`."""
    day, seconds = divmod(moment, DAY_SECONDS)
    if recurrence.clock is None:
        return Slot(recurrence.generation, date.fromordinal(day).isoformat())
    if not recurrence.elapsed:
        return Slot(recurrence.generation, f"{date.fromordinal(day).isoformat()}T{_clock_text(seconds)}")
    shown = recurrence.moments.instant(moment).astimezone(ZoneInfo(recurrence.zone))
    named = shown if shown.fold else shown.replace(tzinfo=None)
    return Slot(recurrence.generation, named.isoformat(timespec="seconds" if shown.second else "minutes"))


@lru_cache(maxsize=2048)
def _clock_text(seconds: int) -> str:
    shown = local_of(seconds + DAY_SECONDS).time()
    return shown.isoformat("seconds" if shown.second else "minutes")


def _moment(recurrence: Recurrence, nominal: str) -> int:
    """Returns the moment of a slot of that name, or of the beginning of a day."""
    if recurrence.elapsed:
        return recurrence.moments.passed(starts_at(nominal, recurrence.zone))
    named = datetime.fromisoformat(nominal)
    return named.toordinal() * DAY_SECONDS if recurrence.clock is None else moment_of(named)


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


@lru_cache(maxsize=4096)
def has_many_a_day(recurrence: Recurrence) -> bool:
    """Returns whether a day may have more than one slot."""
    if recurrence.elapsed or any(one == other for one, other in pairwise(map(_day, sample(recurrence)))):
        return True
    return any(len(slots_of_day(recurrence, local_of(moment).date())) > 1 for moment in recurrence.added)


def _day(moment: int) -> int:
    return moment // DAY_SECONDS


def sample(recurrence: Recurrence) -> list[int]:
    """Returns the first moments of a rule that may have several in a day, as many as show how close they come."""
    moments = recurrence.moments
    begin = next(moments.between(0, LAST_MOMENT), LAST_MOMENT) if moments.close else LAST_MOMENT
    return list(islice(moments.between(begin, begin + SAMPLE_DAYS * DAY_SECONDS), SAMPLE))


def default_pile_up(recurrence: Recurrence) -> Literal["all", "newest"]:
    """Returns which open occurrences stay where nobody says it: only the newest when they come more often than daily."""
    moments = sample(recurrence) or [0]
    return "newest" if moments[-1] - moments[0] < (len(moments) - 1) * DAY_SECONDS else "all"


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


def due_of(recurrence: Recurrence, slot: Slot) -> DueShape:
    """Returns the time of a slot as a due. The second of two equal times is given in UTC: a due means the first."""
    if recurrence.clock is None:
        return {"date": slot.nominal}
    if slot.local == slot.nominal:
        return {"local": slot.nominal, "zone": None if recurrence.floats else recurrence.zone}
    starts = slot_at(recurrence, slot).replace(tzinfo=None)
    return {"local": starts.isoformat(timespec="seconds" if starts.second else "minutes"), "zone": "UTC"}
