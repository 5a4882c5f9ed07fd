"""The moments that a rule names, as numbers in order: seconds on the clock of its series, from the first day there is.

That clock is the one on the wall; where hours that pass are counted, it is one that nobody puts forward or back and that
shows the time of the start at the start. Pure.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import cached_property, lru_cache
from itertools import chain, groupby, takewhile
from typing import Final
from zoneinfo import ZoneInfo

from actors.due import instant_of
from actors.fields import YEARS
from actors.recurrence.days import WEEK, Calendar, filled
from actors.recurrence.rule import Rule
from actors.recurrence.times import DAY_SECONDS, Stepped, fixed_times, places

CALENDAR_ENDS: Final = date(YEARS[-1], 12, 31)
# A rule that counts within the day, or has BYSETPOS, repeats itself long before it has had as many periods.
MOST_EMPTY: Final = 2_000


def moment_of(local: datetime) -> int:
    """Returns the moment of a time on the clock of a series."""
    return local.toordinal() * DAY_SECONDS + local.hour * 3600 + local.minute * 60 + local.second


def local_of(moment: int) -> datetime:
    """Returns the time that the clock of a series shows at a moment."""
    day, seconds = divmod(moment, DAY_SECONDS)
    return datetime.combine(date.fromordinal(day), time()) + timedelta(seconds=seconds)


LAST_MOMENT: Final = moment_of(datetime.combine(CALENDAR_ENDS, time(23, 59, 59)))


class Moments:
    """The moments of a rule from `start` on, which end where the calendar does. A `start` without a time is at midnight."""

    def __init__(self, rule: Rule, start: date, clock: time | None, zone: str, *, clamped: bool) -> None:
        self.rule = filled(rule, start)
        local = datetime.combine(start, clock or time())
        self.begin = moment_of(local)
        self._start = start
        self._zone = zone
        self._started = instant_of(local, zone)
        self._calendar = Calendar(self.rule, start, clamped=clamped)
        self._stepped = Stepped(self.rule, local) if rule.within_day else None
        self.times = (0,) if clock is None or rule.within_day else fixed_times(self.rule, clock)

    @property
    def close(self) -> bool:
        """Whether the rule may have more than one moment in a day."""
        return self._stepped is not None or len(self.times) > 1

    def between(self, low: int, high: int) -> Iterator[int]:
        """Yields the moments from `low` to `high`, both included."""
        low, high = max(low, self._first), min(high, LAST_MOMENT)
        if low > high:
            return
        for moment in chain.from_iterable(self._batches(low, high)):
            if moment > high:
                return
            if moment >= low:
                yield moment

    @cached_property
    def _first(self) -> int:
        """The first moment, looked for once; after the calendar where there is none."""
        moments = chain.from_iterable(self._batches(self.begin, LAST_MOMENT))
        return next((moment for moment in moments if moment >= self.begin), LAST_MOMENT + 1)

    def count(self, high: int) -> int:
        """Returns how many moments there are to `high`, that one included."""
        first, last = self._start.toordinal(), high // DAY_SECONDS
        if last <= first or not self._is_by_days:
            return sum(1 for _ in self.between(self.begin, high))
        edges = (self.begin, (first + 1) * DAY_SECONDS - 1), (last * DAY_SECONDS, high)
        return self._count_days(first + 1, last - 1) + sum(1 for edge in edges for _ in self.between(*edge))

    @property
    def _is_by_days(self) -> bool:
        """Whether the moments of a day are known from the day alone."""
        return not (self.rule.elapsed and self.rule.names_days) and (self.rule.within_day or not self.rule.positions)

    def _count_days(self, first: int, last: int) -> int:
        """Returns how many moments there are on those days: by days, so that centuries are counted within a turn."""
        if self._stepped is not None:
            return sum(len(self._stepped(day)) for day in takewhile(last.__ge__, self._days(first, last)))
        return len(self.times) * sum(bisect_right(days, last) for days in self._years(first, last))

    def passed(self, instant: datetime) -> int:
        """Returns the moment at an instant, where hours that pass are counted."""
        return self.begin + (instant - self._started) // timedelta(seconds=1)

    def instant(self, moment: int) -> datetime:
        """Returns the instant of a moment, where hours that pass are counted."""
        return self._started + timedelta(seconds=moment - self.begin)

    def _batches(self, low: int, high: int) -> Iterator[Sequence[int]]:
        """Yields moments in order, some at a time; a few may be before `low` and after `high`."""
        since, last = max(low // DAY_SECONDS, self._start.toordinal()), high // DAY_SECONDS
        if self._stepped is not None:
            return _while_some(self._of_steps(self._stepped, since, last))
        if self.rule.positions:
            return _while_some(self._at_places(since, last))
        return self._fixed(since, last)

    def _fixed(self, since: int, last: int) -> Iterator[Sequence[int]]:
        (first, *others) = self.times
        for days in self._years(since, last):
            if others:
                for day in days:
                    yield [day * DAY_SECONDS + seconds for seconds in self.times]
            else:
                yield [day * DAY_SECONDS + first for day in days]

    def _years(self, since: int, last: int) -> Iterator[list[int]]:
        """Yields the days from `since` on of each year."""
        for days in self._calendar.years(date.fromordinal(since), _day(last)):
            yield days if days and days[0] >= since else days[bisect_left(days, since) :]

    def _at_places(self, since: int, last: int) -> Iterator[Sequence[int]]:
        """Yields the moments at the places of BYSETPOS of each period; the first week begins at the start."""
        days: Iterator[int] = chain.from_iterable(
            self._calendar.years(date.fromordinal(since - WEEK), _day(last + WEEK))
        )
        if self.rule.frequency == "WEEKLY":
            days = (day for day in days if day >= self._start.toordinal())
        for _, period in groupby(days, self._calendar.period):
            yield self._places_of(list(period))

    def _places_of(self, days: Sequence[int]) -> Sequence[int]:
        a_day = len(self.times)
        found = places(len(days) * a_day, self.rule.positions)
        return [days[place // a_day] * DAY_SECONDS + self.times[place % a_day] for place in found]

    def _of_steps(self, times: Stepped, since: int, last: int) -> Iterator[Sequence[int]]:
        if self.rule.elapsed and self.rule.names_days:
            return self._while_wall_shows(times, chain.from_iterable(self._years(since - 2, last + 2)))
        return ([day * DAY_SECONDS + seconds for seconds in times(day)] for day in self._days(since, last))

    def _days(self, since: int, last: int) -> Iterable[int]:
        """Returns the days of hours and minutes, from `since` to `last`; some after it, too."""
        return chain.from_iterable(self._years(since, last)) if self.rule.names_days else range(since, last + 1)

    def _while_wall_shows(self, times: Stepped, days: Iterable[int]) -> Iterator[Sequence[int]]:
        """Yields the moments of elapsed hours at which the clock on the wall shows one of those days."""
        for own in _with_neighbours(days):
            moments = [own * DAY_SECONDS + seconds for seconds in times(own)]
            yield [moment for moment, day in self._on_wall(own, moments) if day in self._calendar]

    def _on_wall(self, own: int, moments: Sequence[int]) -> Iterator[tuple[int, int]]:
        """Yields each of the moments of a day, and the day that the clock on the wall shows then."""
        if not moments:
            return
        early, late = self._ahead(own * DAY_SECONDS), self._ahead((own + 1) * DAY_SECONDS)
        for moment in moments:
            ahead = early if early == late else self._ahead(moment)
            yield moment, (moment + ahead) // DAY_SECONDS

    def _ahead(self, moment: int) -> int:
        """Returns by how many seconds the clock on the wall is ahead of the one of elapsed hours."""
        return moment_of(self.instant(moment).astimezone(ZoneInfo(self._zone))) - moment


def _with_neighbours(days: Iterable[int]) -> Iterator[int]:
    """Yields days in order with those beside them, each once."""
    done = 0
    for day in days:
        yield from range(max(day - 1, done + 1), day + 2)
        done = day + 1


def _day(ordinal: int) -> date:
    return date.fromordinal(min(ordinal, CALENDAR_ENDS.toordinal()))


def _while_some(batches: Iterator[Sequence[int]]) -> Iterator[Sequence[int]]:
    """Yields batches until so many are empty one after the other that none will ever come."""
    empty = 0
    for batch in batches:
        empty = 0 if batch else empty + 1
        if empty > MOST_EMPTY:
            return
        yield batch


@lru_cache(maxsize=1024)
def moments_of(rule: Rule, start: date, clock: time | None, zone: str, *, clamped: bool) -> Moments:
    """Returns the moments of a rule, which are kept for those who ask again."""
    return Moments(rule, start, clock, zone, clamped=clamped)
