"""Puts the chosen pieces together: when it is due, how it repeats and when it reminds. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import islice, takewhile
from typing import Any

from actors.recurrence.expansion import Policies, Recurrence, slots, slots_since
from actors.recurrence.parsing import parse
from actors.replies import Refused
from web.language import parsed
from web.language.amounts import Amount
from web.language.choosing import Chosen, rule_of, with_part
from web.language.meaning import Clock, Context, Day, Meaning
from web.language.readers.clocks import of_day_part
from web.language.readers.days import day_ahead
from web.language.readers.repeats import MAX_COUNT, Repeat

Due = dict[str, str]
Reminders = tuple[dict[str, int | str], ...]
DAY_STARTS = time(9)
ONE = timedelta(1)


@dataclass(frozen=True, slots=True)
class Reading:
    """What the pieces come to; `chosen` are those that were of use."""

    chosen: Chosen
    due: Due | None
    reminders: Reminders | None
    recurrence: parsed.Recurrence | None


@dataclass(frozen=True, slots=True)
class Moment:
    """A day with or without a time of the wall."""

    day: date
    clock: time | None = None

    @property
    def due(self) -> Due:
        """The moment as a due."""
        if self.clock is None:
            return {"date": self.day.isoformat()}
        return {"local": local_text(datetime.combine(self.day, self.clock))}


def local_text(local: datetime) -> str:
    """Returns a local time as the API writes it."""
    return local.isoformat(timespec="minutes")


def read(chosen: Chosen, context: Context) -> Reading:
    """Returns the due, the rule and the reminders that the pieces say."""
    chosen = _without_idle(chosen)
    day = chosen.once["date"].meaning.value if "date" in chosen.once else None
    clock = _clock(chosen, day)
    repeat = rule_of(chosen)
    if repeat is None:
        moment = _moment(day, clock, context)
        recurrence = None
    else:
        chosen, moment, recurrence = _series(chosen, repeat, day, clock, context)
    chosen = _without_idle_frame(chosen, moment)
    due = moment.due if moment else None
    reminders = _reminders(chosen, moment, context, repeats=recurrence is not None)
    return Reading(chosen, due, reminders, recurrence)


def _without_idle(chosen: Chosen) -> Chosen:
    """Drops the time beside a moment such as `in 2 hours`, which has its own."""
    day = chosen.once.get("date")
    if day and day.meaning.form == "moment":
        return chosen.without(*(chosen.once[kind] for kind in ("time", "part") if kind in chosen.once))
    return chosen


def _without_idle_frame(chosen: Chosen, moment: Moment | None) -> Chosen:
    return chosen if moment else chosen.without(*chosen.all("frame"))


def _clock(chosen: Chosen, day: Day | None) -> time | None:
    if day and day.clock:
        return day.clock
    said: Clock | None = chosen.once["time"].meaning.value if "time" in chosen.once else None
    found = of_day_part(said, with_part(chosen))
    return None if found is None else time(found.hour, found.minute)


def _moment(day: Day | None, clock: time | None, context: Context) -> Moment | None:
    if day is not None:
        return Moment(day.day, clock)
    return None if clock is None else _next_coming(clock, context)


def _next_coming(clock: time, context: Context) -> Moment:
    today = datetime.combine(context.today, clock)
    return Moment(context.today if today > context.now else context.today + ONE, clock)


def _series(
    chosen: Chosen, repeat: Repeat, day: Day | None, clock: time | None, context: Context
) -> tuple[Chosen, Moment | None, parsed.Recurrence | None]:
    """Returns the first slot and the rule; where the rule has no slot, the choice without it and the moment alone."""
    start = _start(chosen, day, clock, context)
    first = _first_slot(repeat, start, clock, context.zone)
    if first is None:
        ends = [
            piece for piece in chosen.pieces if piece.kind in {"rule", "completion", "until", "start", "count", "span"}
        ]
        return chosen.without(*ends), _moment(day, clock, context), None
    chosen, ending = _ending(chosen, repeat, first, clock, context)
    mode: parsed.Mode = "completion" if repeat.after_completion else "schedule"
    text = repeat.text(days=not repeat.after_completion) + ending
    return chosen, Moment(first, clock), {"rule": text, "mode": mode}


def _start(chosen: Chosen, day: Day | None, clock: time | None, context: Context) -> date:
    """Returns the day from which the first slot is sought: one that is named, else today, if its time is still ahead."""
    named = [chosen.once["start"].meaning.value.value] if "start" in chosen.once else []
    days: list[date] = [one.day for one in (*named, day) if one is not None]
    if days:
        return days[0]
    return context.today if clock is None else _next_coming(clock, context).day


def _first_slot(repeat: Repeat, start: date, clock: time | None, zone: str) -> date | None:
    """Returns the first day that the rule names; an interval counts from there."""
    recurrence = _expanded(repeat.text(interval=False), Moment(start, clock), zone)
    if recurrence is None:
        return None
    return next((slot.day for slot in slots_since(recurrence, start)), None)


def _expanded(text: str, start: Moment, zone: str) -> Recurrence | None:
    due = start.due | ({"zone": zone} if start.clock else {})
    recurrence = parse(text, due, zone, Policies())
    return None if isinstance(recurrence, Refused) else recurrence


def _ending(chosen: Chosen, repeat: Repeat, first: date, clock: time | None, context: Context) -> tuple[Chosen, str]:
    """Returns the end of the rule as RFC 5545 writes it; of several ends one counts, and what says no end is dropped."""
    ends = {kind: chosen.once[kind] for kind in ("count", "span", "until") if kind in chosen.once}
    found = ""
    for kind, piece in ends.items():
        text = "" if found else _END[kind](piece.meaning.value, repeat, Moment(first, clock), context)
        if not text:
            chosen = chosen.without(piece)
        found = found or text
    return chosen, found


def _counted(number: int, _repeat: Repeat, _first: Moment, _context: Context) -> str:
    return f";COUNT={number}"


def _spanned(amount: Amount, repeat: Repeat, first: Moment, context: Context) -> str:
    """Returns the number of slots in an interval from the first on."""
    recurrence = _expanded(repeat.text(), first, context.zone)
    end = day_ahead(amount, first.day)
    if recurrence is None or end is None:
        return ""
    number = sum(1 for _ in islice(takewhile(lambda slot: slot.day < end, slots(recurrence)), MAX_COUNT))
    return f";COUNT={max(number, 1)}"


def _until(meaning: Meaning, _repeat: Repeat, first: Moment, context: Context) -> str:
    day: date = meaning.value.day
    return "" if day < first.day or context.today > day else f";UNTIL={day:%Y%m%d}"


_END: Mapping[str, Callable[[Any, Repeat, Moment, Context], str]] = {
    "count": _counted,
    "span": _spanned,
    "until": _until,
}


def _reminders(chosen: Chosen, moment: Moment | None, context: Context, *, repeats: bool) -> Reminders | None:
    """Returns all reminders, each once; None when nothing is said of them."""
    said = chosen.all("reminder")
    found: list[dict[str, int | str]] = []
    if chosen.all("frame") and moment and moment.clock:
        found.append({"offset_minutes": 0})
    for piece in said:
        found += _reminder(piece.meaning.value, moment, context, repeats=repeats)
    if not said and not found:
        return None
    return tuple({str(one): one for one in found}.values())


def _reminder(
    value: tuple[object, ...], moment: Moment | None, context: Context, *, repeats: bool
) -> list[dict[str, int | str]]:
    if not value or isinstance(value[0], int):
        return [{"offset_minutes": offset} for offset in value if isinstance(offset, int)]
    day, clock, part = value
    assert day is None or isinstance(day, Day)  # noqa: S101  # see Scan._reminder
    at = _time_of(day, clock, str(part))
    return [{"local": local_text(datetime.combine(_day_of(day, at, moment, context, repeats=repeats), at))}]


def _time_of(day: Day | None, clock: object, part: str) -> time:
    said = clock if isinstance(clock, Clock) else None
    own = day.clock if day else None
    found = of_day_part(said, part or (day.part if day else ""))
    return own or (time(found.hour, found.minute) if found else DAY_STARTS)


def _day_of(day: Day | None, at: time, moment: Moment | None, context: Context, *, repeats: bool) -> date:
    """Returns the day of a reminder: the one that is named, else the due's, else that of its next coming.

    What repeats has each reminder before its due, on the same day or, at a later time of the day, on the one before.
    """
    if day is not None:
        return day.day
    if moment and repeats:
        return moment.day - (ONE if moment.clock and at > moment.clock else timedelta(0))
    if moment and _is_of_its_day(at, moment, context):
        return moment.day
    return _next_coming(at, context).day


def _is_of_its_day(at: time, moment: Moment, context: Context) -> bool:
    """Returns whether a reminder at that time is on the day of the due: ahead, and not behind the due's own time."""
    ahead = datetime.combine(moment.day, at) > context.now
    return ahead and (moment.clock is None or at <= moment.clock)
