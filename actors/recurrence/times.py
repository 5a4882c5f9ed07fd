"""The times of a day that a rule names, in seconds from its midnight: plain arithmetic, without zones. Pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime, time
from typing import Final

from actors.recurrence.rule import Rule

DAY_SECONDS: Final = 86_400
HOUR_SECONDS: Final = 3_600
MINUTE_SECONDS: Final = 60
_HOURS, _MINUTES = range(24), range(60)


def fixed_times(rule: Rule, clock: time) -> tuple[int, ...]:
    """Returns the times of each day of a rule that counts days, weeks, months or years."""
    hours, minutes = rule.hours or (clock.hour,), rule.minutes or (clock.minute,)
    seconds = rule.seconds or (clock.second,)
    return tuple(
        hour * HOUR_SECONDS + minute * MINUTE_SECONDS + second
        for hour in hours
        for minute in minutes
        for second in seconds
    )


class Stepped:
    """The times of the days of a rule that counts hours or minutes; days that it meets alike are computed once."""

    def __init__(self, rule: Rule, start: datetime) -> None:
        self._rule = rule
        unit = HOUR_SECONDS if rule.frequency == "HOURLY" else MINUTE_SECONDS
        self._a_day = DAY_SECONDS // unit
        self._offsets = _within_unit(rule, start.time())
        self._allowed = frozenset(_allowed_units(rule, unit))
        self._unit = unit
        self._start = (
            start.toordinal() * self._a_day + (start.hour * HOUR_SECONDS + start.minute * MINUTE_SECONDS) // unit
        )
        self._known: dict[int, tuple[int, ...]] = {}

    def __call__(self, day: int) -> tuple[int, ...]:
        """Returns the times of a day, which is an ordinal."""
        ahead = (day * self._a_day - self._start) % self._rule.interval
        if ahead not in self._known:
            self._known[ahead] = tuple(self._times(ahead))
        return self._known[ahead]

    def _times(self, ahead: int) -> list[int]:
        units = range(-ahead % self._rule.interval, self._a_day, self._rule.interval)
        named = (unit for unit in units if unit in self._allowed)
        return [unit * self._unit + offset for unit in named for offset in self._offsets]


def _allowed_units(rule: Rule, unit: int) -> Iterator[int]:
    """Yields the hours or minutes of a day that the rule leaves."""
    minutes = rule.minutes or _MINUTES if unit == MINUTE_SECONDS else (0,)
    return (
        (hour * HOUR_SECONDS + minute * MINUTE_SECONDS) // unit for hour in rule.hours or _HOURS for minute in minutes
    )


def _within_unit(rule: Rule, clock: time) -> Sequence[int]:
    """Returns the seconds within each hour or minute that the rule counts, those at its places alone."""
    seconds = rule.seconds or (clock.second,)
    minutes = (rule.minutes or (clock.minute,)) if rule.frequency == "HOURLY" else (0,)
    return at_places([minute * MINUTE_SECONDS + second for minute in minutes for second in seconds], rule.positions)


def at_places(found: Sequence[int], positions: Sequence[int]) -> Sequence[int]:
    """Returns what is at the places of BYSETPOS, in order; everything where there are none."""
    return [found[place] for place in places(len(found), positions)] if positions else found


def places(count: int, positions: Sequence[int]) -> list[int]:
    """Returns the places, from 0, of BYSETPOS among so many."""
    named = {position - 1 if position > 0 else count + position for position in positions}
    return sorted(place for place in named if 0 <= place < count)
