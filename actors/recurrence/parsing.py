"""A rule as text, with a start, zone and policies, becomes a recurrence, or is refused with everything that is wrong. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from itertools import islice, pairwise, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from actors.due import instant_of
from actors.fields import YEARS
from actors.recurrence.days import exists_in_some_year
from actors.recurrence.expansion import DAY, Policies, Recurrence, sample, slot_at, slots, slots_since, starts_at
from actors.recurrence.lines import Block, Named, parse_block
from actors.recurrence.moments import LAST_MOMENT, local_of, moment_of
from actors.recurrence.rule import LEAST_MINUTES, Problem, refused
from actors.recurrence.times import DAY_SECONDS
from actors.replies import Refused


def parse(
    text: str, start: Mapping[str, Any], zone: str, policies: Policies | None = None, generation: int = 1
) -> Recurrence | Refused:
    """Reads a rule for a `start` (a due: `{date}` or `{local, zone}`); `zone` is the user's, for a start without one.

    A start that the rule does not name is no slot. Returns a refusal with `errors` when the rule is wrong or never has a
    slot.
    """
    block = parse_block(text)
    if isinstance(block, Refused):
        return block
    local = datetime.fromisoformat(start.get("local") or start["date"])
    clock = local.time() if "local" in start else None
    floats = clock is not None and start.get("zone") is None
    where = start.get("zone") or zone
    endless = Recurrence(block.rule, local.date(), clock, where, policies or Policies(), generation, floats=floats)
    problem = _misfit(endless, block)
    if problem is None:
        ruled = replace(endless, end=min(_end(endless), LAST_MOMENT))
        recurrence = _with_dates(ruled, block)
        problem = _emptiness(recurrence)
        if problem is None:
            return recurrence
    return refused([problem])


def _misfit(endless: Recurrence, block: Block) -> Problem | None:
    """Returns (code, detail) of what in the rule does not go with this start and these policies."""
    rule = endless.rule
    if rule.within_day and endless.clock is None:
        return ("conflicting_parts", f"a series of days has no hours: FREQ={rule.frequency} takes a start with a time")
    if endless.policies.mode == "completion" and _names_more(block):
        return ("conflicting_parts", "after completion the interval alone counts: leave out BYDAY and all other BY parts, EXDATE and RDATE")  # fmt: skip
    if not exists_in_some_year(endless.whole):
        return ("never_yields", "no year has such a day")
    if any(later - earlier < LEAST_MINUTES * 60 for earlier, later in pairwise(sample(endless))):
        return ("too_often", f"between two slots there are at least {LEAST_MINUTES} minutes")
    return None


def _names_more(block: Block) -> bool:
    """Returns whether a rule names more than an interval."""
    rule = block.rule
    return bool(rule.names_days or rule.names_times or rule.positions or block.excluded or block.added)


def _emptiness(recurrence: Recurrence) -> Problem | None:
    """Returns (code, detail) of why the recurrence has no slot; None when it has one."""
    if next(slots(recurrence), None) is not None:
        return None
    if recurrence.end < recurrence.moments.begin:
        return ("until_before_start", "UNTIL is before the first possible slot")
    if recurrence.excluded:
        return ("never_yields", "EXDATE takes all its slots away")
    if recurrence.rule.until is not None:
        return ("never_yields", "there is no slot from the start to UNTIL")
    return ("never_yields", "no day from the start on matches it")


def _end(endless: Recurrence) -> int:
    """Returns the last moment at which COUNT or UNTIL allows a slot."""
    until = endless.rule.until
    if endless.rule.count is not None and endless.policies.mode == "schedule":
        return _counted_out(endless, endless.rule.count)
    if until is None or until.year > YEARS[-1]:
        return LAST_MOMENT
    if until.year not in YEARS:
        return 0
    if endless.clock is None or not isinstance(until, datetime):
        return _at_wall(endless, datetime.combine(_day_of(endless, until), time()) + DAY) - 1
    return _at_wall(endless, until) if until.tzinfo is None else _until(endless, until)


@lru_cache(maxsize=1024)
def _counted_out(endless: Recurrence, count: int) -> int:
    return next(islice(endless.moments.between(0, LAST_MOMENT), count - 1, None), LAST_MOMENT)


def _day_of(recurrence: Recurrence, named: Named) -> date:
    """Returns the day in the zone of the recurrence."""
    if not isinstance(named, datetime):
        return named
    return (named.astimezone(ZoneInfo(recurrence.zone)) if named.tzinfo else named).date()


def _at_wall(recurrence: Recurrence, local: datetime) -> int:
    """Returns the moment of a naive time on the wall; see `moments`."""
    if recurrence.elapsed:
        return recurrence.moments.passed(instant_of(local, recurrence.zone))
    return moment_of(local)


def _until(endless: Recurrence, until: datetime) -> int:
    if endless.elapsed:
        return endless.moments.passed(until)
    shown = until.astimezone(ZoneInfo(endless.zone))
    moment = moment_of(shown)
    # Where the clock has gone back, times that it shows later again have been already.
    been = takewhile(lambda slot: slot_at(endless, slot) <= until, slots_since(endless, shown.date()))
    return (
        moment if not shown.fold else max([moment, *(moment_of(datetime.fromisoformat(slot.nominal)) for slot in been)])
    )


def _with_dates(ruled: Recurrence, block: Block) -> Recurrence:
    """Returns the recurrence with what RDATE adds to it and EXDATE takes away; a date that it has already adds nothing."""
    added = {_added(ruled, named) for named in block.added}
    new = sorted(
        moment for moment in added if next(ruled.moments.between(moment, min(moment, ruled.end)), None) is None
    )
    wider = replace(ruled, added=tuple(new))
    gone = {moment for named in set(block.excluded) for moment in _excluded(wider, named)}
    return replace(wider, excluded=tuple(sorted(gone)))


def _added(recurrence: Recurrence, named: Named) -> int:
    day = _day_of(recurrence, named)
    if recurrence.clock is None:
        return day.toordinal() * DAY_SECONDS
    if not isinstance(named, datetime):
        return _at_wall(recurrence, datetime.combine(day, recurrence.clock))
    return _at_instant(recurrence, named)


def _at_instant(recurrence: Recurrence, named: datetime) -> int:
    if named.tzinfo is None:
        return _at_wall(recurrence, named)
    if recurrence.elapsed:
        return recurrence.moments.passed(named)
    return moment_of(named.astimezone(ZoneInfo(recurrence.zone)))


def _excluded(recurrence: Recurrence, named: Named) -> Iterator[int]:
    """Yields the moments of the slots that a date of EXDATE takes away: that of a time, or all of a day."""
    if recurrence.clock is not None and isinstance(named, datetime):
        at = _at_instant(recurrence, named)
        yield from _within(recurrence, at, at)
        if named.tzinfo is not None and not recurrence.elapsed:
            # Where the clock goes forward, times of the wall that are left out start at that instant, too.
            yield from (m for m in _within(recurrence, at - DAY_SECONDS, at - 1) if _starts(recurrence, m) == named)
        return
    day = datetime.combine(_day_of(recurrence, named), time())
    yield from _within(recurrence, _at_wall(recurrence, day), _at_wall(recurrence, day + timedelta(days=1)) - 1)


def _within(recurrence: Recurrence, low: int, high: int) -> Iterator[int]:
    yield from recurrence.moments.between(low, min(high, recurrence.end))
    yield from (moment for moment in recurrence.added if low <= moment <= high)


def _starts(recurrence: Recurrence, moment: int) -> datetime:
    return starts_at(local_of(moment).isoformat(), recurrence.zone)
